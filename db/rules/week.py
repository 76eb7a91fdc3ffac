"""« Ma semaine »: what a person has to do over all the démarches they coordinate, each looked at on its own day.

What is due, which sheets wait for news, what ends soon, what waits to be published. A sheet that several plans share is
told once, by its home.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from db.rules.dates import FuzzyDate, add_months, first_day, is_older_than, late_from
from db.rules.progress import NEWS_MONTHS
from db.rules.sections import section_of
from db.rules.text import numbered
from db.rules.vocabulary import DatePrecision, Labelled

Item = TypeVar("Item")

AT_MOST = 60
"""How many items of one list are told; the others are counted."""
A_DAY, A_WEEK, A_FORTNIGHT = timedelta(days=1), timedelta(days=7), timedelta(days=14)
SOON_MONTHS = 6


class Moment(Labelled):
    """When something is due, seen from the day."""

    PAST = "past", "Échéance dépassée"
    WEEK = "week", "Dans les sept jours"
    FORTNIGHT = "fortnight", "Dans les quinze jours"


class DueKind(Labelled):
    """What is due."""

    MILESTONE = "milestone", "étape"
    END = "end", "fin de la fiche"
    START = "start", "démarrage attendu"
    RESUME = "resume", "reprise attendue"
    REMINDER = "reminder", "rappel"


class EndKind(Labelled):
    """What ends, or is expected, within six months."""

    SHEET = "sheet", "fin de la fiche"
    CONTRACT = "contract", "fin du contrat"
    ANSWER = "answer", "réponse attendue"


@dataclass(frozen=True, slots=True)
class SheetAt:
    """A sheet at its home, and the other plans in which the viewer may read it."""

    sheet_id: int
    placement_id: int
    code: str | None
    title: str
    initiative_id: int
    elsewhere: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """« 2.2 Accueillir les internes »."""
        return numbered(self.code, self.title)


@dataclass(frozen=True, slots=True)
class Due:
    """Something due: when, and what. `label` is the step's name or the reminder's text; `reminder_id` names the latter.

    Only a reminder may be about no sheet. `in_vacancy`: it came due while the coordination was vacant.
    """

    kind: DueKind
    when: FuzzyDate
    moment: Moment
    initiative_id: int
    sheet: SheetAt | None = None
    label: str = ""
    reminder_id: int | None = None
    in_vacancy: bool = False


@dataclass(frozen=True, slots=True)
class Silent:
    """A running sheet that waits for news, and the day of the last."""

    sheet: SheetAt
    last_news: date | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends within six months. `funder` is who must answer, for an answer that is awaited."""

    kind: EndKind
    when: FuzzyDate
    initiative_id: int
    sheet: SheetAt | None = None
    funder: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How many running sheets of a démarche have had no news since its last point, and the day of that point."""

    initiative_id: int
    sheets: int
    point: date


@dataclass(frozen=True, slots=True)
class Received:
    """How many answers of partners wait to be decided in a démarche."""

    initiative_id: int
    answers: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many entries of a démarche are in preparation, and the day of its last point (None: never published)."""

    initiative_id: int
    entries: int
    point: date | None


@dataclass(frozen=True, slots=True)
class Vacant:
    """A démarche whose coordination is vacant, since when, and how many of its reminders wait for who will take it."""

    initiative_id: int
    since: date
    reminders: int


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """The first items of a list, and how many it has in all."""

    items: tuple[Item, ...] = ()
    total: int = 0

    @property
    def rest(self) -> int:
        """How many are not told."""
        return max(0, self.total - len(self.items))


@dataclass(frozen=True, slots=True)
class PlanName:
    """A démarche that the week speaks of: how it is called, and the day it is there."""

    id: int
    code: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Week:
    """All that a person has to do, over `plans` démarches. `overdue` and `coming` are what is due; the sheets of
    `silent` have had no news for six months, those that `quiet` counts none since the last point. Of the démarches in
    `vacant`, no reminder leaves and no silence is told."""

    plans: int
    names: tuple[PlanName, ...] = ()
    overdue: Listed[Due] = Listed()
    coming: Listed[Due] = Listed()
    silent: Listed[Silent] = Listed()
    quiet: Listed[Quiet] = Listed()
    ending: Listed[Ending] = Listed()
    waiting: Listed[Waiting] = Listed()
    received: Listed[Received] = Listed()
    vacant: tuple[Vacant, ...] = ()


