from hypothesis import given
from hypothesis import strategies as st

from db.rules.people import may_be_added, total_people
from db.rules.totals import Known, known_sum, once
from db.rules.vocabulary import CountedPeople


def test_a_sum_says_how_many_values_it_knows() -> None:
    assert known_sum([100, None, 0]) == Known(total=100, known=2, of=3)


def test_a_sum_of_values_all_unknown_is_unknown_and_not_zero() -> None:
    assert known_sum([None, None]) == Known(total=None, known=0, of=2)
    assert known_sum([0]).total == 0


def test_a_sum_of_nothing_is_zero_and_whole() -> None:
    assert known_sum([]) == Known(total=0, known=0, of=0)
    assert known_sum([]).is_whole
    assert not known_sum([1, None]).is_whole


@given(st.lists(st.none() | st.integers(min_value=0, max_value=10**9)))
def test_unknown_values_never_change_a_sum(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    assert known_sum(values).total == (sum(known) if known or not values else None)


def test_what_several_plans_share_counts_once_and_keeps_its_order() -> None:
    assert once(["b1", "a1", "b2"], lambda item: item[0]) == ["b1", "a1"]


def test_different_persons_of_two_sheets_are_never_added() -> None:
    assert total_people(CountedPeople.DISTINCT, [40, 12]) is None
    assert not may_be_added(CountedPeople.DISTINCT)


def test_different_persons_of_one_sheet_are_their_own_total() -> None:
    assert total_people(CountedPeople.DISTINCT, [40]) == Known(40, 1, 1)


def test_participations_and_professionals_are_added() -> None:
    assert total_people(CountedPeople.PARTICIPATIONS, [40, None]) == Known(40, 1, 2)
    assert total_people(CountedPeople.PROFESSIONALS, [40, 12]) == Known(52, 2, 2)


def test_an_indicator_that_counts_no_people_may_be_added() -> None:
    assert may_be_added(None)
