from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.progress import SheetProgress, milestone_share, roll_up, sheet_progress
from db.rules.vocabulary import MilestoneState, Outcome, Status

ON = date(2026, 10, 1)
DONE, OPEN, DROPPED = MilestoneState.DONE, MilestoneState.PLANNED, MilestoneState.DROPPED

# The 23 declared percentages of the demonstration's plan, with its finished and its abandoned sheet.
DEMONSTRATION = [
    (Status.ONGOING, 58), (Status.ONGOING, 62), (Status.ONGOING, 45), (Status.DONE, 100), (Status.ONGOING, 60),
    (Status.PAUSED, 30), (Status.ONGOING, 55), (Status.ONGOING, 50), (Status.ONGOING, 35), (Status.DROPPED, 10),
    (Status.ONGOING, 55), (Status.ONGOING, 60), (Status.ONGOING, 75), (Status.ONGOING, 50), (Status.ONGOING, 65),
    (Status.ONGOING, 52), (Status.ONGOING, 57), (Status.ONGOING, 48), (Status.ONGOING, 44), (Status.ONGOING, 38),
    (Status.ONGOING, 42), (Status.ONGOING, 66), (Status.PLANNED, 5),
]  # fmt: skip


def declared(percent: int | None, status: Status | None = Status.ONGOING, on: date = ON) -> SheetProgress:
    return sheet_progress(status, False, False, None if percent is None else (percent, on), [])


def test_progress_is_what_was_declared_even_when_every_milestone_is_done() -> None:
    progress = sheet_progress(Status.ONGOING, False, False, (50, ON), [(DONE, 1), (DONE, 1)])
    assert (progress.percent, progress.declared_on, progress.from_milestones) == (50, ON, False)
    assert not progress.to_check
    assert progress.milestones_fr == "étapes 2/2"


def test_milestones_give_the_percentage_where_they_describe_the_whole_action() -> None:
    progress = sheet_progress(Status.ONGOING, False, True, (50, ON), [(DONE, 3), (OPEN, 1)])
    assert (progress.percent, progress.declared_on, progress.from_milestones) == (75, None, True)


def test_the_declaration_speaks_when_no_milestone_is_left() -> None:
    progress = sheet_progress(Status.ONGOING, False, True, (50, ON), [(DROPPED, 1)])
    assert (progress.percent, progress.from_milestones, progress.milestones_fr) == (50, False, None)


def test_abandoned_milestones_are_in_neither_count() -> None:
    progress = sheet_progress(Status.ONGOING, False, True, None, [(DONE, 1), (OPEN, 1), (DROPPED, 8)])
    assert (progress.percent, progress.milestones_done, progress.milestones_total) == (50, 1, 2)


def test_half_a_percent_is_rounded_up() -> None:
    assert milestone_share([(DONE, 1), (OPEN, 7)]) == 13


@pytest.mark.parametrize("status", [Status.PLANNED, Status.ONGOING, Status.POSTPONED, Status.PAUSED, Status.BLOCKED])
def test_a_sheet_not_finished_never_shows_100_percent(status: Status) -> None:
    progress = declared(100, status)
    assert (progress.percent, progress.to_check) == (99, True)


def test_a_running_sheet_whose_milestones_are_all_done_does_not_show_100_percent_either() -> None:
    progress = sheet_progress(Status.ONGOING, False, True, None, [(DONE, 1)])
    assert (progress.percent, progress.to_check) == (99, True)


def test_a_finished_sheet_is_at_100_percent_whatever_was_declared() -> None:
    assert declared(60, Status.DONE).percent == 100
    assert sheet_progress(Status.DONE, False, False, None, [], Outcome.FULL).percent == 100


@pytest.mark.parametrize("outcome", [Outcome.PARTIAL, Outcome.NONE])
def test_a_sheet_finished_in_part_keeps_what_was_declared(outcome: Outcome) -> None:
    assert sheet_progress(Status.DONE, False, False, (60, ON), [], outcome).percent == 60
    assert sheet_progress(Status.DONE, False, False, None, [], outcome).percent is None


