"""« Action imprévue » as it is done: on a phone, standing, in three fields."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from db.engine import reading
from db.models import ActionSheet, Involvement, Organisation
from tests import browser
from tests.conftest import Databases
from tests.e2e.people import drawn, field, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

TITLE, LEAD = "Ateliers cuisine au centre social", "Centre social La Bastide"
A_FINGER = 44  # pixels


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Engine]:
    made = databases.copy("sqlite", "demo")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def phone(database: Engine) -> Iterator[tuple[Browser, Server]]:
    url = database.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url) as server, browser.chromium() as launched:
        yield launched, server


@pytest.fixture
def page(phone: tuple[Browser, Server]) -> Iterator[Page]:
    with signed_in(*phone, width=390) as opened:
        opened.goto(f"{phone[1].url}/imprevue?demarche=demo")
        drawn(opened)
        yield opened


def led_by(engine: Engine, title: str) -> list[str]:
    """Who leads each sheet of this title."""
    with reading(engine) as session:
        rows = session.scalars(
            select(Organisation.name)
            .join(Involvement, Involvement.organisation_id == Organisation.id)
            .join(ActionSheet, ActionSheet.id == Involvement.sheet_id)
            .where(ActionSheet.title == title)
        )
        return list(rows)


def test_all_that_is_touched_is_as_tall_as_a_finger_and_nothing_sticks_out(page: Page) -> None:
    month = page.get_by_role("button", name="Le mois prochain").or_(page.get_by_role("radio", name="Le mois prochain"))
    touched = [field(page, "Quelle action"), field(page, "Qui la pilote"), month.first]
    for one in [*touched, page.get_by_role("button", name="Ajouter l'action")]:
        tall = "e => Math.max(e.offsetHeight, e.parentElement.offsetHeight)"
        assert one.evaluate(tall) >= A_FINGER
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 0


def test_three_fields_and_two_taps_in_a_hurry_make_one_sheet_and_lead_to_it(page: Page, database: Engine) -> None:
    field(page, "Quelle action").fill(TITLE)
    field(page, "Qui la pilote").click()
    page.keyboard.type(LEAD)
    page.keyboard.press("Enter")
    drawn(page)
    page.get_by_role("button", name="Ajouter l'action").dblclick()
    expect(page.get_by_text("est dans le plan, hors contrat initial")).to_be_visible()
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    assert led_by(database, TITLE) == [LEAD]
    page.get_by_role("link", name=f"Compléter la fiche « {TITLE} »").click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.get_by_text("Hors contrat initial, à valider par le prochain COPIL")).to_be_visible()
