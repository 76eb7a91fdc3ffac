"""What the overview tells beside the plan itself: indicators, money, decisions, and what changed since the COPIL."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
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
    JournalEntry,
    Meeting,
    Milestone,
    Placement,
    Unsettled,
)
from db.queries import facts, initiatives, reads
from db.queries.indicator_words import indicator_words
from db.rules import money
from db.rules.money import FundingLine as Line
from db.rules.overview import AwaitedAnswers, OpenDecisions, Overview, Since, YearMoney, status_moves
from db.rules.totals import known_sum
from db.rules.vocabulary import ChangeKind, DecisionStatus, FundingDecision, FundingNature, FundingStage
from db.viewer import Viewer, shown

OPEN = (DecisionStatus.OPEN, DecisionStatus.ONGOING)
# The sheet, the line as the rules see it, the day an answer is expected on.
SheetLine = tuple[int | None, Line, date | None]
DUE_COLUMNS = {"milestone": "due_on", "action_sheet": "ends_on"}


def standing(initiative_id: int, on: date) -> Select[Any]:
    """The sheets that stand in the plan on that day, as a subquery of their ids."""
    return (
        select(Placement.sheet_id)
        .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
        .where(ActionSheet.archived_at.is_(None), or_(Placement.until.is_(None), Placement.until > on))
    )


@reads("initiative", "directory")
def overview(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Overview:
    """What the overview tells on a day, as this viewer sees it: numbers only, no organisation is named.

    Raises Refused when the viewer may not read the initiative.
    """
    header = initiatives.header(session, viewer, initiative_id, on)
    lines = _lines(session, viewer, initiative_id, on)
    coordinates = viewer.coordinates(initiative_id)
    return Overview(
        indicators=indicator_words(session, viewer, initiative_id, standing(initiative_id, on), on),
        money=_money(session, initiative_id, on, [line for _, line, _ in lines]),
        decisions=_decisions(session, initiative_id, on),
        answers=_answers(lines, on),
        since=_since(session, viewer, initiative_id, header.last_committee, on) if header.last_committee else None,
        imported_file=_last_import(session, initiative_id) if coordinates and header.point is None else None,
        unsettled=_unsettled(session, initiative_id) if coordinates else 0,
    )


def _lines(session: Session, viewer: Viewer, initiative_id: int, on: date) -> list[SheetLine]:
    """The lines of the plan's sheets and of its coordination, with the sum of each stage that is known."""
    row = FundingLine
    mine = or_(row.sheet_id.in_(standing(initiative_id, on)), row.initiative_id == initiative_id)
    amounts: dict[int, dict[FundingStage, int]] = defaultdict(dict)
    totals = session.execute(
        select(FundingEvent.line_id, FundingEvent.stage, func.sum(FundingEvent.amount_cents))
        .join(row, row.id == FundingEvent.line_id)
        .where(mine, row.archived_at.is_(None), shown(viewer, initiative_id, FundingEvent, on))
        .where(FundingEvent.amount_cents.is_not(None))
        .group_by(FundingEvent.line_id, FundingEvent.stage)
    )
    for line_id, stage, cents in totals:
        amounts[line_id][stage] = int(cents or 0)
    rows = session.execute(
        select(row.id, row.sheet_id, row.nature, row.decision, row.year, row.answer_expected_on).where(
            mine, row.archived_at.is_(None)
        )
    )
    return [
        (sheet_id, Line(key, nature, decision, year, amounts.get(key, {})), expected)
        for key, sheet_id, nature, decision, year, expected in rows
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
    return YearMoney(on.year, covered.secured, covered.awaiting, known, of)


def _answers(lines: list[SheetLine], on: date) -> dict[int, AwaitedAnswers]:
    """By sheet, the lines that await an answer; a date of answer already past is not told again."""
    pending: dict[int, list[tuple[Line, date | None]]] = defaultdict(list)
    for sheet_id, line, expected in lines:
        if sheet_id is not None and line.decision is FundingDecision.PENDING:
            pending[sheet_id].append((line, expected))
    return {
        sheet_id: AwaitedAnswers(
            count=len(awaited),
            amount=known_sum(line.amounts.get(FundingStage.REQUESTED) for line, _ in awaited),
            expected_on=min((day for _, day in awaited if day is not None and day >= on), default=None),
        )
        for sheet_id, awaited in pending.items()
    }


def _of_initiative(initiative_id: int, on: date) -> ColumnElement[bool]:
    """The decisions taken by then by the bodies at work for an initiative, as a condition on `Decision`."""
    meetings = (
        select(Meeting.id)
        .join(BodyInitiative, BodyInitiative.body_id == Meeting.body_id)
        .where(BodyInitiative.initiative_id == initiative_id)
        .where(Meeting.archived_at.is_(None), Meeting.held_on <= on)
    )
    return and_(Decision.meeting_id.in_(meetings), Decision.archived_at.is_(None))


def _decisions(session: Session, initiative_id: int, on: date) -> OpenDecisions:
    due = session.scalars(
        select(Decision.due_on).where(_of_initiative(initiative_id, on), Decision.status.in_(OPEN))
    ).all()
    return OpenDecisions(open=len(due), overdue=sum(day is not None and day < on for day in due))


def _since(session: Session, viewer: Viewer, initiative_id: int, day: date, on: date) -> Since:
    grants, granted, refusals = _answers_given(session, viewer, initiative_id, day, on)
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
        moved_dates=_moved_dates(session, initiative_id, day),
        granted=granted,
        grants=grants,
        refusals=refusals,
        decisions_done=session.execute(
            select(func.count())
            .select_from(Decision)
            .where(_of_initiative(initiative_id, on), Decision.status == DecisionStatus.DONE)
            .where(Decision.closed_on > day, Decision.closed_on <= on)
        ).scalar_one(),
    )


