"""Taking an act back."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.plan import add_axis, move_placement, rewrite_sheet
from db.commands.series import declare_status
from db.commands.sheets import add_milestone, add_objective
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Act, ActionSheet, Axis, Initiative, JournalEntry, Milestone, SheetObjective, StatusEntry
from db.rules.vocabulary import Role, Status
from db.viewer import Viewer
from tests.builders import Plan, a_plan, plan_in

TODAY = date(2026, 10, 1)


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        found = session.scalar(select(func.max(Act.id)))
    assert found is not None
    return found


def undo(engine: Engine, viewer: Viewer, act_id: int) -> int:
    with writing(engine) as session:
        return undo_act(session, viewer, act_id)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def title_of(engine: Engine, sheet_id: int) -> str:
    with reading(engine) as session:
        return session.get_one(ActionSheet, sheet_id).title


def test_undoing_a_change_writes_back_what_was_there(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre", "means": "Un mi-temps"})
    undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, sheet_id)
        assert (sheet.title, sheet.means) == ("Fiche 1.1", None)


def test_an_undo_is_an_act_of_the_journal_that_names_the_one_it_takes_back(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    done = last_act(engine)
    undoing = undo(engine, viewer, done)
    with reading(engine) as session:
        act = session.get_one(Act, undoing)
        lines = session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.act_id == undoing))
    assert act.undoes_id == done
    assert lines


def test_an_act_is_taken_back_once(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Autre titre"})
    done = last_act(engine)
    undo(engine, viewer, done)
    with pytest.raises(Invalid, match="déjà été annulé"):
        undo(engine, viewer, done)


def test_undoing_the_undo_brings_the_change_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    undoing = undo(engine, viewer, last_act(engine))
    undo(engine, viewer, undoing)
    assert title_of(engine, sheet_id) == "Autre titre"


def test_what_changed_since_is_told_and_nothing_is_written(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    done = last_act(engine)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Encore un autre"})
    with pytest.raises(Conflict) as conflict:
        undo(engine, viewer, done)
    assert any("Encore un autre" in detail for detail in conflict.value.details)
    assert title_of(engine, sheet_id) == "Encore un autre"


def test_another_field_changed_since_does_not_hold_the_undo_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    done = last_act(engine)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"means": "Un mi-temps"})
    undo(engine, viewer, done)
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, sheet_id)
        assert (sheet.title, sheet.means) == ("Fiche 1.1", "Un mi-temps")


def test_a_whole_plan_made_in_one_act_goes_with_its_trees(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        sheet_id = plan.sheets["1.1"]
        general = add_objective(session, viewer, sheet_id=sheet_id, text="Aller vers")
        add_objective(session, viewer, sheet_id=sheet_id, text="Tenir une permanence", parent_id=general.id)
        add_milestone(session, viewer, sheet_id=sheet_id, label="Convention signée")
        declare_status(session, viewer, sheet_id=sheet_id, status=Status.ONGOING, on=TODAY)
        act_id = act.id
    undo(engine, viewer, act_id)
    with reading(engine) as session:
        for table in (Initiative, Axis, ActionSheet, SheetObjective, Milestone, StatusEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__


def test_what_others_built_on_an_act_holds_its_undo_back(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        act_id = act.id
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Ajoutée ensuite")
    with pytest.raises(Conflict, match="ajoutés depuis"):
        undo(engine, viewer, act_id)
    assert title_of(engine, plan.sheets["1.1"]) == "Fiche 1.1"


def test_a_move_under_an_axis_made_by_the_same_act_is_undone_whole(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    placement_id = plan.placements["1.1"]
    with writing(engine) as session, acting(session, viewer.actor_id, "move", "Nouvel axe", plan.initiative_id) as act:
        axis = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Un autre axe", code="2")
        move_placement(session, viewer, placement_id=placement_id, axis_id=axis.id, code="2.1")
        act_id = act.id
    undo(engine, viewer, act_id)
    with reading(engine) as session:
        titles = set(session.scalars(select(Axis.title).where(Axis.initiative_id == plan.initiative_id)))
    assert "Un autre axe" not in titles


def test_who_may_not_write_cannot_take_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    signatory = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused):
        undo(engine, signatory, last_act(engine))
    assert title_of(engine, plan.sheets["1.1"]) == "Fiche 1.1"
