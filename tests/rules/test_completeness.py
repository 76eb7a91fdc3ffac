from dataclasses import replace

from db.rules.completeness import FIRST_THINGS, MissingThing, SheetContents, missing
from db.rules.vocabulary import Status

EMPTY = SheetContents(
    status=Status.PLANNED, is_continuous=False, has_lead=False, has_start=False, has_end=False, followed_results=0
)
FULL = replace(EMPTY, has_lead=True, has_start=True, has_end=True, followed_results=1)


def test_an_empty_sheet_lacks_three_things_and_no_more() -> None:
    assert missing(EMPTY) == FIRST_THINGS


def test_a_lead_dates_and_one_result_are_enough() -> None:
    assert missing(FULL) == ()


def test_a_start_without_an_end_is_not_enough() -> None:
    assert missing(replace(FULL, has_end=False)) == (MissingThing.DATES,)


def test_a_continuous_sheet_has_no_end_to_give() -> None:
    assert missing(replace(FULL, has_end=False, is_continuous=True)) == ()
    assert missing(replace(FULL, has_start=False, is_continuous=True)) == (MissingThing.DATES,)


def test_the_budget_is_asked_when_a_call_is_answered() -> None:
    assert missing(replace(FULL, budget_asked=True)) == (MissingThing.BUDGET,)
    assert missing(replace(FULL, budget_asked=True, has_budget=True)) == ()


def test_the_breakdown_and_the_plain_line_are_asked_when_they_serve() -> None:
    asked = replace(FULL, breakdown_asked=True, plain_line_asked=True)
    assert missing(asked) == (MissingThing.BREAKDOWN, MissingThing.PLAIN_LINE)
    assert missing(replace(asked, has_breakdown=True, has_plain_line=True)) == ()


def test_the_three_first_things_come_first() -> None:
    asked = replace(EMPTY, budget_asked=True)
    assert missing(asked) == (*FIRST_THINGS, MissingThing.BUDGET)


def test_nothing_is_asked_of_an_abandoned_sheet() -> None:
    assert missing(replace(EMPTY, status=Status.DROPPED)) == ()
