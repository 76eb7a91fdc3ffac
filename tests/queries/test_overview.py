import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from components import overview as sentences
from components import overview_tiles
from db.commands import funding, governance, indicators, sheets
from db.commands.plan import place_sheet
from db.commands.publish import publish_point
from db.commands.series import declare_status
from db.engine import reading, writing
from db.errors import Refused
from db.journal import acting
from db.models import ImportRun, Initiative, Milestone, Organisation, OrganisationAlias, Placement
from db.queries.overview import overview
from db.queries.plan import plan_state
from db.rules.attainment import AttainmentWord
from db.rules.overview import Overview, arbitrations
from db.rules.plan import PlanState
from db.rules.text import fold
from db.rules.totals import Known
from db.rules.vocabulary import (
    Accumulation,
    BodyKind,
    DatePrecision,
    Direction,
    FundingDecision,
    FundingStage,
    MeasurementStatus,
    MeetingState,
    Status,
    ValueType,
)
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON, viewer_in
from tests.counting import counted


def the_demo(engine: Engine, *, reader: bool = False) -> tuple[PlanState, Overview]:
    """The demonstration on its own day, as its coordinator prepares it or as a reader sees it."""
    who = viewer_in(engine)
    who = who.as_reader() if reader else who
    with reading(engine) as session:
        key = session.scalars(select(Initiative.id)).one()
        return plan_state(session, who, key, ON), overview(session, who, key, ON)


def told(engine: Engine, who: Viewer, plan: Plan, on: date = ON) -> Overview:
    with reading(engine) as session:
        return overview(session, who, plan.initiative_id, on)


def test_the_money_of_the_year_is_the_cash_that_was_granted(demo: Engine):
    _, facts = the_demo(demo)
    assert facts.money.granted.total == 46210000
    assert facts.money.granted.is_whole
    assert facts.money.awaiting == Known(2500000, 2, 2)


def test_the_need_is_known_for_the_sheets_that_have_a_budget_for_the_year(demo: Engine):
    _, facts = the_demo(demo)
    assert (facts.money.needs_known, facts.money.needs_of) == (11, 23)


def test_every_indicator_of_the_plan_has_one_word(demo: Engine):
    _, facts = the_demo(demo)
    assert facts.indicators.total == 71
    assert facts.indicators.of(AttainmentWord.YEAR_RUNNING) > 40


def test_what_happened_since_the_last_committee_is_counted_from_its_day(demo: Engine):
    _, facts = the_demo(demo, reader=True)
    assert facts.since is not None
    assert facts.since.day == date(2026, 6, 23)
    assert facts.since.moves.finished == 1
    assert facts.since.moves.halted == 1
    assert (facts.since.grants, facts.since.granted, facts.since.refusals) == (4, 2200000, 1)


def test_a_change_in_preparation_is_not_told_to_a_reader(demo: Engine):
    _, prepared = the_demo(demo)
    _, published = the_demo(demo, reader=True)
    assert prepared.since is not None and published.since is not None
    assert prepared.since.moves.halted == published.since.moves.halted + 1


def test_the_committee_is_asked_about_the_paused_sheet_and_the_answers_awaited(demo: Engine):
    state, facts = the_demo(demo, reader=True)
    asked = {item.sheet.code: sentences.questions(item) for item in arbitrations(state, facts.answers)}
    assert asked["2.2"] == ["en pause depuis juillet 2026, poursuivre ou renoncer"]
    assert asked["5.4"] == ["une réponse de financeur attendue en nov. 2026 (18\u202f000\u00a0€)"]


def test_no_organisation_is_named_in_what_the_overview_asks_or_tells(demo: Engine):
    state, facts = the_demo(demo)
    assert facts.since is not None
    lines = [word for item in arbitrations(state, facts.answers) for word in sentences.questions(item)]
    lines += [sentences.silence_sentence(state) or "", *sentences.since_lines(facts.since)]
    for tile in (
        overview_tiles.sheets_tile(state, "demo"),
        overview_tiles.progress_tile(state.roll_up, "demo"),
        overview_tiles.indicators_tile(facts.indicators),
        overview_tiles.money_tile(facts.money),
        overview_tiles.decisions_tile(facts.decisions),
    ):
        lines += [tile.label, tile.figure, *tile.lines]
    with reading(demo) as session:
        names = [*session.scalars(select(Organisation.name)), *session.scalars(select(OrganisationAlias.label))]
    assert len(lines) > 15 and len(names) > 20
    said = fold(" | ".join(lines))
    assert [name for name in names if re.search(rf"\b{re.escape(fold(name))}\b", said)] == []


