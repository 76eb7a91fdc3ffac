from dataclasses import fields, replace

import pytest
from sqlalchemy import Engine, select

from components import filters
from db.engine import reading
from db.models import Initiative
from db.queries.plan import plan_state
from db.rules import filtering
from db.rules.filtering import Filters
from db.rules.plan import AxisNode, PlanState
from tests.conftest import ON, viewer_in


@pytest.fixture(scope="module")
def state(sqlite_demo: Engine) -> PlanState:
    with reading(sqlite_demo) as session:
        key = session.scalars(select(Initiative.id)).one()
        return plan_state(session, viewer_in(sqlite_demo), key, ON)


def numbers(state: PlanState, **asked: object) -> list[str | None]:
    return [sheet.code for sheet in filtering.apply(state, Filters(**asked))]  # type: ignore[arg-type]


def test_nothing_asked_leaves_the_whole_plan(state: PlanState):
    assert filtering.apply(state, Filters()) == state.sheets


def test_an_axis_keeps_what_stands_anywhere_under_it(state: PlanState):
    top = next(label for label, node in filtering.axis_choices(state).items() if node.code == "1")
    assert numbers(state, axe=top) == ["1.1", "1.2", "1.3", "1.4"]


def test_an_axis_under_another_is_shown_indented(state: PlanState):
    labels = [label for label, node in filtering.axis_choices(state).items() if len(node.path) == 2]
    assert labels
    assert all(label.startswith(filtering.INDENT) for label in labels)


def test_two_axes_with_the_same_words_are_told_apart():
    nodes = [
        AxisNode(1, None, "axis", "1", "Soins", (1,)),
        AxisNode(2, 1, "strategic", None, "Agir", (1, 2)),
        AxisNode(3, None, "axis", "2", "Cadre de vie", (3,)),
        AxisNode(4, 3, "strategic", None, "Agir", (3, 4)),
    ]
    state = PlanState(1, ON, tuple(nodes), (), None)  # type: ignore[arg-type]
    assert [node.id for node in filtering.axis_choices(state).values()] == [1, 2, 3, 4]


def test_late_sheets_are_those_of_the_rules(state: PlanState):
    assert numbers(state, retard=True) == ["1.3", "2.2", "2.5", "5.4"]


def test_filters_add_up(state: PlanState):
    assert numbers(state, retard=True, statut="en pause") == ["2.2"]


def test_a_status_in_the_address_that_the_plan_has_not_leaves_nothing(state: PlanState):
    assert numbers(state, statut="bloquée") == []


def test_the_search_ignores_accents_and_case(state: PlanState):
    assert numbers(state, q="ECOLE") == numbers(state, q="école") != []


def test_the_search_wants_every_word(state: PlanState):
    assert numbers(state, q="internes installation") == ["2.2"]
    assert numbers(state, q="internes introuvable") == []


def test_the_search_finds_a_number_and_a_lead(state: PlanState):
    assert "5.4" in numbers(state, q="5.4")
    assert numbers(state, q="association passerelles") == ["2.1"]


@pytest.mark.parametrize(
    ("name", "trait"),
    [("public", "target_groups"), ("determinant", "determinants"), ("financeur", "funders"), ("pilote", "leads")],
)
def test_a_word_keeps_the_sheets_that_have_it(state: PlanState, name: str, trait: str):
    sheet = next(sheet for sheet in state.sheets if getattr(sheet, trait))
    word = getattr(sheet, trait)[0].label
    kept = filtering.apply(state, Filters(**{name: word}))
    assert sheet in kept
    assert all(word in [item.label for item in getattr(row, trait)] for row in kept)


def test_a_sheet_that_nobody_leads_is_found_among_those_without_pilote(state: PlanState):
    assert numbers(state, pilote=filtering.NOBODY) == ["2.6"]


def test_what_is_to_complete_is_what_lacks_something(state: PlanState):
    lacking = replace(state.sheets[0], missing=("pilote",))  # type: ignore[arg-type]
    plan = replace(state, sheets=(lacking, *state.sheets[1:]))
    assert [sheet.code for sheet in filtering.apply(plan, Filters(completer=True))] == ["1.1"]


def test_statuses_are_offered_in_the_order_of_a_sheet_s_life(state: PlanState):
    assert filters.statuses(state) == ["à venir", "en cours", "en pause", "terminée", "abandonnée"]


def test_every_filter_has_its_name_in_the_address():
    asked = {field.name for field in fields(Filters)}
    assert asked == {
        "q", "axe", "statut", "pilote", "public", "determinant", "lieu", "financeur", "retard", "completer",
    }  # fmt: skip


def test_filters_are_empty_until_something_is_asked():
    assert Filters().is_empty
    assert not Filters(retard=True).is_empty
