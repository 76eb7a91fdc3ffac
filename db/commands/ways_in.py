"""Who is let in: accounts, the links by which a password is chosen, and how an access ends.

There is no e-mail here: whoever administers hands the link over. The secrets of links are given by the caller, who
shows them once; only their digest is kept.
"""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.commands.accounts import holder, open_account
from db.commands.common import found, ordered, words
from db.commands.passwords import hashed, keep_password, refuse_weak
from db.commands.roles import last_day, refuse_endless, somebody_administers, structure_of
from db.commands.sessions import digest_of, end_sessions
from db.commands.vacancies import left, taken_up
from db.errors import Invalid, Refused
from db.journal import acting, move
from db.models import Account, AccountKey, Credential, Grant, Initiative, Throttle, WebSession
from db.models.base import now_utc
from db.posts import held_on, is_given
from db.rights import Operation
from db.rules.access import AccountKeyKind, Role
from db.rules.ways_in import KEY_LASTS, KeyTold
from db.viewer import LOCAL_LOGIN, Viewer, require

KEY_GONE = (
    "Ce lien ne sert plus : il a déjà servi, il est trop ancien, ou il n'a pas été copié en entier. "
    "Rien n'a été changé. Demandez-en un nouveau à la personne qui administre Balise."
)
NOT_YOURS = "Cette connexion n'existe pas, ou elle n'est pas à vous. Rien n'a été changé."


def invite(
    session: Session,
    viewer: Viewer,
    *,
    login: str,
    function: str,
    role: Role | None,
    secret: str,
    starts_on: date,
    ends: str | None = None,
    structure: str | None = None,
    initiative_id: int | None = None,
    at: datetime | None = None,
) -> Account:
    """Open an account, with one role in a démarche or (None) everywhere, for a structure when the role is held for one,
    until the day typed in `ends` if there is one; and make the link of `secret`, by which its holder chooses a password
    within 7 days. Raises Invalid, saying what to correct, when something typed will not do."""
    require(viewer, Operation.ADMINISTER, None)
    if role is None:
        raise Invalid("Choisissez un rôle : c'est lui qui dit ce que cette personne verra. Personne n'est invité.")
    if initiative_id is not None:
        found(session, Initiative, initiative_id)
    ends_on = last_day(ends)
    refuse_endless(role, ends_on)
    ordered(starts_on, ends_on)
    called, named = words(function, "La fonction", 200), words(login, "L'identifiant", 200).lower()
    if any(letter.isspace() for letter in named):
        raise Invalid("Un identifiant n'a pas d'espace : une adresse électronique, ou « prenom.nom ».")
    with acting(session, viewer.actor_id, "invite", f"Invitation : {called}"):
        account = open_account(
            session, viewer, login=named, function=called, role=role, starts_on=starts_on, initiative_id=initiative_id
        )
        grant = session.scalars(select(Grant).where(Grant.account_id == account.id)).one()
        grant.ends_on, grant.organisation_id = ends_on, structure_of(session, role, structure)
        _make_key(session, account.id, AccountKeyKind.INVITATION, secret, at or now_utc())
        taken_up(session, [grant], starts_on)
    return account


def new_password_link(
    session: Session, viewer: Viewer, *, account_id: int, secret: str, at: datetime | None = None
) -> AccountKeyKind:
    """Make the link of `secret`, by which the holder of an account chooses another password within a day; for who never
    chose one, an invitation again. Gives which of the two it is.

    The links made before it no longer work; the password they have still does, until they choose.
    """
    require(viewer, Operation.ADMINISTER, None)
    account = found(session, Account, account_id)
    if account.login == LOCAL_LOGIN:
        raise Invalid("L'accès de la personne à la machine n'a pas de mot de passe : invitez-vous sous un identifiant.")
    if account.disabled_at is not None:
        raise Invalid("Cet accès est fermé : rouvrez-le d'abord. Aucun lien n'a été fait.")
    with acting(session, viewer.actor_id, "new_password_link", f"Nouveau lien d'accès : {holder(session, account)}"):
        first = session.get(Credential, account.id) is None
        kind = AccountKeyKind.INVITATION if first else AccountKeyKind.RESET
        _make_key(session, account.id, kind, secret, at or now_utc())
        move(session, ["rights"])
    return kind


def _make_key(session: Session, account_id: int, kind: AccountKeyKind, secret: str, at: datetime) -> None:
    _use_up(session, account_id, at)
    session.add(
        AccountKey(kind=kind, digest=digest_of(secret), account_id=account_id, made_at=at, ends_at=at + KEY_LASTS[kind])
    )
    session.flush()


def _use_up(session: Session, account_id: int, at: datetime) -> None:
    keys = update(AccountKey).where(AccountKey.account_id == account_id, AccountKey.used_at.is_(None))
    session.execute(keys.values(used_at=at))


