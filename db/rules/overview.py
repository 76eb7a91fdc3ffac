"""What the overview tells of a plan, as numbers: none of these answers names an organisation.

The queries fill them; what can be said of the sheets alone is computed here, from the plan's own state.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from db.rules.attainment import AttainmentWord
from db.rules.plan import PlanState, SheetRow, StatusFact
from db.rules.totals import Known
from db.rules.vocabulary import PlacementEntry, Status

AWAITING_A_CHOICE = (Status.PAUSED, Status.BLOCKED)
NOT_STARTED = (Status.PLANNED, Status.POSTPONED)


@dataclass(frozen=True, slots=True)
class YearMoney:
    """The cash of one year, in cents: granted, awaited, and how many sheets have a need that is known.

    `needs_known` sheets out of `needs_of` have a provisional budget for the year. `without_year` lines, asked or
    granted, say no year and are in none of these amounts.
    """

    year: int
    granted: Known
    awaiting: Known
    needs_known: int
    needs_of: int
    without_year: int = 0


@dataclass(frozen=True, slots=True)
class OpenDecisions:
    """Decisions taken and not carried out yet; `overdue` of them past their due date."""

    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class AwaitedAnswers:
    """The answers of funders that a sheet awaits: how many, for how much (cents), and the next day one is expected."""

    count: int
    amount: Known
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class IndicatorWords:
    """How many indicators of the plan are in each word of `db.rules.attainment`."""

    counts: Mapping[AttainmentWord, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def on_course(self) -> int:
        """Target reached, or on the trajectory to it."""
        return self.of(AttainmentWord.REACHED) + self.of(AttainmentWord.ON_TRACK)

    @property
    def judged(self) -> int:
        """Those of which something can be said against a target today."""
        return self.on_course + self.of(AttainmentWord.BELOW)

    def of(self, word: AttainmentWord) -> int:
        return self.counts.get(word, 0)


@dataclass(frozen=True, slots=True)
class StatusMoves:
    """How many sheets changed status over a span of days; a sheet is in one of these only."""

    started: int = 0
    finished: int = 0
    halted: int = 0
    postponed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Since:
    """What happened after a day. `granted` is in cents of cash, over `grants` lines; `refusals` counts lines too.

    `moved_dates` counts the due dates that are no longer what they were that day.
    """

    day: date
    moves: StatusMoves = field(default_factory=StatusMoves)
    milestones_done: int = 0
    moved_dates: int = 0
    granted: int = 0
    grants: int = 0
    refusals: int = 0
    decisions_done: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    """What the overview needs beside the plan's state. `answers` are by sheet id; `since` is None before any COPIL."""

    indicators: IndicatorWords
    money: YearMoney
    decisions: OpenDecisions
    answers: Mapping[int, AwaitedAnswers]
    since: Since | None
    imported_file: str | None
    unsettled: int


@dataclass(frozen=True, slots=True)
class Arbitration:
    """A sheet that the committee has something to say about, and why."""

    sheet: SheetRow
    is_halted: bool
    to_discuss: bool
    to_validate: bool
    answers: AwaitedAnswers | None


@dataclass(frozen=True, slots=True)
class Understood:
    """What an import brought, before anything that is missing."""

    sheets: int
    axes: int
    with_lead: int
    leads: int
    starting: int
    year: int
    milestones: int


def arbitrations(state: PlanState, answers: Mapping[int, AwaitedAnswers]) -> tuple[Arbitration, ...]:
    """What awaits the committee, in the order of the plan: halted, to be discussed, unplanned, awaiting an answer.

    An action added outside the initial contract awaits its validation until a committee gives it, or an amendment
    takes it in.
    """
    found = (
        Arbitration(
            sheet=sheet,
            is_halted=sheet.status in AWAITING_A_CHOICE,
            to_discuss=sheet.to_discuss,
            to_validate=sheet.entry is PlacementEntry.UNPLANNED and sheet.validated_on is None,
            answers=answers.get(sheet.sheet_id),
        )
        for sheet in state.sheets
        if sheet.status is None or not sheet.status.is_over
    )
    awaited = [item for item in found if item.is_halted or item.to_discuss or item.to_validate or item.answers]
    return tuple(sorted(awaited, key=lambda item: not (item.is_halted or item.to_discuss)))


def status_moves(before: Mapping[int, StatusFact], now: Mapping[int, StatusFact], since: date) -> StatusMoves:
    """What changed between the statuses in force on a day and those in force later.

    A sheet without a status before tells no change, except one dated after the day that finished or abandoned it.
    """
    moves = Counter(_move(before.get(key), fact, since) for key, fact in now.items())
    return StatusMoves(
        started=moves["started"],
        finished=moves["finished"],
        halted=moves["halted"],
        postponed=moves["postponed"],
        dropped=moves["dropped"],
    )


def _move(before: StatusFact | None, now: StatusFact, since: date) -> str | None:
    if now.on_date is None or now.on_date <= since or (before is not None and before.status is now.status):
        return None
    if now.status is Status.DONE:
        return "finished"
    if now.status is Status.DROPPED:
        return "dropped"
    if before is None:
        return None
    if now.status is Status.ONGOING and before.status in NOT_STARTED:
        return "started"
    if now.status in AWAITING_A_CHOICE:
        return "halted"
    return "postponed" if now.status is Status.POSTPONED else None


def understood(state: PlanState) -> Understood:
    """What the plan holds, as the first screen after an import says it."""
    leads = {lead.id for sheet in state.sheets for lead in sheet.leads}
    return Understood(
        sheets=len(state.sheets),
        axes=sum(node.parent_id is None for node in state.axes),
        with_lead=sum(bool(sheet.leads) for sheet in state.sheets),
        leads=len(leads),
        starting=sum(sheet.starts is not None and sheet.starts.day.year == state.on.year for sheet in state.sheets),
        year=state.on.year,
        milestones=sum(len(sheet.milestones) for sheet in state.sheets),
    )


def by_status(sheets: Iterable[SheetRow]) -> tuple[tuple[Status | None, int], ...]:
    """How many sheets there are of each status, the most frequent first; « non renseigné » last."""
    counts = Counter(sheet.status for sheet in sheets)
    return tuple(sorted(counts.items(), key=lambda item: (item[0] is None, -item[1])))
