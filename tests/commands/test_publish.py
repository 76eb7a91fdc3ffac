"""Points: a reader sees what the last one holds, the one who prepares sees everything."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line, decide_funding, record_amount
from db.commands.indicators import add_indicator, record_measurement, set_target
from db.commands.plan import place_sheet
from db.commands.publish import publish_point, publish_typed
from db.commands.series import declare_progress, declare_status, declare_weather
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.homes import SERIES
from db.journal import last_act
from db.models import Publication
from db.queries.facts import progress
from db.queries.points import to_publish
from db.rules.access import Role
from db.rules.vocabulary import Direction, FundingDecision, FundingStage, MeasurementStatus, Status, ValueType, Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in

BEFORE, POINT, AFTER, TODAY = date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 2)


def one_of_each(engine: Engine, viewer: Viewer, plan: Plan, number: str, on: date | None) -> None:
    sheet_id = plan.sheets[number]
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=sheet_id, status=Status.ONGOING, on=on)
        declare_progress(session, viewer, sheet_id=sheet_id, on=on, percent=40)
        declare_weather(session, viewer, sheet_id=sheet_id, on=on, weather=Weather.SUNNY)
        fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP}
        indicator = add_indicator(session, viewer, label="Ateliers", fields=fields, sheet_id=sheet_id)
        set_target(session, viewer, indicator_id=indicator.id, due_on=AFTER, on=on, value=10)
        record_measurement(
            session,
            viewer,
            indicator_id=indicator.id,
            starts_on=BEFORE,
            ends_on=BEFORE,
            on=on,
            status=MeasurementStatus.VALIDATED,
            value=3,
        )
        funder = find_or_create_organisation(session, viewer, "Caisse d'essai").id
        line = add_funding_line(session, viewer, funder_id=funder, sheet_id=sheet_id)
        record_amount(session, viewer, line_id=line.id, stage=FundingStage.PAID, on=on, amount_cents=1)
        decide_funding(session, viewer, line_id=line.id, decision=FundingDecision.PENDING, on=on)


def publish(
    engine: Engine, viewer: Viewer, plan: Plan, sheet_id: int | None = None, as_of: date = POINT, on: date | None = None
) -> int:
    with writing(engine) as session:
        return publish_point(
            session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=as_of, sheet_id=sheet_id, on=on
        ).id


def published(engine: Engine) -> list[list[int | None]]:
    with reading(engine) as session:
        return [list(session.scalars(select(table.publication_id).order_by(table.id))) for table in SERIES]


def test_a_point_takes_what_is_dated_up_to_its_day_and_what_has_no_date(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer, sheets=("1.1", "1.2", "1.3"))
    for number, on in (("1.1", BEFORE), ("1.2", None), ("1.3", AFTER)):
        one_of_each(engine, viewer, plan, number, on)
    point = publish(engine, viewer, plan)
    assert published(engine) == [[point, point, None]] * len(SERIES)


def test_an_entry_keeps_the_first_point_that_published_it(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    one_of_each(engine, viewer, plan, "1.1", BEFORE)
    first = publish(engine, viewer, plan)
    one_of_each(engine, viewer, plan, "1.2", BEFORE)
    second = publish(engine, viewer, plan)
    assert published(engine) == [[first, second]] * len(SERIES)


def test_the_point_of_a_sheet_leaves_the_others_in_preparation(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    for number in ("1.1", "1.2"):
        one_of_each(engine, viewer, plan, number, BEFORE)
    point = publish(engine, viewer, plan, plan.sheets["1.1"])
    assert published(engine) == [[point, None]] * len(SERIES)


def test_a_plan_does_not_publish_the_sheet_of_another(engine: Engine, viewer: Viewer) -> None:
    home, guest = plan_in(engine, viewer), plan_in(engine, viewer)
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id)
    one_of_each(engine, viewer, home, "1.1", BEFORE)
    publish(engine, viewer, guest)
    assert published(engine) == [[None]] * len(SERIES)
    with pytest.raises(Invalid, match="autre plan"):
        publish(engine, viewer, guest, home.sheets["1.1"])


def test_a_reader_sees_the_point_and_the_one_who_prepares_sees_all(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=sheet_id, on=BEFORE, percent=40)
        declare_progress(session, viewer, sheet_id=sheet_id, on=AFTER, percent=60)
    signatory = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    seen = {}
    for when in ("before", "after"):
        with reading(engine) as session:
            for name, who in (("signatory", signatory), ("preparer", viewer), ("as a reader", viewer.as_reader())):
                seen[when, name] = progress(session, who, plan.initiative_id, TODAY)
        if when == "before":
            publish(engine, viewer, plan)
    assert seen["before", "signatory"] == seen["before", "as a reader"] == {}
    assert seen["after", "signatory"] == seen["after", "as a reader"] == {sheet_id: (40, BEFORE)}
    assert seen["before", "preparer"] == seen["after", "preparer"] == {sheet_id: (60, AFTER)}


def test_a_reader_publishes_nothing(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Refused):
        publish(sqlite_engine, Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),)), plan)


def test_a_first_point_may_be_empty_and_the_next_may_not(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    publish(engine, viewer, plan)
    with pytest.raises(Invalid, match=r"Rien de nouveau .* « Point », daté du 30/09/2026"):
        publish(engine, viewer, plan, as_of=AFTER)
    with reading(engine) as session:
        assert len(session.scalars(select(Publication)).all()) == 1


def test_a_fiche_without_anything_new_is_not_published_alone_after_the_plan(
    sqlite_engine: Engine, viewer: Viewer
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    alone = plan.sheets["1.1"]
    publish(sqlite_engine, viewer, plan, alone)
    for sheet_id, is_refused in ((alone, True), (plan.sheets["1.2"], False)):
        if is_refused:
            with pytest.raises(Invalid, match="Rien de nouveau"):
                publish(sqlite_engine, viewer, plan, sheet_id)
        else:
            publish(sqlite_engine, viewer, plan, sheet_id)
    publish(sqlite_engine, viewer, plan)
    one_of_each(sqlite_engine, viewer, plan, "1.1", BEFORE)
    with pytest.raises(Invalid, match="Rien de nouveau"):
        publish(sqlite_engine, viewer, plan, plan.sheets["1.2"])


def test_a_point_of_which_all_that_waits_is_dated_later_says_how_much_waits(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    publish(engine, viewer, plan)
    one_of_each(engine, viewer, plan, "1.1", AFTER)
    with pytest.raises(Invalid, match=r"7 saisies attendent, mais elles sont datées d'après le 30/09/2026"):
        publish(engine, viewer, plan)


def test_a_point_is_not_dated_before_the_last_one(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    publish(sqlite_engine, viewer, plan)
    one_of_each(sqlite_engine, viewer, plan, "1.1", BEFORE)
    for sheet_id in (None, plan.sheets["1.1"]):
        with pytest.raises(Invalid, match=r"29/09/2026 précède le dernier point, « Point », daté du 30/09/2026"):
            publish(sqlite_engine, viewer, plan, sheet_id, as_of=date(2026, 9, 29))


def test_a_point_is_not_dated_of_a_day_to_come(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid, match=r"02/10/2026 est à venir .* \(01/10/2026\)"):
        publish(sqlite_engine, viewer, plan, as_of=TODAY, on=AFTER)
    publish(sqlite_engine, viewer, plan, as_of=TODAY, on=TODAY)


@pytest.mark.parametrize("name", ["", "  \n ", "\u200b", "x" * 5000])
def test_a_point_has_a_name_that_fits(sqlite_engine: Engine, viewer: Viewer, name: str) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid, match="Le nom du point"), writing(sqlite_engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name=name, as_of=POINT)


def test_the_name_of_a_point_stands_on_one_line(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        made = publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point\n de juin", as_of=POINT)
        assert made.name == "Point de juin"


@pytest.mark.parametrize(("day", "is_read"), [("30 septembre 2026", True), ("septembre 2026", False), (None, False)])
def test_the_day_of_a_point_is_read_as_it_is_typed(
    sqlite_engine: Engine, viewer: Viewer, day: str | None, is_read: bool
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    told = {"initiative_id": plan.initiative_id, "on": TODAY, "name": "Point", "day": day}
    with writing(sqlite_engine) as session:
        if is_read:
            assert publish_typed(session, viewer, **told).as_of == POINT
        else:
            with pytest.raises(Invalid, match="Le jour du point n'est pas compris"):
                publish_typed(session, viewer, **told)


def test_undoing_a_point_puts_its_entries_back_in_preparation(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    one_of_each(engine, viewer, plan, "1.1", BEFORE)
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=POINT)
        act = last_act(session)
    assert act is not None
    with writing(engine) as session:
        undo_act(session, viewer, act)
    assert published(engine) == [[None]] * len(SERIES)
    with reading(engine) as session:
        assert session.scalars(select(Publication)).all() == []
    again = publish(engine, viewer, plan)
    assert published(engine) == [[again]] * len(SERIES)


def test_a_point_that_another_came_after_is_not_withdrawn(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    acts = []
    for number in ("1.1", "1.2"):
        one_of_each(engine, viewer, plan, number, BEFORE)
        with writing(engine) as session:
            publish_point(session, viewer, initiative_id=plan.initiative_id, name=f"Point {number}", as_of=POINT)
            acts.append(last_act(session) or 0)
    held = published(engine)
    with pytest.raises(Conflict) as refusal, writing(engine) as session:
        undo_act(session, viewer, acts[0])
    assert any("Point 1.2" in detail for detail in refusal.value.details)
    assert published(engine) == held


def test_a_reader_withdraws_no_point(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=POINT)
        act = last_act(session) or 0
    signatory = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        undo_act(session, signatory, act)


def test_what_nobody_was_shown_is_not_published(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    one_of_each(engine, viewer, plan, "1.1", BEFORE)
    with reading(engine) as session:
        shown = to_publish(session, viewer, plan.initiative_id, TODAY, POINT)
    assert shown is not None
    with writing(engine) as session:
        declare_weather(session, viewer, sheet_id=plan.sheets["1.2"], on=BEFORE, weather=None, obstacles="Non relu")
    told = {"initiative_id": plan.initiative_id, "on": TODAY, "name": "Point", "day": "30/09/2026"}
    with pytest.raises(Conflict, match="Rien n'a été publié"), writing(engine) as session:
        publish_typed(session, viewer, **told, seen=shown.entering)
    with reading(engine) as session:
        again = to_publish(session, viewer, plan.initiative_id, TODAY, POINT)
    assert again is not None and again.entries == shown.entries + 1
    with writing(engine) as session:
        publish_typed(session, viewer, **told, seen=again.entering)


def test_a_point_is_not_older_than_its_contract(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with pytest.raises(Invalid, match="précède le contrat"):
        publish(engine, viewer, plan, as_of=date(2020, 1, 1))
