"""What leans on rows that are about to go: the rows of any table that point to them, by the schema's own keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from db.chunks import chunks
from db.models import Base

# Common to every plan: what others use meanwhile stays, with all that is said of it.
DIRECTORY = frozenset({"organisation", "person", "term", "actor"})
NEVER_GONE = frozenset({"actor"})  # the journal names them
SAID_OF = {"organisation_alias": "organisation", "person_detail": "person", "term_alias": "term"}
# By these a row is a part of another: a fiche that stays, stays whole, with its steps, its indicators, its money.
PART_OF = frozenset({"sheet_id", "indicator_id", "breakdown_id", "line_id"})

RowKey = tuple[str, int]
"""A row: its table and its key."""
Pointer = tuple[RowKey, str]
"""A column of a row, by which it points to another."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Of the rows that an act added: those that go, and the rows of others that hold some of the rest back."""

    going: frozenset[RowKey]
    held_by: frozenset[RowKey]


def fate_of(
    session: Session, added: Collection[RowKey], kept: Iterable[RowKey], freed: Collection[Pointer] = ()
) -> Fate:
    """Which of the rows that an act added may go.

    `kept` are to stay whatever points to them; `freed` are the columns that are about to point elsewhere. A row stays
    with what it points to, with what is said of it and with its parts; so does one that others point to.
    """
    own = set(added)
    bound: dict[RowKey, set[RowKey]] = defaultdict(set)
    waiting, held_by = [*kept, *(row for row in own if row[0] in NEVER_GONE)], set()
    for row, pointers in _pointing(session, own).items():
        for pointer in pointers - set(freed):
            other, column = pointer
            if other in own:
                bound[other].add(row)
                if SAID_OF.get(other[0]) == row[0] or column in PART_OF:
                    bound[row].add(other)
            else:
                waiting.append(row)
                if row[0] not in DIRECTORY:
                    held_by.add(other)
    staying: set[RowKey] = set()
    while waiting:
        row = waiting.pop()
        if row in own and row not in staying:
            staying.add(row)
            waiting += bound[row]
    return Fate(frozenset(own - staying), frozenset(held_by))


def _pointing(session: Session, rows: set[RowKey]) -> dict[RowKey, set[Pointer]]:
    """For each of these rows, the columns that point to it."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, key in rows:
        by_table[table].append(key)
    found: dict[RowKey, set[Pointer]] = defaultdict(set)
    for table, keys in by_table.items():
        for column in columns_to(table):
            (own,) = column.table.primary_key.columns
            for some in chunks(keys):
                for other, key in session.execute(select(own, column).where(column.in_(some))):
                    found[table, key].add(((column.table.name, other), column.name))
    return found


def columns_to(table: str) -> Iterator[Column[int]]:
    """The columns of the schema that point to a table."""
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == table:
                yield key.parent
