"""What readers see at each point, what the next one would show, and to whom that is told."""

import pytest
from sqlalchemy import Engine, select

from db.commands import indicators, series
from db.commands.plan import place_sheet, rewrite_sheet
from db.commands.sheets import add_milestone
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Refused
from db.homes import SERIES
from db.models import Initiative
from db.queries.initiatives import header
from db.queries.points import points, to_publish
from db.rules.access import Role
from db.rules.points import (
    AmountSaid,
    DecisionSaid,
    ProgressSaid,
    StatusSaid,
    WeatherSaid,
    compare,
)
from db.rules.sheet import Aim, Reading
from db.rules.vocabulary import Absence, MeasurementStatus, MilestoneState
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import ON, viewer_in
from tests.queries.pointing import (
    AFTER,
    BEFORE,
    POINT,
    a_reader,
    act_of,
    at,
    declare,
    enter,
    followed,
    measure,
    percents,
    publish,
    told,
    waiting,
)
from tests.queries.test_sheet import counted


def test_a_point_shows_what_it_published_and_what_those_before_it_did(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    first = publish(engine, viewer, plan, BEFORE)
    declare(engine, viewer, plan, 20, BEFORE, "1.2")
    declare(engine, viewer, plan, 45, POINT)
    second = publish(engine, viewer, plan, POINT)
    reader = a_reader(plan)
    assert percents(at(engine, reader, plan, first)) == [30, None]
    assert percents(at(engine, reader, plan, second)) == [45, 20]


def test_a_point_stays_what_it_was_when_more_is_entered(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    point = publish(engine, viewer, plan, POINT)
    seen = at(engine, viewer, plan, point)
    declare(engine, viewer, plan, 60, BEFORE)
    declare(engine, viewer, plan, 70, AFTER)
    assert at(engine, viewer, plan, point) == seen == at(engine, a_reader(plan), plan, point)
    assert percents(at(engine, viewer, plan, None)) == [70, None]


def test_a_point_that_was_withdrawn_shows_nothing_and_what_it_held_waits_again(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    declare(engine, viewer, plan, 30, BEFORE)
    first = publish(engine, viewer, plan, BEFORE)
    declare(engine, viewer, plan, 45, POINT)
    second = publish(engine, viewer, plan, POINT)
    with writing(engine) as session:
        undo_act(session, viewer, act_of(engine, viewer, plan, second))
    with pytest.raises(Refused):
        at(engine, viewer, plan, second)
    assert percents(at(engine, a_reader(plan), plan, first)) == [30, None]
    assert [change.after for change in told(engine, viewer, plan).changes] == [ProgressSaid(45, None, POINT)]


def test_the_point_of_a_sheet_shows_that_sheet_alone(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    for number in ("1.1", "1.2"):
        declare(engine, viewer, plan, 10, BEFORE, number)
    publish(engine, viewer, plan, BEFORE)
    for number in ("1.1", "1.2"):
        declare(engine, viewer, plan, 50, POINT, number)
    alone = told(engine, viewer, plan, sheet_id=plan.sheets["1.2"])
    assert [(change.where.label, change.after) for change in alone.changes] == [
        ("1.2 Fiche 1.2", ProgressSaid(50, None, POINT))
    ]
    point = publish(engine, viewer, plan, POINT, plan.sheets["1.2"])
    assert percents(at(engine, a_reader(plan), plan, point)) == [10, 50]
    assert told(engine, viewer, plan).entries == 1


def test_what_will_become_visible_is_what_readers_then_see(engine: Engine, viewer: Viewer):
    of = followed(engine, viewer)
    enter(engine, viewer, of, BEFORE, 1)
    first = publish(engine, viewer, of.plan, BEFORE)
    enter(engine, viewer, of, AFTER, 2)
    announced = told(engine, viewer, of.plan)
    second = publish(engine, viewer, of.plan, ON)
    reader = a_reader(of.plan)
    assert announced.changes == compare(at(engine, reader, of.plan, first), at(engine, reader, of.plan, second))
    assert [type(change.after) for change in announced.changes] == [
        StatusSaid, ProgressSaid, WeatherSaid, Reading, Aim, DecisionSaid, AmountSaid,
    ]  # fmt: skip
    assert (announced.entries, announced.later) == (len(SERIES), 0)


def test_what_is_dated_after_the_day_of_the_point_stays_and_what_has_no_date_enters(engine: Engine, viewer: Viewer):
    of = followed(engine, viewer)
    enter(engine, viewer, of, None, 1)
    enter(engine, viewer, of, AFTER, 2)
    announced = told(engine, viewer, of.plan, POINT)
    assert (announced.entries, announced.later) == (len(SERIES), len(SERIES))
    assert ProgressSaid(1, None, None) in [change.after for change in announced.changes]


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.EVALUATOR])
def test_a_reader_is_never_told_what_is_in_preparation(engine: Engine, viewer: Viewer, role: Role):
    of = followed(engine, viewer)
    enter(engine, viewer, of, BEFORE, 1)
    point = publish(engine, viewer, of.plan, BEFORE)
    enter(engine, viewer, of, AFTER, 2)
    reader = Viewer(viewer.actor_id, ((of.plan.initiative_id, role),))
    for who in (reader, viewer.as_reader()):
        assert percents(at(engine, who, of.plan, point)) == [1, None]
        assert waiting(engine, who, of.plan) is None
        with reading(engine) as session:
            assert header(session, who, of.plan.initiative_id, ON).in_preparation == 0
        with pytest.raises(Refused):
            at(engine, who, of.plan, None)


def test_who_may_not_read_the_plan_is_told_of_no_point(sqlite_engine: Engine, viewer: Viewer):
    plan, other = plan_in(sqlite_engine, viewer), plan_in(sqlite_engine, viewer, code="autre")
    point = publish(sqlite_engine, viewer, plan, POINT)
    stranger = Viewer(1, ((other.initiative_id, Role.COORDINATOR),))
    with reading(sqlite_engine) as session, pytest.raises(Refused):
        points(session, stranger, plan.initiative_id, ON)
    with pytest.raises(Refused):
        at(sqlite_engine, stranger, plan, point)
    with pytest.raises(Refused):
        waiting(sqlite_engine, stranger, plan)


def test_the_point_of_another_plan_is_not_one_of_this(sqlite_engine: Engine, viewer: Viewer):
    plan, other = plan_in(sqlite_engine, viewer), plan_in(sqlite_engine, viewer, code="autre")
    point = publish(sqlite_engine, viewer, plan, POINT)
    with pytest.raises(Refused):
        at(sqlite_engine, viewer, other, point)


def test_a_lent_fiche_shows_what_its_home_published_and_waits_there_alone(engine: Engine, viewer: Viewer):
    home, borrower = plan_in(engine, viewer), plan_in(engine, viewer, code="autre", sheets=("9",))
    lent = home.sheets["1.1"]
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=lent, initiative_id=borrower.initiative_id, code="A")
    declare(engine, viewer, home, 30, BEFORE)
    before = publish(engine, viewer, borrower, BEFORE)
    assert told(engine, viewer, borrower).entries == 0
    assert waiting(engine, viewer, borrower, sheet_id=lent) is None
    publish(engine, viewer, home, BEFORE)
    declare(engine, viewer, borrower, 5, POINT, "9")
    after = publish(engine, viewer, borrower, POINT)
    assert percents(at(engine, viewer, borrower, before)) == [None, None]
    assert sorted(percents(at(engine, viewer, borrower, after)), key=str) == [30, 5]


def test_a_percentage_that_the_fiche_does_not_show_changes_nothing(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"is_continuous": True})
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.2"], fields={"milestones_tell_all": True})
        for state in (MilestoneState.DONE, MilestoneState.PLANNED):
            add_milestone(session, viewer, sheet_id=plan.sheets["1.2"], label="Étape", state=state)
    for number in ("1.1", "1.2"):
        declare(sqlite_engine, viewer, plan, 30, BEFORE, number)
    assert (told(sqlite_engine, viewer, plan).entries, told(sqlite_engine, viewer, plan).changes) == (2, ())
    assert percents(at(sqlite_engine, viewer, plan, None)) == [None, 50]


