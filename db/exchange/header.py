"""Where the plan is in a workbook: which sheet, which header row, what stands above and just below it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from db.exchange.columns import ColumnMatch, IgnoredColumn, field_of, match_columns
from db.exchange.draft import Note
from db.exchange.fields import Field
from db.exchange.gate import UnreadableFile
from db.exchange.workbook import Workbook, Worksheet
from db.rules.reading import Cell, text_of
from db.rules.text import fold, words_of

SEARCHED_ROWS = 40
HEADER_LIKE_FIELDS = 3
COMPLETE_SHARE = 0.8

_SIDE_SHEETS = re.compile(
    r"liste|mode d'?emploi|mode demploi|notice|aide|lisez|lisez-moi|parametre|nomenclature|exemple|legende"
)
_PLAN_WORDS = re.compile(
    r"\b(?:contrat|cls|clsm|asv|conseil|atelier|plan|programme|feuille de route|projet|strategie|volet)\b|20\d\d"
)
_PLAIN_TITLE = re.compile(r"(?:titre|intitule)\b")
_HELP = re.compile(
    r"champ (?:texte|liste|numerique|date|binaire|obligatoire|facultatif)|saisissez|choisissez|indiquez\b|"
    r"indiquer si|texte court|"
    r"texte libre$|creez sous la forme|si vos (?:sous-)*axes|ce champ ne sera|ces informations devront|"
    r"presentez en quelques|"
    r"(?:r?en|re)?seignez ici|renseignez|selectionnez|plusieurs services peuvent|(?:→|➔|->) ?utilisez|"
    r"obligatoire$|facultatif$|jj/mm/aaaa$|"
    r"(?:menu|liste) deroulant|format (?:date|texte|nombre)|ex(?:emple)? ?:"
)


@dataclass(frozen=True, slots=True)
class Table:
    """The plan's table: `header` and `first_row` count from 0; `rows` are the worksheet's, merged cells filled down."""

    worksheet: Worksheet
    header: int
    first_row: int
    labels: tuple[str, ...]
    columns: tuple[ColumnMatch, ...]
    ignored: tuple[IgnoredColumn, ...]
    title: str | None
    notes: tuple[Note, ...]


def is_help(text: str) -> bool:
    """Whether a cell is the template's own explanation rather than the coordinator's words."""
    return _HELP.match(fold(text[:120]).lstrip("- *")) is not None


def find_table(workbook: Workbook, sheet: str | None = None, accepted: frozenset[int] | None = None) -> Table:
    """The sheet (best matched, hidden ones and lists last) and the header row. Raises UnreadableFile, naming what was
    seen, when no row has a title column, or when the sheet asked for does not exist."""
    candidates = _asked(workbook, sheet) if sheet else workbook.worksheets
    scored = [
        (score, -place, found, ws)
        for place, ws in enumerate(candidates)
        if (found := _header_rows(ws))
        for score in [_score(ws, found)]
    ]
    if not scored:
        raise _no_header(workbook, candidates)
    scored.sort(key=lambda item: item[:2], reverse=True)
    _, _, found, worksheet = scored[0]
    best = max(found.values())
    header = next(row for row, fields in found.items() if fields >= COMPLETE_SHARE * best)
    notes = [
        Note(0, "", f"L'onglet « {other.name} » ressemble aussi à un plan : il n'est pas lu.")
        for score, _, rows, other in scored[1:]
        if max(rows.values()) >= HEADER_LIKE_FIELDS and other.visible and not _SIDE_SHEETS.search(fold(other.name))
    ]
    notes += [
        Note(
            row + 1,
            "",
            f"Cette ligne ressemble aussi à une ligne d'en-têtes ; celle de la ligne {header + 1} est retenue.",
        )
        for row, fields in found.items()
        if row != header and fields >= HEADER_LIKE_FIELDS
    ]
    return _table(worksheet, header, tuple(notes), accepted)


def _asked(workbook: Workbook, name: str) -> Sequence[Worksheet]:
    found = [ws for ws in workbook.worksheets if fold(ws.name) == fold(name)]
    if not found:
        names = ", ".join(f"« {ws.name} »" for ws in workbook.worksheets)
        raise UnreadableFile(f"Le fichier n'a pas d'onglet « {name} ».", f"Choisissez parmi : {names}.")
    return found


def _header_rows(worksheet: Worksheet) -> dict[int, int]:
    """The rows that have a title column, with how many different fields each matches."""
    found = {}
    for index, row in enumerate(worksheet.rows[:SEARCHED_ROWS]):
        labels = [(text_of(cell), f[0]) for cell in row if isinstance(cell, str) and (f := field_of(cell))]
        fields = {field for _, field in labels}
        known = len(labels) * 2 >= sum(cell is not None for cell in row) or len(fields) >= HEADER_LIKE_FIELDS
        plain = any(field is Field.TITLE and _PLAIN_TITLE.match(fold(label)) for label, field in labels)
        if Field.TITLE in fields and (known or plain):
            found[index] = len(fields)
    return found


def _score(worksheet: Worksheet, found: dict[int, int]) -> float:
    side = _SIDE_SHEETS.search(fold(worksheet.name)) is not None
    return (
        max(found.values())
        + min(len(worksheet.rows), 500) / 1000
        - (100 if not worksheet.visible else 0)
        - (50 if side else 0)
    )


def _no_header(workbook: Workbook, candidates: Sequence[Worksheet]) -> UnreadableFile:
    if not any(ws.rows for ws in candidates):
        return UnreadableFile("Le classeur ne contient aucune cellule remplie.", "Vérifiez que c'est le bon fichier.")
    widest = max(
        (row for ws in candidates for row in ws.rows[:SEARCHED_ROWS]), key=lambda row: sum(c is not None for c in row)
    )
    seen = ", ".join(f"« {text_of(cell)[:40]} »" for cell in widest if cell is not None)[:300]
    what = "Aucune ligne d'en-têtes avec une colonne de titre n'a été trouvée dans les 40 premières lignes."
    remedy = f"Nommez la colonne des titres « Titre de l'action » (libellés vus : {seen})."
    return UnreadableFile(what, remedy)


def _table(worksheet: Worksheet, header: int, notes: tuple[Note, ...], accepted: frozenset[int] | None) -> Table:
    width = max(len(row) for row in worksheet.rows)
    labels = _labels(worksheet, header, width)
    first = header + 1
    while first < min(len(worksheet.rows), header + 6) and _is_help_row(worksheet.rows[first], labels):
        first += 1
    below = list(zip_longest(*worksheet.rows[first:]))
    filled = [len(column) - column.count(None) for column in below] + [0] * (width - len(below))
    columns, ignored = match_columns(labels, filled, accepted)
    return Table(worksheet, header, first, labels, tuple(columns), tuple(ignored), _title(worksheet, header), notes)


def _labels(worksheet: Worksheet, header: int, width: int) -> tuple[str, ...]:
    """The header's labels; where it is blank, the label just above when it is one that is known (two-level headers)."""
    row = worksheet.rows[header]
    above: Sequence[Cell] = worksheet.rows[header - 1] if header else ()
    labels = []
    for index in range(width):
        label = text_of(row[index]) if index < len(row) else ""
        if not label and index < len(above) and (upper := text_of(above[index])) and field_of(upper):
            label = upper
        labels.append(label)
    return tuple(labels)


def _is_help_row(row: Sequence[Cell], labels: Sequence[str]) -> bool:
    texts = [(index, text_of(cell)) for index, cell in enumerate(row) if cell is not None]
    helps = [index for index, text in texts if is_help(text)]
    title_helps = any((found := field_of(labels[i])) is not None and found[0] is Field.TITLE for i in helps)
    return bool(helps) and (title_helps or len(helps) * 5 >= len(texts) * 2)


def _title(worksheet: Worksheet, header: int) -> str | None:
    """The plan's title: alone on its row above the header, or worded as a plan's name; never a group of columns."""
    for row in worksheet.rows[:header]:
        texts = [text for cell in row if isinstance(cell, str) and (text := text_of(cell))]
        if not texts or len(texts[0]) > 200:
            continue
        if _PLAN_WORDS.search(words_of(texts[0])) or len(texts) == 1:
            return re.sub(r"\s+", " ", texts[0])
    return None
