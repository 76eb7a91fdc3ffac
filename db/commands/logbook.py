"""The carnet de bord and its reminders: the coordination's own words, which the labels of its acts never repeat."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, words, writable
from db.commands.editing.groups import Desk, fuzzy
from db.commands.editing.trees import STEP_LENGTH, within
from db.commands.series import declare_weather
from db.commands.sheets import add_milestone
from db.errors import Conflict, Invalid
from db.journal import acting
from db.models import ActionSheet, LogbookNote, Organisation, Placement, Reminder
from db.models.base import now_utc
from db.rights import Operation
from db.rules.dates import first_day
from db.rules.forms import Clash
from db.rules.logbook import WeatherPart
from db.rules.reading import Cell
from db.rules.vocabulary import NoteUse, Weather
from db.viewer import Viewer, require

LINE = 2000
WHAT = "La ligne du carnet"


def note(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    text: str,
    noted_on: Cell,
    sheet_id: int | None = None,
    organisation_id: int | None = None,
) -> LogbookNote:
    """Write a line, about a sheet of the plan, a structure, both or neither. `noted_on` is a day, or one typed."""
    require(viewer, Operation.WRITE, initiative_id)
    written, day = words(text, WHAT, LINE), _day(noted_on, "Le jour de la ligne")
    _check_about(session, initiative_id, sheet_id, organisation_id)
    with acting(session, viewer.actor_id, "note", "Ligne notée au carnet de bord", initiative_id):
        row = LogbookNote(
            initiative_id=initiative_id,
            sheet_id=sheet_id,
            organisation_id=organisation_id,
            text=written,
            noted_on=day,
            actor_id=viewer.actor_id,
        )
        session.add(row)
        session.flush()
    return row


def rewrite_note(
    session: Session, viewer: Viewer, *, note_id: int, text: str, noted_on: Cell, was: str | None = None
) -> LogbookNote:
    """Write a line anew. `was` is the text it held when the form was opened.

    Raises Conflict with both texts when somebody wrote another one meanwhile; nothing is written.
    """
    row = _note(session, viewer, note_id)
    written, day = words(text, WHAT, LINE), _day(noted_on, "Le jour de la ligne")
    if was is not None and row.text not in (was, written):
        raise Conflict(
            "Cette ligne a été réécrite pendant que vous écriviez. Rien n'a été écrasé, ce que vous avez tapé est "
            "gardé : choisissez ci-dessous le texte à garder, puis enregistrez.",
            clashes=(Clash("text", "Texte", was, row.text, written, None, None),),
        )
    with acting(session, viewer.actor_id, "rewrite_note", "Ligne du carnet réécrite", row.initiative_id):
        row.text, row.noted_on = written, day
        session.flush()
    return row


def attach_note(
    session: Session,
    viewer: Viewer,
    *,
    note_id: int,
    sheet_id: int | None = None,
    organisation_id: int | None = None,
) -> LogbookNote:
    """Say anew what a line is about: a sheet of the plan, a structure, both, or neither."""
    row = _note(session, viewer, note_id)
    _check_about(session, row.initiative_id, sheet_id, organisation_id)
    with acting(session, viewer.actor_id, "attach_note", "Ligne du carnet rattachée", row.initiative_id):
        row.sheet_id, row.organisation_id = sheet_id, organisation_id
        session.flush()
    return row


def remove_note(session: Session, viewer: Viewer, *, note_id: int) -> None:
    """Take a line out of the carnet. What it became stays."""
    row = _note(session, viewer, note_id)
    with acting(session, viewer.actor_id, "remove_note", "Ligne du carnet retirée", row.initiative_id):
        row.archived_at = now_utc()
        session.flush()


def note_to_weather(
    session: Session,
    viewer: Viewer,
    *,
    note_id: int,
    part: WeatherPart | None,
    text: str,
    on: Cell,
    weather: Weather | None = None,
) -> LogbookNote:
    """Make of a line the météo of its sheet, the text in the part chosen; in preparation, like any other."""
    row = _note(session, viewer, note_id)
    sheet_id = _sheet_of(row)
    if part is None:
        raise Invalid("Choisissez où écrire ce texte : déjà fait, à faire, freins ou à valoriser.")
    day = _day(on, "La date de la météo")
    told = {part.value: words(text, f"« {part.label_fr} »", LINE)}

    def declare() -> None:
        declare_weather(session, viewer, sheet_id=sheet_id, on=day, weather=weather, **told)

    return _become(session, viewer, row, NoteUse.WEATHER, "Météo déclarée depuis le carnet de bord", declare)


def note_to_milestone(session: Session, viewer: Viewer, *, note_id: int, label: str, due: Cell = None) -> LogbookNote:
    """Make of a line an étape of its sheet; `due` is typed as anywhere (« mars 2026 »), or left empty."""
    row = _note(session, viewer, note_id)
    sheet_id = _sheet_of(row)
    home = writable(session, viewer, sheet_id)
    named = words(label, "Le nom de l'étape", STEP_LENGTH)
    typed = fuzzy(due, "L'échéance de l'étape", end=True)
    if typed is not None:
        within(Desk(session, viewer, home, typed.day), sheet_id, named, typed)

    def add() -> None:
        add_milestone(
            session,
            viewer,
            sheet_id=sheet_id,
            label=named,
            due_on=typed.day if typed else None,
            due_precision=typed.precision if typed else None,
        )

    return _become(session, viewer, row, NoteUse.MILESTONE, "Étape ajoutée depuis le carnet de bord", add)


def note_to_reminder(session: Session, viewer: Viewer, *, note_id: int, text: str, due: Cell) -> LogbookNote:
    """Make of a line a reminder on a day, about what the line is about."""
    row = _note(session, viewer, note_id)
    reminder = _reminder(viewer, row.initiative_id, text, due, row.sheet_id, row.organisation_id)
    reminder.note_id = row.id
    return _become(
        session,
        viewer,
        row,
        NoteUse.REMINDER,
        "Rappel mis depuis le carnet de bord",
        lambda: session.add(reminder),
    )


def add_reminder(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    text: str,
    due: Cell,
    sheet_id: int | None = None,
    organisation_id: int | None = None,
) -> Reminder:
    """Ask to be told of something on a day, about a sheet of the plan, a structure, both or neither."""
    require(viewer, Operation.WRITE, initiative_id)
    row = _reminder(viewer, initiative_id, text, due, sheet_id, organisation_id)
    _check_about(session, initiative_id, sheet_id, organisation_id)
    with acting(session, viewer.actor_id, "add_reminder", "Rappel mis", initiative_id):
        session.add(row)
        session.flush()
    return row


def move_reminder(session: Session, viewer: Viewer, *, reminder_id: int, due: Cell) -> Reminder:
    """Put a reminder on another day; one that was done is open again."""
    row = _found_reminder(session, viewer, reminder_id)
    day = _day(due, "Le jour du rappel")
    with acting(session, viewer.actor_id, "move_reminder", "Rappel déplacé", row.initiative_id):
        row.due_on, row.done_on = day, None
        session.flush()
    return row


def close_reminder(session: Session, viewer: Viewer, *, reminder_id: int, on: date) -> Reminder:
    """Note that what a reminder asked was done on that day; twice is once."""
    row = _found_reminder(session, viewer, reminder_id)
    if row.done_on is not None:
        return row
    with acting(session, viewer.actor_id, "close_reminder", "Rappel fait", row.initiative_id):
        row.done_on = on
        session.flush()
    return row


def _note(session: Session, viewer: Viewer, note_id: int) -> LogbookNote:
    row = found(session, LogbookNote, note_id)
    require(viewer, Operation.WRITE, row.initiative_id)
    return row


def _found_reminder(session: Session, viewer: Viewer, reminder_id: int) -> Reminder:
    row = found(session, Reminder, reminder_id)
    require(viewer, Operation.WRITE, row.initiative_id)
    return row


def _sheet_of(row: LogbookNote) -> int:
    if row.sheet_id is None:
        raise Invalid("Cette ligne n'est rattachée à aucune fiche : rattachez-la d'abord à celle qu'elle concerne.")
    return row.sheet_id


def _check_about(session: Session, initiative_id: int, sheet_id: int | None, organisation_id: int | None) -> None:
    """`Invalid` when the sheet is not in this plan; `Refused` when the structure does not exist."""
    if sheet_id is not None:
        there = (
            select(Placement.id)
            .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
            .where(Placement.sheet_id == sheet_id, Placement.initiative_id == initiative_id)
            .where(Placement.archived_at.is_(None), ActionSheet.archived_at.is_(None))
        )
        if session.scalars(there).first() is None:
            raise Invalid("Cette fiche n'est pas, ou n'est plus, dans ce plan : choisissez-en une de celui-ci.")
    if organisation_id is not None:
        found(session, Organisation, organisation_id)


def _day(typed: Cell, what: str) -> date:
    """The day typed, the first of the period when it is one (« mars 2026 »); `Invalid` when it cannot be read."""
    read = fuzzy(typed, what)
    if read is None:
        raise Invalid(f"{what} manque : écrivez par exemple 15/11/2026.")
    return first_day(read)


def _reminder(
    viewer: Viewer, initiative_id: int, text: str, due: Cell, sheet_id: int | None, organisation_id: int | None
) -> Reminder:
    return Reminder(
        initiative_id=initiative_id,
        sheet_id=sheet_id,
        organisation_id=organisation_id,
        text=words(text, "Le rappel", LINE),
        due_on=_day(due, "Le jour du rappel"),
        actor_id=viewer.actor_id,
    )


def _become(
    session: Session, viewer: Viewer, row: LogbookNote, use: NoteUse, label: str, write: Callable[[], None]
) -> LogbookNote:
    """Write what a line becomes and mark the line, in one act."""
    with acting(session, viewer.actor_id, f"note_to_{use.value}", label, row.initiative_id):
        write()
        row.became = use
        session.flush()
    return row
