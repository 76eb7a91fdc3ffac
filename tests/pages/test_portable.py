"""« Sauvegardes »: one démarche carried away, another taken in once it was said what it holds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from db import shelf
from db.engine import make_engine, reading
from db.models import Initiative
from db.rules.access import Role
from db.rules.backups import BackupKind
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import Databases, viewer_in
from tests.pages.opening import on_database, opened, words
from tests.portable.carrying import packed


@pytest.fixture(scope="module")
def archive(databases: Databases) -> bytes:
    source = databases.copy("sqlite")
    plan_in(source, viewer_in(source), code="ailleurs", name="CLS d'ailleurs")
    return packed(source, "ailleurs").content


@pytest.fixture
def base(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "balise.db"
    shutil.copyfile(databases.template("sqlite").removeprefix("sqlite:///"), path)
    made = make_engine(f"sqlite:///{path}")
    plan_in(made, viewer_in(made), code="ici", name="CLS d'ici")
    with on_database(made):
        yield made


def codes(base: Engine) -> list[str]:
    with reading(base) as session:
        return sorted(session.scalars(select(Initiative.code).where(Initiative.archived_at.is_(None))))


def dropped(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].upload("ailleurs.balise", content, "application/octet-stream").run()
    assert not app.exception
    return app


def test_each_demarche_has_its_file(base: Engine):
    app = opened("backups.py")
    assert not app.exception
    assert "les coordonnées des personnes qui y ont un rôle partent avec elle" in words(app)
    assert app.selectbox(key="portable_code").value == "ici"
    assert [link.url for link in app.get("link_button")] == ["/export/archive/ici"]


def test_what_an_archive_holds_is_said_before_it_is_written_then_it_is_taken_in(base: Engine, archive: bytes):
    app = dropped(opened("backups.py"), archive)
    told = words(app)
    assert "CLS d'ailleurs" in told
    assert "2 fiches" in told
    assert "Essai à blanc : rien n'est encore écrit." in told
    assert codes(base) == ["ici"]
    app.button(key="portable_adopt").click().run()
    assert not app.exception
    assert "La démarche « CLS d'ailleurs » est accueillie." in app.success[0].value
    assert codes(base) == ["ailleurs", "ici"]
    assert [item.kind for item in shelf.kept(base)] == [BackupKind.BEFORE_IMPORT]
    assert not [button for button in app.button if button.key == "portable_adopt"]
    app.button(key="undo_last").click().run()
    assert codes(base) == ["ici"]


def test_an_archive_that_is_damaged_or_here_already_has_no_button(base: Engine, archive: bytes):
    app = dropped(opened("backups.py"), archive[:-50])
    assert "abîmée ou a été modifiée" in app.error[0].value
    assert not [button for button in app.button if button.key == "portable_adopt"]
    app = dropped(opened("backups.py"), packed(base, "ici").content)
    assert "est déjà ici" in app.error[0].value
    assert not [button for button in app.button if button.key == "portable_adopt"]
    assert codes(base) == ["ici"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_who_does_not_administer_carries_nothing_and_has_no_door(
    base: Engine, role: Role, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((None, role),)))
    app = opened("backups.py")
    assert not app.file_uploader
    assert not app.get("link_button")
