"""What the overview tells beside the plan itself: indicators, money, decisions, and what changed since the COPIL."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from db.models import (
    Act,
    ActionSheet,
    BodyInitiative,
    BudgetItem,
    Decision,
    FundingEvent,
    FundingLine,
    ImportRun,
    Initiative,
    JournalEntry,
    Meeting,
    Milestone,
    Unsettled,
)
from db.queries import facts, initiatives, reads
from db.queries.funding import last_decisions
from db.queries.indicator_words import indicator_words
from db.queries.standing import has_sat, standing
from db.rules import money
from db.rules.access import SharedPage
from db.rules.money import FundingLine as Line
from db.rules.overview import AwaitedAnswers, OpenDecisions, Overview, Since, YearMoney, status_moves
from db.rules.totals import known_sum
from db.rules.vocabulary import ChangeKind, DecisionStatus, FundingDecision, FundingNature, FundingStage
from db.viewer import Viewer, of_home, require_page, shown

OPEN = (DecisionStatus.OPEN, DecisionStatus.ONGOING)
DUE_COLUMNS = {"milestone": "due_on", "action_sheet": "ends_on"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A funding line: its sheet (None for the coordination), its terms, and the days that its last answer says."""

    sheet_id: int | None
    terms: Line
    expected_on: date | None
    decided_on: date | None


