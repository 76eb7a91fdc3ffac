"""What is done every week, without a mouse; each stop on the way shows where the focus is. The round of news is also
counted, key by key, in `test_quarter.py`."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Select, select

from db.engine import reading
from db.models import ActionSheet, LogbookNote, Placement, ProgressEntry, Publication
from db.rules.access import Role
from tests.audit.installation import Installation, installed
from tests.commands.coming_in import PASSWORD, settled
from tests.conftest import Databases
from tests.e2e.keyboard import Keyboard
from tests.e2e.people import drawn, field, goes_to, reads

pytestmark = pytest.mark.browser

CALL = "Appel du bailleur : réponse lundi"


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Installation]:
    made = databases.copy("sqlite", "demo")
    settled(made)
    with installed(made) as one:
        yield one


@pytest.fixture
def hand(chromium: Browser, house: Installation) -> Iterator[Keyboard]:
    """Who coordinates, at a keyboard; in the end, no stop was without a sign."""
    context = house.context(chromium, Role.COORDINATOR)
    keyboard = Keyboard(context.new_page(), [])
    yield keyboard
    context.close()
    assert keyboard.unseen == []


def held(house: Installation, asked: Select[Any]) -> list[Any]:
    with reading(house.engine) as session:
        return list(session.scalars(asked))


def fiche(house: Installation, code: str) -> str:
    (place,) = held(house, select(Placement.id).where(Placement.code == code))
    return f"/fiche?demarche=demo&fiche={place}"


def test_somebody_signs_in(chromium: Browser, house: Installation) -> None:
    context = house.context(chromium, None)
    hand = Keyboard(context.new_page(), [])
    hand.page.goto(f"{house.server.url}/entrer")
    hand.reaches(field(hand.page, "Identifiant"), 5)
    hand.types("claire.martin")
    hand.reaches(field(hand.page, "Mot de passe"), 3)
    hand.types(PASSWORD)
    hand.reaches(hand.page.get_by_role("button", name="Entrer"), 3)
    hand.presses("Enter")
    drawn(hand.page)
    expect(hand.page.get_by_role("heading", level=1)).not_to_have_text("Entrer")
    context.close()
    assert hand.unseen == []


def test_a_fiche_is_found_and_read(hand: Keyboard, house: Installation) -> None:
    hand.page.goto(f"{house.server.url}/plan?demarche=demo")
    drawn(hand.page)
    hand.reaches(hand.page.get_by_role("searchbox", name="Chercher dans les fiches"))
    hand.types("habitat dégradé")
    link = hand.page.get_by_role("link", name=re.compile("Lutter contre l'habitat dégradé"))
    reads(hand.page, "1\u00a0fiche sur\u00a023")
    drawn(hand.page)
    hand.reaches(link)
    hand.presses("Enter")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("5.2 Lutter contre l'habitat dégradé")


def test_a_section_is_edited_saved_and_taken_back_from_the_notice(hand: Keyboard, house: Installation) -> None:
    text = select(ActionSheet.description).join(Placement).where(Placement.code == "2.1")
    before = held(house, text)
    goes_to(hand.page, house.server, fiche(house, "2.1"))
    hand.reaches(hand.page.get_by_role("button", name="Modifier").first)
    hand.presses("Enter")
    expect(field(hand.page, "Descriptif")).to_be_visible()
    drawn(hand.page)
    hand.reaches(field(hand.page, "Descriptif"))
    hand.types("Écrit sans souris")
    hand.presses("Control+s")
    reads(hand.page, "Enregistré à")
    drawn(hand.page)
    assert held(house, text) == ["Écrit sans souris"]
    hand.reaches(hand.page.get_by_role("button", name="Annuler"))
    hand.presses("Enter")
    reads(hand.page, "C'est annulé")
    assert held(house, text) == before


def test_news_are_given_in_the_round(hand: Keyboard, house: Installation) -> None:
    goes_to(hand.page, house.server, "/nouvelles?demarche=demo")
    first = hand.page.get_by_role("heading", level=2).first
    title = first.inner_text()
    progress = hand.page.get_by_role("textbox", name="Avancement")
    hand.reaches(progress)
    hand.presses("Control+a")
    hand.types("37")
    hand.reaches(hand.page.get_by_role("button", name=re.compile("^Enregistrer")))
    hand.presses("Enter")
    expect(first).not_to_have_text(title)
    assert held(house, select(ProgressEntry.percent).order_by(ProgressEntry.id.desc()))[0] == 37


def test_a_line_is_noted_in_the_carnet_and_taken_back(hand: Keyboard, house: Installation) -> None:
    goes_to(hand.page, house.server, fiche(house, "2.2"))
    kept = select(LogbookNote.text).where(LogbookNote.archived_at.is_(None))
    hand.reaches(hand.page.get_by_test_id("stChatInputTextArea"))
    hand.types(CALL)
    hand.presses("Enter")
    reads(hand.page, "Noté au carnet, sur la fiche « 2.2")
    drawn(hand.page)
    assert held(house, kept) == [CALL]
    hand.reaches(hand.page.get_by_role("button", name="Annuler"))
    hand.presses("Enter")
    reads(hand.page, "C'est annulé")
    assert held(house, kept) == []


def test_a_point_is_published(hand: Keyboard, house: Installation) -> None:
    before = held(house, select(Publication.id))
    goes_to(hand.page, house.server, "/plan?demarche=demo")
    hand.reaches(hand.page.get_by_role("link", name=re.compile("^Publier le point")))
    hand.presses("Enter")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Publier le point")
    drawn(hand.page)
    hand.reaches(hand.page.get_by_role("button", name=re.compile("^Publier le point")))
    hand.presses("Enter")
    reads(hand.page, "est publié : les lecteurs le voient dès maintenant.")
    assert len(held(house, select(Publication.id))) == len(before) + 1
