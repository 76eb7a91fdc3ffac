"""The figures of one fiche action: its indicators as far as they are recorded, what it needs and who pays."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, Subquery, and_, func, select
from sqlalchemy.orm import Session, aliased

from db.models import BudgetItem, FundingEvent, FundingLine, Indicator, Measurement, Organisation, Target, Term
from db.prepared import Question, prepared
from db.queries.funding import last_decisions
from db.rules.plan import fuzzy
from db.rules.sheet import Aim, IndicatorNote, MoneyLine, Need, Reading, is_masked
from db.rules.vocabulary import FundingDecision, FundingStage, MeasurementStatus
from db.viewer import Viewer, shown


def indicators(session: Session, viewer: Viewer, sheet_id: int, on: date) -> tuple[IndicatorNote, ...]:
    """The indicators of a fiche with their last value, masked where it must be, and their next target."""
    rows = session.execute(*_followed(sheet_id)).all()
    by_id = {row.id: row for row, _ in rows}
    readings = _readings(session, _measured(viewer, sheet_id, on), by_id)
    aims = _aims(session, _aimed(viewer, sheet_id, on), on)
    return tuple(
        IndicatorNote(
            code=row.code,
            label=row.label,
            unit=row.unit,
            value_type=row.value_type,
            decimals=row.decimals,
            counts=row.counts,
            is_sensitive=row.is_sensitive,
            requested_by=asker,
            last=readings.get(row.id),
            aim=aims.get(row.id),
        )
        for row, asker in rows
    )


@prepared("sheet_id")
def _followed(sheet_id: int) -> Executable:
    return (
        select(Indicator, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Indicator.requested_by_id)
        .where(Indicator.sheet_id == sheet_id, Indicator.archived_at.is_(None))
        .order_by(Indicator.position, Indicator.id)
    )


@prepared("sheet_id", "on")
def _measured(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    here = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    return measured_whole(shown(viewer, Measurement, on) & Measurement.indicator_id.in_(here))


@prepared("sheet_id", "on")
def _aimed(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    here = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    return aimed_whole(shown(viewer, Target, on) & Target.indicator_id.in_(here))


def _readings(session: Session, measured: Question, by_id: dict[int, Indicator]) -> dict[int, Reading]:
    """The last value of each indicator as a whole."""
    rows = session.scalars(*measured)
    return {row.indicator_id: reading_of(row, by_id[row.indicator_id]) for row in rows if row.indicator_id in by_id}


def measured_whole(measured: ColumnElement[bool]) -> Select[Measurement]:
    """These values of indicators as wholes, oldest first; proposed and refused ones are not values."""
    m = Measurement
    return (
        select(m)
        .where(measured, m.breakdown_id.is_(None))
        .where(m.status.in_([MeasurementStatus.PROVISIONAL, MeasurementStatus.VALIDATED]))
        .order_by(m.ends_on, func.coalesce(m.on_date, m.ends_on), m.id)
    )


def aimed_whole(aimed: ColumnElement[bool]) -> Select[Target]:
    """These targets of indicators as wholes, by day aimed at; of two for a day, the last one set comes last."""
    return (
        select(Target)
        .where(aimed, Target.breakdown_id.is_(None))
        .order_by(Target.due_on, func.coalesce(Target.on_date, date(1, 1, 1)), Target.id)
    )


def reading_of(row: Measurement, of: Indicator) -> Reading:
    """A value of an indicator as it may be shown."""
    value = None if row.value is None else float(row.value)
    terms = tuple(None if term is None else float(term) for term in (row.numerator, row.denominator))
    masked = is_masked(of.is_sensitive, of.value_type, value, (terms[0], terms[1]), row.text_value)
    return Reading(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        measured_on=row.on_date,
        value=None if masked else value,
        text=None if masked else row.text_value,
        absence=row.absence,
        absence_reason=row.absence_reason,
        status=row.status,
        is_masked=masked,
    )


def _aims(session: Session, aimed: Question, on: date) -> dict[int, Aim]:
    """The next target of each indicator, else its last one; of two set for a day, the last one set."""
    rows = session.scalars(*aimed)
    by_day: dict[int, dict[date, Target]] = defaultdict(dict)
    for row in rows:
        by_day[row.indicator_id][row.due_on] = row
    return {
        key: aim_of(days[min((day for day in days if day >= on), default=max(days))]) for key, days in by_day.items()
    }


def aim_of(row: Target) -> Aim:
    """A target of an indicator."""
    due = fuzzy(row.due_on, row.due_precision)
    assert due is not None
    return Aim(due, None if row.value is None else float(row.value), row.text_value, row.absence)


def needs(session: Session, sheet_id: int) -> tuple[Need, ...]:
    """The provisional budget of a fiche, by year."""
    rows = session.execute(*_needed(sheet_id))
    return tuple(Need(*row) for row in rows)


@prepared("sheet_id")
def _needed(sheet_id: int) -> Executable:
    b = BudgetItem
    return (
        select(b.year, b.label, b.nature, b.amount_cents, b.absence)
        .where(b.sheet_id == sheet_id, b.archived_at.is_(None))
        .order_by(func.coalesce(b.year, 9999), b.position, b.id)
    )


def money(
    session: Session, viewer: Viewer, sheet_id: int, on: date, payers: frozenset[int] | None = None
) -> tuple[MoneyLine, ...]:
    """The funding lines of a fiche, newest year first, with the amounts and the answers known on that day; with
    `payers`, those of these structures alone."""
    lines = session.execute(*_lines(viewer, sheet_id, on, payers)).all()
    amounts = session.execute(*_amounts(viewer, sheet_id, on)).all()
    return tuple(line for _, line in money_lines(lines, amounts))


@prepared("sheet_id", "on")
def _lines(viewer: Viewer, sheet_id: int, on: date, payers: frozenset[int] | None) -> Executable:
    mine = FundingLine.sheet_id == sheet_id
    if payers is not None:
        mine = and_(mine, FundingLine.funder_id.in_(payers))
    return lines_among(mine, last_decisions(viewer, mine, on))


@prepared("sheet_id", "on")
def _amounts(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    return amounts_among(FundingLine.sheet_id == sheet_id, shown(viewer, FundingEvent, on))


def lines_among(lines: ColumnElement[bool], decisions: Subquery) -> Select[Any]:
    """These funding lines (a condition on `FundingLine`), newest year first, with their funder, who receives, their
    scheme, and what was decided (`db.queries.funding`)."""
    line, funder, beneficiary, last = FundingLine, aliased(Organisation), aliased(Organisation), decisions
    columns: list[Any] = [line, funder.name, beneficiary.name, func.coalesce(Term.label, line.scheme_label)]
    columns += [last.c.decision, last.c.answer_expected_on]
    return (
        select(*columns)
        .join(funder, funder.id == line.funder_id)
        .outerjoin(beneficiary, beneficiary.id == line.beneficiary_id)
        .outerjoin(Term, Term.id == line.scheme_id)
        .outerjoin(last, last.c.line_id == line.id)
        .where(lines, line.archived_at.is_(None))
        .order_by(func.coalesce(line.year, 0).desc(), line.position, line.id)
    )


def amounts_among(lines: ColumnElement[bool], known: ColumnElement[bool]) -> Select[Any]:
    """Of these funding lines, by line and stage, the sum of the events that are `known`, a condition on
    `FundingEvent`; how many of them have a date, and how many there are."""
    e = FundingEvent
    columns: list[Any] = [e.line_id, e.stage, func.sum(e.amount_cents), func.count(e.on_date), func.count()]
    return (
        select(*columns)
        .join(FundingLine, FundingLine.id == e.line_id)
        .where(lines, known, e.amount_cents.is_not(None))
        .group_by(e.line_id, e.stage)
    )


def money_lines(lines: Iterable[Any], amounts: Iterable[Any]) -> list[tuple[FundingLine, MoneyLine]]:
    """Funding lines with what is said of them, from the rows of `lines_among` and of `amounts_among`."""
    known, undated = _summed(amounts)
    return [
        (
            row,
            MoneyLine(
                line_id=row.id,
                funder=asked,
                beneficiary=paid,
                scheme=scheme,
                year=row.year,
                nature=row.nature,
                regime=row.regime,
                decision=decision or FundingDecision.NOT_ASKED,
                answer_expected_on=expected,
                amounts=known.get(row.id, {}),
                undated=frozenset(undated.get(row.id, ())),
            ),
        )
        for row, asked, paid, scheme, decision, expected in lines
    ]


def _summed(rows: Iterable[Any]) -> tuple[dict[int, dict[FundingStage, int]], dict[int, set[FundingStage]]]:
    """By line and stage, the sum of the events that are known, in cents; and the stages with an undated event."""
    amounts: dict[int, dict[FundingStage, int]] = defaultdict(dict)
    undated: dict[int, set[FundingStage]] = defaultdict(set)
    for line_id, stage, cents, dated, events in rows:
        amounts[line_id][stage] = int(cents or 0)
        if dated < events:
            undated[line_id].add(stage)
    return dict(amounts), dict(undated)