def _answers_given(session: Session, viewer: Viewer, initiative_id: int, day: date, on: date) -> tuple[int, int, int]:
    """How many lines of cash were granted after a day, for how many cents, and how many were refused.

    A refusal is a grant of nothing, on the day of the answer.
    """
    line, event = FundingLine, FundingEvent
    rows = session.execute(
        select(line.id, line.decision, func.sum(event.amount_cents))
        .join(event, event.line_id == line.id)
        .where(or_(line.sheet_id.in_(standing(initiative_id, on)), line.initiative_id == initiative_id))
        .where(line.archived_at.is_(None), line.nature == FundingNature.CASH)
        .where(event.stage == FundingStage.GRANTED, event.on_date > day, shown(viewer, initiative_id, event, on))
        .group_by(line.id, line.decision)
    ).all()
    given = [int(cents) for _, decision, cents in rows if decision is not FundingDecision.REFUSED and cents is not None]
    refusals = Counter(decision for _, decision, _ in rows)[FundingDecision.REFUSED]
    return len(given), sum(given), refusals


def _moved_dates(session: Session, initiative_id: int, day: date) -> int:
    """How many due dates of sheets and milestones were changed after a day, each counted once, as the journal tells.

    A date typed for the first time, or taken away, was not moved.
    """
    midnight = datetime.combine(day + timedelta(days=1), time.min, UTC)
    rows = session.execute(
        select(JournalEntry.table, JournalEntry.row_key, JournalEntry.before, JournalEntry.after)
        .where(JournalEntry.initiative_id == initiative_id, JournalEntry.at_utc >= midnight)
        .where(JournalEntry.kind == ChangeKind.UPDATE, JournalEntry.table.in_(DUE_COLUMNS))
    )
    return len({(table, key) for table, key, before, after in rows if _is_moved(DUE_COLUMNS[table], before, after)})


def _is_moved(column: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    return bool(before and before.get(column) and after and after.get(column))


def _last_import(session: Session, initiative_id: int) -> str | None:
    """The file of the import that is the last act of the initiative; None when something was done since."""
    last = select(func.max(Act.id)).where(Act.initiative_id == initiative_id).scalar_subquery()
    return session.scalars(
        select(ImportRun.file_name).where(ImportRun.initiative_id == initiative_id, ImportRun.act_id == last)
    ).first()


def _unsettled(session: Session, initiative_id: int) -> int:
    """How many cells still wait to be settled, of the sheets and of the plan itself."""
    cell = Unsettled
    mine = or_(cell.sheet_id.in_(facts.in_plan(initiative_id)), cell.initiative_id == initiative_id)
    return session.execute(
        select(func.count()).select_from(cell).where(mine, cell.archived_at.is_(None), cell.settled_at.is_(None))
    ).scalar_one()
