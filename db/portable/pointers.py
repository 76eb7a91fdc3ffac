"""Which values of a row, or of a line of the journal, name another row: so that all of them are renumbered alike."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from db.models import Base
from db.portable.tables import TABLES, own_key

Listed = dict[str, list[dict[str, Any]]]
"""Rows by table, each by column."""
Renumber = Callable[[str, int], int | None]
"""The number that a row (its table, its number) takes instead of its own; None when it is told no more."""

# What the schema does not say to be a key.
UNSAID = {(table, "initiative_id"): "initiative" for table in ("import_run", "act", "journal")}
STEPS = "steps"
"""In what a partner proposed, the milestones said to be done."""


@cache
def pointers(table: str) -> dict[str, str]:
    """The columns of a table that name a row, its own key first, each with the table of that row."""
    found = {own_key(table): table}
    for key in Base.metadata.tables[table].foreign_keys:
        if key.column.table.name in TABLES:
            found[key.parent.name] = key.column.table.name
    return found | {column: to for (of, column), to in UNSAID.items() if of == table}


def renumbered(table: str, values: Mapping[str, Any], renumber: Renumber) -> dict[str, Any]:
    """The values of a row, or some of them, with every key in them renumbered."""
    told = dict(values)
    for column, to in pointers(table).items():
        if told.get(column) is not None:
            told[column] = renumber(to, told[column])
    if table == "proposal" and told.get("typed"):
        steps = [renumber("milestone", step) for step in told["typed"].get(STEPS, ())]
        told["typed"] = {**told["typed"], **({STEPS: steps} if steps else {})}
    return told


def renumbered_line(line: Mapping[str, Any], renumber: Renumber) -> dict[str, Any]:
    """A line of the journal, with every key in it, and in what it says of its row, renumbered."""
    about = line["table"]
    sides = {side: line[side] and renumbered(about, line[side], renumber) for side in ("before", "after")}
    return {
        **renumbered("journal", line, renumber),
        **sides,
        "row_key": str(renumber(pointers(about)[own_key(about)], int(line["row_key"]))),
    }


def renumber_all(rows: Listed) -> Listed:
    """The same rows, every row that they name, there or gone, numbered from 1 in the order of its key."""
    keys = named_in(rows)
    numbers = {table: {key: rank for rank, key in enumerate(sorted(found), 1)} for table, found in keys.items()}
    return told_with(rows, lambda table, key: numbers[table][key])


def named_in(rows: Listed) -> dict[str, set[int]]:
    """Every row that these rows name, themselves included, by table."""
    found: dict[str, set[int]] = defaultdict(set)

    def note(table: str, key: int) -> int:
        found[table].add(key)
        return key

    told_with(rows, note)
    return found


def told_with(rows: Listed, renumber: Renumber) -> Listed:
    """The same rows, with every key renumbered."""
    return {
        table: [
            renumbered_line(values, renumber) if table == "journal" else renumbered(table, values, renumber)
            for values in found
        ]
        for table, found in rows.items()
    }
