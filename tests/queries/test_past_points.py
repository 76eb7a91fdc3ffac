"""The points of a plan, one by one: what each says of itself, and which can be withdrawn."""

from datetime import date

from sqlalchemy import Engine

from db.commands.undo import undo_act
from db.engine import reading, writing
from db.queries.points import points
from db.queries.sheet import sheet_detail
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON
from tests.queries.pointing import BEFORE, POINT, a_reader, act_of, at, declare, percents, publish


def test_only_the_last_point_of_a_plan_or_of_a_fiche_can_be_withdrawn(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    declare(sqlite_engine, viewer, plan, 30, BEFORE)
    publish(sqlite_engine, viewer, plan, BEFORE)
    for number in ("1.1", "1.2"):
        declare(sqlite_engine, viewer, plan, 45, POINT, number)
        publish(sqlite_engine, viewer, plan, POINT, plan.sheets[number])
    with reading(sqlite_engine) as session:
        found = points(session, viewer, plan.initiative_id, ON)
    assert [(point.sheet, point.act_id is not None) for point in found] == [
        ("1.2 Fiche 1.2", True),
        ("1.1 Fiche 1.1", True),
        (None, False),
    ]


def test_the_points_of_a_plan_say_when_by_whom_how_much_and_of_what(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    publish(engine, viewer, plan, BEFORE)
    declare(engine, viewer, plan, 40, POINT)
    publish(engine, viewer, plan, POINT, plan.sheets["1.1"])
    with reading(engine) as session:
        mine = points(session, viewer, plan.initiative_id, ON)
        read = points(session, a_reader(plan), plan.initiative_id, ON)
    assert [(point.name, point.as_of, point.sheet, point.entries) for point in mine] == [
        ("Point 2026-09-30", POINT, "1.1 Fiche 1.1", 1),
        ("Point 2026-09-01", BEFORE, None, 1),
    ]
    assert all(point.author for point in mine)
    assert [(point.author, point.act_id) for point in read] == [(None, None)] * 2


def test_a_point_published_again_after_it_was_withdrawn_can_be_withdrawn_again(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    point = publish(engine, viewer, plan, BEFORE)
    with writing(engine) as session:
        undone = undo_act(session, viewer, act_of(engine, viewer, plan, point))
        again = undo_act(session, viewer, undone)
    assert act_of(engine, viewer, plan, point) == again
    assert percents(at(engine, a_reader(plan), plan, point)) == [30, None]


def published_on(engine: Engine, viewer: Viewer, plan: Plan, number: str = "1.1") -> tuple[date | None, int]:
    with reading(engine) as session:
        detail = sheet_detail(session, viewer, plan.initiative_id, ON, plan.placements[number])
    assert detail is not None
    return detail.published_on, detail.waiting


def test_a_fiche_says_its_own_point_until_the_plan_has_a_later_one(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    publish(engine, viewer, plan, BEFORE)
    assert published_on(engine, a_reader(plan), plan) == (None, 0)
    declare(engine, viewer, plan, 40, POINT)
    assert published_on(engine, viewer, plan) == (None, 1)
    publish(engine, viewer, plan, POINT, plan.sheets["1.1"])
    assert published_on(engine, a_reader(plan), plan) == (POINT, 0)
    assert published_on(engine, a_reader(plan), plan, "1.2") == (None, 0)
    declare(engine, viewer, plan, 50, POINT)
    assert published_on(engine, a_reader(plan), plan) == (POINT, 0)
    publish(engine, viewer, plan, ON)
    assert published_on(engine, viewer, plan) == (None, 0)
