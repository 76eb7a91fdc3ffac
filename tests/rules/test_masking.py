from hypothesis import given
from hypothesis import strategies as st

from db.rules.masking import THRESHOLD, Masked, is_small, mask, rate_may_be_shown

counts = st.one_of(st.just(0), st.integers(1, 15), st.integers(0, 400))
breakdowns = st.dictionaries(st.sampled_from("abcdef"), counts, min_size=1)


def test_numbers_from_1_to_10_are_small_and_zero_is_not() -> None:
    assert [count for count in range(14) if is_small(count)] == list(range(1, 11))


def test_a_breakdown_without_a_small_part_is_shown_whole() -> None:
    assert mask({"femmes": 34, "hommes": 13}, 47) == Masked({"femmes": 34, "hommes": 13}, 47)


def test_a_second_part_is_hidden_with_the_small_one() -> None:
    masked = mask({"18-29 ans": 5, "30-59 ans": 27, "60 ans et plus": 15}, 47)
    assert masked.parts == {"18-29 ans": None, "30-59 ans": 27, "60 ans et plus": None}
    assert masked.total == 47


def test_a_part_masked_at_its_source_hides_a_second_one() -> None:
    masked = mask({"femmes": None, "hommes": 18}, 27)
    assert masked.hidden == {"femmes", "hommes"}
    assert masked.total == 27


def test_a_part_masked_at_its_source_is_not_given_back_even_when_it_is_large() -> None:
    assert mask({"femmes": None, "hommes": 18}, 118).hidden == {"femmes", "hommes"}


def test_a_part_whose_remainder_is_small_is_hidden() -> None:
    assert mask({"qpv": 39}, 47) == Masked({"qpv": None}, 47)
    assert mask({"qpv": 36}, 47) == Masked({"qpv": 36}, 47)


def test_two_small_parts_that_make_a_small_sum_hide_a_third() -> None:
    assert mask({"a": 1, "b": 1, "c": 30, "d": 40}, 72).hidden == {"a", "b", "c"}


def test_a_zero_is_shown_and_never_serves_to_hide_another_part() -> None:
    assert mask({"a": 5, "b": 0, "c": 40}, 45).parts == {"a": None, "b": 0, "c": None}


def test_the_total_is_hidden_when_no_part_is_left_to_hide() -> None:
    assert mask({"a": 5, "b": 0}, 5) == Masked({"a": None, "b": 0}, None)
    assert mask({}, 7).total is None


def test_without_a_total_shown_only_the_small_parts_are_hidden() -> None:
    assert mask({"a": 5, "b": 40}, None) == Masked({"a": None, "b": 40}, None)


def test_parts_that_overlap_hide_their_small_ones_alone() -> None:
    assert mask({"a": 5, "b": 40, "c": 30}, 50) == Masked({"a": None, "b": 40, "c": 30}, 50)
    assert mask({"a": 8, "b": 9}, 10) == Masked({"a": None, "b": None}, None)


def test_a_rate_is_hidden_when_it_gives_back_a_small_number() -> None:
    assert rate_may_be_shown(25, 46)
    assert rate_may_be_shown(0, 46)
    assert not rate_may_be_shown(5, 46)
    assert not rate_may_be_shown(40, 46)
    assert not rate_may_be_shown(0, 8)


@given(breakdowns, st.integers(0, 60))
def test_no_subtraction_gives_back_a_small_number_nor_a_hidden_part(parts: dict[str, int], remainder: int) -> None:
    total = sum(parts.values()) + remainder
    masked = mask(parts, total)
    shown = [value for value in masked.parts.values() if value is not None]
    assert not any(is_small(value) for value in shown)
    if masked.total is None:
        return
    assert not is_small(masked.total)
    unseen = len(masked.hidden) + (remainder > 0)
    difference = masked.total - sum(shown)
    assert difference == 0 or difference >= THRESHOLD
    assert not masked.hidden or unseen >= 2


@given(breakdowns, st.integers(0, 60))
def test_what_is_shown_is_the_truth(parts: dict[str, int], remainder: int) -> None:
    total = sum(parts.values()) + remainder
    masked = mask(parts, total)
    assert masked.parts.keys() == parts.keys()
    assert all(value in (None, parts[name]) for name, value in masked.parts.items())
    assert masked.total in (None, total)


@given(breakdowns)
def test_masking_what_is_masked_gives_nothing_back(parts: dict[str, int]) -> None:
    masked = mask(parts, sum(parts.values()))
    if masked.total is not None:
        assert mask(masked.parts, masked.total).hidden >= masked.hidden


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_rate_and_its_complement_are_hidden_together(numerator: int, others: int) -> None:
    denominator = numerator + others
    assert rate_may_be_shown(numerator, denominator) == rate_may_be_shown(others, denominator)
