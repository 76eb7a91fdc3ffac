"""Comparing two pictures of a plan: what is told, in which order, and what is never told."""

from dataclasses import replace
from datetime import date

import pytest

from db.rules.dates import FuzzyDate
from db.rules.plan import AxisNode
from db.rules.points import (
    AmountSaid,
    DecisionSaid,
    IndicatorPicture,
    LinePicture,
    Picture,
    Presence,
    ProgressSaid,
    SheetPicture,
    StatusSaid,
    WeatherSaid,
    Where,
    compare,
    read_point_day,
)
from db.rules.sheet import Aim, MoneyLine, Reading
from db.rules.vocabulary import (
    AxisLevel,
    FundingDecision,
    FundingNature,
    FundingStage,
    MeasurementStatus,
    PlacementEntry,
    Status,
    ValueType,
    Weather,
)

SPRING, AUTUMN = date(2026, 3, 15), date(2026, 9, 15)
AXIS = AxisNode(7, None, AxisLevel.AXIS, "1", "Accès aux soins", (7,))
FIRST, SECOND = Where(1, None, 11, "1.1 Première"), Where(2, None, 12, "1.2 Seconde")


def status(said: Status, on: date = SPRING, reason: str | None = None) -> StatusSaid:
    return StatusSaid(said, None, False, None, None, reason, None, None, on)


def note(entry_id: int, weather: Weather, *, is_last: bool = True) -> WeatherSaid:
    return WeatherSaid(entry_id, weather, "Fait", None, None, None, None, None, SPRING, is_last)


def sheet(where: Where = FIRST, **said: object) -> SheetPicture:
    blank = SheetPicture(where, PlacementEntry.INITIAL, None, None, ())
    return replace(blank, **said)  # type: ignore[arg-type]


def reading(value: float | None, *, is_masked: bool = False) -> Reading:
    year = date(2026, 1, 1), date(2026, 12, 31)
    return Reading(*year, AUTUMN, value, None, None, None, MeasurementStatus.VALIDATED, is_masked)


def indicator(where: Where, *values: Reading, is_sensitive: bool = False, aims: tuple[Aim, ...] = ()) -> object:
    return IndicatorPicture(5, where, "Personnes suivies", None, ValueType.NUMBER, 0, is_sensitive, values, aims)


def line(decision: FundingDecision, **amounts: int) -> LinePicture:
    known = {FundingStage(stage): cents for stage, cents in amounts.items()}
    terms = FundingNature.CASH, None, decision, None, known, frozenset[FundingStage]()
    return LinePicture(FIRST, MoneyLine(9, "ARS", None, None, 2026, *terms))


def picture(*sheets: SheetPicture, indicators: tuple[object, ...] = (), lines: tuple[LinePicture, ...] = ()) -> Picture:
    return Picture(None, (AXIS,), sheets, indicators, lines)  # type: ignore[arg-type]


def test_a_picture_does_not_differ_from_itself():
    full = picture(
        sheet(
            status=status(Status.ONGOING), progress=ProgressSaid(40, None, SPRING), weathers=(note(1, Weather.SUNNY),)
        ),
        indicators=(indicator(FIRST, reading(12)),),
        lines=(line(FundingDecision.GRANTED, granted=100),),
    )
    assert compare(full, full) == ()


def test_what_is_said_of_a_fiche_is_told_before_and_after():
    before = picture(sheet(status=status(Status.ONGOING), progress=ProgressSaid(30, None, SPRING)))
    after = picture(sheet(status=status(Status.PAUSED, AUTUMN, "travaux"), progress=ProgressSaid(45, None, AUTUMN)))
    told = compare(before, after)
    assert [(change.before, change.after) for change in told] == [
        (status(Status.ONGOING), status(Status.PAUSED, AUTUMN, "travaux")),
        (ProgressSaid(30, None, SPRING), ProgressSaid(45, None, AUTUMN)),
    ]
    assert {change.where for change in told} == {FIRST}


def test_the_same_percentage_said_again_on_another_day_is_told():
    before, after = (picture(sheet(progress=ProgressSaid(30, None, on))) for on in (SPRING, AUTUMN))
    assert [change.after for change in compare(before, after)] == [ProgressSaid(30, None, AUTUMN)]


