"""Points: from then on, readers see what was in preparation up to that day."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from db.commands.common import home_of_sheet, words
from db.errors import Invalid
from db.journal import acting
from db.models import (
    Axis,
    FundingEvent,
    FundingLine,
    Indicator,
    Measurement,
    Placement,
    ProgressEntry,
    Publication,
    StatusEntry,
    Target,
    WeatherEntry,
)
from db.models.base import Entry
from db.rights import Operation
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require


def publish_point(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    name: str,
    as_of: date,
    sheet_id: int | None = None,
) -> Publication:
    """Publish a plan, or one of its sheets, as it stands on a day.

    Every entry still in preparation, undated or dated at the latest that day, enters the point. Only the sheets whose
    home is this plan: one that merely appears here is published by its own plan.
    """
    require(viewer, Operation.PUBLISH, initiative_id)
    named = words(name, "Le nom du point", 200)
    if sheet_id is not None and home_of_sheet(session, sheet_id) != initiative_id:
        raise Invalid("Cette fiche est celle d'un autre plan : c'est lui qui la publie.")
    with acting(session, viewer.actor_id, "publish_point", f"Publication : {named}", initiative_id):
        point = Publication(
            initiative_id=initiative_id, sheet_id=sheet_id, name=named, as_of=as_of, actor_id=viewer.actor_id
        )
        session.add(point)
        session.flush()
        for table, subject in _series(initiative_id, sheet_id):
            waiting = select(table).where(
                subject,
                table.publication_id.is_(None),
                table.archived_at.is_(None),
                or_(table.on_date.is_(None), table.on_date <= as_of),
            )
            for entry in session.scalars(waiting):
                entry.publication_id = point.id
        session.flush()
    return point


def owned_sheets(initiative_id: int) -> Select[int]:
    """The sheets whose home is this plan, as a subquery of their ids."""
    return select(Placement.sheet_id).where(
        Placement.initiative_id == initiative_id,
        Placement.role == PlacementRole.OWNER,
        Placement.archived_at.is_(None),
    )


def _series(initiative_id: int, sheet_id: int | None) -> Iterator[tuple[type[Entry], ColumnElement[bool]]]:
    """Each kind of entry, with the condition that it is about this plan, or this sheet."""
    sheets = owned_sheets(initiative_id)
    if sheet_id is not None:
        sheets = sheets.where(Placement.sheet_id == sheet_id)
    for table in (StatusEntry, ProgressEntry, WeatherEntry):
        yield table, table.sheet_id.in_(sheets)
    about: ColumnElement[bool] = Indicator.sheet_id.in_(sheets)
    paid: ColumnElement[bool] = FundingLine.sheet_id.in_(sheets)
    if sheet_id is None:
        axes = select(Axis.id).where(Axis.initiative_id == initiative_id)
        about = or_(about, Indicator.axis_id.in_(axes), Indicator.initiative_id == initiative_id)
        paid = or_(paid, FundingLine.initiative_id == initiative_id)
    for figure in (Target, Measurement):
        yield figure, figure.indicator_id.in_(select(Indicator.id).where(about))
    yield FundingEvent, FundingEvent.line_id.in_(select(FundingLine.id).where(paid))
