"""What was understood of a file: plain values, ready to be shown and compared with the database.

Nothing here is guessed: a cell that was not understood is in `to_settle`, and its field in its sheet's `unsettled`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.exchange.columns import ColumnMatch, IgnoredColumn
from db.exchange.fields import Field
from db.rules.dates import FuzzyDate
from db.rules.reading_outline import Objective
from db.rules.vocabulary import (
    Absence,
    AxisLevel,
    GeoScope,
    InitiativeKind,
    MilestoneState,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)


@dataclass(frozen=True, slots=True)
class ToSettle:
    """A cell to be settled by a person: kept as written, its field left empty. It never forbids applying."""

    row: int
    column: str
    value: str
    reason: str
    choices: tuple[str, ...] = ()
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be kept at all: it forbids applying."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something decided while reading, to be shown; row 0 and an empty column speak of the whole sheet."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class AxisStep:
    """A node on the way to a sheet."""

    level: AxisLevel
    code: str | None
    title: str


AxisPath = tuple[AxisStep, ...]


@dataclass(frozen=True, slots=True)
class FunderDraft:
    """A funder of a sheet; neither amount nor absence when its cell is to be settled."""

    name: str
    amount_cents: int | None = None
    absence: Absence | None = Absence.NOT_PROVIDED


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """A step, from an « Étapes » cell or from a sub-action row (`row` says which)."""

    row: int
    label: str
    due: FuzzyDate | None = None
    state: MilestoneState | None = None
    state_word: str | None = None
    done_on: FuzzyDate | None = None
    weight: int | None = None
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A fiche as one row, and its sub-action rows, say it. `texts` holds every field of kind TEXT that is filled."""

    row: int
    code: str | None
    title: str
    axis_path: AxisPath = ()
    status: Status | None = None
    outcome: Outcome | None = None
    to_discuss: bool = False
    status_word: str | None = None
    status_until: FuzzyDate | None = None
    progress: int | None = None
    priority: Priority | None = None
    participation: Participation | None = None
    geo_scope: GeoScope | None = None
    weather: Weather | None = None
    entry: PlacementEntry | None = None
    amendment_number: int | None = None
    starts_on: FuzzyDate | None = None
    ends_on: FuzzyDate | None = None
    is_continuous: bool | None = None
    milestones_tell_all: bool | None = None
    budget_cents: int | None = None
    budget_absence: Absence | None = Absence.NOT_PROVIDED
    progress_absence: Absence | None = Absence.NOT_PROVIDED
    funders: tuple[FunderDraft, ...] = ()
    leads: tuple[str, ...] = ()
    co_leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    lead_contacts: tuple[str, ...] = ()
    elected_leads: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    determinants: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    linked_schemes: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    milestones: tuple[MilestoneDraft, ...] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    unsettled: frozenset[Field] = frozenset()


@dataclass(frozen=True, slots=True)
class AxisDraft:
    """A node of the plan's tree, by its path from the root, at the row that first names it."""

    row: int
    path: AxisPath


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """An organisation of the file under one name, with the other spellings met."""

    name: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A whole file as understood. `header_row` counts from 1; `kind` and `years` are what the title says."""

    file: str
    worksheet: str
    header_row: int
    title: str | None
    kind: InitiativeKind | None
    contract_number: int | None
    years: tuple[int, int] | None
    columns: tuple[ColumnMatch, ...]
    ignored_columns: tuple[IgnoredColumn, ...]
    axes: tuple[AxisDraft, ...]
    sheets: tuple[SheetDraft, ...]
    organisations: tuple[OrganisationDraft, ...]
    to_settle: tuple[ToSettle, ...]
    errors: tuple[Problem, ...]
    notes: tuple[Note, ...]

    @property
    def fields(self) -> frozenset[Field]:
        """The fields the file has a column for: the others are not its business, and must not be compared."""
        return frozenset(column.field for column in self.columns)

    @property
    def can_apply(self) -> bool:
        return not self.errors
