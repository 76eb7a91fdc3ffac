"""The carnet de bord and its reminders: the coordination's own words, which the labels of its acts never repeat."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from db.commands.common import found, last_hand, words, writable
from db.commands.editing.groups import Desk, Values, fuzzy, same, written_date
from db.commands.editing.news import day_of
from db.commands.editing.trees import STEP_LENGTH, within
from db.commands.series import declare_weather
from db.commands.sheets import add_milestone, refuse_removed
from db.commands.tree import conflict
from db.errors import Invalid
from db.journal import acting
from db.models import ActionSheet, LogbookNote, Organisation, Placement, Reminder
from db.models.base import now_utc
from db.rights import Operation
from db.rules.dates import first_day
from db.rules.forms import Clash, Written
from db.rules.logbook import WeatherPart
from db.rules.reading import Cell
from db.rules.vocabulary import DatePrecision, NoteUse, Weather
from db.viewer import Viewer, require

LINE = 2000
WHAT = "La ligne du carnet"
REMOVED = (
    "Rien n'a été écrit ; ce qui était tapé reste en brouillon. Pour la reprendre, annulez ce retrait dans « Derniers "
    "actes »."
)
FIELDS = {"text": "Texte", "noted_on": "Jour", "sheet": "Fiche", "organisation": "Structure"}
"""What the forms of a line call its fields."""
COLUMNS = {"text": "text", "noted_on": "noted_on", "sheet": "sheet_id", "organisation": "organisation_id"}


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
    session: Session, viewer: Viewer, *, note_id: int, text: str, noted_on: Cell, was: Values | None = None
) -> LogbookNote:
    """Write a line anew. `was` is what its form held when it was opened: what the form leaves as it was stays as it is.

    Raises Conflict with both values of each field that somebody else wrote meanwhile; nothing is written.
    """
    row = _note(session, viewer, note_id)
    written, day = words(text, WHAT, LINE), _day(noted_on, "Le jour de la ligne")
    changed = _changed(session, row, {"text": written, "noted_on": written_date(day, DatePrecision.DAY)}, was)
    with acting(session, viewer.actor_id, "rewrite_note", "Ligne du carnet réécrite", row.initiative_id):
        row.text = written if "text" in changed else row.text
        row.noted_on = day if "noted_on" in changed else row.noted_on
        session.flush()
    return row


def attach_note(
    session: Session,
    viewer: Viewer,
    *,
    note_id: int,
    sheet_id: int | None = None,
    organisation_id: int | None = None,
    was: Values | None = None,
) -> LogbookNote:
    """Say anew what a line is about: a sheet of the plan, a structure, both, or neither. `was` is what the form held,
    by their names, as for `rewrite_note`. Raises Conflict like it."""
    row = _note(session, viewer, note_id)
    changed = _changed(session, row, _about(session, row.initiative_id, sheet_id, organisation_id), was)
    _check_about(
        session,
        row.initiative_id,
        sheet_id if "sheet" in changed else None,
        organisation_id if "organisation" in changed else None,
    )
    with acting(session, viewer.actor_id, "attach_note", "Ligne du carnet rattachée", row.initiative_id):
        row.sheet_id = sheet_id if "sheet" in changed else row.sheet_id
        row.organisation_id = organisation_id if "organisation" in changed else row.organisation_id
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
    day: Cell,
    on: date,
    weather: Weather | None = None,
) -> LogbookNote:
    """Make of a line the météo of its sheet, the text in the part chosen; in preparation, like any other.

    `day` is the day typed, today (`on`) when none is; Invalid when it is still to come.
    """
    row = _note(session, viewer, note_id)
    sheet_id = _sheet_of(row)
    home = writable(session, viewer, sheet_id)
    if part is None:
        raise Invalid("Choisissez où écrire ce texte : déjà fait, à faire, freins ou à valoriser.")
    said_on = day_of(Desk(session, viewer, home, on), {"on": day})
    told: dict[str, Any] = {part.value: words(text, f"« {part.label_fr} »", LINE)}

    def declare() -> None:
        declare_weather(session, viewer, sheet_id=sheet_id, on=said_on, weather=weather, **told)

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
    """The line; `Archived` for who could have written it, once somebody took it out."""
    gone = session.get(LogbookNote, note_id)
    if gone is not None and gone.archived_at is not None:
        refuse_removed(session, viewer, gone, gone.initiative_id, "Cette ligne du carnet", REMOVED)
    row = found(session, LogbookNote, note_id)
    require(viewer, Operation.WRITE, row.initiative_id)
    return row


def _found_reminder(session: Session, viewer: Viewer, reminder_id: int) -> Reminder:
    row = found(session, Reminder, reminder_id)
    require(viewer, Operation.WRITE, row.initiative_id)
    return row


def _changed(session: Session, row: LogbookNote, typed: Values, was: Values | None) -> set[str]:
    """The fields that the form changed, all of them without `was`; `Conflict` for those that others changed too."""
    if was is None:
        return set(typed)
    held = _held(session, row)
    changed = {name for name, value in typed.items() if not same(value, was.get(name))}
    met = [n for n in typed if n in changed and not same(held[n], was.get(n)) and not same(held[n], typed[n])]
    if met:
        raise conflict([_clash(session, row, name, was.get(name), held[name], typed[name]) for name in met])
    return changed


def _clash(session: Session, row: LogbookNote, name: str, base: Written, theirs: Written, mine: Written) -> Clash:
    hand = last_hand(session, row, COLUMNS[name])
    author, at = (hand.author, hand.at) if hand else (None, None)
    return Clash(name, FIELDS[name], base, theirs, mine, author, at)


def _held(session: Session, row: LogbookNote) -> dict[str, Written]:
    """What the forms of a line hold, as a person writes it."""
    about = _about(session, row.initiative_id, row.sheet_id, row.organisation_id)
    return {"text": row.text, "noted_on": written_date(row.noted_on, DatePrecision.DAY), **about}


def _about(
    session: Session, initiative_id: int, sheet_id: int | None, organisation_id: int | None
) -> dict[str, Written]:
    """A sheet by its number in this plan and its title, a structure by its name."""
    here = and_(
        Placement.sheet_id == ActionSheet.id,
        Placement.initiative_id == initiative_id,
        Placement.archived_at.is_(None),
    )
    asked = select(Placement.code, ActionSheet.title).select_from(ActionSheet).outerjoin(Placement, here)
    sheet = session.execute(asked.where(ActionSheet.id == sheet_id)).first() if sheet_id is not None else None
    structure = session.get(Organisation, organisation_id) if organisation_id is not None else None
    return {
        "sheet": " ".join(part for part in sheet if part) if sheet else None,
        "organisation": structure.name if structure else None,
    }


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
