from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from db.rules.attainment import (
    AttainmentWord,
    DatedValue,
    IndicatorTerms,
    attainment,
    attainment_ratio,
    expected_value,
    target_in_force,
)
from db.rules.periods import PeriodValue
from db.rules.vocabulary import Absence, Accumulation, CountedPeople, Direction, ValueType

ON = date(2026, 10, 1)
UP, DOWN, STEADY, NEUTRAL = Direction.UP, Direction.DOWN, Direction.STEADY, Direction.NEUTRAL


def year(number: int, value: float | None, **more: Any) -> PeriodValue:
    return replace(PeriodValue(date(number, 1, 1), date(number, 12, 31), value), **more)


def running(number: int, value: float) -> PeriodValue:
    """A provisional value of a year measured at the end of September."""
    return year(number, value, is_provisional=True, measured_on=date(number, 9, 30))


def by(number: int, value: float) -> DatedValue:
    return DatedValue(date(number, 12, 31), value)


def state(direction: Direction = UP, baseline: DatedValue | None = None, *targets: DatedValue) -> IndicatorTerms:
    return IndicatorTerms(Accumulation.STATE, direction, targets, baseline)


def activity(*targets: DatedValue, direction: Direction = UP) -> IndicatorTerms:
    return IndicatorTerms(Accumulation.PERIOD_ACTIVITY, direction, targets)


def cumulative(*targets: DatedValue) -> IndicatorTerms:
    return IndicatorTerms(Accumulation.CUMULATIVE, UP, targets)


# État


def test_a_rising_state_is_set_against_its_baseline_and_the_target_in_force() -> None:
    found = attainment(state(UP, by(2023, 40), by(2026, 60), by(2028, 70)), [year(2024, 45), year(2025, 50)], ON)
    assert found.ratio == pytest.approx(0.5)
    assert (found.value, found.as_of, found.target, found.previous) == (50, date(2025, 12, 31), by(2026, 60), 45)


def test_a_falling_state_counts_the_same_way() -> None:
    found = attainment(state(DOWN, by(2023, 34), by(2026, 15)), [year(2024, 21), year(2025, 16)], ON)
    assert found.ratio == pytest.approx(18 / 19)
    assert found.word is AttainmentWord.ON_TRACK


def test_a_state_at_its_target_has_reached_it_before_the_day() -> None:
    found = attainment(state(UP, by(2023, 6), by(2026, 14)), [year(2025, 15)], ON)
    assert found.word is AttainmentWord.REACHED
    assert found.ratio == pytest.approx(9 / 8)


def test_the_expected_value_of_a_state_is_linear_between_its_dated_targets() -> None:
    terms = state(UP, None, by(2024, 10), by(2026, 30))
    assert attainment(terms, [year(2024, 10), year(2025, 20)], ON).word is AttainmentWord.ON_TRACK
    assert attainment(terms, [year(2024, 10), year(2025, 19)], ON).word is AttainmentWord.BELOW


def test_a_state_that_worsens_is_below_its_target_with_a_negative_attainment() -> None:
    found = attainment(state(UP, by(2022, 2.9), by(2026, 3.0)), [year(2024, 2.8), year(2025, 2.7)], ON)
    assert found.word is AttainmentWord.BELOW
    assert found.ratio == pytest.approx(-2)


def test_one_value_on_the_way_to_a_target_is_to_be_confirmed() -> None:
    assert attainment(state(UP, by(2023, 40), by(2026, 60)), [year(2025, 50)], ON).word is AttainmentWord.TO_CONFIRM


def test_one_value_on_the_day_of_the_target_is_enough() -> None:
    found = attainment(state(UP, by(2023, 40), by(2025, 60)), [year(2025, 50)], ON)
    assert found.word is AttainmentWord.BELOW


def test_after_its_last_target_a_state_is_still_set_against_it() -> None:
    found = attainment(state(UP, by(2020, 40), by(2024, 60)), [year(2024, 61), year(2025, 55)], ON)
    assert (found.word, found.expected) == (AttainmentWord.BELOW, 60)


def test_without_a_baseline_attainment_is_unknown_and_the_way_to_the_target_to_be_confirmed() -> None:
    found = attainment(state(DOWN, None, by(2026, 15)), [year(2024, 17), year(2025, 19)], ON)
    assert (found.word, found.ratio, found.expected) == (AttainmentWord.TO_CONFIRM, None, None)


def test_attainment_is_unknown_when_the_baseline_is_the_target() -> None:
    assert attainment_ratio(12, 10, 10) is None
    found = attainment(state(UP, by(2023, 10), by(2026, 10)), [year(2025, 12)], ON)
    assert (found.word, found.ratio) == (AttainmentWord.REACHED, None)


