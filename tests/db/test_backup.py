"""Saving and bringing back: nothing overwritten, nothing damaged let in, nothing lost."""

import hashlib
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import backup as backups
from db import check, migrate
from db.engine import make_engine, reading, writing
from db.errors import Refused
from db.journal import standing
from db.models import Account, AccountKey, Initiative, WebSession
from db.rules.access import AccountKeyKind
from db.viewer import Viewer
from tests.builders import a_plan, plan_in
from tests.conftest import Databases


def codes(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Initiative.code).order_by(Initiative.id)))


@pytest.fixture
def saved(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Path:
    """A backup of a database with one plan, « avant »; another plan, « apres », was added since."""
    plan_in(sqlite_engine, viewer, code="avant")
    file = tmp_path / "sauvegarde.db"
    backups.backup(sqlite_engine, file)
    plan_in(sqlite_engine, viewer, code="apres")
    return file


def test_a_backup_is_one_sound_file_with_its_digest(sqlite_engine: Engine, saved: Path) -> None:
    noted, name = backups.digest_path(saved).read_text().split()
    assert (noted, name) == (hashlib.sha256(saved.read_bytes()).hexdigest(), "sauvegarde.db")
    assert sorted(path.name for path in saved.parent.iterdir()) == ["sauvegarde.db", "sauvegarde.db.sha256"]
    copy = make_engine(f"sqlite:///{saved}")
    assert codes(copy) == ["avant"]
    assert check.problems(copy) == []


def test_a_backup_never_overwrites_a_file(sqlite_engine: Engine, saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(Refused, match="existe déjà"):
        backups.backup(sqlite_engine, saved)
    assert saved.read_bytes() == before


def test_a_backup_is_made_while_somebody_writes(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    plan_in(sqlite_engine, viewer, code="fini")
    with writing(sqlite_engine) as session:
        a_plan(session, viewer, code="en-cours")
        backups.backup(sqlite_engine, tmp_path / "pendant.db")
    assert codes(make_engine(f"sqlite:///{tmp_path / 'pendant.db'}")) == ["fini"]


def test_a_damaged_database_is_not_saved_as_if_it_were_sound(sqlite_engine: Engine, tmp_path: Path) -> None:
    sqlite_engine.dispose()
    broken = tmp_path / "abimee.db"
    content = bytearray(Path(str(sqlite_engine.url.database)).read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\x7f" * (4096 * 37)
    broken.write_bytes(content)
    with pytest.raises(Refused, match="abîmée"):
        backups.backup(make_engine(f"sqlite:///{broken}"), tmp_path / "copie.db")
    assert not (tmp_path / "copie.db").exists()


def test_a_restored_database_is_the_saved_one_and_the_other_is_kept(
    sqlite_engine: Engine, saved: Path, tmp_path: Path
) -> None:
    kept = backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    assert codes(sqlite_engine) == ["avant"]
    assert kept is not None
    assert codes(make_engine(f"sqlite:///{kept}")) == ["avant", "apres"]


def test_no_revision_comes_back_to_a_number_already_seen(sqlite_engine: Engine, saved: Path, tmp_path: Path) -> None:
    with reading(sqlite_engine) as session:
        before = standing(session, "avant")
    backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    with reading(sqlite_engine) as session:
        after = standing(session, "avant")
    assert all(after[scope] > n for scope, n in before.items())


def test_a_backup_is_restored_where_there_was_no_database(saved: Path, tmp_path: Path) -> None:
    fresh = make_engine(f"sqlite:///{tmp_path / 'neuve' / 'balise.db'}")
    assert backups.restore(fresh, saved, tmp_path / "avant.db") is None
    assert codes(fresh) == ["avant"]


def test_a_damaged_current_database_is_kept_byte_for_byte(saved: Path, tmp_path: Path) -> None:
    current = tmp_path / "balise.db"
    current.write_bytes(b"plus rien de lisible" * 500)
    kept = backups.restore(make_engine(f"sqlite:///{current}"), saved, tmp_path / "avant.db")
    assert kept is not None
    assert kept.read_bytes() == b"plus rien de lisible" * 500
    assert codes(make_engine(f"sqlite:///{current}")) == ["avant"]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9000])


def _alter(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE initiative SET name = 'Autre nom'")


def _forget_digest(path: Path) -> None:
    backups.digest_path(path).unlink()


def _truncate_without_digest(path: Path) -> None:
    _truncate(path)
    _forget_digest(path)


def _another_software(path: Path) -> None:
    path.unlink()
    _forget_digest(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")


def _a_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))


def _newer(path: Path) -> None:
    _forget_digest(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_truncate, "a été modifié"),
        (_alter, "a été modifié"),
        (_truncate_without_digest, "abîmé ou incomplet"),
        (_another_software, "autre logiciel"),
        (_a_picture, "n'est pas une sauvegarde"),
        (_newer, "version plus récente"),
        (Path.unlink, "n'existe pas"),
    ],
)
def test_a_file_that_is_not_a_sound_backup_changes_nothing(
    sqlite_engine: Engine, saved: Path, tmp_path: Path, damage: Callable[[Path], None], sentence: str
) -> None:
    damage(saved)
    with pytest.raises(Refused, match=sentence) as refusal:
        backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    assert refusal.value.message.endswith("Rien n'a été changé.")
    assert codes(sqlite_engine) == ["avant", "apres"]
    assert not (tmp_path / "avant.db").exists()


