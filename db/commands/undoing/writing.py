"""Writing back what an act wrote, but for what is held: tried until the schema and the promises of the plan agree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import journal
from db.commands import plan
from db.commands.common import set_numbers_aside
from db.commands.undoing import upheld
from db.commands.undoing.leaning import Pointer, RowKey, columns_to, fate_of
from db.commands.undoing.since import Held
from db.commands.undoing.traces import DERIVED, ORDER, Trace, by_table, typed
from db.models import MODELS, ActionSheet, Amendment, Base, Placement

RANK = {table.name: rank for rank, table in enumerate(Base.metadata.sorted_tables)}
NUMBER = "code"
ENDS = frozenset(name for name in RANK if next(columns_to(name), None) is None)
"""The tables to which nothing points: their rows may go first."""
REASONS = {
    "unique": "son ancien numéro ou son ancien nom est pris depuis",
    "foreign key": "ce à quoi il se rattachait n'existe plus",
    "check": "ses anciennes valeurs ne vont plus avec ce qui a été écrit depuis",
}
CODES = {
    "23505": "unique",
    "23503": "foreign key",
    "23514": "check",
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign key",
    "SQLITE_CONSTRAINT_CHECK": "check",
}
"""What each engine calls the constraint that it upholds."""

Write = tuple[RowKey, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: the rows held, by whatever reason; those of others that lean on some; whether anything moved."""

    held: dict[RowKey, Held]
    held_by: frozenset[RowKey]
    is_something: bool


def write_back(
    session: Session, traces: Sequence[Trace], rows: Mapping[RowKey, Base], held: Mapping[RowKey, Held]
) -> Outcome:
    """Deleted rows come back, changed ones get their former values, added ones go; what is held stays as it is.

    A row that cannot take its former values is held too, and all the rest is tried again without it.
    """
    kept = dict(held)
    while True:
        attempt = _Attempt(session, traces, rows, kept)
        with session.begin_nested() as trial:
            refused = attempt.run()
            if not refused:
                return Outcome(kept, attempt.held_by, attempt.is_something)
            trial.rollback()
        kept |= refused


