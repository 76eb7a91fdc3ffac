"""The parent's side of reading a file: hand it to the child process, take back plain cells."""

import datetime as dt
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from db.exchange.gate import FileKind, UnreadableFile
from db.rules.reading import Cell
from db.rules.text import clean

TIME_SECONDS = 30
_ROOT = Path(__file__).resolve().parents[2]
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Merge:
    """A range merged over several rows, by its first column; rows and columns from 0."""

    first_row: int
    last_row: int
    column: int


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A sheet's cells from A1 on; a row stops at its last filled cell."""

    name: str
    visible: bool
    rows: tuple[tuple[Cell, ...], ...]
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a file holds. `name` is the name its user knows it by."""

    name: str
    kind: FileKind
    worksheets: tuple[Worksheet, ...]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keeps Python from looking for cycles meanwhile: a workbook makes a hundred thousand objects and no cycle, and
    going through them again and again costs a sixth of the time."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


@collector_paused()
def read_workbook(path: Path, name: str | None = None) -> Workbook:
    """The cells of a file, read in a child process bounded in memory and time.

    Raises UnreadableFile, whose message is a French sentence, for whatever cannot be read.
    """
    shown = " ".join(clean(name or path.name).splitlines())  # a name may hold anything; it is kept, and shown
    answer, cells = _ask_child(path, shown)
    if "what" in answer:
        raise UnreadableFile(answer["what"], answer["remedy"])
    rows = iter(cells)
    worksheets = tuple(
        Worksheet(
            sheet["name"],
            sheet["visible"],
            tuple(_cells(row) for row in islice(rows, sheet["rows"])),
            tuple(Merge(*merge) for merge in sheet["merges"]),
        )
        for sheet in answer["sheets"]
    )
    return Workbook(shown, FileKind(answer["kind"]), worksheets)


def _ask_child(path: Path, name: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """What the child prints: a refusal, or the file's sheets; and their rows, those of one sheet after the other's."""
    # The child gets no secret: neither the database's address nor any key of the server's environment.
    environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ} | {"PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-X", "utf8", "-m", "db.exchange.child", str(path.resolve()), name]
    try:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_SECONDS,
            check=True,
        )
        answer, *rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    except subprocess.TimeoutExpired as error:
        what = f"La lecture du fichier a été arrêtée après {TIME_SECONDS} secondes."
        raise UnreadableFile(what, "Allégez-le ou enregistrez-le à nouveau au format .xlsx.") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise UnreadableFile(
            "Le fichier a fait échouer le lecteur de classeurs : il est abîmé ou fabriqué pour nuire."
        ) from error
    return answer, rows


def _cells(row: list[Any]) -> tuple[Cell, ...]:
    return tuple([_date(cell) if type(cell) is list else cell for cell in row])


def _date(tagged: list[str]) -> dt.date | dt.datetime:
    text = tagged[0]
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
