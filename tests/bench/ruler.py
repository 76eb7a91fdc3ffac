"""The ruler: `stload.py` put to a running server, and what a server's process says of itself."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.serving import Server

STLOAD = Path(__file__).with_name("stload.py")
ROUNDS, TRIES = 40, 3


class BrokenPageError(RuntimeError):
    """A page showed an error while it was measured: its time means nothing."""


def load(server: Server, page: str, *, sessions: int = 1, rounds: int = ROUNDS, think: float = 0.0) -> dict[str, Any]:
    """One run of the ruler on a page. Raises BrokenPageError when the page showed an exception."""
    command = load_command(server, page, sessions=sessions, rounds=rounds, think=think)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    if measured["exceptions"]:
        raise BrokenPageError(f"{page}: {measured['exceptions']}")
    return measured


def load_command(server: Server, page: str, *, sessions: int, rounds: int, think: float) -> list[str]:
    """The command that puts this load on a page."""
    options = ["--sessions", str(sessions), "--rounds", str(rounds), "--think", str(think)]
    return [sys.executable, str(STLOAD), server.url, page, *options]


def page_ms(server: Server, page: str) -> float:
    """Milliseconds of a cached page: the best of three medians of 40 rounds of one session."""
    load(server, page, rounds=5)
    return min(float(load(server, page)["p50_ms"]) for _ in range(TRIES))


def after_write_ms(server: Server, page: str, write: Callable[[int], None], times: int = 15) -> float:
    """Milliseconds of the first run that follows a write: the median of as many writes."""
    load(server, page, rounds=5)
    taken = []
    for turn in range(times):
        write(turn)
        taken.append(float(load(server, page, rounds=1)["cold_ms"]))
    return median(taken)


def view_cpu_ms(server: Server, page: str, views: int = 20) -> float:
    """Server CPU of one view, in milliseconds: the document, the websocket, the full script; a mean over `views`."""
    load(server, page, rounds=5)
    before = cpu_seconds(server)
    for _ in range(views):
        with urllib.request.urlopen(server.url + page, timeout=30) as document:
            document.read()
        load(server, page, rounds=1)
    return 1000 * (cpu_seconds(server) - before) / views


def cpu_seconds(server: Server) -> float:
    """CPU seconds, user and system, that the server's process has taken."""
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)


def memory_mb(server: Server) -> float:
    """Resident memory of the server's process, in megabytes."""
    return float(psutil.Process(server.pid).memory_info().rss) / 1024**2


def memory_under_load(server: Server, page: str, sessions: int, moments: tuple[float, float]) -> tuple[float, float]:
    """Resident memory, in megabytes, at two moments (seconds) of `sessions` sessions with one second of thought."""
    rounds = int(moments[1]) + 60
    command = load_command(server, page, sessions=sessions, rounds=rounds, think=1.0)
    visitors = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = []
    passed = 0.0
    try:
        for moment in moments:
            try:
                visitors.wait(moment - passed)
                raise BrokenPageError(f"{page}: the visitors left before {moment:.0f} s")
            except subprocess.TimeoutExpired:
                found.append(memory_mb(server))
                passed = moment
    finally:
        visitors.terminate()
        visitors.wait()
    return found[0], found[1]
