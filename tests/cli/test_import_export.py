"""`python -m db import` and `export`: what is written, what is said, how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from db import shelf
from db.__main__ import main
from db.engine import reading
from db.exchange import command
from db.models import Act, ActionSheet, Initiative
from db.rules.backups import BackupKind
from tests.exchange.files import Rows, xlsx
from tests.exchange.importing import BUS, CARE, HEADER

TITLED: Rows = [["Contrat local de santé du Ventoux"], HEADER, BUS, CARE]
CODE = "contrat-local-de-sante-du-ventoux"


@pytest.fixture
def installed(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An installation whose database is ready, and empty."""
    monkeypatch.setattr(command, "existing_database", lambda: sqlite_engine)
    return sqlite_engine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "plan.xlsx", TITLED)


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main([str(argument) for argument in arguments] + ["--json"])
    return code, json.loads(capsys.readouterr().out)


def count(engine: Engine, table: type[Act] | type[ActionSheet] | type[Initiative]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_makes_the_demarche_that_its_title_names(
    installed: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = answer(capsys, "import", file)
    assert code == 0
    assert (told["initiative"], told["is_new_initiative"], told["applied"]) == (CODE, True, True)
    assert told["counts"]["created"]["sheets"] == count(installed, ActionSheet) == 2


def test_a_dry_run_writes_nothing(installed: Engine, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = count(installed, Act)
    code, told = answer(capsys, "import", file, "--dry-run")
    assert (code, told["applied"], told["counts"]["created"]["sheets"]) == (0, False, 2)
    assert (count(installed, Act), count(installed, Initiative)) == (before, 0)


def test_the_very_same_file_goes_back_where_it_went_and_changes_nothing(
    installed: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    before = count(installed, Act)
    assert main(["import", str(file)]) == 0
    told = capsys.readouterr().out
    assert "Ce même fichier a déjà été importé" in told
    assert "Importé : rien, le plan dit déjà la même chose." in told
    assert (count(installed, Act), count(installed, Initiative)) == (before, 1)


def test_the_very_same_file_makes_another_demarche_when_asked(
    installed: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    capsys.readouterr()
    code, told = answer(capsys, "import", file, "--new")
    assert (code, told["initiative"], count(installed, Initiative)) == (0, f"{CODE}-2", 2)


def test_a_corrected_copy_never_lands_in_another_demarche_by_itself(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    capsys.readouterr()
    copy = xlsx(tmp_path / "copie.xlsx", [*TITLED[:2], [*BUS[:4], "Terminée", *BUS[5:]], CARE])
    code, told = answer(capsys, "import", copy, "--initiative", CODE)
    assert (code, told["counts"]["updated"]["sheets"], count(installed, Initiative)) == (0, 1, 1)
    main(["import", str(xlsx(tmp_path / "autre.xlsx", [HEADER, BUS]))])
    assert count(installed, Initiative) == 2


def test_a_file_that_only_updated_a_demarche_does_not_go_back_there_by_itself(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    other = xlsx(tmp_path / "autre.xlsx", [HEADER, [*BUS[:4], "Terminée", *BUS[5:]]])
    main(["import", str(other), "--initiative", CODE])
    capsys.readouterr()
    _, told = answer(capsys, "import", other, "--dry-run")
    assert (told["initiative"], told["is_new_initiative"]) == (None, True)


def test_an_unknown_code_is_refused_with_those_that_exist(
    installed: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    capsys.readouterr()
    assert main(["import", str(file), "--initiative", "ailleurs"]) == 1
    told = capsys.readouterr().err
    assert "« ailleurs »" in told
    assert CODE in told


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"%PDF-1.7"])
def test_what_is_no_workbook_ends_with_2_and_a_sentence(
    installed: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    code, told = answer(capsys, "import", path)
    assert (code, told["file"]) == (2, "plan.xlsx")
    assert "Rien n'a été importé" in told["errors"][0]["message"]
    assert (told["sheet"], told["header_row"], told["columns"], told["sheets"]) == (None, None, {}, [])
    assert told["counts"]["created"]["sheets"] == 0


def test_an_unreadable_file_is_told_with_every_key_of_a_readable_one(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vide.xlsx"
    path.write_bytes(b"")
    _, unreadable = answer(capsys, "import", path)
    _, read = answer(capsys, "import", file, "--dry-run")
    assert unreadable.keys() == read.keys()
    assert unreadable["counts"].keys() == read["counts"].keys()


def test_a_file_that_is_not_there_ends_with_2(
    installed: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tmp_path / "absent.xlsx")]) == 2
    assert "n'existe pas" in capsys.readouterr().err


def test_refused_rows_end_with_3_and_nothing_is_written(
    installed: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = answer(capsys, "import", xlsx(tmp_path / "plan.xlsx", [HEADER, BUS, BUS]))
    assert (code, told["applied"], len(told["errors"])) == (3, False, 1)
    assert count(installed, Initiative) == 0


def test_a_column_that_is_only_close_is_listed_and_read_when_accepted(
    installed: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = xlsx(tmp_path / "plan.xlsx", [["Titre", "Structrue pilote"], ["Bus", "CCAS"]])
    _, told = answer(capsys, "import", path, "--dry-run")
    assert [column["field"] for column in told["columns_to_confirm"]] == ["lead"]
    assert told["sheets"][0]["leads"] == []
    _, told = answer(capsys, "import", path, "--dry-run", "--accept-close")
    assert told["columns_to_confirm"] == []
    assert told["sheets"][0]["leads"] == ["CCAS"]


def test_an_export_is_read_back_as_the_same_plan(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    capsys.readouterr()
    out = tmp_path / "export.xlsx"
    code, told = answer(capsys, "export", out)
    assert (code, told["initiative"], told["bytes"]) == (0, CODE, out.stat().st_size)
    code, told = answer(capsys, "import", out, "--initiative", CODE)
    assert (code, told["counts"]["unchanged"]["sheets"], told["counts"]["updated"]["sheets"]) == (0, 2, 0)


def test_an_export_without_a_code_asks_which_when_there_are_several(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "export.xlsx")]) == 1
    main(["import", str(file)])
    main(["import", str(file), "--new"])
    capsys.readouterr()
    assert main(["export", str(tmp_path / "export.xlsx")]) == 1
    assert f"{CODE}-2" in capsys.readouterr().err


def test_an_export_that_cannot_be_written_says_so(
    installed: Engine, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(file)])
    assert main(["export", str(tmp_path / "absent" / "export.xlsx")]) == 1
    assert "choisissez un autre chemin" in capsys.readouterr().err


def test_a_backup_precedes_what_is_applied_and_not_what_is_tried(installed: Engine, file: Path) -> None:
    before = shelf.kept(installed)
    assert main(["import", str(file), "--dry-run"]) == 0
    assert shelf.kept(installed) == before
    assert main(["import", str(file)]) == 0
    (made,) = set(shelf.kept(installed)) - set(before)
    assert made.kind is BackupKind.BEFORE_IMPORT
