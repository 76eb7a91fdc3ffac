import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from components import charts, theme
from components.charts.timeline import MOST_MARKS
from db.rules.plan import PlanState
from db.rules.vocabulary import MilestoneState, Status
from tests.components.plans import axis, plan, sheet, step

ACCESS = axis(1, "Faciliter l'accès aux droits")
UNDER = axis(11, "Réduire les distances", ACCESS)
MIND = axis(2, "Promouvoir la santé mentale")
PAST = step("Convention signée", due=date(2026, 3, 31))
DONE = step("Ouverture", MilestoneState.DONE, date(2025, 1, 31), date(2025, 2, 3))
PLAN = plan(
    [ACCESS, UNDER, MIND],
    [
        sheet(1, "Aller vers", under=UNDER, steps=[DONE, PAST]),
        sheet(2, "Accueillir les internes", under=ACCESS, status=Status.PAUSED),
        sheet(3, "Former des secouristes", under=MIND, status=Status.DONE),
        sheet(4, "Sans axe ni dates", status=None, starts=None, ends=None),
    ],
)
DRAWN = (charts.status_by_axis, charts.axis_timeline, charts.plan_timeline)


def rows(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every row of every layer, which is one mark each."""
    for layer in spec.get("layer", [spec]):
        if "layer" in layer:
            yield from rows(layer)
            continue
        yield from layer.get("data", spec.get("data", {}))["values"]


def a_large_plan(sheets: int, steps: int) -> PlanState:
    axes = [axis(number, f"Axe {number}") for number in range(1, 7)]
    made = [
        sheet(number, "Une fiche au titre très long " * 8, under=axes[number % 6], steps=[DONE] * steps)
        for number in range(sheets)
    ]
    return plan(axes, made)


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("dark", [False, True])
def test_a_chart_is_plain_json_that_carries_its_french_locale(draw, dark):
    spec = draw(PLAN, dark)
    assert json.loads(json.dumps(spec)) == spec
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    assert spec["config"]["locale"]["time"]["months"][1] == "février"


@pytest.mark.parametrize("draw", DRAWN)
def test_the_rows_of_a_chart_stay_in_its_layers_where_the_server_need_not_convert_them(draw):
    spec = draw(PLAN, False)
    assert "datasets" not in spec and "data" not in spec


@pytest.mark.parametrize("draw", DRAWN)
def test_the_colours_of_a_chart_are_those_of_the_appearance(draw):
    light, dark = json.dumps(draw(PLAN, False)), json.dumps(draw(PLAN, True))
    look = theme.STATUS_LOOKS[Status.PAUSED]
    assert look.light in light and look.dark not in light
    assert look.dark in dark and look.light not in dark


def test_the_bars_by_axis_hold_every_sheet_once():
    bars = [row for row in rows(charts.status_by_axis(PLAN, False)) if "start" in row]
    unique = {(row["axis"], row["status"], row["late"]): row["count"] for row in bars}
    assert sum(unique.values()) == len(PLAN.sheets)
    assert unique["1 · Faciliter l'accès aux droits", "en cours", True] == 1
    assert unique["Sans axe", "non renseigné", False] == 1


def test_a_late_sheet_is_outlined_and_not_only_coloured():
    layers = charts.status_by_axis(PLAN, False)["layer"]
    [outlined] = [layer for layer in layers if layer["mark"].get("stroke") == theme.LATE.light]
    assert {row["late"] for row in outlined["data"]["values"]} == {True}
    assert outlined["mark"]["filled"] is False


def test_the_words_of_the_legend_are_only_those_the_plan_has():
    colour = next(layer["encoding"]["color"] for layer in charts.status_by_axis(PLAN, False)["layer"][1:2])
    assert colour["scale"]["domain"] == ["terminée", "en cours", "en pause", "non renseigné"]


def test_a_sheet_without_dates_is_written_rather_than_drawn():
    full = list(rows(charts.plan_timeline(PLAN, False)))
    assert "Sans axe ni dates" in {row.get("name") for row in full}
    assert "dates non renseignées" in {row.get("name") for row in full}
    assert "Sans axe ni dates" not in {row.get("sheet") for row in full}


def test_the_timeline_of_the_overview_names_the_axes_and_not_the_sheets():
    names = {row.get("name") for row in rows(charts.axis_timeline(PLAN, False))}
    assert "1 · Faciliter l'accès aux droits" in names
    assert "1.2 Accueillir les internes" not in names


def test_a_step_past_due_is_told_apart_from_one_that_is_done():
    steps = {row["step"]: row for row in rows(charts.plan_timeline(PLAN, False)) if "step" in row}
    assert steps["Convention signée"]["state"] == "échéance dépassée"
    assert steps["Ouverture"]["done"] and steps["Ouverture"]["day"] == "2025-02-03T00:00:00"


def test_a_sheet_whose_end_is_not_known_runs_to_the_edge_and_is_marked_open():
    state = plan([], [sheet(1, "Permanence", ends=None), sheet(2, "Atelier", ends=date(2027, 6, 30))])
    bars = {row["sheet"]: row for row in rows(charts.plan_timeline(state, False)) if "open" in row}
    assert bars["Permanence"]["open"] and bars["Permanence"]["end"] == "2027-12-31T00:00:00"
    assert not bars["Atelier"]["open"]


@pytest.mark.parametrize("state", [plan([], []), plan([ACCESS], []), plan([], [sheet(1, starts=None, ends=None)])])
def test_a_plan_with_almost_nothing_still_has_its_charts_and_sentences(state):
    for draw in DRAWN:
        assert draw(state, False)["height"] > 0
    assert len(charts.alt_status(state)) >= 40
    assert len(charts.alt_timeline(state)) >= 40


def test_a_plan_of_two_hundred_sheets_stays_under_the_number_of_marks_a_browser_bears():
    state = a_large_plan(200, 20)
    assert len(list(rows(charts.plan_timeline(state, False)))) <= MOST_MARKS + 20
    assert charts.axis_timeline(state, False)["height"] < 700


def test_the_sentence_of_the_bars_tells_the_whole_and_each_axis():
    told = charts.alt_status(PLAN)
    assert "4\u00a0fiches" in told and "1\u00a0en pause" in told
    assert "1 · Faciliter l'accès aux droits : 2\u00a0fiches dont 1 en retard" in told


def test_the_sentence_of_the_timeline_tells_the_steps_and_the_late_sheets():
    told = charts.alt_timeline(PLAN)
    assert "3\u00a0fiches sur\u00a04 avec des dates" in told
    assert "1\u00a0étape sur\u00a02 franchie" in told
    assert "1\u00a0fiche en retard" in told


def test_the_table_of_the_bars_has_the_figures_of_the_bars():
    table = charts.status_table(PLAN)
    assert sum(row["Fiches"] for row in table) == len(PLAN.sheets)
    assert table[0] == {
        "Axe": "1 · Faciliter l'accès aux droits",
        "Fiches": 2,
        "Terminée": 0,
        "En cours": 1,
        "En pause": 1,
        "Non renseigné": 0,
        "En retard": 1,
    }


def test_the_table_of_the_timeline_has_a_row_a_sheet():
    table = charts.timeline_table(PLAN)
    assert [row["Fiche"] for row in table] == [sheet.label for sheet in PLAN.sheets]
    assert table[0]["Étapes"] == "étapes 1/2"
    assert table[3]["Dates"] == "dates non renseignées"
