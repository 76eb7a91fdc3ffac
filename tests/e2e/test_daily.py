"""A day over two démarches in a real browser: the week, a call noted with the keyboard, what it becomes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine, select

from db.engine import reading, writing
from db.models import LogbookNote, Placement, Reminder
from tests.builders import a_plan
from tests.conftest import ON, Databases, viewer_in
from tests.e2e.people import drawn, field, goes_to, presses, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

CALL = "Appel du bailleur : réponse lundi"


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Engine]:
    """The demonstration, and another démarche."""
    made = databases.copy("sqlite", "demo")
    with writing(made) as session:
        a_plan(session, viewer_in(made), code="voisine", name="CLSM voisin")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def server(database: Engine) -> Iterator[Server]:
    url = database.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url) as running:
        yield running


def line(page: Page) -> Locator:
    """The line of the carnet, at the foot of the page."""
    return page.get_by_test_id("stChatInputTextArea")


def place(engine: Engine, code: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(Placement.id).where(Placement.code == code, Placement.initiative_id == 1)).one()


def notes(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(LogbookNote.text).where(LogbookNote.archived_at.is_(None))))


def test_a_call_is_noted_on_the_fiche_that_the_week_leads_to_and_becomes_a_reminder(
    chromium: Browser, server: Server, database: Engine
) -> None:
    with signed_in(chromium, server) as page:
        page.goto(server.url)
        drawn(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Ma semaine")
        page.get_by_role("link", name="Accueillir les internes").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2.2 Accueillir les internes")
        drawn(page)
        expect(line(page)).to_have_attribute("placeholder", "Noter au carnet, fiche 2.2 · Entrée")
        line(page).focus()
        page.keyboard.type(CALL)
        page.keyboard.press("Enter")
        reads(page, "Noté au carnet, sur la fiche « 2.2")
        expect(line(page)).to_have_value("")
        assert notes(database) == [CALL]

        goes_to(page, server, "/carnet?demarche=demo")
        page.get_by_test_id("stMenuButtonButton").locator("visible=true").first.click()
        page.get_by_text("En faire un rappel").click()
        field(page, "Jour du rappel").fill("05/10/2026")
        field(page, "Jour du rappel").blur()
        drawn(page)
        presses(page, "Mettre le rappel")
        reads(page, "devenue rappel")

        goes_to(page, server, "/semaine")
        reads(page, CALL)
        presses(page, "Fait")
        expect(page.get_by_text(CALL)).to_have_count(0)
        with reading(database) as session:
            assert session.scalars(select(Reminder.done_on)).all() == [ON]

        goes_to(page, server, "/carnet?demarche=demo")
        page.get_by_test_id("stMenuButtonButton").locator("visible=true").first.click()
        page.get_by_text("Retirer").click()
        reads(page, "Ligne retirée du carnet.")
        assert notes(database) == []


def test_a_line_too_long_is_refused_and_still_there(chromium: Browser, server: Server, database: Engine) -> None:
    before = notes(database)
    with signed_in(chromium, server) as page:
        goes_to(page, server, "/plan?demarche=demo")
        line(page).fill("a" * 5000)
        page.keyboard.press("Enter")
        reads(page, "5000 caractères ; 2000 au plus")
        expect(line(page)).to_have_value("a" * 5000)
        assert notes(database) == before


@pytest.mark.parametrize("address", ["/semaine", "/carnet?demarche=demo", "/plan?demarche=demo"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_line_is_at_the_foot_of_the_page_and_leaves_it_at_its_top(
    chromium: Browser, server: Server, address: str, width: int
) -> None:
    with signed_in(chromium, server, width=width) as page:
        goes_to(page, server, address)
        expect(line(page)).to_be_in_viewport()
        expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
        foot = page.get_by_test_id("stBottom").bounding_box()
        assert foot is not None and foot["height"] <= 90
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) <= 0


def test_the_line_goes_to_the_fiche_whose_page_is_open_after_another(
    chromium: Browser, server: Server, database: Engine
) -> None:
    with signed_in(chromium, server) as page:
        goes_to(page, server, f"/fiche?demarche=demo&fiche={place(database, '2.2')}")
        page.get_by_role("link", name="Suivante").click()
        expect(line(page)).to_have_attribute("placeholder", "Noter au carnet, fiche 2.5 · Entrée")
