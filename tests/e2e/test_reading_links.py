"""A page is shared, read by a link in somebody else's browser, and closed while it is open."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Databases
from tests.e2e.people import drawn, field, presses
from tests.e2e.test_ways_in import House, chooses_and_enters, link_for, phone
from tests.house import ROOT
from tests.serving import serving

pytestmark = pytest.mark.browser
TITLE = "Contrat local de santé Durance-Luberon"


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield House(one, made)


def shares(desk: Page, house: House, address: str, whom: str) -> str:
    """Share the page at an address; gives the link."""
    desk.goto(f"{house.server.url}{address}")
    drawn(desk)
    desk.get_by_role("link", name="Partager").click()
    field(desk, "Pour qui (seule la coordination le lit)").fill(whom)
    desk.keyboard.press("Tab")
    drawn(desk)
    presses(desk, "Faire le lien")
    return desk.get_by_test_id("stCode").inner_text().strip()


def test_a_page_that_is_shared_is_read_by_its_link_alone_until_it_is_withdrawn(chromium: Browser, house: House) -> None:
    desk, reader = phone(chromium, width=1280), phone(chromium)
    chooses_and_enters(desk, link_for(house, "claire.martin"), "claire.martin")
    link = shares(desk, house, "/plan?demarche=demo&statut=en+pause", "Bureau du COPIL")
    secret = link.rpartition("/")[2]

    reader.goto(link)
    expect(reader).to_have_url(f"{house.server.url}/lecture")
    assert Axe().run(reader).response["violations"] == []
    reader.get_by_role("button", name="Lire cette page").click()
    drawn(reader)
    expect(reader.get_by_role("heading", name="Plan d'action")).to_be_visible()
    expect(reader.get_by_text("Vous lisez cette page par un lien")).to_be_visible()
    expect(reader.get_by_text("1 fiche sur 1")).to_be_visible()
    assert secret not in reader.url and "lecture" not in reader.url
    assert secret not in str(reader.evaluate("document.documentElement.outerHTML + document.cookie"))
    assert secret not in reader.evaluate("document.referrer")
    assert reader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    expect(reader.get_by_test_id("stSidebar")).to_have_count(0)

    for address in ("/?demarche=demo", "/fiche?fiche=1", "/contrat", "/semaine", "/liens", "/demarches", "/mon-acces"):
        reader.goto(f"{house.server.url}{address}")
        drawn(reader)
        expect(reader.get_by_role("heading", name="Il n'y a rien ici")).to_be_visible()
        expect(reader.get_by_text("Durance")).to_have_count(0)
    reader.get_by_role("link", name="Lire « plan d'action »").click()
    expect(reader.get_by_text("1 fiche sur 1")).to_be_visible()
    expect(reader.get_by_text("19 fiches")).to_have_count(0)

    desk.goto(f"{house.server.url}/liens?demarche=demo")
    drawn(desk)
    expect(desk.get_by_text("ouvert une fois")).to_be_visible()
    presses(desk, "Retirer")
    expect(reader.get_by_role("heading", name="Ce lien ne sert plus")).to_be_visible(timeout=10_000)
    expect(reader.get_by_text("Plan d'action")).to_have_count(0)
    reader.reload()
    expect(reader.get_by_text("Ce lien de lecture ne sert plus")).to_be_visible()
    reader.goto(f"{house.server.url}/plan")
    expect(reader.get_by_role("heading", name="Entrer")).to_be_visible()
    desk.context.close()
    reader.context.close()


def test_who_reads_by_a_link_and_has_an_account_signs_in_from_there(chromium: Browser, house: House) -> None:
    desk, reader = phone(chromium, width=1280), phone(chromium, width=1280)
    chooses_and_enters(desk, link_for(house, "anne.petit"), "anne.petit")
    chooses_and_enters(reader, link_for(house, "jean.dupont"), "jean.dupont")
    reader.context.clear_cookies()
    reader.goto(shares(desk, house, "/?demarche=demo", "Jean"))
    reader.get_by_role("button", name="Lire cette page").click()
    expect(reader.get_by_role("heading", name=TITLE)).to_be_visible()
    reader.get_by_role("link", name="Se connecter").click()
    field(reader, "Identifiant").fill("jean.dupont")
    field(reader, "Mot de passe").fill("quatre mots sans rapport")
    reader.get_by_role("button", name="Entrer").click()
    drawn(reader)
    expect(reader.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(reader.get_by_text("par un lien")).to_have_count(0)
    expect(reader.get_by_role("link", name="Partager")).to_be_visible()
    desk.context.close()
    reader.context.close()
