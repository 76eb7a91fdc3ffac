"""Declared against observed: what the coordinator is asked to look at (`db.rules.corrections`: what may be done)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from db.rules.dates import FuzzyDate, is_older_than, late_from
from db.rules.progress import NEWS_MONTHS, SheetProgress
from db.rules.vacancy import Span, heard_as_of, vacant_since
from db.rules.vocabulary import Labelled, MilestoneState, Status


class Discrepancy(Labelled):
    """What a sheet says that its own facts contradict."""

    DONE_WITH_OPEN_MILESTONES = "done_with_open_milestones", "fiche terminée dont des étapes restent ouvertes"
    ONGOING_WITHOUT_NEWS = "ongoing_without_news", "fiche en cours sans nouvelles depuis plus de six mois"
    PLANNED_PAST_START = "planned_past_start", "fiche à venir dont la date de début est passée"
    POSTPONED_PAST_DATE = "postponed_past_date", "fiche reportée dont la nouvelle date est passée"
    FULL_BUT_RUNNING = "full_but_running", "avancement de 100 % pour une fiche qui n'est pas terminée"


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction, with the day it began when there is one and how many milestones it concerns."""

    kind: Discrepancy
    since: date | None = None
    open_milestones: int = 0


def needs_news(last_news: date | None, on: date, taken_on: date | None = None, vacancies: Sequence[Span] = ()) -> bool:
    """Whether the last dated entry is more than six calendar months old, or there never was one.

    What a file said without a date counts from the day it was taken (`taken_on`). While the coordination is vacant
    nothing is asked of anybody; the days of its `vacancies` count in no silence.
    """
    if vacant_since(vacancies, on) is not None:
        return False
    heard = max((day for day in (last_news, taken_on) if day is not None), default=None)
    return heard is None or is_older_than(heard_as_of(heard, vacancies, on), NEWS_MONTHS, on)


def findings(
    progress: SheetProgress,
    starts: FuzzyDate | None,
    milestones: Iterable[MilestoneState],
    last_news: date | None,
    on: date,
    until: FuzzyDate | None = None,
    taken_on: date | None = None,
    vacancies: Sequence[Span] = (),
) -> tuple[Finding, ...]:
    """Everything a sheet says that its facts contradict on a day.

    `last_news` is the day of the last dated entry of any kind (status, progress, météo…), `taken_on` that on which an
    undated status was written, `until` the new date of a sheet « reportée », `vacancies` the days on which nobody
    coordinated. A start or a new date is passed from the
    day it would be late; `since` is that date.
    """
    status = progress.status
    found: list[Finding] = []
    still_open = sum(state not in (MilestoneState.DONE, MilestoneState.DROPPED) for state in milestones)
    if status is Status.DONE and still_open:
        found.append(Finding(Discrepancy.DONE_WITH_OPEN_MILESTONES, open_milestones=still_open))
    if status is Status.ONGOING and needs_news(last_news, on, taken_on, vacancies):
        found.append(Finding(Discrepancy.ONGOING_WITHOUT_NEWS, since=last_news))
    if status is Status.PLANNED and starts is not None and late_from(starts) <= on:
        found.append(Finding(Discrepancy.PLANNED_PAST_START, since=starts.day))
    if status is Status.POSTPONED and until is not None and late_from(until) <= on:
        found.append(Finding(Discrepancy.POSTPONED_PAST_DATE, since=until.day))
    if progress.to_check and status is not Status.DONE:
        found.append(Finding(Discrepancy.FULL_BUT_RUNNING, since=progress.declared_on))
    return tuple(found)
