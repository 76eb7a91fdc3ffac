"""Passing the coordination of a démarche to a successor, to an interim, or leaving it to who will come: one act."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import day_there, found
from db.commands.editing.groups import fuzzy
from db.commands.passing import pass_on
from db.commands.roles import somebody_administers
from db.commands.vacancies import day_of_change, left, settle, vacant_label
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Account, BodyMember, Grant, Handover, Initiative
from db.models.base import now_utc
from db.posts import held_on, holds_post, is_given, is_here, posts, spans, vacancies, waiting
from db.rights import Operation
from db.rules.access import Role
from db.rules.dates import in_force
from db.rules.reading import Cell
from db.rules.text import clean
from db.rules.vacancy import A_DAY, Span, vacant_since
from db.viewer import LOCAL_LOGIN, UNKNOWN, Viewer, require

WORD_LENGTH = 4000
OWN_POST = (
    "On passe la main de son propre poste ; pour celui d'une autre personne, demandez à qui administre Balise. "
    "Rien n'a été changé."
)
AGAIN = (
    "La main de ce poste est déjà passée, ou passera à cette date. Rien n'a été changé ; pour en décider autrement, "
    "qui administre Balise annule d'abord ce passage de main dans « Derniers actes »."
)
EVERYWHERE = (
    "Ce rôle de coordination vaut pour toutes les démarches : il ne se passe pas pour une seule. Cochez que l'accès "
    "prend fin, ou donnez d'abord un rôle par démarche dans « Accès ». Rien n'a été changé."
)


def hand_over(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    from_account_id: int | None,
    to_account_id: int | None,
    starts: Cell,
    today: date,
    ends: Cell = None,
    word: str | None = None,
    closes_access: bool = False,
    at: datetime | None = None,
) -> Handover:
    """Pass the coordination of a démarche from one account to another from the day typed; until `ends` for an interim.
    Without `to_account_id` the post is vacant from that day, and what was held waits for who will take it.

    The role of the one who leaves ends the day before; with `closes_access`, every role they have. Reminders, drafts,
    open decisions and answer links pass on that day: at once when it has come, else when the successor first signs in.
    Raises Refused for another's post unless the viewer administers, Invalid for what was typed, Conflict when it was
    done already; nothing is then written.
    """
    require(viewer, Operation.HAND_OVER, initiative_id)
    on = day_of_change(found(session, Initiative, initiative_id), starts, "Le jour du passage", today)
    until = _until(ends, on, has_successor=to_account_id is not None)
    told = clean(word or "") or None
    if told is not None and len(told) > WORD_LENGTH:
        raise Invalid(f"Votre mot compte {len(told)} caractères, {WORD_LENGTH} au plus : raccourcissez-le.")
    label = "Passage de main" if to_account_id is not None else vacant_label(on)
    with acting(session, viewer.actor_id, "hand_over", label, initiative_id):
        leaving = _leaving(session, viewer, from_account_id, closes_access)
        coming = _coming(session, viewer, initiative_id, to_account_id, leaving, today)
        if leaving is not None:
            _refuse_again(session, initiative_id, leaving, on, today)
            _leave(session, initiative_id, leaving, on, closes_access)
        elif vacant_since(vacancies(session, initiative_id), on) is None:
            raise Invalid("Dites qui passe la main : la coordination n'est pas vacante ce jour-là.")
        if coming is not None:
            _arrive(session, initiative_id, coming, Span(on, until))
        settle(session, initiative_id, on)
        row = Handover(
            initiative_id=initiative_id,
            from_account_id=leaving.id if leaving else None,
            to_account_id=coming.id if coming else None,
            starts_on=on,
            ends_on=until,
            word=told,
            moved={},
        )
        session.add(row)
        session.flush()
        if coming is not None and on <= today:
            pass_on(session, row, at or now_utc())
    return row


def _until(typed: Cell, on: date, *, has_successor: bool) -> date | None:
    read = fuzzy(typed, "La fin de l'intérim", end=True)
    if read is None:
        return None
    if not has_successor:
        raise Invalid("Une fin d'intérim demande quelqu'un qui l'assure : choisissez une personne, ou effacez la fin.")
    if read.day < on:
        raise Invalid(f"L'intérim finirait le {read.day:%d/%m/%Y}, avant de commencer : corrigez l'une des deux dates.")
    return read.day


def _leaving(session: Session, viewer: Viewer, account_id: int | None, closes_access: bool) -> Account | None:
    """Who leaves the post: oneself, or anybody for who administers; None when nobody holds it."""
    administers = viewer.may(Operation.ADMINISTER)
    account = found(session, Account, account_id) if account_id is not None else None
    if not administers and (account is None or account.actor_id != viewer.actor_id):
        raise Refused(OWN_POST)
    if closes_access and not administers:
        raise Refused("Seule une personne qui administre Balise met fin à un accès. Rien n'a été changé.")
    if account is not None and account.login == LOCAL_LOGIN:
        raise Invalid("La personne à la machine garde son accès : notez plutôt que la coordination est vacante.")
    return account


def _coming(
    session: Session, viewer: Viewer, initiative_id: int, account_id: int | None, leaving: Account | None, today: date
) -> Account | None:
    """Who takes the post: somebody who can come in and, unless the viewer administers, who has a role in the démarche
    today."""
    if account_id is None:
        return None
    account = found(session, Account, account_id)
    if account.login == LOCAL_LOGIN:
        raise Refused(UNKNOWN)
    if leaving is not None and account.id == leaving.id:
        raise Invalid("Cette personne tient déjà le poste : choisissez-en une autre, ou personne.")
    if account.disabled_at is not None:
        raise Invalid("L'accès de cette personne est fermé : rouvrez-le d'abord, dans « Accès ». Rien n'a été changé.")
    if not viewer.may(Operation.ADMINISTER) and not _has_a_role(session, account, initiative_id, today):
        raise Refused(
            "Cette personne n'a pas d'accès à cette démarche. Rien n'a été changé ; "
            "demandez à qui administre Balise de l'inviter."
        )
    return account


def _has_a_role(session: Session, account: Account, initiative_id: int, on: date, role: Role | None = None) -> bool:
    """Whether an account has on a day this role, or (None) any, in a démarche or everywhere."""
    held = select(Grant.id).where(Grant.account_id == account.id, is_given(on), is_here(initiative_id))
    if role is not None:
        held = held.where(Grant.role == role)
    return session.scalars(held.limit(1)).first() is not None


def _refuse_again(session: Session, initiative_id: int, account: Account, on: date, today: date) -> None:
    """Conflict when the post is passed on already, and what was held with it as well."""
    h = Handover
    same = (h.initiative_id == initiative_id, h.from_account_id == account.id, h.starts_on == on)
    if session.scalars(select(h.id).where(*same, h.archived_at.is_(None))).first() is not None:
        raise Conflict(AGAIN)
    vacant = vacant_since(vacancies(session, initiative_id), on) is not None
    waits = any(row.from_account_id == account.id for row in waiting(session, initiative_id, on))
    administers = _has_a_role(session, account, initiative_id, today, Role.ADMINISTRATOR)
    if not _held(session, initiative_id, account, on) and not (vacant or waits or administers):
        raise Conflict(AGAIN)


def _held(session: Session, initiative_id: int, account: Account, on: date) -> list[Grant]:
    """The roles by which an account coordinates a démarche on a day, or will."""
    return held_on([post for post in posts(session, initiative_id) if post.account_id == account.id], on)


def _leave(session: Session, initiative_id: int, account: Account, on: date, closes_access: bool) -> None:
    """End a post the day before; with `closes_access`, every role and every seat."""
    mine = _held(session, initiative_id, account, on)
    if any(post.initiative_id is None for post in mine) and not closes_access:
        raise Invalid(EVERYWHERE)
    late = next((post for post in mine if post.starts_on >= on), None)
    if late is not None:
        raise Invalid(
            f"Cette personne ne coordonne que depuis le {late.starts_on:%d/%m/%Y} : elle passe la main au plus tôt le "
            "lendemain. Rien n'a été changé."
        )
    for post in mine:
        post.ends_on = on - A_DAY
    if closes_access:
        _close_access(session, account, on, initiative_id)


def _close_access(session: Session, account: Account, on: date, initiative_id: int) -> None:
    """Have every role and every seat of an account end the day before; the posts it held in other démarches than
    this one are then vacant, unless others hold them."""
    grants = held_on(session.scalars(select(Grant).where(Grant.account_id == account.id, is_given())).all(), on)
    seats = session.scalars(
        select(BodyMember).where(BodyMember.account_id == account.id, BodyMember.archived_at.is_(None))
    ).all()
    with somebody_administers(session, on):
        for grant in grants:
            _end(grant, on)
        for seat in seats:
            _end(seat, on)
    left(session, grants, on, but=initiative_id)


def _end(row: Grant | BodyMember, on: date) -> None:
    if row.starts_on is not None and row.starts_on >= on:
        row.archived_at = now_utc()
    elif row.ends_on is None or row.ends_on >= on:
        row.ends_on = on - A_DAY


def _arrive(session: Session, initiative_id: int, account: Account, span: Span) -> None:
    """Give the post to somebody, unless they hold it already over all these days."""
    mine = spans([post for post in posts(session, initiative_id) if post.account_id == account.id])
    if any(in_force(held.starts_on, held.ends_on, span.starts_on) and _lasts(held, span) for held in mine):
        return
    session.add(
        Grant(
            account_id=account.id,
            initiative_id=initiative_id,
            role=Role.COORDINATOR,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
        )
    )


def _lasts(held: Span, span: Span) -> bool:
    return held.ends_on is None or (span.ends_on is not None and held.ends_on >= span.ends_on)


def receive(session: Session, *, account_id: int, at: datetime) -> None:
    """What was to pass to somebody and whose day has come, in the time zone of each démarche, passes: they sign in.
    Where they do not hold the post that day, nothing does."""
    h, account = Handover, session.get_one(Account, account_id)
    rows = session.execute(
        select(h, Initiative)
        .join(Initiative, Initiative.id == h.initiative_id)
        .where(h.to_account_id == account_id, h.received_at.is_(None), h.archived_at.is_(None))
        .order_by(h.id)
    ).all()
    for row, plan in rows:
        day = day_there(plan, at)
        if row.starts_on <= day and holds_post(session, account_id, plan.id, day):
            with acting(session, account.actor_id, "receive", "Prise de poste", plan.id):
                pass_on(session, row, at)


def close_taking_over(session: Session, viewer: Viewer, *, handover_id: int, at: datetime | None = None) -> None:
    """Note that who took a post has read what they are told of it. Raises Refused for anybody else's."""
    row = found(session, Handover, handover_id)
    mine = session.get(Account, row.to_account_id) if row.to_account_id is not None else None
    if mine is None or mine.actor_id != viewer.actor_id:
        raise Refused(UNKNOWN)
    with acting(session, viewer.actor_id, "close_taking_over", "Prise de poste lue", row.initiative_id):
        row.read_at = row.read_at or at or now_utc()
