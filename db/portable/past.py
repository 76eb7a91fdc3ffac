"""The journal of a démarche: the lines about its rows, those that are gone included, and the acts that wrote them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.chunks import chunks
from db.journal import plain
from db.models import Act, Base, JournalEntry
from db.portable.gathering import Rows, Values, mentions, rows_where, shared_rows
from db.portable.tables import OWNED, SHARED, WITHOUT, own_key
from db.rules.history import UNTOLD
from db.rules.vocabulary import ChangeKind

ADOPTION = "adopt_initiative"
"""The operation of the acts by which a démarche was taken in: where they were done is where they are told."""
OF_ADOPTION = ("initiative", *SHARED)
"""The tables in which an adoption writes by itself; the next one writes its own."""

RowKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """The lines of the journal of a démarche in their order, their acts, and the rows that it shares with others."""

    lines: list[Values]
    acts: list[Values]
    shared: Rows


def past_of(session: Session, initiative_id: int, own: Rows) -> Past:
    """What was done on these rows of a démarche, and all that they and their history name."""
    lines = _own_lines(session, initiative_id, own)
    named = _named_by(lines)
    for table, rows in own.items():
        named |= {row for values in rows.values() for row in mentions(table, values)}
    told: list[Values] = []
    while True:  # what the lines of the directory name is of the directory too
        acts = _acts(session, initiative_id, own, lines + told)
        actors = {("actor", act["actor_id"]) for act in acts}
        shared = shared_rows(session, named | _named_by(told) | actors)
        _keep_details(own, shared)
        again = _shared_lines(session, initiative_id, shared)
        if len(again) == len(told):
            return Past(_in_order(lines + told), acts, shared)
        told = again


def _own_lines(session: Session, initiative_id: int, own: Rows) -> list[Values]:
    """The lines about the rows that go, and about those that are gone and that an act of the démarche wrote."""
    mine = _lines(session, initiative_id, JournalEntry.initiative_id == initiative_id)
    rows = {(table, key) for table, found in own.items() for key in found}
    touched = {(line["table"], int(line["row_key"])) for line in mine if line["table"] in OWNED} - rows
    rows |= touched - _there(session, touched)
    return [line for line in _about(session, initiative_id, rows) if not _is_of_adoption(line)]


def _is_of_adoption(line: Mapping[str, object]) -> bool:
    return line["operation"] == ADOPTION and line["table"] in OF_ADOPTION


def _shared_lines(session: Session, initiative_id: int, shared: Rows) -> list[Values]:
    """The lines about the shared rows of which this démarche's acts tell everything: of another, a part would be told
    without the rest, which is not its own."""
    of_plan = set(session.scalars(select(Act.id).where(Act.initiative_id == initiative_id)))
    by_row: dict[RowKey, list[Values]] = defaultdict(list)
    for line in _about(session, initiative_id, {(table, key) for table, found in shared.items() for key in found}):
        by_row[line["table"], int(line["row_key"])].append(line)
    whole = [
        lines
        for lines in by_row.values()
        if lines[0]["kind"] == ChangeKind.INSERT
        and all(line["act_id"] in of_plan and not _is_of_adoption(line) for line in lines)
    ]
    return [line for lines in whole for line in lines]


def _keep_details(own: Rows, shared: Rows) -> None:
    """Names and how to reach people go for those who still have a part in the démarche, and for nobody else."""
    parts = own["involvement"].values()
    there = {part["person_id"] for part in parts if part["archived_at"] is None}
    shared["person_detail"] = {key: values for key, values in shared["person_detail"].items() if key in there}


def _there(session: Session, rows: Collection[RowKey]) -> set[RowKey]:
    """Those of these rows that are in the database."""
    found = set()
    for table, keys in _by_table(rows).items():
        found |= {(table, key) for key in rows_where(session, table, own_key(table), keys)}
    return found


def _about(session: Session, initiative_id: int, rows: Collection[RowKey]) -> list[Values]:
    """The lines about these rows, whoever's acts wrote them, in order."""
    found: list[Values] = []
    for table, keys in _by_table(rows).items():
        for some in chunks(keys):
            about = JournalEntry.row_key.in_([str(key) for key in some])
            found += _lines(session, initiative_id, JournalEntry.table == table, about)
    return _in_order(found)


def _lines(session: Session, initiative_id: int, *where: ColumnElement[bool]) -> list[Values]:
    rows = session.execute(select(Base.metadata.tables["journal"]).where(*where)).mappings()
    return [_line({name: plain(value) for name, value in row.items()}, initiative_id) for row in rows]


def _line(line: Values, initiative_id: int) -> Values:
    """A line as it is told elsewhere: it names no other démarche, and holds nothing of the columns that stay."""
    hidden = WITHOUT.get(line["table"], frozenset())
    for side in ("before", "after"):
        if line[side] is not None:
            line[side] = {name: value for name, value in line[side].items() if name not in hidden}
    if line["initiative_id"] != initiative_id:
        line["initiative_id"] = None
    return line


def _in_order(lines: Iterable[Values]) -> list[Values]:
    return sorted(lines, key=lambda line: int(line["seq"]))


def _acts(session: Session, initiative_id: int, own: Rows, lines: Iterable[Values]) -> list[Values]:
    """The acts of these lines, and of the imports. One that another démarche did bears no words of its own: they may
    name what is that one's alone."""
    keys = {line["act_id"] for line in lines} | {run["act_id"] for run in own["import_run"].values()}
    found = rows_where(session, "act", own_key("act"), keys)
    for act in found.values():
        if act["initiative_id"] not in (None, initiative_id):
            act["label"], act["initiative_id"] = UNTOLD, None
        if act["undoes_id"] not in found:
            act["undoes_id"] = None
    return [found[key] for key in sorted(found)]


def _named_by(lines: Iterable[Mapping[str, object]]) -> set[RowKey]:
    """The rows that the lines name, in what they say of theirs."""
    found: set[RowKey] = set()
    for line in lines:
        for values in (line["before"], line["after"]):
            if isinstance(values, dict):
                found |= mentions(str(line["table"]), values)
    return found


def _by_table(rows: Iterable[RowKey]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for table, key in rows:
        found[table].add(key)
    return found
