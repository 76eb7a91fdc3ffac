"""The history of a fiche as it is read: acts, the rows each changed, and their fields before and after."""

from dataclasses import dataclass
from datetime import date, datetime

from db.rules.vocabulary import ChangeKind

Said = str | int | float | bool | date | None
"""A value of the journal, read back: codes as their French word, references as the name of what they point to."""

MASKED = "masqué"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A column, before and after; one of the two is None where the row was added or removed."""

    column: str
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that an act added, changed or removed; `subject` names it where it has a name (« Recruter »)."""

    table: str
    kind: ChangeKind
    subject: str | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PastAct:
    """One act of a user on a fiche: what it was, when, by whom, and what it changed."""

    id: int
    label: str
    at: datetime
    actor: str
    changes: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the acts on a fiche, newest first, and how many there are in all; None acts: not for this viewer."""

    acts: tuple[PastAct, ...]
    total: int
