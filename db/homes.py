"""Whose a dated entry is: the plan that owns its sheet, its axis, or the plan itself. One list of the series.

Who sees what is in preparation, who publishes it, and how many entries wait are told from here alone.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from db.models import (
    Axis,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Involvement,
    Measurement,
    Placement,
    ProgressEntry,
    StatusEntry,
    Target,
    WeatherEntry,
)
from db.models.base import Entry
from db.rules.vocabulary import InvolvementRole, PlacementRole

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


def last_homes(session: Session, sheets: Select[Any] | Collection[int]) -> dict[int, int]:
    """The home of each of these sheets (their ids, or a query of them): the plan that owns it, else the last that
    did."""
    owners = select(Placement.sheet_id, Placement.initiative_id).where(Placement.role == PlacementRole.OWNER)
    asked = owners.where(Placement.sheet_id.in_(sheets)).order_by(Placement.archived_at.is_(None), Placement.id)
    return {row.sheet_id: row.initiative_id for row in session.execute(asked)}


def led_by(held: Collection[tuple[int | None, int]]) -> Select[Any]:
    """The sheets led today by these structures, as a subquery of their ids: (initiative that owns them or None for any,
    organisation). The day is the database's own: rights do not look at another one."""
    part, today = Involvement, func.current_date()
    those = [
        and_(part.organisation_id == who, part.sheet_id.in_(owned_sheets([where])))
        if where is not None
        else part.organisation_id == who
        for where, who in held
    ]
    return (
        select(part.sheet_id)
        .where(or_(*those), part.role.in_([InvolvementRole.LEAD, InvolvementRole.CO_LEAD]))
        .where(part.sheet_id.is_not(None), part.archived_at.is_(None))
        .where(
            or_(part.starts_on.is_(None), part.starts_on <= today), or_(part.ends_on.is_(None), part.ends_on >= today)
        )
    )


def paid_by(structures: Collection[int]) -> Select[Any]:
    """The sheets for which one of these structures is asked to pay, or pays, as a subquery of their ids."""
    line = FundingLine
    return select(line.sheet_id).where(
        line.funder_id.in_(structures), line.sheet_id.is_not(None), line.archived_at.is_(None)
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


def entering(entry: type[Entry], initiative_id: int, sheet_id: int | None, as_of: date) -> ColumnElement[bool]:
    """The entries of a series that a point of this plan (or of this one of its sheets) dated that day takes in.

    Those in preparation at home, undated or dated at the latest that day.
    """
    of_point = waiting_for(entry, initiative_id, sheet_id)
    return and_(of_point, or_(entry.on_date.is_(None), entry.on_date <= as_of))


def waiting_for(entry: type[Entry], initiative_id: int, sheet_id: int | None = None) -> ColumnElement[bool]:
    """The entries of a series in preparation, whatever their day, that a point of this plan (or of this one of its
    sheets) publishes: those of another plan's sheet wait for that plan."""
    plans = [initiative_id]
    sheet = owned_sheets(plans).where(Placement.sheet_id == sheet_id)
    return and_(of_plans(entry, plans) if sheet_id is None else of_sheets(entry, sheet), waiting(entry))


def how_many(session: Session, where: Callable[[type[Entry]], ColumnElement[bool]]) -> int:
    """How many entries meet a condition on their series, over all the series: one query."""
    return sum(session.execute(counted(where)).one())


def counted(where: Callable[[type[Entry]], ColumnElement[bool]]) -> Select[Any]:
    """The same as a statement: one row, a count a series."""
    return select(*[select(func.count()).select_from(entry).where(where(entry)).scalar_subquery() for entry in SERIES])


def tally(session: Session, where: Callable[[type[Entry]], ColumnElement[bool]]) -> tuple[tuple[int, int], ...]:
    """The entries that meet a condition, series by series: how many, and the last one written. One query."""
    asked = [
        select(figure).select_from(entry).where(where(entry)).scalar_subquery()
        for entry in SERIES
        for figure in (func.count(), func.coalesce(func.max(entry.id), 0))
    ]
    told = session.execute(select(*asked)).one()
    return tuple(zip(told[::2], told[1::2], strict=True))


def counted_by_home(entry: type[Any], *where: ColumnElement[bool]) -> Select[Any]:
    """How many entries of a series meet these conditions, by the plan they belong to: (home, entries)."""
    home: Any = Placement.initiative_id
    query = select(func.count().label("entries")).select_from(entry)
    sheet_id = getattr(entry, "sheet_id", None)
    if hasattr(entry, "line_id"):
        query = query.join(FundingLine, FundingLine.id == entry.line_id)
        sheet_id, home = FundingLine.sheet_id, func.coalesce(FundingLine.initiative_id, home)
    elif hasattr(entry, "indicator_id"):
        query = query.join(Indicator, Indicator.id == entry.indicator_id)
        query = query.outerjoin(Axis, Axis.id == Indicator.axis_id)
        sheet_id, home = Indicator.sheet_id, func.coalesce(Indicator.initiative_id, Axis.initiative_id, home)
    owner = and_(Placement.sheet_id == sheet_id, Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None))
    return query.add_columns(home.label("home")).outerjoin(Placement, owner).where(*where).group_by(home)


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