@dataclass
class _Attempt:
    session: Session
    traces: Sequence[Trace]
    rows: Mapping[RowKey, Base]
    held: Mapping[RowKey, Held]
    held_by: frozenset[RowKey] = frozenset()
    is_something: bool = False
    going: list[Trace] = field(default_factory=list)

    def run(self) -> dict[RowKey, Held]:
        """Write all that is not held; the rows that stood in the way, in which case all of it is to be forgotten."""
        changes = [(trace, self._former(trace)) for trace in self.traces if trace.is_change and not self._stays(trace)]
        changes = [(trace, values) for trace, values in changes if values]
        back = [trace for trace in self.traces if trace.deleted is not None and not self._stays(trace)]
        self._choose_going(changes)
        refused = self._undivided([*(trace for trace, _ in changes), *back, *self.going])
        if refused:
            return refused
        self.is_something = bool(changes or back or self.going)
        self._give_up_numbers(changes)
        self._remove(trace for trace in self.going if trace.table in ENDS)
        refused = self._tried(_layers(self.session, back))
        refused |= self._tried([[(trace.row, self._change(trace, values)) for trace, values in changes]])
        if refused:
            return refused
        self._remove(trace for trace in self.going if trace.table not in ENDS)
        written = {trace.row: frozenset(values) for trace, values in changes}
        written |= {trace.row: frozenset(trace.deleted or ()) for trace in back}
        return upheld.broken(self.session, self.traces, self.rows, written, {trace.row for trace in self.going})

    def _stays(self, trace: Trace) -> bool:
        held = self.held.get(trace.row)
        return held is not None and held.columns is None

    def _former(self, trace: Trace) -> dict[str, Any]:
        """The former values of a row, but for the columns held, and for the order and the search words moved since."""
        held = self.held.get(trace.row)
        now = journal.row_values(self.rows[trace.row])
        left = (held.columns or frozenset()) if held else frozenset()
        left |= {column for column in (*DERIVED, ORDER) if now.get(column) != trace.after.get(column)}
        values = {column: value for column, value in trace.before.items() if column not in left}
        return typed(trace.model, values) if values.keys() - DERIVED else {}

    def _choose_going(self, changes: Iterable[tuple[Trace, dict[str, Any]]]) -> None:
        """Which of the rows that the act added go, once the changed ones point elsewhere."""
        added = {trace.row: trace for trace in self.traces if trace.inserted and trace.row in self.rows}
        mended = {row for row, trace in added.items() if trace.is_shared and trace.moved(self.rows[row])}
        freed: set[Pointer] = {(trace.row, column) for trace, values in changes for column in values}
        fate = fate_of(self.session, added, mended | (added.keys() & self.held.keys()), freed)
        self.going = [trace for row, trace in added.items() if row in fate.going]
        self.held_by = fate.held_by

    def _undivided(self, doing: Iterable[Trace]) -> dict[RowKey, Held]:
        """All that was to be written back, when an avenant that the act added stays: it stays with all it does."""
        going = {trace.row for trace in self.going}
        added = (trace for trace in self.traces if trace.inserted and trace.model is Amendment)
        stays = next((trace.row for trace in added if trace.row in self.rows and trace.row not in going), None)
        why = Held(None, "il a servi ou changé depuis, et se garde ou se retire en entier", stays)
        return {trace.row: why for trace in doing} if stays else {}

    def _give_up_numbers(self, changes: Iterable[tuple[Trace, dict[str, Any]]]) -> None:
        """A number that passes from one fiche to another is first given up by the one that bears it."""
        numbered = [trace for trace, values in changes if NUMBER in values] + self.going
        keys = [trace.key[0] for trace in numbered if trace.model is Placement]
        if keys:
            set_numbers_aside(self.session, keys)

    def _change(self, trace: Trace, values: Mapping[str, Any]) -> Callable[[], None]:
        def write() -> None:
            row = self.rows[trace.row]
            for column, value in values.items():
                setattr(row, column, value)
            if isinstance(row, ActionSheet) and not DERIVED & trace.before.keys() <= values.keys():
                plan.index(row)

        return write

    def _tried(self, layers: Sequence[Sequence[Write]]) -> dict[RowKey, Held]:
        """Do these writes together or, when the schema refuses some, one by one; those that it refuses."""
        try:
            with self.session.begin_nested():
                for layer in layers:
                    for _, write in layer:
                        write()
                    self.session.flush()
            return {}
        except IntegrityError:
            return self._one_by_one([write for layer in layers for write in layer])

    def _one_by_one(self, writes: Iterable[Write]) -> dict[RowKey, Held]:
        refused = {}
        for row, write in writes:
            try:
                with self.session.begin_nested():
                    write()
                    self.session.flush()
            except IntegrityError as error:
                refused[row] = Held(None, _reason(error))
        return refused

    def _remove(self, going: Iterable[Trace]) -> None:
        """Children before parents, and the leaves of a tree before what they stand under."""
        for table, traces in sorted(by_table(going), key=lambda found: -RANK[found[0]]):
            rows = {trace.key[0]: self.rows[trace.row] for trace in traces}
            own = _own_keys(table)
            while rows:
                parents = {getattr(row, name) for row in rows.values() for name in own}
                for key in [key for key in rows if key not in parents] or list(rows):
                    self.session.delete(rows.pop(key))
                self.session.flush()


def _layers(session: Session, back: Iterable[Trace]) -> list[list[Write]]:
    """The rows to add again, those that others point to first, and of a tree those that others stand under."""
    found = []
    for table, traces in sorted(by_table(back), key=lambda of_table: RANK[of_table[0]]):
        waiting, own = {trace.key[0]: trace for trace in traces}, _own_keys(table)
        while waiting:
            roots = [
                key for key, t in waiting.items() if not any((t.deleted or {}).get(name) in waiting for name in own)
            ]
            layer = [waiting.pop(key) for key in roots or list(waiting)]
            found.append([(trace.row, _adding(session, trace)) for trace in layer])
    return found


def _adding(session: Session, trace: Trace) -> Callable[[], None]:
    return lambda: session.add(MODELS[trace.table](**typed(trace.model, trace.deleted or {})))


def _own_keys(table: str) -> list[str]:
    """The columns by which rows of a table stand under, or lead to, others of it."""
    keys = Base.metadata.tables[table].foreign_keys
    return [key.parent.name for key in keys if key.column.table.name == table]


def _reason(error: IntegrityError) -> str:
    """In words, what the schema refused; raises the error when it is none of what time can do."""
    told = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    if told not in CODES:
        raise error
    return REASONS[CODES[told]]
