"""A backup made under load, put back by the documented command: all up to an act, and nothing after it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import check, shelf
from db.backup import TO_RESTORE, TO_SAVE
from db.engine import make_engine, reading
from db.models import Act, Axis, JournalEntry
from db.models.base import Base
from db.rules.backups import BackupKind
from db.rules.vocabulary import ChangeKind
from db.settings import ROOT
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import Databases

BACKUPS, WRITERS = 4, 2
ENOUGH = 20
"""Acts that each writer does before the first backup and between two."""


def writer(engine: Engine, initiative_id: int, name: str) -> subprocess.Popen[str]:
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.reliability.writing_on", address, str(initiative_id), name]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def acknowledged(process: subprocess.Popen[str], acts: set[int]) -> None:
    """Read the acts that this writer says are written, until there are enough of them."""
    assert process.stdout is not None
    for _ in range(ENOUGH):
        acts.add(int(process.stdout.readline()))


def acts_of(engine: Engine) -> set[int]:
    with reading(engine) as session:
        return set(session.scalars(select(Act.id)))


def axes_of(engine: Engine) -> tuple[set[int], set[int]]:
    """The axes there are, and those that the journal says were added."""
    with reading(engine) as session:
        added = select(JournalEntry.row_key).where(
            JournalEntry.table == Axis.__tablename__, JournalEntry.kind == ChangeKind.INSERT
        )
        return set(session.scalars(select(Axis.id))), {int(key) for key in session.scalars(added)}


def test_a_backup_made_while_others_write_is_one_moment_of_the_base_and_comes_back_by_the_command(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
):
    plan = plan_in(sqlite_engine, viewer)
    writers = [writer(sqlite_engine, plan.initiative_id, name) for name in ("Un", "Deux")[:WRITERS]]
    said: set[int] = set()
    made: list[tuple[Path, set[int]]] = []
    for _ in range(BACKUPS):
        for process in writers:
            acknowledged(process, said)
        before = set(said)
        made.append((shelf.save(sqlite_engine, BackupKind.BY_HAND), before))
    for process in writers:
        rest, _ = process.communicate("")
        said |= {int(line) for line in rest.split()}
    assert [process.returncode for process in writers] == [0] * WRITERS
    final = acts_of(sqlite_engine)
    assert said <= final
    for number, (file, acknowledged_before) in enumerate(made):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'balise.db'}"}
        command = [sys.executable, "-m", "db", "restore", str(file), "--yes"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        back = make_engine(environment["DATABASE_URL"])
        held = acts_of(back)
        assert acknowledged_before <= held
        assert held == {act for act in final if act <= max(held)}
        there, told = axes_of(back)
        assert there == told
        assert check.problems(back) == []
        back.dispose()


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything there is, table by table."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.postgresql
def test_postgresql_is_saved_and_put_back_by_the_very_commands_that_balise_gives(
    databases: Databases, viewer: Viewer, tmp_path: Path
):
    base, elsewhere = databases.copy("postgresql"), databases.empty("postgresql")
    plan_in(base, viewer, code="avant")
    saved = rows_of(base)

    def run(command: str, engine: Engine) -> None:
        engine.dispose()
        address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        path = os.pathsep.join([str(databases.server.bin_path), os.environ["PATH"]])
        environment = {**os.environ, "DATABASE_URL": address, "PATH": path}
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")

    run(TO_SAVE, base)
    plan_in(base, viewer, code="apres")
    assert rows_of(base) != saved
    for engine in (base, elsewhere):
        run(TO_RESTORE, engine)
        assert rows_of(engine) == saved
        assert check.problems(engine) == []
    plan_in(base, viewer, code="ensuite")
