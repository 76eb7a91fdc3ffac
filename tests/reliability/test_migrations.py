"""A database of any released version comes to this one whole, with all it held, wherever a kill stopped it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from db import migrate
from db.settings import ROOT
from tests.conftest import BOTH, Databases
from tests.reliability import migrating

OLDER = migrating.released()[:-1]


def test_a_database_of_the_release_before_comes_to_this_one_with_all_it_held(databases: Databases) -> None:
    """Those of all releases, on both engines, are brought up at length."""
    engine = migrating.golden(databases, "sqlite", OLDER[-1])
    assert migrate.current(engine) == OLDER[-1]
    assert migrating.brought_up(engine, OLDER[-1], migrating.exported_demo(databases, "sqlite")) == []
    assert migrate.current(engine) == migrate.head()
    engine.dispose()


@pytest.mark.parametrize("kind", BOTH)
def test_a_migration_that_is_killed_has_done_nothing_and_starts_again(databases: Databases, kind: str) -> None:
    """From the first release: in the middle on SQLite, and at the commit itself on both."""
    kills = {"sqlite": 2, "postgresql": 1}[kind]
    assert list(migrating.restarted(databases, kind, kills)) == [[]] * kills


def test_what_is_there_is_saved_before_it_is_brought_up(databases: Databases, tmp_path: Path) -> None:
    old = migrating.golden(databases, "sqlite", OLDER[-1])
    done = subprocess.run(
        [sys.executable, "-m", "db", "init"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": str(old.url), "BACKUP_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "sauvegardée avant sa mise à jour" in done.stdout
    (saved,) = tmp_path.glob("*.db")
    with closing(sqlite3.connect(saved)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (OLDER[-1],)
        kept = connection.execute("SELECT count(*) FROM journal").fetchone()
    with old.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM journal").one() >= kept > (1000,)
    old.dispose()
