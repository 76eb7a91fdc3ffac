"""Coming in and going out in a real browser: on a phone, by a link; and a page that was open when its access closed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from db.commands import sessions, ways_in
from db.engine import reading, writing
from db.models import Placement
from db.rules.access import Role
from tests.commands.coming_in import EVALUATED, PASSWORD, account_of
from tests.conftest import ON, Databases, viewer_in
from tests.e2e.people import drawn, field, goes_to, presses, reads
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class House:
    """A shared installation that runs, and its database."""

    server: Server
    engine: Engine


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield House(one, made)


def link_for(house: House, login: str, role: Role = Role.COORDINATOR) -> str:
    """The address of the link of somebody who is invited."""
    secret = sessions.new_secret()
    with writing(house.engine) as session:
        ways_in.invite(
            session, viewer_in(house.engine), login=login, function=f"Fonction de {login}", role=role, secret=secret,
            starts_on=ON, ends=EVALUATED if role is Role.EVALUATOR else None,
        )  # fmt: skip
    return f"{house.server.url}/acces/{secret}"


def phone(chromium: Browser, scheme: str = "light", width: int = 390) -> Page:
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": width, "height": 844})
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def chooses_and_enters(page: Page, link: str, login: str) -> None:
    """Choose a password by the link, then sign in."""
    page.goto(link)
    field(page, "Mot de passe choisi").fill(PASSWORD)
    field(page, "Le même, une seconde fois").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").click()
    field(page, "Identifiant").fill(login)
    field(page, "Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer").click()
    drawn(page)


def test_somebody_invited_chooses_a_password_on_a_phone_comes_in_and_goes_out(chromium: Browser, house: House) -> None:
    page = phone(chromium)
    link = link_for(house, "claire.martin")
    page.goto(link)
    expect(page).to_have_url(f"{house.server.url}/acces")
    field(page, "Mot de passe choisi").fill("court")
    field(page, "Le même, une seconde fois").fill("court")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("au moins 12")
    chooses_and_enters(page, link, "claire.martin")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.goto(f"{house.server.url}/mon-acces")
    drawn(page)
    expect(page.get_by_text("c'est celle-ci")).to_be_visible()
    presses(page, "Me déconnecter")
    expect(page.get_by_role("heading", name="Vous n'êtes plus connecté")).to_be_visible()
    page.goto(f"{house.server.url}/plan")
    expect(page.get_by_role("heading", name="Entrer")).to_be_visible()
    page.goto(link)
    expect(page.get_by_text("il a déjà servi")).to_be_visible()
    page.context.close()


def test_an_access_that_closes_takes_the_open_page_with_it_and_keeps_what_was_typed(
    chromium: Browser, house: House
) -> None:
    page, typed = phone(chromium, width=1280), "Deux médiatrices vont vers les habitants"
    chooses_and_enters(page, link_for(house, "jean.dupont"), "jean.dupont")
    with reading(house.engine) as session:
        place = session.scalars(select(Placement.id).where(Placement.code == "2.1")).one()
    goes_to(page, house.server, f"/fiche?demarche=demo&fiche={place}&modifier=constat")
    field(page, "Descriptif").press_sequentially(typed)
    reads(page, "Brouillon gardé à")
    account, admin = account_of(house.engine, "jean.dupont"), viewer_in(house.engine)
    with writing(house.engine) as session:
        ways_in.disable_account(session, admin, account_id=account, on=ON)
    expect(page.get_by_role("heading", name="Vous n'êtes plus connecté")).to_be_visible()
    expect(page.get_by_text("Durance")).to_have_count(0)
    with writing(house.engine) as session:
        ways_in.enable_account(session, admin, account_id=account, on=ON)
    page.get_by_role("link", name="Se connecter").click()
    field(page, "Identifiant").fill("jean.dupont")
    field(page, "Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer").click()
    drawn(page)
    expect(field(page, "Descriptif")).to_have_value(typed)
    page.context.close()


def test_a_click_in_a_page_whose_session_ended_shows_nothing_more(chromium: Browser, house: House) -> None:
    page = phone(chromium, width=1280)
    chooses_and_enters(page, link_for(house, "anne.petit"), "anne.petit")
    goes_to(page, house.server, "/plan?demarche=demo")
    with writing(house.engine) as session:
        ways_in.disable_account(
            session, viewer_in(house.engine), account_id=account_of(house.engine, "anne.petit"), on=ON
        )
    page.get_by_text("Publié", exact=True).click()
    expect(page.get_by_role("heading", name="Vous n'êtes plus connecté")).to_be_visible(timeout=3_000)
    page.context.close()


def test_who_administers_invites_and_hands_the_link_over(chromium: Browser, house: House) -> None:
    page = phone(chromium, width=1280)
    chooses_and_enters(page, link_for(house, "direction", Role.ADMINISTRATOR), "direction")
    page.goto(f"{house.server.url}/comptes")
    drawn(page)
    presses(page, "Inviter quelqu'un")
    page.get_by_label("Fonction, qui la nomme").fill("Évaluatrice")
    field(page, "Identifiant").fill("eva.luatrice")
    page.get_by_label("Rôle").first.click()
    page.get_by_role("option", name="Évaluateur externe").click()
    field(page, "Fin de l'accès (ce rôle en a toujours une)").fill("juin 2027")
    page.keyboard.press("Tab")
    drawn(page)
    presses(page, "Inviter")
    link = page.get_by_test_id("stCode").inner_text().strip()
    expect(page.get_by_text("jusqu’au 30 juin 2027")).to_be_visible()
    presses(page, "C'est copié")
    expect(page.get_by_test_id("stCode")).to_have_count(0)
    guest = phone(chromium)
    chooses_and_enters(guest, link, "eva.luatrice")
    expect(guest.get_by_role("heading", level=1).first).to_be_visible()
    guest.context.close()
    page.context.close()


def test_who_administers_gives_a_second_role_and_the_first_an_end(chromium: Browser, house: House) -> None:
    page = phone(chromium)
    chooses_and_enters(page, link_for(house, "mairie", Role.ADMINISTRATOR), "mairie")
    link_for(house, "deux.roles", Role.EVALUATOR)
    account = account_of(house.engine, "deux.roles")
    page.goto(f"{house.server.url}/comptes")
    drawn(page)
    card = page.locator(f".st-key-person_{account}")
    card.get_by_role("button", name="Donner un autre rôle").click()
    card.get_by_label("Rôle").first.click()
    page.get_by_role("option", name="Signataire", exact=True).click()
    drawn(page)
    card.get_by_role("button", name="Donner ce rôle").click()
    expect(card.get_by_text("Signataire, CLS Durance-Luberon")).to_be_visible()
    card.get_by_role("button", name="Changer la fin").first.click()
    card.get_by_label("Dernier jour de ce rôle").fill("juin 2030")
    card.get_by_role("button", name="Enregistrer la fin").click()
    expect(card.get_by_text("Évaluateur externe, toutes les démarches, jusqu’au 30 juin 2030")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ways_in_are_read_by_everybody_on_the_smallest_screen(chromium: Browser, house: House, scheme: str) -> None:
    page = phone(chromium, scheme, width=320)
    for address in (f"{house.server.url}/entrer", link_for(house, f"lit.{scheme}")):
        page.goto(address)
        page.get_by_role("button").click()  # its required fields are empty: nothing is sent
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
        assert [(violation["id"], violation["nodes"]) for violation in found.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.context.close()
