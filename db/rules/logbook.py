"""The carnet de bord: what the coordination notes for itself, what it wants to be told of, and how a line is found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.rules.text import fold
from db.rules.vocabulary import Labelled, NoteUse


class WeatherPart(Labelled):
    """The part of a météo that a line of the carnet may fill; the code is the field's own."""

    DONE = "done", "Déjà fait"
    TO_DO = "todo", "À faire"
    OBSTACLES = "obstacles", "Freins"
    HIGHLIGHTS = "highlights", "À valoriser"


@dataclass(frozen=True, slots=True)
class About:
    """What a line or a reminder is attached to: a sheet, a structure, both, or (neither) the démarche itself.

    `placement_id` is None when the sheet no longer stands in the plan. `is_writable`: the viewer may write on the
    sheet, which another plan may own.
    """

    sheet_id: int | None = None
    sheet: str | None = None
    placement_id: int | None = None
    is_writable: bool = False
    organisation_id: int | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of the carnet, who wrote it (`is_mine`: the viewer), and what it became."""

    id: int
    text: str
    noted_on: date
    author: str
    is_mine: bool
    became: NoteUse | None
    about: About


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """Something to be told on a day; `done_on` is the day it was done."""

    id: int
    text: str
    due_on: date
    done_on: date | None
    about: About


@dataclass(frozen=True, slots=True)
class SheetLogbook:
    """What the page of a sheet tells of the carnet: its last lines, how many there are in all, its open reminders."""

    notes: tuple[NoteLine, ...]
    total: int
    reminders: tuple[ReminderLine, ...]


def matching(
    notes: Iterable[NoteLine], sheet: str | None = None, organisation: str | None = None, words: str = ""
) -> list[NoteLine]:
    """The lines about this sheet, about this structure, and that hold every word, accents and case aside."""
    asked = fold(words).split()
    return [
        note
        for note in notes
        if (sheet is None or note.about.sheet == sheet)
        and (organisation is None or note.about.organisation == organisation)
        and (not asked or _holds(note, asked))
    ]


def _holds(note: NoteLine, asked: list[str]) -> bool:
    text = fold(" ".join([note.text, note.about.sheet or "", note.about.organisation or ""]))
    return all(word in text for word in asked)
