"""The plan in time: a bar a sheet, its steps as diamonds, and a line for today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import altair as alt

from components import theme
from components.charts.base import (
    TEXT_SIZE,
    AxisGroup,
    Layer,
    Spec,
    filled,
    finished,
    groups,
    names,
    on_rows,
    pixel,
    status_colours,
)
from components.formats import agree, listing, out_of, period, plural, short_fuzzy
from db.rules.dates import add_months, first_day, last_day, late_from
from db.rules.overview import by_status
from db.rules.plan import MilestoneFact, PlanState, SheetRow, fuzzy
from db.rules.vocabulary import MilestoneState, Status

Side = Literal["left", "right", "center"]

MOST_MARKS = 2000
TODAY_BAND = 22
OPEN = (MilestoneState.PLANNED, MilestoneState.ONGOING)
# Under two years, months are written; a plan of five years has room for its years only.
LONG_SPAN_DAYS = 730


@dataclass(frozen=True, slots=True)
class Layout:
    """Heights in pixels: of an axis' name, of a sheet's name (0 when it is not written), of its bar, of the gaps."""

    axis_name: int
    sheet_name: int
    bar: float
    gap: float
    axis_gap: int
    diamond: int


FULL = Layout(axis_name=30, sheet_name=20, bar=10, gap=8, axis_gap=14, diamond=80)


def compact(sheets: int) -> Layout:
    """Thin bars without names, that keep a plan of 20 or of 200 sheets on one screen."""
    room = max(2.0, min(12.0, 300 / max(1, sheets)))
    return Layout(axis_name=20, sheet_name=0, bar=room * 0.72, gap=room * 0.28, axis_gap=8, diamond=36)


def plan_timeline(state: PlanState, dark: bool) -> Spec:
    """The whole timeline: every sheet under its name, grouped by axis."""
    return _timeline(state, FULL, dark)


def axis_timeline(state: PlanState, dark: bool) -> Spec:
    """The timeline for the overview: the same bars, thin, under the names of the axes alone."""
    return _timeline(state, compact(len(state.sheets)), dark)


@dataclass(slots=True)
class _Drawn:
    """The rows of each layer, as the walk down the plan places them.

    `today` has a piece of line an axis, or a sheet when sheets are named.
    """

    today: list[dict[str, Any]]
    axes: list[dict[str, Any]]
    sheets: list[dict[str, Any]]
    bars: list[dict[str, Any]]
    undated: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    height: float


def _timeline(state: PlanState, layout: Layout, dark: bool) -> Spec:
    first, last = span(state)
    drawn = _place(groups(state), layout, state.on, first, last)
    present = tuple(status for status, _ in by_status(state.sheets))
    word = [{"day": _at(state.on), "label": "aujourd'hui", "y": TODAY_BAND / 2 - 2}]
    share = (state.on - first).days / (last - first).days
    shape = _shape(drawn.height, layout.diamond, layout is FULL, first, last, _side(share), present, dark)
    return filled(shape, [word, drawn.bars, drawn.today, drawn.axes, drawn.sheets, drawn.undated, drawn.steps])


def _side(share: float) -> Side:
    """On which side of today's line its word is written, so that it stays inside."""
    return "left" if share < 0.15 else "right" if share > 0.85 else "center"


@lru_cache(maxsize=128)
def _shape(
    height: float,
    diamond: int,
    has_legend: bool,
    first: date,
    last: date,
    side: Side,
    present: tuple[Status | None, ...],
    dark: bool,
) -> Spec:
    """The chart without its rows: today's word, bars, today's line, names of axes, of sheets, undated, steps."""
    time = alt.Scale(type="time", domain=[_at(first), _at(last)], nice=False)
    layers = [
        _today(side, alt.X("day:T", scale=time, axis=_years(first, last)), height, dark),
        _bars(height, status_colours(present, dark), dark, has_legend),
        _line(height, dark),
        names(height, weight="bold"),
        names(height),
        names(height, colour=theme.surface(dark).grey),
        _steps(height, diamond, dark),
    ]
    return finished(alt.layer(*layers), height, dark)


