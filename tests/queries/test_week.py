"""« Ma semaine »: what each person is told to do, over every démarche that they coordinate, each on its own day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from db.commands import drafts, funding, logbook, series, sheets
from db.commands.amendments import add_amendment
from db.commands.directory import find_or_create_organisation
from db.commands.plan import place_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.journal import acting
from db.models import ActionSheet, Initiative, Revision
from db.models.base import now_utc
from db.queries import initiatives
from db.queries.plan import plan_state
from db.queries.week import left_drafts, my_week
from db.rules.access import Role
from db.rules.lateness import LateKind
from db.rules.vocabulary import DatePrecision, FundingDecision, MilestoneState, Status
from db.rules.week import AT_MOST, DraftKind, DueKind, EndKind, Moment, Week
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.conftest import ON, viewer_in


def week_of(engine: Engine, viewer: Viewer, *plans: Plan | int, on: date = ON) -> Week:
    days = tuple((plan if isinstance(plan, int) else plan.initiative_id, on) for plan in plans)
    with reading(engine) as session:
        told = my_week(session, viewer, days)
    assert told is not None
    return told


def in_plan(engine: Engine, viewer: Viewer, act: Callable[..., Any], sheet_id: int, **named: Any) -> Any:
    with writing(engine) as session:
        return act(session, viewer, sheet_id=sheet_id, **named)


def run(engine: Engine, viewer: Viewer, plan: Plan, number: str, status: Status, **named: Any) -> int:
    """A sheet in a status since a month."""
    key = plan.sheets[number]
    in_plan(engine, viewer, series.declare_status, key, status=status, on=date(2026, 9, 1), **named)
    return key


def step(engine: Engine, viewer: Viewer, sheet_id: int, due: date, **named: Any) -> None:
    in_plan(engine, viewer, sheets.add_milestone, sheet_id, label=f"Étape {due:%d/%m}", due_on=due, **named)


DUE = {LateKind.MILESTONE: DueKind.MILESTONE, LateKind.END: DueKind.END}


def test_what_is_past_in_the_demonstration_is_what_makes_its_fiches_late(demo: Engine) -> None:
    viewer = viewer_in(demo)
    told = week_of(demo, viewer, 1)
    with reading(demo) as session:
        state = plan_state(session, viewer, 1, ON)
    late = {
        (row.sheet_id, DUE[reason.kind], reason.due, reason.label)
        for row in state.sheets
        for reason in row.lateness.reasons
        if reason.kind in DUE
    }
    past = {
        (due.sheet.sheet_id, due.kind, due.when, due.label)
        for due in told.overdue.items
        if due.sheet is not None and due.kind in DUE.values()
    }
    assert past == late != set()
    assert {due.moment for due in told.overdue.items} == {Moment.PAST}


def test_the_silent_fiches_of_the_demonstration_are_those_of_the_plan_s_own_list(demo: Engine) -> None:
    viewer = viewer_in(demo)
    told = week_of(demo, viewer, 1)
    with reading(demo) as session:
        state = plan_state(session, viewer, 1, ON)
    expected = {row.sheet_id: row.last_news for row in state.sheets if row.needs_news}
    assert {silent.sheet.sheet_id: silent.last_news for silent in told.silent.items} == expected != {}
    news = [silent.last_news or date.min for silent in told.silent.items]
    assert news == sorted(news)


def test_what_waits_to_be_published_is_what_the_head_of_the_page_counts(demo: Engine) -> None:
    viewer = viewer_in(demo)
    (waiting,) = week_of(demo, viewer, 1).waiting.items
    with reading(demo) as session:
        header = initiatives.header(session, viewer, 1, ON)
    assert header.point is not None
    assert (waiting.entries, waiting.point) == (header.in_preparation, header.point.as_of)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=("1.1", "1.2", "1.3"))


def test_steps_and_ends_are_due_once_past_or_within_a_fortnight(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = run(engine, viewer, plan, "1.1", Status.ONGOING)
    for days in (-30, 0, 7, 8, 14, 15):
        step(engine, viewer, key, ON + timedelta(days=days))
    step(engine, viewer, key, ON - timedelta(days=3), state=MilestoneState.DONE)
    step(engine, viewer, key, date(2026, 9, 30), due_precision=DatePrecision.MONTH)
    step(engine, viewer, key, date(2026, 10, 31), due_precision=DatePrecision.MONTH)
    in_plan(engine, viewer, rewrite_sheet, key, fields={"ends_on": date(2026, 10, 9)})
    told = week_of(engine, viewer, plan)
    assert [(due.kind, due.when.day) for due in told.overdue.items] == [
        (DueKind.MILESTONE, date(2026, 9, 1)),
        (DueKind.MILESTONE, date(2026, 9, 30)),
    ]
    assert [(due.kind, due.when.day, due.moment) for due in told.coming.items] == [
        (DueKind.MILESTONE, ON, Moment.WEEK),
        (DueKind.MILESTONE, date(2026, 10, 8), Moment.WEEK),
        (DueKind.END, date(2026, 10, 9), Moment.FORTNIGHT),
        (DueKind.MILESTONE, date(2026, 10, 9), Moment.FORTNIGHT),
        (DueKind.MILESTONE, date(2026, 10, 15), Moment.FORTNIGHT),
    ]


def test_a_start_is_expected_in_its_week_then_once_it_is_past(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    for number, starts_on, precision in (
        ("1.1", date(2026, 10, 8), DatePrecision.DAY),
        ("1.2", date(2026, 9, 1), DatePrecision.MONTH),
        ("1.3", date(2026, 7, 1), DatePrecision.HALF_YEAR),
    ):
        key = run(engine, viewer, plan, number, Status.PLANNED)
        in_plan(engine, viewer, rewrite_sheet, key, fields={"starts_on": starts_on, "starts_precision": precision})
    told = week_of(engine, viewer, plan)
    assert [(due.kind, due.when.day) for due in told.overdue.items] == [(DueKind.START, date(2026, 9, 1))]
    assert [(due.kind, due.when.day) for due in told.coming.items] == [(DueKind.START, date(2026, 10, 8))]


def test_a_postponed_fiche_is_due_at_its_new_date_and_then_expected_again(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    later = run(engine, viewer, plan, "1.1", Status.POSTPONED, until=date(2027, 3, 31))
    step(engine, viewer, later, date(2026, 9, 1))
    soon = run(engine, viewer, plan, "1.2", Status.POSTPONED, until=date(2026, 10, 5))
    step(engine, viewer, soon, date(2026, 9, 1))
    told = week_of(engine, viewer, plan)
    assert told.overdue.total == 0
    assert [(due.sheet and due.sheet.sheet_id, due.kind, due.when.day) for due in told.coming.items] == [
        (soon, DueKind.MILESTONE, date(2026, 10, 5)),
        (soon, DueKind.RESUME, date(2026, 10, 5)),
    ]


@pytest.mark.parametrize("status", [Status.DONE, Status.DROPPED])
def test_nothing_is_due_of_a_fiche_that_is_over(engine: Engine, viewer: Viewer, plan: Plan, status: Status) -> None:
    key = run(engine, viewer, plan, "1.1", status)
    step(engine, viewer, key, date(2026, 9, 1))
    assert week_of(engine, viewer, plan).overdue.total == 0


def test_nothing_is_due_of_a_fiche_that_was_archived(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = run(engine, viewer, plan, "1.1", Status.ONGOING)
    step(engine, viewer, key, date(2026, 9, 1))
    with writing(engine) as session, acting(session, viewer.actor_id, "test", "Archivage", plan.initiative_id):
        session.get_one(ActionSheet, key).archived_at = now_utc()
    assert week_of(engine, viewer, plan).overdue.total == 0


def test_reminders_are_told_on_their_day_with_or_without_a_fiche(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        for text, due, about in (
            ("Hier", "30/09/2026", {"sheet_id": plan.sheets["1.1"]}),
            ("Bientôt", "15/10/2026", {}),
            ("Plus tard", "16/10/2026", {}),
        ):
            logbook.add_reminder(session, viewer, initiative_id=plan.initiative_id, text=text, due=due, **about)
        done = logbook.add_reminder(session, viewer, initiative_id=plan.initiative_id, text="Fait", due="30/09/2026")
        logbook.close_reminder(session, viewer, reminder_id=done.id, on=ON)
    told = week_of(engine, viewer, plan)
    assert [(due.label, due.sheet and due.sheet.label) for due in told.overdue.items] == [("Hier", "1.1 Fiche 1.1")]
    assert [(due.label, due.sheet) for due in told.coming.items] == [("Bientôt", None)]


def test_a_running_fiche_is_silent_after_six_months_and_quiet_since_the_last_point(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    for number in plan.sheets:
        run(engine, viewer, plan, number, Status.ONGOING)
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=date(2026, 9, 15))
        series.declare_progress(session, viewer, sheet_id=plan.sheets["1.2"], percent=10, on=date(2026, 9, 20))
        sheets.add_milestone(
            session,
            viewer,
            sheet_id=plan.sheets["1.3"],
            label="Faite",
            state=MilestoneState.DONE,
            done_on=date(2026, 9, 16),
        )
    told = week_of(engine, viewer, plan)
    assert told.silent.total == 0
    assert [(quiet.sheets, quiet.point) for quiet in told.quiet.items] == [(1, date(2026, 9, 15))]
    after = week_of(engine, viewer, plan, on=date(2027, 3, 17))
    assert [(silent.sheet.code, silent.last_news) for silent in after.silent.items] == [
        ("1.1", date(2026, 9, 1)),
        ("1.3", date(2026, 9, 16)),
    ]


def test_a_demarche_that_never_published_has_no_round_of_news(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    run(engine, viewer, plan, "1.1", Status.ONGOING)
    told = week_of(engine, viewer, plan)
    assert told.quiet.total == 0
    assert [(waiting.entries, waiting.point) for waiting in told.waiting.items] == [(1, None)]


def test_what_ends_within_six_months_leaves_out_the_fiches_that_end_with_their_contract(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    for number, ends_on in (("1.1", date(2027, 3, 31)), ("1.2", date(2028, 12, 31)), ("1.3", date(2027, 4, 2))):
        key = run(engine, viewer, plan, number, Status.ONGOING)
        in_plan(engine, viewer, rewrite_sheet, key, fields={"ends_on": ends_on})
    told = week_of(engine, viewer, plan)
    assert [(end.kind, end.sheet and end.sheet.code) for end in told.ending.items] == [(EndKind.SHEET, "1.1")]
    with writing(engine) as session:
        add_amendment(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            number=1,
            signed_on=date(2026, 9, 1),
            object="Fin avancée",
            new_ends_on=date(2027, 3, 31),
        )
    told = week_of(engine, viewer, plan)
    assert [(end.kind, end.when.day) for end in told.ending.items] == [(EndKind.CONTRACT, date(2027, 3, 31))]


def test_answers_are_awaited_from_funders_until_they_come(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        who = find_or_create_organisation(session, viewer, "ARS fictive")
        line = funding.add_funding_line(session, viewer, funder_id=who.id, sheet_id=plan.sheets["1.1"], year=2026)
        funding.decide_funding(
            session,
            viewer,
            line_id=line.id,
            decision=FundingDecision.PENDING,
            on=date(2026, 9, 1),
            answer_expected_on=date(2026, 12, 1),
        )
    (answer,) = week_of(engine, viewer, plan).ending.items
    assert (answer.kind, answer.funder, answer.when.day) == (EndKind.ANSWER, "ARS fictive", date(2026, 12, 1))
    assert answer.sheet is not None and answer.sheet.code == "1.1"
    with writing(engine) as session:
        funding.decide_funding(session, viewer, line_id=line.id, decision=FundingDecision.GRANTED, on=date(2026, 9, 20))
    assert week_of(engine, viewer, plan).ending.total == 0


def test_a_fiche_that_two_plans_share_is_told_once_by_its_home(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer, code="reprise")
    key = run(engine, viewer, plan, "1.1", Status.ONGOING)
    step(engine, viewer, key, date(2026, 9, 1))
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=key, initiative_id=other.initiative_id, code="A")
    told = week_of(engine, viewer, plan, other)
    (due,) = told.overdue.items
    assert due.sheet is not None
    assert (due.initiative_id, due.sheet.placement_id) == (plan.initiative_id, plan.placements["1.1"])
    assert due.sheet.elsewhere == (other.initiative_id,)
    assert {name.id for name in told.names} >= {plan.initiative_id, other.initiative_id}
    borrower = Viewer(viewer.actor_id, ((other.initiative_id, Role.COORDINATOR),))
    assert week_of(engine, borrower, other).overdue.total == 0


def test_a_change_of_a_shared_fiche_moves_both_plans(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer, code="reprise")
    with writing(engine) as session:
        place = place_sheet(session, viewer, sheet_id=plan.sheets["1.1"], initiative_id=other.initiative_id, code="A")
    scopes = [f"initiative:{plan.initiative_id}", f"initiative:{other.initiative_id}"]

    def moved() -> dict[str, int]:
        with reading(engine) as session:
            rows = session.execute(select(Revision.scope, Revision.n).where(Revision.scope.in_(scopes)))
            return {row.scope: row.n for row in rows}

    before = moved()
    in_plan(engine, viewer, series.declare_progress, plan.sheets["1.1"], percent=40, on=ON)
    assert {scope: n - before[scope] for scope, n in moved().items()} == dict.fromkeys(scopes, 1)
    with reading(engine) as session:
        seen = plan_state(session, viewer, other.initiative_id, ON).sheets
    (there,) = [row for row in seen if row.placement_id == place.id]
    assert there.progress.percent == 40


def test_each_demarche_is_looked_at_on_its_own_day(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(engine, viewer, code="ailleurs")
    for here in (plan, other):
        key = run(engine, viewer, here, "1.1", Status.ONGOING)
        step(engine, viewer, key, date(2026, 10, 3))
    days = ((plan.initiative_id, ON), (other.initiative_id, date(2026, 10, 4)))
    with reading(engine) as session:
        told = my_week(session, viewer, days)
    assert told is not None
    assert [due.initiative_id for due in told.coming.items] == [plan.initiative_id]
    assert [due.initiative_id for due in told.overdue.items] == [other.initiative_id]
    assert {name.id: name.on for name in told.names} == dict(days)


def test_a_person_is_told_of_the_demarches_that_they_coordinate_alone(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    other = plan_in(engine, viewer, code="ailleurs")
    for here in (plan, other):
        step(engine, viewer, run(engine, viewer, here, "1.1", Status.ONGOING), date(2026, 9, 1))
    days = ((plan.initiative_id, ON), (other.initiative_id, ON))
    mine = ((plan.initiative_id, Role.COORDINATOR), (other.initiative_id, Role.SIGNATORY))
    with reading(engine) as session:
        told = my_week(session, Viewer(viewer.actor_id, mine), days)
        assert my_week(session, Viewer(viewer.actor_id, mine).as_reader(), days) is None
        assert my_week(session, Viewer(viewer.actor_id, mine[1:]), days) is None
    assert told is not None
    assert (told.plans, [due.initiative_id for due in told.overdue.items]) == (1, [plan.initiative_id])


def test_a_long_list_is_cut_and_the_rest_counted(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    key = run(sqlite_engine, viewer, plan, "1.1", Status.ONGOING)
    with writing(sqlite_engine) as session:
        for days in range(AT_MOST + 5):
            due = date(2026, 1, 1) + timedelta(days=days)
            sheets.add_milestone(session, viewer, sheet_id=key, label=f"Étape {days}", due_on=due)
        logbook.add_reminder(session, viewer, initiative_id=plan.initiative_id, text="Ancien", due="01/01/2025")
    told = week_of(sqlite_engine, viewer, plan).overdue
    assert (len(told.items), told.total, told.rest) == (AT_MOST, AT_MOST + 6, 6)
    assert told.items[0].label == "Ancien"


def test_the_queries_are_as_many_whatever_the_number_of_demarches(sqlite_engine: Engine, viewer: Viewer) -> None:
    plans = [plan_in(sqlite_engine, viewer, code=f"plan-{n}") for n in range(30)]
    for plan in plans:
        step(sqlite_engine, viewer, run(sqlite_engine, viewer, plan, "1.1", Status.ONGOING), date(2025, 9, 1))
    counts = []
    for asked in (plans[:1], plans[:5], plans):
        seen: list[str] = []

        def note(*args: Any, seen: list[str] = seen) -> None:
            seen.append(args[2])

        event.listen(sqlite_engine, "before_cursor_execute", note)
        told = week_of(sqlite_engine, viewer, *asked)
        event.remove(sqlite_engine, "before_cursor_execute", note)
        assert told.overdue.total == len(asked)
        counts.append(len([statement for statement in seen if statement.lstrip().startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1] == counts[2] <= 13


def test_the_forms_a_person_left_open_are_told_each_once_with_the_fiche_they_are_about(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    key, gone = plan.sheets["1.1"], plan.initiative_id + 1000
    with writing(engine) as session:
        code = session.get_one(Initiative, plan.initiative_id).code
        for subject, typed in (
            (f"sheet:{key}:constat", {"rationale": "Un début"}),
            (f"sheet:{key}:constat", {"rationale": "Une suite"}),
            (f"sheet:{key}:publics", {}),
            (f"unplanned:{plan.initiative_id}", {"title": "Ciné-débat"}),
            (f"correct:avenir-{plan.placements['1.2']}", {"typed": "2027"}),
            (f"bulk:{gone}", {"status": "en cours"}),
        ):
            opened = drafts.start_draft(session, viewer, subject, {})
            drafts.keep(session, viewer, opened.key, typed)
        drafts.close_draft(session, viewer, opened.key)
    with reading(engine) as session:
        told = left_drafts(session, viewer)
        assert left_drafts(session, colleague(engine)) == ()
    assert [(draft.about.kind, draft.sheet and draft.sheet.code, draft.plan_code) for draft in told] == [
        (DraftKind.CORRECTION, "1.2", code),
        (DraftKind.UNPLANNED, None, code),
        (DraftKind.SHEET, "1.1", code),
    ]


def test_a_form_about_a_plan_that_is_no_longer_one_s_own_is_told_without_its_names(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        opened = drafts.start_draft(session, viewer, f"sheet:{plan.sheets['1.1']}:constat", {})
        drafts.keep(session, viewer, opened.key, {"rationale": "Un début"})
    with reading(engine) as session:
        (draft,) = left_drafts(session, Viewer(viewer.actor_id))
    assert (draft.sheet, draft.plan_code) == (None, None)
