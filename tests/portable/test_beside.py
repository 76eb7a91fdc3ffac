"""A démarche taken in beside others: what is common is recognised, what is another's is neither taken nor touched."""

import pytest
from sqlalchemy import Engine, func, select

from db import check
from db.commands.adoption import adopt_initiative, welcome
from db.commands.directory import add_alias, add_person, find_or_create_organisation, involve
from db.commands.funding import add_funding_line
from db.commands.logbook import note
from db.commands.plan import place_sheet
from db.engine import reading, writing
from db.errors import Refused
from db.journal import acting
from db.models import ActionSheet, Initiative, Involvement, LogbookNote, Organisation, OrganisationAlias, PersonDetail
from db.models.base import now_utc
from db.portable import packing
from db.rules.access import Role
from db.rules.vocabulary import InvolvementRole
from db.viewer import Viewer
from tests.builders import Plan, a_plan, plan_in
from tests.conftest import ON, Databases, viewer_in
from tests.portable.carrying import adopted, histories, packed, parcel_of, sheets_of


def led(engine: Engine, viewer: Viewer, plan: Plan, *names: str) -> None:
    with writing(engine) as session:
        for name in names:
            who = find_or_create_organisation(session, viewer, name, initiative_id=plan.initiative_id).id
            involve(session, viewer, role=InvolvementRole.PARTNER, organisation_id=who, sheet_id=plan.sheets["1.1"])


def names_of(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Organisation.name).order_by(Organisation.sort_key)))


def test_structures_of_the_same_name_are_the_same(engine: Engine, databases: Databases, viewer: Viewer) -> None:
    source = databases.copy("sqlite")
    led(source, viewer, plan_in(source, viewer, code="un"), "CCAS d'Apt", "Hôpital de Sault")
    led(engine, viewer, plan_in(engine, viewer, code="deux"), "ccas d'apt", "Mutualité")
    before = histories(engine, 1)
    done = adopted(engine, parcel_of(source, "un"))
    assert names_of(engine) == ["ccas d'apt", "Hôpital de Sault", "Mutualité"]
    assert check.problems(engine) == []
    with reading(engine) as session:
        (sheet, _), *_ = sheets_of(engine, done.initiative_id).values()
        parts = select(Organisation.name).join(Involvement, Involvement.organisation_id == Organisation.id)
        assert set(session.scalars(parts.where(Involvement.sheet_id == sheet))) == {"ccas d'apt", "Hôpital de Sault"}
    assert histories(engine, 1) == before
    told = str(histories(engine, done.initiative_id)["1.1"])
    assert "Hôpital de Sault" in told
    assert "ccas d'apt" in told  # by the name that it has here


def test_another_name_that_somebody_bears_here_is_left(databases: Databases, viewer: Viewer) -> None:
    source, there = databases.copy("sqlite"), databases.copy("sqlite")
    plan = plan_in(source, viewer, code="un")
    led(source, viewer, plan, "Centre hospitalier")
    with writing(source) as session:
        whole = find_or_create_organisation(session, viewer, "Centre hospitalier").id
        add_alias(session, viewer, organisation_id=whole, label="L'hôpital", initiative_id=plan.initiative_id)
    led(there, viewer, plan_in(there, viewer, code="deux"), "L'hôpital")
    adopted(there, parcel_of(source, "un"))
    with reading(there) as session:
        rows = select(OrganisationAlias.label, Organisation.name).join(Organisation)
        assert set(map(tuple, session.execute(rows))) == {
            ("Centre hospitalier", "Centre hospitalier"),
            ("L'hôpital", "L'hôpital"),
        }
    assert check.problems(there) == []