def span(state: PlanState) -> tuple[date, date]:
    """The days the timeline goes from and to: everything dated in the plan, and the day looked at.

    Whole years once there are more than two.
    """
    days = [state.on]
    for sheet in state.sheets:
        days += [first_day(sheet.starts)] if sheet.starts else []
        days += [last_day(sheet.ends)] if sheet.ends else []
        days += [step.due_on for step in sheet.milestones if step.due_on is not None]
    first, last = min(days), max(days)
    if (last - first).days > LONG_SPAN_DAYS:
        return date(first.year, 1, 1), date(last.year, 12, 31)
    return (first, last) if (last - first).days > 60 else (add_months(first, -6), add_months(last, 6))


def _place(found: Iterable[AxisGroup], layout: Layout, on: date, first: date, last: date) -> _Drawn:
    drawn = _Drawn([], [], [], [], [], [], 0)
    y: float = TODAY_BAND
    for group in found:
        drawn.axes.append({"name": group.label, "y": y + layout.axis_name / 2})
        y += layout.axis_name
        top = y
        for sheet in group.sheets:
            y = _place_sheet(drawn, sheet, layout, y, on, first, last)
        if group.sheets and not layout.sheet_name:
            drawn.today.append({"day": _at(on), "y": top, "y2": y})
        y += layout.axis_gap
    room = MOST_MARKS - sum(map(len, (drawn.axes, drawn.sheets, drawn.bars, drawn.undated, drawn.today)))
    drawn.steps = sorted(drawn.steps, key=lambda step: step["done"])[: max(0, room)]
    drawn.height = y
    return drawn


def _place_sheet(drawn: _Drawn, sheet: SheetRow, layout: Layout, y: float, on: date, first: date, last: date) -> float:
    """Add one sheet's rows from this height on; gives the height under it."""
    if layout.sheet_name:
        drawn.sheets.append({"name": sheet.label, "y": y + layout.sheet_name / 2})
        y += layout.sheet_name
    if sheet.starts or sheet.ends:
        drawn.bars.append(_bar(sheet, y, layout.bar, first, last))
    elif layout.sheet_name:
        drawn.undated.append({"name": "dates non renseignées", "y": y + layout.bar * 0.7})
    if layout.sheet_name:
        drawn.today.append({"day": _at(on), "y": y - 2, "y2": y + layout.bar + 2})
    middle = y + layout.bar / 2
    drawn.steps += [_step(sheet, step, middle, on) for step in sheet.milestones if _is_drawn(step)]
    return y + layout.bar + layout.gap


def _bar(sheet: SheetRow, y: float, height: float, first: date, last: date) -> dict[str, Any]:
    """A sheet's time; where one end is not known the bar runs to the edge, and is pale."""
    return {
        "sheet": sheet.label,
        "status": theme.status_word(sheet.status),
        "late": sheet.is_late,
        "late_word": "oui" if sheet.is_late else "non",
        "when": when(sheet),
        "steps": sheet.progress.milestones_fr or "aucune étape",
        "start": _at(first_day(sheet.starts) if sheet.starts else first),
        "end": _at(last_day(sheet.ends) if sheet.ends else last),
        "open": sheet.starts is None or sheet.ends is None,
        "y": y,
        "y2": y + height,
    }


def _is_drawn(step: MilestoneFact) -> bool:
    return (step.done_on or step.due_on) is not None and step.state is not MilestoneState.DROPPED


def _step(sheet: SheetRow, step: MilestoneFact, y: float, on: date) -> dict[str, Any]:
    due = fuzzy(step.due_on, step.due_precision)
    is_done = step.state is MilestoneState.DONE
    is_past = not is_done and due is not None and late_from(due) <= on
    day = (step.done_on if is_done else None) or (last_day(due) if due else step.done_on or on)
    return {
        "sheet": sheet.label,
        "step": step.label,
        "state": "échéance dépassée" if is_past else step.state.label_fr,
        "due": short_fuzzy(due.day, due.precision) if due else "échéance non renseignée",
        "done": is_done,
        "past": is_past,
        "day": _at(day),
        "y": y,
    }


def _at(day: date) -> str:
    """Midnight where the reader is: a bare date would be read as midnight in Greenwich."""
    return f"{day.isoformat()}T00:00:00"


def _years(first: date, last: date) -> alt.Axis:
    is_long = (last - first).days > LONG_SPAN_DAYS
    step = alt.TimeIntervalStep(interval="year" if is_long else "month", step=1 if is_long else 3)
    return alt.Axis(
        orient="top",
        title=None,
        format="%Y" if is_long else "%b %Y",
        tickCount=step,
        grid=True,
        labelAlign="left",
        labelOffset=4,
        labelBound=True,
        labelOverlap=True,
    )


