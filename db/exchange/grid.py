"""The rows of a table as cells by field: merged cells filled down, template sentences and error cells set aside."""

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from db.exchange.columns import ColumnMatch
from db.exchange.draft import Note, Problem, ToSettle
from db.exchange.fields import AXIS_FIELDS, CellKind, Field
from db.exchange.header import Table
from db.rules.reading import Cell, text_of
from db.rules.text import clean

_TEMPLATE = ("ces informations devront être saisies", "ce champ ne sera pas", "➔ utilisez exactement", "champ texte",
             "champ liste déroulante", "champ numérique", "champ date", "champ binaire")  # fmt: skip
_ERRORS = frozenset(
    [
        "#REF!",
        "#N/A",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#VALEUR!",
        "#NOM?",
        "#NOMBRE!",
        "#NUL!",
        "#SPILL!",
    ]
)

# No template sentence starts with one of these, no failed formula either, and none is blank.
_ORDINARY_STARTS = frozenset(string.ascii_letters + string.digits) - frozenset("cCsS")


@dataclass(slots=True)
class Log:
    """What is found along the way, in the order of the rows."""

    to_settle: list[ToSettle] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def settle(self, cell: "PlacedCell", reason: str, choices: tuple[str, ...] = ()) -> None:
        value = text_of(cell.value)
        self.to_settle.append(ToSettle(cell.row, cell.match.label, value, reason, choices, cell.match.field))

    def note(self, row: int, message: str, column: str = "") -> None:
        self.notes.append(Note(row, column, message))

    def error(self, row: int, column: str, value: str, message: str) -> None:
        self.errors.append(Problem(row, column, value, message))


class PlacedCell(NamedTuple):
    """A filled cell, its row (from 1) and column; `merged` when its value comes from the merged cell above."""

    row: int
    match: ColumnMatch
    value: Cell
    merged: bool = False


class Columns:
    """The columns of a table by field. `lone` is the index of each field's column when it has only one: most have."""

    def __init__(self, matches: Iterable[ColumnMatch]) -> None:
        by_field: dict[Field, list[ColumnMatch]] = {}
        for match in matches:
            by_field.setdefault(match.field, []).append(match)
        self.by_field: Mapping[Field, Sequence[ColumnMatch]] = by_field
        self.lone = {wanted: found[0].index for wanted, found in by_field.items() if len(found) == 1}


@dataclass(slots=True)
class GridRow:
    """A row's filled cells, asked by field. `values` is None where a cell is blank or was set aside; `added` holds
    cells of other rows or fields that were joined to it."""

    row: int
    columns: Columns
    values: list[Cell]
    merged: frozenset[int] = frozenset()
    added: dict[Field, list[PlacedCell]] = field(default_factory=dict)

    def all(self, wanted: Field) -> list[PlacedCell]:
        if wanted not in self.columns.by_field and not self.added:
            return []
        found = [
            PlacedCell(self.row, match, value, match.index in self.merged)
            for match in self.columns.by_field.get(wanted, ())
            if (value := self.values[match.index]) is not None
        ]
        return found + self.added[wanted] if wanted in self.added else found

    def value(self, wanted: Field) -> Cell:
        """What the first filled cell of the field holds, None when all are blank."""
        index = self.columns.lone.get(wanted)
        if index is not None and not self.added:
            return self.values[index]
        cell = self.first(wanted)
        return cell.value if cell else None

    def has(self, wanted: Field) -> bool:
        return self.value(wanted) is not None

    def has_several(self, wanted: Field) -> bool:
        """Whether more than one cell may hold the field."""
        return wanted not in self.columns.lone or bool(self.added)

    def first(self, wanted: Field) -> PlacedCell | None:
        found = self.all(wanted)
        return found[0] if found else None

    def text(self, wanted: Field) -> str:
        """Every cell of the field, one below the other."""
        index = self.columns.lone.get(wanted)
        if index is not None and not self.added:
            value = self.values[index]
            return clean(value) if isinstance(value, str) else text_of(value)
        return "\n".join(text_of(cell.value) for cell in self.all(wanted))

    def filled(self) -> list[PlacedCell]:
        """Every cell the row itself fills, in the order of the columns."""
        cells = [cell for wanted in self.columns.by_field for cell in self.all(wanted) if not cell.merged]
        return sorted(cells, key=lambda cell: cell.match.index)

    @property
    def fields(self) -> frozenset[Field]:
        return frozenset(wanted for wanted in self.columns.by_field if self.has(wanted))

    @property
    def axis_labels(self) -> list[str]:
        return [self.text(axis) for axis in AXIS_FIELDS]

    @property
    def axis_is_merged(self) -> bool:
        return bool(self.merged) and any(cell.merged for axis in AXIS_FIELDS for cell in self.all(axis))

    def add(self, wanted: Field, cell: PlacedCell) -> None:
        self.added.setdefault(wanted, []).append(cell)

    def absorb(self, other: "GridRow") -> None:
        """Adds what a continuation row says beyond what it shares with this one."""
        for cell in other.filled():
            known = {text_of(mine.value) for mine in self.all(cell.match.field)}
            if text_of(cell.value) not in known:
                self.add(cell.match.field, cell)


