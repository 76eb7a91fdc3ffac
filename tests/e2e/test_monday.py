"""A Monday morning of a coordinator, in a real browser, with the plan of the demonstration."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine, func, select

from db.engine import reading
from db.models import ActionSheet, Initiative, LogbookNote, Placement, Publication, StatusEntry, WeatherEntry
from db.rules.access import Role
from db.rules.vocabulary import PlacementEntry, Weather
from tests import browser
from tests.conftest import Databases
from tests.e2e.hands import Hand
from tests.e2e.people import colleague, drawn, field, goes_to, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser

METEOS = (Weather.SUNNY, Weather.OVERCAST, Weather.SUNNY, Weather.CLOUDY, Weather.STORM)
CALL = "Appel de la directrice : elle cherche une salle à Pertuis pour mars"
UNFORESEEN = "Point d'eau fraîche au marché"
TOUCHED = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "fr-FR"}


@pytest.fixture
def database(databases: Databases) -> Iterator[Engine]:
    """The demonstration, with a colleague, and a signatory who reads what is published."""
    made = databases.copy("sqlite", "demo")
    colleague(made, "claire", "Claire, coordination")
    colleague(made, "presidente", "Présidente du comité", Role.SIGNATORY)
    yield made
    made.dispose()


@pytest.fixture
def office(database: Engine) -> Iterator[tuple[Browser, Server]]:
    url = database.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url, test_sign_in=True) as server, browser.chromium() as launched:
        yield launched, server


def test_a_monday_morning_from_the_first_meteo_to_what_the_committee_reads(
    office: tuple[Browser, Server], database: Engine
):
    chromium, server = office
    with (
        signed_in(chromium, server) as mine,
        signed_in(chromium, server, "claire") as theirs,
        signed_in(chromium, server, "presidente") as committee,
    ):
        told = five_meteos(mine, server, database)
        two_new_dates(mine, server, database, "2.1")
        one_call_noted(mine, database)
        an_unforeseen_action_on_a_phone(chromium, server, database)
        a_conflict_resolved(mine, theirs, server, database, "3.1")
        a_mistake_undone(mine, server, database, "2.1")

        read_by_the_committee(committee, server, database, told, published=False)
        the_committee_s_view_is_one_key_away(mine, server, database, told)
        a_point_published(mine, database, told)
        read_by_the_committee(committee, server, database, told, published=True)
        reads(committee, "point du 1er octobre 2026")
        open_fiche(committee, server, fiche(database, sheet_of(database, "2.1")))
        expect(committee.get_by_text(CALL)).to_have_count(0)


def read_by_the_committee(page: Page, server: Server, engine: Engine, told: dict[int, str], *, published: bool) -> None:
    """What came this morning is read by the committee once a point is published, and not before."""
    for sheet, sentence in told.items():
        open_fiche(page, server, fiche(engine, sheet))
        expect(page.get_by_text(sentence)).to_have_count(int(published))


def the_committee_s_view_is_one_key_away(page: Page, server: Server, engine: Engine, told: dict[int, str]) -> None:
    """Who prepares may look at what the committee reads at this moment, and come back."""
    sheet, sentence = next(iter(told.items()))
    goes_to(page, server, fiche(engine, sheet))
    reads(page, sentence)
    page.get_by_role("radio", name="Publié").press("Space")
    expect(page.get_by_text(sentence)).to_have_count(0)
    expect(page.get_by_role("heading", name="Météo")).to_be_visible()
    page.get_by_role("radio", name="En préparation").press("Space")
    reads(page, sentence)


def five_meteos(page: Page, server: Server, engine: Engine) -> dict[int, str]:
    """Five fiches of the round, with the keyboard alone; what was said of each, by fiche."""
    goes_to(page, server, "/nouvelles?demarche=demo")
    hand, before = Hand(page), newest(engine, WeatherEntry.id)
    for number, weather in enumerate(METEOS, start=1):
        turn = page.get_by_role("heading", level=2).first
        name = turn.inner_text()
        hand.tabs_to(page.get_by_role("radio", name=Weather.SUNNY.label_fr), 14)
        hand.picks(list(Weather).index(weather))
        hand.tabs_to(field(page, "Déjà fait"), 1)
        hand.types(f"Lundi, nouvelle n° {number}")
        hand.presses("Control+s")
        expect(turn).not_to_have_text(name)
        drawn(page)
    entries = asked(engine, select(WeatherEntry).where(WeatherEntry.id > before).order_by(WeatherEntry.id))
    assert tuple(entry.weather for entry in entries) == METEOS
    return {entry.sheet_id: entry.done for entry in entries}


def two_new_dates(page: Page, server: Server, engine: Engine, code: str) -> None:
    """The calendar of a fiche, opened, rewritten and saved with the keyboard."""
    goes_to(page, server, fiche(engine, sheet_of(engine, code)))
    hand = Hand(page)
    page.locator(".st-key-edit_calendrier").get_by_role("button").press("Enter")
    rewrites(hand, field(page, "Début"), "T2 2026")
    rewrites(hand, field(page, "Fin"), "30/06/2028")
    hand.presses("Control+s")
    reads(page, "Enregistré à")
    (row,) = asked(engine, select(ActionSheet).where(ActionSheet.id == sheet_of(engine, code)))
    assert (f"{row.starts_on}", f"{row.ends_on}") == ("2026-04-01", "2028-06-30")


def rewrites(hand: Hand, where: Locator, text: str) -> None:
    """Write something else in a field."""
    where.focus()
    hand.presses("Control+a")
    hand.types(text)


def one_call_noted(page: Page, engine: Engine) -> None:
    """One line and Enter, from the fiche that it is about."""
    page.get_by_placeholder(re.compile("Noter au carnet")).focus()
    hand = Hand(page)
    hand.types(CALL)
    hand.presses("Enter")
    reads(page, "Noté au carnet")
    (note,) = asked(engine, select(LogbookNote).where(LogbookNote.text == CALL))
    assert note.sheet_id == sheet_of(engine, "2.1")


def an_unforeseen_action_on_a_phone(chromium: Browser, server: Server, engine: Engine) -> None:
    """Three fields and a finger; the month proposed is the right one."""
    context = chromium.new_context(**TOUCHED)
    page = context.new_page()
    page.goto(f"{server.url}/imprevue?demarche=demo")
    drawn(page)
    field(page, "Quelle action").tap()
    page.keyboard.type(UNFORESEEN)
    field(page, "Qui la pilote").tap()
    page.keyboard.type("Mairie de Cavaillon")
    page.keyboard.press("Enter")
    drawn(page)
    page.get_by_role("button", name="Ajouter l'action").tap()
    reads(page, "est dans le plan, hors contrat initial")
    context.close()
    added = select(Placement).join(ActionSheet).where(ActionSheet.title == UNFORESEEN)
    assert [place.entry for place in asked(engine, added)] == [PlacementEntry.UNPLANNED]


def a_conflict_resolved(mine: Page, theirs: Page, server: Server, engine: Engine, code: str) -> None:
    """A colleague wrote in the same field meanwhile: both values are read, and one is kept."""
    address = fiche(engine, sheet_of(engine, code)) + "&modifier=constat"
    goes_to(mine, server, address)
    goes_to(theirs, server, address)
    field(theirs, "Constat").fill("Le constat de Claire")
    theirs.keyboard.press("Control+s")
    reads(theirs, "Enregistré à")
    field(mine, "Constat").fill("Le mien, plus court")
    mine.keyboard.press("Control+s")
    reads(mine, "pendant que vous écriviez")
    reads(mine, "Le constat de Claire")
    mine.get_by_role("radio", name="Garder celle de Claire, coordination").press("Space")
    chosen = mine.get_by_role("button", name="Enregistrer ces choix")
    expect(chosen).to_be_enabled()
    chosen.press("Enter")
    expect(mine.get_by_text("pendant que vous écriviez")).to_have_count(0)
    expect(mine.get_by_role("textbox", name="Constat")).to_have_count(0)
    (row,) = asked(engine, select(ActionSheet).where(ActionSheet.id == sheet_of(engine, code)))
    assert row.rationale == "Le constat de Claire"


def a_mistake_undone(page: Page, server: Server, engine: Engine, code: str) -> None:
    """The wrong button, seen at once: one press takes it back."""
    sheet = sheet_of(engine, code)
    declared = select(StatusEntry.status).where(StatusEntry.sheet_id == sheet, StatusEntry.archived_at.is_(None))
    before = asked(engine, declared)
    goes_to(page, server, fiche(engine, sheet) + "&modifier=nouvelles")
    page.get_by_role("radio", name="abandonnée").press("Space")
    expect(field(page, "Motif")).to_be_visible()
    page.keyboard.press("Control+s")
    reads(page, "Enregistré à")
    assert len(asked(engine, declared)) == len(before) + 1
    page.get_by_role("button", name="Annuler").press("Enter")
    reads(page, "C'est annulé")
    assert asked(engine, declared) == before


def a_point_published(page: Page, engine: Engine, told: dict[int, str]) -> None:
    """What the committee will read is read first, then published."""
    before = newest(engine, Publication.id)
    page.get_by_role("link", name="Publier le point").press("Enter")
    for sentence in told.values():
        reads(page, sentence)
    drawn(page)
    page.get_by_role("button", name=re.compile("^Publier le point")).press("Enter")
    reads(page, "est publié : les lecteurs le voient dès maintenant.")
    (point,) = asked(engine, select(Publication.id).where(Publication.id > before))
    published = select(WeatherEntry.sheet_id).where(WeatherEntry.publication_id == point)
    assert set(told) <= set(asked(engine, published))


def open_fiche(page: Page, server: Server, address: str) -> None:
    """The fiche as a reader opens it."""
    page.goto(server.url + address)
    drawn(page)
    expect(page.get_by_role("heading", name="Météo")).to_be_visible()


def sheet_of(engine: Engine, code: str) -> int:
    """The fiche of this number in the demonstration."""
    home = select(Placement.sheet_id).join(Initiative).where(Initiative.code == "demo", Placement.code == code)
    (sheet,) = asked(engine, home)
    return int(sheet)


def fiche(engine: Engine, sheet: int) -> str:
    """The address of a fiche of the demonstration."""
    home = select(Placement.id).join(Initiative).where(Initiative.code == "demo", Placement.sheet_id == sheet)
    (place,) = asked(engine, home)
    return f"/fiche?demarche=demo&fiche={place}"


def newest(engine: Engine, key: Any) -> int:
    """The last row of a table."""
    return int(asked(engine, select(func.max(key)))[0] or 0)


def asked(engine: Engine, question: Any) -> list[Any]:
    """What the database answers at this moment."""
    with reading(engine) as session:
        return list(session.scalars(question))
