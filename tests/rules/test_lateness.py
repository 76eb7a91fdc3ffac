from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.dates import FuzzyDate, last_day
from db.rules.lateness import LateKind, MilestoneDue, TimeNote, lateness, time_note
from db.rules.vocabulary import DatePrecision, MilestoneState, Status

ON = date(2026, 10, 1)
CONTRACT_END = date(2028, 12, 31)
Plan = dict[str, tuple[Status, str, str, list[tuple[str, bool]]]]

# The demonstration's plan: status, start, end, milestones (due, done).
DEMONSTRATION: Plan = {
    "1.1": (Status.ONGOING, "2024-01-15", "2028-12-31", [("2024-03-29", True), ("2026-11-30", False)]),
    "1.2": (Status.ONGOING, "2024-04-01", "2028-12-31", [("2026-03-31", True), ("2026-12-15", False)]),
    "1.3": (Status.ONGOING, "2024-09-01", "2028-12-31", [("2025-06-30", True), ("2026-06-30", False)]),
    "1.4": (Status.DONE, "2024-05-01", "2026-06-30", [("2026-01-31", True), ("2026-09-15", True)]),
    "2.1": (Status.ONGOING, "2024-02-01", "2028-12-31", [("2024-10-15", True), ("2026-10-31", False)]),
    "2.2": (Status.PAUSED, "2024-06-01", "2028-12-31", [("2025-01-15", True), ("2026-09-01", False)]),
    "2.3": (Status.ONGOING, "2024-03-01", "2028-12-31", [("2024-05-02", True), ("2026-10-31", False)]),
    "2.4": (Status.ONGOING, "2024-09-01", "2027-08-31", [("2026-06-30", True)]),
    "2.5": (Status.ONGOING, "2025-01-01", "2028-06-30", [("2025-09-30", True), ("2026-06-30", False)]),
    "2.6": (Status.DROPPED, "2024-09-01", "2026-06-30", [("2025-03-31", True), ("2025-06-24", True)]),
    "3.1": (Status.ONGOING, "2024-06-01", "2028-12-31", [("2025-04-10", True), ("2026-11-26", False)]),
    "3.2": (Status.ONGOING, "2024-09-01", "2028-10-31", [("2025-10-19", True), ("2026-10-18", False)]),
    "3.3": (Status.ONGOING, "2024-10-01", "2027-12-31", [("2026-12-15", False)]),
    "3.4": (Status.ONGOING, "2025-02-01", "2028-12-31", [("2025-01-28", True)]),
    "3.5": (Status.ONGOING, "2024-09-01", "2028-08-31", [("2025-01-13", True)]),
    "4.1": (Status.ONGOING, "2024-09-01", "2028-06-30", [("2025-09-30", True), ("2026-09-30", True)]),
    "4.2": (Status.ONGOING, "2024-03-01", "2027-12-31", [("2026-06-30", True)]),
    "4.3": (Status.ONGOING, "2024-04-01", "2027-10-31", [("2025-05-31", True)]),
    "4.4": (Status.ONGOING, "2025-03-01", "2028-02-28", [("2025-04-15", True)]),
    "5.1": (Status.ONGOING, "2024-10-01", "2027-12-31", [("2025-11-20", True), ("2026-12-31", False)]),
    "5.2": (Status.ONGOING, "2025-01-01", "2028-12-31", [("2025-03-31", True)]),
    "5.3": (Status.ONGOING, "2024-05-01", "2028-09-30", [("2025-09-15", True), ("2026-09-15", True)]),
    "5.4": (Status.PLANNED, "2025-09-01", "2027-12-31", [("2026-12-01", False)]),
}


def day(text: str, precision: DatePrecision = DatePrecision.DAY) -> FuzzyDate:
    return FuzzyDate(date.fromisoformat(text), precision)


def step(due: str, done: bool = False, precision: DatePrecision = DatePrecision.DAY) -> MilestoneDue:
    return MilestoneDue(
        "Convention signée", MilestoneState.DONE if done else MilestoneState.PLANNED, day(due, precision)
    )


