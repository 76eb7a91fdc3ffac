"""« Organiser le plan » in a real browser: a grid typed or pasted into, an axis renamed without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine

from db.engine import reading
from db.queries.arranging import arrangement
from tests.conftest import ON, Databases, viewer_in
from tests.e2e.people import drawn, field, goes_to, presses, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

HEAD, ROW = 38, 35
PLACE, NUMBER = 1, 2
"""The columns typed in, by their rank."""
ACROSS = {PLACE: 180, NUMBER: 300}
"""How far into the grid they are, in pixels: it is a canvas."""
A_KEY = 80
"""Milliseconds between two keys, as a fast typist leaves."""


@pytest.fixture
def database(databases: Databases) -> Iterator[Engine]:
    made = databases.copy("sqlite", "demo")
    yield made
    made.dispose()


@pytest.fixture
def server(database: Engine) -> Iterator[Server]:
    with serving(ROOT / "app.py", database_url=database.url.render_as_string(hide_password=False)) as running:
        yield running


def codes(engine: Engine) -> list[str | None]:
    with reading(engine) as session:
        plan = arrangement(session, viewer_in(engine), 1, ON)
    assert plan is not None
    return [sheet.code for sheet in plan.sheets]


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the grid, as those who do not see it are told of it."""
    return page.get_by_test_id(f"glide-cell-{column}-{row}")


def chooses_cell(page: Page, row: int, column: int) -> None:
    """Click a cell of the grid."""
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("canvas").first).to_be_visible()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + ACROSS[column], box["y"] + HEAD + ROW * row + ROW / 2)
    expect(cell(page, row, column)).to_have_attribute("aria-selected", "true")


def types_down(page: Page, row: int, column: int, *values: str) -> None:
    """Type one value under the other from a cell, each left by Enter: the grid goes down."""
    chooses_cell(page, row, column)
    for rank, value in enumerate(values):
        expect(cell(page, row + rank, column)).to_have_attribute("aria-selected", "true")
        page.keyboard.type(value, delay=A_KEY)
        page.keyboard.press("Enter")
        expect(cell(page, row + rank, column)).to_have_text(value)
        drawn(page)


def test_numbers_typed_one_under_the_other_survive_a_reload_are_written_and_taken_back(
    chromium: Browser, server: Server, database: Engine
) -> None:
    before = codes(database)
    with signed_in(chromium, server) as page:
        goes_to(page, server, "/organiser?demarche=demo&organiser=ordre")
        types_down(page, 0, NUMBER, "1.2", "1.1", "1.9")
        reads(page, "3\u00a0fiches changent de numéro.")
        types_down(page, 6, PLACE, "1")
        reads(page, "3\u00a0fiches changent de numéro et 1 de place.")
        page.reload()
        reads(page, "3\u00a0fiches changent de numéro et 1 de place.")
        assert codes(database) == before
        presses(page, "Écrire dans le plan")
        reads(page, "C'est écrit")
        assert codes(database)[:7] == ["1.2", "1.1", "1.9", "1.4", "2.5", "2.1", "2.2"]
        presses(page, "Annuler")
        reads(page, "C'est annulé")
        assert codes(database) == before


def test_a_column_copied_from_a_workbook_is_pasted_into_the_grid(
    chromium: Browser, server: Server, database: Engine
) -> None:
    with signed_in(chromium, server) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        goes_to(page, server, "/organiser?demarche=demo&organiser=ordre")
        page.evaluate("navigator.clipboard.writeText('A1\\n8,5\\nA3\\nA4')")
        chooses_cell(page, 0, NUMBER)
        page.keyboard.press("Control+v")
        reads(page, "4\u00a0fiches changent de numéro.")
        presses(page, "Écrire dans le plan")
        reads(page, "C'est écrit")
        assert codes(database)[:4] == ["A1", "8,5", "A3", "A4"]


def test_an_axis_is_renamed_and_moved_without_a_mouse(chromium: Browser, server: Server, database: Engine) -> None:
    with signed_in(chromium, server) as page:
        goes_to(page, server, "/organiser?demarche=demo")
        page.get_by_role("button", name="2.2 · Aller vers").focus()
        page.keyboard.press("Enter")
        expect(field(page, "Intitulé")).to_be_visible()
        drawn(page)
        field(page, "Intitulé").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("Rejoindre chacun")
        page.keyboard.press("Control+s")
        reads(page, "Enregistré à")
        drawn(page)
        page.get_by_role("button", name="2.2 · Rejoindre chacun").focus()
        page.keyboard.press("Enter")
        expect(field(page, "Intitulé")).to_be_visible()
        drawn(page)
        page.get_by_role("button", name="Monter").focus()
        page.keyboard.press("Enter")
        reads(page, "« Rejoindre chacun » est à la place 1 sur 2.")
    with reading(database) as session:
        plan = arrangement(session, viewer_in(database), 1, ON)
    assert plan is not None
    assert [node.title for node in plan.axes][4] == "Rejoindre chacun"


def test_buttons_clicked_twice_do_one_thing(chromium: Browser, server: Server, database: Engine) -> None:
    with signed_in(chromium, server) as page:
        goes_to(page, server, "/organiser?demarche=demo&organiser=fiche&fiche=6")
        page.get_by_role("button", name="Descendre").dblclick()
        reads(page, "est à la place 3 sur 3.")
        drawn(page)
        page.get_by_role("button", name="Dupliquer").dblclick()
        reads(page, "La copie de")
        drawn(page)
    assert codes(database)[4:8] == ["2.1", "2.5", "2.2", None]
    assert len(codes(database)) == 24
