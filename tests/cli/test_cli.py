"""`python -m db …`: what each command says, and how it ends."""

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from argparse import Namespace
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from db import migrate, shelf
from db.__main__ import main
from db.cli import saving, upkeep
from db.cli.arguments import parser
from db.commands import reference
from db.settings import ROOT, Settings
from tests.conftest import DEPARTMENTS, Databases

COMMANDS = ["init", "demo", "import", "export", "invite", "check", "backup", "restore", "person", "audit"]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder where this test's installation keeps its backups; its reference is that of the other tests."""
    kept = Settings(backup_dir=tmp_path / "sauvegardes")
    monkeypatch.setattr(shelf, "settings", lambda: kept)
    monkeypatch.setattr(reference, "install", partial(reference.install, departments=DEPARTMENTS))
    return tmp_path


@pytest.fixture
def installed(sqlite_engine: Engine, here: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An installation whose database is ready, and empty."""
    for module in (upkeep, saving):
        monkeypatch.setattr(module, "engine", lambda: sqlite_engine)
    return sqlite_engine


@pytest.fixture
def absent(databases: Databases, here: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An installation without a database."""
    engine = databases.empty("sqlite")
    for module in (upkeep, saving):
        monkeypatch.setattr(module, "engine", lambda: engine)
    return engine


def change(engine: Engine, statement: str) -> None:
    engine.dispose()
    with closing(sqlite3.connect(str(engine.url.database))) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_each_command_has_its_help_in_french(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parser().parse_args([command, "--help"] if command else ["--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    assert told.startswith(f"utilisation : python -m db {command}".rstrip())
    assert not any(word in told for word in ("usage", "show this", "positional", "optional arguments"))


@pytest.mark.parametrize("arguments", [[], ["inconnue"], ["import"], ["check", "--inconnue"], ["restore"]])
def test_a_command_badly_written_ends_with_one(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 1
    assert "n'est pas comprise" in capsys.readouterr().err


def test_help_imports_no_heavy_library() -> None:
    script = (
        "import sys; from db.cli.arguments import parser; import db.__main__; parser(); "
        "print([name for name in ('pandas', 'sqlalchemy', 'alembic', 'streamlit', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_program_says_its_sentence_on_the_error_stream(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "db", "check"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'absente.db'}", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Il n'y a pas encore de base : lancez « python -m db init ».\n"
    assert list(tmp_path.iterdir()) == []


def test_init_on_a_ready_database_changes_nothing(installed: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with installed.connect() as connection:
        before = connection.execute(text("SELECT scope, n FROM revision")).all()
    assert main(["init"]) == 0
    assert capsys.readouterr().out == "La base est prête.\n"
    with installed.connect() as connection:
        assert connection.execute(text("SELECT scope, n FROM revision")).all() == before


def test_init_saves_the_database_before_migrating_it(
    installed: Engine, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moved: list[Engine] = []
    monkeypatch.setattr(migrate, "head", lambda: "une révision à venir")
    monkeypatch.setattr(migrate, "upgrade", moved.append)
    assert main(["init"]) == 0
    assert moved == [installed]
    assert [path.suffix for path in sorted((here / "sauvegardes").iterdir())] == [".db", ".sha256"]
    assert "sauvegardée avant sa mise à jour" in capsys.readouterr().out


def test_init_refuses_a_database_of_a_newer_version(absent: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    migrate.upgrade(absent)
    change(absent, "UPDATE alembic_version SET version_num = '9999'")
    assert main(["init"]) == 1
    assert "version plus récente" in capsys.readouterr().err


def test_init_loads_the_demonstration_in_an_empty_database_and_only_there(
    installed: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from db.commands import demo

    loaded: list[Engine] = []
    monkeypatch.setattr(demo, "load", loaded.append)
    assert main(["init"]) == 0
    assert loaded == []
    assert main(["init", "--demo-if-empty"]) == 0
    assert loaded == [installed]
    assert "démonstration est chargée" in capsys.readouterr().out


def test_the_demonstration_is_not_loaded_twice(
    own_demo: Engine, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(upkeep, "engine", lambda: own_demo)
    assert main(["init", "--demo-if-empty"]) == 0
    assert main(["demo"]) == 1
    assert "déjà dans cette base" in capsys.readouterr().err


def test_check_answers_a_person_and_a_program(installed: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "Tout est en ordre.\n"
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "problems": []}


def test_check_ends_with_one_when_something_is_wrong(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = databases.copy("sqlite", to_be_broken=True)
    monkeypatch.setattr(upkeep, "engine", lambda: broken)
    change(broken, "DELETE FROM revision WHERE scope = 'all'")
    assert main(["check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert "« all »" in told["problems"][0]
    assert main(["check"]) == 1
    assert "1 problème" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["demo"], ["check"], ["backup"]])
def test_a_command_without_a_database_says_to_make_one(
    absent: Engine, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    assert "python -m db init" in capsys.readouterr().err


def test_a_backup_goes_where_it_is_told_or_among_the_others(
    installed: Engine, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = here / "la mienne.db"
    assert main(["backup", str(named)]) == 0
    assert f"{named} (" in capsys.readouterr().out
    assert main(["backup", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert Path(told["file"]).parent == here / "sauvegardes"
    assert Path(told["file"]).stat().st_size == told["bytes"] > 0
    assert main(["backup", str(named)]) == 1
    assert "existe déjà" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["init", "check", "demo"])
def test_a_damaged_base_is_told_in_a_sentence(absent: Engine, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(str(absent.url.database)).write_bytes(b"plus rien de lisible" * 500)
    assert main([command]) == 1
    assert "Le fichier de la base est abîmé" in capsys.readouterr().err


@pytest.fixture
def changed(installed: Engine, here: Path) -> Path:
    """A backup of the installation, whose « familles » were given another name since."""
    main(["backup", str(here / "a.db")])
    change(installed, "UPDATE term SET label = 'Changé' WHERE code = 'familles'")
    return here / "a.db"


def families(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT label FROM term WHERE code = 'familles'")).scalar_one())


def answers(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))


def test_a_backup_comes_back_once_it_was_asked_for_twice(
    installed: Engine, changed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "oui", saving.WORD)
    assert main(["restore", str(changed)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"a\.db, fichier du \d\d/\d\d/\d{4} à \d{1,2} h \d\d : 0 démarche, dernier acte le ", told)
    assert f"Elle remplacera {installed.url.database} : 0 démarche" in told
    assert "La base précédente est gardée" in told
    assert families(installed) == "Familles"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("non",), "abandonnée"),
        (("oui", "restaurer"), "abandonnée"),
        (("", "RESTAURER"), "abandonnée"),
        ((), "--yes"),
        (("oui",), "--yes"),
    ],
)
def test_without_both_answers_nothing_is_restored(
    installed: Engine,
    changed: Path,
    typed: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers(monkeypatch, *typed)
    assert main(["restore", str(changed)]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.endswith("Rien n'a été changé.\n")
    assert families(installed) == "Changé"


def test_a_script_restores_without_being_asked(
    installed: Engine, changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(changed), "--yes"]) == 0
    assert "La base précédente est gardée" in capsys.readouterr().out
    assert families(installed) == "Familles"
    assert main(["restore", f"{changed}.absente", "--yes"]) == 1
    assert "n'existe pas" in capsys.readouterr().err


def test_a_damaged_file_is_refused_before_anything_is_asked(
    installed: Engine, changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed.write_bytes(changed.read_bytes()[:-500])
    assert main(["restore", str(changed)]) == 1
    told = capsys.readouterr()
    assert "a été modifié" in told.err
    assert "Continuer" not in told.out
    assert families(installed) == "Changé"


def test_a_backup_without_its_digest_says_that_nothing_proves_it(
    installed: Engine, changed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed.with_name("a.db.sha256").unlink()
    answers(monkeypatch, "oui", saving.WORD)
    assert main(["restore", str(changed)]) == 0
    assert "rien ne prouve qu'elle est d'origine" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "called"), [("import", "import_file"), ("export", "export_file")])
def test_a_workbook_comes_and_goes_through_the_exchange(
    monkeypatch: pytest.MonkeyPatch, name: str, called: str
) -> None:
    from db.exchange import command

    asked: list[Namespace] = []
    monkeypatch.setattr(command, called, lambda args: asked.append(args) or 3)
    assert main([name, "plan.xlsx", "--initiative", "demo", "--json"]) == 3
    assert [(args.file, args.initiative, args.json) for args in asked] == [(Path("plan.xlsx"), "demo", True)]
