"""Processes that write are killed without warning, again and again: what was acknowledged is there, and whole.

`python -m tests.reliability.crash` (or `make reliability`) runs it at length, on both engines, and prints a JSON object
a line: `name`, `engine`, `acknowledged`, `kills`, `lost`, `silent_overwrites`, `cases`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

from sqlalchemy import Engine, func, select, text

from db import check
from db.engine import reading
from db.models import Act, JournalEntry
from tests.builders import plan_in
from tests.conftest import Databases, viewer_in

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60  # seconds without a single acknowledgement: the writers are stuck


@dataclass(frozen=True, slots=True)
class Told:
    """What was seen: writes acknowledged, kills, acknowledged writes that are not there, databases found unsound."""

    name: str
    engine: str
    acknowledged: int
    kills: int
    lost: int
    silent_overwrites: int
    cases: int


def crash(engine: Engine, *, kills: int, writers: int, acts: int, seed: int = 0) -> Told:
    """Start `writers` processes, kill them all once they have acknowledged some `acts`, look; `kills` times over."""
    chance, acknowledged, lost, unsound = random.Random(seed), 0, 0, 0
    for turn in range(kills):
        said = _until_killed(engine, writers, chance.randint(acts // 2, acts), seed + 1000 * (turn + 1))
        acknowledged += len(said)
        lost += len(said) - _found(engine, said)
        unsound += _unsound(engine)
    return Told("crash", engine.dialect.name, acknowledged, kills, lost + unsound, 0, kills)


def _until_killed(engine: Engine, writers: int, acts: int, seed: int) -> set[int]:
    """The acts that the writers of one turn acknowledged before they were killed."""
    url = engine.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.writer", url, str(seed + n)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        for n in range(writers)
    ]
    heard, selector = bytearray(), DefaultSelector()
    for process in running:
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        selector.register(process.stdout, EVENT_READ, bytearray())
    try:
        while heard.count(b"\n") < acts:
            ready = selector.select(PATIENCE)
            assert ready, "no writer acknowledged anything"
            for key, _ in ready:
                heard += _lines(key.data, os.read(key.fd, 65536))
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
        for process in running:
            process.wait()
            assert process.stdout is not None
            with suppress(BlockingIOError):
                while rest := os.read(process.stdout.fileno(), 65536):
                    heard += _lines(selector.get_key(process.stdout).data, rest)
            process.stdout.close()
    return {int(line) for line in bytes(heard).split()}


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


def main() -> None:
    """At length: 50 kills on SQLite, 20 on PostgreSQL, 200,000 acknowledged writes and more."""
    made = Databases(Path(tempfile.mkdtemp(prefix="balise-fiabilite-")))
    try:
        for kind, kills, acts in (("sqlite", 50, 4000), ("postgresql", 20, 4000)):
            engine = made.copy(kind, to_be_broken=True)
            plan_in(engine, viewer_in(engine))
            print(json.dumps(asdict(crash(engine, kills=kills, writers=8, acts=acts))), flush=True)
            engine.dispose()
    finally:
        made.close()


if __name__ == "__main__":
    main()
