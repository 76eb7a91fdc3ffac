"""The plan as a table grouped by axis, as a board by status, as a timeline: given rows, and asking nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import charts, formats, tables, theme, workspace
from components.filters import kept
from components.text import escape
from db.rules import filtering
from db.rules.dates import FuzzyDate
from db.rules.filtering import Filters
from db.rules.plan import AxisNode, PlanState, SheetRow
from db.rules.vocabulary import InvolvementRole, Status

SHEET_PAGE = "sheet.py"
A_PAGE = 50
WIDE = 6
ROWS = "sheets"
NO_AXIS = "Sans axe"


class Shape(StrEnum):
    """How the plan is shown; the words of the address are those of the screen."""

    TABLE = "Tableau"
    BOARD = "Par statut"
    TIMELINE = "Frise"


def shape() -> Shape:
    """The reader's choice between table, board and timeline, kept in the address."""
    chosen = st.segmented_control(
        "Forme",
        list(Shape),
        default=Shape.TABLE,
        required=True,
        key="forme",
        bind="query-params",
        label_visibility="collapsed",
    )
    return Shape(chosen or Shape.TABLE)


def _address() -> Mapping[str, str | list[str]] | None:
    """The address as it is, for links to fiches; None for who reads this page alone, by a link: fiches are others."""
    return kept() if workspace.link() is None else None


def sheet_link(sheet: SheetRow, here: Mapping[str, str | list[str]] | None) -> None:
    """The number and the title of a fiche, as a link that keeps the reader's choices (`here`: `filters.kept`); without
    a link where `here` is None."""
    number = f"**{escape(sheet.code)}** " if sheet.code else ""
    if here is None:
        st.markdown(number + escape(sheet.title), width="stretch")
        return
    address = {**here, "fiche": str(sheet.placement_id)}
    st.page_link(SHEET_PAGE, label=number + escape(sheet.title), query_params=address, width="stretch")


