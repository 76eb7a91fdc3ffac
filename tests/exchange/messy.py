"""A workbook as tired people leave it: in it, every kind of cell that an import cannot understand."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from db import journal
from db.commands.settle import cell_base, settle_cell
from db.engine import reading, writing
from db.exchange.draft import PlanDraft, SheetDraft
from db.exchange.fields import Field
from db.exchange.shown import shown
from db.exchange.snapshot import sheets_of
from db.exchange.values import values_of
from db.models import ActionSheet, Milestone, Placement, Unsettled
from db.rules.forms import Written
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import Rows, plan_of_rows
from tests.exchange.importing import imported

LONG_NAME = "Une structure dont le nom n'en finit pas " * 6 + "encore"
BROKEN = "#REF!"
HEADER = [
    "Axe", "Objectif stratégique", "N°", "Titre de l'action", "Titre de la sous-action", "En clair", "Constat",
    "Objectifs", "Indicateurs", "Statut", "Motif du statut", "Reportée jusqu'au", "À discuter", "Avancement",
    "Priorité", "Date de début", "Date de fin", "Action continue ou récurrente", "Structure pilote", "Personne pilote",
    "Participation citoyenne", "Publics", "Déterminants de santé", "Échelle", "Lieux", "Financeur 1", "Montant 1",
    "Budget prévisionnel total", "Étapes", "Fait le", "Poids", "Météo", "Déjà fait",
    "Entrée dans le plan", "Calendrier",
]  # fmt: skip
SOURCE = "Contrat local de santé du Ventoux 2025-2030"


def row(**told: object) -> list[object]:
    """A row of the workbook, by the names of its columns without their accents nor spaces."""
    return [told.get(name, "") for name in COLUMNS]


COLUMNS = [
    "axis", "sub_axis", "code", "title", "step", "plain", "rationale", "objectives", "indicators", "status", "reason",
    "until", "discuss", "progress", "priority", "starts", "ends", "continuous", "lead", "contact", "participation",
    "publics", "determinants", "scope", "places", "funder", "amount", "budget", "milestones", "done", "weight",
    "weather", "weather_done", "entry", "calendar",
]  # fmt: skip
MESSY: Rows = [
    [SOURCE],
    HEADER,
    row(
        axis="Axe 1 : Soins", sub_axis=BROKEN, code="1", title="Bus santé", plain="x" * 250, rationale=BROKEN,
        objectives=BROKEN, indicators=BROKEN, status="Non réalisé", reason=BROKEN, discuss="peut-être",
        progress="presque", priority="urgentissime", starts="courant 2026", ends="semaine 12", continuous="parfois",
        lead=LONG_NAME, contact=BROKEN, participation="un peu", publics=BROKEN, determinants="Le moral",
        scope="par ici", places=BROKEN, funder="ARS ; CAF", amount="50000", budget="Entre 200 et 500",
        milestones=BROKEN, weather="bof", weather_done="Trois sorties", entry="par avenant n° 9", calendar=BROKEN,
    ),
    row(title="Bus santé", step="Acheter le bus", status="bientôt fini", ends="à voir", weight="lourd"),
    row(title="Bus santé", step="Le conduire", status="à venir", done="mars 2026"),
    row(axis="Axe 1 : Soins", code="1", title="Permanences", status="En cours", until="mars 2027", lead="CPTS"),
    row(axis=BROKEN, code="3", title="Ateliers", status="reportée", until="plus tard", amount="3 000"),
]  # fmt: skip
"""A fiche with every trouble, its two étapes, and two fiches with the troubles that a first one cannot have."""


def messy(folder: Path) -> PlanDraft:
    """The workbook, as it is read."""
    return plan_of_rows(folder, MESSY)


BUS, SHIFTS, WORKSHOPS = "Bus santé", "Permanences", "Ateliers"


@dataclass(frozen=True)
class Messy:
    """A plan that came from the messy workbook: its own id, and those of its fiches by title."""

    engine: Engine
    viewer: Viewer
    initiative_id: int
    sheets: dict[str, int]

    def cell(self, field: str, title: str | None = BUS, raw: str | None = None) -> int:
        """The cell of this field that waits, on a fiche or (without a title) on the plan itself."""
        where = Unsettled.sheet_id == self.sheets[title] if title else Unsettled.initiative_id == self.initiative_id
        found = select(Unsettled.id).where(where, Unsettled.field == field, Unsettled.settled_at.is_(None))
        if raw is not None:
            found = found.where(Unsettled.raw == raw)
        with reading(self.engine) as session:
            return session.scalars(found.order_by(Unsettled.id)).all()[0]

    def settle(self, cell: int, written: Written, **more: Any) -> int | None:
        """Settle a cell; the act."""
        with writing(self.engine) as session:
            settle_cell(session, self.viewer, unsettled_id=cell, written=written, on=ON, **more)
            return journal.last_act(session)

    def base(self, cell: int) -> dict[str, Written]:
        with reading(self.engine) as session:
            return cell_base(session, self.viewer, unsettled_id=cell, on=ON)

    def draft(self, title: str = BUS) -> SheetDraft:
        """The fiche as the plan holds it."""
        with reading(self.engine) as session:
            return sheets_of(session, self.viewer, self.initiative_id, ON)[self.sheets[title]]

    def says(self, field: Field, title: str = BUS) -> str:
        """What a field of the fiche says, in words."""
        return shown(field, values_of(self.draft(title))[field])

    def step(self, label: str) -> int:
        with reading(self.engine) as session:
            return session.scalars(select(Milestone.id).where(Milestone.label == label)).one()

    def row(self, cell: int) -> Unsettled:
        with reading(self.engine) as session:
            return session.get_one(Unsettled, cell)

    def count(self, table: type[Any]) -> int:
        with reading(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def a_messy_plan(engine: Engine, viewer: Viewer, folder: Path) -> Messy:
    """The plan that the messy workbook makes."""
    made = imported(engine, viewer, messy(folder))
    with reading(engine) as session:
        sheets = {
            title: key
            for key, title in session.execute(
                select(ActionSheet.id, ActionSheet.title)
                .join(Placement, Placement.sheet_id == ActionSheet.id)
                .where(Placement.initiative_id == made.initiative_id)
            )
        }
    return Messy(engine, viewer, made.initiative_id, sheets)


def plain(words: str) -> str:
    """Words with ordinary spaces."""
    return words.replace("\u202f", " ").replace("\u00a0", " ")