def test_a_provisional_value_of_an_unfinished_period_is_not_judged() -> None:
    found = attainment(state(UP, by(2023, 52), by(2026, 70)), [year(2025, 55.8), running(2026, 57.7)], ON)
    assert (found.word, found.ratio, found.value) == (AttainmentWord.YEAR_RUNNING, None, 57.7)


def test_a_provisional_value_is_judged_once_its_period_is_over() -> None:
    values = [year(2025, 55.8), running(2026, 57.7)]
    terms = state(UP, by(2023, 52), by(2026, 70))
    assert attainment(terms, values, date(2026, 12, 31)).word is AttainmentWord.YEAR_RUNNING
    assert attainment(terms, values, date(2027, 1, 1)).word is AttainmentWord.BELOW


def test_a_validated_state_is_judged_on_the_day_it_was_measured() -> None:
    june = year(2026, 40, measured_on=date(2026, 7, 2))
    found = attainment(state(UP, by(2025, 30), by(2026, 50)), [year(2025, 30), june], ON)
    assert found.expected == pytest.approx(30 + 20 * 183 / 365)
    assert found.word is AttainmentWord.BELOW


def test_a_state_kept_within_its_band_has_reached_its_target() -> None:
    terms = IndicatorTerms(Accumulation.STATE, STEADY, (by(2026, 100),), by(2023, 100), band=3)
    assert attainment(terms, [year(2025, 97)], ON).word is AttainmentWord.REACHED
    assert attainment(terms, [year(2024, 100), year(2025, 104)], ON).word is AttainmentWord.BELOW
    assert attainment(terms, [year(2025, 97)], ON).ratio is None


def test_a_band_not_stated_is_5_percent() -> None:
    terms = state(STEADY, None, by(2026, 200))
    assert attainment(terms, [year(2024, 200), year(2025, 190)], ON).word is AttainmentWord.REACHED
    assert attainment(terms, [year(2024, 200), year(2025, 189)], ON).word is AttainmentWord.BELOW


# Activité de la période


def test_27_workshops_at_the_end_of_september_are_not_judged_against_36() -> None:
    found = attainment(activity(by(2026, 36), by(2028, 36)), [year(2024, 24), year(2025, 35), running(2026, 27)], ON)
    assert (found.word, found.ratio) == (AttainmentWord.YEAR_RUNNING, None)
    assert (found.value, found.target, found.previous) == (27, by(2026, 36), 35)


def test_a_year_is_not_judged_before_its_last_day_is_over() -> None:
    values = [year(2025, 40)]
    assert attainment(activity(by(2025, 50)), values, date(2025, 12, 31)).word is AttainmentWord.YEAR_RUNNING
    assert attainment(activity(by(2025, 50)), values, date(2026, 1, 1)).word is AttainmentWord.BELOW


def test_the_year_running_of_a_neutral_activity_has_nothing_to_wait_for() -> None:
    neutral = activity(by(2026, 30), direction=NEUTRAL)
    assert attainment(neutral, [running(2026, 24)], ON).word is AttainmentWord.NOT_APPLICABLE
    assert attainment(activity(), [running(2026, 24)], ON).word is AttainmentWord.NOT_APPLICABLE


def test_a_year_over_is_set_against_its_own_target_from_zero() -> None:
    terms = activity(by(2024, 30), by(2025, 50))
    found = attainment(replace(terms, baseline=by(2023, 10)), [year(2024, 40), year(2025, 40)], ON)
    assert found.word is AttainmentWord.BELOW
    assert found.ratio == pytest.approx(0.8)


def quarter(start_month: int, value: float | None) -> PeriodValue:
    last_days = {1: 31, 4: 30, 7: 30, 10: 31}
    return PeriodValue(date(2025, start_month, 1), date(2025, start_month + 2, last_days[start_month]), value)


def test_quarters_are_summed() -> None:
    found = attainment(activity(by(2025, 40)), [quarter(month, 10) for month in (1, 4, 7, 10)], ON)
    assert (found.word, found.value, found.ratio) == (AttainmentWord.REACHED, 40, 1)


def test_a_year_with_a_quarter_missing_is_to_be_confirmed_unless_it_has_reached_its_target() -> None:
    three = [quarter(month, 10) for month in (1, 4, 7)]
    found = attainment(activity(by(2025, 40)), three, ON)
    assert (found.word, found.ratio) == (AttainmentWord.TO_CONFIRM, None)
    assert attainment(activity(by(2025, 30)), three, ON).word is AttainmentWord.REACHED