def two_plans(engine: Engine, viewer: Viewer) -> tuple[Plan, Plan]:
    """Two plans that lend each other their first fiche, each with its own lines on it."""
    with writing(engine) as session:
        one = a_plan(session, viewer, name="Un contrat", code="un")
        two = a_plan(session, viewer, name="Un autre contrat", code="deux")
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=two.sheets["1.1"], initiative_id=one.initiative_id, code="9.1")
        place_sheet(session, viewer, sheet_id=one.sheets["1.1"], initiative_id=two.initiative_id, code="9.1")
        funder = find_or_create_organisation(session, viewer, "Financeur des deux").id
        for plan in (one, two):
            add_funding_line(session, viewer, sheet_id=plan.sheets["1.1"], funder_id=funder, year=2026)
            note(session, viewer, initiative_id=one.initiative_id, text="x", noted_on=ON, sheet_id=plan.sheets["1.1"])
    return one, two


def test_a_fiche_that_is_another_s_stays_and_is_said_to(databases: Databases, viewer: Viewer) -> None:
    source, there = databases.copy("sqlite"), databases.copy("sqlite")
    two_plans(source, viewer)
    held = packed(source, "un").held
    assert held.remarks == (
        "La fiche « Fiche 1.1 », reprise de « Un autre contrat », n'est pas emportée : "
        "elle appartient à cette démarche.",
        "Une fiche est aussi reprise par d'autres démarches ; celles-ci ne les reprennent pas dans l'archive.",
    )
    assert (held.count("action_sheet"), held.count("placement"), held.count("funding_line")) == (2, 2, 1)
    adopted(there, parcel_of(source, "un"))
    assert check.problems(there) == []
    with reading(there) as session:
        assert session.scalar(select(func.count(ActionSheet.id))) == 2
        notes = [row.sheet_id is None for row in session.scalars(select(LogbookNote).order_by(LogbookNote.id))]
        assert notes == [False, True]  # what was noted of the fiche that stayed is kept, of no fiche


def test_nothing_of_another_demarche_is_in_the_archive(databases: Databases, viewer: Viewer) -> None:
    source = databases.copy("sqlite")
    _, two = two_plans(source, viewer)
    led(source, viewer, two, "Structure de l'autre seul")
    text = str(parcel_of(source, "un"))
    assert "Structure de l'autre seul" not in text
    assert text.count("Un autre contrat") == 1  # in the sentence that says what stays


def test_the_details_of_who_has_no_part_any_more_stay(databases: Databases, viewer: Viewer) -> None:
    source = databases.copy("sqlite")
    plan = plan_in(source, viewer, code="un")
    with writing(source) as session:
        for name in ("Restée Exemple", "Partie Exemple"):
            person = add_person(session, viewer, function="Directrice", name=name, on=ON)
            part = involve(
                session, viewer, role=InvolvementRole.LEAD_CONTACT, person_id=person.id, sheet_id=plan.sheets["1.1"]
            )
            if name.startswith("Partie"):
                with acting(session, viewer.actor_id, "x", "Retrait", plan.initiative_id):
                    part.archived_at = now_utc()
                    session.flush()
    parcel = parcel_of(source, "un")
    assert [row["name"] for row in parcel.rows["person_detail"]] == ["Restée Exemple"]
    assert "Partie Exemple" not in str(parcel.rows)
    there = databases.copy("sqlite")
    adopted(there, parcel)
    with reading(there) as session:
        assert session.scalars(select(PersonDetail.name)).all() == ["Restée Exemple"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_who_administers_all_carries_and_takes_in(sqlite_engine: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(sqlite_engine, viewer, code="un")
    parcel = parcel_of(sqlite_engine, "un")
    held = [((where, role),) for where in (None, plan.initiative_id)]
    held.append(((plan.initiative_id, Role.ADMINISTRATOR),))
    for roles in held:
        someone = Viewer(viewer_in(sqlite_engine).actor_id, roles)
        with reading(sqlite_engine) as session:
            with pytest.raises(Refused):
                packing.pack(session, someone, "un")
            with pytest.raises(Refused):
                welcome(session, someone, parcel)
        with pytest.raises(Refused), writing(sqlite_engine) as session:
            adopt_initiative(session, someone, parcel=parcel)
    with reading(sqlite_engine) as session:
        assert session.scalar(select(func.count(Initiative.id))) == 1
