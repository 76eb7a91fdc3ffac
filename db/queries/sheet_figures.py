"""The figures of one fiche action: its indicators as far as they are recorded, what it needs and who pays."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from db.models import BudgetItem, FundingEvent, FundingLine, Indicator, Measurement, Organisation, Target, Term
from db.queries.funding import last_decisions
from db.rules.plan import fuzzy
from db.rules.sheet import Aim, IndicatorNote, MoneyLine, Need, Reading, is_masked
from db.rules.vocabulary import FundingDecision, FundingStage, MeasurementStatus
from db.viewer import Viewer, shown


def indicators(session: Session, viewer: Viewer, sheet_id: int, on: date) -> tuple[IndicatorNote, ...]:
    """The indicators of a fiche with their last value, masked where it must be, and their next target."""
    rows = session.execute(
        select(Indicator, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Indicator.requested_by_id)
        .where(Indicator.sheet_id == sheet_id, Indicator.archived_at.is_(None))
        .order_by(Indicator.position, Indicator.id)
    ).all()
    by_id = {row.id: row for row, _ in rows}
    here = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    measured = shown(viewer, Measurement, on) & Measurement.indicator_id.in_(here)
    aimed = shown(viewer, Target, on) & Target.indicator_id.in_(here)
    readings, aims = _readings(session, measured, by_id), _aims(session, aimed, on)
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


def _readings(session: Session, measured: ColumnElement[bool], by_id: dict[int, Indicator]) -> dict[int, Reading]:
    """The last value of each indicator as a whole."""
    rows = session.scalars(measured_whole(measured))
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


def _aims(session: Session, aimed: ColumnElement[bool], on: date) -> dict[int, Aim]:
    """The next target of each indicator, else its last one; of two set for a day, the last one set."""
    rows = session.scalars(aimed_whole(aimed))
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
    b = BudgetItem
    rows = session.execute(
        select(b.year, b.label, b.nature, b.amount_cents, b.absence)
        .where(b.sheet_id == sheet_id, b.archived_at.is_(None))
        .order_by(func.coalesce(b.year, 9999), b.position, b.id)
    )
    return tuple(Need(*row) for row in rows)


def money(session: Session, viewer: Viewer, sheet_id: int, on: date) -> tuple[MoneyLine, ...]:
    """The funding lines of a fiche, newest year first, with the amounts and the answers known on that day."""
    mine = FundingLine.sheet_id == sheet_id
    known = shown(viewer, FundingEvent, on)
    return tuple(line for _, line in money_lines(session, mine, last_decisions(viewer, mine, on), known))


def money_lines(
    session: Session, lines: ColumnElement[bool], decisions: Subquery, known: ColumnElement[bool]
) -> list[tuple[FundingLine, MoneyLine]]:
    """These funding lines (a condition on `FundingLine`), newest year first, with what is said of them.

    `decisions` are those of `db.queries.funding`; `known`, a condition on `FundingEvent`, says which amounts are.
    """
    line, funder, beneficiary, last = FundingLine, aliased(Organisation), aliased(Organisation), decisions
    columns: list[Any] = [line, funder.name, beneficiary.name, func.coalesce(Term.label, line.scheme_label)]
    columns += [last.c.decision, last.c.answer_expected_on]
    rows = session.execute(
        select(*columns)
        .join(funder, funder.id == line.funder_id)
        .outerjoin(beneficiary, beneficiary.id == line.beneficiary_id)
        .outerjoin(Term, Term.id == line.scheme_id)
        .outerjoin(last, last.c.line_id == line.id)
        .where(lines, line.archived_at.is_(None))
        .order_by(func.coalesce(line.year, 0).desc(), line.position, line.id)
    ).all()
    amounts, undated = _amounts(session, lines, known)
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
                amounts=amounts.get(row.id, {}),
                undated=frozenset(undated.get(row.id, ())),
            ),
        )
        for row, asked, paid, scheme, decision, expected in rows
    ]


def _amounts(
    session: Session, lines: ColumnElement[bool], known: ColumnElement[bool]
) -> tuple[dict[int, dict[FundingStage, int]], dict[int, set[FundingStage]]]:
    """By line and stage, the sum of the events that are known, in cents; and the stages with an undated event."""
    e = FundingEvent
    rows = session.execute(
        select(e.line_id, e.stage, func.sum(e.amount_cents), func.count(e.on_date), func.count())
        .join(FundingLine, FundingLine.id == e.line_id)
        .where(lines, known, e.amount_cents.is_not(None))
        .group_by(e.line_id, e.stage)
    )
    amounts: dict[int, dict[FundingStage, int]] = defaultdict(dict)
    undated: dict[int, set[FundingStage]] = defaultdict(set)
    for line_id, stage, cents, dated, events in rows:
        amounts[line_id][stage] = int(cents or 0)
        if dated < events:
            undated[line_id].add(stage)
    return dict(amounts), dict(undated)
