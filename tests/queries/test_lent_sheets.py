"""A fiche lent to another plan: what its home prepares is not told through the plan that borrows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import funding, indicators, series
from db.commands.directory import find_or_create_organisation
from db.commands.plan import place_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.journal import acting
from db.models import Unsettled
from db.queries.history import sheet_history
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.queries.unsettled import unsettled_cells
from db.rules.plan import SheetRow
from db.rules.sheet import SheetDetail
from db.rules.vocabulary import Direction, FundingStage, MeasurementStatus, Role, Status, ValueType, Weather
from db.viewer import Viewer
from tests.builders import Plan, a_plan
from tests.conftest import ON

BEFORE, POINT = date(2026, 9, 1), date(2026, 9, 10)


@dataclass(frozen=True, slots=True)
class Lent:
    """A fiche, its home, the plan that borrows it and where it stands there."""

    engine: Engine
    home: Plan
    borrower: Plan
    sheet_id: int
    placement_id: int

    def coordinator_of(self, plan: Plan) -> Viewer:
        return Viewer(1, ((plan.initiative_id, Role.COORDINATOR), (self.home.initiative_id, Role.SIGNATORY)))


@pytest.fixture
def lent(engine: Engine, viewer: Viewer) -> Iterator[Lent]:
    """Fiche 1.1 of « origine », also in « reprise »: one value of each series published, then another prepared."""
    with writing(engine) as session:
        home = a_plan(session, viewer, code="origine")
        borrower = a_plan(session, viewer, code="reprise", sheets=("9",))
        key = home.sheets["1.1"]
        place = place_sheet(session, viewer, sheet_id=key, initiative_id=borrower.initiative_id, code="A")
        fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP, "is_sensitive": False}
        indicator = indicators.add_indicator(session, viewer, label="Ateliers", fields=fields, sheet_id=key)
        funder = find_or_create_organisation(session, viewer, "ARS fictive")
        line = funding.add_funding_line(session, viewer, funder_id=funder.id, sheet_id=key, year=2026)
        for day, status, percent, weather in (
            (BEFORE, Status.ONGOING, 41, Weather.SUNNY),
            (ON, Status.PAUSED, 83, Weather.STORM),
        ):
            if day == ON:
                publish_point(session, viewer, initiative_id=home.initiative_id, name="Point", as_of=POINT)
            series.declare_status(session, viewer, sheet_id=key, status=status, on=day)
            series.declare_progress(session, viewer, sheet_id=key, percent=percent, on=day)
            series.declare_weather(session, viewer, sheet_id=key, weather=weather, on=day)
            indicators.record_measurement(
                session,
                viewer,
                indicator_id=indicator.id,
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 12, 31),
                on=day,
                status=MeasurementStatus.PROVISIONAL,
                value=percent,
            )
            funding.record_amount(
                session, viewer, line_id=line.id, stage=FundingStage.PAID, on=day, amount_cents=percent
            )
        with acting(session, viewer.actor_id, "test", "Import", home.initiative_id):
            session.add(Unsettled(sheet_id=key, field="status", raw="Engagée", reason="Mot inconnu", choices=[]))
        made = Lent(engine, home, borrower, key, place.id)
    yield made


def row(lent: Lent, viewer: Viewer) -> SheetRow:
    with reading(lent.engine) as session:
        state = plan_state(session, viewer, lent.borrower.initiative_id, ON)
    return next(sheet for sheet in state.sheets if sheet.sheet_id == lent.sheet_id)


def detail(lent: Lent, viewer: Viewer) -> SheetDetail:
    with reading(lent.engine) as session:
        told = sheet_detail(session, viewer, lent.borrower.initiative_id, ON, lent.placement_id)
    assert told is not None
    return told


def figures(told: SheetDetail) -> tuple[object, object, object]:
    """The last météo, the last value and the amount paid."""
    last = told.indicators[0].last
    return told.weathers[0].weather, last and last.value, told.money[0].amounts.get(FundingStage.PAID)


def test_who_coordinates_the_borrowing_plan_alone_sees_what_the_home_published(lent: Lent):
    borrower = lent.coordinator_of(lent.borrower)
    seen = row(lent, borrower)
    assert (seen.status, seen.progress.percent, seen.weather) == (Status.ONGOING, 41, Weather.SUNNY)
    assert figures(detail(lent, borrower)) == (Weather.SUNNY, 41, 41)


def test_who_coordinates_the_home_sees_what_it_prepares_in_the_borrowing_plan_too(lent: Lent):
    both = Viewer(1, tuple((plan.initiative_id, Role.COORDINATOR) for plan in (lent.home, lent.borrower)))
    seen = row(lent, both)
    assert (seen.status, seen.progress.percent, seen.weather) == (Status.PAUSED, 83, Weather.STORM)
    assert figures(detail(lent, both)) == (Weather.STORM, 83, 124)


def test_the_history_told_through_the_borrowing_plan_keeps_what_the_home_prepares(lent: Lent):
    def said(viewer: Viewer) -> str:
        with reading(lent.engine) as session:
            page = sheet_history(session, viewer, lent.borrower.initiative_id, ON, lent.sheet_id)
        return "\n".join(repr((act.label, act.changes)) for act in page.acts)

    home = Viewer(1, ((None, Role.COORDINATOR),))
    needles = ("83", "orage", "Engagée")
    assert [needle in said(home) for needle in needles] == [True] * 3
    assert [needle in said(lent.coordinator_of(lent.borrower)) for needle in needles] == [False] * 3
    assert "soleil" in said(lent.coordinator_of(lent.borrower))


def test_the_cells_to_settle_of_a_lent_fiche_are_those_of_its_home(lent: Lent):
    def cells(viewer: Viewer) -> list[str]:
        with reading(lent.engine) as session:
            return [cell.raw for cell in unsettled_cells(session, viewer, lent.borrower.initiative_id, ON)]

    borrower = lent.coordinator_of(lent.borrower)
    assert cells(borrower) == []
    assert row(lent, borrower).unsettled == 0
    assert cells(Viewer(1, ((None, Role.COORDINATOR),))) == ["Engagée"]
    assert row(lent, Viewer(1, ((None, Role.COORDINATOR),))).unsettled == 1
