"""What imports could not understand: cells kept as they were written, waiting for the coordinator."""

from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.exchange.fields import Field
from db.models import ActionSheet, Placement, Unsettled
from db.queries import reads
from db.rights import Operation
from db.rules.sheet import UnsettledCell
from db.rules.text import numbered
from db.viewer import Viewer, of_home, require


@reads("initiative")
def unsettled_cells(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[UnsettledCell, ...]:
    """The cells of a plan that wait to be settled, in the order of the plan; none for who does not coordinate it.

    Those of a sheet lent by another plan are told to who prepares that plan.
    Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.coordinates(initiative_id):
        return ()
    u, p = Unsettled, Placement
    rows = session.execute(
        select(u, p.id, p.code, ActionSheet.title)
        .outerjoin(p, and_(p.sheet_id == u.sheet_id, p.initiative_id == initiative_id, p.archived_at.is_(None)))
        .outerjoin(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(or_(p.id.is_not(None), u.initiative_id == initiative_id))
        .where(u.archived_at.is_(None), u.settled_at.is_(None))
        .where(or_(u.sheet_id.is_(None), of_home(viewer, u.sheet_id)))
        .order_by(p.position, p.id, u.id)
    )
    return tuple(
        UnsettledCell(
            id=cell.id,
            placement_id=placement,
            sheet=None if title is None else numbered(code, title),
            field=_label(cell.field),
            raw=cell.raw,
            reason=cell.reason,
            choices=tuple(str(choice) for choice in cell.choices or ()),
            source=cell.source,
        )
        for cell, placement, code, title in rows
    )


def _label(field: str) -> str:
    """The French name of a field; a field of another release keeps its own."""
    return next((known.label_fr for known in Field if known == field), field)