def test_changes_follow_the_plan_then_its_axes_then_the_plan_itself():
    on_axis, on_plan = Where(None, 7, label="1 · Accès aux soins"), Where(None, None)
    empty = picture(sheet(SECOND), sheet(FIRST))
    after = picture(
        sheet(SECOND, status=status(Status.DONE), weathers=(note(1, Weather.SUNNY),)),
        sheet(FIRST, progress=ProgressSaid(10, None, SPRING)),
        indicators=(
            replace(indicator(on_plan, reading(3)), indicator_id=1),  # type: ignore[type-var]
            replace(indicator(on_axis, reading(3)), indicator_id=2),  # type: ignore[type-var]
            indicator(SECOND, reading(12)),
        ),
        lines=(line(FundingDecision.PENDING),),
    )
    told = [(change.where, type(change.after)) for change in compare(empty, after)]
    assert told == [
        (SECOND, StatusSaid),
        (SECOND, WeatherSaid),
        (SECOND, Reading),
        (FIRST, ProgressSaid),
        (FIRST, DecisionSaid),
        (on_axis, Reading),
        (on_plan, Reading),
    ]


def test_the_last_weather_is_told_against_the_last_one_and_the_others_alone():
    old = note(1, Weather.SUNNY)
    between, last = note(2, Weather.CLOUDY, is_last=False), note(3, Weather.STORM)
    before = picture(sheet(weathers=(old,)))
    after = picture(sheet(weathers=(last, between, replace(old, is_last=False))))
    assert [(change.before, change.after) for change in compare(before, after)] == [(old, last), (None, between)]


def test_a_weather_dated_before_the_last_one_leaves_it_in_force():
    old, late = note(1, Weather.SUNNY), note(2, Weather.CLOUDY, is_last=False)
    told = compare(picture(sheet(weathers=(old,))), picture(sheet(weathers=(old, late))))
    assert [(change.before, change.after) for change in told] == [(None, late)]


def test_a_fiche_that_enters_the_plan_is_told_with_what_it_says():
    told = compare(picture(), picture(sheet(status=status(Status.ONGOING))))
    assert [type(change.after) for change in told] == [Presence, StatusSaid]


def test_a_fiche_that_left_the_plan_is_told_once_whatever_it_said():
    gone = picture(
        sheet(status=status(Status.ONGOING), weathers=(note(1, Weather.SUNNY),)),
        sheet(SECOND),
        indicators=(indicator(FIRST, reading(12)),),
        lines=(line(FundingDecision.GRANTED, granted=100),),
    )
    told = compare(gone, picture(sheet(SECOND)))
    assert [(change.where, change.before, change.after) for change in told] == [
        (FIRST, Presence(PlacementEntry.INITIAL), None)
    ]


def test_values_and_targets_are_told_period_by_period():
    aims = tuple(Aim(FuzzyDate(date(year, 12, 31)), 40, None, None) for year in (2026, 2027))
    last_year = replace(reading(20), starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    before = picture(sheet(), indicators=(indicator(FIRST, last_year, reading(12), aims=aims[:1]),))
    after = picture(sheet(), indicators=(indicator(FIRST, last_year, reading(15), aims=aims),))
    told = compare(before, after)
    assert [(change.before, change.after) for change in told] == [(reading(12), reading(15)), (None, aims[1])]


@pytest.mark.parametrize(("before", "after"), [(45, 47), (45, 300)])
def test_what_a_sensitive_indicator_said_before_is_never_told(before: int, after: int):
    was, now = (
        picture(sheet(), indicators=(indicator(FIRST, reading(value), is_sensitive=True),)) for value in (before, after)
    )
    [told] = compare(was, now)
    assert isinstance(told.before, Reading)
    assert (told.before.value, told.before.is_masked) == (None, True)
    assert told.after == reading(after)


def test_money_is_told_stage_by_stage_with_the_answer():
    before = picture(sheet(), lines=(line(FundingDecision.PENDING, requested=100),))
    after = picture(sheet(), lines=(line(FundingDecision.GRANTED, requested=100, granted=80),))
    assert [(change.before, change.after) for change in compare(before, after)] == [
        (DecisionSaid(FundingDecision.PENDING, None), DecisionSaid(FundingDecision.GRANTED, None)),
        (None, AmountSaid(FundingStage.GRANTED, 80, False)),
    ]


def test_a_line_that_is_merely_foreseen_says_nothing():
    assert compare(picture(sheet()), picture(sheet(), lines=(line(FundingDecision.NOT_ASKED),))) == ()


@pytest.mark.parametrize("typed", ["15/03/2026", "15 mars 2026", "2026-03-15", "le 15/3/26"])
def test_the_day_of_a_point_is_read_however_it_is_written(typed: str):
    assert read_point_day(typed).value == SPRING


@pytest.mark.parametrize("typed", ["mars 2026", "2026", "T1 2026", "", None, "demain", "31/02/2026"])
def test_what_is_not_one_day_is_refused_with_a_sentence(typed: str | None):
    told = read_point_day(typed)
    assert told.value is None
    assert told.reason
