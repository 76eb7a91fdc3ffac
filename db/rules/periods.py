"""Values of periods, and how they add up over a longer one without counting any day twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.vocabulary import Absence


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """A measurement: the period it speaks of (first and last day), its value or why there is none.

    `measured_on` is the day of the measurement when it is known. Proposed and refused measurements are
    not values yet: the caller leaves them out.
    """

    first: date
    last: date
    value: float | None
    is_provisional: bool = False
    measured_on: date | None = None
    absence: Absence | None = None

    @property
    def as_of(self) -> date:
        """The day the value stands for: that of the measurement, within the period, else the period's last."""
        return self.last if self.measured_on is None else min(self.measured_on, self.last)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over a span of days; `is_whole` says that the periods added cover it all and could be added."""

    value: float
    as_of: date
    is_whole: bool


def add_up(values: Sequence[PeriodValue], first: date, last: date, may_be_added: bool = True) -> Sum | None:
    """The sum of the values whose period lies within a span; None when there is none.

    Where periods overlap the longest speaks: a year typed beside its quarters, or a running total beside the
    earlier ones, is not counted twice; of two values of the same period, the first listed speaks. Values that
    may not be added (different persons) give the highest of them, which the true number is at least.
    """
    kept = _without_overlap([item for item in values if first <= item.first and item.last <= last])
    figures = [item.value for item in kept if item.value is not None]
    if not figures:
        return None
    days = sum(_days(item.first, item.last) for item in kept)
    return Sum(
        value=sum(figures) if may_be_added else max(figures),
        as_of=max(item.as_of for item in kept),
        is_whole=days == _days(first, last) and (may_be_added or len(kept) == 1),
    )


def _without_overlap(values: Sequence[PeriodValue]) -> list[PeriodValue]:
    kept: list[PeriodValue] = []
    for item in sorted(values, key=lambda item: -_days(item.first, item.last)):
        if item.value is not None and not any(_overlap(item, other) for other in kept):
            kept.append(item)
    return kept


def _overlap(one: PeriodValue, other: PeriodValue) -> bool:
    return one.first <= other.last and other.first <= one.last


def _days(first: date, last: date) -> int:
    return (last - first).days + 1
