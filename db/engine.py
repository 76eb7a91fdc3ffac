"""Engines and sessions, for pages, routes and command line alike.

SQLite: WAL, foreign keys, a patient `busy_timeout`, `synchronous=FULL` (an acknowledged write survives a power cut)
and `BEGIN IMMEDIATE` for writes, because a deferred transaction that reads then writes fails at once under WAL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.orm import Session

from db import journal
from db.models import Revision
from db.settings import settings

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA synchronous=FULL",
)
IN_TURN = select(Revision.n).where(Revision.scope == "all").with_for_update()


def make_engine(url: str) -> Engine:
    """An engine for this address, with the promises above on every connection.

    `postgresql://` is read with psycopg, whichever way the address was written.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@cache
def engine() -> Engine:
    """The engine of this installation (`DATABASE_URL`)."""
    return make_engine(settings().database_url)


@contextmanager
def reading(on: Engine | None = None) -> Iterator[Session]:
    """A session to read with: one consistent picture, given back at the end."""
    with Session(on or engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(on: Engine | None = None) -> Iterator[Session]:
    """One transaction, all or nothing; what it changes is journalled (`db.journal`).

    Writers are one after the other from their first read, on both engines: what a command compares with what was
    shown cannot change before it writes. SQLite does it by `BEGIN IMMEDIATE`, PostgreSQL by the lock of `IN_TURN`.
    """
    bind = (on or engine()).execution_options(writes=True)
    with Session(bind, expire_on_commit=False) as session:
        journal.watch(session)
        with session.begin():
            session.execute(IN_TURN)
            yield session
