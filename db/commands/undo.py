"""Taking an act back: what it wrote and still holds is written back; what changed since is asked, never overwritten."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import Date, Enum, Numeric, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import journal
from db.errors import Conflict, Invalid, Refused
from db.models import Act, Base, JournalEntry
from db.models.base import UtcDateTime
from db.rights import Operation
from db.rules.labels import COLUMNS, TABLES
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, require

MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
DERIVED = {"search_text", "sort_key"}
NOT_COMPARED = {"version", *DERIVED}


@dataclass
class Trace:
    """What an act did to one row, from first to last."""

    model: type[Base]
    key: tuple[Any, ...]
    inserted: bool = False
    deleted: dict[str, Any] | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def undo_act(session: Session, viewer: Viewer, act_id: int) -> int:
    """Take a whole act back, as one new act; gives that act's id.

    Raises Refused when the viewer may not write there, Invalid when it was already taken back, and Conflict, with
    each row that changed since, in which case nothing is written.
    """
    done = session.get(Act, act_id)
    if done is None:
        raise Refused("Cet acte n'existe pas, ou il ne vous est pas ouvert.")
    require(viewer, Operation.WRITE, done.initiative_id)
    if session.scalar(select(Act.id).where(Act.undoes_id == act_id)):
        raise Invalid("Cet acte a déjà été annulé. Rien n'a été changé.")
    traces = _traces(session, act_id)
    changed = _changed_since(session, traces)
    if changed:
        raise Conflict(
            "Annulation impossible : ce qui suit a été modifié depuis. Rien n'a été changé ; "
            "reprenez ces points un à un, ou conservez-les.",
            tuple(changed),
        )
    label = f"Annulation : {done.label}"
    with journal.acting(session, viewer.actor_id, "undo_act", label, done.initiative_id, undoes_id=act_id) as act:
        try:
            _write_back(session, traces)
        except IntegrityError as error:
            raise Conflict(
                "Annulation impossible : des éléments ajoutés depuis s'appuient sur ce que cet acte avait créé. "
                "Rien n'a été changé ; retirez-les d'abord."
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
    return [trace for trace in traces.values() if not (trace.inserted and trace.deleted)]


def _key(row_key: str) -> tuple[Any, ...]:
    return tuple(int(part) if part.isdigit() else part for part in row_key.split(","))


def _changed_since(session: Session, traces: Iterable[Trace]) -> list[str]:
    """A sentence for each row that no longer holds what the act wrote."""
    sentences = []
    for trace in traces:
        row = session.get(trace.model, trace.key)
        table = trace.model.__tablename__
        name = TABLES.get(table, table)
        if trace.deleted is not None:
            if row is not None:
                sentences.append(f"{name} {trace.key[0]} : existe de nouveau")
        elif row is None:
            sentences.append(f"{name} {trace.key[0]} : retiré depuis")
        else:
            now = journal.row_values(row)
            moved = [c for c, value in trace.after.items() if c not in NOT_COMPARED and now.get(c) != value]
            if moved:
                told = COLUMNS.get(table, {})
                fields = sorted(told.get(column, column) for column in moved)
                sentences.append(f"{name} « {_title(now)} » : {', '.join(fields)}")
    return sentences


def _title(values: dict[str, Any]) -> str:
    return str(next((values[k] for k in ("title", "name", "label", "text", "code") if values.get(k)), values.get("id")))


def _write_back(session: Session, traces: list[Trace]) -> None:
    """Deleted rows come back, changed ones get their former values, created ones go, children before parents."""
    order = {table.name: rank for rank, table in enumerate(Base.metadata.sorted_tables)}
    for trace in sorted((t for t in traces if t.deleted is not None), key=lambda t: order[t.model.__tablename__]):
        session.add(trace.model(**_typed(trace.model, trace.deleted or {})))
        session.flush()
    for trace in traces:
        if trace.deleted is None and not trace.inserted:
            row = session.get_one(trace.model, trace.key)
            now = journal.row_values(row)
            stale = {column for column in DERIVED if now.get(column) != trace.after.get(column)}
            for column, value in _typed(trace.model, trace.before).items():
                if column not in stale:
                    setattr(row, column, value)
    session.flush()
    created: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        if trace.inserted:
            created[trace.model.__tablename__].append(trace)
    for table in sorted(created, key=lambda name: -order[name]):
        _delete(session, created[table])


def _delete(session: Session, traces: list[Trace]) -> None:
    """Delete the rows of one table, leaves of its tree first when rows of it stand under others."""
    rows = {trace.key: session.get_one(trace.model, trace.key) for trace in traces}
    while rows:
        parents = {(getattr(row, "parent_id", None),) for row in rows.values()}
        leaves = [key for key in rows if key not in parents] or list(rows)
        for key in leaves:
            session.delete(rows.pop(key))
        session.flush()


def _typed(model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """Journal values as the columns hold them."""
    columns = model.__table__.columns
    return {name: _as_column(columns[name].type, value) for name, value in values.items() if name in columns}


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