def key_told(session: Session, secret: str, *, at: datetime) -> KeyTold:
    """What a link opens, which looking at it does not change. Raises Refused when it opens nothing more."""
    key, account = _key(session, secret, at)
    return KeyTold(key.kind, account.login)


def _key(session: Session, secret: str, at: datetime) -> tuple[AccountKey, Account]:
    row = session.execute(
        select(AccountKey, Account)
        .join(Account, Account.id == AccountKey.account_id)
        .where(AccountKey.digest == digest_of(secret), AccountKey.used_at.is_(None), AccountKey.ends_at > at)
        .where(Account.archived_at.is_(None), Account.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        raise Refused(KEY_GONE)
    return row[0], row[1]


def choose_password(session: Session, *, secret: str, password: str, at: datetime) -> str:
    """Set the password of the account that a link is for, once; gives its login. Its sessions end, and its failures are
    forgotten. Raises Refused when the link opens nothing more, Invalid for a password that will not do."""
    _, account = _key(session, secret, at)
    refuse_weak(password, account.login)
    label = f"Mot de passe choisi : {holder(session, account)}"
    with acting(session, account.actor_id, "choose_password", label):
        keep_password(session, account.id, hashed(password))
        _use_up(session, account.id, at)
        end_sessions(session, WebSession.account_id == account.id, at=at)
        subject = digest_of(f"account:{account.login.lower()}")
        for row in session.scalars(select(Throttle).where(Throttle.subject == subject)):
            session.delete(row)
        move(session, ["rights"])
    return account.login


def change_password(session: Session, *, account_id: int, password: str, kept: int, at: datetime) -> None:
    """Set another password, for who has just proved the one they have. Their other sessions end, `kept` stays.

    Raises Invalid for a password that will not do.
    """
    account = found(session, Account, account_id)
    refuse_weak(password, account.login)
    label = f"Mot de passe changé : {holder(session, account)}"
    with acting(session, account.actor_id, "change_password", label):
        keep_password(session, account.id, hashed(password))
        _use_up(session, account.id, at)
        end_sessions(session, WebSession.account_id == account.id, WebSession.id != kept, at=at)
        move(session, ["rights"])


def end_session(session: Session, viewer: Viewer, *, session_id: int, at: datetime | None = None) -> None:
    """End one of one's own sessions, wherever it is open."""
    mine = (WebSession.id == session_id, WebSession.account_id == _own(session, viewer))
    with acting(session, viewer.actor_id, "end_session", "Fin d'une connexion"):
        if not end_sessions(session, *mine, at=at or now_utc()):
            raise Refused(NOT_YOURS)
        move(session, ["rights"])


def end_other_sessions(session: Session, viewer: Viewer, *, kept: int, at: datetime | None = None) -> None:
    """End all of one's sessions but one."""
    others = (WebSession.account_id == _own(session, viewer), WebSession.id != kept)
    with acting(session, viewer.actor_id, "end_other_sessions", "Fin des autres connexions"):
        if end_sessions(session, *others, at=at or now_utc()):
            move(session, ["rights"])


def _own(session: Session, viewer: Viewer) -> int:
    own = session.scalars(select(Account.id).where(Account.actor_id == viewer.actor_id)).one_or_none()
    if own is None:
        raise Refused(NOT_YOURS)
    return own


def disable_account(session: Session, viewer: Viewer, *, account_id: int, on: date, at: datetime | None = None) -> None:
    """Close an access: its sessions end at once, its links no longer work. What its holder wrote and the drafts they
    left stay. Raises Invalid for the last one that administers."""
    require(viewer, Operation.ADMINISTER, None)
    account, now = found(session, Account, account_id), at or now_utc()
    if account.login == LOCAL_LOGIN:
        raise Invalid("L'accès de la personne à la machine n'est pas fermé : il ne s'ouvre que devant elle.")
    with acting(session, viewer.actor_id, "disable_account", f"Accès fermé : {holder(session, account)}"):
        with somebody_administers(session, on):
            account.disabled_at = account.disabled_at or now
        _use_up(session, account.id, now)
        end_sessions(session, WebSession.account_id == account.id, at=now)
        left(session, _roles(session, account.id, on), on)


def enable_account(session: Session, viewer: Viewer, *, account_id: int, on: date) -> None:
    """Open again an access that was closed: its roles and its password are those it had."""
    require(viewer, Operation.ADMINISTER, None)
    account = found(session, Account, account_id)
    with acting(session, viewer.actor_id, "enable_account", f"Accès rouvert : {holder(session, account)}"):
        account.disabled_at = None
        taken_up(session, _roles(session, account.id, on), on)


def _roles(session: Session, account_id: int, on: date) -> list[Grant]:
    """The roles of an account in force on a day, or to come."""
    return held_on(session.scalars(select(Grant).where(Grant.account_id == account_id, is_given())).all(), on)
