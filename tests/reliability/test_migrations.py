"""A database of any released version comes to this one whole, with all it held, wherever a kill stopped it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from db.settings import ROOT
from tests.conftest import Databases
from tests.reliability import migrating

OLDER = migrating.released()[:-1]


def test_a_migration_that_is_killed_has_done_nothing_and_starts_again(databases: Databases) -> None:
    """From the first release, in the middle and at the commit itself; all releases, on both engines, at length."""
    assert list(migrating.restarted(databases, "sqlite", 2)) == [[], []]


def test_the_release_before_is_saved_then_brought_to_this_one_with_all_it_held(
    databases: Databases, tmp_path: Path
) -> None:
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
    assert migrating.exported(old) == migrating.exported_demo(databases, "sqlite")
    old.dispose()
