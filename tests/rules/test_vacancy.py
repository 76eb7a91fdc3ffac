"""A post that nobody holds: on which days, and what silence is worth meanwhile."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.consistency import needs_news
from db.rules.dates import in_force
from db.rules.vacancy import A_DAY, Span, first_gap, first_heard, heard_as_of, vacant_since
from db.rules.week import fresh_from

ON = date(2026, 10, 1)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    starts = draw(DAYS)
    lasts = draw(st.none() | st.integers(0, 400))
    return Span(starts, None if lasts is None else starts + timedelta(lasts))


@st.composite
def apart(draw: st.DrawFn) -> list[Span]:
    """Vacancies as they are kept: none meets another."""
    found: list[Span] = []
    day = draw(DAYS)
    for _ in range(draw(st.integers(0, 3))):
        last = day + timedelta(draw(st.integers(0, 200)))
        found.append(Span(day, last))
        day = last + timedelta(draw(st.integers(2, 200)))
    return found


def test_a_post_is_vacant_from_its_first_day_to_its_last() -> None:
    one = [Span(date(2026, 11, 1), date(2027, 1, 3))]
    said = [vacant_since(one, date(2026, 11, 1) + timedelta(days)) for days in (-1, 0, 63, 64)]
    assert said == [None, date(2026, 11, 1), date(2026, 11, 1), None]


def test_days_of_vacancy_count_in_no_silence() -> None:
    four_months = [Span(date(2026, 5, 1), date(2026, 8, 31))]
    heard = date(2026, 2, 1)  # eight months before, of which four vacant
    assert needs_news(heard, ON)
    assert not needs_news(heard, ON, vacancies=four_months)
    assert not needs_news(heard, date(2026, 12, 4), vacancies=four_months)
    assert needs_news(heard, date(2026, 12, 5), vacancies=four_months)


def test_nothing_is_asked_while_the_post_is_vacant() -> None:
    now = [Span(ON)]
    assert needs_news(None, ON) and needs_news(date(2020, 1, 1), ON)
    assert not needs_news(None, ON, vacancies=now)
    assert not needs_news(date(2020, 1, 1), ON, vacancies=now)
    assert needs_news(date(2020, 1, 1), ON - A_DAY, vacancies=now)


@given(DAYS, apart())
def test_the_first_day_that_counts_is_the_edge_between_what_is_too_old_and_what_is_not(
    on: date, vacancies: list[Span]
) -> None:
    day = first_heard(fresh_from(on), vacancies, on)
    assert heard_as_of(day, vacancies, on) >= fresh_from(on)
    assert heard_as_of(day - A_DAY, vacancies, on) < fresh_from(on)
    if vacant_since(vacancies, on) is None:
        assert not needs_news(day, on, vacancies=vacancies)
        assert needs_news(day - A_DAY, on, vacancies=vacancies)


@given(st.lists(spans(), max_size=4), DAYS)
def test_a_gap_is_the_first_days_that_nobody_holds(held: list[Span], on: date) -> None:
    gap = first_gap(held, on)
    if gap is None:
        assert any(span.ends_on is None for span in held)
        return
    assert gap.starts_on >= on
    around = [gap.starts_on, *([gap.ends_on] if gap.ends_on else [])]
    assert not any(in_force(span.starts_on, span.ends_on, day) for span in held for day in around)
    if gap.starts_on > on:
        assert any(in_force(span.starts_on, span.ends_on, gap.starts_on - A_DAY) for span in held)
    if gap.ends_on is not None:
        assert any(in_force(span.starts_on, span.ends_on, gap.ends_on + A_DAY) for span in held)


@pytest.mark.parametrize("day", [date(2026, 4, 1), date(2026, 9, 30)])
def test_without_a_vacancy_silence_is_what_it_was(day: date) -> None:
    assert heard_as_of(day, [], ON) == day
    assert first_heard(fresh_from(ON), [], ON) == fresh_from(ON)
