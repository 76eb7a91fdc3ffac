"""A file of any size and of any name: read, or refused in a sentence, and its name does no more than name."""

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import check
from db.commands.imports import apply_import
from db.engine import reading, writing
from db.exchange.gate import MAX_FILE_BYTES, FileKind, UnreadableFile, admit
from db.exchange.rows import understand
from db.exchange.upload import read_bytes
from db.exchange.workbook import Workbook
from db.models import Act, ImportRun, Initiative
from db.rules.imports import Unreadable
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import xlsx

ROWS = [["Titre de l'action", "Statut"], ["Bus santé", "En cours"]]
NAMES = {
    "255 characters, two extensions": "p" * 246 + ".pdf.xlsx",
    "climbing": "../../../etc/passwd.xlsx",
    "NUL and right to left": "..\\plan\0\u202eexe.xlsx",
    "several lines": "plan\r\nSet-Cookie: x.xlsx",
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """One workbook under each of these names."""
    content = xlsx(tmp_path_factory.mktemp("noms") / "plan.xlsx", ROWS).read_bytes()
    told = {what: read_bytes(content, name) for what, name in NAMES.items()}
    return {what: book for what, book in told.items() if not isinstance(book, Unreadable)}


def sized(folder: Path, size: int) -> Path:
    """A workbook of exactly this weight."""
    path = xlsx(folder / "plan.xlsx", ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as book:
        book.writestr("xl/media/image.bin", b"")
    missing = size - path.stat().st_size
    xlsx(path, ROWS)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as book:
        book.writestr("xl/media/image.bin", b"\0" * missing)
    assert path.stat().st_size == size
    return path


@pytest.mark.parametrize("size", [MAX_FILE_BYTES - 1, MAX_FILE_BYTES])
def test_a_file_up_to_the_limit_is_let_in(tmp_path: Path, size: int) -> None:
    assert admit(sized(tmp_path, size), "plan.xlsx") is FileKind.XLSX


def test_one_byte_more_is_refused_with_a_weight_above_the_limit(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="pèse 20,1 Mo ; la limite est de 20 Mo"):
        admit(sized(tmp_path, MAX_FILE_BYTES + 1), "plan.xlsx")


def test_a_file_of_no_byte_is_refused() -> None:
    told = read_bytes(b"", "plan.xlsx")
    assert isinstance(told, Unreadable)
    assert "vide (0 octet)" in told.message


@pytest.mark.parametrize("name", ["plan.xlsx.exe", "plan.xlsx.csv", "plan"])
def test_a_name_that_hides_what_a_file_is_is_told(tmp_path: Path, name: str) -> None:
    """What a file is, its content says."""
    told = read_bytes(xlsx(tmp_path / "plan.xlsx", ROWS).read_bytes(), name)
    assert isinstance(told, Unreadable) or name in told.name


def test_a_name_made_to_deceive_names_a_plan_and_does_nothing_else(
    engine: Engine, viewer: Viewer, read: dict[str, Workbook]
) -> None:
    assert read.keys() == NAMES.keys()
    for what, book in read.items():
        with writing(engine) as session:
            made = apply_import(session, viewer, understand(book), digest="0" * 64, on=ON)
        with reading(engine) as session:
            run = session.scalars(select(ImportRun).where(ImportRun.act_id == made.act_id)).one()
            name = session.get_one(Initiative, made.initiative_id).name
            told = [name, session.get_one(Act, made.act_id).label, run.file_name]
        assert all(text.isprintable() and 0 < len(text) <= 300 for text in told), (what, told)
    assert check.problems(engine) == []
