"""Landing: the rows of an archive written under keys of this installation, parents first, and its journal after."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import Base
from db.numbering import reserve
from db.portable.matching import Match, RowKey
from db.portable.pointers import Listed, named_in, pointers, told_with
from db.portable.tables import SHARED, TABLES, own_key
from db.portable.values import read_back

AT_ONCE = 1000
FRESH: dict[str, Callable[[], dict[str, Any]]] = {"answer_link": lambda: {"digest": secrets.token_hex(32)}}
"""What this installation makes itself of the columns that did not travel: a link of there opens nothing here."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where the rows of an archive are now: the démarche, and the shared rows that its journal does not tell."""

    initiative_id: int
    untold: dict[str, list[int]]
    links: list[int]


def land(session: Session, rows: Listed, found: Match, at: datetime) -> Landed:
    """Write all that is new, the démarche archived for now (`at`): it is the act of adoption that opens it."""
    kept = {
        table: [row for row in listed if found.is_new(table, row[own_key(table)])] for table, listed in rows.items()
    }
    kept["journal"] = [line for line in rows["journal"] if _is_told(found, line)]
    keys = _keys(session, rows, found)
    here = told_with(kept, lambda table, number: keys[table, number])
    plan = here["initiative"][0]
    plan |= {"archived_at": at.isoformat(), "version": plan["version"] - 1}  # to open it moves its version by one
    for table in Base.metadata.sorted_tables:
        if table.name in TABLES:
            _write(session, table.name, here[table.name])
    told = {(line["table"], line["row_key"]) for line in here["journal"]}
    untold = {
        table: [key for row in here[table] if (table, str(key := row[own_key(table)])) not in told] for table in SHARED
    }
    return Landed(plan["id"], untold, [row["id"] for row in here["answer_link"]])


def _is_told(found: Match, line: dict[str, Any]) -> bool:
    """Whether a line of the journal comes too: what was done there on what is known here is another's story."""
    return found.is_new(line["table"], int(line["row_key"]))


def _keys(session: Session, rows: Listed, found: Match) -> dict[RowKey, int]:
    """The key that each row takes here, those that are gone and that the journal still names included."""
    keys = dict(found.known)
    for table, numbers in named_in(rows).items():
        new = sorted(number for number in numbers if (table, number) not in keys)
        if new:
            first = reserve(session, table, len(new))
            keys |= {(table, number): first + rank for rank, number in enumerate(new)}
    return keys


def _write(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    of, fresh = Base.metadata.tables[table], FRESH.get(table, dict)
    for layer in _layers(table, rows):
        for start in range(0, len(layer), AT_ONCE):
            values = [read_back(table, row) | fresh() for row in layer[start : start + AT_ONCE]]
            session.execute(insert(of), values)


def _layers(table: str, rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows in turn, those that others of their table stand under first; a circle comes last, for the schema or
    the promises to refuse."""
    own = own_key(table)
    links = [column for column, to in pointers(table).items() if to == table and column != own]
    waiting = {row[own]: row for row in rows}
    while waiting and links:
        free = [key for key, row in waiting.items() if not any(row[link] in waiting for link in links)]
        if not free:
            break
        yield [waiting.pop(key) for key in free]
    if waiting:
        yield list(waiting.values())


def rows_at(session: Session, model: type[Base], keys: Iterable[int]) -> list[Base]:
    """The rows of a table with these keys."""
    return [row for key in keys if (row := session.get(model, key)) is not None]
