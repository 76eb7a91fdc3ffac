"""Every chart is told by a sentence computed from what it shows: found in the source, so that none is forgotten."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from components import charts
from db.engine import reading
from db.models import Initiative
from db.queries.plan import plan_state
from db.rules.plan import PlanState
from tests.audit.looking import POINT_FIGURE, WORDS
from tests.components.plans import axis, plan, sheet
from tests.conftest import ON, viewer_in
from tests.house import ROOT, project_files

LEAST = 40
DRAWS = re.compile(r"\w+_chart|map|pyplot|image")
NAMED = [getattr(charts, name) for name in charts.__all__]
DRAWN = [made for made in NAMED if getattr(made, "__annotations__", {}).get("return") is charts.Spec]
SENTENCES = [made for made in NAMED if getattr(made, "__name__", "").startswith("alt_")]
AXIS = axis(1, "Faciliter l'accès aux droits")
SMALL = {
    "nothing": plan([], []),
    "axes alone": plan([AXIS], []),
    "one without dates": plan([], [sheet(1, starts=None, ends=None, status=None)]),
    "one": plan([AXIS], [sheet(1, under=AXIS)]),
}


@pytest.fixture(scope="module", params=[False, True], ids=["in preparation", "published"])
def demonstration(request: pytest.FixtureRequest, sqlite_demo: Engine) -> PlanState:
    viewer = replace(viewer_in(sqlite_demo), published_only=request.param)
    with reading(sqlite_demo) as session:
        return plan_state(session, viewer, session.scalars(select(Initiative.id)).one(), ON)


def calls_of_charts() -> Iterator[tuple[str, ast.Call]]:
    """Each call that draws a chart, a map, a diagram or an image on a screen, and where it is."""
    for path in project_files(".py"):
        where = path.relative_to(ROOT).as_posix()
        if where.startswith(("components/", "pages/")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and DRAWS.fullmatch(getattr(node.func, "attr", "")):
                    yield f"{where}:{node.lineno}", node


def sentences_of(call: ast.Call) -> list[str]:
    """The functions whose words a chart is given as its `alt`."""
    given = [word.value for word in call.keywords if word.arg == "alt"]
    return [getattr(told.func, "attr", "") for told in given if isinstance(told, ast.Call)]


def names_of(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters)


def faults(told: str) -> list[str]:
    """What is wrong with the sentence of a chart."""
    wrong = [] if len(told) >= LEAST else [f"{len(told)} characters"]
    wrong += [] if re.search(r"\d", told) else ["no figure"]
    return wrong + [found.group() for rule in (WORDS, POINT_FIGURE) for found in rule.finditer(told)]


def test_every_chart_on_a_screen_is_given_one_of_the_sentences() -> None:
    told = {where: sentences_of(call) for where, call in calls_of_charts()}
    assert [where for where, named in told.items() if len(named) != 1] == []
    assert {name for named in told.values() for name in named} == {tell.__name__ for tell in SENTENCES}


def test_every_module_that_draws_tells_what_it_draws() -> None:
    assert DRAWN
    assert {draw.__module__ for draw in DRAWN} == {tell.__module__ for tell in SENTENCES}
    modules = {inspect.getmodule(draw) for draw in DRAWN}
    made = [one for module in modules for _, one in inspect.getmembers(module, inspect.isfunction)]
    drawing = {one for one in made if one.__annotations__.get("return") is charts.Spec and "state" in names_of(one)}
    assert {one for one in drawing if not one.__name__.startswith("_")} == set(DRAWN)


@pytest.mark.parametrize("tell", SENTENCES, ids=lambda tell: tell.__name__)
def test_the_sentence_of_a_chart_is_made_of_the_figures_of_the_demonstration(
    tell: Callable[[PlanState], str], demonstration: PlanState
) -> None:
    fewer = replace(demonstration, sheets=demonstration.sheets[:5])
    assert faults(tell(demonstration)) == []
    assert str(len(demonstration.sheets)) in tell(demonstration)
    assert tell(fewer) != tell(demonstration)


@pytest.mark.parametrize("tell", SENTENCES, ids=lambda tell: tell.__name__)
@pytest.mark.parametrize("state", SMALL.values(), ids=SMALL)
def test_the_sentence_of_a_chart_says_a_plan_that_has_almost_nothing(
    tell: Callable[[PlanState], str], state: PlanState
) -> None:
    assert faults(tell(state)) == []
