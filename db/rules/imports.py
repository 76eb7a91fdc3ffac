"""What an import says of itself before and after: plain answers, made of words already French."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Draft = TypeVar("Draft")
LARGEST_MO = 20
"""How heavy a file that somebody brings in may be, in « Mo » of 1 048 576 bytes."""
Answers = frozenset[tuple[int, str, str]]
"""Words chosen for cells that were not understood: row, column, word of the closed list."""


def too_heavy(size: int) -> str:
    """« 20,1 Mo ; la limite est de 20 Mo », of a size in bytes: rounded up, since « 20 » would be within the limit."""
    megabytes = f"{math.ceil(size / 2**20 * 10) / 10:.1f}".replace(".", ",")
    return f"{megabytes} Mo ; la limite est de {LARGEST_MO} Mo"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be read at all, and the sentence that says why, what was kept and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file. `field` is what it is read as (None: it is not read, for that `reason`); `index` counts
    from 0; `is_close` when its label only resembles the field's."""

    index: int
    letter: str
    label: str
    field: str | None
    reason: str = ""
    is_close: bool = False
    filled: int = 0


@dataclass(frozen=True, slots=True)
class CellLine:
    """A cell with what is said of it: to be settled (with the choices) or refused."""

    row: int
    column: str
    value: str
    message: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading(Generic[Draft]):
    """A file as understood: the draft, the sheet it was read from among those that can be seen, its columns, and the
    cells to be settled that one word of a closed list would settle at once."""

    draft: Draft
    worksheet: str
    worksheets: tuple[str, ...]
    columns: tuple[Column, ...]
    has_titles: bool
    to_choose: tuple[CellLine, ...]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A fiche of the file, as it would be written."""

    row: int
    name: str
    axis: str
    status: str
    leads: str
    dates: str
    to_settle: int


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A field of a fiche with both values, in words; `field` is its code, `label` its name."""

    row: int
    sheet: str
    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class KeptLine:
    """The fields of a fiche that were typed in Balise since the last import, and that this file does not touch."""

    row: int
    sheet: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Something decided while reading; row 0 speaks of the whole sheet."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run: what importing the file would do, worked out without writing anything.

    `changed` counts the fiches that would be updated, `unchanged` those that say the same, `left` those that nobody
    can tell from another; `objectives` are the new nodes under the new `axes`, `led` the fiches that have a pilote.
    """

    file: str
    worksheet: str
    header_row: int
    is_new: bool
    created: tuple[SheetLine, ...]
    changed: int
    unchanged: int
    left: tuple[SheetLine, ...]
    axes: int
    objectives: int
    milestones: int
    led: int
    leads: int
    organisations: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    conflicts: tuple[ChangeLine, ...]
    kept: tuple[KeptLine, ...]
    to_settle: tuple[CellLine, ...]
    refused: tuple[CellLine, ...]
    notes: tuple[NoteLine, ...]
    columns: tuple[Column, ...]
    can_apply: bool
    changes_something: bool

    @property
    def in_file(self) -> int:
        """How many fiches the file holds."""
        return len(self.created) + self.changed + self.unchanged + len(self.left)


@dataclass(frozen=True, slots=True)
class Announced:
    """The contract's dates as a file announces them, in words to be corrected; empty: it says nothing of them."""

    starts: str = ""
    ends: str = ""
    is_from_title: bool = False


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A démarche that a file may be a new version of: it holds this many of its titles, or (`is_same_file`) an earlier
    import of this very file went there, or (`is_its_own`) the file is an export of it."""

    initiative_id: int
    titles: int
    is_same_file: bool
    is_its_own: bool = False


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that stands: the act to take back, when (UTC), whose, which file, and what it counted.

    `is_opening` when it made the démarche itself, which goes with it when it is taken back.
    """

    act_id: int
    at_utc: datetime
    author: str
    file: str
    worksheet: str
    in_file: int
    created: int
    updated: int
    left: int
    axes: int
    to_settle: int
    is_opening: bool
