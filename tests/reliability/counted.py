"""The protocols that are tests of their own, counted as the others are: how many cases, how many not as promised."""

import sys
from collections import Counter
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import pytest

from tests.reliability.told import Told

FOLDER = Path(__file__).resolve().parent
TESTS = {
    "any-failure": ("test_any_failure.py",),
    "lost-updates": ("test_lost_updates.py", "test_undo_at_once.py", "test_undo_of_anything.py"),
    "backups": ("test_backups.py",),
    "full-or-busy": ("test_full_or_busy.py",),
    "uploads": ("test_uploads.py",),
    "killed-or-impatient": ("../e2e/test_editing.py",),
}
"""The files of each of these protocols; what they promise is at their head."""


class _Count:
    """Counts the cases of an engine: those that do not say which are SQLite's."""

    def __init__(self, engine: str) -> None:
        self.engine, self.seen = engine, Counter[str]()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        on_server = [item.get_closest_marker("postgresql") is not None for item in items]
        items[:] = [item for item, server in zip(items, on_server, strict=True) if server == (self.engine != "sqlite")]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or report.when == "call":
            self.seen[report.outcome] += 1


def _counted(name: str, engine: str) -> Told:
    count = _Count(engine)
    paths = [str(FOLDER / path) for path in TESTS[name]]
    with redirect_stdout(sys.stderr):
        code = pytest.main(["-q", "-p", "no:cacheprovider", *paths], [count])
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED), code
    return Told(name, engine, lost=count.seen["failed"], cases=count.seen.total())


PROTOCOLS = {name: partial(_counted, name) for name in TESTS}