def test_a_missing_quarter_may_undo_a_target_that_falls() -> None:
    three = [quarter(month, 10) for month in (1, 4, 7)]
    assert attainment(activity(by(2025, 35), direction=DOWN), three, ON).word is AttainmentWord.TO_CONFIRM
    assert attainment(activity(by(2025, 25), direction=DOWN), three, ON).word is AttainmentWord.BELOW


def test_different_persons_of_two_quarters_are_not_added() -> None:
    terms = replace(activity(by(2025, 60)), counted=CountedPeople.DISTINCT)
    found = attainment(terms, [quarter(1, 40), quarter(4, 35)], ON)
    assert (found.word, found.value) == (AttainmentWord.TO_CONFIRM, 40)


def test_a_year_without_a_target_of_its_own_waits_for_the_year_that_has_one() -> None:
    assert attainment(activity(by(2026, 60)), [year(2025, 57)], ON).word is AttainmentWord.YEAR_RUNNING
    assert attainment(activity(by(2026, 60)), [year(2025, 57)], date(2027, 3, 1)).word is AttainmentWord.NOT_PROVIDED
    assert attainment(activity(by(2024, 60)), [year(2025, 57)], ON).word is AttainmentWord.NOT_APPLICABLE


def test_an_activity_over_a_school_year_is_to_be_confirmed() -> None:
    school_year = PeriodValue(date(2025, 9, 1), date(2026, 8, 31), 40)
    assert attainment(activity(by(2026, 60)), [school_year], ON).word is AttainmentWord.TO_CONFIRM


def test_an_activity_is_never_said_to_be_on_track() -> None:
    words = {attainment(activity(by(2025, 50)), [year(2025, value)], ON).word for value in range(0, 100, 7)}
    assert words == {AttainmentWord.REACHED, AttainmentWord.BELOW}


# Cumul depuis le début


def test_a_cumul_adds_every_year_since_the_start() -> None:
    found = attainment(cumulative(by(2025, 100)), [year(2024, 60), year(2025, 45)], ON)
    assert (found.word, found.value, found.previous) == (AttainmentWord.REACHED, 105, 60)
    assert found.ratio == pytest.approx(1.05)


def test_a_running_total_covers_the_totals_before_it() -> None:
    start = date(2024, 1, 1)
    totals = [PeriodValue(start, date(2024, 12, 31), 600), PeriodValue(start, date(2025, 12, 31), 1850)]
    found = attainment(cumulative(by(2025, 3500)), totals, ON)
    assert (found.value, found.previous, found.word) == (1850, 600, AttainmentWord.BELOW)


def test_a_cumul_on_its_way_is_set_against_a_line_from_zero() -> None:
    on_track = attainment(cumulative(by(2027, 400)), [year(2024, 100), year(2025, 101)], ON)
    behind = attainment(cumulative(by(2027, 400)), [year(2024, 100), year(2025, 80)], ON)
    assert (on_track.word, behind.word) == (AttainmentWord.ON_TRACK, AttainmentWord.BELOW)


def test_a_cumul_with_a_year_missing_is_to_be_confirmed() -> None:
    found = attainment(cumulative(by(2025, 400)), [year(2023, 100), year(2025, 100)], ON)
    assert found.word is AttainmentWord.TO_CONFIRM


def test_a_cumul_of_the_year_running_is_not_judged() -> None:
    found = attainment(cumulative(by(2026, 400)), [year(2025, 100), running(2026, 90)], ON)
    assert (found.word, found.value) == (AttainmentWord.YEAR_RUNNING, 190)


# Nothing, and nothing to judge


@pytest.mark.parametrize("accumulation", Accumulation)
def test_an_indicator_without_a_measurement_is_not_provided(accumulation: Accumulation) -> None:
    assert attainment(IndicatorTerms(accumulation, UP, (by(2026, 8),)), [], ON).word is AttainmentWord.NOT_PROVIDED


@pytest.mark.parametrize(
    ("absence", "word"),
    [
        (Absence.NOT_PROVIDED, AttainmentWord.NOT_PROVIDED),
        (Absence.UNAVAILABLE, AttainmentWord.UNAVAILABLE),
        (Absence.NOT_APPLICABLE, AttainmentWord.NOT_APPLICABLE),
    ],
)
def test_without_any_value_the_word_is_the_last_reason_given(absence: Absence, word: AttainmentWord) -> None:
    values = [year(2025, None, absence=absence), year(2024, None, absence=Absence.NOT_PROVIDED)]
    assert attainment(state(UP, None, by(2026, 8)), values, ON).word is word


def test_the_last_known_value_speaks_when_a_later_one_is_missing() -> None:
    values = [year(2024, 9), year(2025, None, absence=Absence.UNAVAILABLE)]
    found = attainment(state(UP, None, by(2026, 8)), values, ON)
    assert (found.word, found.value) == (AttainmentWord.REACHED, 9)


