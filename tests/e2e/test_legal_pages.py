"""The legal pages in a real browser: one click away, readable by all, in both appearances and on a phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from components.server.legal import ADDRESSES
from tests.conftest import Databases
from tests.e2e.people import signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False)) as running:
        yield running


def test_a_legal_page_is_one_click_from_the_plan_and_leaves_the_plan_open(chromium: Browser, server: Server) -> None:
    with signed_in(chromium, server) as page:
        page.goto(f"{server.url}/plan?demarche=demo")
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Données personnelles").click()
        expect(opened.value.get_by_role("heading", level=1, name="Données personnelles")).to_be_visible()
        expect(page.get_by_role("heading", level=1, name="Plan d'action")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_legal_page_is_accessible_and_fits_a_phone(chromium: Browser, server: Server, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": 320, "height": 640})
    page, faults = context.new_page(), []
    for address in ADDRESSES:
        page.goto(server.url + address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
        faults += [f"{address} {violation['id']}" for violation in found.response["violations"]]
        faults += [f"{address} sticks out"] if page.evaluate(OVER) > 0 else []
    context.close()
    assert faults == []
