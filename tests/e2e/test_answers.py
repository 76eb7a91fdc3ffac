"""A partner answers from a phone, without an account; the coordination decides; nobody else sees it before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.conftest import Databases
from tests.e2e.people import drawn, goes_to, presses, reads, signed_in
from tests.serving import Server, serving

pytestmark = pytest.mark.browser
APP = Path(__file__).resolve().parent.parent.parent / "app.py"
STRUCTURE, SHEET = "Association Cap Rétablissement", "3.3 Former des secouristes en santé mentale (PSSM)"


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Engine]:
    made = databases.copy("sqlite", "demo")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def server(database: Engine) -> Iterator[Server]:
    with serving(APP, database_url=database.url.render_as_string(hide_password=False)) as running:
        yield running


def the_link(page: Page, server: Server) -> str:
    goes_to(page, server, "/reponses?demarche=demo")
    presses(page, "Faire le lien")
    return str(page.locator("code").first.inner_text()).strip()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_lead_answers_from_a_phone_without_an_account_and_the_coordination_accepts(
    chromium: Browser, server: Server
) -> None:
    with signed_in(chromium, server) as desk, signed_in(chromium, server, width=390) as phone:
        link = the_link(desk, server)
        phone.goto(server.url + link)
        assert link.rsplit("/", 1)[1] not in phone.url
        expect(phone.get_by_text(STRUCTURE)).to_be_visible()
        assert fits(phone)
        phone.get_by_label("Avancement").fill("120")
        phone.get_by_label("Votre nom").fill("Dominique Exemple")
        phone.get_by_role("button", name="Envoyer à la coordination").click()
        expect(phone.get_by_role("alert")).to_contain_text("0 à 100")
        expect(phone.get_by_label("Votre nom")).to_have_value("Dominique Exemple")
        phone.get_by_label("Avancement").fill("60 %")
        phone.get_by_label("Freins").fill("Le local ferme en décembre")
        phone.get_by_role("button", name="Envoyer à la coordination").dblclick()
        expect(phone.get_by_role("status")).to_contain_text("C'est envoyé")

        goes_to(desk, server, "/plan?demarche=demo")
        expect(desk.get_by_text("Le local ferme en décembre")).to_have_count(0)
        goes_to(desk, server, "/reponses?demarche=demo")
        reads(desk, "Une réponse attend votre décision.")
        reads(desk, "Le local ferme en décembre")
        presses(desk, "Accepter")
        reads(desk, "sont enregistrées, en préparation")
        desk.get_by_role("button", name="Piloter").click()
        goes_to(desk, server, "/fiche?demarche=demo&fiche=13")
        reads(desk, "Le local ferme en décembre")
        reads(desk, "Dominique Exemple")
        drawn(desk)


def test_a_link_that_was_withdrawn_says_so_on_the_phone_and_nothing_else(chromium: Browser, server: Server) -> None:
    with signed_in(chromium, server) as desk, signed_in(chromium, server, width=390) as phone:
        goes_to(desk, server, "/reponses?demarche=demo")
        presses(desk, "Nouveau lien")
        link = str(desk.locator("code").first.inner_text()).strip()
        phone.goto(server.url + link)
        expect(phone.get_by_text(STRUCTURE)).to_be_visible()
        presses(desk, "Retirer")
        reads(desk, "n'ouvre plus rien")
        phone.reload()
        expect(phone.get_by_text("Ce lien ne sert plus")).to_be_visible()
        expect(phone.get_by_text(STRUCTURE)).to_have_count(0)
        phone.goto(f"{server.url}/reponse/forge")
        expect(phone.get_by_text("Ce lien ne sert plus")).to_be_visible()
