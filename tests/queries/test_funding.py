"""What a funder decides moves: told from its day, in preparation until it is published."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line, decide_funding, record_amount
from db.commands.governance import add_body, add_meeting
from db.commands.publish import publish_point
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Invalid
from db.exchange.snapshot import sheets_of
from db.models import Act, FundingDecisionEntry
from db.queries.funding import foreseen_lines
from db.queries.overview import overview
from db.queries.sheet_figures import money
from db.rules.overview import Overview
from db.rules.totals import Known
from db.rules.vocabulary import BodyKind, FundingDecision, FundingStage, MeetingState
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

ASKED_ON, ANSWERED_ON, COMMITTEE = date(2026, 3, 2), date(2026, 7, 8), date(2026, 6, 23)
PENDING, GRANTED, REFUSED = FundingDecision.PENDING, FundingDecision.GRANTED, FundingDecision.REFUSED


def a_line(session: Session, viewer: Viewer, plan: Plan, **told: object) -> int:
    """A line of 2026 on the first sheet, of 5 000 € asked when it was asked."""
    funder = find_or_create_organisation(session, viewer, "Caisse d'essai (fictive)").id
    wanted: dict[str, object] = {"funder_id": funder, "sheet_id": plan.sheets["1.1"], "year": 2026} | told
    line = add_funding_line(session, viewer, **wanted)  # type: ignore[arg-type]
    if told.get("decision"):
        record_amount(
            session, viewer, line_id=line.id, stage=FundingStage.REQUESTED, on=ASKED_ON, amount_cents=5_000_00
        )
    return line.id


def asked(engine: Engine, viewer: Viewer) -> tuple[Plan, int]:
    """A plan published while its one line awaits an answer, after a committee has sat."""
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        body = add_body(session, viewer, initiative_ids=[plan.initiative_id], kind=BodyKind.COPIL, name="Comité")
        add_meeting(session, viewer, body_id=body.id, held_on=COMMITTEE, state=MeetingState.CLOSED)
        line = a_line(session, viewer, plan, decision=PENDING, on=ASKED_ON, answer_expected_on=date(2026, 11, 17))
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=ON)
    return plan, line


def decide(engine: Engine, viewer: Viewer, line: int, decision: FundingDecision) -> None:
    with writing(engine) as session:
        decide_funding(session, viewer, line_id=line, decision=decision, on=ANSWERED_ON)


def told(engine: Engine, viewer: Viewer, plan: Plan, on: date = ON) -> Overview:
    with reading(engine) as session:
        return overview(session, viewer, plan.initiative_id, on)


def decisions(engine: Engine, viewer: Viewer, plan: Plan, on: date = ON) -> list[tuple[FundingDecision, date | None]]:
    with reading(engine) as session:
        lines = money(session, viewer, plan.sheets["1.1"], on)
        return [(line.decision, line.answer_expected_on) for line in lines]


def test_a_refusal_in_preparation_is_not_told_to_a_reader(engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(engine, viewer)
    decide(engine, viewer, line, REFUSED)
    reader = viewer.as_reader()
    assert decisions(engine, viewer, plan) == [(REFUSED, None)]
    assert decisions(engine, reader, plan) == [(PENDING, date(2026, 11, 17))]
    prepared, published = told(engine, viewer, plan), told(engine, reader, plan)
    assert (prepared.money.awaiting, published.money.awaiting) == (Known(0, 0, 0), Known(5_000_00, 1, 1))
    assert (list(prepared.answers), list(published.answers)) == ([], [plan.sheets["1.1"]])
    assert prepared.since is not None and published.since is not None
    assert (prepared.since.refusals, published.since.refusals) == (1, 0)


def test_a_refusal_is_told_to_all_once_published(engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(engine, viewer)
    decide(engine, viewer, line, REFUSED)
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point suivant", as_of=ON)
    assert decisions(engine, viewer.as_reader(), plan) == [(REFUSED, None)]


def test_a_line_stands_on_a_day_where_its_last_answer_left_it(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(sqlite_engine, viewer)
    decide(sqlite_engine, viewer, line, GRANTED)
    assert decisions(sqlite_engine, viewer, plan, date(2026, 3, 1)) == [(FundingDecision.NOT_ASKED, None)]
    assert decisions(sqlite_engine, viewer, plan, date(2026, 7, 7))[0][0] is PENDING
    assert decisions(sqlite_engine, viewer, plan, ANSWERED_ON)[0][0] is GRANTED


def test_an_answer_without_a_date_is_older_than_any_other(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        line = a_line(session, viewer, plan, decision=PENDING, on=ASKED_ON)
        decide_funding(session, viewer, line_id=line, decision=GRANTED, on=None)
    assert decisions(sqlite_engine, viewer, plan) == [(PENDING, None)]


def test_a_refusal_dated_before_the_committee_is_not_told_again(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        decide_funding(session, viewer, line_id=line, decision=REFUSED, on=COMMITTEE)
    since = told(sqlite_engine, viewer, plan).since
    assert since is not None and since.refusals == 0


def test_only_a_request_has_a_day_on_which_its_answer_is_expected(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(sqlite_engine, viewer)
    with writing(sqlite_engine) as session, pytest.raises(Invalid, match="retirez cette date"):
        decide_funding(session, viewer, line_id=line, decision=GRANTED, on=ON, answer_expected_on=ON)
    with writing(sqlite_engine) as session, pytest.raises(Invalid, match="retirez cette date"):
        a_line(session, viewer, plan, answer_expected_on=ON)


def test_an_answer_can_be_taken_back(engine: Engine, viewer: Viewer) -> None:
    plan, line = asked(engine, viewer)
    decide(engine, viewer, line, REFUSED)
    with writing(engine) as session:
        undo_act(session, viewer, session.scalars(select(func.max(Act.id))).one())
    assert decisions(engine, viewer, plan)[0][0] is PENDING


def test_what_is_merely_foreseen_is_what_a_workbook_carries(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        foreseen = a_line(session, viewer, plan)
        request = a_line(session, viewer, plan, decision=PENDING, on=ASKED_ON)
        withdrawn = a_line(session, viewer, plan, decision=PENDING, on=ASKED_ON)
        decide_funding(session, viewer, line_id=withdrawn, decision=FundingDecision.NOT_ASKED, on=ANSWERED_ON)
    with reading(engine) as session:
        assert set(session.scalars(foreseen_lines(plan.sheets["1.1"]))) == {foreseen, withdrawn}
        assert request not in session.scalars(foreseen_lines(plan.sheets["1.1"])).all()
        carried = sheets_of(session, viewer, plan.initiative_id, ON)[plan.sheets["1.1"]]
    assert len(carried.funders) == 2


def test_a_line_asked_or_granted_without_a_year_is_counted_apart(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        for decision in (FundingDecision.NOT_ASKED, PENDING, GRANTED, REFUSED):
            a_line(session, viewer, plan, year=None, decision=decision)
        a_line(session, viewer, plan, decision=PENDING)
    year = told(sqlite_engine, viewer, plan).money
    assert year.without_year == 2
    assert year.awaiting == Known(5_000_00, 1, 1)


def test_the_demonstration_dates_the_answers_whose_day_its_file_gives(demo: Engine) -> None:
    with reading(demo) as session:
        rows = session.execute(select(FundingDecisionEntry.decision, FundingDecisionEntry.on_date)).all()
    assert sorted(day for decision, day in rows if decision is REFUSED) == [date(2025, 2, 26), date(2026, 7, 8)]
    assert {day is None for decision, day in rows if decision is GRANTED} == {True, False}
    assert {day is None for decision, day in rows if decision is PENDING} == {False}
