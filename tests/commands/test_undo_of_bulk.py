"""Taking back what was written on many fiches at once, or on the contract, once others have written too."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.amendments import compose_amendment, revise_amendment
from db.commands.editing.bulk import change_sheets, seen_by
from db.commands.ordering import order_plan
from db.commands.unplanned import add_unplanned
from db.engine import reading, writing
from db.errors import ChangedSince, Conflict
from db.models import ActionSheet, Amendment, Placement
from db.queries.arranging import arrangement
from db.rules.arranging import Spot
from db.rules.contract_form import AmendmentTerms
from db.rules.sections import Section
from db.rules.vocabulary import PlacementEntry
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits
from tests.commands.taking_back import label, last_act, undo

FOUR = ("1.1", "1.2", "1.3", "1.4")


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=FOUR)


def ends(engine: Engine, plan: Plan) -> list[date | None]:
    with reading(engine) as session:
        return [session.get_one(ActionSheet, plan.sheets[number]).ends_on for number in FOUR]


def bulk(engine: Engine, viewer: Viewer, plan: Plan, **values: str) -> int:
    """The same values in every fiche of the plan, by one act."""
    with writing(engine) as session:
        keys = tuple(plan.sheets.values())
        seen, since = seen_by(session, viewer, plan.initiative_id, ON, keys, tuple(values))
        change_sheets(session, viewer, initiative_id=plan.initiative_id, seen=seen, since=since, values=values, on=ON)
    return last_act(engine)


def test_a_bulk_change_is_taken_back_but_on_the_fiche_that_somebody_changed_since(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    done = bulk(engine, viewer, plan, ends="31/12/2027")
    claire = colleague(engine, CLAIRE)
    edits(engine, claire, plan.sheets["1.2"], Section.CALENDAR, ends="30/06/2028")
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert refusal.value.details == ("Fiche « Fiche 1.2 » : changé depuis (Fin), par Claire, coordination",)
    undoing = undo(engine, viewer, done, keep_changed=True)
    assert ends(engine, plan) == [None, date(2028, 6, 30), None, None]
    assert label(engine, undoing).endswith("(en partie)")
    undo(engine, viewer, undoing)
    assert ends(engine, plan) == [date(2027, 12, 31), date(2028, 6, 30), date(2027, 12, 31), date(2027, 12, 31)]


def order(engine: Engine, viewer: Viewer, plan: Plan, codes: dict[str, str], *, reversed_: bool = False) -> int:
    """Give these fiches other numbers in one act, and perhaps the contrary order, as « Organiser le plan » does."""
    with writing(engine) as session:
        shown = arrangement(session, viewer, plan.initiative_id, ON)
        assert shown is not None
        seen = {plan.placements[number]: shown.seen()[plan.placements[number]] for number in codes}
        places = {key: spot.place_of(key) or 0 for key, spot in seen.items()}
        wanted = {
            plan.placements[number]: Spot(seen[plan.placements[number]].axis_id, code, place)
            for (number, code), place in zip(codes.items(), sorted(places.values(), reverse=reversed_), strict=True)
        }
        order_plan(session, viewer, initiative_id=plan.initiative_id, wanted=wanted, seen=seen)
    return last_act(engine)


def codes(engine: Engine, plan: Plan) -> list[str | None]:
    """The numbers of the fiches, in the order of the plan."""
    with reading(engine) as session:
        order_by = Placement.position, Placement.id
        return list(session.scalars(select(Placement.code).where(Placement.archived_at.is_(None)).order_by(*order_by)))


def test_numbers_exchanged_by_the_keyboard_are_exchanged_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = order(engine, viewer, plan, dict(zip(FOUR, ("1.2", "1.3", "1.4", "1.1"), strict=True)))
    assert codes(engine, plan) == ["1.2", "1.3", "1.4", "1.1"]
    undo(engine, viewer, done)
    assert codes(engine, plan) == list(FOUR)


def test_an_order_that_somebody_changed_since_is_asked_and_kept(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = order(engine, viewer, plan, {number: number for number in FOUR}, reversed_=True)
    assert codes(engine, plan) == list(FOUR[::-1])
    order(engine, colleague(engine, CLAIRE), plan, {number: number for number in FOUR[:2]})
    with pytest.raises(ChangedSince):
        undo(engine, viewer, done)
    undo(engine, viewer, done, keep_changed=True)


# An avenant.


def composed(engine: Engine, viewer: Viewer, plan: Plan) -> tuple[int, int, AmendmentTerms]:
    """An avenant that moves the end, takes a fiche in and withdraws another: the act, the avenant, what it does."""
    with writing(engine) as session:
        extra = add_unplanned(
            session, viewer, initiative_id=plan.initiative_id, title="Imprévue", lead=None, month="mars 2026", on=ON
        )
        terms = AmendmentTerms(
            1,
            ON,
            "Une fiche de plus",
            new_ends_on=date(2029, 12, 31),
            added=(extra.id,),
            withdrawn=(plan.placements["1.1"],),
        )
    with writing(engine) as session:
        key = compose_amendment(session, viewer, initiative_id=plan.initiative_id, terms=terms).id
    return last_act(engine), key, terms


def entries(engine: Engine, terms: AmendmentTerms) -> tuple[PlacementEntry, date | None]:
    """How the fiche taken in came, and until when the one withdrawn stands."""
    with reading(engine) as session:
        entry = session.get_one(Placement, terms.added[0]).entry
        return entry, session.get_one(Placement, terms.withdrawn[0]).until


def test_an_avenant_is_taken_back_with_all_that_it_did(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done, key, terms = composed(engine, viewer, plan)
    assert entries(engine, terms) == (PlacementEntry.AMENDMENT, ON)
    undoing = undo(engine, viewer, done)
    assert entries(engine, terms) == (PlacementEntry.UNPLANNED, None)
    with reading(engine) as session:
        assert session.get(Amendment, key) is None
    undo(engine, viewer, undoing)
    assert entries(engine, terms) == (PlacementEntry.AMENDMENT, ON)


def test_an_avenant_that_changed_since_is_kept_whole(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done, key, terms = composed(engine, viewer, plan)
    with writing(engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=replace(terms, object="Deux fiches de plus"))
    for keep_changed in (False, True):
        with pytest.raises(Conflict) as refusal:
            undo(engine, viewer, done, keep_changed=keep_changed)
        assert not isinstance(refusal.value, ChangedSince)
        assert any(detail.startswith("Avenant « Deux fiches de plus »") for detail in refusal.value.details)
    assert entries(engine, terms) == (PlacementEntry.AMENDMENT, ON)