def test_zero_is_a_value() -> None:
    assert attainment(activity(by(2025, 8)), [year(2025, 0)], ON).word is AttainmentWord.BELOW


def test_a_text_has_no_attainment() -> None:
    terms = replace(state(NEUTRAL), value_type=ValueType.TEXT)
    assert attainment(terms, [], ON).word is AttainmentWord.NOT_APPLICABLE


@pytest.mark.parametrize("accumulation", Accumulation)
def test_an_indicator_without_a_better_direction_is_not_judged(accumulation: Accumulation) -> None:
    found = attainment(IndicatorTerms(accumulation, NEUTRAL, (by(2025, 30),)), [year(2024, 27), year(2025, 24)], ON)
    assert (found.word, found.ratio) == (AttainmentWord.NOT_APPLICABLE, None)
    assert found.value is not None


@pytest.mark.parametrize("accumulation", Accumulation)
def test_an_indicator_without_a_target_is_not_judged(accumulation: Accumulation) -> None:
    assert attainment(IndicatorTerms(accumulation, UP), [year(2025, 24)], ON).word is AttainmentWord.NOT_APPLICABLE


def test_a_value_of_a_period_not_begun_is_left_out() -> None:
    values = [year(2025, 9), year(2027, 2)]
    assert attainment(state(UP, None, by(2026, 8)), values, date(2026, 12, 31)).value == 9
    assert attainment(state(UP, None, by(2026, 8)), values, date(2027, 1, 1)).value == 2


def test_no_word_says_that_an_indicator_is_late() -> None:
    assert not [word for word in AttainmentWord if "retard" in word.label_fr]


# Properties

figures = st.integers(min_value=-1000, max_value=1000)
scales = st.sampled_from([2.0, 0.5, 10.0, 1000.0])
RANK = {AttainmentWord.BELOW: 0, AttainmentWord.ON_TRACK: 1, AttainmentWord.REACHED: 2}


def judged(direction: Direction, baseline: float, target: float, previous: float, value: float) -> AttainmentWord:
    terms = state(direction, by(2023, baseline), by(2027, target))
    return attainment(terms, [year(2024, previous), year(2025, value)], ON).word


@given(st.sampled_from([UP, DOWN, STEADY]), figures, figures, figures, figures, scales)
def test_the_unit_never_changes_the_word(
    direction: Direction, baseline: int, target: int, previous: int, value: int, scale: float
) -> None:
    one = judged(direction, baseline, target, previous, value)
    assert one is judged(direction, baseline * scale, target * scale, previous * scale, value * scale)


@given(figures, figures, figures, figures)
def test_rising_and_falling_mirror_each_other(baseline: int, target: int, previous: int, value: int) -> None:
    assert judged(UP, baseline, target, previous, value) is judged(DOWN, -baseline, -target, -previous, -value)
    assert attainment_ratio(value, target, baseline) == attainment_ratio(-value, -target, -baseline)


@given(figures, figures, figures, figures, st.integers(min_value=0, max_value=500))
def test_doing_better_never_gives_a_worse_word(
    baseline: int, target: int, previous: int, value: int, more: int
) -> None:
    assume(target > baseline)
    assert (
        RANK[judged(UP, baseline, target, previous, value)]
        <= RANK[judged(UP, baseline, target, previous, value + more)]
    )


@given(figures, figures, figures)
def test_attainment_is_0_at_the_baseline_and_1_at_the_target_and_never_clipped(
    baseline: int, target: int, value: int
) -> None:
    assume(target != baseline)
    assert attainment_ratio(baseline, target, baseline) == 0
    assert attainment_ratio(target, target, baseline) == 1
    beyond = attainment_ratio(2 * target - baseline, target, baseline)
    assert beyond == pytest.approx(2)


@given(st.dates(date(2020, 1, 1), date(2032, 1, 1)), figures, figures)
def test_an_expected_value_stays_between_the_points_around_it(on: date, left: int, right: int) -> None:
    anchors = [by(2027, right), by(2023, left)]
    expected = expected_value(anchors, on)
    if on < date(2023, 12, 31):
        assert expected is None
    else:
        assert expected is not None
        assert min(left, right) <= expected <= max(left, right)


def test_the_target_in_force_is_the_next_one_due_else_the_last() -> None:
    targets = [by(2028, 20), by(2026, 10)]
    assert target_in_force(targets, date(2026, 12, 31)) == by(2026, 10)
    assert target_in_force(targets, date(2027, 1, 1)) == by(2028, 20)
    assert target_in_force(targets, date(2030, 1, 1)) == by(2028, 20)
    assert target_in_force([], ON) is None
