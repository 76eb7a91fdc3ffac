"""Plans that are published point by point, for the tests: built by commands, and looked at through queries."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.commands import funding, indicators, series
from db.commands.directory import find_or_create_organisation
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.queries.points import picture, points, to_publish
from db.rules.access import Role
from db.rules.points import (
    Picture,
    ToPublish,
)
from db.rules.vocabulary import Direction, FundingDecision, FundingStage, MeasurementStatus, Status, ValueType, Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

BEFORE, POINT, AFTER = date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)


def declare(engine: Engine, viewer: Viewer, plan: Plan, percent: int, on: date | None, number: str = "1.1") -> None:
    with writing(engine) as session:
        series.declare_progress(session, viewer, sheet_id=plan.sheets[number], on=on, percent=percent)


def publish(engine: Engine, viewer: Viewer, plan: Plan, as_of: date, sheet_id: int | None = None) -> int:
    with writing(engine) as session:
        return publish_point(
            session, viewer, initiative_id=plan.initiative_id, name=f"Point {as_of}", as_of=as_of, sheet_id=sheet_id
        ).id


def at(engine: Engine, viewer: Viewer, plan: Plan, point_id: int | None) -> Picture:
    with reading(engine) as session:
        return picture(session, viewer, plan.initiative_id, ON, point_id)


def waiting(
    engine: Engine, viewer: Viewer, plan: Plan, as_of: date = ON, sheet_id: int | None = None
) -> ToPublish | None:
    with reading(engine) as session:
        return to_publish(session, viewer, plan.initiative_id, ON, as_of, sheet_id)


def told(engine: Engine, viewer: Viewer, plan: Plan, as_of: date = ON, sheet_id: int | None = None) -> ToPublish:
    found = waiting(engine, viewer, plan, as_of, sheet_id)
    assert found is not None
    return found


def percents(seen: Picture) -> list[int | None]:
    return [sheet.progress.percent if sheet.progress else None for sheet in seen.sheets]


def a_reader(plan: Plan) -> Viewer:
    return Viewer(1, ((plan.initiative_id, Role.SIGNATORY),))


def act_of(engine: Engine, viewer: Viewer, plan: Plan, point_id: int) -> int:
    """The act that can be taken back to withdraw a point."""
    with reading(engine) as session:
        [act] = [p.act_id for p in points(session, viewer, plan.initiative_id, ON) if p.id == point_id]
    assert act is not None
    return act


@dataclass(frozen=True, slots=True)
class Followed:
    """A plan whose fiche 1.1 has an indicator and a funding line."""

    plan: Plan
    indicator: int
    line: int


def followed(engine: Engine, viewer: Viewer, *, sensitive: bool = False) -> Followed:
    plan = plan_in(engine, viewer)
    sheet_id = plan.sheets["1.1"]
    fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP, "is_sensitive": sensitive}
    with writing(engine) as session:
        indicator = indicators.add_indicator(session, viewer, label="Personnes", fields=fields, sheet_id=sheet_id)
        funder = find_or_create_organisation(session, viewer, "Caisse d'essai")
        line = funding.add_funding_line(session, viewer, funder_id=funder.id, sheet_id=sheet_id, year=2026)
        return Followed(plan, indicator.id, line.id)


def enter(engine: Engine, viewer: Viewer, of: Followed, on: date | None, number: int) -> None:
    """One entry of each series about fiche 1.1, told apart by a number."""
    sheet_id = of.plan.sheets["1.1"]
    status, weather = list(Status)[number], list(Weather)[number]
    with writing(engine) as session:
        series.declare_status(session, viewer, sheet_id=sheet_id, status=status, on=on)
        series.declare_progress(session, viewer, sheet_id=sheet_id, percent=number, on=on)
        series.declare_weather(session, viewer, sheet_id=sheet_id, weather=weather, obstacles="Un frein", on=on)
        due = date(2026, 12, 31)
        indicators.set_target(session, viewer, indicator_id=of.indicator, due_on=due, on=on, value=number)
        measure(session, viewer, of.indicator, number, on)
        funding.record_amount(
            session, viewer, line_id=of.line, stage=FundingStage.GRANTED, on=on, amount_cents=100 * number
        )
        decision = list(FundingDecision)[number]
        funding.decide_funding(session, viewer, line_id=of.line, decision=decision, on=on)


def measure(session: Session, viewer: Viewer, indicator: int, value: float, on: date | None) -> None:
    indicators.record_measurement(
        session,
        viewer,
        indicator_id=indicator,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        on=on,
        status=MeasurementStatus.VALIDATED,
        value=value,
    )
