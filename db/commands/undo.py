"""Taking an act back: what it wrote and still holds is written back; what changed since is asked, never overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import Date, Enum, Numeric, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import journal
from db.commands import leaning
from db.commands.leaning import RowKey
from db.errors import Conflict, Invalid, Refused
from db.models import Act, ActionSheet, Base, JournalEntry, PersonDetail
from db.models.base import UtcDateTime
from db.rights import Operation
from db.rules.labels import COLUMNS, TABLES
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, require

MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
DERIVED = {"search_text", "sort_key"}
NOT_COMPARED = {"version", *DERIVED}
TITLES = ("title", "name", "label", "text", "code")


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


def undo_act(session: Session, viewer: Viewer, act_id: int) -> int:
    """Take a whole act back, as one new act; gives that act's id.

    What it added to the common directory stays where others use it. Personal details that it changed or erased do not
    come back: the journal holds none. Raises Refused when the viewer may not write there, Invalid when it was already
    taken back, and Conflict, with each row that changed since or that leans on what it made, in which case nothing is
    written.
    """
    done = session.get(Act, act_id)
    if done is None:
        raise Refused("Cet acte n'existe pas, ou il ne vous est pas ouvert.")
    require(viewer, Operation.WRITE, done.initiative_id)
    if session.scalar(select(Act.id).where(Act.undoes_id == act_id)):
        raise Invalid("Cet acte a déjà été annulé. Rien n'a été changé.")
    found = _traces(session, act_id)
    traces = [trace for trace in found if not trace.is_lost]
    if found and not traces:
        raise Conflict(
            "Annulation impossible : cet acte n'a changé que des données personnelles, dont le journal ne garde rien. "
            "Rien n'a été changé ; saisissez-les de nouveau s'il le faut."
        )
    rows = _rows(session, traces)
    changed = _changed_since(session, traces, rows)
    if changed:
        raise Conflict(
            "Annulation impossible : ce qui suit a été modifié depuis. Rien n'a été changé ; "
            "reprenez ces points un à un, ou conservez-les.",
            tuple(changed),
        )
    label = f"Annulation : {done.label}" + (" (hors données personnelles)" if len(traces) < len(found) else "")
    with journal.acting(session, viewer.actor_id, "undo_act", label, done.initiative_id, undoes_id=act_id) as act:
        try:
            _write_back(session, traces, rows)
        except IntegrityError as error:
            raise Conflict(
                "Annulation impossible : un numéro ou un nom que cet acte avait libéré est pris depuis. "
                "Rien n'a été changé ; rendez-le d'abord."
            ) from error
    return act.id


def _traces(session: Session, act_id: int) -> list[Trace]:
    """One trace a row, in the order the act first touched them."""
    traces: dict[tuple[str, str], Trace] = {}
    lines = session.scalars(select(JournalEntry).where(JournalEntry.act_id == act_id).order_by(JournalEntry.seq))
    for line in lines:
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
    for trace in traces.values():
        _forget_digests(trace)
    return [trace for trace in traces.values() if not (trace.inserted and trace.deleted)]


def _forget_digests(trace: Trace) -> None:
    """A digest is neither written back nor compared, but for a person's own, whose key is in their row."""
    if trace.model is PersonDetail and trace.inserted:
        return
    sides = (trace.before, trace.after)
    hidden = {key for side in sides for key, value in side.items() if journal.is_digest(trace.table, key, value)}
    if trace.model is PersonDetail:
        hidden |= set(trace.before)  # the day and the origin of a name go with it
    for side in sides:
        for key in hidden:
            side.pop(key, None)


def _key(row_key: str) -> tuple[Any, ...]:
    return tuple(int(part) if part.isdigit() else part for part in row_key.split(","))


def _rows(session: Session, traces: list[Trace]) -> dict[RowKey, Base]:
    """The rows that the act touched and that are still there, a few queries a table."""
    found: dict[RowKey, Base] = {}
    for table, of_table in _by_table(traces):
        (own,) = inspect(MODELS[table]).primary_key
        keys = [trace.key[0] for trace in of_table]
        for start in range(0, len(keys), leaning.AT_ONCE):
            batch = keys[start : start + leaning.AT_ONCE]
            for row in session.scalars(select(MODELS[table]).where(own.in_(batch))):
                found[table, getattr(row, own.name)] = row
    return found


