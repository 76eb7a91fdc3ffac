"""What leaves a plan in which every text is an attack: nothing that a spreadsheet would run, nothing lost."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import reading
from db.exchange.compare import compare
from db.exchange.export import plan_workbook
from db.exchange.report import problems_csv
from db.exchange.upload import read_bytes, understand_book
from db.exchange.workbook import read_workbook
from db.rules.text import clean
from db.viewer import Viewer
from tests.conftest import Databases, viewer_in
from tests.exchange.files import xlsx
from tests.hostile import ON, Hostile, hostile_plan
from tests.payloads import PAYLOADS, TEXTS
from tests.typed_columns import NO_TEXT_BY_COMMAND, held_texts

FORMULA = re.compile(r"^[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


@pytest.fixture(scope="module")
def base(databases: Databases) -> Engine:
    return databases.copy("sqlite")


@pytest.fixture(scope="module")
def plan(base: Engine, tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    return hostile_plan(base, viewer_in(base), tmp_path_factory.mktemp("hostile"))


def test_there_are_at_least_twenty_five_attacks_of_each_family_named():
    families = {family for family, _ in PAYLOADS}
    assert len(set(TEXTS)) >= 25
    assert families >= {
        *("script", "event", "frame", "link", "image", "svg", "style", "entity", "vega", "template", "markdown"),
        *("bidi", "formula"),
    }


def test_every_field_in_which_people_write_holds_an_attack(base: Engine, plan: Hostile):
    with reading(base) as session:
        held = dict(held_texts(session))
    attacks = [form for text in TEXTS for form in (text, clean(text))]
    without = {name for name, texts in held.items() if not any(attack[:10] in t for t in texts for attack in attacks)}
    assert without - NO_TEXT_BY_COMMAND == set()


def test_no_cell_of_the_workbook_is_a_formula_nor_a_link(base: Engine, plan: Hostile, viewer: Viewer, tmp_path: Path):
    with reading(base) as session:
        content = plan_workbook(session, viewer, plan.initiative_id, ON)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        others = [name for name in book.namelist() if "_rels/sheet" in name or "externalLink" in name]
    assert [found for sheet in sheets for found in re.findall(r"<f[ >]|<hyperlink", sheet)] == []
    assert others == []
    saved = tmp_path / "plan.xlsx"
    saved.write_bytes(content)
    cells = {str(cell) for sheet in read_workbook(saved).worksheets for row in sheet.rows for cell in row if cell}
    assert [text for text in TEXTS if not any(clean(text) in cell for cell in cells)] == []


def test_no_cell_of_the_list_of_problems_starts_a_formula(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path):
    rows = [
        ["Titre de l'action", "Statut", "Date de fin"],
        *([f"Fiche {rank}", text, text] for rank, text in enumerate(TEXTS)),
    ]
    incoming = understand_book(read_bytes(xlsx(tmp_path / "p.xlsx", rows).read_bytes(), "p.xlsx"), None, None).draft
    with reading(sqlite_engine) as session:
        told = problems_csv(compare(session, viewer, incoming.draft, None, ON, frozenset()))
    cells = [cell for row in csv.reader(io.StringIO(told.lstrip("\ufeff")), delimiter=";") for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert [cell for cell in cells if FORMULA.match(cell)] == []
