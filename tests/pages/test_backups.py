"""« Sauvegardes »: what is kept, one more at once, for who administers alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db import shelf
from db.backup import TO_RESTORE, TO_SAVE
from db.engine import make_engine
from db.rules.access import Role
from db.rules.backups import BackupKind
from db.viewer import Viewer
from tests.conftest import Databases
from tests.pages.opening import on_database, opened, words


@pytest.fixture
def base(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "balise.db"
    shutil.copyfile(databases.template("sqlite", "demo").removeprefix("sqlite:///"), path)
    made = make_engine(f"sqlite:///{path}")
    with on_database(made):
        yield made


def rows(app: AppTest) -> list[dict[str, str]]:
    return [row for table in app.table for row in table.value.to_dict("records")]


def test_an_empty_shelf_says_when_the_first_backup_comes_and_how_to_restore(base: Engine):
    app = opened("backups.py")
    assert not app.exception
    assert "La première se fait d'elle-même dans la minute" in words(app)
    assert "python -m db restore FICHIER" in words(app)
    assert not app.warning


def test_a_button_saves_at_once_and_the_list_tells_it(base: Engine):
    app = opened("backups.py")
    app.button(key="backups_save").click().run()
    assert not app.exception
    assert "Sauvegarde faite et vérifiée" in app.success[0].value
    (made,) = shelf.kept(base)
    (row,) = rows(app)
    assert row["Laquelle"] == "Faite à la main"
    assert row["État"].endswith("Vérifiée")
    assert row["Fichier"].endswith(f"Mo](/export/sauvegarde/{made.name})")
    app.button(key="backups_verify").click().run()
    assert "telles qu'elles ont été faites" in app.success[0].value


def test_a_backup_that_fails_is_told_and_is_no_crash(base: Engine, tmp_path: Path):
    app = opened("backups.py")
    (tmp_path / "sauvegardes").write_text("un fichier à la place du dossier")
    assert shelf.keep_daily(base) is None
    app.button(key="backups_save").click().run()
    assert not app.exception
    assert "n'a pas pu être" in app.error[0].value
    assert "La sauvegarde automatique du jour n'a pas pu se faire" in app.warning[0].value
    (tmp_path / "sauvegardes").unlink()
    shelf.keep_daily(base)


def test_a_file_altered_since_is_said_to_be(base: Engine):
    made = shelf.save(base, BackupKind.BY_HAND)
    made.write_bytes(made.read_bytes()[:-1] + b"x")
    app = opened("backups.py")
    assert rows(app)[0]["État"].endswith("Modifiée depuis")
    app.button(key="backups_verify").click().run()
    assert "a été modifié depuis sa sauvegarde" in app.error[0].value


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_who_does_not_administer_is_shown_nothing_of_them(base: Engine, role: Role, monkeypatch: pytest.MonkeyPatch):
    shelf.save(base, BackupKind.BY_HAND)
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((None, role),)))
    app = opened("backups.py")
    assert not app.table
    assert not [button for button in app.button if button.key and button.key.startswith("backups")]
    assert "réservées à la personne qui administre Balise" in words(app)


@pytest.mark.postgresql
def test_postgresql_is_given_its_commands_to_the_letter(databases: Databases):
    with on_database(databases.copy("postgresql", "demo")):
        app = opened("backups.py")
    assert not app.exception
    assert [code.value for code in app.code] == [TO_SAVE, TO_RESTORE]
    assert not [button for button in app.button if button.key == "backups_save"]
