import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import find_organisation
from db.commands.undo import undo_act
from db.commands.unify import unify_organisations
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, Involvement
from db.rules.sections import Section
from db.rules.vocabulary import Role
from db.viewer import Viewer
from tests.builders import plan_in
from tests.commands.editing import edits, holds


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
