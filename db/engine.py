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
from sqlalchemy.pool import ConnectionPoolEntry

from db import failures, journal
from db.errors import Unavailable
from db.models import Revision
from db.settings import settings

PATIENCE = 5000
"""How long a writer waits for its turn, in milliseconds, on both engines."""
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={PATIENCE}",
    "PRAGMA synchronous=FULL",
)
FILE = "file"
IN_TURN = select(Revision.n).where(Revision.scope == "all").with_for_update()


def make_engine(url: str) -> Engine:
    """An engine for this address, with the promises above on every connection.

    `postgresql://` is read with psycopg, whichever way the address was written.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        server = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        event.listen(server, "connect", _prepare_postgresql)
        return server
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    if parsed.database and parsed.database != ":memory:":
        _InItsPlace(engine, Path(parsed.database))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


class _InItsPlace:
    """Sees to it that a file taken away, or replaced, under a server that runs is no longer written in.

    SQLite would go on writing in what has no name any more: acknowledged, and lost at the next start.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine, self.path, self.was_opened = engine, path, False
        event.listen(engine, "do_connect", self.opening)
        event.listen(engine, "connect", self.opened)
        event.listen(engine, "begin", self.beginning)

    def opening(self, *_connecting: object) -> None:
        """No empty file is made where there was one; the first connection alone may make it."""
        if self.was_opened and not self.path.exists():
            raise Unavailable(failures.MISSING)

    def opened(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """Remember which file this connection is to."""
        self.was_opened = True
        record.info[FILE] = self.identity()

    def beginning(self, connection: Connection) -> None:
        """Refuse to write in a file that is no longer the one in this place; the next try opens the one that is."""
        if not connection.get_execution_options().get("writes", False):
            return
        known, now = connection.info.get(FILE), self.identity()
        if known is not None and known != now:
            self.engine.dispose()
            raise Unavailable(failures.MISSING)

    def identity(self) -> tuple[int, int] | None:
        """What a file keeps when it is renamed; None when there is none here."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = {PATIENCE}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@cache
def engine() -> Engine:
    """The engine of this installation (`DATABASE_URL`)."""
    return make_engine(settings().database_url)


@contextmanager
def reading(on: Engine | None = None) -> Iterator[Session]:
    """A session to read with: one consistent picture, given back at the end.

    A failure of the database itself is raised as a sentence (`db.failures`).
    """
    with failures.explained(), Session(on or engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(on: Engine | None = None) -> Iterator[Session]:
    """One transaction, all or nothing; what it changes is journalled (`db.journal`).

    Writers are one after the other from their first read, on both engines: what a command compares with what was
    shown cannot change before it writes. SQLite does it by `BEGIN IMMEDIATE`, PostgreSQL by the lock of `IN_TURN`.
    Raises `Busy` beyond `PATIENCE`, `Full` and `Unavailable` when the disk or the database fails (`db.failures`).
    """
    bind = (on or engine()).execution_options(writes=True)
    with failures.explained(), Session(bind, expire_on_commit=False) as session:
        journal.watch(session)
        with session.begin():
            session.execute(IN_TURN)
            yield session
