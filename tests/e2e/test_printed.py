"""What a committee reads, on paper: A4, in light colours, without what only a screen can do."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from components import theme
from tests.conftest import Databases
from tests.e2e.people import at_rest
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 720}
A4 = {"width": 703, "height": 1032}
"""In pixels, what 12 mm of margin leave."""
PAPER = re.compile(rb"/Type /Page\b")
DEMO = "demarche=demo"
PREPARED = f"{DEMO}&vue=En+pr%C3%A9paration"
MOST = {"overview": 2, "plan": 3, "board": 3, "timeline": 1, "fiche": 3, "contract": 2, "rights": 2}
"""Sheets of paper that the demonstration takes."""
READ = {
    "overview": (f"/?{DEMO}", ("Contrat local de santé Durance-Luberon", "462", "Le plan dans le temps")),
    "plan": (f"/plan?{DEMO}", ("23 fiches sur 23", "1.1 Animer le CLS", "5.4 Ateliers équilibre")),
    "board": (f"/plan?{DEMO}&forme=Par+statut", ("En cours (19)", "1.1 Animer le CLS", "2.6 Prévention bucco")),
    "timeline": (f"/plan?{DEMO}&forme=Frise", ("23 fiches sur 23",)),
    "fiche": (f"/fiche?fiche=1&{PREPARED}", ("1.1 Animer le CLS", "En clair", "Signature du CLS", "Financements")),
    "contract": (f"/contrat?{DEMO}", ("Contrat et avenants", "Tel que signé", "16 mars 2026")),
    "rights": ("/qui-voit-quoi", ("Qui voit quoi", "Coordinateur", "Invité par lien")),
}
OF_A_SCREEN = (
    "header", "nav", "[data-testid=stToolbar]", "button:not([data-testid=stPopoverButton])", "[role=combobox]",
    "[data-testid=stSelectbox]", "[data-testid=stTextInput]", "[role=radiogroup]", "[data-testid=stBottom]", "textarea",
    "summary", "[data-testid=stTooltipIcon]", ".st-key-notices", "footer",
)  # fmt: skip
SHOWN = """(selectors) => selectors.filter((one) => [...document.querySelectorAll(one)].some(
  (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0))"""
CUT = """() => [...document.querySelectorAll('.stApp, .stMain, .stMain *')].filter((node) => {
  const {overflowX, overflowY} = getComputedStyle(node), box = node.getBoundingClientRect();
  const hides = (over, way) => over > 2 && way !== 'visible';
  return node.checkVisibility() && box.width > 2 && !node.closest('svg, label, [data-testid=stProgress]') && (
    box.right > innerWidth + 1 || hides(node.scrollWidth - node.clientWidth, overflowX)
    || hides(node.scrollHeight - node.clientHeight, overflowY));
}).map((node) => node.outerHTML.slice(0, 160))"""
UNDER = """(least) => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, rank) => sum + one * [0.2126, 0.7152, 0.0722][rank], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a > 0.5) return light([r, g, b]);
    }
    return 1;
  };
  const said = [...document.querySelectorAll('.stMain :is(p, li, h1, h2, h3, th, td, span)')].filter((node) =>
    node.checkVisibility() && node.getBoundingClientRect().width > 1
    && [...node.childNodes].some((text) => text.nodeType === 3 && text.data.trim()));
  return said.filter((node) => {
    const under = ground(node);
    return under < 0.75 || (under + 0.05) / (light(channels(getComputedStyle(node).color)) + 0.05) < least;
  }).map((node) => node.outerHTML.slice(0, 160));
}"""


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False)) as running:
        yield running


@pytest.fixture(scope="module", params=["light", "dark"])
def screen(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page, in one appearance of the screen then in the other."""
    context = chromium.new_context(color_scheme=request.param, locale="fr-FR", viewport=SCREEN)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def printed(page: Page, address: str) -> None:
    """Open an address, and have it drawn as on paper."""
    page.emulate_media(media="screen")
    page.set_viewport_size(SCREEN)
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    at_rest(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.emulate_media(media="print")


@pytest.mark.parametrize("what", READ)
def test_a_page_of_the_committee_is_printed_whole_and_alone_in_light_colours(
    screen: Page, server: Server, what: str
) -> None:
    address, words = READ[what]
    printed(screen, server.url + address)
    assert len(PAPER.findall(screen.pdf(format="A4"))) <= MOST[what]
    screen.set_viewport_size(A4)
    assert screen.evaluate(SHOWN, list(OF_A_SCREEN)) == []
    assert screen.evaluate(CUT) == []
    assert screen.evaluate(UNDER, 4.5) == []
    said = screen.locator(".stMain").inner_text().replace("\u00a0", " ")
    assert [one for one in ("CLS Durance-Luberon (démonstration)", *words) if one not in said] == []


def test_the_name_of_the_demarche_is_written_on_paper_alone(screen: Page, server: Server) -> None:
    printed(screen, f"{server.url}/plan?{DEMO}")
    name = screen.locator(".st-key-printed_name")
    expect(name).to_be_visible()
    screen.emulate_media(media="screen")
    expect(name).to_be_hidden()


def test_what_was_just_done_and_the_line_of_the_carnet_are_not_printed(screen: Page, server: Server) -> None:
    screen.emulate_media(media="screen")
    screen.goto(f"{server.url}/fiche?fiche=2&{PREPARED}")
    line = screen.get_by_test_id("stChatInputTextArea")
    line.fill("Appel de la mairie")
    line.press("Enter")
    done = screen.get_by_text("Noté au carnet").first
    expect(done).to_be_visible()
    screen.emulate_media(media="print")
    expect(done).to_be_hidden()
    expect(line).to_be_hidden()


def test_a_chart_is_drawn_again_in_light_colours(screen: Page, server: Server) -> None:
    printed(screen, f"{server.url}/plan?{DEMO}&forme=Frise")
    chart = screen.get_by_test_id("stVegaLiteChart").locator("svg").first
    is_dark = theme.DARK.ink in chart.inner_html()
    assert chart.evaluate("(node) => getComputedStyle(node).filter !== 'none'") is is_dark
