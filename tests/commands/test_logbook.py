"""The carnet de bord: what is noted, what it becomes, what is refused in words."""

from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import logbook
from db.commands.directory import find_or_create_organisation
from db.commands.plan import place_sheet
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Archived, Invalid, Refused
from db.journal import last_act
from db.models import Act, LogbookNote, Milestone, Reminder, WeatherEntry
from db.rules.access import Role
from db.rules.logbook import WeatherPart
from db.rules.vocabulary import DatePrecision, NoteUse, Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

SAID = "La directrice promet une salle avant Noël"


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def noted(session: Session, viewer: Viewer, plan: Plan, **about: int) -> LogbookNote:
    return logbook.note(session, viewer, initiative_id=plan.initiative_id, text=SAID, noted_on=ON, **about)


def test_a_line_is_about_a_sheet_a_structure_both_or_the_demarche(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        who = find_or_create_organisation(session, viewer, "Commune fictive").id
        noted(session, viewer, plan)
        noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        noted(session, viewer, plan, organisation_id=who)
        noted(session, viewer, plan, sheet_id=plan.sheets["1.2"], organisation_id=who)
    with reading(engine) as session:
        rows = session.scalars(select(LogbookNote).order_by(LogbookNote.id)).all()
        assert [(row.sheet_id, row.organisation_id) for row in rows] == [
            (None, None),
            (plan.sheets["1.1"], None),
            (None, who),
            (plan.sheets["1.2"], who),
        ]
        assert {(row.text, row.noted_on, row.actor_id) for row in rows} == {(SAID, ON, viewer.actor_id)}


def test_a_line_pasted_from_elsewhere_is_kept_without_what_nobody_typed(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    pasted = "  Appel de l’ARS 👩‍⚕️\u200b :\u202e رقم\u202c\x07 <b>oui</b>\r\n"
    with writing(engine) as session:
        row = logbook.note(session, viewer, initiative_id=plan.initiative_id, text=pasted, noted_on="1er octobre 2026")
        assert (row.text, row.noted_on) == ("Appel de l’ARS 👩‍⚕️ : رقم <b>oui</b>", ON)


def test_a_line_becomes_a_meteo_of_its_sheet_in_preparation(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.note_to_weather(
            session,
            viewer,
            note_id=row.id,
            part=WeatherPart.HIGHLIGHTS,
            text="Une salle avant Noël",
            day="30/09/2026",
            on=ON,
            weather=Weather.SUNNY,
        )
    with reading(engine) as session:
        entry = session.scalars(select(WeatherEntry)).one()
        assert (entry.sheet_id, entry.on_date, entry.weather) == (plan.sheets["1.1"], date(2026, 9, 30), Weather.SUNNY)
        assert (entry.highlights, entry.done, entry.publication_id) == ("Une salle avant Noël", None, None)
        assert session.scalars(select(LogbookNote.became)).one() is NoteUse.WEATHER


def test_a_line_becomes_a_step_with_a_date_as_precise_as_it_was_typed(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.note_to_milestone(session, viewer, note_id=row.id, label="Salle trouvée", due="mars 2027")
        logbook.note_to_milestone(session, viewer, note_id=row.id, label="Salle ouverte")
    with reading(engine) as session:
        steps = session.scalars(select(Milestone).order_by(Milestone.id)).all()
        assert [(step.label, step.due_on, step.due_precision) for step in steps] == [
            ("Salle trouvée", date(2027, 3, 31), DatePrecision.MONTH),
            ("Salle ouverte", None, None),
        ]


def test_a_line_becomes_a_reminder_about_the_same_things(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.note_to_reminder(session, viewer, note_id=row.id, text="Rappeler la directrice", due="15/10/26")
    with reading(engine) as session:
        reminder = session.scalars(select(Reminder)).one()
        assert (reminder.text, reminder.due_on) == ("Rappeler la directrice", date(2026, 10, 15))
        assert (reminder.note_id, reminder.sheet_id, reminder.done_on) == (row.id, plan.sheets["1.1"], None)
        assert session.scalars(select(LogbookNote.became)).one() is NoteUse.REMINDER


def test_a_reminder_is_moved_done_once_and_opened_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        row = logbook.add_reminder(
            session, viewer, initiative_id=plan.initiative_id, text="Réserver la salle", due="novembre 2026"
        )
        assert row.due_on == date(2026, 11, 1)
        logbook.move_reminder(session, viewer, reminder_id=row.id, due="05/11/2026")
        logbook.close_reminder(session, viewer, reminder_id=row.id, on=ON)
        logbook.close_reminder(session, viewer, reminder_id=row.id, on=date(2026, 12, 1))
        assert (row.due_on, row.done_on) == (date(2026, 11, 5), ON)
        logbook.move_reminder(session, viewer, reminder_id=row.id, due=date(2026, 12, 2))
        assert (row.due_on, row.done_on) == (date(2026, 12, 2), None)


def test_a_line_is_rewritten_attached_elsewhere_and_taken_out(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.rewrite_note(session, viewer, note_id=row.id, text="Deux salles", noted_on="30/09/2026")
        logbook.attach_note(session, viewer, note_id=row.id, sheet_id=plan.sheets["1.2"])
        assert (row.text, row.noted_on, row.sheet_id) == ("Deux salles", date(2026, 9, 30), plan.sheets["1.2"])
        logbook.attach_note(session, viewer, note_id=row.id)
        assert (row.sheet_id, row.organisation_id) == (None, None)
        logbook.remove_note(session, viewer, note_id=row.id)
        assert row.archived_at is not None
        with pytest.raises(Archived):
            logbook.remove_note(session, viewer, note_id=row.id)


@pytest.mark.parametrize(
    "text", ["", "   \u200b ", "a" * 5000], ids=["empty", "nothing that is seen", "five thousand characters"]
)
def test_a_line_that_is_empty_or_endless_is_refused_in_words(sqlite_engine: Engine, viewer: Viewer, text: str) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid, match=r"La ligne du carnet .*(écrivez|raccourcissez)"), writing(sqlite_engine) as s:
        logbook.note(s, viewer, initiative_id=plan.initiative_id, text=text, noted_on=ON)


def test_a_sheet_of_another_plan_is_refused_in_words(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan, other = plan_in(sqlite_engine, viewer, code="ici"), plan_in(sqlite_engine, viewer, code="ailleurs")
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan)
        for act in (
            lambda: noted(session, viewer, plan, sheet_id=other.sheets["1.1"]),
            lambda: logbook.attach_note(session, viewer, note_id=row.id, sheet_id=other.sheets["1.1"]),
            lambda: logbook.add_reminder(
                session,
                viewer,
                initiative_id=plan.initiative_id,
                text="X",
                due=ON,
                sheet_id=other.sheets["1.1"],
            ),
        ):
            with pytest.raises(Invalid, match="Cette fiche n'est pas"):
                act()


@pytest.mark.parametrize("due", ["", None, "bientôt", "31/02/2026", "NC", "2024-2026"])
def test_a_day_that_cannot_be_read_is_refused_in_words(sqlite_engine: Engine, viewer: Viewer, due: str | None) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        with pytest.raises(Invalid, match="Le jour du rappel"):
            logbook.note_to_reminder(session, viewer, note_id=row.id, text="Rappeler", due=due)
        assert row.became is None


def test_a_line_about_no_sheet_becomes_neither_meteo_nor_step(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan)
        with pytest.raises(Invalid, match="rattachée à aucune fiche"):
            logbook.note_to_milestone(session, viewer, note_id=row.id, label="Étape")
        with pytest.raises(Invalid, match="rattachée à aucune fiche"):
            logbook.note_to_weather(session, viewer, note_id=row.id, part=WeatherPart.DONE, text="Fait", day=ON, on=ON)


def test_a_meteo_without_a_place_for_its_text_is_refused_in_words(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        with pytest.raises(Invalid, match="déjà fait, à faire, freins ou à valoriser"):
            logbook.note_to_weather(session, viewer, note_id=row.id, part=None, text="Fait", day=ON, on=ON)


def test_a_meteo_of_a_day_still_to_come_is_refused_in_words_and_of_no_day_is_of_today(
    sqlite_engine: Engine, viewer: Viewer
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    said = {"part": WeatherPart.DONE, "text": "Fait", "on": ON}
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        with pytest.raises(Invalid, match="02/10/2026 n'est pas encore passé"):
            logbook.note_to_weather(session, viewer, note_id=row.id, day="02/10/2026", **said)
        assert row.became is None
        logbook.note_to_weather(session, viewer, note_id=row.id, day=None, **said)
        assert session.scalars(select(WeatherEntry.on_date)).one() == ON


def test_the_labels_of_acts_never_repeat_what_was_noted(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        before = set(session.scalars(select(Act.id)))
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.note_to_milestone(session, viewer, note_id=row.id, label=SAID)
        logbook.note_to_weather(session, viewer, note_id=row.id, part=WeatherPart.DONE, text=SAID, day=ON, on=ON)
        logbook.note_to_reminder(session, viewer, note_id=row.id, text=SAID, due=ON)
        logbook.rewrite_note(session, viewer, note_id=row.id, text=f"{SAID} !", noted_on=ON)
        reminder = logbook.add_reminder(session, viewer, initiative_id=plan.initiative_id, text=SAID, due=ON)
        logbook.move_reminder(session, viewer, reminder_id=reminder.id, due="02/10/2026")
        logbook.close_reminder(session, viewer, reminder_id=reminder.id, on=ON)
        logbook.remove_note(session, viewer, note_id=row.id)
        labels = [label for key, label in session.execute(select(Act.id, Act.label)) if key not in before]
    assert len(labels) == 9
    assert [label for label in labels if "directrice" in label] == []


def test_what_a_line_became_is_taken_back_with_its_mark_in_one_act(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        row = noted(session, viewer, plan, sheet_id=plan.sheets["1.1"])
        logbook.note_to_reminder(session, viewer, note_id=row.id, text="Rappeler", due=ON)
        act = last_act(session)
        assert act is not None
    with writing(engine) as session:
        undo_act(session, viewer, act)
    with reading(engine) as session:
        assert session.scalars(select(Reminder)).all() == []
        assert session.scalars(select(LogbookNote.became)).one() is None


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.EVALUATOR, Role.LEAD])
def test_who_does_not_coordinate_writes_nothing_in_the_carnet(
    sqlite_engine: Engine, viewer: Viewer, role: Role
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    other = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    with writing(sqlite_engine) as session:
        row = noted(session, viewer, plan)
        reminder = logbook.add_reminder(session, viewer, initiative_id=plan.initiative_id, text="X", due=ON)
        for act in (
            lambda: noted(session, other, plan),
            lambda: logbook.rewrite_note(session, other, note_id=row.id, text="X", noted_on=ON),
            lambda: logbook.attach_note(session, other, note_id=row.id),
            lambda: logbook.remove_note(session, other, note_id=row.id),
            lambda: logbook.note_to_reminder(session, other, note_id=row.id, text="X", due=ON),
            lambda: logbook.close_reminder(session, other, reminder_id=reminder.id, on=ON),
            lambda: logbook.move_reminder(session, other, reminder_id=reminder.id, due=ON),
        ):
            with pytest.raises(Refused):
                act()


def test_a_borrowed_sheet_is_noted_about_but_only_its_home_writes_on_it(sqlite_engine: Engine, viewer: Viewer) -> None:
    home, here = plan_in(sqlite_engine, viewer, code="origine"), plan_in(sqlite_engine, viewer, code="reprise")
    sheet_id = home.sheets["1.1"]
    with writing(sqlite_engine) as session:
        place_sheet(session, viewer, sheet_id=sheet_id, initiative_id=here.initiative_id, code="A")
        borrower = Viewer(viewer.actor_id, ((here.initiative_id, Role.COORDINATOR),))
        row = noted(session, borrower, here, sheet_id=sheet_id)
        with pytest.raises(Refused):
            logbook.note_to_milestone(session, borrower, note_id=row.id, label="Étape")