def test_on_the_demonstration_exactly_four_sheets_are_late() -> None:
    late = {
        code: [reason.kind for reason in lateness(status, day(start), day(end), [step(*s) for s in steps], ON).reasons]
        for code, (status, start, end, steps) in DEMONSTRATION.items()
    }
    assert {code: kinds for code, kinds in late.items() if kinds} == {
        "1.3": [LateKind.MILESTONE],
        "2.2": [LateKind.MILESTONE],
        "2.5": [LateKind.MILESTONE],
        "5.4": [LateKind.START],
    }


def test_a_reason_names_the_milestone_its_due_date_and_the_first_late_day() -> None:
    found = lateness(Status.ONGOING, None, None, [step("2026-09-01")], ON)
    (reason,) = found.reasons
    assert (reason.label, reason.due, reason.since) == ("Convention signée", day("2026-09-01"), date(2026, 9, 2))
    assert (found.is_late, found.since) == (True, date(2026, 9, 2))


def test_a_milestone_due_today_is_not_late() -> None:
    assert not lateness(Status.ONGOING, None, None, [step("2026-10-01")], ON).is_late


def test_a_milestone_due_in_a_month_is_late_from_the_first_of_the_next() -> None:
    september = [step("2026-09-01", precision=DatePrecision.MONTH)]
    assert not lateness(Status.ONGOING, None, None, september, date(2026, 9, 30)).is_late
    assert lateness(Status.ONGOING, None, None, september, date(2026, 10, 1)).is_late


@pytest.mark.parametrize("state", [MilestoneState.DONE, MilestoneState.DROPPED])
def test_a_milestone_done_or_abandoned_is_never_late(state: MilestoneState) -> None:
    assert not lateness(Status.ONGOING, None, None, [MilestoneDue("Étape", state, day("2020-01-01"))], ON).is_late


def test_a_milestone_without_a_due_date_is_never_late() -> None:
    undated = MilestoneDue("Étape", MilestoneState.PLANNED, None)
    assert not lateness(Status.ONGOING, None, None, [undated], ON).is_late


def test_an_end_passed_is_late_the_day_after() -> None:
    assert not lateness(Status.ONGOING, None, day("2026-10-01"), [], ON).is_late
    (reason,) = lateness(Status.ONGOING, None, day("2026-09-30"), [], ON).reasons
    assert reason.kind is LateKind.END


@pytest.mark.parametrize("status", [Status.DONE, Status.DROPPED])
def test_a_sheet_finished_or_abandoned_is_never_late(status: Status) -> None:
    assert not lateness(status, day("2020-01-01"), day("2021-01-01"), [step("2020-06-01")], ON).is_late


@pytest.mark.parametrize("status", [Status.PAUSED, Status.BLOCKED, Status.ONGOING, Status.PLANNED, None])
def test_no_other_status_excuses_a_milestone_past_due(status: Status | None) -> None:
    assert lateness(status, None, None, [step("2026-09-01")], ON).is_late


def test_a_planned_sheet_has_three_months_after_its_start() -> None:
    assert not lateness(Status.PLANNED, day("2026-07-01"), None, [], ON).is_late
    (reason,) = lateness(Status.PLANNED, day("2026-06-30"), None, [], ON).reasons
    assert (reason.kind, reason.since) == (LateKind.START, ON)


def test_a_planned_sheet_starting_some_time_in_a_year_has_three_months_after_that_year() -> None:
    start = day("2025-01-01", DatePrecision.YEAR)
    assert not lateness(Status.PLANNED, start, None, [], date(2026, 3, 31)).is_late
    assert lateness(Status.PLANNED, start, None, [], date(2026, 4, 1)).is_late


def test_a_running_sheet_is_not_late_for_having_started_long_ago() -> None:
    assert not lateness(Status.ONGOING, day("2020-01-01"), None, [], ON).is_late


