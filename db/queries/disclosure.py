"""Which lines of the journal are told to whom: nothing in preparation, nor what is the coordination's own, passes
through the history to who does not prepare the plan."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, inspect, or_, select, true

from db.homes import SERIES
from db.models import (
    ActionSheet,
    AgendaItem,
    Amendment,
    AmendmentSheet,
    Axis,
    Body,
    BodyInitiative,
    Breakdown,
    BudgetItem,
    Coverage,
    Decision,
    DecisionSheet,
    FundingLine,
    ImportedValue,
    ImportRun,
    Indicator,
    Initiative,
    Involvement,
    JournalEntry,
    Meeting,
    Milestone,
    Organisation,
    OrganisationAlias,
    Placement,
    Publication,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    Term,
    TermAlias,
)
from db.models.base import Base
from db.prepared import KEPT
from db.viewer import Viewer, disclosed

# What a plan says, read at once by all who may read it: it belongs to no series.
OPEN: tuple[type[Base], ...] = (
    ActionSheet, AgendaItem, Amendment, AmendmentSheet, Axis, Body, BodyInitiative, Breakdown, BudgetItem, Coverage,
    Decision, DecisionSheet, FundingLine, Indicator, Initiative, Involvement, Meeting, Milestone, Placement,
    SheetObjective, SheetPlace, SheetTerm,
)  # fmt: skip
# What comes with an act and says nothing of it.
BESIDE: tuple[type[Base], ...] = (ImportedValue, ImportRun, Organisation, OrganisationAlias, Term, TermAlias)


def table_of(model: type[Any]) -> str:
    """The name under which the journal knows a model."""
    return str(inspect(model).local_table.description)


OPEN_NAMES, BESIDE_NAMES = ([table_of(model) for model in models] for models in (OPEN, BESIDE))


@lru_cache(KEPT)
def told(viewer: Viewer) -> ColumnElement[bool]:
    """The lines of the journal that this viewer is told of.

    Who prepares the plan in which an act was done is told of all that it wrote, through whichever plan they look;
    others of what the plan says, of entries that are in a published point or that they prepare, and of the points that
    stand. A row that is gone was in no point: it is told to none of them. Kept ready, like a statement.
    """
    plans = viewer.prepared
    if plans is None:
        return true()
    return or_(JournalEntry.initiative_id.in_(plans), JournalEntry.table.in_(OPEN_NAMES), _published(viewer))


def hidden(viewer: Viewer) -> ColumnElement[bool]:
    """The lines of the journal that this viewer is not told of, and that its act's own words might tell."""
    return ~or_(told(viewer), JournalEntry.table.in_(BESIDE_NAMES))


def _published(viewer: Viewer) -> ColumnElement[bool]:
    """The lines about entries that this viewer is shown, and about points that stand."""
    key = cast(JournalEntry.row_key, Integer)
    seen = [_row_of(series, key, and_(series.archived_at.is_(None), disclosed(viewer, series))) for series in SERIES]
    return or_(*seen, _row_of(Publication, key, Publication.archived_at.is_(None)))


def _row_of(model: type[Any], key: ColumnElement[int], where: ColumnElement[bool]) -> ColumnElement[bool]:
    """The lines about rows of a table that are there and meet a condition."""
    rows = select(model.id).where(model.id == key, where).correlate(JournalEntry)
    return and_(JournalEntry.table == table_of(model), exists(rows))
