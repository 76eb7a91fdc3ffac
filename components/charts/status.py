"""Where each axis stands: its sheets by status, the late ones outlined."""

from collections import Counter
from functools import lru_cache
from typing import Any

import altair as alt

from components import theme
from components.charts.base import (
    AxisGroup,
    Layer,
    Row,
    Spec,
    counted,
    filled,
    finished,
    groups,
    names,
    on_rows,
    pixel,
    status_colours,
)
from components.formats import listing, out_of, plural, sentence_case
from db.rules.overview import by_status
from db.rules.plan import PlanState, SheetRow
from db.rules.vocabulary import Status

ORDER: tuple[Status | None, ...] = (
    Status.DONE,
    Status.ONGOING,
    Status.PLANNED,
    Status.POSTPONED,
    Status.PAUSED,
    Status.BLOCKED,
    Status.DROPPED,
    None,
)
STEP, BAR_TOP, BAR_HEIGHT, NAME_LINE = 54, 22, 20, 10
# What the number at the end of the longest bar needs.
END_WIDTH = 130
LATE_INSET = 4
# Of the legend, in pixels: a letter on average, and a square with the space around it.
LETTER, SYMBOL = 6.8, 32


def status_by_axis(state: PlanState, dark: bool) -> Spec:
    """Stacked bars, one a top-level axis under its name, its number of sheets at the end, late ones outlined."""
    found = groups(state)
    segments = [row for rank, group in enumerate(found) for row in _segments(group, rank * STEP)]
    late = [row for row in segments if row["late"]]
    longest = max((len(group.sheets) for group in found), default=1) or 1
    axes = [{"name": group.label, "y": rank * STEP + NAME_LINE} for rank, group in enumerate(found)]
    on_time = [row for row in segments if not row["late"]]
    shape = _shape(STEP * max(1, len(found)), longest, tuple(by_status(state.sheets)), dark)
    return filled(shape, [axes, on_time, late, late, segments, _ends(found)])


@lru_cache(maxsize=128)
def _shape(height: int, longest: int, totals: tuple[tuple[Status | None, int], ...], dark: bool) -> Spec:
    """The chart without its rows: names, bars on time, late bars, their outlines, counts, ends."""
    across = alt.Scale(domain=[0, longest], range=[0, alt.ExprRef(f"max(80, width - {END_WIDTH})")])
    met = {status for status, _ in totals}
    present = [status for status in ORDER if status in met]
    colours = alt.Color("status:N", scale=status_colours(present, dark), legend=_legend(totals))
    chart = alt.layer(
        names(height),
        _bars(across, height, 0.5).encode(color=colours),
        _bars(across, height, LATE_INSET).encode(color=colours),
        _bars(across, height, 1, filled=False, stroke=theme.LATE.colour(dark), strokeWidth=2),
        _counts(across, height, dark),
        _ends_of_bars(across, height, dark),
    )
    return finished(chart, height, dark)


def _segments(group: AxisGroup, top: int) -> list[dict[str, Any]]:
    counts = Counter((sheet.status, sheet.is_late) for sheet in group.sheets)
    rows, start = [], 0
    for status in ORDER:
        for late in (False, True):
            count = counts[status, late]
            if count:
                rows.append(_segment(group.label, status, late, start, count, top))
                start += count
    return rows


def _segment(axis: str, status: Status | None, late: bool, start: int, count: int, top: int) -> dict[str, Any]:
    return {
        "axis": axis,
        "status": theme.status_word(status),
        "late": late,
        "tip": f"{counted(status, count)}{', en retard' if late else ''}",
        "count": count,
        "start": start,
        "end": start + count,
        "middle": start + count / 2,
        "y": top + BAR_TOP,
        "y2": top + BAR_TOP + BAR_HEIGHT,
        "line": top + BAR_TOP + BAR_HEIGHT / 2,
    }


def _bars(across: alt.Scale, height: float, inset: float, **mark: Any) -> Layer:
    """Rectangles drawn this many pixels inside their place: a late one leaves room for its outline to be seen."""
    layer = on_rows().mark_rect(cornerRadius=2, xOffset=inset, x2Offset=-inset, yOffset=inset, y2Offset=-inset, **mark)
    return layer.encode(
        x=alt.X("start:Q", scale=across, axis=None),
        x2=alt.X2("end"),
        y=pixel("y", height),
        y2=alt.Y2("y2"),
        tooltip=[alt.Tooltip("axis:N", title="Axe"), alt.Tooltip("tip:N", title="Fiches")],
    )


