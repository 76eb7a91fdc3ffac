"""A workbook of 2,000 fiches and 36 columns, and how long it takes to read it and to check it."""

import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import xlsxwriter

from db.exchange.fields import Field
from db.exchange.rows import understand
from db.exchange.workbook import read_workbook

ROWS, COLUMNS = 2000, 36
TRIES = 3
KNOWN = (
    "Axe",
    "Code",
    "Titre",
    "Description",
    "Pilote",
    "Partenaires",
    "Statut",
    "Date de début",
    "Date de fin",
    "Budget",
)


def write(path: Path) -> None:
    """Write the workbook; its headers are the product's own."""
    labels = [*KNOWN, *(field.label_fr for field in Field if field.label_fr not in KNOWN)][:COLUMNS]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, labels)
        for row in range(1, ROWS + 1):
            start = [f"Axe {row % 5 + 1}", f"{row % 5 + 1}.{row}", f"Action fictive {row}", "Une description fictive."]
            known = [
                *start,
                "Ville fictive",
                "Association A, Association B",
                "En cours",
                "01/03/2025",
                47727,
                1000 + row,
            ]
            sheet.write_row(row, 0, [*known, *(f"Texte {row}" for _ in labels[len(known) :])])


def _best_ms(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(TRIES):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return min(taken)


def measure(folder: Path) -> tuple[float, float, float]:
    """Milliseconds, child process included: (read, read and check, pandas with openpyxl merely reading)."""
    path = folder / "plan.xlsx"
    write(path)
    read = _best_ms(lambda: read_workbook(path))
    checked = _best_ms(lambda: understand(read_workbook(path)))
    return read, checked, _best_ms(lambda: pd.read_excel(path, engine="openpyxl"))
