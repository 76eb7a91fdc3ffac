"""The journal: every row an act changes is written down in the act's own transaction.

The session itself writes it, so that no command can forget; a write outside an act is refused. The same listener
notes which revisions must move.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, event, func, insert, inspect, select, text, update
from sqlalchemy.orm import InstanceState, Session, UOWTransaction

from db.chunks import chunks
from db.exchange.values import PERSONAL as PERSONAL_FIELDS
from db.models import (
    Act,
    ActionSheet,
    AgendaItem,
    Base,
    Body,
    BodyInitiative,
    Breakdown,
    Decision,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Initiative,
    JournalEntry,
    Measurement,
    Meeting,
    PersonDetail,
    Placement,
    Publication,
    Revision,
    Target,
    Unsettled,
)
from db.models.base import now_utc
from db.models.directory import new_salt
from db.rules.vocabulary import ChangeKind

UNWATCHED = {"account_key", "act", "credential", "draft", "journal", "revision", "throttle", "web_session"}
DIRECTORY = {"actor", "organisation", "organisation_alias", "person", "person_detail"}
REFERENCE = {"term", "term_alias", "territory", "territory_outline"}
RIGHTS = {"account", "body_member", "consultation", "grant"}
PERSONAL: dict[str, frozenset[str]] = {
    "handover": frozenset({"word"}),  # from one person to another
    "person_detail": frozenset({"name", "email", "phone"}),
    "proposal": frozenset({"name", "function"}),
    "reading_link": frozenset({"for_whom"}),  # a body or a structure; people write names
    "weather_entry": frozenset({"signed_by"}),  # a function by convention; people write names
    "unsettled": frozenset({"raw", "settled_as"}),  # of the cells of a file that name people
}
"""The columns of which the journal keeps a digest, table by table. What it does not hold cannot be taken back."""
NEVER_KEPT = {"salt", "openings", "last_opening_at"}
ONCE, LAST_ACT = "once", "last_act"
DIGEST = "sha256:"


def plain(value: Any) -> Any:
    """A column's value as canonical JSON knows it: dates in ISO, decimals as text, codes as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def digest(value: Any, salt: str) -> str | None:
    """What the journal keeps of a personal detail: enough to see that it changed, nothing to read.

    Keyed (HMAC-SHA256) by a salt that the journal does not hold: a telephone number or a first name would otherwise
    be found by trying them all.
    """
    if value is None:
        return None
    return DIGEST + hmac.new(salt.encode(), json.dumps(plain(value)).encode(), hashlib.sha256).hexdigest()[:16]


def is_digest(table: str, column: str, value: Any) -> bool:
    """Whether the journal holds, of this value, a digest alone."""
    return column in PERSONAL.get(table, ()) and isinstance(value, str) and value.startswith(DIGEST)


def names_people(field: str | None) -> bool:
    """Whether cells of this field of a file name people."""
    return field in PERSONAL_FIELDS


def _keeper(row: Base) -> Callable[[str, Any], Any]:
    """How each value of a row enters the journal: as it is, or as a digest.

    The key is the person's own, gone when they are erased; where there is none, one made on the spot and forgotten.
    """
    hidden = PERSONAL.get(row.__tablename__)
    if hidden is None or (isinstance(row, Unsettled) and not names_people(row.field)):
        return lambda _column, value: plain(value)
    salt = row.salt if isinstance(row, PersonDetail) else new_salt()
    return lambda column, value: digest(value, salt) if column in hidden else plain(value)


def row_values(row: Base) -> dict[str, Any]:
    """The columns of a row, as the journal keeps them."""
    keep = _keeper(row)
    keys = [column.key for column in inspect(type(row)).column_attrs if column.key not in NEVER_KEPT]
    return {key: getattr(row, key) if key.endswith("_id") else keep(key, getattr(row, key)) for key in keys}


def row_key(row: Base) -> str:
    """The primary key of a row, as text."""
    return ",".join(str(part) for part in inspect(type(row)).primary_key_from_instance(row))


