"""The picture of a plan: all that its entries say, among those that are seen. Who may see them is settled before."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.models import (
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Measurement,
    ProgressEntry,
    StatusEntry,
    Target,
    WeatherEntry,
)
from db.models.base import Base, Entry
from db.queries import facts
from db.queries.facts import in_plan
from db.queries.funding import decisions_among
from db.queries.sheet import WEATHERS
from db.queries.sheet_figures import (
    aim_of,
    aimed_whole,
    amounts_among,
    lines_among,
    measured_whole,
    money_lines,
    reading_of,
)
from db.queries.standing import newest
from db.rules import progress
from db.rules.arranging import in_tree
from db.rules.initiative import Point
from db.rules.plan import AxisNode, MilestoneFact, PlacementFact, fuzzy
from db.rules.points import (
    IndicatorPicture,
    LinePicture,
    Picture,
    ProgressSaid,
    SheetPicture,
    StatusSaid,
    WeatherSaid,
    Where,
)
from db.rules.sheet import Aim, Gathered, Reading, gathered
from db.rules.text import numbered
from db.rules.vocabulary import Absence

Seen = Callable[[type[Entry]], ColumnElement[bool]]
"""The entries of a series that are seen, as a condition on it."""
Declared = tuple[int | None, Absence | None, date | None, Gathered | None]
"""A progress as it was declared: a percentage or why there is none, the day, and how it was heard."""


def picture_of(session: Session, initiative_id: int, seen: Seen, day: date, point: Point | None = None) -> Picture:
    """What a plan shows of the entries that are `seen`, in the sheets that stand in it on that day."""
    axes = facts.axes(session, initiative_id)
    stands = in_tree(axes, facts.placements(session, initiative_id, day), lambda at: at.axis_id)
    wheres = {at.sheet_id: _where(at) for at in stands}
    statuses = _statuses(session, initiative_id, seen)
    declared = _declared(session, initiative_id, seen)
    weathers = _weathers(session, initiative_id, seen)
    steps = facts.milestones(session, initiative_id)
    return Picture(
        point=point,
        axes=tuple(axes),
        sheets=tuple(
            SheetPicture(
                where=wheres[at.sheet_id],
                entry=at.entry,
                status=statuses.get(at.sheet_id),
                progress=_progress(
                    at, statuses.get(at.sheet_id), declared.get(at.sheet_id), steps.get(at.sheet_id, [])
                ),
                weathers=tuple(weathers.get(at.sheet_id, ())),
            )
            for at in stands
        ),
        indicators=_indicators(session, initiative_id, seen, wheres, axes),
        lines=_lines(session, initiative_id, seen, wheres),
    )


def _where(at: PlacementFact) -> Where:
    label = numbered(at.code, at.title)
    return Where(at.sheet_id, None, at.placement_id, label)


def _of_sheets(entry: type[Any], initiative_id: int, seen: Seen) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return entry.sheet_id.in_(in_plan(initiative_id)), seen(entry)


def _statuses(session: Session, initiative_id: int, seen: Seen) -> dict[int, StatusSaid]:
    e = StatusEntry
    columns = [e.status, e.outcome, e.to_discuss, e.status_word, e.until, e.until_precision]
    columns += [e.reason, e.unblocked_by, e.comment, e.on_date, e.gathered, e.gathered_on]
    rows = session.execute(newest(e, e.sheet_id, columns, *_of_sheets(e, initiative_id, seen)))
    return {
        row.sheet_id: StatusSaid(
            status=row.status,
            outcome=row.outcome,
            to_discuss=row.to_discuss,
            word=row.status_word,
            until=fuzzy(row.until, row.until_precision),
            reason=row.reason,
            unblocked_by=row.unblocked_by,
            comment=row.comment,
            on=row.on_date,
            gathered=gathered(row.gathered, row.gathered_on),
        )
        for row in rows
    }


def _declared(session: Session, initiative_id: int, seen: Seen) -> dict[int, Declared]:
    e = ProgressEntry
    columns = [e.percent, e.absence, e.on_date, e.gathered, e.gathered_on]
    rows = session.execute(newest(e, e.sheet_id, columns, *_of_sheets(e, initiative_id, seen)))
    return {sheet_id: (percent, absence, day, gathered(*heard)) for sheet_id, percent, absence, day, *heard in rows}


def _progress(
    at: PlacementFact, status: StatusSaid | None, declared: Declared | None, steps: list[MilestoneFact]
) -> ProgressSaid | None:
    """The percentage that the fiche shows for what was declared; None where it shows none and nobody said why."""
    percent, absence, day, heard = declared or (None, None, None, None)
    told = progress.sheet_progress(
        status.status if status else None,
        at.is_continuous,
        at.milestones_tell_all,
        None if percent is None else (percent, day),
        [(step.state, float(step.weight)) for step in steps],
        status.outcome if status else None,
    )
    if told.percent is not None:
        return ProgressSaid(told.percent, None, told.declared_on, heard if told.declared_on else None)
    return None if absence is None or at.is_continuous else ProgressSaid(None, absence, day, heard)


def _weathers(session: Session, initiative_id: int, seen: Seen) -> dict[int, list[WeatherSaid]]:
    """The météos of each sheet, newest first, as many as its page shows."""
    e = WeatherEntry
    columns = [e.id, e.weather, e.done, e.todo, e.obstacles, e.highlights, e.comment, e.signed_by, e.on_date]
    columns += [e.gathered, e.gathered_on]
    rows = session.execute(newest(e, e.sheet_id, columns, *_of_sheets(e, initiative_id, seen), most=WEATHERS))
    found: dict[int, list[WeatherSaid]] = defaultdict(list)
    for row in rows:
        found[row.sheet_id].append(
            WeatherSaid(
                entry_id=row.id,
                weather=row.weather,
                done=row.done,
                todo=row.todo,
                obstacles=row.obstacles,
                highlights=row.highlights,
                comment=row.comment,
                signed_by=row.signed_by,
                on=row.on_date,
                is_last=not found[row.sheet_id],
                gathered=gathered(row.gathered, row.gathered_on),
            )
        )
    return found


def _of_plan(table: type[Any], initiative_id: int, axes: list[AxisNode]) -> ColumnElement[bool]:
    """The indicators, or the funding lines, of the plan's sheets, of its axes, and its own."""
    about = [table.sheet_id.in_(in_plan(initiative_id)), table.initiative_id == initiative_id]
    if hasattr(table, "axis_id"):
        about.append(table.axis_id.in_([node.id for node in axes]))
    return or_(*about)