def test_postgresql_is_told_its_own_tools(tmp_path: Path) -> None:
    engine = make_engine("postgresql://localhost/balise")
    for act in (lambda: backups.backup(engine, tmp_path / "x"), lambda: backups.restore(engine, tmp_path, tmp_path)):
        with pytest.raises(Refused, match="pg_dump"):
            act()


def test_a_restored_copy_of_an_older_schema_is_brought_up_before_it_takes_its_place(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    old = make_engine(f"sqlite:///{tmp_path / 'ancienne.db'}")
    migrate.upgrade(old, "0003")
    backups.backup(old, tmp_path / "sauvegarde.db")
    backups.restore(sqlite_engine, tmp_path / "sauvegarde.db", tmp_path / "avant.db")
    assert migrate.current(sqlite_engine) == migrate.head()


def test_nothing_is_restored_under_a_server_that_runs(sqlite_engine: Engine, saved: Path, tmp_path: Path) -> None:
    elsewhere = make_engine(sqlite_engine.url.render_as_string())
    with reading(elsewhere) as session:
        session.connection()
    with pytest.raises(Refused, match="Balise est en marche"):
        backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    assert codes(sqlite_engine) == ["avant", "apres"]
    elsewhere.dispose()
    backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    assert codes(sqlite_engine) == ["avant"]


def test_who_was_signed_in_when_the_backup_was_made_is_not_signed_in_again(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as session:
        account = session.scalars(select(Account.id)).first()
        ends = datetime(2030, 1, 1, tzinfo=UTC)
        session.add(WebSession(digest="0" * 64, account_id=account, ends_at=ends))
        session.add(AccountKey(kind=AccountKeyKind.INVITATION, digest="1" * 64, account_id=account, ends_at=ends))
    backups.backup(sqlite_engine, tmp_path / "sauvegarde.db")
    backups.restore(sqlite_engine, tmp_path / "sauvegarde.db", tmp_path / "avant.db")
    with reading(sqlite_engine) as session:
        assert session.scalars(select(WebSession)).all() == session.scalars(select(AccountKey)).all() == []
        assert session.scalars(select(Account.id)).first() == account


def test_a_line_that_leads_nowhere_is_seen_before_the_copy_is_called_a_backup(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, databases: Databases
) -> None:
    broken = databases.copy("sqlite", to_be_broken=True)
    plan_in(broken, viewer, code="avant")
    broken.dispose()
    with closing(sqlite3.connect(str(broken.url.database))) as connection, connection:
        connection.execute("UPDATE placement SET sheet_id = 999999 WHERE id = (SELECT min(id) FROM placement)")
    with pytest.raises(Refused, match="qui n'existe pas"):
        backups.backup(broken, tmp_path / "copie.db")
    assert list(tmp_path.glob("copie.db*")) == []


def test_one_hundred_damaged_files_are_refused_and_nothing_is_touched(
    sqlite_engine: Engine, saved: Path, tmp_path: Path
) -> None:
    sound, draw = saved.read_bytes(), random.Random(7)
    for number in range(100):
        damaged = bytearray(sound)
        if number % 2:
            at = draw.randrange(len(damaged))
            damaged[at] ^= 1 << draw.randrange(8)
        else:
            del damaged[draw.randrange(len(damaged)) :]
        saved.write_bytes(damaged)
        with pytest.raises(Refused, match="Rien n'a été changé"):
            backups.restore(sqlite_engine, saved, tmp_path / "avant.db")
    assert codes(sqlite_engine) == ["avant", "apres"]
    assert not (tmp_path / "avant.db").exists()
