"""The plan as who arranges it sees it: every axis, every sheet whatever the day, and what was archived."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from db.models import ActionSheet, Actor, JournalEntry, Placement
from db.queries import facts, reads
from db.queries.standing import stands
from db.rights import Operation
from db.rules.arranging import ArchivedSheet, Arrangement, PlacedSheet, in_tree
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require


@reads("initiative")
def arrangement(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Arrangement | None:
    """The tree and the sheets of a plan, those to come and those withdrawn too; None for who does not coordinate it.

    Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.coordinates(initiative_id):
        return None
    axes = tuple(facts.axes(session, initiative_id))
    return Arrangement(
        axes=axes,
        sheets=tuple(in_tree(axes, _sheets(session, initiative_id, on), lambda sheet: sheet.axis_id)),
        archived=_archived(session, initiative_id),
    )


def _sheets(session: Session, initiative_id: int, on: date) -> list[PlacedSheet]:
    p = Placement
    rows = session.execute(
        select(p.id, p.sheet_id, p.code, ActionSheet.title, p.axis_id, p.role, stands(on))
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None), ActionSheet.archived_at.is_(None))
        .order_by(p.position, p.id)
    )
    return [PlacedSheet(*row[:5], row[5] is PlacementRole.OWNER, bool(row[6])) for row in rows]


def _archived(session: Session, initiative_id: int) -> tuple[ArchivedSheet, ...]:
    """The sheets that were taken out of the plan and can be put back in it, the last one first, each once.

    A sheet of another plan can be put back only while it is still there.
    """
    p, again = Placement, aliased(Placement)
    back = select(again.id).where(
        again.sheet_id == p.sheet_id, again.initiative_id == p.initiative_id, again.archived_at.is_(None)
    )
    rows = session.execute(
        select(p, ActionSheet.title)
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_not(None), ~back.exists())
        .where(or_(p.role == PlacementRole.OWNER, ActionSheet.archived_at.is_(None)))
        .order_by(p.archived_at.desc(), p.id.desc())
    ).all()
    last = {row.sheet_id: (row, title) for row, title in reversed(rows)}
    authors = _authors(session, [row.id for row, _ in last.values()])
    found = [
        ArchivedSheet(row.id, row.code, title, row.role is PlacementRole.OWNER, authors.get(row.id), row.archived_at)
        for row, title in last.values()
        if row.archived_at is not None
    ]
    return tuple(sorted(found, key=lambda sheet: sheet.at, reverse=True))


def _authors(session: Session, placements: list[int]) -> dict[int, str]:
    """Who archived each, from the journal."""
    if not placements:
        return {}
    lines = session.execute(
        select(JournalEntry.row_key, JournalEntry.after, Actor.label)
        .join(Actor, Actor.id == JournalEntry.actor_id)
        .where(JournalEntry.table == Placement.__tablename__, JournalEntry.row_key.in_(map(str, placements)))
        .order_by(JournalEntry.seq)
    )
    return {int(key): author for key, after, author in lines if (after or {}).get("archived_at")}
