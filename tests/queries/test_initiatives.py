"""What the head of a page counts, on a day."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.amendments import add_amendment
from db.commands.directory import find_or_create_organisation, involve
from db.commands.governance import add_body, add_meeting
from db.commands.initiatives import set_coverage
from db.commands.plan import add_sheet, place_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.homes import SERIES
from db.models import Territory
from db.queries.initiatives import choices, header
from db.rules.initiative import Header
from db.rules.vocabulary import BodyKind, InvolvementRole, MeetingState, PlacementEntry
from db.viewer import Viewer
from tests.builders import ENDS, Plan, plan_in
from tests.commands.test_publish import one_of_each
from tests.conftest import ON

BEFORE, AFTER = date(2026, 9, 30), date(2026, 10, 2)


def head(engine: Engine, viewer: Viewer, plan: Plan, on: date = ON) -> Header:
    with reading(engine) as session:
        return header(session, viewer, plan.initiative_id, on)


def test_a_sheet_is_counted_from_the_day_it_enters_the_plan(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        key = plan.initiative_id
        amendment = add_amendment(session, viewer, initiative_id=key, number=1, signed_on=BEFORE, object="Ajout")
        added = {"entry": PlacementEntry.AMENDMENT, "amendment_id": amendment.id, "since": AFTER}
        add_sheet(session, viewer, initiative_id=key, title="À venir par avenant", **added)
    told = [head(sqlite_engine, viewer, plan, on) for on in (ON, AFTER)]
    assert [(each.initial_sheets, each.current_sheets) for each in told] == [(2, 2), (2, 3)]


def test_an_amendment_counts_from_its_signature(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        later = date(2029, 12, 31)
        wanted = {"initiative_id": plan.initiative_id, "number": 1, "object": "Prolongation", "new_ends_on": later}
        add_amendment(session, viewer, signed_on=AFTER, **wanted)
    today, tomorrow = head(sqlite_engine, viewer, plan), head(sqlite_engine, viewer, plan, AFTER)
    assert (today.amendments, today.ends_on, today.contract_ends) == (0, ENDS, (ENDS,))
    assert (tomorrow.amendments, tomorrow.ends_on, tomorrow.contract_ends) == (1, later, (ENDS, later))


def test_who_signs_and_what_is_covered_count_from_their_first_day(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        town = session.scalars(select(Territory.id)).first()
        assert town is not None
        set_coverage(session, viewer, initiative_id=plan.initiative_id, territory_id=town, starts_on=AFTER)
        involve(
            session,
            viewer,
            role=InvolvementRole.SIGNATORY,
            initiative_id=plan.initiative_id,
            organisation_id=find_or_create_organisation(session, viewer, "Caisse d'essai").id,
            starts_on=AFTER,
        )
    told = [head(sqlite_engine, viewer, plan, on) for on in (ON, AFTER)]
    assert [(len(each.signatories), each.territories) for each in told] == [(0, 0), (1, 1)]


def test_what_is_in_preparation_is_what_a_point_would_publish(engine: Engine, viewer: Viewer) -> None:
    plan, other = plan_in(engine, viewer), plan_in(engine, viewer, code="autre")
    one_of_each(engine, viewer, plan, "1.1", BEFORE)
    with writing(engine) as session:
        lent = plan.sheets["1.1"]
        place_sheet(session, viewer, sheet_id=lent, initiative_id=other.initiative_id)
    assert head(engine, viewer, plan).in_preparation == len(SERIES)
    assert head(engine, viewer, other).in_preparation == 0
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=ON)
    assert head(engine, viewer, plan).in_preparation == 0


@pytest.mark.parametrize("whole", [False, True], ids=["the point of a sheet", "the point of the plan"])
def test_a_plan_is_published_by_a_point_of_the_whole_plan(sqlite_engine: Engine, viewer: Viewer, whole: bool) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        sheet = None if whole else plan.sheets["1.1"]
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=AFTER, sheet_id=sheet)
    with reading(sqlite_engine) as session:
        assert [choice.is_published for choice in choices(session, viewer)] == [whole]
    assert (head(sqlite_engine, viewer, plan).point is not None) is whole


def test_the_committee_of_the_day_is_the_last_one_only_once_closed(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        body = add_body(session, viewer, initiative_ids=[plan.initiative_id], kind=BodyKind.COPIL, name="Comité")
        add_meeting(session, viewer, body_id=body.id, held_on=date(2026, 6, 23), state=MeetingState.CLOSED)
        add_meeting(session, viewer, body_id=body.id, held_on=ON, state=MeetingState.RUNNING)
    told = head(sqlite_engine, viewer, plan)
    assert (told.last_committee, told.next_committee) == (date(2026, 6, 23), ON)
    assert head(sqlite_engine, viewer, plan, AFTER).last_committee == ON
