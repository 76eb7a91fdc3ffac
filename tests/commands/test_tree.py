"""The axes of a plan: renamed, moved, ordered, archived."""

import pytest
from sqlalchemy import Engine, func, select

from db.commands.indicators import add_indicator
from db.commands.plan import add_axis
from db.commands.tree import archive_axis, edit_axis, move_axis, order_axes, rewrite_axis
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Archived, Conflict, Invalid, Refused
from db.models import Act, Axis
from db.queries import facts
from db.rules.access import Role
from db.rules.arranging import AxisForm
from db.rules.vocabulary import AxisLevel, Direction, ValueType
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in

WORD_PASTE = '<p class="MsoNormal"><b>Santé</b>&nbsp;mentale</p>'


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def tree(engine: Engine, plan: Plan) -> list[tuple[int, str, int | None, str]]:
    """The axes as the plan shows them: key, title, parent, level."""
    with reading(engine) as session:
        return [(node.id, node.title, node.parent_id, node.level) for node in facts.axes(session, plan.initiative_id)]


def titles(engine: Engine, plan: Plan) -> list[str]:
    return [title for _, title, _, _ in tree(engine, plan)]


def three_more(engine: Engine, viewer: Viewer, plan: Plan) -> list[int]:
    """« B », « C » and « D » beside the first axis of the plan."""
    with writing(engine) as session:
        return [add_axis(session, viewer, initiative_id=plan.initiative_id, title=title).id for title in "BCD"]


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def undo(engine: Engine, viewer: Viewer) -> None:
    done = last_act(engine)
    with writing(engine) as session:
        undo_act(session, viewer, done)


def test_an_axis_gets_another_title_and_number_and_its_own_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        rewrite_axis(session, viewer, axis_id=plan.axis_id, title="  Aller\nvers  ", code=" 7 ")
        axis = session.get_one(Axis, plan.axis_id)
        assert (axis.title, axis.code) == ("Aller vers", "7")
    undo(engine, viewer)
    with reading(engine) as session:
        axis = session.get_one(Axis, plan.axis_id)
        assert (axis.title, axis.code) == ("Faciliter l'accès aux soins", "1")


@pytest.mark.parametrize("title", [WORD_PASTE, "Santé 👩‍⚕️ pour tou·te·s", "الصحة للجميع"])
def test_what_is_pasted_stays_text(sqlite_engine: Engine, viewer: Viewer, title: str) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        assert rewrite_axis(session, viewer, axis_id=plan.axis_id, title=title, code=None).title == title


@pytest.mark.parametrize(
    ("title", "code", "sentence"),
    [("x" * 5000, None, "5000 caractères"), ("  ", None, "ne peut pas être vide"), ("Bon", "1" * 21, "20 caractères")],
)
def test_what_an_axis_cannot_hold_is_refused_in_words(
    sqlite_engine: Engine, viewer: Viewer, title: str, code: str | None, sentence: str
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid, match=sentence), writing(sqlite_engine) as session:
        rewrite_axis(session, viewer, axis_id=plan.axis_id, title=title, code=code)