def test_a_progress_declared_on_an_unknown_day_is_known_and_never_old() -> None:
    undated = sheet_progress(Status.ONGOING, False, False, (40, None), [])
    assert (undated.percent, undated.declared_on, undated.is_undated) == (40, None, True)
    summary = roll_up([undated, declared(20)], ON)
    assert (summary.mean, summary.known, summary.older_than_six_months) == (30, 2, 0)


def test_only_a_percentage_that_was_declared_can_be_undated() -> None:
    assert not sheet_progress(Status.DONE, False, False, (40, None), [], Outcome.FULL).is_undated
    assert not sheet_progress(Status.ONGOING, False, True, (40, None), [(DONE, 1), (OPEN, 1)]).is_undated
    assert not sheet_progress(Status.ONGOING, True, False, (40, None), []).is_undated
    assert not declared(40).is_undated


def test_a_continuous_sheet_has_no_percentage() -> None:
    progress = sheet_progress(Status.ONGOING, True, True, (40, ON), [(DONE, 1), (OPEN, 1)])
    assert (progress.percent, progress.from_milestones, progress.to_check) == (None, False, False)


def test_nothing_declared_is_unknown_and_zero_declared_is_zero() -> None:
    assert declared(None).percent is None
    assert declared(0).percent == 0


def test_the_demonstration_is_at_52_percent_over_22_sheets_out_of_22() -> None:
    summary = roll_up([declared(percent, status) for status, percent in DEMONSTRATION], ON)
    assert summary.mean is not None
    assert (round(summary.mean), summary.known, summary.of) == (52, 22, 22)


def test_the_mean_leaves_out_abandoned_and_continuous_sheets() -> None:
    continuous = sheet_progress(Status.ONGOING, True, False, (90, ON), [])
    summary = roll_up([declared(40), declared(10, Status.DROPPED), continuous], ON)
    assert (summary.mean, summary.known, summary.of) == (40, 1, 1)


def test_an_unknown_progress_stays_in_the_denominator_and_out_of_the_mean() -> None:
    summary = roll_up([declared(40), declared(None)], ON)
    assert (summary.mean, summary.known, summary.of) == (40, 1, 2)


def test_the_mean_of_nothing_known_is_unknown() -> None:
    assert roll_up([declared(None)], ON).mean is None
    assert roll_up([], ON).of == 0


def test_a_declaration_grows_old_after_six_months_unless_the_sheet_is_finished() -> None:
    old, recent = date(2026, 3, 31), date(2026, 4, 1)
    sheets = [declared(40, on=old), declared(40, on=recent), declared(100, Status.DONE, on=old)]
    assert roll_up(sheets, ON).older_than_six_months == 1


def test_the_mean_says_what_it_stands_on() -> None:
    sheets = [declared(40, on=date(2026, 1, 1))] * 2 + [declared(None)]
    assert roll_up(sheets, ON).basis_fr == "avancement déclaré, 2 fiches sur 3, dont 2 de plus de six mois"
    assert roll_up([declared(40)], ON).basis_fr == "avancement déclaré, 1 fiche sur 1"


milestones = st.lists(st.tuples(st.sampled_from(MilestoneState), st.integers(min_value=1, max_value=50)), max_size=8)


@given(milestones, st.integers(min_value=2, max_value=9))
def test_only_the_proportions_of_weights_matter(steps: list[tuple[MilestoneState, int]], scale: int) -> None:
    assert milestone_share(steps) == milestone_share([(state, weight * scale) for state, weight in steps])


@given(milestones)
def test_doing_one_more_milestone_never_lowers_the_share(steps: list[tuple[MilestoneState, int]]) -> None:
    before = milestone_share([(OPEN, 1), *steps])
    after = milestone_share([(DONE, 1), *steps])
    assert before is not None and after is not None
    assert before <= after


@given(st.lists(st.integers(min_value=0, max_value=99), min_size=1, max_size=30))
def test_the_mean_stays_between_the_lowest_and_the_highest_progress(percents: list[int]) -> None:
    mean = roll_up([declared(percent) for percent in percents], ON).mean
    assert mean is not None
    assert min(percents) <= mean <= max(percents)
