"""Passing the coordination of a démarche to a successor, to an interim, or leaving it to who will come: one act."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.commands.common import found
from db.commands.editing.groups import fuzzy
from db.commands.passing import pass_on
from db.commands.roles import somebody_administers
from db.commands.vacancies import day_of_change, plans_of, settle, vacant_label
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Account, BodyMember, Grant, Handover, Initiative
from db.models.base import now_utc
from db.queries.holding import held_on, posts, vacancies
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
        coming = _coming(session, viewer, initiative_id, to_account_id, leaving)
        if leaving is not None:
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
    session: Session, viewer: Viewer, initiative_id: int, account_id: int | None, leaving: Account | None
) -> Account | None:
    """Who takes the post: somebody who can come in, and who already may open the démarche unless the viewer
    administers."""
    if account_id is None:
        return None
    account = found(session, Account, account_id)
    if account.login == LOCAL_LOGIN:
        raise Refused(UNKNOWN)
    if leaving is not None and account.id == leaving.id:
        raise Invalid("Cette personne tient déjà le poste : choisissez-en une autre, ou personne.")
    if account.disabled_at is not None:
        raise Invalid("L'accès de cette personne est fermé : rouvrez-le d'abord, dans « Accès ». Rien n'a été changé.")
    if not viewer.may(Operation.ADMINISTER) and not _has_a_role(session, account, initiative_id):
        raise Refused(
            "Cette personne n'a pas d'accès à cette démarche. Rien n'a été changé ; "
            "demandez à qui administre Balise de l'inviter."
        )
    return account


def _has_a_role(session: Session, account: Account, initiative_id: int) -> bool:
    here = or_(Grant.initiative_id == initiative_id, Grant.initiative_id.is_(None))
    held = select(Grant.id).where(Grant.account_id == account.id, Grant.archived_at.is_(None), here)
    return session.scalars(held.limit(1)).first() is not None


def _leave(session: Session, initiative_id: int, account: Account, on: date, closes_access: bool) -> None:
    """End a post the day before; with `closes_access`, every role and every seat. Conflict when it is passed on
    already."""
    h = Handover
    same = (h.initiative_id == initiative_id, h.from_account_id == account.id, h.starts_on == on)
    if session.scalars(select(h.id).where(*same, h.archived_at.is_(None))).first() is not None:
        raise Conflict(AGAIN)
    mine = held_on([post for post in posts(session, initiative_id) if post.account_id == account.id], on)
    vacant = vacant_since(vacancies(session, initiative_id), on) is not None
    if not mine and not vacant and not _administers(session, account, initiative_id):
        raise Conflict(AGAIN)
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
        _close_access(session, account, on, but=initiative_id)


def _administers(session: Session, account: Account, initiative_id: int) -> bool:
    here = or_(Grant.initiative_id == initiative_id, Grant.initiative_id.is_(None))
    held = select(Grant.id).where(Grant.account_id == account.id, Grant.archived_at.is_(None), here)
    return session.scalars(held.where(Grant.role == Role.ADMINISTRATOR).limit(1)).first() is not None


def _close_access(session: Session, account: Account, on: date, but: int) -> None:
    """Have every role and every seat of an account end the day before; the posts it held in other démarches than
    `but` are then vacant, unless others hold them."""
    grants = session.scalars(select(Grant).where(Grant.account_id == account.id, Grant.archived_at.is_(None))).all()
    seats = session.scalars(
        select(BodyMember).where(BodyMember.account_id == account.id, BodyMember.archived_at.is_(None))
    ).all()
    with somebody_administers(session, on):
        for grant in grants:
            _end(grant, on)
        for seat in seats:
            _end(seat, on)
    coordinated = [grant for grant in grants if grant.role is Role.COORDINATOR]
    for plan in plans_of(session, coordinated) - {but}:
        settle(session, plan, on)


def _end(row: Grant | BodyMember, on: date) -> None:
    if row.starts_on is not None and row.starts_on >= on:
        row.archived_at = now_utc()
    elif row.ends_on is None or row.ends_on >= on:
        row.ends_on = on - A_DAY


def _arrive(session: Session, initiative_id: int, account: Account, span: Span) -> None:
    """Give the post to somebody, unless they hold it already over all these days."""
    mine = [Span(post.starts_on, post.ends_on) for post in posts(session, initiative_id) if _is(post, account)]
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


def _is(post: Grant, account: Account) -> bool:
    return post.account_id == account.id


def _lasts(held: Span, span: Span) -> bool:
    return held.ends_on is None or (span.ends_on is not None and held.ends_on >= span.ends_on)


def receive(session: Session, *, account_id: int, at: datetime) -> None:
    """What was to pass to somebody and whose day has come, in the time zone of each démarche, passes: they sign in."""
    h, account = Handover, session.get_one(Account, account_id)
    rows = session.execute(
        select(h, Initiative)
        .join(Initiative, Initiative.id == h.initiative_id)
        .where(h.to_account_id == account_id, h.received_at.is_(None), h.archived_at.is_(None))
        .order_by(h.id)
    ).all()
    for row, plan in rows:
        if row.starts_on <= (plan.reference_date or at.astimezone(ZoneInfo(plan.time_zone)).date()):
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