def _changed_since(session: Session, traces: Iterable[Trace], rows: Mapping[RowKey, Base]) -> list[str]:
    """A sentence for each row that no longer holds what the act wrote; the directory's own are merely left as is."""
    sentences = []
    for trace in traces:
        if trace.is_shared:
            continue
        row = rows.get(trace.row)
        if trace.deleted is not None:
            if row is not None:
                sentences.append(f"{_named(session, row)} : existe de nouveau")
        elif row is None:
            sentences.append(f"{TABLES[trace.table]} n° {trace.key[0]} : retiré depuis")
        elif moved := _moved(trace, row):
            told = COLUMNS.get(trace.table, {})
            fields = sorted(told[column] for column in moved if column in told)
            sentences.append(f"{_named(session, row)} : {', '.join(fields) or 'modifié'}")
    return sentences


def _moved(trace: Trace, row: Base) -> list[str]:
    """The columns that no longer hold what the act wrote."""
    now = journal.row_values(row)
    return [column for column, value in trace.after.items() if column not in NOT_COMPARED and now.get(column) != value]


def _named(session: Session, row: Base) -> str:
    """A row as a reader knows it: what it is, its title, and the fiche it belongs to."""
    table = row.__tablename__
    values = journal.row_values(row)
    titles = (values[key] for key in TITLES if values.get(key) and not journal.is_digest(table, key, values[key]))
    title = next(titles, None)
    said = f"{TABLES[table]} « {title} »" if title else f"{TABLES[table]} n° {journal.row_key(row)}"
    sheet = session.get(ActionSheet, values["sheet_id"]) if values.get("sheet_id") else None
    return f"{said} (fiche « {sheet.title} »)" if sheet else said


def _write_back(session: Session, traces: list[Trace], rows: Mapping[RowKey, Base]) -> None:
    """Deleted rows come back, changed ones get their former values, created ones go, children before parents."""
    order = {table.name: rank for rank, table in enumerate(Base.metadata.sorted_tables)}
    for table, deleted in sorted(_by_table(t for t in traces if t.deleted is not None), key=lambda t: order[t[0]]):
        _restore(session, table, deleted)
    for trace in traces:
        if trace.deleted is None and not trace.inserted:
            row = rows[trace.row]
            now = journal.row_values(row)
            stale = {column for column in DERIVED if now.get(column) != trace.after.get(column)}
            for column, value in _typed(trace.model, trace.before).items():
                if column not in stale:
                    setattr(row, column, value)
    session.flush()
    going = _to_remove(session, [trace for trace in traces if trace.inserted and trace.row in rows], rows)
    for table, created in sorted(_by_table(going), key=lambda t: -order[t[0]]):
        _delete(session, table, {trace.key: rows[trace.row] for trace in created})


def _by_table(traces: Iterable[Trace]) -> list[tuple[str, list[Trace]]]:
    found: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        found[trace.table].append(trace)
    return list(found.items())


def _to_remove(session: Session, created: list[Trace], rows: Mapping[RowKey, Base]) -> list[Trace]:
    """The rows that the act made and that go: all, but those of the directory that others use or mended since."""
    mended = [trace.row for trace in created if trace.is_shared and _moved(trace, rows[trace.row])]
    there = {trace.row for trace in created}
    going = there - leaning.used_elsewhere(session, there, mended)
    held_by = leaning.leaning_on(session, going)
    if held_by:
        raise Conflict(
            "Annulation impossible : des éléments ajoutés depuis s'appuient sur ce que cet acte avait créé. "
            "Rien n'a été changé ; retirez-les d'abord.",
            tuple(_named(session, session.get_one(MODELS[table], key)) for table, key in sorted(held_by)),
        )
    return [trace for trace in created if trace.row in going]


def _own_keys(table: str) -> list[str]:
    """The columns by which rows of a table stand under, or lead to, others of it."""
    keys = Base.metadata.tables[table].foreign_keys
    return [key.parent.name for key in keys if key.column.table.name == table]


def _restore(session: Session, table: str, traces: list[Trace]) -> None:
    """Add again the rows of one table, those that others of it stand under first."""
    rows = {trace.key: _typed(trace.model, trace.deleted or {}) for trace in traces}
    own = _own_keys(table)
    while rows:
        roots = [key for key, values in rows.items() if not any((values.get(name),) in rows for name in own)]
        for key in roots or list(rows):
            session.add(MODELS[table](**rows.pop(key)))
        session.flush()


def _delete(session: Session, table: str, rows: dict[tuple[Any, ...], Base]) -> None:
    """Delete these rows of one table, leaves of its tree first when rows of it stand under others."""
    own = _own_keys(table)
    while rows:
        parents = {(getattr(row, name),) for row in rows.values() for name in own}
        leaves = [key for key in rows if key not in parents] or list(rows)
        for key in leaves:
            session.delete(rows.pop(key))
        session.flush()


def _typed(model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
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
