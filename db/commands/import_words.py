"""An import with words chosen for cells that were in no list: remembered as settled, so that they are asked once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.imports import Imported, apply_import
from db.exchange.draft import PlanDraft, ToSettle
from db.exchange.settling import provenance
from db.journal import acting
from db.models import ActionSheet, Placement, Unsettled
from db.models.base import now_utc
from db.viewer import Viewer

Settled = tuple[tuple[ToSettle, str], ...]


def apply_settled(
    session: Session, viewer: Viewer, draft: PlanDraft, settled: Settled, *, initiative_id: int | None, **options: Any
) -> Imported:
    """`apply_import`, for a draft read with a word in place of each of these cells; one act for the whole.

    Raises what `apply_import` raises.
    """
    if not settled:
        return apply_import(session, viewer, draft, initiative_id=initiative_id, **options)
    with acting(session, viewer.actor_id, "import_plan", f"Import de {draft.file}", initiative_id):
        done = apply_import(session, viewer, draft, initiative_id=initiative_id, **options)
        _remember(session, done.initiative_id, draft, settled)
    return done


def _remember(session: Session, initiative_id: int, draft: PlanDraft, settled: Settled) -> None:
    """Each cell with its word, on its own fiche; one that was waiting there waits no more."""
    placed = _sheets_by_name(session, initiative_id)
    waiting = _waiting(session, list(placed.values()))
    of_row = {row: sheet for sheet in draft.sheets for row in (sheet.row, *(step.row for step in sheet.milestones))}
    for item, word in settled:
        sheet = of_row.get(item.row)
        sheet_id = placed.get((sheet.code, sheet.title), placed.get((None, sheet.title))) if sheet else None
        if sheet_id is None or item.field is None:
            continue
        row = waiting.get((sheet_id, item.field.value, item.value))
        if row is None:
            row = Unsettled(
                sheet_id=sheet_id,
                field=item.field.value,
                raw=item.value,
                reason=item.reason,
                choices=list(item.choices),
                source=provenance(f"{draft.file}, feuille « {draft.worksheet} »", item, sheet),
            )
            session.add(row)
        row.settled_at, row.settled_as = now_utc(), word


def _sheets_by_name(session: Session, initiative_id: int) -> dict[tuple[str | None, str], int]:
    """The fiches by number and title, and by title alone: a title that two bear says one of them only by its number."""
    rows = session.execute(
        select(Placement.code, ActionSheet.title, ActionSheet.id)
        .join(Placement, Placement.sheet_id == ActionSheet.id)
        .where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
    )
    names: dict[tuple[str | None, str], int] = {}
    for code, title, key in rows.all():
        names[code, title] = names[None, title] = key
    return names


def _waiting(session: Session, sheets: list[int]) -> dict[tuple[int | None, str, str], Unsettled]:
    rows = session.scalars(
        select(Unsettled).where(
            Unsettled.sheet_id.in_(sheets), Unsettled.settled_at.is_(None), Unsettled.archived_at.is_(None)
        )
    )
    return {(row.sheet_id, row.field, row.raw): row for row in rows}
