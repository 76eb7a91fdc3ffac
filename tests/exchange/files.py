"""Files written for the tests of the import: each is made by code, fictitious, and as small as its trap allows."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from db.exchange.draft import PlanDraft
from db.exchange.rows import understand
from db.exchange.workbook import read_workbook

Rows = Sequence[Sequence[Any]]

ODS_NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
PLAN: Rows = [
    ["Axe", "Objectif stratégique", "Titre de l'action", "Structure pilote", "Statut", "Date de début", "Date de fin"],
    ["Axe 1. Accès aux soins", "OS 1.1 : Aller vers", "Fiche action 1. Bus santé", "CPTS, CCAS", "En cours", "T2 2025",
     2028],
    ["Axe 1. Accès aux soins", "OS 1.1 : Aller vers", "Fiche action 2. Permanences", "CCAS", "À venir", "03/2026", ""],
]  # fmt: skip


def xlsx(path: Path, *sheets: tuple[str, Rows] | Rows, merges: Sequence[tuple[int, int, int, int, Any]] = ()) -> Path:
    """A workbook of one or several sheets; `merges` are (row, column, last row, last column, value) of the first."""
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, item in enumerate(sheets, 1):
        name, rows = item if isinstance(item, tuple) and isinstance(item[0], str) else (f"Feuille {number}", item)
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(r, c, dt.datetime(value.year, value.month, value.day), day)
                elif isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
        for merge in merges if number == 1 else ():
            sheet.merge_range(*merge)
    book.close()
    return path


def delimited(path: Path, rows: Rows, delimiter: str = ";", encoding: str = "utf-8", first: str = "") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes((first + text.getvalue()).encode(encoding))
    return path


def ods(path: Path, body: str, mime: str = "application/vnd.oasis.opendocument.spreadsheet") -> Path:
    """A minimal LibreOffice workbook around the XML of its tables."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMESPACES}><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="' + mime + '"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mime, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def ods_table(rows: Rows, name: str = "Plan") -> str:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ("<table:table-row>" + "".join(cell.format(v) for v in row) + "</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}">{"".join(lines)}</table:table>'


def rezipped(source: Path, target: Path, changed: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A copy of a zipped workbook with entries replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, data in changed.items():
            new.writestr(name, data)
    return target


def sheet_xml(inside: str, dimension: str = "A1") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{space}"><dimension ref="{dimension}"/>'
        f"<sheetData>{inside}</sheetData></worksheet>"
    ).encode()


def plan_of(path: Path, sheet: str | None = None) -> PlanDraft:
    return understand(read_workbook(path), sheet)


def plan_of_rows(folder: Path, rows: Rows, **options: Any) -> PlanDraft:
    return plan_of(xlsx(folder / "plan.xlsx", rows, **options))
