from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select

from components import lists, plan_views
from db.engine import reading
from db.models import Initiative
from db.queries.plan import plan_state
from db.rules.plan import PlanState
from tests.conftest import ON, viewer_in


@pytest.fixture(scope="module")
def state(sqlite_demo: Engine) -> PlanState:
    with reading(sqlite_demo) as session:
        key = session.scalars(select(Initiative.id)).one()
        return plan_state(session, viewer_in(sqlite_demo), key, ON)


def test_the_longest_silent_sheet_comes_first(state: PlanState):
    silent = lists.silent(state)
    assert len(silent) == 3
    days = [sheet.last_news or date.min for sheet in silent]
    assert days == sorted(days)


def test_a_sheet_never_heard_of_is_silent_longest_of_all(state: PlanState):
    mute = replace(state.sheets[-1], needs_news=True, last_news=None)
    assert lists.silent(replace(state, sheets=(*state.sheets[:-1], mute)))[0] is mute


@pytest.mark.parametrize(
    ("led", "sentence"),
    [
        (0, "Aucune fiche n'est portée par la coordination elle-même."),
        (1, "**Une fiche sur 20 est portée par la coordination elle-même**, soit 5\u202f% du plan."),
        (6, "**Six fiches sur 20 sont portées par la coordination elle-même**, soit 30\u202f% du plan."),
    ],
)
def test_the_concentration_is_said_in_a_sentence(led: int, sentence: str):
    assert lists.concentration(led, 20).startswith(sentence)


def test_a_progress_says_what_it_stands_on(state: PlanState):
    lines = {sheet.code: plan_views.progress_line(sheet) for sheet in state.sheets}
    assert lines["2.2"] == "**30\u202f%** au 01/07/2026 · étapes 1/2"
    assert "d'après les étapes" in lines["1.4"]


def test_a_sheet_without_dates_nor_pilote_says_so(state: PlanState):
    bare = replace(state.sheets[0], leads=(), starts=None, ends=None)
    assert "pilote non renseigné" in plan_views.leads(bare)
    assert "dates non renseignées" in plan_views.span(bare.starts, bare.ends)


def test_news_too_old_are_in_the_colour_of_what_is_late(state: PlanState):
    old = lists.silent(state)[0]
    assert plan_views.news(old, ON).startswith(":orange[nouvelles il y a")
    assert not plan_views.news(state.sheets[0], ON).startswith(":orange[")
