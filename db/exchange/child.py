"""The process that opens a file: `python -m db.exchange.child PATH NAME` prints its cells as JSON, a row a line.

It imports python-calamine and the gate, nothing else, and bounds its own memory, so that a hostile file costs the
server nothing: a parser that aborts takes this process down, never the parent. A date is a list of one ISO string.
"""

import csv
import datetime as dt
import gc
import io
import json
import re
import sys
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from db.exchange.gate import MAX_COLUMNS, MAX_ROWS, ErrorCells, FileKind, UnreadableFile, admit, damaged, too_many

MEMORY_BYTES = 2**30
CPU_SECONDS = 30
MAX_CHARACTERS = 50_000_000
MAX_MERGES = 20_000
SAMPLE_LINES = 200

JsonCell = str | int | float | bool | list[str] | None
JsonRow = list[JsonCell]


def main(path: str, name: str) -> None:
    gc.disable()  # it lives for one file, and makes many cells but no cycle
    _bound_resources()
    try:
        errors: ErrorCells = {}
        kind = admit(Path(path), name, errors)
        sheets = _text_sheets(Path(path), name) if kind is FileKind.TEXT else _workbook_sheets(path)
        if errors:
            _show_errors(path, errors, sheets)
    except UnreadableFile as error:
        refused = error
    except (KeyError, zipfile.BadZipFile):
        refused = damaged()
    except MemoryError:
        refused = UnreadableFile("Le fichier demande trop de mémoire pour être lu.", "Allégez-le, puis recommencez.")
    else:
        _print(kind, sheets)
        return
    print(json.dumps({"what": refused.what, "remedy": refused.remedy}))


def _print(kind: FileKind, sheets: list[dict[str, Any]]) -> None:
    """What the file is and what sheets it has, on one line; then each row on its own, so that the cells are never in
    memory a second time as one text."""
    rows = [row for sheet in sheets for row in sheet["rows"]]
    heads = [{**sheet, "rows": len(sheet["rows"])} for sheet in sheets]
    encode = json.JSONEncoder(separators=(",", ":")).encode
    print(encode({"kind": kind.value, "sheets": heads}))
    sys.stdout.writelines(encode(row) + "\n" for row in rows)


def _bound_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows has none of these; the parent's clock remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


# --- Workbooks ---------------------------------------------------------------------------------------------------


def _workbook_sheets(path: str) -> list[dict[str, Any]]:
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            return [
                _sheet(workbook.get_sheet_by_name(meta.name), meta.visible == calamine.SheetVisibleEnum.Visible)
                for meta in workbook.sheets_metadata
                if meta.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except calamine.PasswordError as error:
        remedy = "Enregistrez-le sans mot de passe, puis recommencez."
        raise UnreadableFile("Le classeur est protégé par un mot de passe.", remedy) from error
    except (calamine.CalamineError, ValueError, OSError, OverflowError) as error:
        raise damaged() from error


def _show_errors(path: str, errors: ErrorCells, sheets: list[dict[str, Any]]) -> None:
    """Writes #REF! and the like where the parser left a blank: a cell in error is not an empty cell."""
    import html

    with zipfile.ZipFile(path) as archive:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        known = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        targets[known.get("Id", "")] = known.get("Target", "").removeprefix("/xl/")
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        known = dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
        cells = errors.get(f"xl/{targets.get(known.get('r:id', ''), '')}", [])
        sheet = next((sheet for sheet in sheets if sheet["name"] == html.unescape(known.get("name", ""))), None)
        if sheet is not None:
            for row, column, word in cells:
                _write(sheet["rows"], row, column, word)


def _write(rows: list[JsonRow], row: int, column: int, word: str) -> None:
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        return
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    if rows[row][column] is None:
        rows[row][column] = word


def _sheet(sheet: Any, visible: bool) -> dict[str, Any]:
    if sheet.end is not None and (sheet.end[0] >= MAX_ROWS or sheet.end[1] >= MAX_COLUMNS):
        raise too_many(f"L'onglet « {sheet.name} » dépasse {MAX_ROWS} lignes ou {MAX_COLUMNS} colonnes.")
    cells = sheet.to_python(skip_empty_area=False) if sheet.end is not None else []
    merges = [
        [first[0], last[0], first[1]]
        for first, last in (sheet.merged_cell_ranges or ())[:MAX_MERGES]
        if last[0] > first[0]
    ]
    return {"name": sheet.name, "visible": visible, "rows": _rows(cells), "merges": merges}


def _rows(source: Any) -> list[JsonRow]:
    """The rows without what is blank at their end and at the sheet's, bounded in text."""
    rows: list[JsonRow] = []
    characters = 0
    for values in source:
        row: JsonRow = [(value or None) if type(value) is str else _cell(value) for value in values]
        while row and row[-1] is None:
            row.pop()
        characters += sum([len(cell) for cell in row if type(cell) is str])
        if characters > MAX_CHARACTERS:
            raise too_many("Le classeur contient trop de texte pour être lu.")
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _cell(value: Any) -> JsonCell:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.datetime):
        return [value.date().isoformat() if value.time() == dt.time() else value.isoformat()]
    if isinstance(value, dt.date):
        return [value.isoformat()]
    if isinstance(value, int):
        return value
    return None if value is None else str(value)


# --- Text --------------------------------------------------------------------------------------------------------


def _text_sheets(path: Path, name: str) -> list[dict[str, Any]]:
    text = _decode(path.read_bytes())
    delimiter = None
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], rest
    records = _records(text, delimiter or _delimiter(text))
    if len(records) > MAX_ROWS or any(len(record) > MAX_COLUMNS for record in records):
        raise too_many(f"Le fichier dépasse {MAX_ROWS} lignes ou {MAX_COLUMNS} colonnes.")
    return [{"name": Path(name).stem, "visible": True, "rows": _rows(records), "merges": []}]


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:4096]:
        encodings = ["utf-16-le" if data[1:4096:2].count(0) > data[0:4096:2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "windows-1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(
        "Le texte du fichier n'est ni en UTF-8, ni en Windows-1252.", "Enregistrez-le en « CSV UTF-8 »."
    )


def _delimiter(text: str) -> str:
    """The mark that cuts the first lines most evenly; a semicolon when nothing cuts them."""
    sample = text[:200_000]

    def evenness(mark: str) -> tuple[int, int]:
        widths = [len(record) for record in islice(csv.reader(io.StringIO(sample, ""), delimiter=mark), SAMPLE_LINES)]
        wide = [width for width in widths if width > 1]
        usual = max(set(wide), key=wide.count, default=0)
        return wide.count(usual), usual

    csv.field_size_limit(2**25)
    return max(";,\t", key=evenness)


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(2**25)
    try:
        return _parse(text, delimiter, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            what = "Un guillemet ouvert n'est jamais refermé : la fin du fichier ne peut pas être lue."
            raise UnreadableFile(what, "Corrigez le guillemet, ou enregistrez le fichier au format .xlsx.") from error
    try:
        return _parse(text, delimiter, strict=False)
    except csv.Error as error:
        raise damaged() from error


def _parse(text: str, delimiter: str, *, strict: bool) -> list[list[str]]:
    records: list[list[str]] = []
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict):
        records.append(record)
        while len(records) > MAX_ROWS and not any(records[-1]):
            records.pop()
        if len(records) > MAX_ROWS:
            break
    return records


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
