"""The history of a fiche and of a plan as it is read: acts, the rows each changed, their fields before and after."""

from dataclasses import dataclass
from datetime import date, datetime

from db.rules.dates import FuzzyDate
from db.rules.vocabulary import ChangeKind

Said = str | int | float | bool | date | FuzzyDate | None
"""A value of the journal, read back: codes as their French word, references as the name of what they point to, a date
with how precisely it was typed."""

MASKED = "masqué"
UNTOLD = "Modification"
"""What an act is called for who is told a part of it alone: its own words would tell the rest."""
WITHOUT_DETAILS, IN_PART = " (hors données personnelles)", " (en partie)"
"""What the label of an act taken back ends with when not all of it was."""
AROUND = 60


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A column, before and after; one of the two is None where the row was added or removed."""

    column: str
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that an act added, changed or removed.

    `subject` names it where it has a name (« Recruter »); `group` is the list it belongs to where it is an item of one
    (« publics », « partenaire »).
    """

    table: str
    kind: ChangeKind
    subject: str | None
    fields: tuple[FieldChange, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an act that was taken back: last taken back (`is_back`) or done again, when and by whom, None for
    who is not told authors."""

    at: datetime
    actor: str | None
    is_back: bool
    in_part: bool


@dataclass(frozen=True, slots=True)
class PastAct:
    """One act of a user: what it was, when, by whom, on how many fiches, and what it changed of the one looked at.

    `actor` is None for who is told dates, not authors; `taken` while the act stands as it was done. `is_undo` when it
    took another back; `may_undo` when this viewer may take it back.
    """

    id: int
    label: str
    at: datetime
    actor: str | None
    sheets: int
    taken: Taken | None
    is_undo: bool
    may_undo: bool
    changes: tuple[RowChange, ...] = ()
    sheet: "Touched | None" = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A fiche that an act touched: its number and title, and where it stands in this plan, if it still does."""

    label: str
    placement_id: int | None


@dataclass(frozen=True, slots=True)
class Followed:
    """Something of a fiche whose values can be followed one by one: how it is asked for, and what it is called."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of acts, newest first, and how many there are in all; no act and none in all: not for this viewer."""

    acts: tuple[PastAct, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What an act touches: the fiches of this plan, and how many are of other plans alone."""

    sheets: tuple[Touched, ...]
    elsewhere: int


def excerpts(before: str, after: str, longest: int) -> tuple[str, str]:
    """The same passage of two long texts, from a little before they part: `longest` characters of each at most."""
    parts = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    start = max(0, min(parts - AROUND, max(len(before), len(after)) - longest))
    if start and " " in before[start : start + AROUND]:
        start = before.index(" ", start) + 1
    return _from(before, start, longest), _from(after, start, longest)


def _from(text: str, start: int, longest: int) -> str:
    if len(text) <= longest:
        return text
    end = start + longest
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"