def watch(session: Session) -> None:
    """Have every flush of this session journalled."""
    event.listen(session, "after_flush", _record)


def _record(session: Session, _context: UOWTransaction) -> None:
    changes = [_line(row, ChangeKind.INSERT) for row in session.new]
    changes += [_line(row, ChangeKind.UPDATE) for row in session.dirty if session.is_modified(row)]
    changes += [_line(row, ChangeKind.DELETE) for row in session.deleted]
    lines = [line for line in changes if line and line["table"] not in UNWATCHED]
    if not lines:
        return
    act: Act | None = session.info.get("act")
    if act is None:
        raise RuntimeError("a write outside an act would leave no trace: open one with journal.acting")
    _write(session, act, lines)
    for row in [*session.new, *session.dirty, *session.deleted]:
        _note_scope(session, row)


def added(session: Session, rows: Iterable[Base]) -> None:
    """Write down, under the act that is open, rows that were added all at once, which no flush saw."""
    act: Act = session.info["act"]
    found = list(rows)
    lines = [_line(row, ChangeKind.INSERT) for row in found]
    _write(session, act, [line for line in lines if line is not None])
    for row in found:
        _note_scope(session, row)


def _write(session: Session, act: Act, lines: list[dict[str, Any]]) -> None:
    if lines:
        same = {"act_id": act.id, "initiative_id": act.initiative_id, "at_utc": act.at_utc, "actor_id": act.actor_id}
        session.execute(insert(JournalEntry), [line | same | {"operation": act.operation} for line in lines])
        session.info["wrote"] = True


def _line(row: Any, kind: ChangeKind) -> dict[str, Any] | None:
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    if kind is ChangeKind.INSERT:
        after = row_values(row)
    elif kind is ChangeKind.DELETE:
        before = row_values(row)
    else:
        before, after = _changed(row)
        if not after:
            return None
    return {"table": row.__tablename__, "row_key": row_key(row), "kind": kind, "before": before, "after": after}


def _changed(row: Base) -> tuple[dict[str, Any], dict[str, Any]]:
    state: InstanceState[Any] = inspect(row)
    keep = _keeper(row)
    before, after = {}, {}
    for key in (column.key for column in state.mapper.column_attrs):
        history = state.attrs[key].history
        if not history.has_changes() or key == "version" or key in NEVER_KEPT:
            continue
        was, now = history.deleted[0] if history.deleted else None, getattr(row, key)
        if plain(was) != plain(now):
            before[key], after[key] = keep(key, was), keep(key, now)
    return before, after


def _note_scope(session: Session, row: Any) -> None:
    """Which revisions this row's change must move: a sheet, or a body, moves every plan it appears in."""
    scopes: set[str] = session.info["scopes"]
    sheets: set[int] = session.info["sheets"]
    bodies: set[int] = session.info["bodies"]
    table = row.__tablename__
    for name, tables in (("directory", DIRECTORY), ("reference", REFERENCE), ("rights", RIGHTS)):
        if table in tables:
            scopes.add(name)
    if isinstance(row, FundingDecisionEntry | FundingEvent):
        row = session.get(FundingLine, row.line_id) or row
    elif isinstance(row, Target | Measurement | Breakdown):
        row = session.get(Indicator, row.indicator_id) or row
    elif isinstance(row, Decision | AgendaItem):
        row = session.get(Meeting, row.meeting_id) or row
    if isinstance(row, Body):
        bodies.add(row.id)
    elif getattr(row, "body_id", None):
        bodies.add(row.body_id)
    if isinstance(row, Initiative):
        scopes.add(f"initiative:{row.id}")
    if isinstance(row, Initiative | Publication):
        scopes.add("initiatives")
    if isinstance(row, ActionSheet):
        sheets.add(row.id)
    elif getattr(row, "sheet_id", None):
        sheets.add(row.sheet_id)
    if getattr(row, "initiative_id", None):
        scopes.add(f"initiative:{row.initiative_id}")


