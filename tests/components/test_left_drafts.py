from datetime import UTC, datetime

import pytest

from components.left_drafts import door
from db.rules.week import DraftKind, LeftDraft, SheetAt, subject_read
from tests.house import ROOT

SHEET = SheetAt(12, 7, "2.2", "Internes", 3)


def left(subject: str, sheet: SheetAt | None = None) -> LeftDraft:
    return LeftDraft("k", subject_read(subject), datetime(2026, 10, 1, tzinfo=UTC), sheet)


DOORS = {
    "sheet:12:constat": ("sheet.py", {"fiche": "7", "modifier": "constat"}),
    "sheet:new:3": ("arrange.py", {"organiser": "nouvelle"}),
    "correct:avenir-7": ("sheet.py", {"fiche": "7", "corriger": "avenir-7"}),
    "unsettled:9": ("plan.py", {"liste": "preciser", "cellule": "9"}),
    "bulk:3": ("bulk.py", {}),
    "unplanned:3": ("unplanned.py", {}),
    "order:3": ("arrange.py", {"organiser": "ordre"}),
    "place:7": ("arrange.py", {"organiser": "fiche", "fiche": "7"}),
    "axis:5": ("arrange.py", {"organiser": "axes", "axe_ouvert": "5"}),
    "axis:new:3:5": ("arrange.py", {"organiser": "axes", "axe_ouvert": "sous-5"}),
    "axis:new:3:plan": ("arrange.py", {"organiser": "axes", "axe_ouvert": "nouveau"}),
    "publish:3": ("publish.py", {"fiche": "7"}),
    "contract:3": ("contract.py", {"avenant": "contrat"}),
    "amendment:3:4": ("contract.py", {"avenant": "4"}),
    "note:3:8:meteo": ("logbook.py", {"ligne": "8", "faire": "meteo"}),
    "reminder:3:nouveau:rappeler": ("logbook.py", {"ligne": "nouveau", "faire": "rappeler"}),
}


@pytest.mark.parametrize("subject", DOORS)
def test_a_form_left_open_is_found_again_in_its_page(subject: str) -> None:
    page, opens = door(left(subject, SHEET))
    assert (page, opens) == DOORS[subject]
    assert page is not None and (ROOT / "pages" / page).exists()


def test_every_kind_of_form_has_its_door() -> None:
    assert {subject_read(subject).kind for subject in DOORS} == set(DraftKind)


@pytest.mark.parametrize("subject", ["sheet:12:constat", "correct:avenir-7", "place:7", "inconnue:3"])
def test_a_form_about_what_is_no_longer_there_has_none(subject: str) -> None:
    assert door(left(subject)) == (None, {})