@reads("initiative", "directory")
def overview(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Overview:
    """What the overview tells on a day, as this viewer sees it: numbers only, no organisation is named.

    Raises Refused when the viewer may not read the initiative.
    """
    require_page(viewer, SharedPage.OVERVIEW, initiative_id)
    lines = _lines(session, viewer, initiative_id, on)
    fresh = viewer.coordinates(initiative_id) and initiatives.last_point(session, initiative_id) is None
    sat, _, _ = initiatives.committees(session, initiative_id, on)
    return Overview(
        indicators=indicator_words(session, viewer, initiative_id, standing(initiative_id, on), on),
        money=_money(session, initiative_id, on, [line.terms for line in lines]),
        decisions=_decisions(session, initiative_id, on),
        answers=_answers(lines, on),
        since=_since(session, viewer, initiative_id, lines, sat, on) if sat else None,
        imported_file=_last_import(session, initiative_id) if fresh else None,
        unsettled=_unsettled(session, viewer, initiative_id) if viewer.coordinates(initiative_id) else 0,
    )


def _lines(session: Session, viewer: Viewer, initiative_id: int, on: date) -> list[Asked]:
    """The lines of the plan's sheets and of its coordination, with the sum of each stage that is known."""
    row = FundingLine
    mine = or_(row.sheet_id.in_(standing(initiative_id, on)), row.initiative_id == initiative_id)
    amounts: dict[int, dict[FundingStage, int]] = defaultdict(dict)
    totals = session.execute(
        select(FundingEvent.line_id, FundingEvent.stage, func.sum(FundingEvent.amount_cents))
        .join(row, row.id == FundingEvent.line_id)
        .where(mine, row.archived_at.is_(None), shown(viewer, FundingEvent, on))
        .where(FundingEvent.amount_cents.is_not(None))
        .group_by(FundingEvent.line_id, FundingEvent.stage)
    )
    for line_id, stage, cents in totals:
        amounts[line_id][stage] = int(cents or 0)
    last = last_decisions(viewer, mine, on)
    columns: list[Any] = [row.id, row.sheet_id, row.nature, row.year, *last.c]
    rows = session.execute(
        select(*columns).outerjoin(last, last.c.line_id == row.id).where(mine, row.archived_at.is_(None))
    )
    return [
        Asked(
            sheet_id=sheet_id,
            terms=Line(key, nature, decision or FundingDecision.NOT_ASKED, year, amounts.get(key, {})),
            expected_on=expected_on,
            decided_on=decided_on,
        )
        for key, sheet_id, nature, year, _, decision, expected_on, decided_on in rows
    ]


def _money(session: Session, initiative_id: int, on: date, lines: list[Line]) -> YearMoney:
    covered = money.financing(lines, None, FundingNature.CASH, on.year)
    item, sheets = BudgetItem, standing(initiative_id, on)
    of = session.execute(select(func.count()).select_from(sheets.subquery())).scalar_one()
    known = session.execute(
        select(func.count(item.sheet_id.distinct()))
        .where(item.sheet_id.in_(sheets), item.archived_at.is_(None), item.amount_cents.is_not(None))
        .where(or_(item.year.is_(None), item.year == on.year))
    ).scalar_one()
    without_year = sum(_is_counted(line) and line.year is None for line in lines)
    return YearMoney(on.year, covered.secured, covered.awaiting, known, of, without_year)


def _is_counted(line: Line) -> bool:
    """Whether a line is of those that a year's money adds up: cash, asked or granted."""
    return line.nature is FundingNature.CASH and line.decision in (FundingDecision.PENDING, FundingDecision.GRANTED)


def _answers(lines: list[Asked], on: date) -> dict[int, AwaitedAnswers]:
    """By sheet, the lines that await an answer; a date of answer already past is not told again."""
    pending: dict[int, list[Asked]] = defaultdict(list)
    for line in lines:
        if line.sheet_id is not None and line.terms.decision is FundingDecision.PENDING:
            pending[line.sheet_id].append(line)
    return {
        sheet_id: AwaitedAnswers(
            count=len(awaited),
            amount=known_sum(line.terms.amounts.get(FundingStage.REQUESTED) for line in awaited),
            expected_on=min((day for line in awaited if (day := line.expected_on) and day >= on), default=None),
        )
        for sheet_id, awaited in pending.items()
    }


def _of_initiative(initiative_id: int, on: date) -> ColumnElement[bool]:
    """What the bodies at work for an initiative decided in meetings closed by then, as a condition on `Decision`."""
    meetings = (
        select(Meeting.id)
        .join(BodyInitiative, BodyInitiative.body_id == Meeting.body_id)
        .where(BodyInitiative.initiative_id == initiative_id)
        .where(has_sat(on))
    )
    return and_(Decision.meeting_id.in_(meetings), Decision.archived_at.is_(None))


def _decisions(session: Session, initiative_id: int, on: date) -> OpenDecisions:
    due = session.scalars(
        select(Decision.due_on).where(_of_initiative(initiative_id, on), Decision.status.in_(OPEN))
    ).all()
    return OpenDecisions(open=len(due), overdue=sum(day is not None and day < on for day in due))


def _since(session: Session, viewer: Viewer, initiative_id: int, lines: list[Asked], day: date, on: date) -> Since:
    granted = _granted(session, viewer, initiative_id, lines, day, on)
    return Since(
        day=day,
        moves=status_moves(
            facts.statuses(session, viewer, initiative_id, day),
            facts.statuses(session, viewer, initiative_id, on),
            day,
        ),
        milestones_done=session.execute(
            select(func.count())
            .select_from(Milestone)
            .where(Milestone.sheet_id.in_(standing(initiative_id, on)), Milestone.archived_at.is_(None))
            .where(Milestone.done_on > day, Milestone.done_on <= on)
        ).scalar_one(),
        moved_dates=_moved_dates(session, initiative_id, day, on),
        granted=sum(granted),
        grants=len(granted),
        refusals=_refused(lines, day),
        decisions_done=session.execute(
            select(func.count())
            .select_from(Decision)
            .where(_of_initiative(initiative_id, on), Decision.status == DecisionStatus.DONE)
            .where(Decision.closed_on > day, Decision.closed_on <= on)
        ).scalar_one(),
    )


def _granted(
    session: Session, viewer: Viewer, initiative_id: int, lines: list[Asked], day: date, on: date
) -> list[int]:
    """What each line of cash was granted after a day, in cents; a line refused in the end was granted nothing."""
    line, event = FundingLine, FundingEvent
    refused = {asked.terms.line_id for asked in lines if asked.terms.decision is FundingDecision.REFUSED}
    rows = session.execute(
        select(line.id, func.sum(event.amount_cents))
        .join(event, event.line_id == line.id)
        .where(or_(line.sheet_id.in_(standing(initiative_id, on)), line.initiative_id == initiative_id))
        .where(line.archived_at.is_(None), line.nature == FundingNature.CASH)
        .where(event.stage == FundingStage.GRANTED, event.on_date > day, shown(viewer, event, on))
        .group_by(line.id)
    )
    return [int(cents) for key, cents in rows if cents is not None and key not in refused]


def _refused(lines: list[Asked], day: date) -> int:
    """How many lines of cash were refused after a day."""
    return sum(
        line.terms.nature is FundingNature.CASH
        and line.terms.decision is FundingDecision.REFUSED
        and line.decided_on is not None
        and line.decided_on > day
        for line in lines
    )


def _moved_dates(session: Session, initiative_id: int, day: date, on: date) -> int:
    """How many due dates of the plan's sheets and milestones are no longer what they were at the end of a day.

    As the journal tells, from the midnight of the plan's own time zone. A date typed for the first time, taken away,
    or changed and then put back, was not moved.
    """
    zone = session.execute(select(Initiative.time_zone).where(Initiative.id == initiative_id)).scalar_one()
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
    sheets, step, j = standing(initiative_id, on), Milestone, JournalEntry
    steps = select(cast(step.id, String)).where(step.sheet_id.in_(sheets), step.archived_at.is_(None))
    fiches = select(cast(ActionSheet.id, String)).where(ActionSheet.id.in_(sheets))
    mine = or_(
        and_(j.table == ActionSheet.__tablename__, j.row_key.in_(fiches)),
        and_(j.table == step.__tablename__, j.row_key.in_(steps)),
    )
    rows = session.execute(
        select(j.table, j.row_key, j.before, j.after)
        .where(mine, j.at_utc >= midnight, j.kind == ChangeKind.UPDATE)
        .order_by(j.seq)
    )
    spans: dict[tuple[str, str], tuple[Any, Any]] = {}
    for table, key, before, after in rows:
        column = DUE_COLUMNS[table]
        if before and after and column in before:
            first, _ = spans.get((table, key), (before[column], None))
            spans[table, key] = (first, after.get(column))
    return sum(bool(first and last and first != last) for first, last in spans.values())


def _last_import(session: Session, initiative_id: int) -> str | None:
    """The file of the import that is the last act of the initiative; None when something was done since."""
    last = select(func.max(Act.id)).where(Act.initiative_id == initiative_id).scalar_subquery()
    return session.scalars(
        select(ImportRun.file_name).where(ImportRun.initiative_id == initiative_id, ImportRun.act_id == last)
    ).first()


def _unsettled(session: Session, viewer: Viewer, initiative_id: int) -> int:
    """How many cells still wait to be settled, of the sheets and of the plan itself."""
    cell = Unsettled
    lent = and_(cell.sheet_id.in_(facts.in_plan(initiative_id)), of_home(viewer, cell.sheet_id))
    mine = or_(lent, cell.initiative_id == initiative_id)
    return session.execute(
        select(func.count()).select_from(cell).where(mine, cell.archived_at.is_(None), cell.settled_at.is_(None))
    ).scalar_one()
