"""The links by which pages of a démarche are read without an account, for who may share them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import ActionSheet, Actor, Placement, ReadingLink
from db.queries import reads
from db.rules.filtering import as_filters
from db.rules.sharing import LinkTold, SharedView
from db.rules.text import numbered
from db.viewer import Viewer


@reads("initiative")
def reading_links(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[LinkTold, ...]:
    """The links of a démarche that still show something on a day, the last made first; none for who may not share.

    How often each was opened moves no revision: this is asked anew each time.
    """
    if not viewer.shares(initiative_id):
        return ()
    link = ReadingLink
    rows = session.execute(
        select(link, Actor.label, Placement.code, ActionSheet.title)
        .join(Actor, Actor.id == link.made_by_id)
        .outerjoin(Placement, Placement.id == link.placement_id)
        .outerjoin(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .where(link.initiative_id == initiative_id, link.revoked_at.is_(None), link.archived_at.is_(None))
        .where(link.ends_on >= on, Placement.archived_at.is_(None), ActionSheet.archived_at.is_(None))
        .order_by(link.id.desc())
    )
    return tuple(
        LinkTold(
            id=row.id,
            view=SharedView(row.page, row.placement_id, as_filters(row.filters)),
            sheet=None if title is None else numbered(code, title),
            for_whom=row.for_whom,
            made_by=maker,
            made_on=row.made_on,
            ends_on=row.ends_on,
            openings=row.openings,
            last_opening_at=row.last_opening_at,
        )
        for row, maker, code, title in rows
    )
