from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from db.rules.periods import PeriodValue, add_up
from db.rules.vocabulary import Absence

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
QUARTERS = [
    (date(2025, 1, 1), date(2025, 3, 31)),
    (date(2025, 4, 1), date(2025, 6, 30)),
    (date(2025, 7, 1), date(2025, 9, 30)),
    (date(2025, 10, 1), date(2025, 12, 31)),
]


def quarters(*values: float | None) -> list[PeriodValue]:
    return [PeriodValue(first, last, value) for (first, last), value in zip(QUARTERS, values, strict=False)]


def test_four_quarters_make_a_whole_year() -> None:
    total = add_up(quarters(1, 2, 3, 4), FIRST, LAST)
    assert total is not None
    assert (total.value, total.is_whole, total.as_of) == (10, True, LAST)


def test_three_quarters_do_not() -> None:
    total = add_up(quarters(1, 2, 3), FIRST, LAST)
    assert total is not None
    assert (total.value, total.is_whole, total.as_of) == (6, False, date(2025, 9, 30))


def test_a_quarter_without_a_value_leaves_the_year_incomplete() -> None:
    values = [*quarters(1, 2, 3), PeriodValue(*QUARTERS[3], None, absence=Absence.UNAVAILABLE)]
    total = add_up(values, FIRST, LAST)
    assert total is not None
    assert (total.value, total.is_whole) == (6, False)


def test_a_year_typed_beside_its_quarters_is_not_counted_twice() -> None:
    total = add_up([*quarters(1, 2, 3, 4), PeriodValue(FIRST, LAST, 12)], FIRST, LAST)
    assert total is not None
    assert (total.value, total.is_whole) == (12, True)


def test_a_half_year_replaces_its_own_quarters_only() -> None:
    half = PeriodValue(date(2025, 1, 1), date(2025, 6, 30), 10)
    total = add_up([*quarters(1, 2, 3, 4), half], FIRST, LAST)
    assert total is not None
    assert (total.value, total.is_whole) == (17, True)


def test_a_short_period_on_the_last_day_of_a_longer_one_overlaps_it() -> None:
    last_day_alone = PeriodValue(date(2025, 3, 31), date(2025, 3, 31), 4)
    first_day_alone = PeriodValue(date(2025, 1, 1), date(2025, 1, 1), 4)
    total = add_up([last_day_alone, first_day_alone, *quarters(10)], FIRST, LAST)
    assert total is not None
    assert total.value == 10


def test_a_period_over_two_years_belongs_to_neither() -> None:
    school_year = PeriodValue(date(2025, 9, 1), date(2026, 8, 31), 40)
    assert add_up([school_year], FIRST, LAST) is None


def test_nothing_known_makes_no_sum_and_a_zero_does() -> None:
    assert add_up(quarters(None, None), FIRST, LAST) is None
    zero = add_up(quarters(0), FIRST, LAST)
    assert zero is not None
    assert zero.value == 0


def test_values_that_may_not_be_added_give_the_highest_of_them() -> None:
    total = add_up(quarters(40, 55, 30, 20), FIRST, LAST, may_be_added=False)
    assert total is not None
    assert (total.value, total.is_whole) == (55, False)


def test_one_value_of_the_whole_year_needs_no_addition() -> None:
    total = add_up([PeriodValue(FIRST, LAST, 90)], FIRST, LAST, may_be_added=False)
    assert total is not None
    assert (total.value, total.is_whole) == (90, True)


def test_a_value_stands_for_the_day_it_was_measured_within_its_period() -> None:
    assert PeriodValue(FIRST, LAST, 1, measured_on=date(2025, 9, 30)).as_of == date(2025, 9, 30)
    assert PeriodValue(FIRST, LAST, 1, measured_on=date(2026, 2, 1)).as_of == LAST
    assert PeriodValue(FIRST, LAST, 1).as_of == LAST


@given(st.permutations(quarters(1, 2, 3, 4)), st.integers(0, 50))
def test_the_order_of_the_values_never_changes_a_sum(values: list[PeriodValue], year: int) -> None:
    alone = add_up(values, FIRST, LAST)
    beside = add_up([*values, PeriodValue(FIRST, LAST, year)], FIRST, LAST)
    assert alone is not None and beside is not None
    assert (alone.value, beside.value) == (10, year)
