"""Taking back what gave a post to somebody: a handover goes whole, with the taking of the post that followed it; and
the days on which nobody holds the post follow the roles that come and go."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import day_there
from db.commands.undoing.leaning import RowKey
from db.commands.undoing.since import ARCHIVED
from db.commands.undoing.traces import Trace, typed
from db.commands.vacancies import plans_of, settle
from db.models import Account, Act, Grant, Handover, Initiative, JournalEntry
from db.models.base import now_utc
from db.posts import is_given, is_here
from db.rules.access import Role
from db.rules.vacancy import A_DAY
from db.rules.vocabulary import ChangeKind

HANDING, RECEIVING, READING = "hand_over", "receive", "close_taking_over"
WHOLE = (
    "Un passage de main ne s'annule qu'en entier, avec la « Prise de poste » qui le suit, et ce qui est dit ci-dessous "
    "a changé depuis. Rien n'a été changé ; une personne qui administre Balise annule d'abord ce qui l'a changé, dans "
    "« Derniers actes », ou passe la main de nouveau."
)


def with_taking(session: Session, done: Act, first: Act) -> list[Act]:
    """The acts taken back as one with this one, in their order: with a handover (`first` is what it was before any
    undo) goes the taking of the post, and that it was read."""
    j, acts = JournalEntry, [done]
    if first.operation != HANDING:
        return acts
    added = (j.act_id == done.id, j.table == Handover.__tablename__, j.kind == ChangeKind.INSERT)
    rows = session.scalars(select(j.row_key).where(*added)).all()
    since = select(j.act_id).where(j.table == Handover.__tablename__, j.row_key.in_(rows))
    for act in session.scalars(select(Act).where(Act.id > done.id, Act.id.in_(since)).order_by(Act.id)):
        if act.operation in (RECEIVING, READING) or act.undoes_id in {taking.id for taking in acts[1:]}:
            acts.append(act)
    return acts


def passing(acts: Sequence[Act]) -> Act:
    """Of a handover and the taking of the post, the act by which the drafts passed."""
    return next((act for act in acts if act.operation == RECEIVING), acts[0])


def settle_again(session: Session, done: Act, known: Collection[Trace]) -> None:
    """Where roles of coordinator were just written back, and others of the démarche changed since this act, the post is
    vacant on the days when nobody holds it. Otherwise the vacancies are those that the act had found."""
    session.flush()
    days: dict[int, date] = {}
    for trace in known:
        for plan, day in _changed(session, trace):
            days[plan] = min(day, days.get(plan, day))
    own = {trace.row for trace in known}
    for plan, day in days.items():
        if _others_changed(session, done, plan, own):
            settle(session, plan, day)


def _changed(session: Session, trace: Trace) -> Iterator[tuple[int, date]]:
    """The démarches where what was just written back gives or takes a role of coordinator, each with the first day."""
    if trace.model is Account:
        held = select(Grant.initiative_id, Grant.starts_on).where(
            Grant.account_id == trace.key[0], is_given(), Grant.role == Role.COORDINATOR
        )
        for place, starts in session.execute(held):
            yield from _from_today(session, place, starts)
    if trace.model is not Grant:
        return
    role, place, starts = _as_held(session, trace)
    if role is not Role.COORDINATOR:
        return
    if not trace.is_change:
        yield from ((plan, starts) for plan in plans_of(session, place))
    elif ARCHIVED in trace.before:
        yield from _from_today(session, place, starts)
    else:
        ends = [side.get("ends_on") for side in (typed(Grant, trace.before), typed(Grant, trace.after))]
        first = min([end + A_DAY for end in ends if end is not None], default=starts)
        yield from ((plan, first) for plan in plans_of(session, place))


def _as_held(session: Session, trace: Trace) -> tuple[Any, ...]:
    columns, row = ("role", "initiative_id", "starts_on"), session.get(Grant, trace.key[0])
    if row is not None:
        return tuple(getattr(row, column) for column in columns)
    values = typed(Grant, trace.after)
    return tuple(values[column] for column in columns)


def _from_today(session: Session, place: int | None, starts: date) -> Iterator[tuple[int, date]]:
    for plan in plans_of(session, place):
        here = session.get_one(Initiative, plan)
        yield plan, max(day_there(here, now_utc()), starts)


def _others_changed(session: Session, done: Act, plan: int, own: Collection[RowKey]) -> bool:
    """Whether other roles of coordinator of a démarche, or the accounts that have them, changed since an act."""
    posts = select(Grant.id, Grant.account_id).where(Grant.role == Role.COORDINATOR, is_here(plan))
    rows = {row for role, holder in session.execute(posts) for row in (("grant", role), ("account", holder))}
    j = JournalEntry
    lines = select(j.table, j.row_key).where(j.act_id > done.id, j.table.in_(["grant", "account"])).distinct()
    return any((table, int(key)) in rows - set(own) for table, key in session.execute(lines))