def test_an_absence_of_progress_is_told_with_its_reason(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        series.declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], on=BEFORE, absence=Absence.NOT_APPLICABLE)
    [change] = told(sqlite_engine, viewer, plan).changes
    assert change.after == ProgressSaid(None, Absence.NOT_APPLICABLE, BEFORE)


def test_a_small_number_of_persons_is_masked_in_every_picture(sqlite_engine: Engine, viewer: Viewer):
    of = followed(sqlite_engine, viewer, sensitive=True)
    with writing(sqlite_engine) as session:
        measure(session, viewer, of.indicator, 45, BEFORE)
    publish(sqlite_engine, viewer, of.plan, BEFORE)
    with writing(sqlite_engine) as session:
        measure(session, viewer, of.indicator, 7, POINT)
    [change] = told(sqlite_engine, viewer, of.plan).changes
    assert isinstance(change.before, Reading) and isinstance(change.after, Reading)
    assert [(value.value, value.is_masked) for value in (change.before, change.after)] == [(None, True)] * 2


def test_the_parts_of_an_indicator_enter_a_point_and_are_shown_nowhere(sqlite_engine: Engine, viewer: Viewer):
    of = followed(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        part = indicators.add_breakdown(session, viewer, indicator_id=of.indicator, dimension="sexe", part="femmes")
        indicators.record_measurement(
            session,
            viewer,
            indicator_id=of.indicator,
            breakdown_id=part.id,
            starts_on=BEFORE,
            ends_on=BEFORE,
            on=BEFORE,
            status=MeasurementStatus.VALIDATED,
            value=3,
        )
    announced = told(sqlite_engine, viewer, of.plan)
    assert (announced.entries, announced.changes) == (1, ())


def test_the_number_of_queries_does_not_grow_with_the_sheets(sqlite_engine: Engine, viewer: Viewer):
    asked = []
    for code, sheets in (("petit", ("1.1",)), ("grand", tuple(f"1.{n}" for n in range(1, 41)))):
        plan = plan_in(sqlite_engine, viewer, code=code, sheets=sheets)
        for number in sheets:
            declare(sqlite_engine, viewer, plan, 30, BEFORE, number)
        point = publish(sqlite_engine, viewer, plan, BEFORE)
        with counted(sqlite_engine) as of_picture:
            at(sqlite_engine, viewer, plan, point)
        with counted(sqlite_engine) as of_next:
            told(sqlite_engine, viewer, plan)
        asked.append((len(of_picture), len(of_next)))
    assert asked[0] == asked[1]
    assert asked[0][0] <= 15 and asked[0][1] <= 30


def test_the_next_point_of_the_demonstration_is_what_it_has_in_preparation(demo: Engine):
    who = viewer_in(demo)
    with reading(demo) as session:
        key = session.scalars(select(Initiative.id)).one()
        announced = to_publish(session, who, key, ON, ON)
    assert announced is not None
    assert [change.where.label.split()[0] for change in announced.changes] == ["1.3", "2.5", "3.5", "4.2", "5.3"]
    assert [type(change.after) for change in announced.changes] == [
        AmountSaid, Reading, WeatherSaid, StatusSaid, ProgressSaid,
    ]  # fmt: skip
    assert (announced.entries, announced.later) == (5, 0)
