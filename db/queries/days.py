"""The day it is in each of several démarches, as SQL: they are asked together, each on its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, case, func, literal

from db.rules.vocabulary import DatePrecision

FEW = 20


class Days:
    """The day of each of some démarches, one at least. Most of them share one."""

    def __init__(self, days: Iterable[tuple[int, date]]) -> None:
        self.by_plan = dict(days)
        groups: dict[date, list[int]] = defaultdict(list)
        for plan, day in self.by_plan.items():
            groups[day].append(plan)
        self.groups = sorted(groups.items(), key=lambda group: len(group[1]))

    def day(self, plan: int) -> date:
        """The day of a démarche; of one that is not among these, the day that most of them share."""
        return self.by_plan.get(plan, self.groups[-1][0])

    def hold(self, plan: Any) -> ColumnElement[bool]:
        """Whether the démarche of a column is one of these.

        Of hundreds of them, an index that is asked once for each costs more than reading every row: it is set aside.
        """
        column = plan if len(self.by_plan) <= FEW else func.coalesce(plan, 0)
        held: ColumnElement[bool] = column.in_(self.by_plan)
        return held

    def of(self, plan: Any, value: Callable[[date], date] = lambda day: day) -> ColumnElement[date]:
        """What a function makes of the day of the démarche that a column holds."""
        return self._each(plan, lambda day: literal(value(day), Date))

    def before(
        self, plan: Any, day: Any, precision: Any, limits: Callable[[date], Mapping[DatePrecision, date]]
    ) -> ColumnElement[bool]:
        """Whether a date of the database comes before the limit of its own precision, on the day of its démarche."""

        def limit(on: date) -> ColumnElement[date]:
            firsts = {known.value: literal(first, Date) for known, first in limits(on).items()}
            return case(firsts, value=precision, else_=firsts[DatePrecision.DAY.value])

        there: ColumnElement[bool] = day < self._each(plan, limit)
        return there

    def _each(self, plan: Any, made: Callable[[date], ColumnElement[date]]) -> ColumnElement[date]:
        *others, (main, _) = self.groups
        if not others:
            return made(main)
        return case(*((plan.in_(ids), made(day)) for day, ids in others), else_=made(main))
