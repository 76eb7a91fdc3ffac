"""Where the indicators of a plan stand: three queries, whatever their number, then the rule of attainment on each."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from db.models import Axis, Indicator, Measurement, Target
from db.models.base import Entry
from db.rules.attainment import AttainmentWord, DatedValue, IndicatorTerms, attainment
from db.rules.overview import IndicatorWords
from db.rules.periods import PeriodValue
from db.rules.vocabulary import MeasurementStatus
from db.viewer import Viewer, shown

COUNTED = (MeasurementStatus.PROVISIONAL, MeasurementStatus.VALIDATED)


def indicator_words(
    session: Session, viewer: Viewer, initiative_id: int, sheets: Select[Any], on: date
) -> IndicatorWords:
    """How many indicators of these sheets, of the plan's axes and of the plan itself are in each word on a day."""
    mine = _of_plan(initiative_id, sheets)
    targets = _targets(session, viewer, mine, on)
    values = _values(session, viewer, mine, on)
    indicators = session.scalars(select(Indicator).where(mine))
    words = (_word(row, targets.get(row.id, ()), values.get(row.id, []), on) for row in indicators)
    return IndicatorWords(dict(Counter(words)))


def _of_plan(initiative_id: int, sheets: Select[Any]) -> ColumnElement[bool]:
    axes = select(Axis.id).where(Axis.initiative_id == initiative_id, Axis.archived_at.is_(None))
    mine = or_(Indicator.sheet_id.in_(sheets), Indicator.axis_id.in_(axes), Indicator.initiative_id == initiative_id)
    return mine & Indicator.archived_at.is_(None)


def _word(row: Indicator, targets: tuple[DatedValue, ...], values: list[PeriodValue], on: date) -> AttainmentWord:
    """« Sans objet » before an indicator applies; without a way to add up, a value cannot be judged."""
    if row.applicable_from_on is not None and on < row.applicable_from_on:
        return AttainmentWord.NOT_APPLICABLE
    if row.accumulation is None:
        return AttainmentWord.TO_CONFIRM if values else AttainmentWord.NOT_PROVIDED
    terms = IndicatorTerms(
        accumulation=row.accumulation,
        direction=row.direction,
        targets=targets,
        baseline=_baseline(row),
        band=_band(row),
        value_type=row.value_type,
        counted=row.counts,
    )
    return attainment(terms, values, on).word


def _baseline(row: Indicator) -> DatedValue | None:
    if row.baseline is None or row.baseline_on is None:
        return None
    return DatedValue(row.baseline_on, float(row.baseline))


def _band(row: Indicator) -> float | None:
    """Half the width of the band within which a « maintien » is kept."""
    return None if row.band_low is None or row.band_high is None else float(row.band_high - row.band_low) / 2


def _oldest_first(entry: type[Entry]) -> tuple[ColumnElement[Any], ...]:
    """Undated entries are the oldest; a later row replaces an earlier one about the same thing."""
    return (func.coalesce(entry.on_date, date(1, 1, 1)), entry.id.asc())


def _targets(
    session: Session, viewer: Viewer, mine: ColumnElement[bool], on: date
) -> dict[int, tuple[DatedValue, ...]]:
    """The targets in force of each indicator, one a due date: the one set last."""
    rows = session.execute(
        select(Target.indicator_id, Target.due_on, Target.value)
        .join(Indicator, Indicator.id == Target.indicator_id)
        .where(mine, Target.breakdown_id.is_(None), shown(viewer, Target, on))
        .order_by(*_oldest_first(Target))
    )
    last = {(indicator, due): value for indicator, due, value in rows}
    found: dict[int, list[DatedValue]] = defaultdict(list)
    for (indicator, due), value in last.items():
        if value is not None:
            found[indicator].append(DatedValue(due, float(value)))
    return {indicator: tuple(targets) for indicator, targets in found.items()}


def _values(session: Session, viewer: Viewer, mine: ColumnElement[bool], on: date) -> dict[int, list[PeriodValue]]:
    """The measurements of each indicator, one a period: the one recorded last. Proposed and refused ones are left."""
    row = Measurement
    rows = session.execute(
        select(row.indicator_id, row.starts_on, row.ends_on, row.value, row.status, row.on_date, row.absence)
        .join(Indicator, Indicator.id == row.indicator_id)
        .where(mine, row.breakdown_id.is_(None), row.status.in_(COUNTED))
        .where(row.text_value.is_(None), shown(viewer, row, on))
        .order_by(*_oldest_first(row))
    )
    found: dict[int, dict[tuple[date, date], PeriodValue]] = defaultdict(dict)
    for indicator, first, end, value, status, measured_on, absence in rows:
        is_provisional = status is MeasurementStatus.PROVISIONAL
        figure = None if value is None else float(value)
        found[indicator][first, end] = PeriodValue(first, end, figure, is_provisional, measured_on, absence)
    return {indicator: list(periods.values()) for indicator, periods in found.items()}
