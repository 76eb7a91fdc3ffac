"""Taking an act back."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.directory import add_alias, add_person, find_or_create_organisation, involve
from db.commands.funding import add_funding_line
from db.commands.plan import add_axis, move_placement, rewrite_sheet
from db.commands.reference import find_or_create_term
from db.commands.series import declare_status, declare_weather
from db.commands.sheets import add_milestone, add_objective, attach_term
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import UNWATCHED, acting
from db.models import (
    Act,
    ActionSheet,
    Axis,
    Base,
    FundingLine,
    Initiative,
    JournalEntry,
    Milestone,
    Organisation,
    OrganisationAlias,
    Person,
    PersonDetail,
    SheetObjective,
    StatusEntry,
    Term,
    WeatherEntry,
)
from db.rules.access import Role
from db.rules.labels import TABLES
from db.rules.vocabulary import InvolvementRole, Status, Vocabulary, Weather
from db.viewer import Viewer
from tests.builders import Plan, a_plan, plan_in
from tests.commands.taking_back import last_act, undo

TODAY = date(2026, 10, 1)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def title_of(engine: Engine, sheet_id: int) -> str:
    with reading(engine) as session:
        return session.get_one(ActionSheet, sheet_id).title


def test_undoing_a_change_writes_back_what_was_there(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre", "means": "Un mi-temps"})
    undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, sheet_id)
        assert (sheet.title, sheet.means) == ("Fiche 1.1", None)


def test_an_undo_is_an_act_of_the_journal_that_names_the_one_it_takes_back(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    done = last_act(engine)
    undoing = undo(engine, viewer, done)
    with reading(engine) as session:
        act = session.get_one(Act, undoing)
        lines = session.scalar(select(func.count()).select_from(JournalEntry).where(JournalEntry.act_id == undoing))
    assert act.undoes_id == done
    assert lines


def test_an_act_is_taken_back_once(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Autre titre"})
    done = last_act(engine)
    undo(engine, viewer, done)
    with pytest.raises(Invalid, match="déjà été annulé"):
        undo(engine, viewer, done)


def test_undoing_the_undo_brings_the_change_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    undoing = undo(engine, viewer, last_act(engine))
    undo(engine, viewer, undoing)
    assert title_of(engine, sheet_id) == "Autre titre"


def test_what_changed_since_is_told_and_nothing_is_written(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    done = last_act(engine)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Encore un autre"})
    with pytest.raises(Conflict) as conflict:
        undo(engine, viewer, done)
    assert any("Encore un autre" in detail for detail in conflict.value.details)
    assert title_of(engine, sheet_id) == "Encore un autre"


def test_another_field_changed_since_does_not_hold_the_undo_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"title": "Autre titre"})
    done = last_act(engine)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"means": "Un mi-temps"})
    undo(engine, viewer, done)
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, sheet_id)
        assert (sheet.title, sheet.means) == ("Fiche 1.1", "Un mi-temps")


def test_a_whole_plan_made_in_one_act_goes_with_its_trees(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        sheet_id = plan.sheets["1.1"]
        general = add_objective(session, viewer, sheet_id=sheet_id, text="Aller vers")
        add_objective(session, viewer, sheet_id=sheet_id, text="Tenir une permanence", parent_id=general.id)
        add_milestone(session, viewer, sheet_id=sheet_id, label="Convention signée")
        declare_status(session, viewer, sheet_id=sheet_id, status=Status.ONGOING, on=TODAY)
        act_id = act.id
    undo(engine, viewer, act_id)
    with reading(engine) as session:
        for table in (Initiative, Axis, ActionSheet, SheetObjective, Milestone, StatusEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__


def test_what_others_built_on_an_act_holds_its_undo_back(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        act_id = act.id
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Ajoutée ensuite")
    with pytest.raises(Conflict) as conflict:
        undo(engine, viewer, act_id)
    (told,) = conflict.value.details
    assert told.startswith("Étape « Ajoutée ensuite » (fiche « Fiche 1.1 ») : s'y rattache depuis, par ")
    assert title_of(engine, plan.sheets["1.1"]) == "Fiche 1.1"


def test_a_move_under_an_axis_made_by_the_same_act_is_undone_whole(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    placement_id = plan.placements["1.1"]
    with writing(engine) as session, acting(session, viewer.actor_id, "move", "Nouvel axe", plan.initiative_id) as act:
        axis = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Un autre axe", code="2")
        move_placement(session, viewer, placement_id=placement_id, axis_id=axis.id, code="2.1")
        act_id = act.id
    undo(engine, viewer, act_id)
    with reading(engine) as session:
        titles = set(session.scalars(select(Axis.title).where(Axis.initiative_id == plan.initiative_id)))
    assert "Un autre axe" not in titles


def test_who_may_not_write_cannot_take_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    signatory = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused):
        undo(engine, signatory, last_act(engine))
    assert title_of(engine, plan.sheets["1.1"]) == "Fiche 1.1"


def test_trees_that_were_removed_come_back_in_order(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        parent_id = None
        for text in ("Réduire", "Aller vers", "Tenir une permanence"):
            parent_id = add_objective(session, viewer, sheet_id=plan.sheets["1.1"], text=text, parent_id=parent_id).id
        act_id = act.id
    undo(engine, viewer, undo(engine, viewer, act_id))
    with reading(engine) as session:
        parents = {row.text: row.parent_id for row in session.scalars(select(SheetObjective))}
        assert parents["Réduire"] is None
        assert all(parents[text] for text in ("Aller vers", "Tenir une permanence"))
        assert session.get_one(Axis, plan.objective_id).parent_id == plan.axis_id


# Personal details: the journal has digests, which are not written back.


def contact(session: Session, viewer: Viewer) -> int:
    return add_person(session, viewer, function="Animation", name="Camille Exemple", phone="0102030405", on=TODAY).id


def test_erased_details_cannot_be_taken_back(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        person_id = contact(session, viewer)
    with writing(engine) as session, acting(session, viewer.actor_id, "erase", "Effacement"):
        session.delete(session.get_one(PersonDetail, person_id))
    with pytest.raises(Conflict, match="données personnelles"):
        undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        assert session.get(PersonDetail, person_id) is None


def test_corrected_details_cannot_be_taken_back(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        person_id = contact(session, viewer)
    with writing(engine) as session, acting(session, viewer.actor_id, "correct", "Correction"):
        detail = session.get_one(PersonDetail, person_id)
        detail.phone, detail.recorded_on = "0605040302", date(2026, 10, 2)
    with pytest.raises(Conflict, match="données personnelles"):
        undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        detail = session.get_one(PersonDetail, person_id)
        assert (detail.phone, detail.recorded_on) == ("0605040302", date(2026, 10, 2))


@pytest.mark.parametrize("is_erased", [False, True])
def test_an_added_contact_is_taken_back_even_when_its_details_were_erased_since(
    engine: Engine, viewer: Viewer, is_erased: bool
) -> None:
    with writing(engine) as session:
        person_id = contact(session, viewer)
    added = last_act(engine)
    if is_erased:
        with writing(engine) as session, acting(session, viewer.actor_id, "erase", "Effacement"):
            session.delete(session.get_one(PersonDetail, person_id))
    undo(engine, viewer, added)
    with reading(engine) as session:
        assert session.get(Person, person_id) is None
        assert session.get(PersonDetail, person_id) is None


def test_a_contact_comes_back_by_its_function_alone_and_the_act_says_so(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        person_id = contact(session, viewer)
    undoing = undo(engine, viewer, last_act(engine))
    again = undo(engine, viewer, undoing)
    with reading(engine) as session:
        assert session.get_one(Person, person_id).function == "Animation"
        assert session.get(PersonDetail, person_id) is None
        assert session.get_one(Act, again).label.endswith("(hors données personnelles)")


def test_undoing_a_change_of_weather_leaves_its_signature(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        entry = declare_weather(
            session, viewer, sheet_id=plan.sheets["1.1"], on=TODAY, weather=Weather.SUNNY, signed_by="Camille"
        )
    with writing(engine) as session, acting(session, viewer.actor_id, "correct", "Correction", plan.initiative_id):
        row = session.get_one(WeatherEntry, entry.id)
        row.signed_by, row.done = "Dominique", "Salle trouvée"
    undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        row = session.get_one(WeatherEntry, entry.id)
        assert (row.signed_by, row.done) == ("Dominique", None)


def test_a_weather_that_was_removed_comes_back_unsigned(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        entry = declare_weather(
            session, viewer, sheet_id=plan.sheets["1.1"], on=TODAY, weather=Weather.SUNNY, signed_by="Camille"
        )
    undo(engine, viewer, undo(engine, viewer, last_act(engine)))
    with reading(engine) as session:
        row = session.get_one(WeatherEntry, entry.id)
        assert (row.weather, row.signed_by) == (Weather.SUNNY, None)


# The common directory: what others use stays.


@dataclass(frozen=True, slots=True)
class Import:
    """A plan, a structure (with another name), its contact, a word: made in one act."""

    act_id: int
    plan: Plan
    organisation_id: int
    person_id: int
    term_id: int


@pytest.fixture
def imported(engine: Engine, viewer: Viewer) -> Import:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import d'essai") as act:
        plan = a_plan(session, viewer)
        sheet_id, initiative_id = plan.sheets["1.1"], plan.initiative_id
        made = find_or_create_organisation(session, viewer, "Maison d'essai", initiative_id=initiative_id)
        add_alias(session, viewer, organisation_id=made.id, label="MDE", initiative_id=initiative_id)
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=made.id, sheet_id=sheet_id)
        person = add_person(
            session, viewer, function="Direction", name="Camille Exemple", on=TODAY, organisation_id=made.id
        )
        involve(session, viewer, role=InvolvementRole.LEAD_CONTACT, person_id=person.id, sheet_id=sheet_id)
        term = find_or_create_term(
            session, viewer, vocabulary=Vocabulary.TARGET_GROUP, label="Marins", initiative_id=initiative_id
        )
        attach_term(session, viewer, sheet_id=sheet_id, term_id=term.id)
        return Import(act.id, plan, made.id, person.id, term.id)


def left(engine: Engine, done: Import) -> dict[str, bool]:
    """What is left of what the import added to the directory."""
    with reading(engine) as session:
        aliases = select(func.count(OrganisationAlias.id)).where(
            OrganisationAlias.organisation_id == done.organisation_id
        )
        assert session.get(Initiative, done.plan.initiative_id) is None
        return {
            "organisation": session.get(Organisation, done.organisation_id) is not None,
            "names": session.scalar(aliases) == 2,
            "person": session.get(Person, done.person_id) is not None,
            "detail": session.get(PersonDetail, done.person_id) is not None,
            "term": session.get(Term, done.term_id) is not None,
        }


def kept(*names: str) -> dict[str, bool]:
    return {name: name in names for name in ("organisation", "names", "person", "detail", "term")}


def test_what_nobody_else_uses_leaves_the_directory_with_the_import(
    engine: Engine, viewer: Viewer, imported: Import
) -> None:
    undo(engine, viewer, imported.act_id)
    assert left(engine, imported) == kept()


def test_a_structure_that_another_plan_uses_stays_with_its_names(
    engine: Engine, viewer: Viewer, plan: Plan, imported: Import
) -> None:
    with writing(engine) as session:
        line = add_funding_line(
            session, viewer, sheet_id=plan.sheets["1.1"], funder_id=imported.organisation_id, year=2026
        )
    undo(engine, viewer, imported.act_id)
    assert left(engine, imported) == kept("organisation", "names")
    with reading(engine) as session:
        assert session.get_one(FundingLine, line.id).funder_id == imported.organisation_id


def test_a_contact_that_another_plan_uses_stays_with_its_structure(
    engine: Engine, viewer: Viewer, plan: Plan, imported: Import
) -> None:
    with writing(engine) as session:
        role = InvolvementRole.LEAD_CONTACT
        involve(session, viewer, role=role, person_id=imported.person_id, sheet_id=plan.sheets["1.1"])
    undo(engine, viewer, imported.act_id)
    assert left(engine, imported) == kept("organisation", "names", "person", "detail")


def test_a_word_that_another_plan_uses_stays(engine: Engine, viewer: Viewer, plan: Plan, imported: Import) -> None:
    with writing(engine) as session:
        attach_term(session, viewer, sheet_id=plan.sheets["1.1"], term_id=imported.term_id)
    undo(engine, viewer, imported.act_id)
    assert left(engine, imported) == kept("term")


def test_a_contact_mended_since_stays_and_holds_nothing_back(engine: Engine, viewer: Viewer, imported: Import) -> None:
    with writing(engine) as session, acting(session, viewer.actor_id, "correct", "Correction"):
        session.get_one(PersonDetail, imported.person_id).phone = "0605040302"
    undo(engine, viewer, imported.act_id)
    assert left(engine, imported) == kept("organisation", "names", "person", "detail")


def test_an_import_kept_in_part_can_be_brought_back(
    engine: Engine, viewer: Viewer, plan: Plan, imported: Import
) -> None:
    with writing(engine) as session:
        attach_term(session, viewer, sheet_id=plan.sheets["1.1"], term_id=imported.term_id)
    undo(engine, viewer, undo(engine, viewer, imported.act_id))
    assert title_of(engine, imported.plan.sheets["1.1"]) == "Fiche 1.1"
    with reading(engine) as session:
        assert session.get(Organisation, imported.organisation_id) is not None


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables) - UNWATCHED))
def test_every_table_that_a_refusal_may_name_has_its_french_name(table: str) -> None:
    assert TABLES[table]