class DraftKind(Labelled):
    """What a form that was left open is for; its code begins the draft's subject."""

    SHEET = "sheet", "Fiche"
    NEW_SHEET = "sheet_new", "Nouvelle fiche"
    CORRECTION = "correct", "Correction"
    CELL = "unsettled", "Cellule à préciser"
    SEVERAL = "bulk", "Modification de plusieurs fiches"
    UNPLANNED = "unplanned", "Action imprévue"
    ORDER = "order", "Ordre et numéros des fiches"
    PLACE = "place", "Place dans le plan"
    AXIS = "axis", "Axe du plan"
    POINT = "publish", "Publication du point"
    CONTRACT = "contract", "Contrat"
    AMENDMENT = "amendment", "Avenant"
    NOTE = "note", "Ligne du carnet de bord"
    REMINDER = "reminder", "Rappel"


@dataclass(frozen=True, slots=True)
class DraftAbout:
    """What a draft is about, read from its subject. `detail` is what opens the form in its page."""

    kind: DraftKind | None
    sheet_id: int | None = None
    placement_id: int | None = None
    axis_id: int | None = None
    cell_id: int | None = None
    initiative_id: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LeftDraft:
    """A form that its author left open, the sheet and the démarche it is about where they may write there."""

    key: str
    about: DraftAbout
    kept_at: datetime
    sheet: SheetAt | None = None
    plan_code: str | None = None


def subject_read(subject: str) -> DraftAbout:
    """What the subject of a draft says: « sheet:12:constat », « bulk:3 », « amendment:3:nouveau »…"""
    word, _, rest = subject.partition(":")
    first, _, detail = rest.partition(":")
    if first == "new":
        first, _, detail = detail.partition(":")
        kind = {"sheet": DraftKind.NEW_SHEET, "axis": DraftKind.AXIS}.get(word)
        return DraftAbout(kind, initiative_id=_number(first), detail=detail)
    match DraftKind(word) if word in set(DraftKind) else None:
        case DraftKind.SHEET as kind:
            about = section_of(subject)
            return DraftAbout(kind, sheet_id=about[0], detail=about[1].value) if about else DraftAbout(None)
        case DraftKind.CORRECTION as kind:
            return DraftAbout(kind, placement_id=_number(rest.rpartition("-")[2]), detail=rest)
        case DraftKind.PLACE as kind:
            return DraftAbout(kind, placement_id=_number(first))
        case DraftKind.AXIS as kind:
            return DraftAbout(kind, axis_id=_number(first))
        case DraftKind.CELL as kind:
            return DraftAbout(kind, cell_id=_number(first))
        case DraftKind.POINT as kind:
            return DraftAbout(kind, initiative_id=_number(first), sheet_id=_number(detail))
        case kind:
            return DraftAbout(kind, initiative_id=_number(first), detail=detail)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def over_by(day: date) -> dict[DatePrecision, date]:
    """For each precision, the first day of the period that is not over at the end of `day`.

    A date of that precision, whichever day of its period is stored, is over by then exactly when it comes before.
    """
    return {precision: first_day(FuzzyDate(day + A_DAY, precision)) for precision in DatePrecision}


def moment(when: FuzzyDate, on: date) -> Moment:
    """When a date comes, seen from a day: a period is past once it is over."""
    if late_from(when) <= on:
        return Moment.PAST
    return Moment.WEEK if late_from(when) <= on + A_WEEK + A_DAY else Moment.FORTNIGHT


def start_moment(when: FuzzyDate, on: date) -> Moment:
    """The same for a start: it is expected from the first day of its period, and past once the period is over."""
    return Moment.PAST if late_from(when) <= on else Moment.WEEK


def fresh_from(on: date) -> date:
    """The first day of which news is, on that day, not older than six calendar months."""
    day = add_months(on, -NEWS_MONTHS)
    while is_older_than(day, NEWS_MONTHS, on):
        day += A_DAY
    return day


def due_listed(items: Iterable[Due], total: int, *, past: bool) -> Listed[Due]:
    """What is past, or what comes, in the order of the days; `total` is how many there are in all."""
    kept = sorted((due for due in items if (due.moment is Moment.PAST) is past), key=_order)
    return Listed(tuple(kept[:AT_MOST]), total)


def ending_listed(items: Iterable[Ending], total: int) -> Listed[Ending]:
    """What ends, in the order of the days."""
    kept = sorted(items, key=lambda end: (end.when.day, end.kind, end.initiative_id))
    return Listed(tuple(kept[:AT_MOST]), total)


def _order(due: Due) -> tuple[date, str, str]:
    return due.when.day, due.kind, due.label
