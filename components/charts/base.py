"""What every chart shares: French numbers and dates, the colours of the appearance, rows placed by the pixel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from components import theme
from components.formats import NBSP, agree
from db.rules.plan import AxisNode, PlanState, SheetRow
from db.rules.vocabulary import Status

# Rows stay in their layer: Streamlit would make a data frame, at each view, of every data set named at the top.
alt.data_transformers.consolidate_datasets = False

Spec = dict[str, Any]
Row = Mapping[str, Any]
# What Altair's builders give has no useful static type: `encode` is typed as Any.
Layer = Any

TEXT_SIZE = 14
NO_AXIS = "Sans axe"
LOCALE = {
    "number": {
        "decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u00a0€"], "percent": "\u202f%",
    },
    "time": {
        "dateTime": "%A %e %B %Y à %H:%M",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["", ""],
        "days": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
        "shortDays": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
        "months": [
            "janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ],
        "shortMonths": [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
        ],
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AxisGroup:
    """A top-level axis and the sheets under it, or the sheets that stand under none."""

    node: AxisNode | None
    sheets: tuple[SheetRow, ...]

    @property
    def label(self) -> str:
        return self.node.label if self.node else NO_AXIS

    @property
    def late(self) -> int:
        return sum(sheet.is_late for sheet in self.sheets)


def groups(state: PlanState) -> tuple[AxisGroup, ...]:
    """The sheets by top-level axis, in the order of the plan; axes without a sheet are kept."""
    tops = [node for node in state.axes if node.parent_id is None]
    found = [AxisGroup(node, state.under(node.id)) for node in tops]
    alone = tuple(sheet for sheet in state.sheets if not sheet.axis_path)
    return (*found, AxisGroup(None, alone)) if alone else tuple(found)


def config(dark: bool) -> Spec:
    """The configuration of a chart: French locale, no frame, texts of 14 px in the colours of the page."""
    surface = theme.surface(dark)
    faint = "#3a404b" if dark else "#e4e2db"
    return {
        "locale": LOCALE,
        "background": None,
        "view": {"stroke": None},
        # The chart is told by its sentence and its table: read aloud one by one, its marks would be noise.
        "mark": {"aria": False},
        "axis": {
            "aria": False,
            "labelColor": surface.grey,
            "labelFontSize": TEXT_SIZE,
            "titleColor": surface.grey,
            "gridColor": faint,
            "domain": False,
            "ticks": False,
        },
        "legend": {
            "aria": False,
            "labelColor": surface.ink,
            "labelFontSize": TEXT_SIZE,
            "labelLimit": 0,
            "title": None,
        },
        "text": {"color": surface.ink, "fontSize": TEXT_SIZE},
    }


def finished(chart: Layer, height: float, dark: bool) -> Spec:
    """The specification of a chart of this height, as wide as its place, in the appearance asked."""
    spec: Spec = chart.properties(height=height).to_dict(validate=False)
    # The width follows the page; the height is that of the rows, which the legend and the axis must not eat.
    return spec | {"config": config(dark), "autosize": {"type": "fit-x", "contains": "padding"}}


def on_rows() -> Layer:
    """A layer whose rows come later (`filled`)."""
    return alt.Chart(alt.InlineData(values=[]))


def filled(shape: Spec, rows: Sequence[Sequence[Row]]) -> Spec:
    """A chart of this shape on these rows, a list a layer.

    Altair takes fifty milliseconds to build and check a chart: shapes are kept, and a change of figures only changes
    the rows.
    """
    layers = [layer | {"data": {"values": list(here)}} for layer, here in zip(shape["layer"], rows, strict=True)]
    return shape | {"layer": layers}


def counted(status: Status | None, count: int) -> str:
    """« 3 terminées », « 19 en cours », « 1 sans statut »: the words agree with fiches."""
    word = "sans statut" if status is None else theme.status_word(status)
    return f"{count}{NBSP}{agree(count, word) if word.endswith('ée') else word}"


def pixel(field: str, height: float) -> alt.Y:
    """A vertical place given in pixels from the top of a chart of this height."""
    return alt.Y(field, type="quantitative", scale=alt.Scale(domain=[0, height], range=[0, height]), axis=None)


def status_colours(statuses: Sequence[Status | None], dark: bool) -> alt.Scale:
    """The colours of these statuses, by the word shown."""
    return alt.Scale(
        domain=[theme.status_word(status) for status in statuses],
        range=[fill(status, dark) for status in statuses],
    )


def fill(status: Status | None, dark: bool) -> str:
    """The colour of a status; none is a pale ground, that cannot be taken for « à venir »."""
    if status is None:
        return "#4a505b" if dark else "#d5d2c8"
    return theme.status_look(status).colour(dark)


def names(height: float, *, weight: str = "normal", colour: str | None = None) -> Layer:
    """Names written from the left edge, cut at the right one, whole on hover: rows of `name` and `y`."""
    mark: dict[str, Any] = {"align": "left", "baseline": "middle", "fontWeight": weight, "limit": alt.ExprRef("width")}
    if colour is not None:
        mark["color"] = colour
    return (
        on_rows()
        .mark_text(**mark)
        .encode(
            x=alt.value(0),
            y=pixel("y", height),
            text=alt.Text("name:N"),
            tooltip=alt.Tooltip("name:N", title="Intitulé"),
        )
    )
