"""`python -m db person …` and `python -m db audit`: what they say, and how they end."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.__main__ import main
from db.cli import upkeep
from db.commands.directory import add_person
from db.commands.plan import rewrite_sheet
from db.engine import writing
from db.viewer import Viewer
from tests.builders import plan_in

NAME = "Zoé Quémeneur-Blévin"


@pytest.fixture
def number(sqlite_engine: Engine, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> int:
    """A contact of long ago, named in a fiche too, in the base that the commands open."""
    monkeypatch.setattr(upkeep, "engine", lambda: sqlite_engine)
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        person = add_person(session, viewer, function="Directrice", name=NAME, email="zoe@x.fr", on=date(2020, 1, 1))
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"notes": f"Appeler {NAME}"})
        return person.id


def test_a_person_is_exported_to_a_file_that_is_never_written_over(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    to = tmp_path / "zoe.json"
    assert main(["person", "export", NAME, str(to)]) == 0
    assert json.loads(to.read_text(encoding="utf-8"))["contacts"][0]["id"] == number
    assert main(["person", "export", NAME, str(to)]) == 1
    assert "choisissez un autre nom" in capsys.readouterr().err
    assert main(["person", "export", "Inconnue"]) == 1


def test_a_person_is_erased_once_the_word_was_typed(
    number: int, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("builtins.input", lambda _question: "oui")
    assert main(["person", "erase", NAME]) == 1
    assert "l'effacement est abandonné" in capsys.readouterr().err
    monkeypatch.setattr("builtins.input", lambda _question: "EFFACER")
    assert main(["person", "erase", NAME]) == 0
    said = capsys.readouterr().out
    assert "action_sheet : 2 valeur" in said
    assert "sauvegardes" in said
    sqlite_engine.dispose()
    base = Path(str(sqlite_engine.url.database))
    held = b"".join(path.read_bytes() for path in [base, *base.parent.glob(f"{base.name}-*")] if path.exists())
    assert "Quémeneur".encode() not in held
    assert main(["person", "erase", NAME, "--yes"]) == 1


def test_nobody_is_erased_when_nobody_answers(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def silent(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", silent)
    assert main(["person", "erase", str(number)]) == 1
    assert "--yes" in capsys.readouterr().err


def test_contacts_to_be_reviewed_are_listed_until_they_are(number: int, capsys: pytest.CaptureFixture[str]):
    assert main(["person", "stale"]) == 0
    assert f"{number}  {NAME} · Directrice  (saisie, 01/01/2020)" in capsys.readouterr().out
    assert main(["person", "review", str(number)]) == 0
    assert main(["person", "stale"]) == 0
    assert "Aucun contact n'attend" in capsys.readouterr().out
    assert main(["person", "review", "99999"]) == 1


def test_the_audit_ends_with_1_and_says_what_to_do_when_something_is_weak(
    number: int, capsys: pytest.CaptureFixture[str]
):
    assert main(["audit"]) == 1
    assert "  → " in capsys.readouterr().out
    assert main(["audit", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert {"code", "found", "todo", "is_grave"} == set(told["weaknesses"][0])