def _bars(height: float, colours: alt.Scale, dark: bool, has_legend: bool) -> Layer:
    late = alt.condition("datum.late", alt.value(theme.LATE.colour(dark)), alt.value("transparent"))
    return (
        on_rows()
        .mark_rect(cornerRadius=2, strokeWidth=2)
        .encode(
            x=alt.X("start:T"),
            x2=alt.X2("end"),
            y=pixel("y", height),
            y2=alt.Y2("y2"),
            color=alt.Color("status:N", scale=colours, legend=alt.Legend(orient="top") if has_legend else None),
            opacity=alt.condition("datum.open", alt.value(0.5), alt.value(1)),
            stroke=late,
            tooltip=[
                alt.Tooltip("sheet:N", title="Fiche"),
                alt.Tooltip("status:N", title="Statut"),
                alt.Tooltip("when:N", title="Dates"),
                alt.Tooltip("steps:N", title="Étapes"),
                alt.Tooltip("late_word:N", title="En retard"),
            ],
        )
    )


def _steps(height: float, size: int, dark: bool) -> Layer:
    """Filled when done, hollow when to come, in the colour of lateness once the due date is past."""
    surface = theme.surface(dark)
    edge = alt.condition("datum.past", alt.value(theme.LATE.colour(dark)), alt.value(surface.ink))
    fill = alt.condition("datum.done", alt.value(surface.ink), alt.value(surface.background))
    return (
        on_rows()
        .mark_point(shape="diamond", size=size, strokeWidth=1.8, opacity=1)
        .encode(
            x=alt.X("day:T"),
            y=pixel("y", height),
            stroke=edge,
            fill=fill,
            tooltip=[
                alt.Tooltip("step:N", title="Étape"),
                alt.Tooltip("state:N", title="État"),
                alt.Tooltip("due:N", title="Échéance"),
                alt.Tooltip("sheet:N", title="Fiche"),
            ],
        )
    )


def _today(side: Side, across: alt.X, height: float, dark: bool) -> Layer:
    """The word above the line; this layer carries the time scale that the others share."""
    mark = on_rows().mark_text(
        align=side, baseline="middle", color=theme.surface(dark).primary, fontSize=TEXT_SIZE, fontWeight="bold"
    )
    return mark.encode(x=across, y=pixel("y", height), text=alt.Text("label:N"))


def _line(height: float, dark: bool) -> Layer:
    """Today's line, interrupted by the names so that they stay readable."""
    mark = on_rows().mark_rule(color=theme.surface(dark).primary, strokeWidth=2)
    return mark.encode(x=alt.X("day:T"), y=pixel("y", height), y2=alt.Y2("y2"))


def when(sheet: SheetRow) -> str:
    """« mars 2024 → déc. 2028 », or « dates non renseignées »."""
    return period(sheet.starts.day if sheet.starts else None, sheet.ends.day if sheet.ends else None)


def alt_timeline(state: PlanState) -> str:
    """The chart as a sentence: how many bars over what time, the steps done, past due and to come."""
    dated = sum(bool(sheet.starts or sheet.ends) for sheet in state.sheets)
    first, last = span(state)
    steps = [step for sheet in state.sheets for step in sheet.milestones if step.state is not MilestoneState.DROPPED]
    done = sum(step.state is MilestoneState.DONE for step in steps)
    late = sum(sheet.is_late for sheet in state.sheets)
    bars = f"Le plan dans le temps, {period(first, last)} : {out_of(dated, len(state.sheets), 'fiche')} avec des dates"
    passed = f"{out_of(done, len(steps), 'étape')} {agree(done, 'franchie')}" if steps else "aucune étape"
    told = [passed, f"{plural(late, 'fiche')} en retard"]
    return f"{bars}, {listing(told)}."


def timeline_table(state: PlanState) -> list[dict[str, str]]:
    """The chart as a table: a row a sheet, in the order of the plan."""
    return [
        {
            "Axe": group.label,
            "Fiche": sheet.label,
            "Dates": when(sheet),
            "Statut": theme.status_word(sheet.status, sheet.outcome),
            "Étapes": sheet.progress.milestones_fr or "aucune étape",
            "En retard": "oui" if sheet.is_late else "non",
        }
        for group in groups(state)
        for sheet in group.sheets
    ]
