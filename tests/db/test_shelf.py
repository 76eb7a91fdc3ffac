"""The folder of backups: made by themselves, once a day whoever runs, few enough, told when they fail."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from db import backup as backups
from db import shelf
from db.engine import make_engine, reading
from db.errors import Refused
from db.rules.access import Role
from db.rules.backups import BackupKind, Seal
from db.settings import ROOT
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import Databases


@pytest.fixture
def base(databases: Databases, tmp_path: Path) -> Engine:
    """A database alone in its folder, beside which its backups go."""
    path = tmp_path / "balise.db"
    shutil.copyfile(databases.template("sqlite").removeprefix("sqlite:///"), path)
    return make_engine(f"sqlite:///{path}")


def kinds(base: Engine) -> list[BackupKind]:
    return [item.kind for item in shelf.kept(base)]


def test_a_day_has_one_automatic_backup(base: Engine, tmp_path: Path) -> None:
    made = shelf.keep_daily(base)
    assert made is not None
    assert made.parent == tmp_path / "sauvegardes"
    assert shelf.keep_daily(base) is None
    (item,) = shelf.kept(base)
    assert (item.name, item.kind, item.seal) == (made.name, BackupKind.AUTOMATIC, Seal.SEALED)
    assert item.size == made.stat().st_size
    backups.refuse_unless_ours(made)


def test_several_processes_make_only_one(base: Engine, tmp_path: Path) -> None:
    script = "from db import shelf; from db.engine import engine; print(shelf.keep_daily(engine()))"
    environment = {**os.environ, "DATABASE_URL": base.url.render_as_string()}
    running = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert sorted(answer != b"None" for answer in said) == [False, False, False, True]
    assert [path.suffix for path in sorted((tmp_path / "sauvegardes").iterdir())] == [".db", ".sha256"]


def test_a_copy_that_was_interrupted_stops_no_later_one_and_is_swept_away(base: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "sauvegardes"
    folder.mkdir()
    day = shelf.now_utc()
    left = [folder / f"balise-{day:%Y%m%d}.partiel", folder / "balise-automatique-20260101-000000-000000.db.partiel"]
    for path in left:
        path.touch()
    assert shelf.keep_daily(base) is None
    for path in left:
        os.utime(path, (0, 0))
    assert shelf.keep_daily(base) is not None
    assert [path for path in left if path.exists()] == []


def test_rotation_takes_old_automatic_ones_and_their_digests_alone(base: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "sauvegardes"
    folder.mkdir()
    old = [folder / f"balise-automatique-2025{month:02d}15-000000-000000.db" for month in range(1, 13)]
    others = [folder / "autre-automatique-20250115-000000-000000.db", folder / "balise.db", folder / "notes.txt"]
    for path in [*old, *others]:
        path.touch()
        backups.digest_path(path).touch()
    shelf.keep_daily(base)
    assert len(shelf.kept(base)) == 13
    for number in range(15):
        (folder / f"balise-automatique-202601{number + 1:02d}-000000-000000.db").touch()
    shelf.save(base, BackupKind.BY_HAND)
    assert [path for path in [*others, *old[8:]] if not path.exists()] == []
    assert [path for path in old[:8] if path.exists() or backups.digest_path(path).exists()] == []


@pytest.mark.parametrize("save", [shelf.keep_daily, shelf.before_import])
def test_the_folder_is_opened_by_the_account_of_balise_alone(base: Engine, save: Callable[[Engine], object]) -> None:
    save(base)
    assert shelf.folder(base).stat().st_mode & 0o077 == 0


def test_a_backup_precedes_each_import(base: Engine) -> None:
    assert shelf.before_import(base) is None
    assert kinds(base) == [BackupKind.BEFORE_IMPORT]


def test_a_backup_that_fails_is_a_sentence_in_the_log_and_on_the_page_and_goes_with_the_next_that_succeeds(
    base: Engine, viewer: Viewer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sauvegardes").write_text("un fichier à la place du dossier")
    with caplog.at_level(logging.ERROR, "balise.sauvegarde"):
        assert shelf.keep_daily(base) is None
    with reading(base) as session:
        told = shelf.listing(session, viewer).failure
        assert told is not None
        assert told.startswith("La sauvegarde automatique du jour n'a pas pu se faire. Le dossier des sauvegardes")
        assert told in caplog.text
        assert shelf.save_now(session, viewer).has_failed
    assert "La sauvegarde d'avant l'import n'a pas pu se faire" in (shelf.before_import(base) or "")
    (tmp_path / "sauvegardes").unlink()
    assert shelf.keep_daily(base) is not None
    with reading(base) as session:
        assert shelf.listing(session, viewer).failure is None


def test_a_file_touched_since_is_said_to_be(base: Engine, viewer: Viewer) -> None:
    made = shelf.save(base, BackupKind.BY_HAND)
    os.utime(made)
    os.utime(backups.digest_path(made), (0, 0))
    assert shelf.kept(base)[0].seal is Seal.SEALED  # dated anew by a copy, and the same
    made.write_bytes(made.read_bytes()[:-1] + b"x")
    assert shelf.kept(base)[0].seal is Seal.CHANGED
    with reading(base) as session:
        told = shelf.verify_all(session, viewer)
    assert told.has_failed
    assert "a été modifié depuis sa sauvegarde" in told.told
    backups.digest_path(made).unlink()
    assert shelf.kept(base)[0].seal is Seal.UNSEALED


def test_all_is_read_again_and_found_sound(base: Engine, viewer: Viewer) -> None:
    with reading(base) as session:
        assert not shelf.save_now(session, viewer).has_failed
        assert "telles qu'elles ont été faites" in shelf.verify_all(session, viewer).told
    assert kinds(base) == [BackupKind.BY_HAND]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_backups_are_for_who_administers_alone(base: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(base, viewer)
    made = shelf.save(base, BackupKind.BY_HAND)
    for where in (None, plan.initiative_id):
        someone = Viewer(actor_id=1, roles=((where, role),))
        with reading(base) as session:
            for act in (shelf.listing, shelf.save_now, shelf.verify_all):
                with pytest.raises(Refused):
                    act(session, someone)
            with pytest.raises(Refused):
                shelf.file_of(session, someone, made.name)
    with reading(base) as session, pytest.raises(Refused):
        shelf.listing(session, Viewer(actor_id=1, roles=((plan.initiative_id, Role.ADMINISTRATOR),)))
    assert len(shelf.kept(base)) == 1


@pytest.mark.parametrize(
    "name",
    ["../balise.db", "balise.db", "", ".", "/etc/passwd", "..", "balise-manuelle-20260101-000000-000000.db", "x\x00"],
)
def test_no_name_leads_out_of_the_list(base: Engine, viewer: Viewer, name: str) -> None:
    shelf.save(base, BackupKind.BY_HAND)
    with reading(base) as session, pytest.raises(Refused, match="n'existe pas"):
        shelf.file_of(session, viewer, name)


@pytest.mark.postgresql
def test_postgresql_is_told_its_commands_and_nothing_is_written(
    databases: Databases, viewer: Viewer, tmp_path: Path
) -> None:
    server = databases.copy("postgresql")
    assert make_url(str(server.url)).get_backend_name() == "postgresql"
    assert shelf.keep_daily(server) is None
    assert shelf.before_import(server) is None
    with reading(server) as session:
        assert shelf.listing(session, viewer).commands == (backups.TO_SAVE, backups.TO_RESTORE)
        with pytest.raises(Refused, match="n'existe pas"):
            shelf.file_of(session, viewer, "x")
        assert "pg_dump" in shelf.save_now(session, viewer).told
