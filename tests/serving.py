"""A Streamlit server started as a reader's is, on a free port, with the shipped configuration; ended with its block."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address without a final slash, its process, and where it writes its log."""

    url: str
    pid: int
    log: Path


def free_port() -> int:
    """A port nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    app: Path,
    *,
    database_url: str | None = None,
    test_sign_in: bool = False,
    port: int | None = None,
    by_accounts: bool = False,
) -> Iterator[Server]:
    """Run `streamlit run app` from the project's root until the block ends, on a free port unless one is given.

    `test_sign_in` lets a browser say by a cookie which account it is; with `by_accounts`, everybody signs in.

    Raises RuntimeError, with the end of the log, when it stops or stays silent.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    environment = {**os.environ, "TEST_SIGN_IN": str(test_sign_in)}
    if by_accounts:
        environment |= {"ACCESS": "accounts", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"the server did not start:\n{server.log.read_text(errors='replace')[-3000:]}")
