from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.dates import (
    FuzzyDate,
    add_months,
    end_in_force,
    first_day,
    in_force,
    is_older_than,
    last_day,
    late_from,
    months_between,
    share_elapsed,
)
from db.rules.vocabulary import DatePrecision

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
precisions = st.sampled_from(DatePrecision)


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [
        (DatePrecision.DAY, date(2026, 5, 17), date(2026, 5, 17)),
        (DatePrecision.MONTH, date(2026, 5, 1), date(2026, 5, 31)),
        (DatePrecision.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
        (DatePrecision.HALF_YEAR, date(2026, 1, 1), date(2026, 6, 30)),
        (DatePrecision.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_typed_date_covers_its_whole_period(precision: DatePrecision, first: date, last: date) -> None:
    typed = FuzzyDate(date(2026, 5, 17), precision)
    assert (first_day(typed), last_day(typed)) == (first, last)


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (DatePrecision.DAY, date(2026, 12, 2)),
        (DatePrecision.MONTH, date(2027, 1, 1)),
        (DatePrecision.QUARTER, date(2027, 1, 1)),
        (DatePrecision.HALF_YEAR, date(2027, 1, 1)),
        (DatePrecision.YEAR, date(2027, 1, 1)),
    ],
)
def test_a_period_is_late_from_the_first_day_after_it(precision: DatePrecision, expected: date) -> None:
    assert late_from(FuzzyDate(date(2026, 12, 1), precision)) == expected


def test_three_months_of_grace_after_february_run_to_the_first_of_june() -> None:
    assert late_from(FuzzyDate(date(2026, 2, 1), DatePrecision.MONTH), 3) == date(2026, 6, 1)


def test_three_months_of_grace_after_a_day_end_on_the_same_day_of_the_month() -> None:
    assert late_from(FuzzyDate(date(2026, 2, 28)), 3) == date(2026, 5, 29)
    assert late_from(FuzzyDate(date(2026, 1, 30)), 3) == date(2026, 5, 1)


@given(days, precisions)
def test_what_is_due_is_never_late_within_its_own_period(day: date, precision: DatePrecision) -> None:
    typed = FuzzyDate(day, precision)
    assert first_day(typed) <= day <= last_day(typed)
    assert late_from(typed) == last_day(typed) + timedelta(days=1)


@given(days, precisions)
def test_every_day_of_a_period_stands_for_the_same_period(day: date, precision: DatePrecision) -> None:
    typed = FuzzyDate(day, precision)
    ends = (FuzzyDate(first_day(typed), precision), FuzzyDate(last_day(typed), precision))
    assert {(first_day(end), last_day(end)) for end in ends} == {(first_day(typed), last_day(typed))}


def test_a_month_added_to_the_31st_of_january_gives_the_last_of_february() -> None:
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


def test_months_between_two_days_are_whole_months() -> None:
    assert months_between(date(2026, 1, 31), date(2026, 2, 27)) == 0
    assert months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert months_between(date(2024, 3, 29), date(2028, 12, 31)) == 57
    assert months_between(date(2026, 3, 1), date(2026, 1, 1)) == -2


@given(days, st.integers(min_value=0, max_value=200))
def test_months_added_are_the_months_between(day: date, months: int) -> None:
    assert months_between(day, add_months(day, months)) == months


def test_exactly_six_months_is_not_more_than_six_months() -> None:
    assert not is_older_than(date(2026, 4, 1), 6, date(2026, 10, 1))
    assert is_older_than(date(2026, 3, 31), 6, date(2026, 10, 1))


def test_the_demonstration_has_used_53_percent_of_its_time() -> None:
    share = share_elapsed(date(2024, 3, 29), date(2028, 12, 31), date(2026, 10, 1))
    assert share is not None
    assert round(100 * share) == 53


def test_the_share_of_time_elapsed_is_unknown_without_both_ends() -> None:
    on = date(2026, 10, 1)
    assert share_elapsed(None, date(2028, 12, 31), on) is None
    assert share_elapsed(date(2024, 3, 29), None, on) is None
    assert share_elapsed(date(2028, 1, 1), date(2028, 1, 1), on) is None


@given(days, days, days, days)
def test_the_share_of_time_elapsed_stays_between_0_and_1_and_never_goes_back(
    starts: date, ends: date, one: date, other: date
) -> None:
    before, after = (share_elapsed(starts, ends, on) for on in sorted((one, other)))
    if ends <= starts:
        assert before is None and after is None
    else:
        assert before is not None and after is not None
        assert 0 <= before <= after <= 1


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        (date(2026, 6, 1), date(2026, 6, 1), True),
        (date(2026, 6, 2), None, False),
        (None, date(2026, 5, 31), False),
    ],
)
def test_what_holds_from_a_day_to_a_day_holds_on_both(starts: date | None, ends: date | None, holds: bool) -> None:
    assert in_force(starts, ends, date(2026, 6, 1)) is holds


def test_an_amendment_moves_the_end_from_the_day_it_is_signed() -> None:
    initial, moved = date(2026, 12, 31), date(2028, 12, 31)
    amendments = [(date(2026, 6, 1), moved)]
    assert end_in_force(initial, amendments, date(2026, 5, 31)) == initial
    assert end_in_force(initial, amendments, date(2026, 6, 1)) == moved


def test_the_last_amendment_signed_wins_whatever_the_order_they_are_listed_in() -> None:
    amendments = [(date(2027, 1, 1), date(2028, 6, 30)), (date(2026, 1, 1), date(2029, 12, 31))]
    assert end_in_force(date(2026, 12, 31), amendments, date(2027, 2, 1)) == date(2028, 6, 30)


def test_an_amendment_without_a_new_end_leaves_the_end_alone() -> None:
    amendments = [(date(2025, 1, 1), date(2027, 12, 31)), (date(2026, 1, 1), None)]
    assert end_in_force(date(2026, 12, 31), amendments, date(2026, 6, 1)) == date(2027, 12, 31)
    assert end_in_force(None, [], date(2026, 6, 1)) is None
