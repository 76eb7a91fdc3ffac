"""« À préciser » in a real browser, by keyboard: a value, Ctrl+Entrée, the next value."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Databases, viewer_in
from tests.e2e.people import at_rest
from tests.exchange.messy import BUS, Messy, a_messy_plan
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def plan(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Messy:
    made = databases.copy("sqlite")
    return a_messy_plan(made, viewer_in(made), tmp_path_factory.mktemp("messy"))


@pytest.fixture(scope="module")
def server(plan: Messy) -> Iterator[Server]:
    with serving(ROOT / "app.py", database_url=plan.engine.url.render_as_string(hide_password=False)) as running:
        yield running


def asked(chromium: Browser, server: Server, cell: int, scheme: str = "light", width: int = 1280) -> Page:
    """The page at a cell, in a browser of its own."""
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": width, "height": 720})
    page = context.new_page()
    page.goto(f"{server.url}/plan?vue=En+préparation&liste=preciser&cellule={cell}")
    expect(page.get_by_text("Laisser tel quel")).to_be_visible(timeout=30_000)
    at_rest(page)
    return page


def test_two_values_are_written_without_leaving_the_keyboard_nor_the_field(
    chromium: Browser, server: Server, plan: Messy
) -> None:
    page = asked(chromium, server, plan.cell("starts_on"))
    page.get_by_label("Date de début").focus()
    page.keyboard.type("mars 2026")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Date de fin")).to_be_focused(timeout=15_000)
    expect(page.get_by_label("Date de fin")).to_have_value("")
    page.keyboard.type("bientot")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ce n'est pas une date.").first).to_be_visible(timeout=15_000)
    expect(page.get_by_label("Date de fin")).to_be_focused()
    expect(page.get_by_label("Date de fin")).to_have_value("bientot")
    page.keyboard.press("Control+A")
    page.keyboard.type("2028")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Date de fin : « 2028 » est écrit.")).to_be_visible(timeout=15_000)
    draft = plan.draft(BUS)
    assert (str(draft.starts_on and draft.starts_on.day), str(draft.ends_on and draft.ends_on.day)) == (
        "2026-03-01",
        "2028-12-31",
    )


def test_one_key_answers_and_another_passes(chromium: Browser, server: Server, plan: Messy) -> None:
    page = asked(chromium, server, plan.cell("priority"))
    expect(page.get_by_role("button", name="haute")).to_be_visible()
    page.keyboard.press("Alt+1")
    expect(page.get_by_text("Priorité : « haute » est écrit.")).to_be_visible(timeout=15_000)
    page.keyboard.press("Alt+p")
    expect(page.get_by_text("Priorité : « haute » est écrit.")).to_be_hidden(timeout=15_000)


def test_a_pause_in_a_long_text_keeps_it_and_writes_nothing(chromium: Browser, server: Server, plan: Messy) -> None:
    cell = plan.cell("rationale")
    page = asked(chromium, server, cell)
    page.get_by_label("Constat").focus()
    page.keyboard.type("Les soins sont loin")
    expect(page.get_by_text("Brouillon gardé à")).to_be_visible(timeout=15_000)
    assert plan.row(cell).settled_at is None
    page.keyboard.type(" du village")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Constat : « Les soins sont loin du village » est écrit.")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
@pytest.mark.parametrize("field", ["geo_scope", "funder_amount", "lead", "weight"])
def test_every_way_to_answer_is_accessible(
    chromium: Browser, server: Server, plan: Messy, field: str, scheme: str, width: int
) -> None:
    page = asked(chromium, server, plan.cell(field), scheme, width)
    found = Axe().run(page, context='[data-testid="stMain"]', options=RULES)
    wrong = [f"{v['id']}: {node['html']}" for v in found.response["violations"] for node in v["nodes"]]
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
