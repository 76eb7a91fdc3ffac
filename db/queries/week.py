"""« Ma semaine »: what a person has to do over every démarche that they coordinate, and the forms they left open.

A dozen queries, whatever the number of démarches. Each sheet is told once, by its home, where it is written.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models import ActionSheet, Axis, Draft, Initiative, Placement, Unsettled
from db.posts import vacancies_by_plan
from db.queries import reads
from db.queries.days import Days
from db.queries.standing import stands
from db.queries.week_lists import FIRST_DAY, Rows, WeekLists
from db.rights import Operation
from db.rules import week as rules
from db.rules.dates import FuzzyDate
from db.rules.vacancy import Span, vacant_since
from db.rules.vocabulary import DatePrecision, PlacementRole
from db.rules.week import (
    DraftAbout,
    Due,
    DueKind,
    Ending,
    EndKind,
    LeftDraft,
    Listed,
    PlanName,
    SheetAt,
    Silent,
    Week,
    subject_read,
)
from db.viewer import Viewer, may_read

DRAFTS = 200


@reads("all")
def my_week(session: Session, viewer: Viewer, days: tuple[tuple[int, date], ...]) -> Week | None:
    """What is due, silent, about to end or to be published in these démarches, each on the day given with it.

    Those that the viewer does not coordinate are left out; None when none is left.
    """
    mine = Days((plan, day) for plan, day in days if viewer.coordinates(plan))
    return _week(session, viewer, mine) if mine.by_plan else None


def _week(session: Session, viewer: Viewer, days: Days) -> Week:
    empty = vacancies_by_plan(session, days.by_plan)
    lists = WeekLists(session, days, empty)
    due, reminders, silent, ending, answers = (
        lists.due(), lists.reminders(), lists.silent(), lists.ending(), lists.answers(),
    )  # fmt: skip
    contracts, quiet, waits, received = lists.contracts(), lists.quiet(), lists.waiting(), lists.received()
    rows = [*due, *reminders, *silent, *ending, *answers]
    sheets = _sheets(session, viewer, days, {row.sheet_id for row in rows if row.sheet_id is not None})
    dues = [*(_due(row, days, sheets) for row in due), *(_reminder(row, days, sheets, empty) for row in reminders)]
    ends = [
        *contracts,
        *(Ending(EndKind.SHEET, _when(row), row.plan, sheets[row.sheet_id]) for row in ending),
        *(Ending(EndKind.ANSWER, _when(row), row.plan, sheets.get(row.sheet_id), row.funder) for row in answers),
    ]
    plans = {row.plan for row in rows} | {end.initiative_id for end in ends}
    plans |= {told.initiative_id for told in quiet.items} | {told.initiative_id for told in waits.items}
    plans |= {told.initiative_id for told in received.items}
    plans |= {key for sheet in sheets.values() for key in sheet.elsewhere} | lists.vacant.keys()
    return Week(
        plans=len(days.by_plan),
        names=_names(session, days, plans),
        overdue=rules.due_listed(dues, _total(due, is_past=1) + _total(reminders, is_past=1), past=True),
        coming=rules.due_listed(dues, _total(due, is_past=0) + _total(reminders, is_past=0), past=False),
        silent=_silent(silent, sheets, lists.last_news(silent)),
        quiet=quiet,
        ending=rules.ending_listed(ends, len(contracts) + _total(ending) + _total(answers)),
        waiting=waits,
        received=received,
        vacant=lists.vacancies_told(),
    )


def _sheets(session: Session, viewer: Viewer, days: Days, sheets: Collection[int]) -> dict[int, SheetAt]:
    """These sheets at their home, with the other plans in which they stand that the viewer may read."""
    p = Placement
    rows = session.execute(
        select(p.sheet_id, p.id, p.code, ActionSheet.title, p.initiative_id, p.role)
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .join(Initiative, Initiative.id == p.initiative_id)
        .where(p.sheet_id.in_(sheets), stands(days.of(p.initiative_id)), may_read(viewer))
        .order_by(p.id)
    ).all()
    guests: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.role is PlacementRole.GUEST:
            guests[row.sheet_id].append(row.initiative_id)
    return {
        sheet_id: SheetAt(sheet_id, place, code, title, home, tuple(guests[sheet_id]))
        for sheet_id, place, code, title, home, role in rows
        if role is PlacementRole.OWNER
    }


def _names(session: Session, days: Days, plans: Collection[int]) -> tuple[PlanName, ...]:
    i = Initiative
    rows = session.execute(
        select(i.id, i.code, i.short_name).where(i.id.in_(plans)).order_by(i.is_fictitious, i.sort_key, i.id)
    )
    return tuple(PlanName(key, code, name, days.day(key)) for key, code, name in rows)


def _due(row: Any, days: Days, sheets: Mapping[int, SheetAt]) -> Due:
    kind, when, on = DueKind(row.kind), _when(row), days.day(row.plan)
    moment = rules.start_moment if kind in (DueKind.START, DueKind.RESUME) else rules.moment
    return Due(kind, when, moment(when, on), row.plan, sheets[row.sheet_id], row.label)


def _reminder(row: Any, days: Days, sheets: Mapping[int, SheetAt], empty: Mapping[int, tuple[Span, ...]]) -> Due:
    """A reminder; its sheet is told only where it is at home and stands."""
    when = FuzzyDate(row.day)
    moment = rules.moment(when, days.day(row.plan))
    elapsed = vacant_since(empty.get(row.plan, ()), row.day) is not None
    return Due(DueKind.REMINDER, when, moment, row.plan, sheets.get(row.sheet_id), row.text, row.id, elapsed)


def _when(row: Any) -> FuzzyDate:
    return FuzzyDate(row.day, DatePrecision(row.precision))


def _total(rows: Rows, *, is_past: int | None = None) -> int:
    """How many there are in all, of which these rows are the first."""
    return next((row.total for row in rows if is_past is None or row.is_past == is_past), 0)


def _silent(rows: Rows, sheets: Mapping[int, SheetAt], heard: Mapping[int, date]) -> Listed[Silent]:
    """The sheets that wait for news, the longest silent first."""
    told = [Silent(sheets[row.sheet_id], heard.get(row.sheet_id)) for row in rows]
    told.sort(key=lambda silent: silent.last_news or FIRST_DAY)
    return Listed(tuple(told), _total(rows))


@reads("all")
def left_drafts(session: Session, viewer: Viewer) -> tuple[LeftDraft, ...]:
    """The forms that this person left open with something typed in them, the last touched first, each form once.

    Drafts move no revision: this is asked anew each time, never kept.
    """
    d = Draft
    rows = session.execute(
        select(d.key, d.subject, d.kept_at, d.typed)
        .where(d.actor_id == viewer.actor_id, d.closed_at.is_(None))
        .order_by(d.kept_at.desc(), d.id.desc())
        .limit(DRAFTS)
    )
    drafts: dict[str, tuple[str, Any]] = {}
    for key, subject, kept_at, typed in rows:
        if typed:
            drafts.setdefault(subject, (key, kept_at))
    told = [(_resolved(session, subject_read(subject)), *kept) for subject, kept in drafts.items()]
    places = _writable_places(session, viewer, [about for about, *_ in told])
    codes = _writable_codes(session, viewer, {about.initiative_id for about, *_ in told})
    found = []
    for about, key, kept_at in told:
        sheet, code = places.get((about.sheet_id, None)) or places.get((None, about.placement_id)) or (None, None)
        found.append(LeftDraft(key, about, kept_at, sheet, codes.get(about.initiative_id, code)))
    return tuple(found)


def _resolved(session: Session, about: DraftAbout) -> DraftAbout:
    """The same, an axis and a cell to settle replaced by the démarche or the sheet they belong to."""
    if about.axis_id is not None:
        axis = session.get(Axis, about.axis_id)
        return replace(about, initiative_id=axis.initiative_id if axis else None)
    if about.cell_id is not None:
        cell = session.get(Unsettled, about.cell_id)
        return replace(
            about, initiative_id=cell.initiative_id if cell else None, sheet_id=cell.sheet_id if cell else None
        )
    return about


def _writable_places(
    session: Session, viewer: Viewer, asked: Collection[DraftAbout]
) -> dict[tuple[int | None, int | None], tuple[SheetAt, str]]:
    """The sheets asked for at home, where the viewer writes, with the code of their plan: by sheet, and by place."""
    sheets = {about.sheet_id for about in asked if about.sheet_id is not None}
    places = {about.placement_id for about in asked if about.placement_id is not None}
    if not sheets and not places:
        return {}
    p = Placement
    rows = session.execute(
        select(p.sheet_id, p.id, p.code, ActionSheet.title, p.initiative_id, Initiative.code)
        .join(Initiative, Initiative.id == p.initiative_id)
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(or_(p.sheet_id.in_(sheets), p.id.in_(places)), p.role == PlacementRole.OWNER, p.archived_at.is_(None))
    )
    found: dict[tuple[int | None, int | None], tuple[SheetAt, str]] = {}
    for sheet_id, place, number, title, home, code in rows:
        if viewer.may(Operation.WRITE, home):
            told = SheetAt(sheet_id, place, number, title, home), code
            found[sheet_id, None] = found[None, place] = told
    return found


def _writable_codes(session: Session, viewer: Viewer, plans: Collection[int | None]) -> dict[int | None, str]:
    mine = [plan for plan in plans if plan is not None and viewer.may(Operation.WRITE, plan)]
    if not mine:
        return {}
    rows = session.execute(select(Initiative.id, Initiative.code).where(Initiative.id.in_(mine)))
    return {row.id: row.code for row in rows}
