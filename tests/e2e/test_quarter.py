"""The quarterly round of a plan of 25 fiches, in a real browser, every keystroke and click of it counted."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, select

from db.commands.publish import publish_point
from db.commands.series import declare_progress, declare_status
from db.engine import reading, writing
from db.models import ActionSheet, ProgressEntry, StatusEntry, WeatherEntry
from db.rules.vocabulary import Outcome, Status, Weather
from tests import browser
from tests.builders import a_plan
from tests.conftest import Databases, viewer_in
from tests.e2e.hands import Hand, Line
from tests.e2e.people import drawn, field, goes_to, reads, signed_in
from tests.house import ROOT
from tests.serving import serving

pytestmark = pytest.mark.browser

SHEETS = tuple(f"1.{number}" for number in range(1, 26))
LAST_QUARTER = date(2026, 6, 30)
MOST = 8
"""Keystrokes and clicks that the news of one fiche may cost."""
WEATHERS = tuple(Weather)


class News(NamedTuple):
    """What the lead of a fiche said on the phone; no status when it is the same as before."""

    status: Status | None
    percent: int
    weather: Weather


@pytest.fixture
def database(databases: Databases) -> Iterator[Engine]:
    """A plan of 25 fiches of which all was said, and published, a quarter ago."""
    made = databases.copy("sqlite")
    viewer = viewer_in(made)
    with writing(made) as session:
        plan = a_plan(session, viewer, code="essai", sheets=SHEETS)
        for sheet in plan.sheets.values():
            declare_status(session, viewer, sheet_id=sheet, status=Status.ONGOING, on=LAST_QUARTER)
            declare_progress(session, viewer, sheet_id=sheet, on=LAST_QUARTER, percent=30)
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point du printemps", as_of=LAST_QUARTER)
    yield made
    made.dispose()


@pytest.fixture
def page(database: Engine) -> Iterator[Page]:
    """The round of that plan, opened on a laptop."""
    url = database.url.render_as_string(hide_password=False)
    with (
        serving(ROOT / "app.py", database_url=url) as server,
        browser.chromium() as launched,
        signed_in(launched, server) as opened,
    ):
        goes_to(opened, server, "/nouvelles?demarche=essai")
        yield opened


def heading(page: Page) -> Locator:
    """The title of the fiche whose turn it is."""
    return page.get_by_role("heading", level=2).first


def radio(page: Page, word: Status | Weather | Outcome) -> Locator:
    """The button of this word, or the first that has it: « réalisée » comes before « non réalisée »."""
    return page.get_by_role("radio", name=word.label_fr).first


def news_of(number: int) -> News:
    """One fiche in five is paused, one in five is over, the others go on."""
    status = {0: Status.PAUSED, 1: Status.DONE}.get(number % 5)
    return News(status, 100 if status is Status.DONE else 35 + number, WEATHERS[number % len(WEATHERS)])


def written(engine: Engine) -> dict[str, News]:
    """What was declared of each fiche since the point, by its title; each thing once."""
    with reading(engine) as session:
        statuses, percents, weathers = (
            _once(session.execute(select(ActionSheet.title, said).join(ActionSheet).where(point.is_(None))))
            for said, point in (
                (StatusEntry.status, StatusEntry.publication_id),
                (ProgressEntry.percent, ProgressEntry.publication_id),
                (WeatherEntry.weather, WeatherEntry.publication_id),
            )
        )
    assert set(statuses) <= set(percents) == set(weathers)
    return {title: News(statuses.get(title), percents[title], weathers[title]) for title in percents}


def _once(rows: Iterable[Any]) -> dict[str, Any]:
    """What is said by title; nothing is said twice of one."""
    said = [tuple(row) for row in rows]
    assert len(dict(said)) == len(said)
    return dict(said)


def gives_news(hand: Hand, told: News) -> None:
    """The news of one fiche with the mouse and the digits, then the next one."""
    page = hand.page
    if told.status is not None:
        hand.clicks(radio(page, told.status))
    if told.status is Status.DONE:
        hand.clicks(radio(page, Outcome.FULL))
    hand.clicks(page.get_by_label("Avancement"))
    hand.types(str(told.percent))
    hand.clicks(radio(page, told.weather))
    hand.clicks(page.get_by_role("button", name="Enregistrer"))


def test_the_news_of_25_fiches_cost_at_most_8_keystrokes_and_clicks_each(page: Page, database: Engine):
    hand, spent = Hand(page), []
    for number in range(1, len(SHEETS) + 1):
        expect(heading(page)).to_have_text(f"1.{number} Fiche 1.{number}")
        drawn(page)
        gives_news(hand, news_of(number))
        spent.append(hand.rests())
    reads(page, "Toutes les fiches ont donné de leurs nouvelles.")
    assert written(database) == {f"Fiche 1.{number}": news_of(number) for number in range(1, 26)}
    assert max(spent) <= MOST, spent


def test_the_round_is_done_with_the_keyboard_alone_and_the_next_fiche_begins_at_its_first_field(
    page: Page, database: Engine
):
    told = [News(None, 45, Weather.SUNNY), News(Status.PAUSED, 50, Weather.CLOUDY), News(None, 60, Weather.SUNNY)]
    hand, spent = Hand(page), []
    hand.tabs_to(page.get_by_role("link", name="Voir la fiche"), 12)
    hand.rests()
    for number, news in enumerate(told, start=1):
        expect(heading(page)).to_have_text(f"1.{number} Fiche 1.{number}")
        drawn(page)
        hand.tabs_to(radio(page, Status.PLANNED), 1)
        if news.status is not None:
            hand.picks(list(Status).index(news.status))
            expect(field(page, "Motif")).to_be_visible()
        hand.tabs_to(page.get_by_label("Avancement"), 2)
        hand.types(str(news.percent))
        hand.tabs_to(radio(page, Weather.SUNNY), 1)
        hand.picks(WEATHERS.index(news.weather))
        hand.presses("Control+s")
        spent.append(hand.rests())
    expect(heading(page)).to_have_text("1.4 Fiche 1.4")
    assert written(database) == {f"Fiche 1.{number}": news for number, news in enumerate(told, start=1)}
    assert max(spent[0], spent[2]) <= MOST, spent


def test_what_is_typed_before_the_page_has_followed_a_new_status_is_kept(page: Page, database: Engine):
    line = Line(page)
    page.reload()
    drawn(page)
    progress = page.get_by_label("Avancement")
    with line.slow():
        radio(page, Status.BLOCKED).click()
        progress.click()
        page.keyboard.type("4")
    expect(field(page, "Qui peut débloquer")).to_be_visible()
    drawn(page)
    expect(progress).to_be_focused()
    page.keyboard.type("5")
    radio(page, Weather.STORM).click()
    page.keyboard.press("Control+s")
    expect(heading(page)).to_have_text("1.2 Fiche 1.2")
    assert written(database) == {"Fiche 1.1": News(Status.BLOCKED, 45, Weather.STORM)}
