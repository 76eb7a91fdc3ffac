"""Whose a dated entry is: the plan that owns its sheet, its axis, or the plan itself. One list of the series.

Who sees what is in preparation, who publishes it, and how many entries wait are told from here alone.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from db.models import (
    Axis,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Measurement,
    Placement,
    ProgressEntry,
    StatusEntry,
    Target,
    WeatherEntry,
)
from db.models.base import Entry
from db.rules.vocabulary import PlacementRole

SERIES: tuple[type[Entry], ...] = (
    StatusEntry,
    ProgressEntry,
    WeatherEntry,
    Target,
    Measurement,
    FundingEvent,
    FundingDecisionEntry,
)


def owned_sheets(plans: Collection[int]) -> Select[Any]:
    """The sheets whose home is one of these plans, as a subquery of their ids."""
    return select(Placement.sheet_id).where(
        Placement.initiative_id.in_(plans),
        Placement.role == PlacementRole.OWNER,
        Placement.archived_at.is_(None),
    )


def of_sheets(entry: type[Any], sheets: Select[Any]) -> ColumnElement[bool]:
    """The entries of a series about these sheets, their indicators or their funding lines."""
    return _about(entry, sheets, ())


def of_plans(entry: type[Any], plans: Collection[int]) -> ColumnElement[bool]:
    """The entries of a series whose sheet, axis or plan belongs to one of these plans."""
    return _about(entry, owned_sheets(plans), plans)


def waiting(entry: type[Entry]) -> ColumnElement[bool]:
    """The entries of a series that are in preparation: in no published point."""
    return and_(entry.publication_id.is_(None), entry.archived_at.is_(None))


def _about(entry: type[Any], sheets: Select[Any], plans: Collection[int]) -> ColumnElement[bool]:
    """Entries of the sheets, and, of the plans themselves, what hangs on no sheet."""
    if hasattr(entry, "sheet_id"):
        of_sheet: ColumnElement[bool] = entry.sheet_id.in_(sheets)
        return of_sheet
    if hasattr(entry, "line_id"):
        paid: ColumnElement[bool] = FundingLine.sheet_id.in_(sheets)
        if plans:
            paid = or_(paid, FundingLine.initiative_id.in_(plans))
        of_line: ColumnElement[bool] = entry.line_id.in_(select(FundingLine.id).where(paid))
        return of_line
    about: ColumnElement[bool] = Indicator.sheet_id.in_(sheets)
    if plans:
        axes = select(Axis.id).where(Axis.initiative_id.in_(plans))
        about = or_(about, Indicator.axis_id.in_(axes), Indicator.initiative_id.in_(plans))
    of_indicator: ColumnElement[bool] = entry.indicator_id.in_(select(Indicator.id).where(about))
    return of_indicator
