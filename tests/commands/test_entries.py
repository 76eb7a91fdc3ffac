"""What is declared, measured and paid: each a new entry, refused in words when it says two things or none."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import evaluation, funding, governance, indicators, series, sheets
from db.commands.directory import find_or_create_organisation
from db.commands.reference import find_or_create_term, find_term
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import AgendaItem, Indicator, Milestone, SheetTerm, StatusEntry
from db.rules.vocabulary import (
    Absence,
    AbsenceReason,
    BodyKind,
    DatePrecision,
    Direction,
    EvaluationCriterion,
    FundingDecision,
    FundingStage,
    MeasurementStatus,
    MeetingState,
    MilestoneState,
    Status,
    ValueType,
    Vocabulary,
)
from db.viewer import Viewer
from tests.builders import Plan, plan_in

ON = date(2026, 9, 1)
NUMBER = {"value_type": ValueType.NUMBER, "direction": Direction.UP}


@pytest.fixture
def plan(sqlite_engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(sqlite_engine, viewer)


def test_a_new_declaration_leaves_the_former_one(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    for status in (Status.PLANNED, Status.ONGOING):
        with writing(sqlite_engine) as session:
            series.declare_status(session, viewer, sheet_id=plan.sheets["1.1"], status=status, on=ON)
    with reading(sqlite_engine) as session:
        rows = session.scalars(select(StatusEntry).order_by(StatusEntry.id)).all()
        assert [(row.status, row.publication_id) for row in rows] == [(Status.PLANNED, None), (Status.ONGOING, None)]
        assert {row.actor_id for row in rows} == {viewer.actor_id}


Act = Callable[[Session, Viewer, Plan], Any]


def _sheet(plan: Plan) -> dict[str, Any]:
    return {"sheet_id": plan.sheets["1.1"]}


def _indicator(session: Session, viewer: Viewer, plan: Plan, **fields: Any) -> int:
    made = indicators.add_indicator(session, viewer, label="Ateliers", fields=NUMBER | fields, **_sheet(plan))
    return made.id


def _line(session: Session, viewer: Viewer, plan: Plan) -> int:
    funder = find_or_create_organisation(session, viewer, "Caisse d'essai").id
    return funding.add_funding_line(session, viewer, funder_id=funder, year=2026, **_sheet(plan)).id


def _decided_line(session: Session, viewer: Viewer, plan: Plan, decision: FundingDecision) -> int:
    line = _line(session, viewer, plan)
    funding.decide_funding(session, viewer, line_id=line, decision=decision, on=ON)
    return line


def _paid_line(session: Session, viewer: Viewer, plan: Plan) -> int:
    line = _line(session, viewer, plan)
    funding.record_amount(session, viewer, line_id=line, stage=FundingStage.PAID, on=ON, amount_cents=1)
    return line


def _year() -> dict[str, Any]:
    return {
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2025, 12, 31),
        "on": ON,
        "status": MeasurementStatus.VALIDATED,
    }


REFUSED: dict[str, Act] = {
    "an outcome without an end": lambda s, v, p: series.declare_status(
        s, v, status=Status.ONGOING, on=ON, outcome="full", **_sheet(p)
    ),
    "a new date without a postponement": lambda s, v, p: series.declare_status(
        s, v, status=Status.PAUSED, on=ON, until=ON, **_sheet(p)
    ),
    "a progress above a hundred": lambda s, v, p: series.declare_progress(s, v, on=ON, percent=101, **_sheet(p)),
    "a progress and its absence": lambda s, v, p: series.declare_progress(
        s, v, on=ON, percent=1, absence=Absence.UNAVAILABLE, **_sheet(p)
    ),
    "no progress and no absence": lambda s, v, p: series.declare_progress(s, v, on=ON, **_sheet(p)),
    "a météo that says nothing": lambda s, v, p: series.declare_weather(s, v, on=ON, weather=None, **_sheet(p)),
    "a step done without being done": lambda s, v, p: sheets.add_milestone(
        s, v, label="Étape", done_on=ON, **_sheet(p)
    ),
    "a step that weighs nothing": lambda s, v, p: sheets.add_milestone(s, v, label="Étape", weight=0, **_sheet(p)),
    "a place that is two": lambda s, v, p: sheets.attach_place(s, v, label="Ici", term_id=1, **_sheet(p)),
    "a budget without amount": lambda s, v, p: funding.add_budget_item(s, v, **_sheet(p)),
    "a negative budget": lambda s, v, p: funding.add_budget_item(s, v, amount_cents=-1, **_sheet(p)),
    "a line about nothing": lambda s, v, p: funding.add_funding_line(s, v, funder_id=1),
    "a negative amount": lambda s, v, p: funding.record_amount(
        s, v, line_id=_line(s, v, p), stage=FundingStage.PAID, on=ON, amount_cents=-1
    ),
    "an amount granted to a refused line": lambda s, v, p: funding.record_amount(
        s, v, line_id=_decided_line(s, v, p, FundingDecision.REFUSED), stage=FundingStage.GRANTED, on=ON, amount_cents=1
    ),
    "a refusal of what was paid": lambda s, v, p: funding.decide_funding(
        s, v, line_id=_paid_line(s, v, p), decision=FundingDecision.REFUSED, on=ON
    ),
    "a correction without reason": lambda s, v, p: funding.record_amount(
        s, v, line_id=_line(s, v, p), stage=FundingStage.PAID, on=ON, amount_cents=-1, is_correction=True
    ),
    "an indicator of two things": lambda s, v, p: indicators.add_indicator(
        s, v, label="X", fields=NUMBER, axis_id=p.axis_id, **_sheet(p)
    ),
    "a target that is nothing": lambda s, v, p: indicators.set_target(
        s, v, indicator_id=_indicator(s, v, p), due_on=ON
    ),
    "a value and a text": lambda s, v, p: indicators.record_measurement(
        s, v, indicator_id=_indicator(s, v, p), value=Decimal(1), text_value="un", **_year()
    ),
    "a reason without absence": lambda s, v, p: indicators.record_measurement(
        s, v, indicator_id=_indicator(s, v, p), value=Decimal(1), absence_reason=AbsenceReason.MASKED, **_year()
    ),
    "a numerator alone": lambda s, v, p: indicators.record_measurement(
        s, v, indicator_id=_indicator(s, v, p), value=Decimal(1), numerator=Decimal(1), **_year()
    ),
    "a part of another indicator": lambda s, v, p: indicators.record_measurement(
        s,
        v,
        indicator_id=_indicator(s, v, p),
        value=Decimal(1),
        breakdown_id=indicators.add_breakdown(
            s, v, indicator_id=_indicator(s, v, p), dimension="sexe", part="femmes"
        ).id,
        **_year(),
    ),
    "a body of nobody": lambda s, v, p: governance.add_body(s, v, initiative_ids=[], kind=BodyKind.COPIL, name="X"),
    "a mark of nothing": lambda s, v, p: evaluation.add_score(s, v, year=2026, value=3),
}


@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_refused_in_words(sqlite_engine: Engine, viewer: Viewer, plan: Plan, act: Act) -> None:
    with pytest.raises(Invalid) as refusal, writing(sqlite_engine) as session:
        act(session, viewer, plan)
    assert refusal.value.message.endswith(".")


def test_a_sheet_that_does_not_exist_is_refused_like_one_that_is_closed(sqlite_engine: Engine, viewer: Viewer) -> None:
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        series.declare_progress(session, viewer, sheet_id=12345, on=ON, percent=10)


def test_a_step_due_on_a_date_without_precision_is_due_that_day(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(sqlite_engine) as session:
        sheets.add_milestone(session, viewer, label="Un", due_on=ON, **_sheet(plan))
        sheets.add_milestone(session, viewer, label="Deux", state=MilestoneState.DONE, done_on=ON, **_sheet(plan))
    with reading(sqlite_engine) as session:
        rows = session.scalars(select(Milestone).order_by(Milestone.position)).all()
        assert [(row.due_precision, row.position) for row in rows] == [(DatePrecision.DAY, 0), (None, 1)]


def test_a_sheet_has_one_principal_determinant_and_two_secondary_ones(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(sqlite_engine) as session:
        words = [find_term(session, Vocabulary.DETERMINANT, name) for name in ("Éducation", "Emploi", "Revenu")]
        education, work, income = (word.id for word in words if word is not None)
        sheets.attach_term(session, viewer, term_id=education, rank=1, **_sheet(plan))
        with pytest.raises(Invalid, match="principal"):
            sheets.attach_term(session, viewer, term_id=work, rank=1, **_sheet(plan))
        sheets.attach_term(session, viewer, term_id=work, rank=2, **_sheet(plan))
        with pytest.raises(Invalid, match="deux secondaires"):
            sheets.attach_term(session, viewer, term_id=income, rank=4, **_sheet(plan))
        sheets.attach_term(session, viewer, term_id=education, rank=1, **_sheet(plan))
        assert len(session.scalars(select(SheetTerm)).all()) == 2


def test_a_word_that_is_not_a_determinant_has_no_rank(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(sqlite_engine) as session:
        public = find_term(session, Vocabulary.TARGET_GROUP, "Familles")
        assert public is not None
        with pytest.raises(Invalid, match="déterminants"):
            sheets.attach_term(session, viewer, term_id=public.id, rank=1, **_sheet(plan))


def test_an_objective_stands_under_one_of_its_own_sheet(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(sqlite_engine) as session:
        elsewhere = sheets.add_objective(session, viewer, sheet_id=plan.sheets["1.2"], text="Ailleurs")
        with pytest.raises(Invalid, match="autre fiche"):
            sheets.add_objective(session, viewer, text="Ici", parent_id=elsewhere.id, **_sheet(plan))


def test_an_indicator_without_baseline_says_that_it_was_not_provided(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(sqlite_engine) as session:
        bare = session.get_one(Indicator, _indicator(session, viewer, plan))
        known = session.get_one(Indicator, _indicator(session, viewer, plan, baseline=Decimal("61.5")))
        assert (bare.baseline_absence, known.baseline_absence) == (Absence.NOT_PROVIDED, None)
    with reading(sqlite_engine) as session:
        assert session.get_one(Indicator, known.id).baseline == Decimal("61.5")


def test_a_word_added_to_a_list_is_found_again_whatever_its_accents(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        made = find_or_create_term(session, viewer, vocabulary=Vocabulary.SETTING, label="Péniche-école")
        again = find_or_create_term(session, viewer, vocabulary=Vocabulary.SETTING, label="PENICHE-ECOLE")
        assert (again.id, made.code) == (made.id, "peniche_ecole")


def test_a_body_common_to_two_plans_is_written_from_either(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        homes = [plan.initiative_id, other.initiative_id]
        body = governance.add_body(session, viewer, initiative_ids=homes, kind=BodyKind.COPIL, name="COPIL commun")
        second = Viewer(viewer.actor_id, tuple((other.initiative_id, role) for _, role in viewer.roles))
        meeting = governance.add_meeting(
            session, second, body_id=body.id, held_on=ON, state=MeetingState.CLOSED, counts={"present": 12}
        )
        governance.add_agenda_item(session, second, meeting_id=meeting.id, title="Bilan")
        governance.add_decision(
            session, second, meeting_id=meeting.id, number="1", text="Valider", **{"sheet_ids": [plan.sheets["1.1"]]}
        )
        assert session.scalars(select(AgendaItem.title)).all() == ["Bilan"]
        stranger = Viewer(viewer.actor_id, ())
        with pytest.raises(Refused):
            governance.add_meeting(session, stranger, body_id=body.id, held_on=ON, state=MeetingState.CLOSED)


def test_a_question_is_answered_by_indicators_of_its_plan(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    other = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        asked = {"code": "Q1", "criterion": EvaluationCriterion.EFFECTIVENESS, "question": "Atteint ?"}
        own, foreign = _indicator(session, viewer, plan), _indicator(session, viewer, other)
        home = plan.initiative_id
        evaluation.add_evaluation_question(session, viewer, initiative_id=home, indicator_ids=[own], **asked)
        with pytest.raises(Invalid, match="autre plan"):
            evaluation.add_evaluation_question(session, viewer, initiative_id=home, indicator_ids=[foreign], **asked)