def _legend(totals: tuple[tuple[Status | None, int], ...]) -> alt.Legend:
    """The words of the colours, each with its number: the line also tells the whole plan."""
    numbers = {theme.status_word(status): count for status, count in totals}
    entries = [f"{word} {count}" for word, count in numbers.items()]
    widest = max((len(entry) for entry in entries), default=0) * LETTER + SYMBOL
    on_one_line = sum(len(entry) * LETTER + SYMBOL for entry in entries)
    return alt.Legend(
        orient="top",
        direction="horizontal",
        symbolType="square",
        symbolSize=140,
        offset=4,
        columns=alt.ExprRef(f"width > {on_one_line:.0f} ? 0 : max(1, floor(width / {widest:.0f}))"),
        padding=0,
        columnPadding=14,
        labelExpr=f"datum.label + ' ' + {numbers!r}[datum.label]",
    )


def _counts(across: alt.Scale, height: float, dark: bool) -> Layer:
    """The number in each bar; in ink on the pale ground of what has no status."""
    surface = theme.surface(dark)
    colour = alt.condition(
        f"datum.status == '{theme.status_word(None)}'", alt.value(surface.ink), alt.value(surface.background)
    )
    mark = on_rows().mark_text(baseline="middle", fontWeight="bold")
    return mark.encode(
        x=alt.X("middle:Q", scale=across), y=pixel("line", height), text=alt.Text("count:Q"), color=colour
    )


def _ends(found: tuple[AxisGroup, ...]) -> list[Row]:
    """« 7 · 2 en retard », after each bar."""
    return [
        {
            "n": len(group.sheets),
            "text": f"{len(group.sheets)} · {group.late} en retard" if group.late else f"{len(group.sheets)}",
            "late": bool(group.late),
            "y": rank * STEP + BAR_TOP + BAR_HEIGHT / 2,
        }
        for rank, group in enumerate(found)
    ]


def _ends_of_bars(across: alt.Scale, height: float, dark: bool) -> Layer:
    """In the colour of lateness where there is some."""
    colour = alt.condition("datum.late", alt.value(theme.LATE.colour(dark)), alt.value(theme.surface(dark).ink))
    return (
        on_rows()
        .mark_text(align="left", baseline="middle", dx=8, fontWeight="bold")
        .encode(x=alt.X("n:Q", scale=across), y=pixel("y", height), text=alt.Text("text:N"), color=colour)
    )


def alt_status(state: PlanState) -> str:
    """The chart as a sentence: the whole, each status, the late ones, then each axis."""
    if not state.sheets:
        axes = plural(len(groups(state)), "axe")
        return f"L'avancement par axe : {plural(0, 'fiche action', 'fiches actions')} dans ce plan, qui a {axes}."
    words = [counted(status, count) for status, count in by_status(state.sheets)]
    late = sum(sheet.is_late for sheet in state.sheets)
    axes = "; ".join(
        f"{group.label} : {plural(len(group.sheets), 'fiche')}{_late_part(group)}" for group in groups(state)
    )
    whole = f"{plural(len(state.sheets), 'fiche')} : {listing(words)}"
    told = f"{out_of(late, len(state.sheets), 'fiche')} en retard" if late else "aucune en retard"
    return f"L'avancement par axe. {sentence_case(whole)} ; {told}. {axes.replace('; ', ' ; ')}."


def _late_part(group: AxisGroup) -> str:
    return f" dont {group.late} en retard" if group.late else ""


def status_table(state: PlanState) -> list[dict[str, object]]:
    """The chart as a table: a row an axis, a column a status that the plan has."""
    present = [status for status in ORDER if any(sheet.status is status for sheet in state.sheets)]
    return [
        {"Axe": group.label, "Fiches": len(group.sheets)}
        | {sentence_case(theme.status_word(status)): _count(group.sheets, status) for status in present}
        | {"En retard": group.late}
        for group in groups(state)
    ]


def _count(sheets: tuple[SheetRow, ...], status: Status | None) -> int:
    return sum(sheet.status is status for sheet in sheets)
