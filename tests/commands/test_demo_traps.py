"""The traps that the demonstration's file plants, one test each, in its own order."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.engine import reading
from db.models import (
    Breakdown,
    Decision,
    DecisionSheet,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Measurement,
    Meeting,
    Organisation,
    StatusEntry,
    Target,
)
from db.queries.funding import decided_lines
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    Direction,
    FundingDecision,
    FundingStage,
    IndicatorKind,
    Outcome,
    Status,
    ValueType,
)
from tests.commands.demo_facts import (
    FILE,
    amount,
    count,
    indicator,
    sheet_id,
)


@pytest.fixture
def session(demo: Engine) -> Iterator[Session]:
    with reading(demo) as opened:
        yield opened


def test_trap_an_abandoned_sheet_with_an_indicator_never_measured(session: Session) -> None:
    last = session.scalars(
        select(StatusEntry).where(StatusEntry.sheet_id == sheet_id(session, "2.6")).order_by(StatusEntry.on_date.desc())
    ).first()
    assert last is not None
    assert (last.status, last.reason) == (Status.DROPPED, "Aucun porteur trouvé.")
    never = session.scalars(
        select(Indicator.id).where(Indicator.sheet_id == sheet_id(session, "2.6"), Indicator.note == "jamais renseigné")
    ).one()
    assert count(session, Measurement, Measurement.indicator_id == never) == 0
    paid, spent = (
        session.scalar(
            select(func.sum(FundingEvent.amount_cents))
            .join(FundingLine, FundingLine.id == FundingEvent.line_id)
            .where(FundingLine.sheet_id == sheet_id(session, "2.6"), FundingEvent.stage == stage)
        )
        for stage in (FundingStage.PAID, FundingStage.SPENT)
    )
    assert (paid or 0) - (spent or 0) == 2_300_00
    about = select(DecisionSheet.decision_id).where(DecisionSheet.sheet_id == sheet_id(session, "2.6"))
    assert session.scalars(select(Decision.number).where(Decision.id.in_(about))).all() == ["2025-06-24-1"]


def test_trap_a_sheet_not_begun_with_an_answer_awaited(session: Session) -> None:
    key = sheet_id(session, "5.4")
    keys = select(Indicator.id).where(Indicator.sheet_id == key)
    assert count(session, Measurement, Measurement.indicator_id.in_(keys)) == 0
    line, asked = session.execute(
        select(FundingLine, FundingDecisionEntry)
        .join(FundingDecisionEntry, FundingDecisionEntry.line_id == FundingLine.id)
        .where(FundingLine.sheet_id == key, FundingLine.id.in_(decided_lines(FundingDecision.PENDING)))
    ).one()
    assert (asked.on_date, asked.answer_expected_on) == (date(2026, 7, 24), date(2026, 11, 17))
    assert amount(session, str(line.reference), FundingStage.REQUESTED) == 18_000_00
    assert amount(session, str(line.reference), FundingStage.GRANTED) is None


def test_trap_an_indicator_that_should_fall_and_rises(session: Session) -> None:
    row = indicator(session, "3.5-I2")
    values = session.scalars(
        select(Measurement.value).where(Measurement.indicator_id == row.id).order_by(Measurement.ends_on)
    ).all()
    assert row.direction is Direction.DOWN
    assert values[-1] > values[-2]


def test_trap_a_part_masked_at_its_source_is_unavailable(session: Session) -> None:
    row = indicator(session, "3.4-I1")
    assert row.direction is Direction.NEUTRAL
    masked = session.execute(
        select(Breakdown.part, Measurement.value, Measurement.absence, Measurement.absence_reason)
        .join(Breakdown, Breakdown.id == Measurement.breakdown_id)
        .where(Measurement.indicator_id == row.id, Measurement.absence.is_not(None))
    ).all()
    assert [tuple(line) for line in masked] == [("femmes", None, Absence.UNAVAILABLE, "masked")]


def test_trap_an_indicator_without_its_first_year_and_one_of_context(session: Session) -> None:
    measured = select(Measurement.starts_on).where(Measurement.indicator_id == indicator(session, "2.5-I1").id)
    assert date(2024, 1, 1) not in session.scalars(measured).all()
    assert indicator(session, "2.2-I3").kind is IndicatorKind.CONTEXT


@pytest.mark.parametrize(("code", "year"), [("1.3", 2025), ("5.2", 2026)])
def test_trap_a_refused_request_is_asked_and_never_granted(session: Session, code: str, year: int) -> None:
    line = session.scalars(
        select(FundingLine)
        .where(FundingLine.sheet_id == sheet_id(session, code), FundingLine.year == year)
        .where(FundingLine.id.in_(decided_lines(FundingDecision.REFUSED)))
    ).one()
    assert amount(session, str(line.reference), FundingStage.REQUESTED) > 0  # type: ignore[operator]
    assert amount(session, str(line.reference), FundingStage.GRANTED) == 0


@pytest.mark.parametrize(("code", "funder"), [("3.5", "CAF de Vaucluse"), ("5.3", "Conférence des financeurs (CFPPA)")])
def test_trap_spent_above_paid_is_kept_as_it_is(session: Session, code: str, funder: str) -> None:
    paid, spent = _of(session, code, funder, 2026, FundingStage.PAID, FundingStage.SPENT)
    assert spent > paid


def test_trap_spent_above_contracted(session: Session) -> None:
    contracted, spent = _of(
        session, "1.1", "Durance-Luberon Agglo (fictif)", 2024, FundingStage.CONTRACTED, FundingStage.SPENT
    )
    assert (contracted, spent) == (31_000_00, 31_200_00)


def test_trap_spent_before_any_contract(session: Session) -> None:
    contracted, spent = _of(session, "4.4", "Carsat Sud-Est", 2026, FundingStage.CONTRACTED, FundingStage.SPENT)
    assert contracted is None
    assert spent > 0


def _of(session: Session, code: str, funder: str, year: int, *stages: FundingStage) -> list[Any]:
    reference = session.scalars(
        select(FundingLine.reference)
        .join(Organisation, Organisation.id == FundingLine.funder_id)
        .where(FundingLine.sheet_id == sheet_id(session, code), FundingLine.year == year, Organisation.name == funder)
    ).one()
    return [amount(session, str(reference), stage) for stage in stages]


def test_trap_a_steering_committee_without_quorum(session: Session) -> None:
    row = session.scalars(select(Meeting).where(Meeting.held_on == date(2025, 12, 9))).one()
    assert row.quorum_reached is False
    assert row.present is not None and row.quorum_required is not None
    assert row.present < row.quorum_required


def test_trap_an_indicator_in_words(session: Session) -> None:
    row = indicator(session, "4.2-I4")
    assert row.value_type is ValueType.TEXT
    texts = session.scalars(select(Measurement.text_value).where(Measurement.indicator_id == row.id)).all()
    assert "Lien social cité en premier" in texts
    targets = session.scalars(select(Target.absence).where(Target.indicator_id == row.id)).all()
    assert targets == [Absence.NOT_APPLICABLE, Absence.NOT_APPLICABLE]


def test_trap_an_indicator_of_yes_or_no(session: Session) -> None:
    row = indicator(session, "1.2-I3")
    values = session.scalars(select(Measurement.value).where(Measurement.indicator_id == row.id)).all()
    assert (row.value_type, row.baseline, values) == (ValueType.YES_NO, Decimal(0), [Decimal(1), Decimal(1)])


def test_trap_a_finished_sheet_with_money_left(session: Session) -> None:
    paid, spent = _of(session, "1.4", "ARS PACA", 2026, FundingStage.PAID, FundingStage.SPENT)
    assert (paid, spent) == (6_400_00, 4_200_00)
    last = session.scalars(
        select(StatusEntry).where(StatusEntry.sheet_id == sheet_id(session, "1.4")).order_by(StatusEntry.on_date.desc())
    ).first()
    assert last is not None
    assert (last.status, last.outcome, last.on_date) == (Status.DONE, Outcome.FULL, date(2026, 6, 30))


@pytest.mark.parametrize("code", ["3.4-I3", "3.5-I2"])
def test_trap_a_year_of_reference_without_its_value(session: Session, code: str) -> None:
    row = indicator(session, code)
    assert (row.baseline, row.baseline_absence) == (None, Absence.NOT_PROVIDED)
    assert (row.baseline_on is not None, row.baseline_precision) == (True, DatePrecision.YEAR)


def test_every_trap_of_the_file_has_its_test() -> None:
    assert len(FILE["cas_limites"]) == sum(name.startswith("test_trap_") for name in globals())
