"""The lists of « Ma semaine », one query each: the first rows of a list, each with the count of all.

They are made of the sheets whose home is one of the démarches asked about, which the viewer coordinates: entries in
preparation count like those that were published. Rows bear the sheet, the démarche (`plan`), the day and its precision.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from db.homes import SERIES, counted_by_home, owned_sheets, waiting
from db.models import (
    ActionSheet,
    Amendment,
    FundingDecisionEntry,
    FundingLine,
    Initiative,
    Milestone,
    Organisation,
    Placement,
    ProgressEntry,
    Proposal,
    Publication,
    Reminder,
    StatusEntry,
    WeatherEntry,
)
from db.queries.days import Days
from db.queries.standing import newest, stands
from db.rules import week as rules
from db.rules.access import ProposalState
from db.rules.dates import FuzzyDate, add_months, end_in_force
from db.rules.vacancy import Span, first_heard, vacant_since
from db.rules.vocabulary import DatePrecision, FundingDecision, MilestoneState, PlacementRole, Status
from db.rules.week import AT_MOST, DueKind, Ending, EndKind, Listed, Quiet, Received, Vacant, Waiting

OVER = (Status.DONE, Status.DROPPED)
CLOSED = (MilestoneState.DONE, MilestoneState.DROPPED)
NEWS: tuple[type[StatusEntry | ProgressEntry | WeatherEntry], ...] = (StatusEntry, ProgressEntry, WeatherEntry)
FIRST_DAY = date(1, 1, 1)
Rows = Sequence[Any]


class WeekLists:
    """The questions of one week."""

    def __init__(self, session: Session, days: Days, vacancies: Mapping[int, tuple[Span, ...]]) -> None:
        self.session, self.days, self.vacancies = session, days, vacancies
        found = {plan: vacant_since(spans, days.day(plan)) for plan, spans in vacancies.items()}
        self.vacant = {plan: since for plan, since in found.items() if since is not None}
        self.live = self._live()

    def _live(self) -> CTE:
        """The sheets that stand in their home on its day, neither finished nor abandoned, with their status."""
        p, sheet, entry = Placement, ActionSheet, StatusEntry
        known = or_(
            *(
                and_(entry.sheet_id.in_(owned_sheets(plans)), or_(entry.on_date.is_(None), entry.on_date <= day))
                for day, plans in self.days.groups
            )
        )
        told = [entry.status, entry.until, entry.until_precision]
        said = newest(entry, entry.sheet_id, told, known, entry.archived_at.is_(None)).subquery()
        columns: list[Any] = [
            p.sheet_id, p.initiative_id.label("plan"), said.c.status, said.c.until, said.c.until_precision,
            sheet.starts_on, sheet.starts_precision, sheet.ends_on, sheet.ends_precision,
        ]  # fmt: skip
        return (
            select(*columns)
            .join(sheet, sheet.id == p.sheet_id)
            .outerjoin(said, said.c.sheet_id == p.sheet_id)
            .where(self.days.hold(p.initiative_id), p.role == PlacementRole.OWNER)
            .where(stands(self.days.of(p.initiative_id)), sheet.archived_at.is_(None))
            .where(or_(said.c.status.is_(None), said.c.status.not_in(OVER)))
            .cte("live")
        )

    def due(self) -> Rows:
        """Steps and ends past or within a fortnight, starts and resumptions past or within a week."""
        live, step = self.live.c, Milestone
        steps = (
            self._dated(DueKind.MILESTONE, step.label, step.due_on, step.due_precision)
            .join(step, step.sheet_id == live.sheet_id)
            .where(step.archived_at.is_(None), step.state.not_in(CLOSED))
        )
        ends = self._dated(DueKind.END, literal(""), live.ends_on, live.ends_precision)
        starts = self._starting(DueKind.START, live.starts_on, live.starts_precision, Status.PLANNED)
        resumes = self._starting(DueKind.RESUME, live.until, live.until_precision, Status.POSTPONED)
        return self._first(union_all(steps, ends, starts, resumes).subquery(), "is_past")

    def _dated(self, kind: DueKind, label: Any, day: Any, precision: Any) -> Select[Any]:
        moved, its_precision = self._moved(day, precision)
        return self._rows(kind, label, moved, its_precision).where(self._over(moved, its_precision, rules.A_FORTNIGHT))

    def _starting(self, kind: DueKind, day: Any, precision: Any, status: Status) -> Select[Any]:
        plan = self.live.c.plan
        since = self.days.of(plan, lambda on: on - rules.A_WEEK)
        until = self.days.of(plan, lambda on: on + rules.A_WEEK)
        expected = or_(self._over(day, precision, -rules.A_DAY), and_(day > since, day <= until))
        return self._rows(kind, literal(""), day, precision).where(self.live.c.status == status, expected)

    def _moved(self, day: Any, precision: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """A date of a live sheet, and its precision: those of its new date when it is postponed until later."""
        live = self.live.c
        later = and_(live.status == Status.POSTPONED, live.until > day)
        return case((later, live.until), else_=day), case((later, live.until_precision), else_=precision)

    def _over(self, day: Any, precision: Any, after: timedelta) -> ColumnElement[bool]:
        """Whether a date is over that long after the day of the démarche; the day before, it is past due."""
        return self.days.before(self.live.c.plan, day, precision, lambda on: rules.over_by(on + after))

    def _rows(self, kind: DueKind, label: Any, day: Any, precision: Any) -> Select[Any]:
        columns: list[Any] = [
            self.live.c.sheet_id,
            self.live.c.plan,
            literal(kind.value).label("kind"),
            label.label("label"),
            day.label("day"),
            precision.label("precision"),
            case((self._over(day, precision, -rules.A_DAY), 1), else_=0).label("is_past"),
        ]
        return select(*columns)

    def _first(self, found: Subquery, group: str | None = None) -> Rows:
        """The first rows of each group, by day, each with the count of its group."""
        part = found.c[group] if group else literal(1)
        ranked = select(
            *found.c,
            func.row_number().over(partition_by=part, order_by=(found.c.day, found.c.sheet_id)).label("rank"),
            func.count().over(partition_by=part).label("total"),
        ).subquery()
        return self.session.execute(select(ranked).where(ranked.c.rank <= AT_MOST)).all()

    def reminders(self) -> Rows:
        """The open reminders past or within a fortnight."""
        of = Reminder
        past = of.due_on < self.days.of(of.initiative_id)
        columns: list[Any] = [
            of.id, of.sheet_id, of.initiative_id.label("plan"), of.text, of.due_on.label("day"),
            case((past, 1), else_=0).label("is_past"),
        ]  # fmt: skip
        mine = (
            select(*columns)
            .where(self.days.hold(of.initiative_id), of.archived_at.is_(None), of.done_on.is_(None))
            .where(of.initiative_id.not_in(self.vacant))
            .where(of.due_on <= self.days.of(of.initiative_id, lambda on: on + rules.A_FORTNIGHT))
        )
        return self._first(mine.subquery(), "is_past")

    def vacancies_told(self) -> tuple[Vacant, ...]:
        """The démarches whose post is vacant, with how many of their reminders came due and wait."""
        if not self.vacant:
            return ()
        of = Reminder
        due = (of.done_on.is_(None), of.archived_at.is_(None), of.due_on <= self.days.of(of.initiative_id))
        rows = self.session.execute(
            select(of.initiative_id, func.count())
            .where(of.initiative_id.in_(self.vacant), *due)
            .group_by(of.initiative_id)
        )
        waiting = {plan: count for plan, count in rows.all()}  # noqa: C416
        return tuple(Vacant(plan, since, waiting.get(plan, 0)) for plan, since in self.vacant.items())

    def _fresh(self, plan: Any) -> ColumnElement[date]:
        """The first day of which news is not older than six months; where the post was vacant, its days set aside."""
        common = self.days.of(plan, rules.fresh_from)
        own = {
            key: first_heard(rules.fresh_from(day := self.days.day(key)), spans, day)
            for key, spans in self.vacancies.items()
        }
        return case(*((plan == key, literal(day, Date)) for key, day in own.items()), else_=common) if own else common

    def silent(self) -> Rows:
        """The running sheets without news for six months; none while the post is vacant."""
        live, step = self.live.c, Milestone
        today, fresh = self.days.of(live.plan), self._fresh(live.plan)
        heard = [
            exists().where(
                entry.sheet_id == live.sheet_id, entry.archived_at.is_(None), entry.on_date.between(fresh, today)
            )
            for entry in NEWS
        ]
        heard.append(  # what a file said without a date counts from the day it was taken
            exists().where(
                StatusEntry.sheet_id == live.sheet_id,
                StatusEntry.archived_at.is_(None),
                StatusEntry.on_date.is_(None),
                StatusEntry.recorded_at >= fresh,
            )
        )
        done = exists().where(
            step.sheet_id == live.sheet_id, step.archived_at.is_(None), step.done_on.between(fresh, today)
        )
        found = select(live.sheet_id, live.plan, literal(0).label("day"))
        waiting = (live.status == Status.ONGOING, live.plan.not_in(self.vacant), ~or_(*heard, done))
        return self._first(found.where(*waiting).subquery())

    def quiet(self) -> Listed[Quiet]:
        """How many running sheets of each démarche have had no news since its last point, the most first.

        A point takes in all that is known by its day: news since are the entries in preparation, and the steps done.
        On the very day of a point, nothing is silent since.
        """
        live, step, point = self.live.c, Milestone, self._last_point(self.live.c.plan)
        prepared = union_all(*(select(entry.sheet_id).where(waiting(entry)) for entry in NEWS))
        done = exists().where(
            step.sheet_id == live.sheet_id,
            step.archived_at.is_(None),
            step.done_on > point,
            step.done_on <= self.days.of(live.plan),
        )
        counts = (
            select(live.plan.label("home"), func.count().label("sheets"), func.count().over().label("plans"))
            .where(live.status == Status.ONGOING, point < self.days.of(live.plan))
            .where(live.sheet_id.not_in(prepared), ~done, live.plan.not_in(self.vacant))
            .group_by(live.plan)
            .subquery()
        )
        rows = self._most(counts, counts.c.sheets)
        return Listed(tuple(Quiet(row.home, row.sheets, row.point) for row in rows), rows[0].plans if rows else 0)

    def received(self) -> Listed[Received]:
        """How many answers of partners wait to be decided in each démarche, the most first."""
        of = Proposal
        counts = (
            select(of.initiative_id.label("home"), func.count().label("answers"), func.count().over().label("plans"))
            .where(self.days.hold(of.initiative_id), of.state == ProposalState.PROPOSED, of.archived_at.is_(None))
            .group_by(of.initiative_id)
            .subquery()
        )
        rows = self._most(counts, counts.c.answers)
        return Listed(tuple(Received(row.home, row.answers) for row in rows), rows[0].plans if rows else 0)

    def _last_point(self, plan: Any) -> ColumnElement[Any]:
        """The day of the last point of a whole démarche; null when it never had one."""
        of = Publication
        last = select(func.max(of.as_of)).where(of.sheet_id.is_(None), of.archived_at.is_(None))
        return last.where(of.initiative_id == plan).correlate(plan.table).scalar_subquery()

    def _most(self, counts: Subquery, by: Any) -> Rows:
        """The first counts, the highest first, with the last point of each démarche (`home`)."""
        point = self._last_point(counts.c.home).label("point")
        return self.session.execute(select(counts, point).order_by(by.desc(), counts.c.home).limit(AT_MOST)).all()

    def last_news(self, silent: Rows) -> dict[int, date]:
        """The day of the last news of the sheets of these rows, for those that ever had some."""
        of_day: dict[date, list[int]] = defaultdict(list)
        for row in silent:
            of_day[self.days.day(row.plan)].append(row.sheet_id)
        parts = [
            select(table.sheet_id, func.max(day).label("day"))
            .where(table.sheet_id.in_(sheets), table.archived_at.is_(None), day <= on)
            .group_by(table.sheet_id)
            for on, sheets in of_day.items()
            for table, day in [*((entry, entry.on_date) for entry in NEWS), (Milestone, Milestone.done_on)]
        ]
        if not parts:
            return {}
        found = union_all(*parts).subquery()
        rows = self.session.execute(select(found.c.sheet_id, func.max(found.c.day)).group_by(found.c.sheet_id))
        return {key: day for key, day in rows if day is not None}

    def ending(self) -> Rows:
        """The sheets that end within six months, later than a fortnight; not those that end with their contract."""
        live, plan, amended = self.live.c, Initiative, Amendment
        day, precision = self._moved(live.ends_on, live.ends_precision)
        soon = self.days.before(live.plan, day, precision, lambda on: rules.over_by(add_months(on, rules.SOON_MONTHS)))
        with_contract = or_(
            exists().where(plan.id == live.plan, plan.ends_on == live.ends_on),
            exists().where(
                amended.initiative_id == live.plan,
                amended.new_ends_on == live.ends_on,
                amended.archived_at.is_(None),
                amended.signed_on <= self.days.of(live.plan),
            ),
        )
        found = self._rows(DueKind.END, literal(""), day, precision)
        found = found.where(soon, ~self._over(day, precision, rules.A_FORTNIGHT), ~with_contract)
        return self._first(found.subquery())

    def contracts(self) -> list[Ending]:
        """The contracts that end within six months, or ended less than six months ago."""
        plan, amended = Initiative, Amendment
        moves: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        signed = select(amended.initiative_id, amended.signed_on, amended.new_ends_on)
        for key, day, end in self.session.execute(
            signed.where(self.days.hold(amended.initiative_id), amended.archived_at.is_(None))
        ):
            moves[key].append((day, end))
        found = []
        for key, ends_on in self.session.execute(select(plan.id, plan.ends_on).where(self.days.hold(plan.id))):
            on = self.days.day(key)
            in_force = end_in_force(ends_on, moves[key], on)
            if in_force and add_months(on, -rules.SOON_MONTHS) <= in_force <= add_months(on, rules.SOON_MONTHS):
                found.append(Ending(EndKind.CONTRACT, FuzzyDate(in_force), key))
        return found

    def answers(self) -> Rows:
        """The answers that funders owe: expected within six months, or already past."""
        entry, later, line, p = FundingDecisionEntry, aliased(FundingDecisionEntry), FundingLine, Placement
        plan = func.coalesce(line.initiative_id, p.initiative_id)
        today = self.days.of(plan)
        of_day, of_later = (func.coalesce(which.on_date, FIRST_DAY) for which in (entry, later))
        replaced = exists().where(
            later.line_id == entry.line_id,
            later.archived_at.is_(None),
            of_later <= today,
            or_(of_later > of_day, and_(of_later == of_day, later.id > entry.id)),
        )
        columns: list[Any] = [
            line.sheet_id, plan.label("plan"), Organisation.name.label("funder"),
            entry.answer_expected_on.label("day"), literal(DatePrecision.DAY.value).label("precision"),
        ]  # fmt: skip
        owner = and_(p.sheet_id == line.sheet_id, p.role == PlacementRole.OWNER, p.archived_at.is_(None))
        found = (
            select(*columns)
            .distinct()
            .select_from(entry)
            .join(line, line.id == entry.line_id)
            .join(Organisation, Organisation.id == line.funder_id)
            .outerjoin(p, owner)
            .where(self.days.hold(plan), line.archived_at.is_(None), entry.archived_at.is_(None))
            .where(entry.decision == FundingDecision.PENDING, of_day <= today, ~replaced)
            .where(entry.answer_expected_on <= self.days.of(plan, lambda on: add_months(on, rules.SOON_MONTHS)))
        )
        return self._first(found.subquery())

    def waiting(self) -> Listed[Waiting]:
        """How many entries each démarche has in preparation, the most first."""
        parts = union_all(*(counted_by_home(entry, waiting(entry)) for entry in SERIES)).subquery()
        counts = (
            select(parts.c.home, func.sum(parts.c.entries).label("entries"), func.count().over().label("plans"))
            .where(self.days.hold(parts.c.home))
            .group_by(parts.c.home)
            .subquery()
        )
        rows = self._most(counts, counts.c.entries)
        waits = tuple(Waiting(row.home, int(row.entries), row.point) for row in rows)
        return Listed(waits, rows[0].plans if rows else 0)
