from datetime import date

import pytest

from components import corrections_view
from db.rules.consistency import Discrepancy, Finding
from db.rules.corrections import Choice, proposed
from db.rules.lateness import TimeNote
from db.rules.plan import SheetRow
from db.rules.vocabulary import MilestoneState, Status
from tests.components.plans import ON, sheet, step

NBSP = "\u00a0"


def of(choice: Choice, row: SheetRow) -> tuple[str, str]:
    """The button of a correction, and what is said beside it."""
    return corrections_view.button(row, choice, ON), corrections_view.writes(row, choice, ON)


def test_every_correction_has_a_button_and_says_what_it_writes() -> None:
    row = sheet(1, status=Status.DONE, steps=[step("Une étape")])
    for choice in Choice:
        label, told = of(choice, row)
        assert label and told.endswith(".") and corrections_view.DONE[choice]


def test_the_button_that_ticks_counts_the_steps_and_the_sentence_names_them() -> None:
    row = sheet(1, status=Status.DONE, steps=[step("*A*"), step("B"), step("C", MilestoneState.DONE)])
    label, told = of(Choice.TICK, row)
    assert label == f"Cocher les 2{NBSP}étapes"
    assert told == "Les étapes passent à « franchie », sans date : « \\*A\\* » et « B »."


def test_one_step_is_ticked_in_the_singular() -> None:
    row = sheet(1, status=Status.DONE, steps=[step("A")])
    assert of(Choice.TICK, row) == ("Cocher l'étape", "L'étape passe à « franchie », sans date : « A ».")


def test_the_day_of_the_reminder_is_in_its_button() -> None:
    assert of(Choice.ASK, sheet(1))[0] == f"Demander des nouvelles le 5{NBSP}octobre 2026"


def test_a_status_is_dated_of_the_day() -> None:
    assert of(Choice.START, sheet(1))[1] == f"Statut « en cours » au 1er{NBSP}octobre 2026."


def test_a_new_date_says_which_one_it_takes_the_place_of() -> None:
    row = sheet(1, status=Status.PLANNED, starts=date(2026, 9, 1))
    label, told = of(Choice.MOVE_START, row)
    assert label == "Nouvelle date de début…"
    assert f"remplace « 1er{NBSP}septembre 2026 »" in told


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        (Finding(Discrepancy.DONE_WITH_OPEN_MILESTONES, open_milestones=2), f"ouvertes (2{NBSP}étapes)"),
        (Finding(Discrepancy.ONGOING_WITHOUT_NEWS, date(2026, 2, 12)), f"les dernières sont du 12{NBSP}février 2026"),
        (Finding(Discrepancy.ONGOING_WITHOUT_NEWS), "il n'y en a jamais eu"),
        (Finding(Discrepancy.PLANNED_PAST_START, date(2026, 9, 1)), f"est passée (1er{NBSP}septembre 2026)"),
        (TimeNote(46, 5), "46\u202f% du temps écoulé, 5\u202f% d'avancement déclaré"),
    ],
)
def test_each_thing_to_check_is_a_sentence(thing: Finding | TimeNote, sentence: str) -> None:
    assert sentence in corrections_view.sentence(thing)


def test_what_is_proposed_has_a_sentence() -> None:
    row = sheet(1, status=Status.PLANNED, starts=date(2026, 1, 1), percent=100)
    assert [corrections_view.sentence(thing)[:5] for thing, _ in proposed(row)] == ["Fiche", "Avanc"]
