"""A cell to be settled, as somebody settles it: what is typed is read by the readers of a file, in their words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from db.errors import Invalid
from db.exchange.cells import list_cells
from db.exchange.columns import ColumnMatch
from db.exchange.draft import MilestoneDraft, SheetDraft, ToSettle
from db.exchange.fields import CellKind, Field
from db.exchange.grid import Columns, GridRow, Log
from db.exchange.people import Directory
from db.exchange.resolve import Names
from db.exchange.rows import MAX_CODE
from db.exchange.sheets import Block, Readers, SheetReader, sheet_of
from db.exchange.understood import understood_sheet
from db.exchange.values import values_of
from db.rules.forms import Written
from db.rules.reading import Cell, Reading, read_amount, read_yes_no
from db.rules.reading_dates import read_period
from db.rules.reading_outline import read_code, read_code_and_title
from db.rules.reading_words import read_participation
from db.rules.text import clean
from db.rules.vocabulary import Status

STEP_FIELDS = (Field.STATUS, Field.ENDS_ON, Field.DONE_ON, Field.WEIGHT, Field.LEAD)
"""The fields that a row of sub-action has."""
STEPS_ONLY = (Field.DONE_ON, Field.WEIGHT)
CHECKED: Mapping[Field, Callable[[Cell], Reading[Any]]] = {
    Field.PERIOD: read_period,
    Field.PARTICIPATION: read_participation,
}
"""Those that a file keeps as a text when they cannot be read: here, it is said that they cannot."""
FEW = 8
NOTHING = (
    "Rien n'est à écrire ici : donnez une valeur, ou choisissez « Laisser tel quel » si cette cellule n'a pas à être "
    "reprise."
)
_BARE = SheetDraft(row=0, code=None, title="")


def of_step(label: str) -> str:
    """How the provenance of a cell ends when the cell is an étape's."""
    return f", étape « {label} »"


def provenance(file: str, item: ToSettle, sheet: SheetDraft | None = None) -> str:
    """Where a cell comes from: file and sheet, row, column, and the étape it is about when the row is one."""
    told = f"{file}, ligne {item.row}, colonne « {item.column} »"
    steps = sheet.milestones if sheet is not None and item.field in STEP_FIELDS and item.row != sheet.row else ()
    return told + next((of_step(step.label) for step in steps if step.row == item.row), "")


def read_sheet_cell(known: Names, field: Field, written: Written, status: Status | None) -> SheetDraft:
    """What is written for a field of a fiche: a draft that says this field, and nothing else.

    `written` is a text; a list of names for the fields that hold several; for an amount, each funder with its own.
    `status` is that of the fiche, on which some fields depend. Raises Invalid with the reader's own sentence.
    """
    if field is Field.CODE:
        return replace(_BARE, code=_code(written))
    if field is Field.SUB_ACTION:
        return replace(_BARE, milestones=(MilestoneDraft(0, read_code_and_title(written_text(written)).title),))
    if field in CHECKED and (why := (told := CHECKED[field](written_text(written))).reason):
        raise Invalid(_sentence(field, written, why, told.choices))
    log = Log()
    block = Block(_row(_cells(field, written)), None, "", ())
    SheetReader(
        block, log, Readers.of(block.cells.columns.by_field[name][0] for name in block.cells.columns.by_field)
    ).read()
    draft = sheet_of(block, Directory((), {}))
    _refuse(field, written, log.to_settle)
    read, asked = understood_sheet(known, replace(draft, status=draft.status or status))
    _refuse(field, written, asked)
    if field is not Field.STATUS:
        read = replace(read, status=None)
    if field is Field.CALENDAR:
        read = replace(read, starts_on=None, ends_on=None)  # its own columns say when, or nobody does
    if field.kind is not CellKind.YES_NO and not says_something(read):
        raise Invalid(NOTHING)
    return read


def read_flag(field: Field, written: Written) -> bool:
    """Yes or no, as it is written for a field. Raises Invalid."""
    read = read_yes_no(written_text(written))
    if read.value is None:
        raise Invalid(_sentence(field, written, read.reason, read.choices) if read.reason else NOTHING)
    return read.value


