"""What a coordinator may accept in one click where a sheet contradicts its own facts. Nothing is written unasked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from db.rules.consistency import Discrepancy, Finding
from db.rules.dates import FuzzyDate
from db.rules.lateness import TimeNote
from db.rules.plan import MilestoneFact, SheetRow
from db.rules.vocabulary import Labelled, MilestoneState, Status

ASKS = "Demander des nouvelles au pilote"
"""The words of the reminder, by which one that waits already is known."""
WEEK = 7


class Choice(Labelled):
    """A correction, in the words of its button."""

    TICK = "tick", "Cocher les étapes"
    RESUME = "resume", "Repasser en cours"
    PAUSE = "pause", "Mettre en pause"
    ASK = "ask", "Demander des nouvelles"
    START = "start", "Passer en cours"
    FINISH = "finish", "Passer en terminée (réalisée)"
    CONFIRM = "confirm", "Confirmer l'avancement"
    MOVE_START = "move_start", "Nouvelle date de début"
    MOVE_UNTIL = "move_until", "Nouvelle date de report"
    MOVE_END = "move_end", "Nouvelle date de fin"
    REVISE = "revise", "Revoir l'avancement"

    @property
    def is_typed(self) -> bool:
        """Whether a date or a percentage must be typed first."""
        return self in TYPED


TYPED = frozenset({Choice.MOVE_START, Choice.MOVE_UNTIL, Choice.MOVE_END, Choice.REVISE})
STATUSES: Mapping[Choice, Status] = {
    Choice.RESUME: Status.ONGOING,
    Choice.START: Status.ONGOING,
    Choice.PAUSE: Status.PAUSED,
    Choice.FINISH: Status.DONE,
}
"""The status that a choice declares."""
CHOICES: Mapping[Discrepancy, tuple[Choice, ...]] = {
    Discrepancy.DONE_WITH_OPEN_MILESTONES: (Choice.TICK, Choice.RESUME),
    Discrepancy.ONGOING_WITHOUT_NEWS: (Choice.ASK, Choice.PAUSE),
    Discrepancy.PLANNED_PAST_START: (Choice.START, Choice.MOVE_START),
    Discrepancy.POSTPONED_PAST_DATE: (Choice.START, Choice.MOVE_UNTIL),
    Discrepancy.FULL_BUT_RUNNING: (Choice.FINISH, Choice.REVISE),
}
OF_TIME = (Choice.CONFIRM, Choice.MOVE_END)


@dataclass(frozen=True, slots=True)
class Seen:
    """The facts on which a correction is accepted: when one of them has moved, nothing is written."""

    status: Status | None
    starts: FuzzyDate | None
    ends: FuzzyDate | None
    until: FuzzyDate | None
    percent: int | None
    is_full: bool
    open_steps: tuple[int, ...]
    last_news: date | None


@dataclass(frozen=True, slots=True)
class Correctable:
    """What a correction depends on beside the plan: until when somebody is already to be asked, by sheet, and the
    sheets that another plan lends and that only there can be corrected."""

    asked: Mapping[int, date]
    lent: frozenset[int]


def open_steps(sheet: SheetRow) -> tuple[MilestoneFact, ...]:
    """The étapes still to be done."""
    over = (MilestoneState.DONE, MilestoneState.DROPPED)
    return tuple(step for step in sheet.milestones if step.state not in over)


def seen(sheet: SheetRow) -> Seen:
    """What a sheet shows at this moment to who may correct it."""
    return Seen(
        status=sheet.status,
        starts=sheet.starts,
        ends=sheet.ends,
        until=sheet.until,
        percent=sheet.progress.percent,
        is_full=sheet.progress.to_check,
        open_steps=tuple(step.id for step in open_steps(sheet)),
        last_news=sheet.last_news,
    )


def proposed(sheet: SheetRow) -> tuple[tuple[Finding | TimeNote, tuple[Choice, ...]], ...]:
    """Each thing to check in a sheet, with what may be accepted. What the étapes say is revised by ticking them."""
    told: list[tuple[Finding | TimeNote, tuple[Choice, ...]]] = []
    for finding in sheet.findings:
        choices = CHOICES[finding.kind]
        if sheet.progress.from_milestones:
            choices = tuple(choice for choice in choices if choice is not Choice.REVISE)
        told.append((finding, choices))
    if sheet.time_note is not None:
        by_steps = sheet.progress.from_milestones
        told.append((sheet.time_note, OF_TIME[1:] if by_steps else OF_TIME))
    return tuple(told)


def may_choose(sheet: SheetRow, choice: Choice) -> bool:
    """Whether a sheet, as it is now, still calls for this correction."""
    return any(choice in choices for _, choices in proposed(sheet))


def next_monday(on: date) -> date:
    """The Monday that comes after a day: when somebody is to be asked."""
    return on + timedelta(WEEK - on.weekday())
