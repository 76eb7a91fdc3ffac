"""Points: from then on, readers see what was in preparation up to that day."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.commands.common import home_of_sheet, words
from db.errors import Invalid
from db.homes import SERIES, of_plans, of_sheets, owned_sheets, waiting
from db.journal import acting
from db.models import Placement, Publication
from db.rights import Operation
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
        plans = [initiative_id]
        sheet = owned_sheets(plans).where(Placement.sheet_id == sheet_id)
        for table in SERIES:
            subject = of_plans(table, plans) if sheet_id is None else of_sheets(table, sheet)
            known = or_(table.on_date.is_(None), table.on_date <= as_of)
            for entry in session.scalars(select(table).where(subject, waiting(table), known)):
                entry.publication_id = point.id
        session.flush()
    return point
