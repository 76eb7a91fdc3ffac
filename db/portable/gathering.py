"""The rows of a démarche, found from the schema's own keys along the ways that `tables` declares."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.chunks import chunks
from db.homes import last_homes
from db.journal import plain
from db.models import Base, Body, BodyInitiative, Placement
from db.portable.pointers import pointers, renumbered
from db.portable.tables import OWNED, SHARED, columns_of, own_key

Values = dict[str, Any]
"""A row, by column, as canonical JSON knows it."""
Rows = dict[str, dict[int, Values]]
"""Rows by table, then by key, in the order of their keys."""


def own_rows(session: Session, initiative_id: int) -> Rows:
    """All that belongs to a démarche, archived rows included. What points to a fiche of another démarche does so no
    more, or stays when it cannot do without."""
    found: Rows = {}
    for table, ways in OWNED.items():
        found[table] = {}
        for column in ways:
            keys = found[pointers(table)[column]].keys()
            found[table] |= rows_where(session, table, column, keys)
        if not ways:
            found[table] = rows_where(session, table, own_key(table), _starts(session, table, initiative_id))
        found[table] = dict(sorted(found[table].items()))
    _cut(found)
    return found


def rows_where(session: Session, table: str, column: str, keys: Collection[int]) -> dict[int, Values]:
    """The rows of a table of which a column holds one of these keys, by their own keys."""
    of, own = Base.metadata.tables[table], own_key(table)
    shown = [of.columns[name] for name in columns_of(table)]
    found = {}
    for some in chunks(keys):
        for row in session.execute(select(*shown).where(of.columns[column].in_(some))).mappings():
            found[row[own]] = {name: plain(value) for name, value in row.items()}
    return found


def borrowed_sheets(session: Session, initiative_id: int) -> list[int]:
    """The fiches that stand in this plan and are another's."""
    own = sheet_homes(session, initiative_id)
    here = select(Placement.sheet_id).where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
    return sorted(sheet for sheet in session.scalars(here) if own.get(sheet) != initiative_id)


def sheet_homes(session: Session, initiative_id: int) -> dict[int, int]:
    """The home of each fiche that stands, or stood, in a plan: the plan that owns it, else the last that did."""
    return last_homes(session, select(Placement.sheet_id).where(Placement.initiative_id == initiative_id))


def _starts(session: Session, table: str, initiative_id: int) -> list[int]:
    if table == "initiative":
        return [initiative_id]
    if table == Body.__tablename__:
        at_work: Select[Any] = select(BodyInitiative.body_id).where(BodyInitiative.initiative_id == initiative_id)
        return list(session.scalars(at_work))
    return [sheet for sheet, home in sheet_homes(session, initiative_id).items() if home == initiative_id]


def _cut(found: Rows) -> None:
    """Until nothing moves: what points to a row that stays loses that pointer, or stays too."""
    moved = True
    while moved:
        moved = False
        for table, rows in found.items():
            columns = Base.metadata.tables[table].columns
            links = [(name, to) for name, to in pointers(table).items() if to in OWNED and name != own_key(table)]
            for key, values in list(rows.items()):
                gone = [name for name, to in links if values[name] is not None and values[name] not in found[to]]
                moved = moved or bool(gone)
                if any(not columns[name].nullable for name in gone):
                    del rows[key]
                else:
                    values.update(dict.fromkeys(gone))


def mentions(table: str, values: Mapping[str, Any]) -> set[tuple[str, int]]:
    """The rows that a row, or some of its values, names: (table, key)."""
    found = set()

    def note(to: str, key: int) -> int:
        found.add((to, key))
        return key

    renumbered(table, values, note)
    return found


def shared_rows(session: Session, wanted: Iterable[tuple[str, int]]) -> Rows:
    """The rows of the directory and of the reference that are named, with those that they name in turn and what is
    said of them; keys that are there no more are left aside."""
    found: Rows = {table: {} for table in SHARED}
    waiting = {(table, key) for table, key in wanted if table in SHARED}
    while waiting:
        by_table: dict[str, set[int]] = defaultdict(set)
        for table, key in waiting:
            by_table[table].add(key)
        new: set[tuple[str, int]] = set()
        for table, keys in by_table.items():
            rows = rows_where(session, table, own_key(table), keys)
            rows = {key: values for key, values in rows.items() if key not in found[table]}
            found[table] |= rows
            for values in rows.values():
                new |= mentions(table, values)
            for said, column in SHARED.items():
                if column is not None and pointers(said)[column] == table:
                    new |= {(said, key) for key in rows_where(session, said, column, rows.keys())}
        waiting = {(table, key) for table, key in new if table in SHARED and key not in found[table]}
    return {table: dict(sorted(rows.items())) for table, rows in found.items()}
