"""The days of a contract that a file announced, settled; and a row that a file left aside."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import journal
from db.commands.settle import set_aside_cell
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid
from db.models import (
    Initiative,
    Unsettled,
)
from db.rules.forms import Written
from db.rules.settling import HELD_NOW
from db.viewer import Viewer
from tests.exchange.messy import Messy, a_messy_plan


@pytest.fixture
def plan(engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(engine, viewer, tmp_path)


def test_the_years_of_a_title_become_the_days_of_the_contract(plan: Messy) -> None:
    cell = plan.cell("ends_on", None)
    assert plan.base(cell) == {HELD_NOW: None, "signed_on": None, "starts_on": None, "ends_on": None}
    act = plan.settle(cell, {"signed_on": "15/01/2025", "starts_on": "2025", "ends_on": "2030"})
    with reading(plan.engine) as session:
        row = session.get_one(Initiative, plan.initiative_id)
        assert (row.signed_on, row.starts_on, row.ends_on) == (date(2025, 1, 15), date(2025, 1, 1), date(2030, 12, 31))
    with writing(plan.engine) as session:
        undo_act(session, plan.viewer, act or 0)
        assert session.get_one(Initiative, plan.initiative_id).ends_on is None
    assert plan.row(cell).settled_at is None


def test_a_day_of_the_contract_said_meanwhile_is_not_written_over(plan: Messy) -> None:
    cell = plan.cell("ends_on", None)
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Initiative, plan.initiative_id).ends_on = date(2029, 12, 31)
    with pytest.raises(Conflict) as refused:
        plan.settle(cell, {"ends_on": "2030"})
    assert refused.value.clashes[0].theirs == "fin 31/12/2029"
    plan.settle(cell, {"ends_on": "2030"}, instead_of="fin 31/12/2029")
    with reading(plan.engine) as session:
        assert session.get_one(Initiative, plan.initiative_id).ends_on == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({}, "au moins l'une des trois"),
        ("2025-2030", "au moins l'une des trois"),
        ({"signed_on": "mars 2025"}, "quel jour"),
        ({"starts_on": "2030", "ends_on": "2025"}, "précède"),
    ],
)
def test_days_of_a_contract_that_cannot_be_are_refused(plan: Messy, written: Written, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        plan.settle(plan.cell("ends_on", None), written)


def test_a_row_left_aside_is_settled_by_another_import_only(plan: Messy) -> None:
    cell = plan.cell("ends_on", None)
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Unsettled, cell).field = "code"
    with pytest.raises(Invalid, match="laissée de côté tout entière"):
        plan.settle(cell, "Renommée : Bus santé")
    with writing(plan.engine) as session:
        set_aside_cell(session, plan.viewer, unsettled_id=cell)
    assert plan.row(cell).settled_at is not None
