"""Charts: written with Altair, returned as Vega-Lite dictionaries, each with its sentence and its table."""

from components.charts.base import Spec
from components.charts.status import alt_status, status_by_axis, status_table
from components.charts.timeline import alt_timeline, axis_timeline, plan_timeline, timeline_table

__all__ = [
    "Spec",
    "alt_status",
    "alt_timeline",
    "axis_timeline",
    "plan_timeline",
    "status_by_axis",
    "status_table",
    "timeline_table",
]
