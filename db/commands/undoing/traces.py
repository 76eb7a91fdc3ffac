"""What an act did, row by row, read from the journal; and the values of the journal as columns hold them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import Date, Enum, Numeric, inspect, select
from sqlalchemy.orm import Session

from db import journal
from db.chunks import chunks
from db.commands.undoing import leaning
from db.commands.undoing.leaning import RowKey
from db.models import MODELS, Act, Base, JournalEntry, PersonDetail
from db.models.base import UtcDateTime
from db.rules.vocabulary import ChangeKind

DERIVED = frozenset({"search_text", "sort_key"})
NOT_COMPARED = {"version", *DERIVED}
ORDER = "position"


@dataclass
class Trace:
    """What an act did to one row, from first to last."""

    model: type[Base]
    key: tuple[Any, ...]
    inserted: bool = False
    deleted: dict[str, Any] | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)

    @property
    def row(self) -> RowKey:
        return self.table, self.key[0]

    @property
    def is_change(self) -> bool:
        """Whether the act changed a row that was there before it, and left it there."""
        return not self.inserted and self.deleted is None

    @property
    def is_shared(self) -> bool:
        """Whether the act added a row to the common directory, which others may have used or mended since."""
        return self.inserted and (self.table in leaning.DIRECTORY or self.table in leaning.SAID_OF)

    @property
    def is_lost(self) -> bool:
        """Whether the journal holds nothing that could be written back: personal details, of which it has digests."""
        if self.inserted:
            return False
        if self.deleted is None:
            return not self.before
        columns = self.model.__table__.columns
        return any(journal.is_digest(self.table, c, v) and not columns[c].nullable for c, v in self.deleted.items())

    def moved(self, row: Base) -> frozenset[str]:
        """The columns that no longer hold what the act wrote. Where a row that it added stands in a list is no change
        of what it says."""
        now = journal.row_values(row)
        compared = self.after.keys() - NOT_COMPARED - ({ORDER} if self.inserted else set())
        return frozenset(column for column in compared if now.get(column) != self.after[column])


def of_acts(session: Session, acts: Iterable[Act]) -> list[Trace]:
    """One trace a row, in the order these acts, taken as one, first touched them; nothing of a row that they added and
    removed."""
    traces: dict[tuple[str, str], Trace] = {}
    of_them = JournalEntry.act_id.in_([act.id for act in acts])
    for line in session.scalars(select(JournalEntry).where(of_them).order_by(JournalEntry.seq)):
        model = MODELS[line.table]
        trace = traces.setdefault((line.table, line.row_key), Trace(model, _key(line.row_key)))
        if line.kind is ChangeKind.INSERT:
            trace.inserted, trace.deleted = True, None
            trace.after = dict(line.after or {})
        elif line.kind is ChangeKind.UPDATE:
            trace.before = {**(line.before or {}), **trace.before}
            trace.after |= line.after or {}
        else:
            trace.deleted = {**(line.before or {}), **trace.before}
    told = [trace for trace in traces.values() if _says_something(trace)]
    for trace in told:
        _forget_digests(trace)
    return told


def _says_something(trace: Trace) -> bool:
    """Whether anything is left of what the act did to a row; what it wrote and wrote back is left out."""
    if trace.inserted:
        return trace.deleted is None
    for column in [column for column, value in trace.before.items() if trace.after.get(column) == value]:
        del trace.before[column], trace.after[column]
    return trace.deleted is not None or bool(trace.before)


def _forget_digests(trace: Trace) -> None:
    """A digest is neither written back nor compared, but for a person's own, whose key is in their row."""
    if trace.model is PersonDetail and trace.inserted:
        return
    sides = (trace.before, trace.after)
    hidden = {key for side in sides for key, value in side.items() if journal.is_digest(trace.table, key, value)}
    if trace.model is PersonDetail and hidden:
        hidden |= set(trace.before)  # the day and the origin of a name go with it
    for side in sides:
        for key in hidden:
            side.pop(key, None)


def _key(row_key: str) -> tuple[Any, ...]:
    return tuple(int(part) if part.isdigit() else part for part in row_key.split(","))


def by_table(traces: Iterable[Trace]) -> list[tuple[str, list[Trace]]]:
    """The traces of each table, in the order the tables are first met."""
    found: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        found[trace.table].append(trace)
    return list(found.items())


def rows_of(session: Session, traces: Iterable[Trace]) -> dict[RowKey, Base]:
    """The rows that the act touched and that are still there, a few queries a table."""
    found: dict[RowKey, Base] = {}
    for table, of_table in by_table(traces):
        (own,) = inspect(MODELS[table]).primary_key
        for some in chunks(trace.key[0] for trace in of_table):
            for row in session.scalars(select(MODELS[table]).where(own.in_(some))):
                found[table, getattr(row, own.name)] = row
    return found


def typed(model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Journal values as the columns hold them, digests left out."""
    columns = model.__table__.columns
    return {
        name: _as_column(columns[name].type, value)
        for name, value in values.items()
        if name in columns and not journal.is_digest(model.__tablename__, name, value)
    }


def _as_column(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return _member(kind.enum_class, value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Numeric):
        return Decimal(value)
    return value


def _member(enum_class: type[PythonEnum], value: str) -> PythonEnum:
    return enum_class(value)
