"""A sheet leaves the plan and comes back to it, while others write on it."""

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import involve
from db.commands.plan import add_axis, add_sheet, move_placement, place_sheet, rewrite_sheet
from db.commands.series import declare_progress
from db.commands.sheet_life import archive_sheet, create_sheet, duplicate_sheet, restore_sheet
from db.commands.sheets import add_milestone
from db.commands.tree import archive_axis
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Archived, Conflict, Invalid, Refused
from db.models import Act
from db.queries.arranging import arrangement
from db.queries.plan import plan_state
from db.rules.access import Role
from db.rules.arranging import Arrangement
from db.rules.plan import SheetRow
from db.rules.vocabulary import InvolvementRole
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.conftest import ON


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def arranged(engine: Engine, viewer: Viewer, initiative_id: int) -> Arrangement:
    with reading(engine) as session:
        found = arrangement(session, viewer, initiative_id, ON)
    assert found is not None
    return found


def rows(engine: Engine, viewer: Viewer, initiative_id: int) -> dict[str, SheetRow]:
    """The sheets of the plan as its page shows them, by title."""
    with reading(engine) as session:
        return {row.title: row for row in plan_state(session, viewer, initiative_id, ON).sheets}


def codes(engine: Engine, viewer: Viewer, plan: Plan) -> list[str | None]:
    """The numbers of the sheets of a plan, in its order."""
    return [sheet.code for sheet in arranged(engine, viewer, plan.initiative_id).sheets]


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def undo(engine: Engine, viewer: Viewer) -> None:
    done = last_act(engine)
    with writing(engine) as session:
        undo_act(session, viewer, done)


def archive(engine: Engine, viewer: Viewer, placement_id: int) -> None:
    with writing(engine) as session:
        archive_sheet(session, viewer, placement_id=placement_id)


def restore(engine: Engine, viewer: Viewer, placement_id: int) -> None:
    with writing(engine) as session:
        restore_sheet(session, viewer, placement_id=placement_id)


