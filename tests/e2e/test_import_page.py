from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Databases
from tests.e2e.people import at_rest
from tests.exchange.files import PLAN, xlsx
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

TITLED = [["Contrat local de santé d'essai 2025-2030"], *PLAN]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    made = databases.copy("sqlite")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False)) as running:
        yield running


def door(chromium: Browser, server: Server, scheme: str = "light", width: int = 1280) -> Page:
    """The page in a new browser of its own."""
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": width, "height": 720})
    page = context.new_page()
    page.goto(f"{server.url}/importer")
    expect(page.get_by_role("heading", name="Importer un plan")).to_be_visible(timeout=30_000)
    page.wait_for_selector(READY)
    return page


def drop(page: Page, path: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)


def wrong(page: Page) -> list[str]:
    """What breaks the accessibility rules."""
    at_rest(page)
    found = Axe().run(page, options=RULES)
    return [f"{v['id']}: {node['html']}" for v in found.response["violations"] for node in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dry_run_is_readable_in_both_appearances(chromium: Browser, server: Server, tmp_path: Path, scheme: str):
    page = door(chromium, server, scheme)
    drop(page, xlsx(tmp_path / "plan.xlsx", TITLED))
    expect(page.get_by_role("button", name="Importer les 2 fiches")).to_be_visible()
    page.get_by_text("Fiches à créer").click()
    expect(page.get_by_role("cell", name="Bus santé")).to_be_visible()
    assert wrong(page) == []


def test_nothing_overflows_on_a_phone(chromium: Browser, server: Server, tmp_path: Path):
    page = door(chromium, server, width=390)
    drop(page, xlsx(tmp_path / "plan.xlsx", TITLED))
    expect(page.get_by_role("button", name="Importer les 2 fiches")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_damaged_file_is_told_and_the_next_one_is_read(chromium: Browser, server: Server, tmp_path: Path):
    damaged = tmp_path / "plan.xlsx"
    damaged.write_bytes(xlsx(tmp_path / "whole.xlsx", TITLED).read_bytes()[:900])
    page = door(chromium, server)
    drop(page, damaged)
    expect(page.get_by_text("Rien n'a été importé")).to_be_visible()
    page.reload()
    drop(page, tmp_path / "whole.xlsx")
    expect(page.get_by_role("button", name="Importer les 2 fiches")).to_be_visible()


def test_a_workbook_becomes_a_plan_once_though_the_button_was_clicked_twice(
    chromium: Browser, server: Server, tmp_path: Path
):
    page = door(chromium, server)
    drop(page, xlsx(tmp_path / "plan.xlsx", TITLED))
    page.get_by_role("button", name="Importer les 2 fiches").dblclick()
    expect(page.get_by_role("heading", name="Le plan est importé")).to_be_visible()
    page.get_by_role("combobox", name="Démarche").click()
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Voir la vue d'ensemble").click()
    expect(page.get_by_role("heading", name="Contrat local de santé d'essai 2025-2030")).to_be_visible()
    page.goto(f"{server.url}/importer")
    page.get_by_role("button", name="Annuler").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Retirer les 2 fiches et la démarche")
    assert wrong(page) == []
    question.get_by_role("button", name="Garder").click()
    expect(question).to_have_count(0)
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    question.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("est annulé")).to_be_visible()
    expect(page.get_by_role("heading", name="Importer un plan")).to_be_visible()
    expect(page.get_by_test_id("stSelectbox")).to_have_count(0)
