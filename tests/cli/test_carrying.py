"""`python -m db pack` and `python -m db adopt`: a démarche leaves one database in a file, and enters another."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import shelf
from db.__main__ import main
from db.engine import reading
from db.models import Initiative
from db.rules.backups import BackupKind
from tests.builders import plan_in
from tests.conftest import Databases, viewer_in
from tests.pages.opening import on_database

Told = pytest.CaptureFixture[str]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def there(request: pytest.FixtureRequest, databases: Databases) -> Engine:
    return databases.copy(request.param)


@pytest.fixture
def archive(databases: Databases, tmp_path: Path, capsys: Told) -> Path:
    source, path = databases.copy("sqlite"), tmp_path / "essai.balise"
    plan_in(source, viewer_in(source), code="essai")
    with on_database(source):
        assert main(["pack", "essai", str(path)]) == 0
    told = capsys.readouterr().out
    assert "2 fiches, 2 axes" in told
    assert "Aucune coordonnée de personne." in told
    return path


def codes(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Initiative.code)))


def test_a_demarche_leaves_in_a_file_of_one_s_own_and_enters_once(there: Engine, archive: Path, capsys: Told) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with on_database(there):
        assert main(["adopt", str(archive), "--dry-run"]) == 0
        assert "Essai à blanc : rien n'a été écrit." in capsys.readouterr().out
        assert codes(there) == []
        assert main(["adopt", str(archive), "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["initiative"], answer["adopted"], answer["counts"]["action_sheet"]) == ("essai", True, 2)
        assert codes(there) == ["essai"]
        assert main(["adopt", str(archive)]) == 1
        assert "est déjà ici" in capsys.readouterr().err
        assert main(["check"]) == 0
    if there.dialect.name == "sqlite":
        assert BackupKind.BEFORE_IMPORT in [item.kind for item in shelf.kept(there)]


def test_no_file_is_written_over_nor_a_demarche_made_up(archive: Path, databases: Databases, capsys: Told) -> None:
    source, before = databases.copy("sqlite"), archive.read_bytes()
    plan_in(source, viewer_in(source), code="essai")
    with on_database(source):
        assert main(["pack", "essai", str(archive)]) == 1
        assert "existe déjà et n'a pas été touché" in capsys.readouterr().err
        assert main(["pack", "autre"]) == 1
        assert "n'existe pas" in capsys.readouterr().err
        assert main(["pack", "essai", str(archive.parent / "nulle" / "part")]) == 1
        assert "n'a pas pu être écrite" in capsys.readouterr().err
    assert archive.read_bytes() == before


def test_a_file_that_cannot_be_read_is_told_apart(there: Engine, archive: Path, tmp_path: Path, capsys: Told) -> None:
    cut = tmp_path / "coupee.balise"
    cut.write_bytes(archive.read_bytes()[:-100])
    with on_database(there):
        assert main(["adopt", str(cut)]) == 2
        assert "abîmée ou a été modifiée" in capsys.readouterr().err
        assert main(["adopt", str(tmp_path / "absente.balise")]) == 2
        assert "n'existe pas" in capsys.readouterr().err
        assert main(["adopt", str(tmp_path)]) == 2
    assert codes(there) == []
