"""Reading the plan in a real browser, on the demonstration."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Databases
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False)) as running:
        yield running


def opened(chromium: Browser, address: str) -> Page:
    """The page once drawn."""
    page = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720}).new_page()
    page.goto(address)
    expect(page.locator(READY)).to_be_visible(timeout=30_000)
    expect(page.locator("h1").first).to_be_visible(timeout=30_000)
    return page


def test_the_five_figures_and_what_awaits_a_decision_fit_on_a_projector(chromium: Browser, server: Server) -> None:
    page = opened(chromium, f"{server.url}/?demarche=demo")
    for words in ("Fiches actions", "Avancement déclaré", "Indicateurs", "Financements 2026", "Décisions"):
        expect(page.get_by_text(words, exact=True).first).to_be_in_viewport()
    expect(page.get_by_role("heading", name="À arbitrer par le COPIL")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Depuis le dernier COPIL")).to_be_in_viewport()
    page.context.close()


def test_the_chooser_the_address_and_the_browser_s_back_agree(chromium: Browser, server: Server) -> None:
    page = opened(chromium, f"{server.url}/plan")
    expect(page).to_have_url(re.compile(r"demarche=demo"))
    page.get_by_text("Piloter").first.click()
    page.get_by_text("Vue d'ensemble").first.click()
    expect(page).to_have_url(re.compile(r"/\?demarche=demo"))
    expect(page.locator(READY)).to_be_visible()
    page.go_back()
    # When a page is slow to come, Streamlit first writes its bare address in the history: one more press passes it.
    if not re.search(r"/plan", page.url):
        page.go_back()
    expect(page.get_by_role("heading", name="Plan d'action")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile(r"demarche=demo"))
    page.context.close()
