"""The directory: one structure a name, nothing guessed, no person outside the erasable row."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import add_alias, add_person, find_or_create_organisation, find_organisation, involve
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import Involvement, Organisation, OrganisationAlias, PersonDetail
from db.rules.access import Role
from db.rules.vocabulary import InvolvementRole, OrganisationKind
from db.viewer import Viewer
from tests.builders import plan_in


def test_the_same_name_written_otherwise_is_the_same_structure(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        made = find_or_create_organisation(session, viewer, "Département de l'Isère", OrganisationKind.DEPARTMENT)
        for name in ("DEPARTEMENT DE L’ISERE", "  département  de l'isère "):
            assert find_or_create_organisation(session, viewer, name).id == made.id
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_an_acronym_finds_nothing_until_it_is_recorded(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        made = find_or_create_organisation(session, viewer, "Délégation départementale du Vaucluse", acronym="DD84")
        assert find_organisation(session, "DD84") is None
        add_alias(session, viewer, organisation_id=made.id, label="DD84")
        found = find_organisation(session, "dd84")
        assert found is not None
        assert found.id == made.id


def test_an_alias_names_one_structure(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        first = find_or_create_organisation(session, viewer, "Ville de Cavaillon")
        second = find_or_create_organisation(session, viewer, "Commune de Cavaillon")
        with pytest.raises(Invalid, match="autre structure"):
            add_alias(session, viewer, organisation_id=second.id, label="ville de cavaillon")
        again = add_alias(session, viewer, organisation_id=first.id, label="VILLE DE CAVAILLON")
        assert again.label == "Ville de Cavaillon"
        assert session.scalar(select(func.count()).select_from(OrganisationAlias)) == 2


def test_a_merged_structure_is_found_as_its_successor(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        old = find_or_create_organisation(session, viewer, "Ancienne maison")
        new = find_or_create_organisation(session, viewer, "Nouvelle maison")
        with acting(session, viewer.actor_id, "merge", "Fusion"):
            old.merged_into_id = new.id
        assert find_or_create_organisation(session, viewer, "Ancienne maison").id == new.id


def test_a_coordinator_of_one_plan_may_add_to_the_common_directory(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    own = Viewer(viewer.actor_id, ((plan.initiative_id, Role.COORDINATOR),))
    with writing(sqlite_engine) as session:
        find_or_create_organisation(session, own, "Structure", initiative_id=plan.initiative_id)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        find_or_create_organisation(session, own, "Autre structure")


def test_the_same_part_given_twice_is_one_row(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        who = find_or_create_organisation(session, viewer, "Centre social").id
        for _ in range(2):
            involve(session, viewer, role=InvolvementRole.LEAD, sheet_id=plan.sheets["1.1"], organisation_id=who)
        involve(session, viewer, role=InvolvementRole.PARTNER, sheet_id=plan.sheets["1.1"], organisation_id=who)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Involvement)) == 2


def test_one_signs_a_contract_and_not_a_sheet(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        who = find_or_create_organisation(session, viewer, "Commune").id
        with pytest.raises(Invalid, match="signataire"):
            involve(session, viewer, role=InvolvementRole.SIGNATORY, sheet_id=plan.sheets["1.1"], organisation_id=who)
        with pytest.raises(Invalid, match="quelle structure"):
            involve(session, viewer, role=InvolvementRole.LEAD, sheet_id=plan.sheets["1.1"])


def test_the_name_of_a_person_is_in_the_erasable_row_alone(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        told = {"name": "Camille Exemple", "email": "c@exemple.invalid"}
        person = add_person(session, viewer, function="Infirmière", on=date(2026, 9, 1), **told)
        detail = session.get_one(PersonDetail, person.id)
        assert (person.function, detail.name, detail.recorded_on) == ("Infirmière", "Camille Exemple", date(2026, 9, 1))


def test_personal_details_come_with_their_day(sqlite_engine: Engine, viewer: Viewer) -> None:
    with pytest.raises(Invalid, match="date"), writing(sqlite_engine) as session:
        add_person(session, viewer, function=None, name="Camille Exemple")
    with pytest.raises(Invalid, match="fonction ou un nom"), writing(sqlite_engine) as session:
        add_person(session, viewer, function=None)