def test_who_may_not_read_the_plan_is_refused(sqlite_demo: Engine):
    with reading(sqlite_demo) as session, pytest.raises(Refused):
        overview(session, Viewer(1), session.scalars(select(Initiative.id)).one(), ON)


def test_the_number_of_queries_does_not_depend_on_the_number_of_sheets(sqlite_engine: Engine, viewer: Viewer):
    small = plan_in(sqlite_engine, viewer, sheets=("1.1",), code="petit")
    large = plan_in(sqlite_engine, viewer, sheets=tuple(f"1.{n}" for n in range(1, 41)), code="grand")
    assert _queries(sqlite_engine, viewer, small) == _queries(sqlite_engine, viewer, large) <= 25


def _queries(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    with counted(engine) as asked:
        told(engine, viewer, plan)
    return sum(statement.startswith("SELECT") for statement in asked)


def test_an_empty_plan_has_nothing_to_tell(engine: Engine, viewer: Viewer):
    facts = told(engine, viewer, plan_in(engine, viewer, sheets=()))
    assert facts.since is None
    assert facts.indicators.total == 0
    assert facts.money.granted == Known(0, 0, 0)
    assert (facts.money.needs_known, facts.money.needs_of) == (0, 0)
    assert (facts.decisions.open, facts.decisions.overdue) == (0, 0)


def _committee(
    session: Session, viewer: Viewer, plan: Plan, held_on: date, state: MeetingState = MeetingState.CLOSED
) -> int:
    body = governance.add_body(
        session, viewer, kind=BodyKind.COPIL, name="Comité de pilotage", initiative_ids=[plan.initiative_id]
    )
    return governance.add_meeting(session, viewer, body_id=body.id, held_on=held_on, state=state).id


def test_a_decision_is_overdue_the_day_after_it_was_due(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        meeting = _committee(session, viewer, plan, date(2026, 1, 10))
        governance.add_decision(
            session, viewer, meeting_id=meeting, number="1", text="Écrire aux communes", due_on=date(2026, 3, 31)
        )
    assert told(engine, viewer, plan, date(2026, 3, 31)).decisions.overdue == 0
    assert told(engine, viewer, plan, date(2026, 4, 1)).decisions.overdue == 1
    assert told(engine, viewer, plan, date(2026, 1, 9)).decisions.open == 0


def test_a_sheet_that_started_after_the_committee_is_told(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        _committee(session, viewer, plan, date(2026, 6, 1))
        for status, day in ((Status.PLANNED, date(2026, 1, 1)), (Status.ONGOING, date(2026, 7, 1))):
            declare_status(session, viewer, sheet_id=plan.sheets["1.1"], status=status, on=day)
    since = told(engine, viewer, plan).since
    assert since is not None and since.moves.started == 1
    before = told(engine, viewer, plan, date(2026, 6, 30)).since
    assert before is not None and before.moves.started == 0


def test_a_due_date_is_moved_when_it_was_replaced_and_not_when_it_was_first_typed(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        _committee(session, viewer, plan, date(2020, 1, 1))
        for label, due in (("Ouverture", date(2026, 5, 1)), ("Bilan", None)):
            sheets.add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label=label, due_on=due)
    with writing(engine) as session, acting(session, viewer.actor_id, "edit", "Dates", plan.initiative_id):
        for milestone in session.scalars(select(Milestone)):
            milestone.due_on, milestone.due_precision = date(2026, 9, 1), DatePrecision.DAY
    since = told(engine, viewer, plan).since
    assert since is not None and since.moved_dates == 1


def test_a_decision_counts_once_its_meeting_is_closed(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        closed = _committee(session, viewer, plan, date(2026, 1, 10))
        running = _committee(session, viewer, plan, date(2026, 9, 10), MeetingState.RUNNING)
        for meeting in (closed, running):
            governance.add_decision(session, viewer, meeting_id=meeting, number="1", text="Écrire aux communes")
    assert told(sqlite_engine, viewer, plan).decisions.open == 1


def _due(engine: Engine, viewer: Viewer, plan: Plan, *days: date) -> None:
    """Give the one milestone each of these due dates in turn, through a plan's own act."""
    for day in days:
        with writing(engine) as session, acting(session, viewer.actor_id, "edit", "Dates", plan.initiative_id):
            session.scalars(select(Milestone)).one().due_on = day


def _with_a_milestone(engine: Engine, viewer: Viewer, time_zone: str = "Europe/Paris") -> Plan:
    """A plan whose one milestone is due on 1 May, and whose committee sat on 23 June 2026."""
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        _committee(session, viewer, plan, date(2026, 6, 23))
        sheets.add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Ouverture", due_on=date(2026, 5, 1))
        with acting(session, viewer.actor_id, "edit", "Fuseau", plan.initiative_id):
            session.get_one(Initiative, plan.initiative_id).time_zone = time_zone
    return plan


def _moved(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    since = told(engine, viewer, plan).since
    assert since is not None
    return since.moved_dates


def test_a_due_date_put_back_where_it_was_has_not_moved(engine: Engine, viewer: Viewer):
    plan = _with_a_milestone(engine, viewer)
    _due(engine, viewer, plan, date(2026, 9, 1))
    assert _moved(engine, viewer, plan) == 1
    _due(engine, viewer, plan, date(2026, 8, 1), date(2026, 5, 1))
    assert _moved(engine, viewer, plan) == 0


@pytest.mark.parametrize(("time_zone", "moved"), [("Europe/Paris", 0), ("Indian/Reunion", 1)])
def test_the_day_of_the_committee_ends_at_the_midnight_of_the_plan(
    sqlite_engine: Engine, viewer: Viewer, time_zone: str, moved: int
):
    plan = _with_a_milestone(sqlite_engine, viewer, time_zone=time_zone)
    with time_machine.travel(datetime(2026, 6, 23, 21, tzinfo=UTC), tick=False):
        _due(sqlite_engine, viewer, plan, date(2026, 9, 1))
    assert _moved(sqlite_engine, viewer, plan) == moved


def test_a_date_of_a_sheet_lent_by_another_plan_is_told_here_and_one_that_left_is_not(engine: Engine, viewer: Viewer):
    plan = _with_a_milestone(engine, viewer)
    guest = plan_in(engine, viewer, sheets=(), code="invitant")
    with writing(engine) as session:
        _committee(session, viewer, guest, date(2026, 6, 23))
        place = place_sheet(session, viewer, sheet_id=plan.sheets["1.1"], initiative_id=guest.initiative_id).id
    _due(engine, viewer, plan, date(2026, 9, 1))
    assert _moved(engine, viewer, guest) == 1
    with writing(engine) as session, acting(session, viewer.actor_id, "edit", "Retrait", guest.initiative_id):
        session.get_one(Placement, place).until = ON
    assert _moved(engine, viewer, guest) == 0


def test_an_amount_not_known_is_not_counted_as_zero(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        funder = Organisation(name="Caisse d'essai (fictive)")
        with acting(session, viewer.actor_id, "add", "Ajout"):
            session.add(funder)
            session.flush()
        for cents in (500000, None):
            line = funding.add_funding_line(
                session,
                viewer,
                funder_id=funder.id,
                sheet_id=plan.sheets["1.1"],
                year=2026,
                decision=FundingDecision.GRANTED,
            )
            if cents is not None:
                funding.record_amount(
                    session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=None, amount_cents=cents
                )
    assert told(engine, viewer, plan).money.granted == Known(500000, 1, 2)


def test_the_target_set_last_is_the_one_that_counts(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        row = indicators.add_indicator(
            session,
            viewer,
            sheet_id=plan.sheets["1.1"],
            label="Personnes sans médecin traitant",
            fields={"accumulation": Accumulation.STATE, "direction": Direction.UP, "value_type": ValueType.NUMBER},
        )
        for value, day in ((Decimal(10), date(2025, 1, 1)), (Decimal(100), date(2026, 1, 1))):
            indicators.set_target(session, viewer, indicator_id=row.id, due_on=date(2025, 12, 31), value=value, on=day)
        indicators.record_measurement(
            session,
            viewer,
            indicator_id=row.id,
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 12, 31),
            value=Decimal(50),
            on=date(2025, 12, 31),
            status=MeasurementStatus.VALIDATED,
        )
    assert told(engine, viewer, plan, date(2025, 12, 31)).indicators.of(AttainmentWord.REACHED) == 1
    assert told(engine, viewer, plan, date(2026, 2, 1)).indicators.of(AttainmentWord.REACHED) == 0


def test_right_after_an_import_its_file_is_told_until_something_else_is_done(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session, acting(session, viewer.actor_id, "import", "Import", plan.initiative_id) as act:
        session.add(
            ImportRun(
                act_id=act.id,
                initiative_id=plan.initiative_id,
                file_name="plan.xlsx",
                file_digest="0",
                worksheet="Plan",
                header="",
                report={},
            )
        )
    assert told(engine, viewer, plan).imported_file == "plan.xlsx"
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Premier point", as_of=ON)
    assert told(engine, viewer, plan).imported_file is None
