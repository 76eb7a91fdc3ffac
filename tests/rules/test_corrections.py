from datetime import date

import pytest

from db.rules.consistency import Discrepancy
from db.rules.corrections import CHOICES, STATUSES, TYPED, Choice, may_choose, next_monday, open_steps, proposed, seen
from db.rules.lateness import TimeNote
from db.rules.vocabulary import MilestoneState, Status
from tests.components.plans import ON, sheet, step


def test_everything_that_may_be_found_has_two_corrections_to_choose_from() -> None:
    assert set(CHOICES) == set(Discrepancy)
    assert all(len(choices) == 2 for choices in CHOICES.values())


def test_a_correction_declares_a_status_or_asks_for_something_or_says_all_by_itself() -> None:
    assert set(STATUSES) & TYPED == set()
    assert set(Choice) - set(STATUSES) - TYPED == {Choice.TICK, Choice.ASK, Choice.CONFIRM}


def test_a_finished_sheet_with_open_steps_may_be_ticked_or_resumed() -> None:
    row = sheet(1, status=Status.DONE, steps=[step("Faite", MilestoneState.DONE), step("Ouverte")])
    ((_, choices),) = proposed(row)
    assert choices == (Choice.TICK, Choice.RESUME)
    assert [one.label for one in open_steps(row)] == ["Ouverte"]


def test_a_sheet_that_agrees_with_its_facts_is_proposed_nothing() -> None:
    row = sheet(1)
    assert proposed(row) == ()
    assert not may_choose(row, Choice.PAUSE)


def test_a_progress_behind_time_may_be_confirmed_or_the_end_moved() -> None:
    row = sheet(1, percent=5, starts=date(2025, 1, 1), ends=date(2027, 1, 1))
    ((note, choices),) = proposed(row)
    assert isinstance(note, TimeNote)
    assert choices == (Choice.CONFIRM, Choice.MOVE_END)


@pytest.mark.parametrize(
    "changed",
    [
        sheet(1, status=Status.PAUSED),
        sheet(1, percent=41),
        sheet(1, starts=date(2024, 3, 2)),
        sheet(1, ends=None),
        sheet(1, steps=[step("Une étape")]),
        sheet(1, declared_on=date(2026, 9, 2)),
    ],
)
def test_a_fact_that_moved_makes_another_picture(changed: object) -> None:
    assert seen(changed) != seen(sheet(1))  # type: ignore[arg-type]


def test_the_same_facts_make_the_same_picture() -> None:
    assert seen(sheet(1)) == seen(sheet(1))


@pytest.mark.parametrize(
    ("on", "monday"),
    [(ON, date(2026, 10, 5)), (date(2026, 10, 5), date(2026, 10, 12)), (date(2026, 10, 4), date(2026, 10, 5))],
)
def test_news_are_asked_for_the_monday_after(on: date, monday: date) -> None:
    assert next_monday(on) == monday