def grid_rows(table: Table, log: Log) -> Iterator[GridRow]:
    """The rows below the header that fill a cell in a column that is read."""
    rows = table.worksheet.rows
    fills = _merged_values(table, log)
    columns = Columns(table.columns)
    read = [(match.index, match) for match in table.columns]
    blanks: list[Cell] = [None] * len(table.labels)
    for index in range(table.first_row, len(rows)):
        source = rows[index]
        values = [*source, *blanks[len(source) :]]
        own = False
        for column, match in read:
            value = values[column]
            if value is None:
                continue
            if isinstance(value, str) and value[:1] not in _ORDINARY_STARTS and not _kept(index + 1, match, value, log):
                values[column] = None
            else:
                own = True
        if own:
            yield GridRow(index + 1, columns, values, _filled_down(values, fills.get(index)))


def _filled_down(values: list[Cell], below: Mapping[int, Cell] | None) -> frozenset[int]:
    """Gives the row what the merged cells above say; the columns it is given to."""
    if not below:
        return frozenset()
    merged = frozenset(column for column in below if values[column] is None)
    for column in merged:
        values[column] = below[column]
    return merged


def _merged_values(table: Table, log: Log) -> dict[int, dict[int, Cell]]:
    """For each row, the values its vertical merges give it. An amount stays with the first row: it is said once."""
    rows = table.worksheet.rows
    kinds = {match.index: match.field.kind for match in table.columns}
    fills: dict[int, dict[int, Cell]] = {}
    for merge in table.worksheet.merges:
        if merge.first_row < table.first_row or merge.first_row >= len(rows) or merge.column not in kinds:
            continue
        top = rows[merge.first_row]
        value = top[merge.column] if merge.column < len(top) else None
        if value is None:
            continue
        if kinds[merge.column] is CellKind.AMOUNT:
            message = f"Montant commun aux lignes {merge.first_row + 1} à {merge.last_row + 1} : laissé à la première."
            log.note(merge.first_row + 1, message, table.labels[merge.column])
            continue
        for row in range(merge.first_row + 1, min(merge.last_row, len(rows) - 1) + 1):
            fills.setdefault(row, {})[merge.column] = value
    return fills


def _kept(row: int, match: ColumnMatch, value: str, log: Log) -> bool:
    bare = value.strip()
    if not bare or not (bare[0].isalnum() or bare.isprintable() or text_of(bare)):
        return False
    if bare[0] == "#" and bare in _ERRORS:
        reason = f"La cellule montre une formule en échec ({bare}) : corriger dans le classeur ou écrire la valeur."
        log.settle(PlacedCell(row, match, bare), reason)
        return False
    if bare[0] in "cCsS➔" and bare[:60].casefold().startswith(_TEMPLATE):
        log.note(row, "Consigne du modèle laissée de côté.", match.label)
        return False
    return True
