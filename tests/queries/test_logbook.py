"""The carnet is private to the coordination: what each reader is told of it, wherever it might show."""

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from db.commands import logbook as commands
from db.commands.directory import find_or_create_organisation
from db.commands.plan import place_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.exchange.export import plan_workbook
from db.journal import acting
from db.models import ActionSheet
from db.models.base import now_utc
from db.queries import logbook
from db.queries.acts import past_acts
from db.queries.history import sheet_history
from db.queries.overview import overview
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.rules.access import Role
from db.rules.logbook import About
from db.rules.vocabulary import NoteUse
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.conftest import ON

SECRET = "La directrice hésite"


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    """A plan of which fiche 1.1 has a line, a reminder to come and one that was done."""
    made = plan_in(engine, viewer)
    about = {"sheet_id": made.sheets["1.1"]}
    with writing(engine) as session:
        first = commands.note(
            session, viewer, initiative_id=made.initiative_id, text=SECRET, noted_on=date(2026, 9, 1), **about
        )
        commands.note(session, viewer, initiative_id=made.initiative_id, text="Plus tard", noted_on=ON)
        commands.note_to_reminder(session, viewer, note_id=first.id, text=SECRET, due="15/10/2026")
        done = commands.add_reminder(
            session, viewer, initiative_id=made.initiative_id, text="Fait", due="01/09/2026", **about
        )
        commands.close_reminder(session, viewer, reminder_id=done.id, on=ON)
        publish_point(session, viewer, initiative_id=made.initiative_id, name="Point", as_of=ON)
    return made


def test_who_coordinates_reads_the_lines_newest_first_with_what_they_are_about(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with reading(engine) as session:
        newest, oldest = logbook.notes(session, viewer, plan.initiative_id, ON)
    assert (newest.text, newest.became, newest.about) == ("Plus tard", None, About())
    assert (oldest.text, oldest.became, oldest.is_mine) == (SECRET, NoteUse.REMINDER, True)
    assert oldest.about == About(plan.sheets["1.1"], "1.1 Fiche 1.1", plan.placements["1.1"], is_writable=True)


def test_open_reminders_come_first_the_next_one_before_the_others(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with reading(engine) as session:
        told = logbook.reminders(session, viewer, plan.initiative_id, ON)
    assert [(line.text, line.due_on, line.done_on) for line in told] == [
        (SECRET, date(2026, 10, 15), None),
        ("Fait", date(2026, 9, 1), ON),
    ]


def test_a_fiche_tells_its_last_lines_and_what_it_still_has_to_be_reminded_of(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        for number in range(6):
            commands.note(
                session,
                viewer,
                initiative_id=plan.initiative_id,
                text=f"Ligne {number}",
                noted_on=ON,
                sheet_id=plan.sheets["1.1"],
            )
    with reading(engine) as session:
        told = logbook.of_sheet(session, viewer, plan.initiative_id, ON, plan.sheets["1.1"])
        other = logbook.of_sheet(session, viewer, plan.initiative_id, ON, plan.sheets["1.2"])
    assert told is not None and other is not None
    assert [line.text for line in told.notes] == [f"Ligne {number}" for number in (5, 4, 3, 2, 1)]
    assert (told.total, [line.text for line in told.reminders]) == (7, [SECRET])
    assert (other.total, other.notes, other.reminders) == (0, (), ())


def test_the_lines_of_a_colleague_bear_their_name(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    camille = colleague(engine)
    with reading(engine) as session:
        told = logbook.notes(session, camille, plan.initiative_id, ON)
    assert {line.is_mine for line in told} == {False}
    assert {line.author for line in told} == {"La coordination (ce poste)"}


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.EVALUATOR])
def test_nobody_else_is_told_anything_of_the_carnet(engine: Engine, viewer: Viewer, plan: Plan, role: Role) -> None:
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    for who in (reader, viewer.as_reader()):
        with reading(engine) as session:
            asked = (session, who, plan.initiative_id, ON)
            assert logbook.notes(*asked) == ()
            assert logbook.reminders(*asked) == ()
            assert logbook.structures(*asked) == ()
            assert logbook.of_sheet(*asked, plan.sheets["1.1"]) is None


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.EVALUATOR])
def test_a_line_is_in_no_history_no_export_and_nothing_that_is_published(
    engine: Engine, viewer: Viewer, plan: Plan, role: Role
) -> None:
    who = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    key, sheet = plan.initiative_id, plan.sheets["1.1"]
    with reading(engine) as session:
        told = [
            sheet_history(session, who, key, ON, sheet),
            past_acts(session, who, key, ON),
            plan_state(session, who, key, ON),
            overview(session, who, key, ON),
            sheet_detail(session, who, key, ON, plan.placements["1.1"]),
        ]
        book = CalamineWorkbook.from_filelike(io.BytesIO(plan_workbook(session, who, key, ON)))
    cells = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert SECRET not in repr(told)
    assert SECRET not in repr(cells)


def test_a_fiche_that_two_plans_share_tells_each_its_own_carnet(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer, code="reprise")
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=plan.sheets["1.1"], initiative_id=other.initiative_id, code="A")
        borrower = Viewer(viewer.actor_id, ((other.initiative_id, Role.COORDINATOR),))
        commands.note(
            session,
            borrower,
            initiative_id=other.initiative_id,
            text="Vu d'ici",
            noted_on=ON,
            sheet_id=plan.sheets["1.1"],
        )
    with reading(engine) as session:
        told = logbook.of_sheet(session, borrower, other.initiative_id, ON, plan.sheets["1.1"])
        (line,) = logbook.notes(session, borrower, other.initiative_id, ON)
    assert told is not None
    assert ([note.text for note in told.notes], told.reminders) == (["Vu d'ici"], ())
    assert (line.about.sheet, line.about.is_writable) == ("A Fiche 1.1", False)


def test_a_line_about_a_fiche_that_left_the_plan_still_says_its_title(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    other = plan_in(engine, viewer, code="reprise")
    with writing(engine) as session:
        place = place_sheet(session, viewer, sheet_id=plan.sheets["1.2"], initiative_id=other.initiative_id, code="A")
        commands.note(
            session, viewer, initiative_id=other.initiative_id, text="X", noted_on=ON, sheet_id=plan.sheets["1.2"]
        )
        with acting(session, viewer.actor_id, "test", "Retrait", other.initiative_id):
            place.archived_at = now_utc()
            session.flush()
    with reading(engine) as session:
        (line,) = logbook.notes(session, viewer, other.initiative_id, ON)
        assert session.get_one(ActionSheet, plan.sheets["1.2"]).archived_at is None
    assert (line.about.sheet, line.about.placement_id) == ("Fiche 1.2", None)


def test_the_structures_offered_are_those_of_the_plan_and_of_its_carnet(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        find_or_create_organisation(session, viewer, "Étrangère au plan")
        met = find_or_create_organisation(session, viewer, "Au téléphone")
        commands.note(session, viewer, initiative_id=plan.initiative_id, text="X", noted_on=ON, organisation_id=met.id)
    with reading(engine) as session:
        told = logbook.structures(session, viewer, plan.initiative_id, ON)
    assert [(who.id, who.label) for who in told] == [(met.id, "Au téléphone")]
