import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import house
from tests.bench import places


def read(paths: list[Path], *rooms: str) -> Iterator[tuple[str, str]]:
    """Each file of these rooms (all when none is named): its place in the project, and its text."""
    for path in paths:
        where = path.relative_to(house.ROOT).as_posix()
        if not rooms or where.startswith(rooms):
            yield where, path.read_text(encoding="utf-8", errors="replace")


def faults(of: Callable[[str, str], list[str]], paths: list[Path], *rooms: str) -> list[str]:
    return [fault for where, source in read(paths, *rooms) for fault in of(where, source)]


PYTHON = house.project_files(".py")


def test_imports_go_the_way_of_the_house():
    assert faults(house.wrong_arrows, PYTHON) == []


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("db/queries/plan.py", "import streamlit as st"),
        ("db/rules/dates.py", "from db.models import plan"),
        ("db/rules/dates.py", "import sqlalchemy"),
        ("components/charts.py", "from db.queries import plan"),
        ("components/charts.py", "from db import engine"),
        ("components/cards.py", "from sqlalchemy import select"),
        ("components/workspace.py", "import pages.plan"),
        ("pages/plan.py", "import altair as alt"),
        ("app.py", "from db.engine import engine"),
        ("components/cards.py", "from . import theme"),
    ],
)
def test_an_import_against_the_way_of_the_house_is_caught(where: str, source: str):
    assert house.wrong_arrows(where, source)


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("components/workspace.py", "from db.queries import plan"),
        ("components/server/health.py", "from sqlalchemy import text"),
        ("components/charts.py", "from db.rules.vocabulary import Status"),
        ("pages/plan.py", "from db.queries import plan"),
        ("app.py", "from components.server.stack import ROUTES"),
        ("db/rules/progress.py", "from db.rules.dates import FuzzyDate"),
    ],
)
def test_an_import_that_follows_the_way_of_the_house_is_let_through(where: str, source: str):
    assert house.wrong_arrows(where, source) == []


def test_pages_read_like_tables_of_contents():
    assert faults(house.page_faults, PYTHON, "pages/") == []


@pytest.mark.parametrize(
    ("where", "source"),
    [("pages/plan.py", "def show(): ..."), ("pages/plan.py", "x = 1\n" * 121), ("pages/calendar.py", "")],
)
def test_a_page_that_does_more_is_caught(where: str, source: str):
    assert house.page_faults(where, source)


def test_screens_hold_no_markup_from_strings_and_nothing_that_loses_what_is_typed():
    def of(where: str, source: str) -> list[str]:
        return house.matches(house.NEVER_ON_SCREEN, where, source)

    assert faults(of, PYTHON, "app.py", "pages/", "components/") == []


def test_nothing_is_left_for_later_in_the_code():
    def of(where: str, source: str) -> list[str]:
        return house.matches(house.NEVER_WRITTEN, where, source)

    assert faults(of, PYTHON, "app.py", "pages/", "components/", "db/") == []


def test_the_repository_speaks_of_balise_alone():
    def of(where: str, source: str) -> list[str]:
        return house.matches(house.FOREIGN, where, source)

    paths = [path for path in house.project_files(*house.TEXT_FILES) if path != Path(house.__file__)]
    assert faults(of, paths) == []


@pytest.mark.parametrize("parts", [("open('", "root", "x')"), ("in ..", "shared", "design.md"), ("", "home/me", "x")])
def test_a_path_of_one_machine_is_caught(parts: tuple[str, ...]):
    assert house.matches(house.FOREIGN, "db/x.py", "/".join(parts))


def test_no_room_is_too_long():
    def of(where: str, source: str) -> list[str]:
        return [where] if len(source.splitlines()) > house.MODULE_LINES else []

    paths = [path for path in PYTHON if "migrations" not in path.parts]
    assert faults(of, paths, "app.py", "components/", "db/", "tests/") == []


def test_the_style_sheet_stays_small():
    style = house.ROOT / "components" / "theme.css"
    assert len(style.read_text(encoding="utf-8").splitlines()) <= house.STYLE_LINES


def test_every_library_the_product_runs_on_has_its_reason_in_the_readme():
    readme = (house.ROOT / "README.md").read_text(encoding="utf-8").lower()
    pinned = re.findall(r"^([\w-]+)", (house.ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned
    assert [name for name in pinned if name.lower() not in readme] == []


def test_every_page_of_the_hall_is_measured_by_the_bench():
    hall = (house.ROOT / "pages" / "main.py").read_text(encoding="utf-8")
    addresses = {f"/{path}" for path in re.findall(r'url_path="([\w-]+)"', hall)} | {"/"}
    assert {page.partition("?")[0] for page in places.PAGES} == addresses


def test_the_two_commands_are_the_first_lines_of_code_of_the_readme_and_what_the_machines_run():
    readme = (house.ROOT / "README.md").read_text(encoding="utf-8")
    code = [line for block in re.findall(r"```\w*\n(.*?)```", readme, re.DOTALL) for line in block.splitlines()]
    assert [line.split("#")[0].strip() for line in code[:2]] == ["make run", "make test"]
    assert "make test" in (house.ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_test_that_the_promises_name_is_there():
    told = (house.ROOT / "SECURITY.md").read_text(encoding="utf-8")
    tests = "".join(source for _, source in read(PYTHON, "tests/"))
    named = set(re.findall(r"`(test_\w+)`", told))
    files = set(re.findall(r"`(tests/[\w/]+\.py)`", told))
    assert len(named) > 40
    assert {name for name in named if f"def {name}(" not in tests} == set()
    assert {file for file in files if not (house.ROOT / file).is_file()} == set()
