"""« Organiser le plan » in a real browser: a grid typed or pasted into, an axis renamed without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from db.engine import reading
from db.queries.arranging import arrangement
from tests import browser
from tests.conftest import ON, Databases, viewer_in
from tests.e2e.people import drawn, field, goes_to, presses, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

HEAD, ROW = 38, 35
PLACE, NUMBER = 180, 300
"""How far into the grid the column is, in pixels."""
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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser.executable(), args=list(browser.FLAGS))
        yield launched
        launched.close()


def codes(engine: Engine) -> list[str | None]:
    with reading(engine) as session:
        plan = arrangement(session, viewer_in(engine), 1, ON)
    assert plan is not None
    return [sheet.code for sheet in plan.sheets]


def chooses_cell(page: Page, row: int, column: int) -> None:
    """Click a cell of the grid: a canvas, of which only places are known."""
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid.locator("canvas").first).to_be_visible()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + column, box["y"] + HEAD + ROW * row + ROW / 2)


def types_down(page: Page, *values: str) -> None:
    """Type one value after the other, each left by Enter: the grid goes down."""
    for value in values:
        page.keyboard.type(value, delay=A_KEY)
        page.keyboard.press("Enter")
        drawn(page)


def test_numbers_typed_one_under_the_other_survive_a_reload_are_written_and_taken_back(
    chromium: Browser, server: Server, database: Engine
) -> None:
    before = codes(database)
    with signed_in(chromium, server) as page:
        goes_to(page, server, "/organiser?demarche=demo&organiser=ordre")
        chooses_cell(page, 0, NUMBER)
        types_down(page, "1.2", "1.1", "1.9")
        reads(page, "3\u00a0fiches changent de numéro.")
        chooses_cell(page, 6, PLACE)
        types_down(page, "1")
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
