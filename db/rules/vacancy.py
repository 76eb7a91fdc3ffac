"""A post that nobody holds for a while: on which days, and what silence is worth meanwhile.

While the coordination is vacant nobody asks for news: no fiche is said to wait for some. Afterwards silence is measured
without the days of vacancy, so that who takes the post does not begin with a list of what nobody could have typed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db.rules.dates import in_force

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included; without a last day, until further notice."""

    starts_on: date
    ends_on: date | None = None


def vacant_since(vacancies: Iterable[Span], on: date) -> date | None:
    """The first day of the vacancy in which a day falls; None when somebody holds the post that day."""
    return next((one.starts_on for one in vacancies if in_force(one.starts_on, one.ends_on, on)), None)


def is_held(spans: Iterable[Span], on: date) -> bool:
    """Whether one of these spans holds on a day."""
    return any(in_force(span.starts_on, span.ends_on, on) for span in spans)


def heard_as_of(day: date, vacancies: Iterable[Span], on: date) -> date:
    """The day on which what was heard on `day` counts as heard, looked at from `on`: as many days later as the post
    was vacant in between."""
    return day + sum((_vacant_after(day, one, on) for one in vacancies), timedelta())


def _vacant_after(day: date, one: Span, on: date) -> timedelta:
    """How long a vacancy lasted between the day after `day` and `on`, both included."""
    first, last = max(one.starts_on, day + A_DAY), min(one.ends_on or on, on)
    return max(timedelta(), last - first + A_DAY)


def first_heard(fresh: date, vacancies: Sequence[Span], on: date) -> date:
    """The first day of which what was heard counts, seen from `on`, as heard on `fresh` or later."""
    day = fresh
    while heard_as_of(day - A_DAY, vacancies, on) >= fresh and day > date.min + A_DAY:
        day -= A_DAY
    return day


def gaps(held: Iterable[Span], on: date) -> tuple[Span, ...]:
    """The spans, from a day on, during which none of these holds, in their order."""
    found, starts = list[Span](), on
    for span in sorted(held, key=lambda span: span.starts_on):
        if span.starts_on > starts:
            found.append(Span(starts, span.starts_on - A_DAY))
        if span.ends_on is None:
            return tuple(found)
        starts = max(starts, span.ends_on + A_DAY)
    return (*found, Span(starts))


def first_gap(held: Iterable[Span], on: date) -> Span | None:
    """The first of these gaps; None when one always holds."""
    return next(iter(gaps(held, on)), None)