def test_nothing_is_late_before_the_new_date_of_a_postponed_sheet() -> None:
    found = lateness(
        Status.POSTPONED, day("2025-01-01"), day("2026-06-30"), [step("2025-06-01")], ON, until=day("2026-10-01")
    )
    assert not found.is_late


def test_what_was_due_before_the_new_date_of_a_postponed_sheet_is_due_on_it() -> None:
    found = lateness(
        Status.POSTPONED, day("2025-01-01"), day("2027-06-30"), [step("2025-06-01")], ON, until=day("2026-09-15")
    )
    assert [(reason.kind, reason.due) for reason in found.reasons] == [(LateKind.MILESTONE, day("2026-09-15"))]


def test_a_postponed_sheet_has_three_months_from_its_new_date_to_start() -> None:
    found = lateness(Status.POSTPONED, day("2025-01-01"), None, [], ON, until=day("2026-06-01", DatePrecision.MONTH))
    assert [reason.kind for reason in found.reasons] == [LateKind.START]
    assert not lateness(Status.POSTPONED, day("2025-01-01"), None, [], ON, until=day("2026-08-01")).is_late


def test_a_postponed_sheet_without_a_new_date_is_judged_on_its_own_dates() -> None:
    assert lateness(Status.POSTPONED, None, day("2026-06-30"), [], ON).is_late


def test_reasons_come_oldest_first() -> None:
    found = lateness(Status.PLANNED, day("2025-01-01"), day("2026-09-01"), [step("2024-06-01")], ON)
    assert [reason.kind for reason in found.reasons] == [LateKind.MILESTONE, LateKind.START, LateKind.END]
    assert found.since == date(2024, 6, 2)


@given(
    st.sampled_from(Status),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
    st.sampled_from(DatePrecision),
    st.dates(date(2024, 1, 1), date(2028, 1, 1)),
)
def test_a_sheet_once_late_stays_late_until_something_is_typed(
    status: Status, due: date, precision: DatePrecision, on: date
) -> None:
    milestones = [MilestoneDue("Étape", MilestoneState.ONGOING, FuzzyDate(due, precision))]
    today = lateness(status, None, None, milestones, on)
    tomorrow = lateness(status, None, None, milestones, on + timedelta(days=1))
    assert set(today.reasons) <= set(tomorrow.reasons)
    assert today.is_late == (not status.is_over and on > last_day(FuzzyDate(due, precision)))


def note(
    status: Status = Status.ONGOING,
    percent: int | None = 5,
    ends: FuzzyDate | None = None,
    continuous: bool = False,
) -> TimeNote | None:
    return time_note(status, continuous, percent, day("2025-09-01"), ends or day("2027-12-31"), {CONTRACT_END}, ON)


def test_time_far_ahead_of_progress_is_a_note_with_both_figures() -> None:
    assert note(Status.PLANNED) == TimeNote(elapsed=46, progress=5)


def test_a_note_starts_at_25_points() -> None:
    def half_way_at(percent: int) -> TimeNote | None:
        year = (day("2026-01-01"), day("2028-01-01"))
        return time_note(Status.ONGOING, False, percent, *year, {CONTRACT_END}, date(2027, 1, 1))

    assert half_way_at(25) == TimeNote(elapsed=50, progress=25)
    assert half_way_at(26) is None


def test_no_note_for_a_continuous_sheet_nor_without_a_known_progress() -> None:
    assert note(continuous=True) is None
    assert note(percent=None) is None


def test_no_note_when_the_end_is_the_contracts_own_however_it_was_typed() -> None:
    assert note(ends=FuzzyDate(CONTRACT_END)) is None
    assert note(ends=FuzzyDate(date(2028, 1, 1), DatePrecision.YEAR)) is None


@pytest.mark.parametrize("status", [Status.DONE, Status.DROPPED, Status.POSTPONED])
def test_no_note_for_a_sheet_finished_abandoned_or_postponed(status: Status) -> None:
    assert note(status) is None
