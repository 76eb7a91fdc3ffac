"""A fiche edited in a real browser: drafts that come back, two people at once, one act however often it is sent."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, func, select

from db.engine import reading
from db.models import Act, ActionSheet, Draft, Placement
from tests.conftest import Databases
from tests.e2e.people import colleague, drawn, field, goes_to, presses, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, free_port, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Engine]:
    made = databases.copy("sqlite", "demo")
    colleague(made, "claire", "Claire, coordination")
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def server(database: Engine) -> Iterator[Server]:
    url = database.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url, test_sign_in=True) as running:
        yield running


def fiche(engine: Engine, code: str) -> str:
    """The address of a fiche of the demonstration."""
    with reading(engine) as session:
        return f"/fiche?demarche=demo&fiche={session.scalars(select(Placement.id).where(Placement.code == code)).one()}"


def text_of(engine: Engine, code: str, column: str) -> str | None:
    """A column of a fiche, as the database has it."""
    with reading(engine) as session:
        row = session.scalars(select(ActionSheet).join(Placement).where(Placement.code == code)).one()
        return getattr(row, column)


def acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def test_a_long_text_is_kept_after_a_pause_without_leaving_it_and_comes_back_after_f5(
    chromium: Browser, server: Server, database: Engine
):
    with signed_in(chromium, server) as page:
        goes_to(page, server, fiche(database, "2.1") + "&modifier=constat")
        field(page, "Descriptif").press_sequentially("Deux médiatrices vont vers les habitants")
        reads(page, "Brouillon gardé à")
        expect(field(page, "Descriptif")).to_be_focused()
        page.reload()
        drawn(page)
        expect(field(page, "Descriptif")).to_have_value("Deux médiatrices vont vers les habitants")
        presses(page, "Abandonner")
        expect(page).not_to_have_url(re.compile("brouillon|modifier"))
    assert text_of(database, "2.1", "description") is None


def test_what_is_typed_is_saved_with_the_keyboard_alone_and_can_be_taken_back(
    chromium: Browser, server: Server, database: Engine
):
    with signed_in(chromium, server) as page:
        goes_to(page, server, fiche(database, "2.1") + "&modifier=constat")
        field(page, "Descriptif").press_sequentially("Écrit d'une traite")
        page.keyboard.press("Control+s")
        reads(page, "Enregistré à")
        assert text_of(database, "2.1", "description") == "Écrit d'une traite"
        presses(page, "Annuler")
        reads(page, "C'est annulé")
    assert text_of(database, "2.1", "description") is None


def test_two_people_on_different_fields_are_merged_without_a_word(chromium: Browser, server: Server, database: Engine):
    address = fiche(database, "1.1") + "&modifier=constat"
    with signed_in(chromium, server) as mine, signed_in(chromium, server, "claire") as theirs:
        goes_to(mine, server, address)
        goes_to(theirs, server, address)
        field(theirs, "Descriptif").fill("Le descriptif de Claire")
        presses(theirs, "Enregistrer")
        reads(theirs, "Enregistré à")
        field(mine, "Résultats attendus").fill("Mes résultats")
        presses(mine, "Enregistrer")
        reads(mine, "Enregistré à")
        reads(mine, "Le descriptif de Claire")
    assert text_of(database, "1.1", "description") == "Le descriptif de Claire"
    assert text_of(database, "1.1", "expected_results") == "Mes résultats"


def test_two_people_on_one_field_the_second_sees_both_values_with_their_author_and_chooses(
    chromium: Browser, server: Server, database: Engine
):
    address = fiche(database, "1.2") + "&modifier=constat"
    with signed_in(chromium, server) as mine, signed_in(chromium, server, "claire") as theirs:
        goes_to(mine, server, address)
        goes_to(theirs, server, address)
        field(theirs, "Constat").fill("Le constat de Claire")
        presses(theirs, "Enregistrer")
        reads(theirs, "Enregistré à")
        field(mine, "Constat").fill("Mon constat")
        presses(mine, "Enregistrer")
        reads(mine, "pendant que vous écriviez")
        reads(mine, "Le constat de Claire")
        assert text_of(database, "1.2", "rationale") == "Le constat de Claire"
        expect(mine.get_by_role("button", name="Enregistrer ces choix")).to_be_disabled()
        mine.get_by_text("Garder la mienne").click()
        drawn(mine)
        presses(mine, "Enregistrer ces choix")
        reads(mine, "Enregistré à")
    assert text_of(database, "1.2", "rationale") == "Mon constat"


def test_the_value_of_the_other_may_be_kept_with_what_one_wrote_elsewhere(
    chromium: Browser, server: Server, database: Engine
):
    address = fiche(database, "1.3") + "&modifier=constat"
    with signed_in(chromium, server) as mine, signed_in(chromium, server, "claire") as theirs:
        goes_to(mine, server, address)
        goes_to(theirs, server, address)
        field(theirs, "Constat").fill("Celui de Claire")
        presses(theirs, "Enregistrer")
        reads(theirs, "Enregistré à")
        field(mine, "Constat").fill("Le mien")
        field(mine, "Descriptif").fill("Mon descriptif")
        presses(mine, "Enregistrer")
        reads(mine, "pendant que vous écriviez")
        mine.get_by_text("Garder celle de Claire, coordination").click()
        drawn(mine)
        presses(mine, "Enregistrer ces choix")
        reads(mine, "Enregistré à")
    assert text_of(database, "1.3", "rationale") == "Celui de Claire"
    assert text_of(database, "1.3", "description") == "Mon descriptif"


def test_a_bulk_change_stops_at_a_fiche_that_somebody_changed_meanwhile(
    chromium: Browser, server: Server, database: Engine
):
    with signed_in(chromium, server) as mine, signed_in(chromium, server, "claire") as theirs:
        goes_to(mine, server, "/plusieurs?demarche=demo&q=m%C3%A9diation")
        mine.get_by_role("button", name=re.compile("Tout prendre")).click()
        drawn(mine)
        field(mine, "Statut").last.click()
        mine.get_by_role("option", name="en pause").click()
        reads(mine, "Sera écrit")
        goes_to(theirs, server, first_chosen(database) + "&modifier=nouvelles")
        theirs.get_by_role("radio", name="bloquée").click()
        drawn(theirs)
        presses(theirs, "Enregistrer")
        reads(theirs, "Enregistré à")
        mine.get_by_role("button", name=re.compile("Écrire dans")).click()
        reads(mine, "ont changé depuis que vous les avez choisies")
        reads(mine, "Claire, coordination")
        mine.get_by_role("button", name=re.compile("Écrire dans")).click()
        reads(mine, "modifiée")


def first_chosen(engine: Engine) -> str:
    """The address of the first fiche of the demonstration that the search of the test leaves."""
    with reading(engine) as session:
        chosen = session.scalars(select(Draft).where(Draft.subject.startswith("bulk:"))).one().typed["chosen"]
        place = session.scalars(select(Placement.id).where(Placement.sheet_id == chosen[0])).first()
    return f"/fiche?demarche=demo&fiche={place}"


def test_what_is_typed_survives_a_server_that_is_killed_and_a_colleague_who_saves_meanwhile(
    chromium: Browser, databases: Databases
):
    made = databases.copy("sqlite", "demo")
    colleague(made, "claire", "Claire, coordination")
    url = made.url.render_as_string(hide_password=False)
    port = free_port()
    app = ROOT / "app.py"
    with (
        serving(app, database_url=url, test_sign_in=True, port=port) as first,
        signed_in(chromium, first) as mine,
    ):
        goes_to(mine, first, fiche(made, "2.1") + "&modifier=constat")
        field(mine, "Constat").fill("Mon constat, à moitié")
        mine.keyboard.press("Tab")
        reads(mine, "Brouillon gardé à")
        os.kill(first.pid, signal.SIGKILL)
        with serving(app, database_url=url, test_sign_in=True, port=port) as second:
            with signed_in(chromium, second, "claire") as theirs:
                goes_to(theirs, second, fiche(made, "2.1") + "&modifier=constat")
                field(theirs, "Constat").fill("Celui de Claire")
                presses(theirs, "Enregistrer")
                reads(theirs, "Enregistré à")
            drawn(mine)
            expect(field(mine, "Constat")).to_have_value("Mon constat, à moitié")
            presses(mine, "Enregistrer")
            reads(mine, "pendant que vous écriviez")
            assert text_of(made, "2.1", "rationale") == "Celui de Claire"
            mine.reload()
            drawn(mine)
            expect(field(mine, "Constat")).to_have_value("Mon constat, à moitié")
    made.dispose()


def test_five_impatient_clicks_are_one_act(chromium: Browser, server: Server, database: Engine):
    with signed_in(chromium, server) as page:
        goes_to(page, server, fiche(database, "3.1") + "&modifier=nouvelles")
        field(page, "Déjà fait").fill("Une seule fois")
        before = acts(database)
        page.get_by_role("button", name="Enregistrer").click(click_count=5)
        reads(page, "Enregistré à")
        drawn(page)
    assert acts(database) == before + 1


def test_the_browser_s_back_does_not_open_again_a_form_that_was_saved(
    chromium: Browser, server: Server, database: Engine
):
    with signed_in(chromium, server) as page:
        goes_to(page, server, fiche(database, "3.2"))
        page.get_by_role("button", name="Modifier").first.click()
        field(page, "Descriptif").fill("Enregistré une fois")
        presses(page, "Enregistrer")
        reads(page, "Enregistré à")
        before = acts(database)
        page.go_back()
        drawn(page)
        page.reload()
        drawn(page)
        assert acts(database) == before
    assert text_of(database, "3.2", "description") == "Enregistré une fois"


def test_one_person_in_two_tabs_overwrites_nothing_of_their_own(chromium: Browser, server: Server, database: Engine):
    address = fiche(database, "3.3") + "&modifier=constat"
    with signed_in(chromium, server) as one:
        goes_to(one, server, address)
        field(one, "Constat").fill("Du premier onglet")
        one.keyboard.press("Tab")
        reads(one, "Brouillon gardé à")
        other = one.context.new_page()
        goes_to(other, server, address)
        expect(field(other, "Constat")).to_have_value("Du premier onglet")
        presses(one, "Enregistrer")
        reads(one, "Enregistré à")
        field(other, "Constat").fill("Du second onglet")
        other.keyboard.press("Tab")
        drawn(other)
        presses(other, "Enregistrer")
        reads(other, "pendant que vous écriviez")
    assert text_of(database, "3.3", "rationale") == "Du premier onglet"