def table(state: PlanState, sheets: Sequence[SheetRow], coordinates: bool) -> None:
    """The sheets, a page at a time, under the axes they stand under."""
    pages = max(1, -(-len(sheets) // A_PAGE))
    page = min(st.session_state.get("page", 1), pages) if pages > 1 else 1
    axes = {node.id: node for node in state.axes}
    shown = sheets[(page - 1) * A_PAGE : page * A_PAGE]
    above: tuple[int, ...] = ()
    here = _address()
    for path, group in groupby(shown, key=lambda sheet: sheet.axis_path):
        _headings(axes, above, path)
        above = path
        with rows("-".join(map(str, path))):
            for sheet in group:
                _row(sheet, here, state.on, coordinates)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")


def rows(name: str) -> DeltaGenerator:
    """A grid of two cells a row, stacked on a phone: a sheet's link, then what is said of it. Cells are few on purpose:
    each costs the server as much as a query."""
    return st.grid(2, min_column_width=320, gap=("xsmall", "medium"), key=f"{ROWS}_{name}")


def _headings(axes: dict[int, AxisNode], above: tuple[int, ...], path: tuple[int, ...]) -> None:
    """The axes that begin here: the first level as a heading, the others in one line."""
    if not path:
        st.header(NO_AXIS, divider="gray")
        return
    if above[:1] != path[:1]:
        st.header(escape(axes[path[0]].label), divider="gray")
    if len(path) > 1:
        st.subheader(escape(" › ".join(axes[key].label for key in path[1:])))


def _row(sheet: SheetRow, here: Mapping[str, str | list[str]] | None, on: date, coordinates: bool) -> None:
    sheet_link(sheet, here)
    st.markdown("  \n".join([f"{badges(sheet)} &nbsp; {progress_line(sheet)}", *_who_and_when(sheet, on, coordinates)]))


def badges(sheet: SheetRow) -> str:
    """Status, « en retard », « à discuter » and météo, as Markdown."""
    parts = [theme.status_badge(sheet.status, sheet.outcome)]
    if sheet.is_late:
        parts.append(theme.late_badge())
    if sheet.to_discuss:
        parts.append(theme.to_discuss_badge())
    if sheet.weather is not None:
        parts.append(theme.weather_text(sheet.weather))
    return " ".join(parts)


def progress_line(sheet: SheetRow) -> str:
    """« 45 % au 15/09/2026 · étapes 2/3 », as Markdown; what is not known is said so."""
    parts = [progress_words(sheet)]
    if sheet.progress.milestones_fr:
        parts.append(sheet.progress.milestones_fr)
    return " · ".join(parts)


def progress_words(sheet: SheetRow) -> str:
    """The progress that a sheet shows and what it stands on, as Markdown."""
    told = sheet.progress
    if told.is_continuous:
        return ":gray[— action continue]"
    if told.percent is None:
        return ":gray[*avancement non renseigné*]"
    if told.from_milestones:
        return f"**{formats.percent(told.percent)}** d'après les étapes"
    if told.is_undated:
        return f"**{formats.percent(told.percent)}**, date inconnue"
    if told.declared_on is None:
        return f"**{formats.percent(told.percent)}**"
    return f"**{formats.percent(told.percent)}** au {formats.short_day(told.declared_on)}"


def _who_and_when(sheet: SheetRow, on: date, coordinates: bool) -> list[str]:
    said = f"{leads(sheet)} · {span(sheet.starts, sheet.ends)}"
    if not coordinates:
        return [said]
    lacks = [f":violet[À compléter : {formats.listing([thing.label_fr for thing in sheet.missing])}]"]
    return [f"{said} · {news(sheet, on)}", *(lacks if sheet.missing else [])]


def leads(sheet: SheetRow) -> str:
    """The pilote, then how many lead with it, as Markdown."""
    names = [lead.label for lead in sheet.leads if lead.role is InvolvementRole.LEAD]
    others = len(sheet.leads) - len(names)
    if not names:
        return ":gray[*pilote non renseigné*]"
    return escape(formats.listing(names)) + (f" + {formats.plural(others, 'copilote')}" if others else "")


def span(starts: FuzzyDate | None, ends: FuzzyDate | None) -> str:
    """« mars 2024 → déc. 2028 », as precisely as the months allow, or that dates are not there."""
    if starts is None and ends is None:
        return ":gray[*dates non renseignées*]"
    return formats.period(starts.day if starts else None, ends.day if ends else None)


def news(sheet: SheetRow, on: date) -> str:
    """How long ago the sheet was last heard of; in the colour of what is late when it is too long."""
    said = f"nouvelles {formats.ago(sheet.last_news, on)}" if sheet.last_news else "aucune nouvelle"
    return f":{theme.LATE.markdown}[{said}]" if sheet.needs_news else said


def board(sheets: Iterable[SheetRow]) -> None:
    """A column for each status met, in the order of a sheet's life, with its count and its cards."""
    by_status: dict[Status | None, list[SheetRow]] = {status: [] for status in (*Status, None)}
    for sheet in sheets:
        by_status[sheet.status].append(sheet)
    met = {status: rows for status, rows in by_status.items() if rows}
    fits = sum(map(len, met.values())) <= A_PAGE
    columns = st.columns([1 + (len(rows) > WIDE) for rows in met.values()])
    for column, (status, rows) in zip(columns, met.items(), strict=True):
        with column:
            _column(status, rows, len(rows) if fits else A_PAGE // len(met))


def _column(status: Status | None, rows: list[SheetRow], most: int) -> None:
    look = theme.status_look(status)
    st.header(f"{look.material} {formats.sentence_case(theme.status_word(status))} ({len(rows)})")
    here = _address()
    with st.container(gap="xsmall", key=f"{ROWS}_{status or 'none'}"):
        for sheet in rows[:most]:
            with st.container(border=True, gap="xxsmall"):
                sheet_link(sheet, here)
                late = f"{theme.late_badge()} " if sheet.is_late else ""
                st.markdown(f"{late}{leads(sheet)}  \n{progress_line(sheet)}")
    if len(rows) > most:
        rest = formats.plural(len(rows) - most, "autre fiche", "autres fiches")
        st.caption(f"Et {rest} : filtrez par statut, en tableau, pour les voir toutes.")


def filtered_timeline(state: PlanState, asked: Filters, dark: bool) -> dict[str, Any]:
    """The specification of the timeline of the sheets that meet the filters."""
    return charts.plan_timeline(_only(state, asked), dark)


def _only(state: PlanState, asked: Filters) -> PlanState:
    return replace(state, sheets=filtering.apply(state, asked))


def timeline(spec: dict[str, Any], state: PlanState, asked: Filters) -> None:
    """The plan in time: the chart, its sentence, its table behind a toggle."""
    shown = _only(state, asked)
    st.vega_lite_chart(spec, alt=charts.alt_timeline(shown), width="stretch")
    if st.toggle("Voir en tableau", key="plan_timeline_table"):
        tables.show(charts.timeline_table(shown))
