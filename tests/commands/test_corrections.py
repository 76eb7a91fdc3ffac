"""Corrections accepted in one click: what each writes, and when nothing is written."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from db import journal
from db.commands.corrections import correct
from db.commands.plan import place_sheet, rewrite_sheet
from db.commands.series import declare_progress, declare_status
from db.commands.sheets import add_milestone
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.models import Act, ActionSheet, Milestone, ProgressEntry, Reminder, StatusEntry
from db.queries.corrections import correctable
from db.queries.plan import plan_state
from db.rules.access import Role
from db.rules.corrections import ASKS, Choice, proposed, seen
from db.rules.plan import SheetRow
from db.rules.vocabulary import DatePrecision, MilestoneState, Outcome, Status
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

LONG_AGO, RECENT = date(2026, 1, 12), date(2026, 9, 15)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def row_of(engine: Engine, viewer: Viewer, plan: Plan, number: str = "1.1") -> SheetRow:
    with reading(engine) as session:
        state = plan_state(session, viewer, plan.initiative_id, ON)
    return next(sheet for sheet in state.sheets if sheet.code == number)


def status(engine: Engine, viewer: Viewer, plan: Plan, **said: Any) -> None:
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=plan.sheets["1.1"], **said)


def progress(engine: Engine, viewer: Viewer, plan: Plan, percent: int, on: date = RECENT) -> None:
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], on=on, percent=percent)


def dates(engine: Engine, viewer: Viewer, plan: Plan, **fields: Any) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields=fields)


def accept(engine: Engine, viewer: Viewer, row: SheetRow, choice: Choice, **more: Any) -> int | None:
    """Accept a correction on what this row shows; the act that wrote it."""
    with writing(engine) as session:
        correct(session, viewer, placement_id=row.placement_id, choice=choice, as_seen=seen(row), on=ON, **more)
        return journal.last_act(session)


def acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count(Act.id))) or 0


def last(engine: Engine, table: type[StatusEntry] | type[ProgressEntry]) -> Any:
    with reading(engine) as session:
        return session.scalars(select(table).order_by(table.id.desc())).first()


def finished_with_steps(engine: Engine, viewer: Viewer, plan: Plan) -> SheetRow:
    with writing(engine) as session:
        for label, state in (
            ("A", MilestoneState.PLANNED),
            ("B", MilestoneState.ONGOING),
            ("C", MilestoneState.DROPPED),
        ):
            add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label=label, state=state)
    status(engine, viewer, plan, status=Status.DONE, on=RECENT, outcome=Outcome.FULL)
    return row_of(engine, viewer, plan)


def steps(engine: Engine) -> list[tuple[str, MilestoneState, date | None]]:
    with reading(engine) as session:
        return [
            (one.label, one.state, one.done_on) for one in session.scalars(select(Milestone).order_by(Milestone.id))
        ]


def test_the_open_steps_of_a_finished_sheet_are_ticked_without_a_date(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    row = finished_with_steps(engine, viewer, plan)
    before = acts(engine)
    accept(engine, viewer, row, Choice.TICK)
    done = MilestoneState.DONE
    assert steps(engine) == [("A", done, None), ("B", done, None), ("C", MilestoneState.DROPPED, None)]
    assert acts(engine) == before + 1
    assert proposed(row_of(engine, viewer, plan)) == ()


def test_a_finished_sheet_with_open_steps_may_run_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = finished_with_steps(engine, viewer, plan)
    accept(engine, viewer, row, Choice.RESUME)
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.outcome, entry.on_date) == (Status.ONGOING, None, ON)
    assert len(steps(engine)) == 3


def test_a_sheet_that_is_to_be_discussed_still_is_once_corrected(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    status(engine, viewer, plan, status=Status.ONGOING, on=LONG_AGO, to_discuss=True)
    accept(engine, viewer, row_of(engine, viewer, plan), Choice.PAUSE)
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.to_discuss) == (Status.PAUSED, True)


def test_a_silent_sheet_gets_one_reminder_for_the_monday_after(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    status(engine, viewer, plan, status=Status.ONGOING, on=LONG_AGO)
    row = row_of(engine, viewer, plan)
    accept(engine, viewer, row, Choice.ASK)
    with pytest.raises(Invalid, match="déjà mis pour le 05/10/2026"):
        accept(engine, viewer, row, Choice.ASK)
    with reading(engine) as session:
        reminders = session.scalars(select(Reminder)).all()
        told = correctable(session, viewer, plan.initiative_id, ON)
    assert [(one.text, one.due_on, one.sheet_id) for one in reminders] == [(ASKS, date(2026, 10, 5), row.sheet_id)]
    assert told is not None and told.asked == {row.sheet_id: date(2026, 10, 5)}


def test_a_sheet_past_its_start_runs_from_today(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    dates(engine, viewer, plan, starts_on=date(2026, 9, 1))
    status(engine, viewer, plan, status=Status.PLANNED, on=RECENT)
    accept(engine, viewer, row_of(engine, viewer, plan), Choice.START)
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.on_date) == (Status.ONGOING, ON)


def test_a_new_start_keeps_the_precision_it_was_typed_with(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    dates(engine, viewer, plan, starts_on=date(2026, 9, 1))
    status(engine, viewer, plan, status=Status.PLANNED, on=RECENT)
    accept(engine, viewer, row_of(engine, viewer, plan), Choice.MOVE_START, typed="mars 2027")
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, plan.sheets["1.1"])
    assert (sheet.starts_on, sheet.starts_precision) == (date(2027, 3, 1), DatePrecision.MONTH)
    assert proposed(row_of(engine, viewer, plan)) == ()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("bientôt", "Accepté"),
        ("mars 2026", "est déjà passé"),
        ("", "écrivez une date"),
        (None, "écrivez une date"),
        ("NC", "n'est pas une date"),
        ("2031", "précède"),
    ],
)
def test_a_start_that_changes_nothing_or_cannot_be_read_is_refused(
    engine: Engine, viewer: Viewer, plan: Plan, typed: str | None, sentence: str
) -> None:
    dates(engine, viewer, plan, starts_on=date(2026, 9, 1), ends_on=date(2028, 1, 1))
    status(engine, viewer, plan, status=Status.PLANNED, on=RECENT)
    row, before = row_of(engine, viewer, plan), acts(engine)
    with pytest.raises(Invalid, match=sentence):
        accept(engine, viewer, row, Choice.MOVE_START, typed=typed)
    assert acts(engine) == before


def postponed(engine: Engine, viewer: Viewer, plan: Plan) -> SheetRow:
    status(
        engine, viewer, plan, status=Status.POSTPONED, on=LONG_AGO, until=date(2026, 6, 30),
        until_precision=DatePrecision.MONTH, reason="Faute de local",
    )  # fmt: skip
    return row_of(engine, viewer, plan)


def test_a_sheet_postponed_to_a_past_date_may_be_postponed_again_for_the_same_reason(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    accept(engine, viewer, postponed(engine, viewer, plan), Choice.MOVE_UNTIL, typed="T2 2027")
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.until, entry.until_precision) == (
        Status.POSTPONED,
        date(2027, 6, 30),
        DatePrecision.QUARTER,
    )
    assert entry.reason == "Faute de local"


def test_a_sheet_postponed_to_a_past_date_may_run(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    accept(engine, viewer, postponed(engine, viewer, plan), Choice.START)
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.until) == (Status.ONGOING, None)


def full(engine: Engine, viewer: Viewer, plan: Plan) -> SheetRow:
    status(engine, viewer, plan, status=Status.ONGOING, on=RECENT)
    progress(engine, viewer, plan, 100)
    return row_of(engine, viewer, plan)


def test_a_sheet_said_to_be_at_100_percent_is_finished(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    accept(engine, viewer, full(engine, viewer, plan), Choice.FINISH)
    entry = last(engine, StatusEntry)
    assert (entry.status, entry.outcome) == (Status.DONE, Outcome.FULL)


def test_or_its_progress_is_revised_to_less(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = full(engine, viewer, plan)
    with pytest.raises(Invalid, match="fiche terminée"):
        accept(engine, viewer, row, Choice.REVISE, typed="100 %")
    accept(engine, viewer, row, Choice.REVISE, typed="80 %")
    assert last(engine, ProgressEntry).percent == 80


def behind(engine: Engine, viewer: Viewer, plan: Plan) -> SheetRow:
    dates(engine, viewer, plan, starts_on=date(2025, 1, 1), ends_on=date(2027, 1, 1))
    status(engine, viewer, plan, status=Status.ONGOING, on=RECENT)
    progress(engine, viewer, plan, 5)
    return row_of(engine, viewer, plan)


def test_a_progress_that_is_confirmed_is_declared_again_and_not_asked_for_six_months(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    accept(engine, viewer, behind(engine, viewer, plan), Choice.CONFIRM)
    entry = last(engine, ProgressEntry)
    assert (entry.percent, entry.on_date, entry.comment) == (5, ON, "Avancement confirmé")
    with reading(engine) as session:
        asked = [
            bool(plan_state(session, viewer, plan.initiative_id, day).sheets[0].time_note)
            for day in (ON, date(2027, 4, 1), date(2027, 4, 2))
        ]
    assert asked == [False, False, True]


def test_a_progress_declared_since_it_was_confirmed_is_asked_about_again(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    accept(engine, viewer, behind(engine, viewer, plan), Choice.CONFIRM)
    progress(engine, viewer, plan, 6, on=ON)
    assert row_of(engine, viewer, plan).time_note is not None


def test_the_end_of_a_sheet_that_runs_late_may_be_moved(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    accept(engine, viewer, behind(engine, viewer, plan), Choice.MOVE_END, typed="2030")
    with reading(engine) as session:
        assert session.get_one(ActionSheet, plan.sheets["1.1"]).ends_on == date(2030, 12, 31)


def test_nothing_is_corrected_on_facts_that_moved_meanwhile(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = finished_with_steps(engine, viewer, plan)
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="D")
    before = acts(engine)
    with pytest.raises(Conflict, match="a changé depuis que cette liste"):
        accept(engine, viewer, row, Choice.TICK)
    assert acts(engine) == before
    assert MilestoneState.DONE not in {state for _, state, _ in steps(engine)}


def test_the_same_correction_twice_is_refused_the_second_time(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = full(engine, viewer, plan)
    accept(engine, viewer, row, Choice.FINISH)
    with pytest.raises(Conflict):
        accept(engine, viewer, row, Choice.FINISH)
    with reading(engine) as session:
        assert session.scalar(select(func.count(StatusEntry.id))) == 2


def test_a_correction_that_the_sheet_does_not_call_for_is_refused(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    status(engine, viewer, plan, status=Status.ONGOING, on=RECENT)
    with pytest.raises(Conflict):
        accept(engine, viewer, row_of(engine, viewer, plan), Choice.FINISH)


@pytest.mark.parametrize("choice", [Choice.TICK, Choice.RESUME])
def test_a_correction_is_taken_back_whole(engine: Engine, viewer: Viewer, plan: Plan, choice: Choice) -> None:
    row = finished_with_steps(engine, viewer, plan)
    done = accept(engine, viewer, row, choice)
    assert done is not None
    with writing(engine) as session:
        undo_act(session, viewer, done)
    assert seen(row_of(engine, viewer, plan)) == seen(row)


def test_who_reads_corrects_nothing(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = full(engine, viewer, plan)
    with pytest.raises(Refused):
        accept(engine, Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),)), row, Choice.FINISH)


def test_what_the_committee_sees_is_not_what_a_correction_stands_on(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    row = full(engine, viewer, plan)
    accept(engine, viewer.as_reader(), row, Choice.FINISH)
    assert last(engine, StatusEntry).status is Status.DONE


def test_a_sheet_seen_in_a_plan_that_borrows_it_is_known_to_be_lent(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer, name="Un autre contrat", sheets=())
    borrower = Viewer(viewer.actor_id, ((other.initiative_id, Role.COORDINATOR),))
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=plan.sheets["1.1"], initiative_id=other.initiative_id)
    full(engine, viewer, plan)
    with reading(engine) as session:
        told = correctable(session, borrower, other.initiative_id, ON)
        state = plan_state(session, borrower, other.initiative_id, ON)
    assert told is not None and told.lent == {plan.sheets["1.1"]}
    with pytest.raises(Refused):
        accept(engine, borrower, state.sheets[0], Choice.FINISH)
