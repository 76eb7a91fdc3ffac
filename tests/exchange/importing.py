"""Importing in a test, and typing in Balise afterwards."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from db.commands.imports import Imported, apply_import
from db.commands.plan import rewrite_sheet
from db.engine import writing
from db.exchange.draft import PlanDraft
from db.models import ActionSheet, Placement
from db.viewer import Viewer
from tests.conftest import ON

HEADER = ["Axe", "N°", "Titre de l'action", "Structure pilote", "Statut", "Date de début", "Date de fin"]
BUS = ["Axe 1 : Soins", "1", "Bus santé", "CPTS", "En cours", "01/03/2026", "2027"]
CARE = ["Axe 1 : Soins", "2", "Permanences", "CCAS", "À venir", "", ""]


def imported(
    engine: Engine, viewer: Viewer, draft: PlanDraft, initiative_id: int | None = None, **options: Any
) -> Imported:
    """The draft applied, in a transaction of its own."""
    with writing(engine) as session:
        return apply_import(session, viewer, draft, digest="0" * 64, on=ON, initiative_id=initiative_id, **options)


def typed(engine: Engine, viewer: Viewer, made: Imported, title: str, **fields: Any) -> None:
    """Somebody types these fields in the fiche of that title."""
    with writing(engine) as session:
        sheet = session.scalars(
            select(ActionSheet.id)
            .join(Placement, Placement.sheet_id == ActionSheet.id)
            .where(Placement.initiative_id == made.initiative_id, ActionSheet.title == title)
        ).one()
        rewrite_sheet(session, viewer, sheet_id=sheet, fields=fields)


def day(text: str) -> date:
    return date.fromisoformat(text)