def test_an_axis_moved_takes_what_it_holds_along_at_its_level(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other, *_ = three_more(engine, viewer, plan)
    before = tree(engine, plan)
    with writing(engine) as session:
        move_axis(session, viewer, axis_id=plan.axis_id, parent_id=other)
    levels = {key: (parent, level) for key, _, parent, level in tree(engine, plan)}
    assert levels[plan.axis_id] == (other, AxisLevel.STRATEGIC)
    assert levels[plan.objective_id] == (plan.axis_id, AxisLevel.OPERATIONAL)
    undo(engine, viewer)
    assert tree(engine, plan) == before


def test_an_axis_may_be_moved_to_the_top_at_a_rank(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    three_more(engine, viewer, plan)
    with writing(engine) as session:
        move_axis(session, viewer, axis_id=plan.objective_id, parent_id=None, place=2)
    assert titles(engine, plan) == ["Faciliter l'accès aux soins", "Réduire les distances", "B", "C", "D"]


@pytest.mark.parametrize("under", ["axis_id", "objective_id"])
def test_an_axis_is_not_moved_under_itself(engine: Engine, viewer: Viewer, plan: Plan, under: str) -> None:
    with pytest.raises(Invalid, match="sous lui-même, ni sous un axe qu'il contient"), writing(engine) as session:
        move_axis(session, viewer, axis_id=plan.axis_id, parent_id=getattr(plan, under))


def test_a_plan_does_not_get_a_fourth_level(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other, *_ = three_more(engine, viewer, plan)
    with writing(engine) as session:
        under = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Sous B", parent_id=other).id
    with pytest.raises(Invalid, match="feraient 4 niveaux"), writing(engine) as session:
        move_axis(session, viewer, axis_id=plan.axis_id, parent_id=under)


def test_what_was_archived_under_an_axis_counts_among_its_levels(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    """It would otherwise come back at a level that no plan has."""
    other, moved, _ = three_more(engine, viewer, plan)
    with writing(engine) as session:
        initiative = plan.initiative_id
        deep = add_axis(session, viewer, initiative_id=initiative, title="Sous B", parent_id=other).id
        gone = add_axis(session, viewer, initiative_id=initiative, title="Sous C", parent_id=moved).id
        archive_axis(session, viewer, axis_id=gone)
    with pytest.raises(Invalid, match="archivés compris"), writing(engine) as session:
        move_axis(session, viewer, axis_id=moved, parent_id=deep)


def test_an_axis_of_another_plan_takes_nothing_in(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    with pytest.raises(Invalid, match="autre plan"), writing(engine) as session:
        move_axis(session, viewer, axis_id=plan.axis_id, parent_id=other.axis_id)


def test_an_axis_goes_up_and_comes_down_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    b, c, d = three_more(engine, viewer, plan)
    seen = [plan.axis_id, b, c, d]
    with writing(engine) as session:
        order_axes(session, viewer, axis_id=c, place=2, seen=seen)
    assert [key for key, _, parent, _ in tree(engine, plan) if parent is None] == [plan.axis_id, c, b, d]
    undo(engine, viewer)
    assert [key for key, _, parent, _ in tree(engine, plan) if parent is None] == seen


def test_two_people_move_two_axes_and_both_are_moved(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    b, c, d = three_more(engine, viewer, plan)
    seen = [plan.axis_id, b, c, d]
    camille = colleague(engine)
    with writing(engine) as session:
        order_axes(session, camille, axis_id=d, place=1, seen=seen)
    with writing(engine) as session:
        order_axes(session, viewer, axis_id=plan.axis_id, place=4, seen=seen)
    assert [key for key, _, parent, _ in tree(engine, plan) if parent is None] == [d, b, c, plan.axis_id]


def test_the_second_to_move_one_axis_is_told_who_did(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    b, c, d = three_more(engine, viewer, plan)
    seen = [plan.axis_id, b, c, d]
    camille = colleague(engine)
    with writing(engine) as session:
        order_axes(session, camille, axis_id=d, place=1, seen=seen)
    with pytest.raises(Conflict, match="déplacé par Camille"), writing(engine) as session:
        order_axes(session, viewer, axis_id=d, place=3, seen=seen)


def test_two_people_write_different_fields_of_an_axis_and_both_are_kept(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    seen = AxisForm("Faciliter l'accès aux soins", "1", None)
    camille = colleague(engine)
    with writing(engine) as session:
        edit_axis(session, camille, axis_id=plan.axis_id, typed=AxisForm(seen.title, "A", None), seen=seen)
    with writing(engine) as session:
        edit_axis(session, viewer, axis_id=plan.axis_id, typed=AxisForm("Accès", "1", None), seen=seen)
        axis = session.get_one(Axis, plan.axis_id)
        assert (axis.title, axis.code) == ("Accès", "A")


def test_the_second_to_write_a_title_sees_both_with_their_author(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    seen = AxisForm("Faciliter l'accès aux soins", "1", None)
    camille = colleague(engine)
    with writing(engine) as session:
        edit_axis(session, camille, axis_id=plan.axis_id, typed=AxisForm("Soigner", "1", None), seen=seen)
    with pytest.raises(Conflict) as conflict, writing(engine) as session:
        edit_axis(session, viewer, axis_id=plan.axis_id, typed=AxisForm("Guérir", "2", None), seen=seen)
    (clash,) = conflict.value.clashes
    assert (clash.field, clash.theirs, clash.mine, clash.author) == ("title", "Soigner", "Guérir", "Camille")
    with reading(engine) as session:
        axis = session.get_one(Axis, plan.axis_id)
        assert (axis.title, axis.code) == ("Soigner", "1")


def test_the_form_of_an_axis_moves_and_renames_it_in_one_act(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other, *_ = three_more(engine, viewer, plan)
    seen, before = AxisForm("Réduire les distances", "1.1", plan.axis_id), tree(engine, plan)
    done = last_act(engine)
    with writing(engine) as session:
        typed = AxisForm("Rapprocher", "2.1", other)
        edit_axis(session, viewer, axis_id=plan.objective_id, typed=typed, seen=seen)
    assert last_act(engine) == done + 1
    assert (plan.objective_id, "Rapprocher", other, AxisLevel.STRATEGIC) in tree(engine, plan)
    undo(engine, viewer)
    assert tree(engine, plan) == before


def test_an_axis_that_holds_something_is_not_archived_and_the_sentence_says_what(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with pytest.raises(Invalid, match="il contient encore 1 axe ou objectif"), writing(engine) as session:
        archive_axis(session, viewer, axis_id=plan.axis_id)
    with writing(engine) as session:
        add_indicator(
            session,
            viewer,
            axis_id=plan.objective_id,
            label="Délai",
            fields={"value_type": ValueType.NUMBER, "direction": Direction.DOWN},
        )
    with pytest.raises(Invalid, match="2 fiches et 1 indicateur"), writing(engine) as session:
        archive_axis(session, viewer, axis_id=plan.objective_id)


def test_an_empty_axis_leaves_the_plan_and_comes_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    b, *_ = three_more(engine, viewer, plan)
    with writing(engine) as session:
        archive_axis(session, viewer, axis_id=b)
    assert "B" not in titles(engine, plan)
    undo(engine, viewer)
    assert "B" in titles(engine, plan)


def test_an_axis_archived_while_it_is_edited_is_told_with_its_author(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    b, *_ = three_more(engine, viewer, plan)
    camille = colleague(engine)
    with writing(engine) as session:
        archive_axis(session, camille, axis_id=b)
    for act in (
        lambda session: rewrite_axis(session, viewer, axis_id=b, title="Beau", code=None),
        lambda session: move_axis(session, viewer, axis_id=plan.axis_id, parent_id=b),
    ):
        with pytest.raises(Archived, match="L'axe « B » a été archivé par Camille"), writing(engine) as session:
            act(session)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_arranges_nothing(sqlite_engine: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(sqlite_engine, viewer)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    key = plan.axis_id
    for act in (
        lambda session: rewrite_axis(session, reader, axis_id=key, title="Non", code=None),
        lambda session: move_axis(session, reader, axis_id=key, parent_id=None),
        lambda session: order_axes(session, reader, axis_id=key, place=1, seen=[key]),
        lambda session: archive_axis(session, reader, axis_id=key),
    ):
        with pytest.raises(Refused), writing(sqlite_engine) as session:
            act(session)
