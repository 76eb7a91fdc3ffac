"""Texts that attack whoever shows them, in every field of a plan, on every page: nothing runs, all is read as typed."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from db.engine import reading
from db.models import ActionSheet, Placement
from db.viewer import Viewer
from tests.conftest import Databases, viewer_in
from tests.e2e.people import PREPARATION, drawn
from tests.hostile import NAMES, Hostile, hostile_plan
from tests.house import ROOT
from tests.payloads import MARK, TEXTS
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

HERE = f"demarche={NAMES}&{PREPARATION}"
AS_COMMITTEE = f"demarche={NAMES}"
PAGES = (
    f"/?{AS_COMMITTEE}",
    f"/?{HERE}",
    f"/plan?{AS_COMMITTEE}",
    f"/plan?{HERE}",
    f"/plan?{HERE}&page=2",
    f"/plan?{HERE}&forme=Par+statut",
    f"/plan?{HERE}&forme=Frise",
    *(
        f"/plan?{HERE}&liste={quote(name)}"
        for name in ("completer", "verifier", "preciser", "nouvelles", "coordination")
    ),
    f"/contrat?{HERE}",
    f"/contrat?{HERE}&avenant=nouveau",
    f"/contrat?{HERE}&avenant=contrat",
    f"/imprevue?{HERE}",
    f"/organiser?{HERE}",
    f"/organiser?{HERE}&organiser=ordre",
    f"/nouvelles?{HERE}",
    f"/plusieurs?{HERE}",
    f"/publier?{HERE}",
    "/semaine",
    f"/carnet?{HERE}",
    f"/reponses?{HERE}",
    f"/actes?{HERE}",
    "/demarches",
    f"/importer?{HERE}",
    "/aide",
)
UNSEEN = re.compile("[\u2060\u200b]")
OWN = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")


class Reader:
    """A browser that notes whatever a page does beyond showing itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", lambda asked: None if asked.url.startswith(OWN) else self.wrong.append(f"ask {asked.url}"))
        page.on("popup", lambda opened: self.wrong.append(f"popup {opened.url}"))
        page.on("console", self._console)

    def _dialog(self, dialog) -> None:  # type: ignore[no-untyped-def]
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _console(self, message) -> None:  # type: ignore[no-untyped-def]
        if "Content Security Policy" in message.text:
            self.wrong.append(f"console {message.text}")

    def opens(self, url: str) -> list[str]:
        """Open an address, move over what it drew, and give what went wrong since the last one."""
        self.page.goto(url)
        drawn(self.page)
        expect(self.page.locator("h1").first).to_be_attached()
        for chart in self.page.get_by_test_id("stVegaLiteChart").all():
            chart.hover(position={"x": 60, "y": 60}, force=True)
        return self.rests(url)

    def rests(self, where: str) -> list[str]:
        """What went wrong since the last rest, the mark of a script that ran included."""
        if self.page.evaluate(f"{MARK} !== undefined"):
            self.wrong.append("a script ran")
        if not self.page.url.startswith("http://127.0.0.1"):
            self.wrong.append(f"left for {self.page.url}")
        found, self.wrong = [f"{where} {fault}" for fault in self.wrong], []
        return found


@pytest.fixture(scope="module")
def base(databases: Databases) -> Engine:
    return databases.copy("sqlite")


@pytest.fixture(scope="module")
def plan(base: Engine, tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    viewer: Viewer = viewer_in(base)
    return hostile_plan(base, viewer, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def server(base: Engine, plan: Hostile) -> Iterator[Server]:
    with serving(ROOT / "app.py", database_url=base.url.render_as_string(hide_password=False)) as running:
        yield running


@pytest.fixture(scope="module")
def reader(chromium: Browser, server: Server) -> Reader:
    page = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(30_000)
    return Reader(page)


def test_no_page_runs_what_was_typed_nor_asks_anything_outside(reader: Reader, server: Server) -> None:
    assert [fault for address in PAGES for fault in reader.opens(server.url + address)] == []


def test_the_page_of_a_link_of_answer_shows_texts_as_they_were_typed(reader: Reader, server: Server) -> None:
    for rank in (0, 7, 19):
        reader.page.goto(f"{server.url}/reponse/secret%20{rank}")
        expect(reader.page.locator("details").first).to_be_visible()
        assert reader.rests(f"link {rank}") == []
        assert seen(TEXTS[rank].splitlines()[0]) in seen(reader.page.locator("summary").first.inner_text())


def test_the_plan_shows_every_title_and_every_plain_line_as_they_were_typed(
    reader: Reader, server: Server, base: Engine, plan: Hostile
) -> None:
    words, wrong = "", []
    for page in (1, 2):
        wrong += reader.opens(f"{server.url}/plan?{HERE}&page={page}")
        words += seen(reader.page.get_by_test_id("stMain").inner_text())
    missing = [text for _, *texts in sheets(base, plan) for text in texts if seen(text) not in words]
    assert (wrong, missing) == ([], [])


def test_a_fiche_shows_what_was_typed_in_it_as_it_was_typed(
    reader: Reader, server: Server, base: Engine, plan: Hostile
) -> None:
    wrong: list[str] = []
    for placement, *texts in sheets(base, plan)[::3]:
        wrong += reader.opens(f"{server.url}/fiche?fiche={placement}&{HERE}")
        words = seen(reader.page.get_by_test_id("stMain").inner_text())
        wrong += [f"{placement} does not say {text!r}" for text in texts if seen(text) not in words]
    assert wrong == []


def test_the_history_of_a_fiche_and_its_forms_run_nothing_either(reader: Reader, server: Server, plan: Hostile) -> None:
    wrong: list[str] = []
    for placement in plan.placements[::9]:
        for section in ("identite", "calendrier", "partenaires", "nouvelles"):
            wrong += reader.opens(f"{server.url}/fiche?fiche={placement}&{HERE}&modifier={section}")
        reader.page.get_by_text("Historique de la fiche").click()
        drawn(reader.page)
        wrong += reader.rests(f"history of {placement}")
    assert wrong == []


def sheets(base: Engine, plan: Hostile) -> list[tuple[int, str, str]]:
    """The placement, title and plain line of the fiches, in the order of the texts."""
    with reading(base) as session:
        asked = select(Placement.id, ActionSheet.title, ActionSheet.plain_line)
        told = asked.join(ActionSheet, ActionSheet.id == Placement.sheet_id).where(Placement.id.in_(plan.placements))
        return [tuple(row) for row in session.execute(told.order_by(Placement.id))]


def seen(text: str) -> str:
    """A text as the eye compares it: runs of spaces are one, marks without width none."""
    return " ".join(UNSEEN.sub("", text).split())
