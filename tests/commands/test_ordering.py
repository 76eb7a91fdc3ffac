"""The order and the numbers of sheets, changed by one person and by two at once."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Engine, func, select

from db.commands.ordering import order_plan
from db.commands.plan import add_axis, add_sheet, move_placement, place_sheet
from db.commands.sheet_life import archive_sheet
from db.commands.tree import order_axes
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Archived, Conflict, Invalid, Refused
from db.exchange.snapshot import sheets_of
from db.models import Act, JournalEntry, Placement
from db.queries.arranging import arrangement
from db.rules.access import Role
from db.rules.arranging import Arrangement, Spot
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.conftest import ON

FIVE = ("1", "2", "3", "4", "5")


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=FIVE)


def shown(engine: Engine, viewer: Viewer, plan: Plan) -> Arrangement:
    """The plan as it is arranged."""
    with reading(engine) as session:
        found = arrangement(session, viewer, plan.initiative_id, ON)
    assert found is not None
    return found


def order(engine: Engine, viewer: Viewer, plan: Plan) -> list[str]:
    """The sheets in their order, by title: « 1 » is « Fiche 1 »."""
    return [sheet.title.removeprefix("Fiche ") for sheet in shown(engine, viewer, plan).sheets]


def numbers(engine: Engine, viewer: Viewer, plan: Plan) -> dict[str, str | None]:
    return {sheet.title.removeprefix("Fiche "): sheet.code for sheet in shown(engine, viewer, plan).sheets}


def ask(engine: Engine, viewer: Viewer, plan: Plan, now: Arrangement, **told: Mapping[str, object]) -> None:
    """Ask for other values of sheets named « f1 »…, by who saw the plan as `now`."""
    seen = now.seen()
    wanted = {}
    for name, values in told.items():
        key = plan.placements[name.removeprefix("f")]
        held = {"axis_id": seen[key].axis_id, "code": seen[key].code, "place": seen[key].place_of(key)}
        wanted[key] = Spot(**{**held, **values})  # type: ignore[arg-type]
    with writing(engine) as session:
        order_plan(session, viewer, initiative_id=plan.initiative_id, wanted=wanted, seen=seen)


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def undo(engine: Engine, viewer: Viewer, act_id: int | None = None) -> None:
    done = last_act(engine) if act_id is None else act_id
    with writing(engine) as session:
        undo_act(session, viewer, done)


def test_a_sheet_goes_where_it_is_asked_and_the_others_make_room(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    ask(engine, viewer, plan, shown(engine, viewer, plan), f4={"place": 1})
    assert order(engine, viewer, plan) == ["4", "1", "2", "3", "5"]
    undo(engine, viewer)
    assert order(engine, viewer, plan) == list(FIVE)


def test_places_typed_together_are_one_order(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, viewer, plan, now, **{f"f{key}": {"place": 6 - int(key)} for key in FIVE})
    assert order(engine, viewer, plan) == list(reversed(FIVE))


def test_two_numbers_are_exchanged_in_one_act_and_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    ask(engine, viewer, plan, shown(engine, viewer, plan), f1={"code": "2"}, f2={"code": "1"})
    exchanged = {"1": "2", "2": "1", "3": "3", "4": "4", "5": "5"}
    assert numbers(engine, viewer, plan) == exchanged
    undo(engine, viewer)
    assert numbers(engine, viewer, plan) == {key: key for key in FIVE}
    undo(engine, viewer)
    assert numbers(engine, viewer, plan) == exchanged


def test_numbers_go_round_without_any_being_lost(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, viewer, plan, now, **{f"f{key}": {"code": str(int(key) % 5 + 1)} for key in FIVE})
    assert numbers(engine, viewer, plan) == {key: str(int(key) % 5 + 1) for key in FIVE}


def test_the_journal_tells_an_exchange_as_it_was_asked(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    ask(engine, viewer, plan, shown(engine, viewer, plan), f1={"code": "2"}, f2={"code": "1"})
    with reading(engine) as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.act_id == last_act(engine))).all()
    told = sorted(((line.before, line.after) for line in lines), key=str)
    assert told == [({"code": "1"}, {"code": "2"}), ({"code": "2"}, {"code": "1"})]


def test_two_sheets_do_not_bear_one_number_and_both_are_named(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with pytest.raises(Invalid, match="Le numéro 2 serait celui de plusieurs fiches, « Fiche 1 » et « Fiche 2 »"):
        ask(engine, viewer, plan, shown(engine, viewer, plan), f1={"code": "2"}, f3={"place": 1})
    assert (order(engine, viewer, plan), numbers(engine, viewer, plan)["1"]) == (list(FIVE), "1")


def test_a_sheet_joins_another_axis_where_it_is_asked(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, viewer, plan, now, f2={"axis_id": plan.axis_id, "place": None}, f3={"axis_id": None, "place": None})
    now = shown(engine, viewer, plan)
    assert [(sheet.code, sheet.axis_id) for sheet in now.sheets] == [
        ("2", plan.axis_id),
        ("1", plan.objective_id),
        ("4", plan.objective_id),
        ("5", plan.objective_id),
        ("3", None),
    ]
    undo(engine, viewer)
    assert order(engine, viewer, plan) == list(FIVE)


def test_an_axis_of_another_plan_takes_no_sheet_in(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    with pytest.raises(Invalid, match="autre plan"):
        ask(engine, viewer, plan, shown(engine, viewer, plan), f2={"axis_id": other.axis_id, "place": None})


def test_what_is_asked_as_it_is_already_is_no_act(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = last_act(engine)
    ask(engine, viewer, plan, shown(engine, viewer, plan), f2={}, f3={"place": 3})
    assert last_act(engine) == done


def test_a_lent_sheet_is_numbered_in_the_plan_that_borrows_it_alone(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    with writing(engine) as session:
        lent = place_sheet(
            session, viewer, sheet_id=plan.sheets["1"], initiative_id=other.initiative_id, axis_id=other.objective_id
        ).id
    here = Viewer(viewer.actor_id, ((other.initiative_id, Role.COORDINATOR),))
    seen = shown(engine, viewer, other).seen()
    wanted = {lent: Spot(other.objective_id, "9", 1)}
    with writing(engine) as session:
        order_plan(session, here, initiative_id=other.initiative_id, wanted=wanted, seen=seen)
    assert numbers(engine, viewer, other)["1"] == "9"
    assert numbers(engine, viewer, plan)["1"] == "1"


def test_a_sheet_of_another_plan_is_not_touched_from_here(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer)
    key = other.placements["1.1"]
    with pytest.raises(Refused), writing(engine) as session:
        order_plan(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            wanted={key: Spot(None, "9", 1)},
            seen=shown(engine, viewer, other).seen(),
        )


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_orders_nothing(sqlite_engine: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(sqlite_engine, viewer, sheets=FIVE)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    with pytest.raises(Refused):
        ask(sqlite_engine, reader, plan, shown(sqlite_engine, viewer, plan), f4={"place": 1})


# Two people at once, each having seen the plan before the other wrote.


def test_two_people_move_different_sheets_of_one_axis_and_both_moves_hold(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, colleague(engine), plan, now, f5={"place": 1})
    ask(engine, viewer, plan, now, f1={"place": 4})
    assert order(engine, viewer, plan) == ["5", "2", "3", "1", "4"]


def test_a_move_is_taken_back_though_a_colleague_moved_another_sheet_since(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    ask(engine, viewer, plan, shown(engine, viewer, plan), f5={"place": 1})  # lays the order out, with room
    ask(engine, viewer, plan, shown(engine, viewer, plan), f4={"place": 1})
    mine = last_act(engine)
    ask(engine, colleague(engine), plan, shown(engine, viewer, plan), f2={"place": 5})
    undo(engine, viewer, mine)
    assert order(engine, viewer, plan) == ["5", "1", "3", "4", "2"]


def test_two_people_number_and_move_one_sheet_and_both_hold(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, colleague(engine), plan, now, f5={"code": "12"})
    ask(engine, viewer, plan, now, f5={"place": 1})
    assert order(engine, viewer, plan)[0] == "5"
    assert numbers(engine, viewer, plan)["5"] == "12"


@pytest.mark.parametrize(
    ("theirs", "mine", "told"),
    [
        ({"code": "12"}, {"code": "13"}, ("5:code", "5", "12", "13")),
        ({"place": 1}, {"place": 3}, ("5:place", 5, "1", 3)),
        ({"axis_id": None, "place": None}, {"place": 3}, ("5:place", 5, "1 (sans axe)", 3)),
    ],
    ids=["number", "place", "place in an axis that was left"],
)
def test_the_second_to_change_one_thing_of_one_sheet_sees_both_values(
    engine: Engine,
    viewer: Viewer,
    plan: Plan,
    theirs: Mapping[str, object],
    mine: Mapping[str, object],
    told: tuple[str, object, object, object],
) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, colleague(engine), plan, now, f5=theirs)
    before = (order(engine, viewer, plan), numbers(engine, viewer, plan))
    with pytest.raises(Conflict) as conflict:
        ask(engine, viewer, plan, now, f5=mine, f1={"code": "20"})
    (clash,) = conflict.value.clashes
    field, *values = told
    assert clash.field == f"{plan.placements['5']}:{field.partition(':')[2]}"
    assert [clash.base, clash.theirs, clash.mine] == values
    assert clash.author == "Camille"
    assert "Camille" in conflict.value.message
    assert (order(engine, viewer, plan), numbers(engine, viewer, plan)) == before


def test_two_people_who_ask_for_the_same_are_not_in_conflict(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, colleague(engine), plan, now, f5={"place": 1, "code": "12"})
    ask(engine, viewer, plan, now, f5={"place": 1, "code": "12"})
    assert order(engine, viewer, plan) == ["5", "1", "2", "3", "4"]


def test_who_saw_what_is_there_and_insists_is_heard(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    ask(engine, colleague(engine), plan, now, f5={"place": 1})
    ask(engine, viewer, plan, shown(engine, viewer, plan), f5={"place": 3})
    assert order(engine, viewer, plan) == ["1", "2", "5", "3", "4"]


def test_a_number_that_a_colleague_just_gave_away_is_refused_in_words(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    now = shown(engine, viewer, plan)
    camille = colleague(engine)
    with writing(engine) as session:
        add_sheet(session, camille, initiative_id=plan.initiative_id, title="Neuve", code="6")
    with pytest.raises(Invalid, match="« Fiche 1 » et « Neuve »"):
        ask(engine, viewer, plan, now, f1={"code": "6"})


def test_a_sheet_archived_while_it_is_moved_is_told_with_its_author(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    camille = colleague(engine)
    with writing(engine) as session:
        archive_sheet(session, camille, placement_id=plan.placements["5"])
    with pytest.raises(Archived, match="« Fiche 5 » a été archivée par Camille"):
        ask(engine, viewer, plan, now, f5={"place": 1})
    with pytest.raises(Archived, match="« Fiche 5 »"), writing(engine) as session:
        move_placement(session, viewer, placement_id=plan.placements["5"], axis_id=None, code="5")


def test_sheets_that_stand_beside_an_archived_one_are_still_moved(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    now = shown(engine, viewer, plan)
    camille = colleague(engine)
    with writing(engine) as session:
        archive_sheet(session, camille, placement_id=plan.placements["2"])
    ask(engine, viewer, plan, now, f5={"place": 2})
    assert order(engine, viewer, plan) == ["1", "5", "3", "4"]


def test_two_hundred_sheets_are_turned_round_in_one_act(sqlite_engine: Engine, viewer: Viewer) -> None:
    many = tuple(str(rank) for rank in range(1, 201))
    plan = plan_in(sqlite_engine, viewer, sheets=many)
    now, done = shown(sqlite_engine, viewer, plan), last_act(sqlite_engine)
    told = {f"f{key}": {"place": 201 - int(key), "code": str(201 - int(key))} for key in many}
    ask(sqlite_engine, viewer, plan, now, **told)
    assert last_act(sqlite_engine) == done + 1
    assert order(sqlite_engine, viewer, plan) == list(reversed(many))
    assert [sheet.code for sheet in shown(sqlite_engine, viewer, plan).sheets] == list(many)


def test_the_tree_comes_first_and_the_position_second(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    """A sheet added late to a first axis stands with those of its axis, whatever was added since elsewhere."""
    with writing(engine) as session:
        last = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Dernier").id
        for title, axis_id in (("Fiche 6", last), ("Fiche 7", plan.objective_id)):
            add_sheet(session, viewer, initiative_id=plan.initiative_id, title=title, axis_id=axis_id)
        held = session.scalars(select(Placement.position).order_by(Placement.position)).all()
    assert len(set(held)) == len(held)
    assert order(engine, viewer, plan) == [*FIVE, "7", "6"]


def test_a_workbook_of_the_plan_follows_its_order(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        first = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Premier").id
        add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Fiche 6", axis_id=first)
        order_axes(session, viewer, axis_id=first, place=1, seen=[plan.axis_id, first])
    ask(engine, viewer, plan, shown(engine, viewer, plan), f5={"place": 1})
    with reading(engine) as session:
        rows = sheets_of(session, viewer, plan.initiative_id, ON).values()
    assert [row.title.removeprefix("Fiche ") for row in rows] == ["6", "5", "1", "2", "3", "4"]
