"""What leans on rows that are about to go: the rows of any table that point to them, by the schema's own keys."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from db.models import Base

AT_ONCE = 500
# Common to every plan: what others use meanwhile stays, with all that is said of it.
DIRECTORY = frozenset({"organisation", "person", "term"})
SAID_OF = {"organisation_alias": "organisation", "person_detail": "person", "term_alias": "term"}

RowKey = tuple[str, int]
"""A row: its table and its key."""


def used_elsewhere(session: Session, going: Iterable[RowKey], kept: Iterable[RowKey] = ()) -> set[RowKey]:
    """Of the rows of the directory among `going`, those that must stay: a row that stays points to them.

    `kept` are to stay whatever points to them. A structure, a contact or a word stays with its other names or its
    details, and with those it points to itself.
    """
    gone = set(going)
    leaning = _leaning(session, {row for row in gone if row[0] in DIRECTORY})
    bound: dict[RowKey, set[RowKey]] = defaultdict(set)
    for row, others in leaning.items():
        for other in others:
            bound[other].add(row)
            if SAID_OF.get(other[0]) == row[0]:
                bound[row].add(other)
    waiting = [*kept, *(row for row, others in leaning.items() if others - gone)]
    staying: set[RowKey] = set()
    while waiting:
        row = waiting.pop()
        if row in gone and row not in staying:
            staying.add(row)
            waiting += bound[row]
    return staying


def leaning_on(session: Session, going: Iterable[RowKey]) -> set[RowKey]:
    """The rows that stay and point to rows that go: nothing can go as long as they are there."""
    gone = set(going)
    return set().union(*_leaning(session, gone).values()) - gone


def _leaning(session: Session, rows: set[RowKey]) -> dict[RowKey, set[RowKey]]:
    """For each of these rows, those that point to it."""
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, key in rows:
        by_table[table].append(key)
    found: dict[RowKey, set[RowKey]] = defaultdict(set)
    for table, keys in by_table.items():
        for column in _pointing_to(table):
            (own,) = column.table.primary_key.columns
            for start in range(0, len(keys), AT_ONCE):
                pointing = select(own, column).where(column.in_(keys[start : start + AT_ONCE]))
                for other, key in session.execute(pointing):
                    found[table, key].add((column.table.name, other))
    return found


def _pointing_to(table: str) -> Iterator[Column[int]]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == table:
                yield key.parent
