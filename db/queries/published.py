"""Where the points of a plan stand, and what waits for the next one."""

from datetime import date

from sqlalchemy import Executable, and_, or_, select
from sqlalchemy.orm import Session

from db.homes import counted, waiting_for
from db.models import Placement, Publication
from db.prepared import prepared
from db.rights import Operation
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer


def publishes(viewer: Viewer, initiative_id: int) -> bool:
    """Whether what is in preparation is told to this viewer, who may publish it and does not look as a reader does."""
    return viewer.may(Operation.PUBLISH, initiative_id) and not viewer.published_only


def last_before(session: Session, initiative_id: int, sheet_id: int | None) -> Publication | None:
    """The last point that a new one of the plan, or of this sheet, comes after: of the plan, or of the sheet alone."""
    p = Publication
    concerned = p.sheet_id.is_(None) if sheet_id is None else or_(p.sheet_id.is_(None), p.sheet_id == sheet_id)
    return session.scalars(
        select(p)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None), concerned)
        .order_by(p.as_of.desc(), p.id.desc())
        .limit(1)
    ).one_or_none()


def published_apart(session: Session, initiative_id: int, sheet_id: int) -> date | None:
    """The day of the point that readers see of a sheet, where it is not the last one of this plan: its own, published
    since, or that of the plan it comes from. None where nothing has to be said."""
    row = session.execute(*_last_at_home(sheet_id)).one_or_none()
    if row is None or (row.sheet_id is None and row.initiative_id == initiative_id):
        return None
    day: date = row.as_of
    return day


@prepared("sheet_id")
def _last_at_home(sheet_id: int) -> Executable:
    p, home = Publication, Placement
    return (
        select(p.initiative_id, p.sheet_id, p.as_of)
        .join(home, and_(home.initiative_id == p.initiative_id, home.sheet_id == sheet_id))
        .where(home.role == PlacementRole.OWNER, home.archived_at.is_(None), p.archived_at.is_(None))
        .where(or_(p.sheet_id.is_(None), p.sheet_id == sheet_id))
        .order_by(p.id.desc())
        .limit(1)
    )


def waiting_on(session: Session, viewer: Viewer, initiative_id: int, sheet_id: int | None = None) -> int:
    """How many entries of a plan, or of one of its own sheets, wait for it to publish them; 0 for who may not."""
    if not publishes(viewer, initiative_id):
        return 0
    asked = _waiting_in(initiative_id) if sheet_id is None else _waiting_on(initiative_id, sheet_id)
    return sum(session.execute(*asked).one())


@prepared("initiative_id")
def _waiting_in(initiative_id: int) -> Executable:
    return counted(lambda entry: waiting_for(entry, initiative_id))


@prepared("initiative_id", "sheet_id")
def _waiting_on(initiative_id: int, sheet_id: int) -> Executable:
    return counted(lambda entry: waiting_for(entry, initiative_id, sheet_id))
