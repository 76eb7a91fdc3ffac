"""Processes that write are killed without warning, again and again: what was acknowledged is there, and whole.

At length a backend of PostgreSQL is killed with them: the server then throws away all that it held in memory, and
recovers from its log.
"""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from selectors import EVENT_READ, DefaultSelector
from types import ModuleType

from sqlalchemy import Engine, func, select, text

from db import check
from db.engine import reading
from db.errors import BaliseError
from db.journal import PERSONAL
from db.models import Act, JournalEntry
from tests.builders import plan_in
from tests.conftest import Databases, viewer_in
from tests.reliability.told import Told
from tests.reliability.writer import write_on

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.reliability.writer"])  # what a writer imports is imported once
PATIENCE = 60  # seconds without a single acknowledgement, or without an answer of the server: they are stuck


def started(target: Callable[..., object], *told: object) -> BaseProcess:
    """A process of one's own that runs this. It must not run the main module too, which is a page of Streamlit's once
    pages were tested in this process."""
    process, main = FORKS.Process(target=target, args=told), sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
    return process


def crash(engine: Engine, *, kills: int, writers: int, acts: int, seed: int = 0, backends: bool = False) -> Told:
    """Start `writers` processes, kill them all once they have acknowledged some `acts`, look; `kills` times over.

    `backends`: kill one of PostgreSQL's own processes first, while they write.
    """
    chance, acknowledged, lost, unsound = random.Random(seed), 0, 0, 0
    for turn in range(kills):
        said = _until_killed(engine, writers, chance.randint(acts // 2, acts), seed + 1000 * (turn + 1), backends)
        acknowledged += len(said)
        lost += len(said) - _found(engine, said)
        unsound += _unsound(engine)
    return Told("crash", engine.dialect.name, acknowledged, kills, lost + unsound, overwritten(engine), kills)


def _until_killed(engine: Engine, writers: int, acts: int, seed: int, backends: bool) -> set[int]:
    """The acts that the writers of one turn acknowledged before they were killed."""
    url = engine.url.render_as_string(hide_password=False)
    running, ears, heard = [], DefaultSelector(), bytearray()
    for n in range(writers):
        ear, mouth = FORKS.Pipe(duplex=False)
        process = started(write_on, url, seed + n, mouth)
        mouth.close()
        os.set_blocking(ear.fileno(), False)
        ears.register(ear, EVENT_READ, bytearray())
        running.append(process)
    try:
        while heard.count(b"\n") < acts:
            ready = ears.select(PATIENCE)
            assert ready, "no writer acknowledged anything"
            for key, _ in ready:
                more = os.read(key.fd, 65536)
                assert more, "a writer stopped by itself"
                heard += _lines(key.data, more)
        if backends:
            os.kill(_a_backend(engine), signal.SIGKILL)
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.join()
        for key in list(ears.get_map().values()):
            while rest := os.read(key.fd, 65536):
                heard += _lines(key.data, rest)
            key.fileobj.close()
    if backends:
        _wait_for(engine)
    return {int(line) for line in bytes(heard).split()}


def _a_backend(engine: Engine) -> int:
    """The process of PostgreSQL that serves one of the writers."""
    with reading(engine) as session:
        others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        return int(session.scalar(text(f"SELECT pid FROM pg_stat_activity WHERE {others} LIMIT 1")) or 0)


def _wait_for(engine: Engine) -> None:
    """Until the server, that recovers, answers again."""
    pause, latest = threading.Event(), time.monotonic() + PATIENCE
    while True:
        try:
            with reading(engine) as session:
                session.execute(text("SELECT 1"))
            return
        except BaliseError:
            assert time.monotonic() < latest, "the server did not come back"
            pause.wait(0.05)


def _lines(begun: bytearray, more: bytes) -> bytes:
    """The whole lines that are there now; what begins another stays."""
    begun += more
    whole, _, rest = bytes(begun).rpartition(b"\n")
    begun[:] = rest
    return whole + b"\n" if whole else b""


def _found(engine: Engine, said: set[int]) -> int:
    """How many of these acts are in the database, each with its lines of the journal."""
    with reading(engine) as session:
        there = set(session.scalars(select(JournalEntry.act_id).distinct()))
    return len(said & there)


def _unsound(engine: Engine) -> int:
    """1 when an act has no line, when the file is damaged, or when a promise of the data is broken."""
    with reading(engine) as session:
        bare = select(func.count()).select_from(Act).where(Act.id.not_in(select(JournalEntry.act_id)))
        half = session.scalar(bare.where(Act.operation != "load_territories")) or 0
        damaged = engine.dialect.name == "sqlite" and session.scalar(text("PRAGMA integrity_check")) != "ok"
    return int(bool(half or damaged or check.problems(engine)))


def overwritten(engine: Engine) -> int:
    """How many lines of the journal say that a value was replaced which was no longer there: an unknown overwriting."""
    held: dict[tuple[str, str], dict[str, object]] = {}
    clashes = 0
    with reading(engine) as session:
        lines = select(JournalEntry.table, JournalEntry.row_key, JournalEntry.before, JournalEntry.after)
        for table, key, before, after in session.execute(lines.order_by(JournalEntry.seq)).yield_per(10_000):
            if table in PERSONAL:
                continue  # digests, each under a key of its own
            row = held.setdefault((table, key), {})
            clashes += any(row[name] != value for name, value in (before or {}).items() if name in row)
            row |= after or {}
    return clashes


def at_length(kind: str) -> Told:
    """50 kills on SQLite, 20 on PostgreSQL with one of its own processes each time: 200,000 writes and more.

    A new plan, in a new database, every ten kills.
    """
    turns = {"sqlite": 5, "postgresql": 2}[kind]
    acknowledged = lost = overwrites = 0
    with Databases.apart() as made:
        for turn in range(turns):
            engine = made.copy(kind, to_be_broken=True)
            if kind == "postgresql":
                made.keep_commits(engine)
            plan_in(engine, viewer_in(engine))
            told = crash(engine, kills=10, writers=8, acts=4100, seed=100_000 * turn, backends=kind == "postgresql")
            engine.dispose()
            print(told.line(), file=sys.stderr, flush=True)  # how far it is: the whole takes its time
            acknowledged, lost = acknowledged + told.acknowledged, lost + told.lost
            overwrites += told.silent_overwrites
    return Told("crash", kind, acknowledged, 10 * turns, lost, overwrites, 10 * turns)