def read_step_cell(known: Names, field: Field, written: Written, step: MilestoneDraft) -> MilestoneDraft:
    """What is written for a field of an étape: the étape, that field replaced. A day of doing says that it is done.

    Raises Invalid with the reader's own sentence.
    """
    log = Log()
    row = _row([(Field.SUB_ACTION, step.label), *_cells(field, written)])
    block = Block(_row([]), None, "", (), steps=[row])
    SheetReader(block, log, Readers.of(())).read()
    _refuse(field, written, log.to_settle)
    read, asked = understood_sheet(known, sheet_of(block, Directory((), {})))
    _refuse(field, written, asked)
    (told,) = read.milestones
    said = {
        Field.STATUS: {"state": told.state} if told.state else {},
        Field.ENDS_ON: {"due": told.due} if told.due else {},
        Field.DONE_ON: {"done_on": told.done_on, "state": told.state} if told.done_on else {},
        Field.WEIGHT: {"weight": told.weight} if told.weight else {},
        Field.LEAD: {"leads": told.leads} if told.leads else {},
    }[field]
    if not said:
        raise Invalid(NOTHING)
    return replace(step, **said)  # type: ignore[arg-type]


def says_something(draft: SheetDraft) -> bool:
    """Whether a draft says anything at all beside its title."""
    said = values_of(draft)
    return any(said[field] is not None for field in said if field is not Field.TITLE)


def _code(written: Written) -> str:
    code = read_code(written_text(written))
    if code is None:
        raise Invalid(NOTHING)
    if len(code) > MAX_CODE:
        raise Invalid(_sentence(Field.CODE, written, f"Un numéro de fiche compte au plus {MAX_CODE} caractères."))
    return code


def _cells(field: Field, written: Written) -> list[tuple[Field, Cell]]:
    """What is written, as the cells that a file would have."""
    if isinstance(written, Mapping):
        told = {name: written_text(amount) for name, amount in written.items()}
        return [cell for name, said in told.items() if said for cell in ((Field.FUNDER, _quoted(name)), (field, said))]
    if isinstance(written, list | tuple):
        return [(field, cell) for cell in list_cells([clean(str(name)) for name in written])]
    text = written_text(written)
    if field is Field.FUNDER_AMOUNT and text:
        if read_amount(text).reason is None:
            raise Invalid(f"Montant : « {text} ». Dites de quel financeur, par exemple « ARS : 5 000 € ».")
        return [(Field.FUNDER, text)]
    return [(field, text)] if text else []


def _quoted(name: str) -> str:
    (cell,) = list_cells((name,))
    return cell


def written_text(written: Written) -> str:
    """What is written, as one text."""
    if isinstance(written, Mapping):
        return " ; ".join(f"{name} : {amount}" for name, amount in written.items() if amount)
    if isinstance(written, list | tuple):
        return " ; ".join(str(name) for name in written)
    return clean(str(written)) if written is not None else ""


def _row(cells: Sequence[tuple[Field, Cell]]) -> GridRow:
    """A row of a table that has these cells, several columns of a field being numbered like funders are."""
    ranks: dict[Field, int] = {}
    matches = []
    for index, (field, _) in enumerate(cells):
        ranks[field] = ranks.get(field, 0) + 1
        matches.append(ColumnMatch(index, field.label_fr, field, ranks[field]))
    return GridRow(1, Columns(matches), [value for _, value in cells])


def _refuse(field: Field, written: Written, items: Iterable[ToSettle]) -> None:
    """Raise the sentence of what could not be understood."""
    for item in items:
        raise Invalid(_sentence(field, written, item.reason, item.choices))


def _sentence(field: Field, written: Written, reason: str, choices: tuple[str, ...] = ()) -> str:
    offered = f" Au choix : {', '.join(choices)}." if 0 < len(choices) <= FEW else ""
    return f"{field.label_fr} : « {written_text(written)[:200]} ». {reason}{offered}"
