"""Dates typed with more or less precision, and the time between them.

A date typed « mars 2026 » is a period, not a day: everything that compares it with today looks at the
period's last day, so that a month is late from the first of the next and never before.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from db.rules.vocabulary import DatePrecision

_MONTHS_IN = {
    DatePrecision.MONTH: 1,
    DatePrecision.QUARTER: 3,
    DatePrecision.HALF_YEAR: 6,
    DatePrecision.YEAR: 12,
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date as it was typed: any day of the period, and how long the period is."""

    day: date
    precision: DatePrecision = DatePrecision.DAY


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` calendar months later (earlier when negative).

    A day the month does not have becomes its last day: 31 January plus one month is 28 February.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_day(typed: FuzzyDate) -> date:
    """The first day of the period typed; the day itself when the date is precise."""
    months = _MONTHS_IN.get(typed.precision)
    if months is None:
        return typed.day
    return date(typed.day.year, (typed.day.month - 1) // months * months + 1, 1)


def last_day(typed: FuzzyDate) -> date:
    """The last day of the period typed; the day itself when the date is precise."""
    months = _MONTHS_IN.get(typed.precision)
    if months is None:
        return typed.day
    return add_months(first_day(typed), months) - _ONE_DAY


def late_from(typed: FuzzyDate, grace_months: int = 0) -> date:
    """The first day on which what was due at this date is late, `grace_months` months being allowed.

    The day after a precise date; the first of the next month, quarter, half-year or year otherwise.
    """
    if typed.precision is DatePrecision.DAY:
        return add_months(typed.day, grace_months) + _ONE_DAY
    return add_months(last_day(typed) + _ONE_DAY, grace_months)


def months_between(start: date, end: date) -> int:
    """Whole calendar months from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def is_older_than(day: date, months: int, on: date) -> bool:
    """Whether more than `months` calendar months have passed since `day`; exactly `months` is not more."""
    return on > add_months(day, months)


def in_force(starts: date | None, ends: date | None, on: date) -> bool:
    """Whether what holds from a day to a day, both included, holds on a day; without a day, on that side for ever."""
    return (starts is None or starts <= on) and (ends is None or on <= ends)


def share_elapsed(starts: date | None, ends: date | None, on: date) -> float | None:
    """The share of the time between two days that has passed on a day, from 0 to 1.

    The caller chooses the end (see `end_in_force`). None when a date is missing or the end does not
    come after the start.
    """
    if starts is None or ends is None or ends <= starts:
        return None
    return min(1.0, max(0.0, (on - starts).days / (ends - starts).days))


def end_in_force(initial_end: date | None, amendments: Iterable[tuple[date, date | None]], on: date) -> date | None:
    """The end date that binds on a day: that of the last amendment signed by then that moved it.

    `amendments` are (signed on, new end or None when the amendment leaves the end alone), in any order.
    """
    moves = [(signed, end) for signed, end in amendments if end is not None and signed <= on]
    return max(moves)[1] if moves else initial_end
