"""A coordinator passes the hand in a real browser, and the successor finds everything at their first opening."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from db.commands import drafts, logbook, sessions, ways_in
from db.engine import writing
from db.models.base import now_utc
from db.rules.access import Role
from tests.commands.coming_in import EVALUATED, PASSWORD
from tests.commands.handing import SINCE, as_person
from tests.conftest import Databases, viewer_in
from tests.e2e.people import at_rest, drawn, field, presses, reads
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser
DEMO = 1
STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True, slots=True)
class House:
    """A shared installation that runs, and its database."""

    server: Server
    engine: Engine


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    """The demonstration with who coordinates it, who will, and what the first one holds."""
    made = databases.copy("sqlite", "demo")
    for login, function, role in (
        ("claire", "Coordinatrice du CLS", Role.COORDINATOR),
        ("samir", "Chargé de mission", Role.EVALUATOR),
    ):
        secret = sessions.new_secret()
        with writing(made) as session:
            ways_in.invite(
                session, viewer_in(made), login=login, function=function, role=role, secret=secret, starts_on=SINCE,
                initiative_id=DEMO, ends=EVALUATED if role is Role.EVALUATOR else None,
            )  # fmt: skip
            ways_in.choose_password(session, secret=secret, password=PASSWORD, at=now_utc())
    claire = as_person(made, "claire", date(2026, 10, 1))
    with writing(made) as session:
        logbook.add_reminder(session, claire, initiative_id=DEMO, text="Relancer la CPTS", due="15/10/2026")
        draft = drafts.start_draft(session, claire, "sheet:1:constat", {})
        drafts.keep(session, claire, draft.key, {"rationale": "Un constat commencé par Claire"})
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield House(one, made)


@contextmanager
def inside(chromium: Browser, house: House, login: str, width: int = 1280) -> Iterator[Page]:
    """The browser of somebody who has just signed in."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{house.server.url}/entrer")
    field(page, "Identifiant").fill(login)
    field(page, "Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer").click()
    drawn(page)
    yield page
    context.close()


def is_readable(page: Page) -> None:
    """Nothing avoidable is found against the page, and nothing is wider than the screen."""
    at_rest(page)
    found = Axe().run(page, context='[data-testid="stMain"]', options={"runOnly": STANDARDS})
    faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found.response["violations"]]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_coordinator_passes_the_hand_and_the_successor_finds_all_of_it(chromium: Browser, house: House) -> None:
    with inside(chromium, house, "claire") as page:
        page.goto(f"{house.server.url}/passer-la-main?demarche=demo")
        drawn(page)
        reads(page, "Tient ici")
        presses(page, "Passer la main")
        is_readable(page)
        page.get_by_label("À qui").click()
        page.get_by_role("option", name="Chargé de mission").click()
        drawn(page)
        field(page, "À partir du").fill("1/10/2026")
        field(page, "Un mot pour qui prend le poste").fill("Le dossier vert est dans l'armoire.")
        page.keyboard.press("Tab")
        reads(page, "Brouillon gardé à")
        page.get_by_role("button", name="Passer la main").last.click()
        reads(page, "La main est passée à Chargé de mission")
        page.goto(f"{house.server.url}/semaine")
        drawn(page)
        expect(page.get_by_text("Relancer la CPTS")).to_have_count(0)
    with inside(chromium, house, "samir", width=390) as page:
        expect(page.get_by_role("heading", name="Prise de poste")).to_be_visible()
        reads(page, "Le dossier vert est dans l'armoire.")
        reads(page, "Relancer la CPTS")
        is_readable(page)
        presses(page, "C'est lu")
        page.goto(f"{house.server.url}/semaine")
        drawn(page)
        page.get_by_role("link", name="Constat, objectifs et résultats").click()
        drawn(page)
        expect(field(page, "Constat")).to_have_value("Un constat commencé par Claire")
