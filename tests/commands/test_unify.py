from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.amendments import add_amendment
from db.commands.directory import find_or_create_organisation, find_organisation, involve
from db.commands.funding import add_funding_line
from db.commands.governance import add_body
from db.commands.indicators import add_indicator
from db.commands.logbook import note
from db.commands.undo import undo_act
from db.commands.unify import unify_organisations
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, Involvement
from db.rules.access import Role
from db.rules.sections import Section
from db.rules.vocabulary import BodyKind, Direction, InvolvementRole, ValueType
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.editing import edits, holds
from tests.commands.taking_back import last_act
from tests.conftest import ON


def test_two_names_of_one_structure_become_one_and_can_be_parted_again(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    one, two = plan.sheets["1.1"], plan.sheets["1.2"]
    edits(engine, viewer, one, Section.PARTNERS, leads=["CPAM de Vaucluse"], partners=["CPAM 84", "CPAM de Vaucluse"])
    edits(engine, viewer, two, Section.PARTNERS, leads=["CPAM 84"])
    with writing(engine) as session:
        unify_organisations(session, viewer, initiative_id=plan.initiative_id, kept="CPAM de Vaucluse", other="cpam 84")
    assert holds(engine, viewer, one, Section.PARTNERS)["partners"] == ["CPAM de Vaucluse"]
    assert holds(engine, viewer, two, Section.PARTNERS)["leads"] == ["CPAM de Vaucluse"]
    with reading(engine) as session:
        found = find_organisation(session, "CPAM 84")
        assert found is not None
        assert found.name == "CPAM de Vaucluse"
        act = session.scalar(select(func.max(Act.id))) or 0
    with writing(engine) as session:
        undo_act(session, viewer, act)
    assert holds(engine, viewer, one, Section.PARTNERS)["partners"] == ["CPAM 84", "CPAM de Vaucluse"]
    assert holds(engine, viewer, two, Section.PARTNERS)["leads"] == ["CPAM 84"]


def test_a_name_typed_later_leads_to_the_structure_it_was_unified_with(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    edits(engine, viewer, plan.sheets["1.1"], Section.PARTNERS, leads=["CPAM de Vaucluse"], partners=["CPAM 84"])
    with writing(engine) as session:
        unify_organisations(session, viewer, initiative_id=plan.initiative_id, kept="CPAM de Vaucluse", other="CPAM 84")
    edits(engine, viewer, plan.sheets["1.2"], Section.PARTNERS, partners=["CPAM 84"])
    assert holds(engine, viewer, plan.sheets["1.2"], Section.PARTNERS)["partners"] == ["CPAM de Vaucluse"]
    with reading(engine) as session:
        of_sheet = select(func.count()).select_from(Involvement).where(Involvement.sheet_id == plan.sheets["1.1"])
        assert session.scalar(of_sheet.where(Involvement.archived_at.is_(None))) == 2


@pytest.mark.parametrize(("kept", "other"), [("CPAM", "Inconnue"), ("Inconnue", "CPAM"), ("CPAM", "cpam")])
def test_what_cannot_be_unified_is_said(sqlite_engine: Engine, viewer: Viewer, kept: str, other: str):
    plan = plan_in(sqlite_engine, viewer)
    edits(sqlite_engine, viewer, plan.sheets["1.1"], Section.PARTNERS, leads=["CPAM"])
    with pytest.raises(Invalid), writing(sqlite_engine) as session:
        unify_organisations(session, viewer, initiative_id=plan.initiative_id, kept=kept, other=other)


def test_who_merely_reads_unifies_nothing(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        unify_organisations(session, reader, initiative_id=plan.initiative_id, kept="A", other="B")


# Where others write.

Use = Callable[[Session, Viewer, Plan, int], object]


def in_an_amendment(session: Session, viewer: Viewer, plan: Plan, key: int) -> None:
    signed = add_amendment(
        session, viewer, initiative_id=plan.initiative_id, number=1, signed_on=ON, object="Un avenant"
    )
    involve(session, viewer, role=InvolvementRole.SIGNATORY, organisation_id=key, amendment_id=signed.id)


def in_a_body(session: Session, viewer: Viewer, plan: Plan, key: int) -> None:
    body = add_body(session, viewer, initiative_ids=[plan.initiative_id], kind=BodyKind.COPIL, name="Comité")
    involve(session, viewer, role=InvolvementRole.SEAT, organisation_id=key, body_id=body.id)


def by_an_indicator_of_an_axis(session: Session, viewer: Viewer, plan: Plan, key: int) -> None:
    fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP, "requested_by_id": key}
    add_indicator(session, viewer, label="Ateliers", fields=fields, axis_id=plan.axis_id)


USES: dict[str, Use] = {
    "a fiche": lambda session, viewer, plan, key: involve(
        session, viewer, role=InvolvementRole.LEAD, organisation_id=key, sheet_id=plan.sheets["1.1"]
    ),
    "a démarche": lambda session, viewer, plan, key: involve(
        session, viewer, role=InvolvementRole.SPONSOR, organisation_id=key, initiative_id=plan.initiative_id
    ),
    "an avenant": in_an_amendment,
    "a body": in_a_body,
    "an indicator": by_an_indicator_of_an_axis,
    "money": lambda session, viewer, plan, key: add_funding_line(
        session, viewer, funder_id=key, sheet_id=plan.sheets["1.1"], year=2026
    ),
    "a carnet": lambda session, viewer, plan, key: note(
        session, viewer, initiative_id=plan.initiative_id, text="Appelée", noted_on=ON, organisation_id=key
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_structure_used_where_one_does_not_write_is_left_to_who_administers(use: str, engine: Engine, viewer: Viewer):
    closed, mine = (plan_in(engine, viewer, name=f"Démarche {code}", code=code) for code in ("close", "ouverte"))
    edits(engine, viewer, mine.sheets["1.1"], Section.PARTNERS, leads=["CPAM 84"], partners=["Mairie"])
    with writing(engine) as session:
        USES[use](session, viewer, closed, find_or_create_organisation(session, viewer, "CPAM Vaucluse").id)
    here = Viewer(viewer.actor_id, ((mine.initiative_id, Role.COORDINATOR),))
    before = last_act(engine)
    with pytest.raises(Refused) as refusal, writing(engine) as session:
        unify_organisations(session, here, initiative_id=mine.initiative_id, kept="CPAM 84", other="CPAM Vaucluse")
    assert "une démarche où vous n'écrivez pas" in refusal.value.message
    assert "administre" in refusal.value.message
    assert "close" not in refusal.value.message
    assert last_act(engine) == before
    both = Viewer(viewer.actor_id, (*here.roles, (closed.initiative_id, Role.COORDINATOR)))
    with writing(engine) as session:
        unify_organisations(session, both, initiative_id=mine.initiative_id, kept="CPAM 84", other="CPAM Vaucluse")


def test_the_demarches_where_one_does_not_write_are_counted_once_each(engine: Engine, viewer: Viewer):
    first, second, mine = (plan_in(engine, viewer, code=code) for code in ("une", "deux", "trois"))
    for plan in (first, second, mine):
        for number in ("1.1", "1.2"):
            edits(engine, viewer, plan.sheets[number], Section.PARTNERS, leads=["CPAM Vaucluse"], partners=["CPAM"])
    here = Viewer(viewer.actor_id, ((mine.initiative_id, Role.COORDINATOR),))
    with pytest.raises(Refused, match="2 démarches où vous n'écrivez pas"), writing(engine) as session:
        unify_organisations(session, here, initiative_id=mine.initiative_id, kept="CPAM", other="CPAM Vaucluse")


def test_a_structure_that_stays_may_be_used_anywhere(engine: Engine, viewer: Viewer):
    elsewhere, mine = plan_in(engine, viewer, code="autre"), plan_in(engine, viewer, code="ici")
    edits(engine, viewer, elsewhere.sheets["1.1"], Section.PARTNERS, leads=["CPAM"])
    edits(engine, viewer, mine.sheets["1.1"], Section.PARTNERS, leads=["CPAM 84"])
    here = Viewer(viewer.actor_id, ((mine.initiative_id, Role.COORDINATOR),))
    with writing(engine) as session:
        unify_organisations(session, here, initiative_id=mine.initiative_id, kept="CPAM", other="CPAM 84")
    assert holds(engine, viewer, mine.sheets["1.1"], Section.PARTNERS)["leads"] == ["CPAM"]


def test_what_another_demarche_removed_is_left_to_it_too(engine: Engine, viewer: Viewer):
    other, mine = plan_in(engine, viewer, code="autre"), plan_in(engine, viewer, code="ici")
    edits(engine, viewer, mine.sheets["1.1"], Section.PARTNERS, leads=["CPAM"])
    for partners in (["CPAM 84"], []):
        edits(engine, viewer, other.sheets["1.1"], Section.PARTNERS, partners=partners)
    here = Viewer(viewer.actor_id, ((mine.initiative_id, Role.COORDINATOR),))
    with pytest.raises(Refused, match="sert ou a servi dans une démarche"), writing(engine) as session:
        unify_organisations(session, here, initiative_id=mine.initiative_id, kept="CPAM", other="CPAM 84")
