"""A grid is drawn on a canvas, which neither a screen reader nor a phone edits well: a form does the same beside it."""

import ast
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine

from components import workspace
from tests.house import ROOT, project_files
from tests.pages.opening import on_database, opened, words

FORMS = {"components.arrange.grid": ("arrange.py", {"organiser": "ordre"}, {"organiser": "fiche", "fiche": "1"})}
"""For each module that draws a grid: its page, the address of the grid, the address of the form that does the same."""


def draws_a_grid(path: Path) -> bool:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.Attribute) and node.attr == "data_editor" for node in tree)


def grids() -> set[str]:
    """The modules of the product that draw a grid, found in the source."""
    drawn = [path.relative_to(ROOT) for path in project_files(".py") if draws_a_grid(path)]
    return {".".join(path.with_suffix("").parts) for path in drawn if path.parts[0] in ("components", "pages")}


def test_every_grid_has_a_form_beside_it() -> None:
    assert grids() == set(FORMS)


@pytest.mark.parametrize("module", FORMS)
def test_the_form_writes_all_that_the_grid_writes_and_the_page_of_the_grid_says_so(
    own_demo: Engine, module: str
) -> None:
    page, grid, form = FORMS[module]
    columns: dict[str, str] = import_module(module).COLUMNS
    with on_database(own_demo):
        drawn = opened(page, vue=workspace.PREPARATION, **grid)
        assert set(columns) <= set(drawn.data_editor[0].value.columns)
        assert "Fiche par fiche" in words(drawn)
        other = opened(page, vue=workspace.PREPARATION, **form)
        assert not other.exception and not other.get("data_editor")
        fields = {str(field.key).rpartition(":")[2] for field in [*other.text_input, *other.selectbox]}
        assert set(columns.values()) <= fields
        assert {"Monter", "Descendre"} & {button.label for button in other.button}
