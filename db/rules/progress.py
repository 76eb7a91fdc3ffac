"""Progress of action sheets: what their leads declared, and its mean over a plan.

Milestones give the percentage only where the coordinator said that they describe the whole action:
most plans tick a few founding steps early, and would show 100 % for years.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.dates import is_older_than
from db.rules.vocabulary import MilestoneState, Outcome, Status

NEWS_MONTHS = 6
HIGHEST_WHILE_RUNNING = 99


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """What a sheet says of its progress, in whole percent.

    `percent` is None when nothing was declared, and always for a continuous sheet. `declared_on` is the day
    of the declaration, None when milestones speak or when that day is not known (`is_undated`: the percentage
    counts, and is neither old nor news). `to_check` marks a sheet not finished of which 100 % was said: it shows
    99. Abandoned milestones are in neither count.
    """

    status: Status | None
    is_continuous: bool
    percent: int | None
    declared_on: date | None
    milestones_done: int
    milestones_total: int
    from_milestones: bool
    to_check: bool
    is_undated: bool = False

    @property
    def counts(self) -> bool:
        """Whether the sheet belongs to the denominator of a mean: neither abandoned nor continuous."""
        return self.status is not Status.DROPPED and not self.is_continuous

    @property
    def milestones_fr(self) -> str | None:
        """« étapes 2/3 », or None without milestones."""
        if not self.milestones_total:
            return None
        return f"étapes {self.milestones_done}/{self.milestones_total}"


@dataclass(frozen=True, slots=True)
class RollUp:
    """The plain mean of the progress of several sheets, with its base.

    `mean` is in percent, unrounded, None when no progress is known. `known` sheets out of `of` entered it,
    `older_than_six_months` of them running on a declaration of more than six months.
    """

    mean: float | None
    known: int
    of: int
    older_than_six_months: int

    @property
    def basis_fr(self) -> str:
        """What the mean stands on: « avancement déclaré, 18 fiches sur 22, dont 4 de plus de six mois »."""
        noun = "fiche" if self.known <= 1 else "fiches"
        basis = f"avancement déclaré, {self.known} {noun} sur {self.of}"
        if not self.older_than_six_months:
            return basis
        return f"{basis}, dont {self.older_than_six_months} de plus de six mois"


def milestone_share(milestones: Iterable[tuple[MilestoneState, float]]) -> int | None:
    """The weighted share of milestones done, in whole percent (halves up).

    `milestones` are (state, weight); abandoned ones leave. None when no weight is left.
    """
    kept = [(state, weight) for state, weight in milestones if state is not MilestoneState.DROPPED]
    whole = sum(weight for _, weight in kept)
    if whole <= 0:
        return None
    done = sum(weight for state, weight in kept if state is MilestoneState.DONE)
    return int(100 * done / whole + 0.5)


def sheet_progress(
    status: Status | None,
    is_continuous: bool,
    milestones_describe_all: bool,
    declared: tuple[int, date | None] | None,
    milestones: Sequence[tuple[MilestoneState, float]],
    outcome: Outcome | None = None,
) -> SheetProgress:
    """The progress a sheet shows.

    `declared` is the last declaration (percent, day or None when it is not known). A finished sheet is at 100
    when its outcome is « réalisée » or was not said; one finished « partiellement » or « non réalisée » keeps
    what was declared. Where milestones should describe the whole action but none is left, the declaration speaks.
    """
    share = milestone_share(milestones) if milestones_describe_all else None
    said = share if share is not None else declared[0] if declared else None
    percent = None if is_continuous else _shown(status, outcome, said)
    kept = [state for state, _ in milestones if state is not MilestoneState.DROPPED]
    return SheetProgress(
        status=status,
        is_continuous=is_continuous,
        percent=percent,
        declared_on=declared[1] if declared and share is None else None,
        milestones_done=kept.count(MilestoneState.DONE),
        milestones_total=len(kept),
        from_milestones=share is not None and not is_continuous,
        to_check=percent is not None and said is not None and percent < said,
        is_undated=share is None and percent is not None and _is_undated(declared, percent),
    )


def _is_undated(declared: tuple[int, date | None] | None, percent: int) -> bool:
    """Whether what is shown is what was declared (a finished sheet is at 100 whatever was), on a day nobody knows."""
    return declared is not None and declared[1] is None and percent <= declared[0]


def _shown(status: Status | None, outcome: Outcome | None, said: int | None) -> int | None:
    fully_done = status is Status.DONE and outcome in (None, Outcome.FULL)
    if fully_done:
        return 100
    if said is None or status is Status.DROPPED:
        return said
    return min(said, HIGHEST_WHILE_RUNNING)


def roll_up(sheets: Iterable[SheetProgress], on: date) -> RollUp:
    """The plain mean over the sheets whose progress is known, every sheet once and with the same weight.

    Abandoned and continuous sheets leave the denominator. A finished sheet's declaration never grows old.
    """
    counted = [sheet for sheet in sheets if sheet.counts]
    known = [sheet for sheet in counted if sheet.percent is not None]
    old = [sheet for sheet in known if _is_old(sheet, on)]
    mean = sum(sheet.percent or 0 for sheet in known) / len(known) if known else None
    return RollUp(mean=mean, known=len(known), of=len(counted), older_than_six_months=len(old))


def _is_old(sheet: SheetProgress, on: date) -> bool:
    if sheet.declared_on is None or sheet.status is Status.DONE:
        return False
    return is_older_than(sheet.declared_on, NEWS_MONTHS, on)
