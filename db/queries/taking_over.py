"""What who takes the coordination of a démarche is told first: what they received, the plan in figures, what comes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Account, Actor, Body, BodyInitiative, Handover, Initiative, Meeting, Proposal, Reminder
from db.posts import vacancies
from db.queries import initiatives, reads
from db.queries.overview import overview
from db.queries.plan import plan_state
from db.rights import Operation
from db.rules.access import ProposalState
from db.rules.dates import FuzzyDate
from db.rules.handover import (
    NEXT,
    Coming,
    ComingKind,
    Held,
    Received,
    TakingOver,
    dates_of,
    next_dates,
)
from db.rules.overview import by_status
from db.rules.vacancy import Span, vacant_since
from db.viewer import Viewer, require


@reads("all")
def posts_to_take(session: Session, viewer: Viewer, days: tuple[tuple[int, date], ...]) -> tuple[str, ...]:
    """The codes of the démarches of which the viewer took the coordination, each by the day given with it, and has not
    read yet what they are told of it."""
    of_day, h = dict(days), Handover
    rows = session.execute(
        select(h.initiative_id, h.starts_on, Initiative.code)
        .join(Account, Account.id == h.to_account_id)
        .join(Initiative, Initiative.id == h.initiative_id)
        .where(Account.actor_id == viewer.actor_id, h.read_at.is_(None), h.archived_at.is_(None))
        .order_by(h.starts_on, h.id)
    )
    mine = (code for plan, starts_on, code in rows if plan in of_day and starts_on <= of_day[plan])
    return tuple(dict.fromkeys(mine))


@reads("all")
def taking_over(session: Session, viewer: Viewer, initiative_id: int, on: date) -> TakingOver | None:
    """What the viewer is told of the post that they took last in a démarche, read or not, with what is in preparation;
    None for who took none there, or coordinates it no longer. Raises Refused when they may not read it."""
    require(viewer, Operation.READ, initiative_id)
    whole = replace(viewer, published_only=False)
    row = _last(session, viewer, initiative_id, on)
    if row is None or not whole.coordinates(initiative_id):
        return None
    header = initiatives.header(session, whole, initiative_id, on)
    state, told = plan_state(session, whole, initiative_id, on), overview(session, whole, initiative_id, on)
    others = [*_reminders(session, initiative_id, on), *_meetings(session, initiative_id, on)]
    if header.ends_on is not None:
        others.append(Coming(FuzzyDate(header.ends_on), ComingKind.CONTRACT, header.short_name))
    return TakingOver(
        received=_received(session, row, on),
        header=header,
        statuses=by_status(state.sheets),
        late=sum(sheet.is_late for sheet in state.sheets),
        silent=sum(sheet.needs_news for sheet in state.sheets),
        answers=_answers(session, initiative_id),
        unsettled=told.unsettled,
        decisions=told.decisions,
        funders=sum(answer.count for answer in told.answers.values()),
        awaiting=told.money.awaiting,
        coming=next_dates([*dates_of(state.sheets), *others], on),
    )


def _last(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Handover | None:
    """The handover by which the viewer holds, or held, the post."""
    h = Handover
    return session.scalars(
        select(h)
        .join(Account, Account.id == h.to_account_id)
        .where(Account.actor_id == viewer.actor_id, h.initiative_id == initiative_id, h.archived_at.is_(None))
        .where(h.starts_on <= on)
        .order_by(h.starts_on.desc(), h.id.desc())
        .limit(1)
    ).first()


def _received(session: Session, row: Handover, on: date) -> Received:
    before = _before(session, row)
    who = None
    if before is not None:
        actor = select(Actor.label).join(Account, Account.actor_id == Actor.id)
        who = session.scalars(actor.where(Account.id == before.from_account_id)).first()
    counts = (len(row.moved.get(table, ())) for table in ("reminder", "draft", "decision", "answer_link"))
    return Received(
        id=row.id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        predecessor=who,
        word=row.word or (before.word if before is not None else None),
        held=Held(*counts),
        elapsed=_elapsed(session, row, vacancies(session, row.initiative_id), on),
        is_read=row.read_at is not None,
    )


def _elapsed(session: Session, row: Handover, empty: Sequence[Span], on: date) -> int:
    """How many of the reminders received, still to be done, came due while the post was vacant."""
    ids = row.moved.get("reminder", ())
    due = session.scalars(select(Reminder.due_on).where(Reminder.id.in_(ids), Reminder.done_on.is_(None)))
    return sum(day <= on and vacant_since(empty, day) is not None for day in due)


def _before(session: Session, row: Handover) -> Handover | None:
    """The last handover by which somebody left the post to who would come, before this one; this one where it has a
    word of its own, or no other came first."""
    h = Handover
    left = (h.initiative_id == row.initiative_id, h.to_account_id.is_(None), h.archived_at.is_(None))
    if row.from_account_id is not None and row.word:
        return row
    earlier = select(h).where(*left, h.received_at.is_not(None), h.received_at == row.received_at)
    waited = session.scalars(earlier.order_by(h.starts_on.desc(), h.id.desc()).limit(1)).first()
    return waited or (row if row.from_account_id is not None else None)


def _answers(session: Session, initiative_id: int) -> int:
    """How many answers of partners wait to be decided."""
    p = Proposal
    mine = (p.initiative_id == initiative_id, p.state == ProposalState.PROPOSED, p.archived_at.is_(None))
    return session.scalar(select(func.count(p.id)).where(*mine)) or 0


def _reminders(session: Session, initiative_id: int, on: date) -> Iterator[Coming]:
    r = Reminder
    mine = (r.initiative_id == initiative_id, r.done_on.is_(None), r.archived_at.is_(None), r.due_on >= on)
    rows = session.execute(select(r.due_on, r.text).where(*mine).order_by(r.due_on, r.id).limit(NEXT))
    return (Coming(FuzzyDate(day), ComingKind.REMINDER, text) for day, text in rows.all())


def _meetings(session: Session, initiative_id: int, on: date) -> Iterator[Coming]:
    m, at = Meeting, BodyInitiative
    rows = session.execute(
        select(m.held_on, Body.name)
        .join(Body, Body.id == m.body_id)
        .join(at, at.body_id == m.body_id)
        .where(at.initiative_id == initiative_id, m.held_on >= on, m.archived_at.is_(None), Body.archived_at.is_(None))
        .order_by(m.held_on, m.id)
        .limit(NEXT)
    )
    return (Coming(FuzzyDate(day), ComingKind.MEETING, name) for day, name in rows.all())
