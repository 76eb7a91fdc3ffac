"""Late is a fact, said of action sheets only; time against progress is a note for the coordinator."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from db.rules.dates import FuzzyDate, first_day, is_older_than, last_day, late_from, share_elapsed
from db.rules.vocabulary import Labelled, MilestoneState, Status

START_GRACE_MONTHS = 3
# A quarter of the way behind: below it, declared percentages of a running sheet are too rough to say anything.
NOTE_GAP_POINTS = 25
# A progress that somebody looked at again and confirmed is not asked about for as long as news are fresh.
CONFIRMED = "Avancement confirmé"
CONFIRMED_MONTHS = 6


class LateKind(Labelled):
    """What makes a sheet late."""

    MILESTONE = "milestone", "étape à échéance dépassée"
    END = "end", "date de fin dépassée"
    START = "start", "démarrage attendu depuis plus de trois mois"


@dataclass(frozen=True, slots=True)
class MilestoneDue:
    """A milestone as lateness sees it."""

    label: str
    state: MilestoneState
    due: FuzzyDate | None


@dataclass(frozen=True, slots=True)
class LateReason:
    """One fact that makes a sheet late: what was due, when, and the first day it was late.

    `label` is the milestone's own; empty for the sheet's start and end.
    """

    kind: LateKind
    due: FuzzyDate
    since: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lateness:
    """Every reason a sheet is late, the oldest first; none when it is not late."""

    reasons: tuple[LateReason, ...] = ()

    @property
    def is_late(self) -> bool:
        return bool(self.reasons)

    @property
    def since(self) -> date | None:
        """The first day the sheet was late."""
        return self.reasons[0].since if self.reasons else None


@dataclass(frozen=True, slots=True)
class TimeNote:
    """« À vérifier »: the time that has passed and the progress declared, both in whole percent."""

    elapsed: int
    progress: int


def lateness(
    status: Status | None,
    starts: FuzzyDate | None,
    ends: FuzzyDate | None,
    milestones: Iterable[MilestoneDue],
    on: date,
    until: FuzzyDate | None = None,
) -> Lateness:
    """Why a sheet is late on a day.

    The facts: a milestone past due, an end passed, « à venir » more than three months after its start.
    Nothing is late once the sheet is finished or abandoned; a pause or an obstacle excuses nothing. A sheet
    « reportée » counts from its new date `until`: before it nothing is late, after it whatever was due earlier
    is, and its start has three months from it. Without a new date, its own dates count.
    """
    if status is not None and status.is_over:
        return Lateness()
    new_date = until if status is Status.POSTPONED else None
    reasons = [_reason(LateKind.MILESTONE, step.due, new_date, step.label) for step in milestones if _is_open(step)]
    reasons.append(_reason(LateKind.END, ends, new_date))
    if status is Status.PLANNED or new_date is not None:
        reasons.append(_reason(LateKind.START, new_date or starts, None, grace_months=START_GRACE_MONTHS))
    facts = [reason for reason in reasons if reason is not None and reason.since <= on]
    return Lateness(tuple(sorted(facts, key=lambda reason: reason.since)))


def _is_open(step: MilestoneDue) -> bool:
    return step.state not in (MilestoneState.DONE, MilestoneState.DROPPED)


def _reason(
    kind: LateKind, due: FuzzyDate | None, new_date: FuzzyDate | None, label: str = "", grace_months: int = 0
) -> LateReason | None:
    if due is None:
        return None
    if new_date is not None and last_day(new_date) > last_day(due):
        due = new_date
    return LateReason(kind, due, late_from(due, grace_months), label)


def time_note(
    status: Status | None,
    is_continuous: bool,
    percent: int | None,
    starts: FuzzyDate | None,
    ends: FuzzyDate | None,
    contract_ends: Collection[date],
    on: date,
    confirmed_on: date | None = None,
) -> TimeNote | None:
    """A note when the time that has passed is at least 25 points ahead of the progress declared.

    A question to the coordinator, never a projection. Not for sheets finished, abandoned, postponed or
    continuous, nor when the sheet's end is the contract's own (`contract_ends`: the end in force and those it
    replaced): that date was never the action's. None as well when progress or a date is missing, and for six months
    once somebody confirmed that very progress (`confirmed_on`): the question was answered.
    """
    if is_continuous or percent is None or starts is None or ends is None:
        return None
    if confirmed_on is not None and not is_older_than(confirmed_on, CONFIRMED_MONTHS, on):
        return None
    if status is Status.POSTPONED or (status is not None and status.is_over) or last_day(ends) in contract_ends:
        return None
    elapsed = share_elapsed(first_day(starts), last_day(ends), on)
    if elapsed is None or 100 * elapsed - percent < NOTE_GAP_POINTS:
        return None
    return TimeNote(elapsed=round(100 * elapsed), progress=percent)