def _place(row: Base, wheres: dict[int, Where], labels: dict[int, str]) -> Where | None:
    """What an indicator or a line hangs on; None when it is a sheet that is not there."""
    sheet_id, axis_id = getattr(row, "sheet_id", None), getattr(row, "axis_id", None)
    if sheet_id is not None:
        return wheres.get(sheet_id)
    return Where(None, axis_id, label=labels.get(axis_id, "") if axis_id else "")


def _indicators(
    session: Session, initiative_id: int, seen: Seen, wheres: dict[int, Where], axes: list[AxisNode]
) -> tuple[IndicatorPicture, ...]:
    i, mine = Indicator, _of_plan(Indicator, initiative_id, axes)
    rows = session.scalars(select(i).where(mine, i.archived_at.is_(None)).order_by(i.position, i.id)).all()
    labels, by_id, here = (
        {node.id: node.label for node in axes},
        {row.id: row for row in rows},
        select(i.id).where(mine),
    )
    values: dict[int, dict[tuple[date, date], Reading]] = defaultdict(dict)
    for value in session.scalars(measured_whole(seen(Measurement) & Measurement.indicator_id.in_(here))):
        if value.indicator_id in by_id:
            period = value.starts_on, value.ends_on
            values[value.indicator_id][period] = reading_of(value, by_id[value.indicator_id])
    targets: dict[int, dict[date, Aim]] = defaultdict(dict)
    for target in session.scalars(aimed_whole(seen(Target) & Target.indicator_id.in_(here))):
        targets[target.indicator_id][target.due_on] = aim_of(target)
    return tuple(
        IndicatorPicture(
            indicator_id=row.id,
            where=where,
            label=row.label,
            unit=row.unit,
            value_type=row.value_type,
            decimals=row.decimals,
            is_sensitive=row.is_sensitive,
            values=tuple(values[row.id].values()),
            targets=tuple(targets[row.id].values()),
        )
        for row in rows
        if (where := _place(row, wheres, labels)) is not None
    )


def _lines(session: Session, initiative_id: int, seen: Seen, wheres: dict[int, Where]) -> tuple[LinePicture, ...]:
    mine = _of_plan(FundingLine, initiative_id, [])
    lines = session.execute(lines_among(mine, decisions_among(mine, seen(FundingDecisionEntry)))).all()
    amounts = session.execute(amounts_among(mine, seen(FundingEvent))).all()
    told = money_lines(lines, amounts)
    return tuple(LinePicture(where, line) for row, line in told if (where := _place(row, wheres, {})) is not None)