def once(session: Session, key: str) -> bool:
    """Whether the act of this key is still to be done. If so, the next act of the session bears it.

    A double click, a second tab or a form sent again come here with the key of the first, and do nothing.
    """
    if session.scalar(select(Act.id).where(Act.idempotency_key == key)) is not None:
        return False
    session.info[ONCE] = key
    return True


def last_act(session: Session) -> int | None:
    """The act that this session has just done, for whoever offers to take it back."""
    done: int | None = session.info.get(LAST_ACT)
    return done


def newest(session: Session) -> int:
    """The number of the last line of the journal: what is written later comes after it."""
    return session.scalar(select(func.max(JournalEntry.seq))) or 0


@contextmanager
def acting(
    session: Session,
    actor_id: int,
    operation: str,
    label: str,
    initiative_id: int | None = None,
) -> Iterator[Act]:
    """One act of a user. Everything flushed inside is journalled under it; its revisions move at the end.

    `operation` is the command's name, `label` what the history shows (« Import du plan … »). Inside an act that is
    already open, the outer one goes on: commands are made of commands. Under `once`, the first act of the session
    bears its key, which no other act may bear. An act that changed nothing leaves no trace.
    """
    if "act" in session.info:
        yield session.info["act"]
        return
    _move(session, ["all"])  # first, so that acts are one after the other and `seq` is in one order
    act = Act(
        operation=operation,
        label=label,
        initiative_id=initiative_id,
        actor_id=actor_id,
        at_utc=now_utc(),
        idempotency_key=session.info.pop(ONCE, None),
    )
    session.add(act)
    session.flush()
    session.info.update({"act": act, LAST_ACT: act.id, "scopes": set(), "sheets": set(), "bodies": set()})
    try:
        yield act
        session.flush()
        if "wrote" in session.info:
            _move_noted(session, act)
        else:
            _forget(session, act)
    finally:
        for name in ("act", "scopes", "sheets", "bodies", "wrote"):
            session.info.pop(name, None)


def _forget(session: Session, act: Act) -> None:
    """Nobody has seen the act nor the revision it began by moving: they are as if they had not been."""
    _move(session, ["all"], by=-1)
    session.info.pop(LAST_ACT)
    session.delete(act)
    session.flush()


def _move_noted(session: Session, act: Act) -> None:
    scopes: set[str] = session.info["scopes"]
    for some in chunks(session.info["sheets"]):
        plans = select(Placement.initiative_id).where(Placement.sheet_id.in_(some)).distinct()
        scopes.update(f"initiative:{key}" for key in session.scalars(plans))
    shared = select(BodyInitiative.initiative_id).where(BodyInitiative.body_id.in_(session.info["bodies"]))
    scopes.update(f"initiative:{key}" for key in session.scalars(shared))
    if act.initiative_id is not None:
        scopes.add(f"initiative:{act.initiative_id}")
    _move(session, sorted(scopes))


def move(session: Session, scopes: Iterable[str]) -> None:
    """Move these revisions by one, inside an act that writes what the journal does not keep (the territories)."""
    session.info["wrote"] = True
    _move(session, scopes)


def _move(session: Session, scopes: Iterable[str], by: int = 1) -> None:
    for scope in scopes:
        moved = session.execute(update(Revision).where(Revision.scope == scope).values(n=Revision.n + by))
        if not cast(CursorResult[Any], moved).rowcount:
            session.execute(insert(Revision).values(scope=scope, n=by))


STANDING = text(
    "SELECT scope, n FROM revision WHERE scope IN ('all', 'rights', 'initiatives', 'directory', 'reference') "
    "OR scope = (SELECT 'initiative:' || id FROM initiative WHERE code = :code AND archived_at IS NULL)"
)


def standing(connection: Connection, initiative_code: str | None) -> dict[str, int]:
    """Where the common revisions and those of one initiative are; a scope never moved is not there.

    Asked at every read of every page: one query, written by hand because it is the one that must cost nothing.
    """
    rows = connection.execute(STANDING, {"code": initiative_code})
    return {row.scope: row.n for row in rows}
