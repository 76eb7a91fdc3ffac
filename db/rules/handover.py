"""A coordination that passes from one person to another: what moves, what nobody holds, what the successor is told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from db.rules.dates import FuzzyDate, last_day
from db.rules.initiative import Header
from db.rules.overview import OpenDecisions
from db.rules.plan import SheetRow, fuzzy
from db.rules.totals import Known
from db.rules.vacancy import Span
from db.rules.vocabulary import Labelled, MilestoneState, Status

NEXT = 3
"""How many dates who takes a post is told first."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many things of a démarche somebody holds: reminders to come, forms left open, open decisions that name
    their function, links by which answers come."""

    reminders: int = 0
    drafts: int = 0
    decisions: int = 0
    links: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing would move."""
        return not (self.reminders or self.drafts or self.decisions or self.links)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who coordinates a démarche, or did when the post was left to who will come.

    `starts_on` and `ends_on` are those of the role; without the first, who administers, or (with `ends_on`) who left it
    that day. `is_everywhere`: it is held in every démarche at once.
    """

    account_id: int
    function: str
    held: Held
    is_me: bool
    starts_on: date | None = None
    ends_on: date | None = None
    is_everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who has an access and may take the post. `login` tells two of the same function apart."""

    account_id: int
    function: str
    login: str


@dataclass(frozen=True, slots=True)
class Post:
    """The coordination of a démarche as who may hand it over is told of it.

    `vacancies` are those of the past, of the day and to come; `administers`: the viewer may hand over for others;
    `was_taken`: they took the post themselves, and are told of it in a page.
    """

    on: date
    holders: tuple[Holder, ...]
    candidates: tuple[Candidate, ...]
    vacancies: tuple[Span, ...]
    administers: bool
    was_taken: bool


@dataclass(frozen=True, slots=True)
class Unled:
    """A fiche without pilote: where it stands, and how it is called."""

    placement_id: int
    label: str


@dataclass(frozen=True, slots=True)
class Unowned:
    """An open decision that nobody is named to carry out, or (`owner`) that names who left."""

    number: str
    text: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Unheld:
    """What nobody holds. `reminders` are those of people whose access is over; `uncoordinated` and `unadministered`
    the first day without anybody who coordinates the démarche, or administers Balise; None when that is not to be."""

    sheets: tuple[Unled, ...]
    decisions: tuple[Unowned, ...]
    reminders: int
    uncoordinated: date | None
    unadministered: date | None


@dataclass(frozen=True, slots=True)
class Received:
    """A post that the viewer took. `predecessor` is a function; `elapsed`, how many of the reminders received came due
    while the post was vacant."""

    id: int
    starts_on: date
    ends_on: date | None
    predecessor: str | None
    word: str | None
    held: Held
    elapsed: int
    is_read: bool


class ComingKind(Labelled):
    """What comes on a date."""

    MILESTONE = "milestone", "étape"
    SHEET = "sheet", "fin de la fiche"
    MEETING = "meeting", "réunion"
    REMINDER = "reminder", "rappel"
    CONTRACT = "contract", "fin du contrat"


@dataclass(frozen=True, slots=True)
class Coming:
    """A date that comes, and what comes then. `placement_id`: the fiche that it is about."""

    when: FuzzyDate
    kind: ComingKind
    label: str
    placement_id: int | None = None


@dataclass(frozen=True, slots=True)
class TakingOver:
    """What who takes a post is told of the démarche, on the day: the post, the plan in figures, the dates that come.

    `silent` fiches wait for news, `answers` of partners wait to be decided, `unsettled` cells to be settled; `funders`
    answers are awaited, for `awaiting` of this year's cash.
    """

    received: Received
    header: Header
    statuses: tuple[tuple[Status | None, int], ...]
    late: int
    silent: int
    answers: int
    unsettled: int
    decisions: OpenDecisions
    funders: int
    awaiting: Known
    coming: tuple[Coming, ...]

    @property
    def sheets(self) -> int:
        """How many fiches the plan has."""
        return sum(count for _, count in self.statuses)


def next_dates(coming: Iterable[Coming], on: date) -> tuple[Coming, ...]:
    """The next dates, a period counting until its last day."""
    ahead = (one for one in coming if last_day(one.when) >= on)
    return tuple(sorted(ahead, key=lambda one: (last_day(one.when), one.kind, one.label))[:NEXT])


def dates_of(sheets: Iterable[SheetRow]) -> Iterator[Coming]:
    """The dates of fiches that are not over: étapes still to be done, ends."""
    for sheet in sheets:
        if sheet.status is not None and sheet.status.is_over:
            continue
        place = sheet.placement_id
        for step in sheet.milestones:
            due = fuzzy(step.due_on, step.due_precision)
            if due is not None and step.state not in (MilestoneState.DONE, MilestoneState.DROPPED):
                yield Coming(due, ComingKind.MILESTONE, f"{step.label} ({sheet.label})", place)
        if sheet.ends is not None:
            yield Coming(sheet.ends, ComingKind.SHEET, sheet.label, place)
