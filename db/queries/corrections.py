"""What the corrections of a plan depend on, beside its own facts."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Placement, Reminder
from db.queries import reads
from db.queries.facts import in_plan
from db.rights import Operation
from db.rules.corrections import ASKS, Correctable
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require


@reads("initiative")
def correctable(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Correctable | None:
    """Which pilotes are already to be asked for news, and which sheets another plan alone corrects.

    None for who does not coordinate the plan. Raises Refused when the viewer may not read it.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.coordinates(initiative_id):
        return None
    asked = session.execute(
        select(Reminder.sheet_id, func.min(Reminder.due_on))
        .where(Reminder.initiative_id == initiative_id, Reminder.text == ASKS)
        .where(Reminder.done_on.is_(None), Reminder.archived_at.is_(None), Reminder.sheet_id.is_not(None))
        .group_by(Reminder.sheet_id)
    )
    owners = session.execute(
        select(Placement.sheet_id, Placement.initiative_id)
        .where(Placement.sheet_id.in_(in_plan(initiative_id)), Placement.role == PlacementRole.OWNER)
        .where(Placement.archived_at.is_(None))
    )
    return Correctable(
        asked={sheet: due for sheet, due in asked if sheet is not None},
        lent=frozenset(sheet for sheet, home in owners if not viewer.may(Operation.WRITE, home)),
    )
