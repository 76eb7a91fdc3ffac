"""The disk is full, or somebody else holds the base: a French sentence, all or nothing, and it works again after."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event, func, select, text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from components import workspace
from db import check
from db import engine as engines
from db.commands import drafts
from db.commands.imports import apply_import
from db.commands.plan import add_axis
from db.engine import make_engine, reading, writing
from db.errors import Busy, Full
from db.models import Act, ActionSheet, Axis, JournalEntry, Placement
from db.rules.sections import Section
from db.settings import ROOT
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON, Databases
from tests.exchange.files import plan_of_rows
from tests.exchange.importing import BUS, CARE, HEADER
from tests.pages.opening import on_database, opened, words

LONG = "Une phrase qui occupe de la place sur le disque. " * 400
TABLES = (Act, JournalEntry, Axis, ActionSheet)


class Disk:
    """A disk with so many pages, for the engine that it is given to."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.pages = engine, 2**30
        event.listen(engine, "checkout", self._limit)

    def _limit(self, connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={self.pages}")

    def fill(self) -> None:
        """No page is left beyond those that are used."""
        self.engine.dispose()
        with closing(sqlite3.connect(str(self.engine.url.database))) as connection:
            connection.execute("VACUUM")
            (self.pages,) = connection.execute("PRAGMA page_count").fetchone()

    def free(self) -> None:
        """There is room again; the server goes on without being restarted."""
        self.pages = 2**30


@pytest.fixture
def plan(sqlite_engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(sqlite_engine, viewer)


@pytest.fixture
def disk(sqlite_engine: Engine, plan: Plan) -> Disk:
    return Disk(sqlite_engine)


def counts(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def add(engine: Engine, viewer: Viewer, plan: Plan, title: str = "Un axe de plus") -> None:
    with writing(engine) as session:
        add_axis(session, viewer, initiative_id=plan.initiative_id, title=title, code=None)


def test_a_full_disk_refuses_a_save_and_loses_nothing_acknowledged(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan, disk: Disk
):
    disk.fill()
    disk.pages += 12
    written = 0
    with pytest.raises(Full, match="Il n'y a plus de place sur le disque du serveur"):
        for number in range(1000):
            add(sqlite_engine, viewer, plan, f"Axe {number} {'très ' * 40}long")
            written += 1
    assert written > 0
    with reading(sqlite_engine) as session:
        assert session.scalar(select(func.count()).where(Axis.title.like("Axe %long"))) == written
    assert check.problems(sqlite_engine) == []
    disk.free()
    add(sqlite_engine, viewer, plan)


def test_a_full_disk_refuses_a_draft_with_the_same_sentence_and_keeps_what_it_held(
    sqlite_engine: Engine, viewer: Viewer, disk: Disk
):
    with writing(sqlite_engine) as session:
        key = drafts.start_draft(session, viewer, "sheet:1", {}).key
        drafts.keep(session, viewer, key, {"title": "Gardé"})
    disk.fill()
    with pytest.raises(Full), writing(sqlite_engine) as session:
        drafts.keep(session, viewer, key, {"title": LONG})
    with reading(sqlite_engine) as session:
        assert drafts.draft_of(session, viewer, key)[0].value("title") == "Gardé"
    disk.free()
    with writing(sqlite_engine) as session:
        drafts.keep(session, viewer, key, {"title": LONG})


def test_a_full_disk_refuses_an_import_whole(sqlite_engine: Engine, viewer: Viewer, disk: Disk, tmp_path: Path):
    rows = [HEADER, *([*BUS[:2], f"{BUS[2]} {number}", *BUS[3:]] for number in range(200)), CARE]
    draft = plan_of_rows(tmp_path, rows)
    disk.fill()
    before = counts(sqlite_engine)
    with pytest.raises(Full), writing(sqlite_engine) as session:
        apply_import(session, viewer, draft, digest="0" * 64, on=ON)
    assert counts(sqlite_engine) == before
    assert check.problems(sqlite_engine) == []
    disk.free()
    with writing(sqlite_engine) as session:
        apply_import(session, viewer, draft, digest="0" * 64, on=ON)
    assert counts(sqlite_engine)[-1] == before[-1] + 201


def test_a_backup_that_finds_no_room_is_told_and_leaves_nothing_behind(sqlite_engine: Engine, tmp_path: Path):
    """The system itself refuses that the process writes a file of more than 200 kB."""
    script = (
        "import resource; from pathlib import Path; from db import backup, shelf; from db.engine import engine\n"
        "from db.errors import BaliseError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))\n"
        "print(shelf.keep_daily(engine())); print(shelf.before_import())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "print(shelf.keep_daily(engine()))\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": sqlite_engine.url.render_as_string(),
        "BACKUP_DIR": str(tmp_path / "sauvegardes"),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    daily, before_import, then = done.stdout.splitlines()
    assert daily == "None"
    assert before_import.startswith("La sauvegarde d'avant l'import n'a pas pu se faire. ")
    assert "disque" in before_import
    assert "La sauvegarde automatique du jour n'a pas pu se faire." in done.stderr
    assert sorted(path.name for path in (tmp_path / "sauvegardes").iterdir()) == [
        Path(then).name,
        f"{Path(then).name}.sha256",
    ]


@pytest.fixture
def holder(sqlite_engine: Engine) -> Iterator[sqlite3.Connection]:
    """Another program, that holds the base for itself."""
    with closing(
        sqlite3.connect(str(sqlite_engine.url.database), isolation_level=None, check_same_thread=False)
    ) as connection:
        yield connection


def test_a_short_wait_is_silent(sqlite_engine: Engine, viewer: Viewer, plan: Plan, holder: sqlite3.Connection):
    before = counts(sqlite_engine)
    holder.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(1, holder.execute, ["COMMIT"])
    release.start()
    add(sqlite_engine, viewer, plan)
    release.join()
    assert counts(sqlite_engine)[2] == before[2] + 1


def test_beyond_the_wait_a_page_says_so_keeps_what_was_typed_and_works_again(own_demo: Engine):
    with on_database(own_demo):
        event.listen(engines.engine(), "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
        with reading(own_demo) as session:
            place = session.scalars(select(Placement.id).where(Placement.code == "2.1")).one()
        app = opened("sheet.py", fiche=str(place), modifier=Section.RATIONALE.value, vue=workspace.PREPARATION)
        before = counts(own_demo)
        with closing(sqlite3.connect(str(own_demo.url.database), isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            app.text_area[0].set_value("Un constat neuf").run()
            pressed(app).click().run()
            assert not app.exception
            assert "Une autre écriture est en cours" in app.error[0].value
            assert app.text_area[0].value == "Un constat neuf"
            assert counts(own_demo) == before
            holder.execute("COMMIT")
        pressed(app).click().run()
        assert not app.error
        assert "Un constat neuf" in words(app)


def pressed(app: AppTest) -> Button:
    return next(found for found in app.button if found.label == "Enregistrer")


@pytest.mark.postgresql
def test_on_postgresql_too_a_writer_waits_in_silence_then_is_told(databases: Databases, viewer: Viewer):
    base = databases.copy("postgresql")
    plan = plan_in(base, viewer)
    address = base.url.set(drivername="postgresql").render_as_string(hide_password=False)
    before = counts(base)
    with psycopg.connect(address) as holder:
        holder.execute("SELECT n FROM revision WHERE scope = 'all' FOR UPDATE")
        impatient = make_engine(address)
        event.listen(impatient, "checkout", lambda connection, *_: connection.execute("SET lock_timeout = 100"))
        with pytest.raises(Busy, match="réessayez dans un instant"):
            add(impatient, viewer, plan)
        impatient.dispose()
        release = threading.Timer(0.5, holder.rollback)
        release.start()
        add(base, viewer, plan)
        release.join()
    assert counts(base)[2] == before[2] + 1


def test_sqlite_waits_as_long_as_it_is_said_to(sqlite_engine: Engine):
    with reading(sqlite_engine) as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == engines.PATIENCE == 5000
