"""A cell to settle, as it is asked about: what may answer it, and who is asked."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import journal
from db.commands.initiatives import create_initiative
from db.engine import reading, writing
from db.exchange.fields import Field
from db.models import Unsettled
from db.queries.unsettled_cell import cell_to_settle
from db.rules.access import Role
from db.rules.settling import Asked, CellQuestion
from db.rules.vocabulary import MilestoneState
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.messy import SHIFTS, WORKSHOPS, Messy, a_messy_plan


@pytest.fixture
def plan(engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(engine, viewer, tmp_path)


def asked(plan: Messy, cell: int, viewer: Viewer | None = None) -> CellQuestion | None:
    with reading(plan.engine) as session:
        return cell_to_settle(session, viewer or plan.viewer, plan.initiative_id, ON, cell)


def question(plan: Messy, field: str, title: str | None = None, raw: str | None = None) -> CellQuestion:
    cell = plan.cell(field, title, raw) if title else plan.cell(field, raw=raw)
    found = asked(plan, cell)
    assert found is not None
    return found


def test_each_kind_of_field_is_asked_about_in_its_own_way(plan: Messy) -> None:
    ways = {
        "rationale": Asked.TEXT,
        "plain_line": Asked.TEXT,
        "milestones": Asked.TEXT,
        "status": Asked.LINE,
        "starts_on": Asked.LINE,
        "budget": Asked.LINE,
        "sub_axis": Asked.ONE,
        "lead": Asked.SEVERAL,
        "lead_contact": Asked.SEVERAL,
        "places": Asked.SEVERAL,
        "determinants": Asked.SEVERAL,
        "funder_amount": Asked.AMOUNTS,
    }
    assert {field: question(plan, field).asked for field in ways} == ways


def test_every_field_of_a_workbook_has_a_way_to_be_asked_about(plan: Messy) -> None:
    cell = plan.cell("rationale")
    for field in Field:
        with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
            session.get_one(Unsettled, cell).field = field.value
        found = asked(plan, cell)
        assert found is not None and found.asked not in (Asked.ROW, Asked.CONTRACT), field


def test_a_closed_list_is_answered_in_one_click(plan: Messy) -> None:
    assert question(plan, "priority").choices == ("haute", "moyenne", "basse")
    assert question(plan, "to_discuss").choices == ("oui", "non")
    assert question(plan, "status").choices == ("terminée (non réalisée)", "abandonnée", "à venir")
    assert question(plan, "entry").choices == ("au contrat initial", "hors contrat initial")


def test_a_list_of_names_offers_those_that_exist(plan: Messy) -> None:
    found = question(plan, "determinants")
    assert (found.choices, found.may_be_new, "Tabac" in found.offered) == ((), False, True)
    assert {"ARS", "CAF", "CPTS"} <= set(question(plan, "lead").offered)
    assert question(plan, "sub_axis").offered == ("1 · Soins",)
    assert question(plan, "lead_contact").offered == ()


def test_an_amount_is_asked_of_the_funders_that_have_none(plan: Messy) -> None:
    assert question(plan, "funder_amount").awaited == ("ARS", "CAF")
    assert question(plan, "funder_amount", WORKSHOPS).awaited == ()


def test_the_etape_that_the_file_says_is_chosen_beforehand(plan: Messy) -> None:
    weight = question(plan, "weight")
    assert [one.label for one in weight.steps] == ["Acheter le bus", "Le conduire"]
    assert weight.step is not None and weight.step.label == "Acheter le bus"
    state = question(plan, "status", raw="bientôt fini")
    assert state.step is not None and state.step.label == "Acheter le bus"
    assert state.answers(state.step.id) == tuple(one.label_fr for one in MilestoneState)
    assert "reportée" in state.answers(None)


def test_what_may_be_the_fiche_s_or_an_etape_s_is_the_fiche_s_when_the_file_says_so(plan: Messy) -> None:
    status = question(plan, "status")
    assert [one.label for one in status.steps] == ["La fiche elle-même", "Acheter le bus", "Le conduire"]
    assert status.step is not None and status.step.id is None
    assert question(plan, "code", SHIFTS).steps == ()


def test_an_etape_that_the_file_does_not_say_is_not_guessed(plan: Messy) -> None:
    cell = plan.cell("weight")
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Unsettled, cell).source = "plan.xlsx"
    found = asked(plan, cell)
    assert found is not None and found.step is None and len(found.steps) == 2


def test_the_state_of_an_etape_is_known_by_its_own_word(plan: Messy) -> None:
    cell = plan.cell("status", raw="bientôt fini")
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Unsettled, cell).source = "plan.xlsx"
    found = asked(plan, cell)
    assert found is not None and found.step is not None and found.step.label == "Acheter le bus"


def test_what_only_has_to_be_mended_is_proposed(plan: Messy) -> None:
    assert question(plan, "plain_line").proposed == "x" * 250
    assert question(plan, "done_on").proposed == "mars 2026"
    assert question(plan, "status_until", SHIFTS).proposed == "mars 2027"
    assert question(plan, "starts_on").proposed == ""


def test_the_years_of_a_title_are_asked_as_the_days_of_the_contract(plan: Messy) -> None:
    found = asked(plan, plan.cell("ends_on", None))
    assert found is not None and found.asked is Asked.CONTRACT


def test_a_row_left_aside_has_nothing_to_be_answered(plan: Messy) -> None:
    cell = plan.cell("ends_on", None)
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Unsettled, cell).field = "code"
    found = asked(plan, cell)
    assert found is not None and found.asked is Asked.ROW


def test_a_cell_is_asked_about_only_while_it_waits_and_to_who_prepares_its_plan(plan: Messy) -> None:
    cell = plan.cell("priority")
    with writing(plan.engine) as session:
        other = create_initiative(session, plan.viewer, name="Un autre contrat").id
    assert asked(plan, cell, Viewer(plan.viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))) is None
    with reading(plan.engine) as session:
        assert cell_to_settle(session, plan.viewer, other, ON, cell) is None
    plan.settle(cell, "haute")
    assert asked(plan, cell) is None
