from datetime import date

from db.rules.consistency import Discrepancy, Finding, findings, needs_news
from db.rules.dates import FuzzyDate
from db.rules.progress import SheetProgress, sheet_progress
from db.rules.vocabulary import DatePrecision, MilestoneState, Status

ON = date(2026, 10, 1)
RECENT = date(2026, 9, 1)
OLD = date(2026, 3, 31)


def progress(status: Status | None, percent: int = 40) -> SheetProgress:
    return sheet_progress(status, False, False, (percent, RECENT), [])


def kinds(found: tuple[Finding, ...]) -> list[Discrepancy]:
    return [finding.kind for finding in found]


def test_a_finished_sheet_with_open_milestones_is_listed_with_their_number() -> None:
    states = [MilestoneState.DONE, MilestoneState.PLANNED, MilestoneState.ONGOING, MilestoneState.DROPPED]
    (finding,) = findings(progress(Status.DONE), None, states, OLD, ON)
    assert (finding.kind, finding.open_milestones) == (Discrepancy.DONE_WITH_OPEN_MILESTONES, 2)


def test_a_finished_sheet_is_not_asked_for_news() -> None:
    assert findings(progress(Status.DONE), None, [MilestoneState.DONE], OLD, ON) == ()


def test_a_running_sheet_without_news_for_more_than_six_months_is_listed() -> None:
    assert findings(progress(Status.ONGOING), None, [], OLD, ON) == (Finding(Discrepancy.ONGOING_WITHOUT_NEWS, OLD),)
    assert findings(progress(Status.ONGOING), None, [], date(2026, 4, 1), ON) == ()


def test_no_news_at_all_is_no_news() -> None:
    assert needs_news(None, ON)
    assert not needs_news(ON, ON)


def test_a_paused_sheet_is_not_asked_for_news() -> None:
    assert findings(progress(Status.PAUSED), None, [], OLD, ON) == ()


def test_a_planned_sheet_past_its_start_is_listed_before_it_is_late() -> None:
    (finding,) = findings(progress(Status.PLANNED), FuzzyDate(date(2026, 9, 30)), [], RECENT, ON)
    assert (finding.kind, finding.since) == (Discrepancy.PLANNED_PAST_START, date(2026, 9, 30))


def test_a_planned_sheet_is_not_past_a_start_typed_as_the_month_running() -> None:
    start = FuzzyDate(date(2026, 10, 1), DatePrecision.MONTH)
    assert findings(progress(Status.PLANNED), start, [], RECENT, date(2026, 10, 31)) == ()
    assert kinds(findings(progress(Status.PLANNED), start, [], RECENT, date(2026, 11, 1))) == [
        Discrepancy.PLANNED_PAST_START
    ]


def test_a_postponed_sheet_past_its_new_date_is_listed() -> None:
    until = FuzzyDate(date(2026, 9, 1), DatePrecision.MONTH)
    assert kinds(findings(progress(Status.POSTPONED), None, [], OLD, ON, until)) == [Discrepancy.POSTPONED_PAST_DATE]
    assert findings(progress(Status.POSTPONED), None, [], OLD, date(2026, 9, 30), until) == ()


def test_100_percent_said_of_a_running_sheet_is_listed() -> None:
    assert kinds(findings(progress(Status.ONGOING, 100), None, [], RECENT, ON)) == [Discrepancy.FULL_BUT_RUNNING]


def test_a_sheet_may_contradict_itself_twice() -> None:
    assert kinds(findings(progress(Status.ONGOING, 100), None, [], OLD, ON)) == [
        Discrepancy.ONGOING_WITHOUT_NEWS,
        Discrepancy.FULL_BUT_RUNNING,
    ]


def test_a_sheet_whose_status_is_not_known_contradicts_nothing() -> None:
    assert findings(progress(None), FuzzyDate(OLD), [MilestoneState.PLANNED], None, ON) == ()
