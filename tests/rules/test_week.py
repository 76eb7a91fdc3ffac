from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.dates import FuzzyDate, is_older_than, last_day
from db.rules.vocabulary import DatePrecision
from db.rules.week import (
    AT_MOST,
    DraftAbout,
    DraftKind,
    Due,
    DueKind,
    Listed,
    Moment,
    due_listed,
    fresh_from,
    moment,
    over_by,
    start_moment,
    subject_read,
)

ON = date(2026, 10, 1)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31))


@given(DAYS, DAYS, st.sampled_from(DatePrecision))
def test_a_date_is_over_by_a_day_exactly_when_its_last_day_is_not_after(
    stored: date, on: date, precision: DatePrecision
) -> None:
    assert (stored < over_by(on)[precision]) == (last_day(FuzzyDate(stored, precision)) <= on)


@given(DAYS, DAYS)
def test_news_are_fresh_from_the_first_day_that_is_not_older_than_six_months(news: date, on: date) -> None:
    assert (news >= fresh_from(on)) == (not is_older_than(news, 6, on))


@pytest.mark.parametrize(
    ("when", "seen"),
    [
        (FuzzyDate(date(2026, 9, 30)), Moment.PAST),
        (FuzzyDate(ON), Moment.WEEK),
        (FuzzyDate(date(2026, 10, 8)), Moment.WEEK),
        (FuzzyDate(date(2026, 10, 9)), Moment.FORTNIGHT),
        (FuzzyDate(date(2026, 9, 1), DatePrecision.MONTH), Moment.PAST),
        (FuzzyDate(date(2026, 10, 31), DatePrecision.MONTH), Moment.FORTNIGHT),
        (FuzzyDate(date(2025, 1, 1), DatePrecision.YEAR), Moment.PAST),
    ],
)
def test_what_is_due_is_past_once_its_period_is_over(when: FuzzyDate, seen: Moment) -> None:
    assert moment(when, ON) is seen


def test_a_start_typed_as_a_month_is_expected_from_its_first_day_and_past_the_month_after() -> None:
    october = FuzzyDate(ON, DatePrecision.MONTH)
    assert start_moment(october, date(2026, 9, 28)) is Moment.WEEK
    assert start_moment(october, date(2026, 10, 31)) is Moment.WEEK
    assert start_moment(october, date(2026, 11, 1)) is Moment.PAST


def a_due(day: date, seen: Moment) -> Due:
    return Due(DueKind.REMINDER, FuzzyDate(day), seen, 1, label="X", reminder_id=1)


def test_what_is_due_is_told_in_the_order_of_the_days_and_what_is_not_told_is_counted() -> None:
    days = [ON - timedelta(days=n) for n in range(AT_MOST + 5)]
    dues = [a_due(day, Moment.PAST) for day in days] + [a_due(ON, Moment.WEEK)]
    past, coming = due_listed(dues, 90, past=True), due_listed(dues, 1, past=False)
    assert [due.when.day for due in past.items] == sorted(days)[:AT_MOST]
    assert (past.total, past.rest) == (90, 30)
    assert (len(coming.items), coming.rest) == (1, 0)
    assert Listed().rest == 0


@pytest.mark.parametrize(
    ("subject", "about"),
    [
        ("sheet:12:constat", DraftAbout(DraftKind.SHEET, sheet_id=12, detail="constat")),
        ("sheet:12:inconnue", DraftAbout(None)),
        ("bulk:3", DraftAbout(DraftKind.SEVERAL, initiative_id=3)),
        ("unplanned:3", DraftAbout(DraftKind.UNPLANNED, initiative_id=3)),
        ("publish:3", DraftAbout(DraftKind.POINT, initiative_id=3)),
        ("publish:3:12", DraftAbout(DraftKind.POINT, initiative_id=3, sheet_id=12, detail="")),
        ("contract:3", DraftAbout(DraftKind.CONTRACT, initiative_id=3)),
        ("amendment:3:nouveau", DraftAbout(DraftKind.AMENDMENT, initiative_id=3, detail="nouveau")),
        ("correct:avenir-7", DraftAbout(DraftKind.CORRECTION, placement_id=7, detail="avenir-7")),
        ("note:3:8:meteo", DraftAbout(DraftKind.NOTE, initiative_id=3, detail="8:meteo")),
        ("reminder:3:nouveau:rappeler", DraftAbout(DraftKind.REMINDER, initiative_id=3, detail="nouveau:rappeler")),
        ("sheet:new:3", DraftAbout(DraftKind.NEW_SHEET, initiative_id=3)),
        ("order:3", DraftAbout(DraftKind.ORDER, initiative_id=3)),
        ("place:7", DraftAbout(DraftKind.PLACE, placement_id=7)),
        ("axis:5", DraftAbout(DraftKind.AXIS, axis_id=5)),
        ("axis:new:3:5", DraftAbout(DraftKind.AXIS, initiative_id=3, detail="5")),
        ("unsettled:9", DraftAbout(DraftKind.CELL, cell_id=9)),
        ("autre:3", DraftAbout(None, initiative_id=3)),
        ("", DraftAbout(None)),
    ],
)
def test_the_subject_of_a_draft_says_what_it_is_about(subject: str, about: DraftAbout) -> None:
    assert subject_read(subject) == about