def test_an_archived_sheet_leaves_the_plan_and_comes_back_where_it_was(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    key = plan.placements["1.1"]
    before = rows(engine, viewer, plan.initiative_id)
    archive(engine, viewer, key)
    assert list(rows(engine, viewer, plan.initiative_id)) == ["Fiche 1.2"]
    assert [sheet.title for sheet in arranged(engine, viewer, plan.initiative_id).archived] == ["Fiche 1.1"]
    restore(engine, viewer, key)
    assert rows(engine, viewer, plan.initiative_id) == before
    assert arranged(engine, viewer, plan.initiative_id).archived == ()


def test_archiving_and_coming_back_are_taken_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = plan.placements["1.1"]
    archive(engine, viewer, key)
    undo(engine, viewer)
    assert len(rows(engine, viewer, plan.initiative_id)) == 2
    archive(engine, viewer, key)
    restore(engine, viewer, key)
    undo(engine, viewer)
    assert len(rows(engine, viewer, plan.initiative_id)) == 1


def test_the_list_says_who_archived_and_when(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    archive(engine, viewer, plan.placements["1.2"])
    archive(engine, colleague(engine), plan.placements["1.1"])
    told = arranged(engine, viewer, plan.initiative_id).archived
    assert [sheet.code for sheet in told] == ["1.1", "1.2"]
    assert [sheet.author for sheet in told] == ["Camille", "La coordination (ce poste)"]


def test_a_number_taken_meanwhile_stays_with_who_took_it(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    archive(engine, viewer, plan.placements["1.1"])
    with writing(engine) as session:
        move_placement(session, viewer, placement_id=plan.placements["1.2"], axis_id=plan.objective_id, code="1.1")
    restore(engine, viewer, plan.placements["1.1"])
    now = rows(engine, viewer, plan.initiative_id)
    assert {title: row.code for title, row in now.items()} == {"Fiche 1.1": None, "Fiche 1.2": "1.1"}


def test_taking_an_archiving_back_when_the_number_is_taken_is_refused_in_words(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    archive(engine, viewer, plan.placements["1.1"])
    done = last_act(engine)
    with writing(engine) as session:
        move_placement(session, viewer, placement_id=plan.placements["1.2"], axis_id=plan.objective_id, code="1.1")
    with pytest.raises(Conflict), writing(engine) as session:
        undo_act(session, viewer, done)


def test_a_sheet_whose_axis_was_archived_comes_back_without_one(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        axis = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Passager")
        alone = add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Seule", axis_id=axis.id)
        archive_sheet(session, viewer, placement_id=alone.id)
        archive_axis(session, viewer, axis_id=axis.id)
    restore(engine, viewer, alone.id)
    assert rows(engine, viewer, plan.initiative_id)["Seule"].axis_id is None


def test_a_sheet_is_put_back_once(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    archive(engine, viewer, plan.placements["1.1"])
    restore(engine, viewer, plan.placements["1.1"])
    with pytest.raises(Invalid, match="déjà dans le plan"):
        restore(engine, viewer, plan.placements["1.1"])


def lent(engine: Engine, viewer: Viewer, plan: Plan, to: Plan) -> int:
    """The first sheet of a plan, lent to another one."""
    with writing(engine) as session:
        made = place_sheet(session, viewer, sheet_id=plan.sheets["1.1"], initiative_id=to.initiative_id, code="9")
    return made.id


def test_a_sheet_archived_at_home_leaves_every_plan_and_comes_back_to_all(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    other = plan_in(engine, viewer)
    lent(engine, viewer, plan, other)
    archive(engine, viewer, plan.placements["1.1"])
    assert codes(engine, viewer, other) == ["1.1", "1.2"]
    assert arranged(engine, viewer, other.initiative_id).archived == ()
    restore(engine, viewer, plan.placements["1.1"])
    assert codes(engine, viewer, other) == ["1.1", "1.2", "9"]


def test_a_lent_sheet_leaves_the_plan_that_borrows_it_alone(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    guest = lent(engine, viewer, plan, other)
    archive(engine, Viewer(viewer.actor_id, ((other.initiative_id, Role.COORDINATOR),)), guest)
    assert codes(engine, viewer, other) == ["1.1", "1.2"]
    assert codes(engine, viewer, plan) == ["1.1", "1.2"]
    assert [sheet.is_home for sheet in arranged(engine, viewer, other.initiative_id).archived] == [False]
    archive(engine, viewer, plan.placements["1.1"])
    with pytest.raises(Invalid, match="archivée dans son plan d'origine"):
        restore(engine, viewer, guest)
    restore(engine, viewer, plan.placements["1.1"])
    assert codes(engine, viewer, other) == ["1.1", "1.2"]
    restore(engine, viewer, guest)
    assert codes(engine, viewer, other) == ["1.1", "1.2", "9"]


def test_a_lent_sheet_that_was_placed_again_is_not_put_back_twice(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    first = lent(engine, viewer, plan, other)
    archive(engine, viewer, first)
    lent(engine, viewer, plan, other)
    assert arranged(engine, viewer, other.initiative_id).archived == ()
    with pytest.raises(Invalid, match="déjà dans le plan"):
        restore(engine, viewer, first)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_takes_nothing_out(sqlite_engine: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(sqlite_engine, viewer)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    key = plan.placements["1.1"]
    for act in (
        lambda session: archive_sheet(session, reader, placement_id=key),
        lambda session: duplicate_sheet(session, reader, placement_id=key, on=ON),
        lambda session: restore_sheet(session, reader, placement_id=key),
        lambda session: create_sheet(session, reader, initiative_id=plan.initiative_id, title="Non"),
    ):
        with pytest.raises(Refused), writing(sqlite_engine) as session:
            act(session)


# Two people: one edits, the other archives or puts back.


def test_who_writes_on_a_sheet_archived_meanwhile_is_told_by_whom_and_when(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    archive(engine, colleague(engine), plan.placements["1.1"])
    key = plan.sheets["1.1"]
    for act in (
        lambda session: rewrite_sheet(session, viewer, sheet_id=key, fields={"title": "Tard"}),
        lambda session: declare_progress(session, viewer, sheet_id=key, on=ON, percent=50),
        lambda session: add_milestone(session, viewer, sheet_id=key, label="Tard"),
        lambda session: involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=1, sheet_id=key),
        lambda session: archive_sheet(session, viewer, placement_id=plan.placements["1.1"]),
    ):
        with pytest.raises(Archived) as told, writing(engine) as session:
            act(session)
        assert "« Fiche 1.1 » a été archivée par Camille, le " in told.value.message
        assert "reste en brouillon" in told.value.message


def test_who_may_not_write_there_is_not_told_that_a_sheet_was_archived(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    archive(engine, viewer, plan.placements["1.1"])
    stranger = Viewer(viewer.actor_id, ((plan.initiative_id + 99, Role.COORDINATOR),))
    with pytest.raises(Refused, match="n'existe pas"), writing(engine) as session:
        rewrite_sheet(session, stranger, sheet_id=plan.sheets["1.1"], fields={"title": "Tard"})
    with pytest.raises(Refused, match="n'existe pas"), writing(engine) as session:
        archive_sheet(session, stranger, placement_id=plan.placements["1.1"])


def test_what_was_written_before_a_colleague_archived_is_there_when_the_sheet_comes_back(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Écrite à temps"})
    archive(engine, colleague(engine), plan.placements["1.1"])
    restore(engine, viewer, plan.placements["1.1"])
    assert "Écrite à temps" in rows(engine, viewer, plan.initiative_id)


def test_a_form_open_since_before_is_saved_once_the_sheet_is_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    archive(engine, colleague(engine), plan.placements["1.1"])
    restore(engine, colleague(engine), plan.placements["1.1"])
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Reprise"})
    assert rows(engine, viewer, plan.initiative_id)["Reprise"].code == "1.1"
