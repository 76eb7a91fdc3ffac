"""A fiche lent to another plan: what its home prepares is not told through the plan that borrows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import funding, indicators, series
from db.commands.directory import add_person, find_or_create_organisation, involve
from db.commands.plan import add_axis, move_placement, place_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.errors import Refused
from db.exchange.snapshot import sheets_of
from db.journal import acting
from db.models import Unsettled
from db.queries.acts import act_reach
from db.queries.history import sheet_history
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.queries.unsettled import unsettled_cells
from db.rules.access import Role
from db.rules.history import UNTOLD, HistoryPage, PastAct
from db.rules.plan import SheetRow
from db.rules.sheet import SheetDetail
from db.rules.vocabulary import Direction, FundingStage, InvolvementRole, MeasurementStatus, Status, ValueType, Weather
from db.viewer import Viewer
from tests.builders import Plan, a_plan, plan_in
from tests.commands.taking_back import last_act, one_act, undo
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

    @property
    def stranger(self) -> Viewer:
        """Who coordinates the borrowing plan, and to whom the home is closed."""
        return Viewer(1, ((self.borrower.initiative_id, Role.COORDINATOR),))

    def history(self, viewer: Viewer) -> HistoryPage:
        """The history of the fiche, through the borrowing plan."""
        with reading(self.engine) as session:
            return sheet_history(session, viewer, self.borrower.initiative_id, ON, self.sheet_id)

    def newest(self, viewer: Viewer) -> PastAct:
        return self.history(viewer).acts[0]


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


def test_what_the_home_took_back_before_publishing_it_is_not_told_elsewhere(lent: Lent, viewer: Viewer):
    with writing(lent.engine) as session:
        series.declare_weather(session, viewer, sheet_id=lent.sheet_id, on=ON, weather=None, obstacles="Un désaccord")
    undo(lent.engine, viewer, last_act(lent.engine))
    for who in (lent.stranger, lent.coordinator_of(lent.borrower)):
        assert "Un désaccord" not in repr(lent.history(who))
    home = Viewer(1, ((lent.home.initiative_id, Role.COORDINATOR), (lent.borrower.initiative_id, Role.EVALUATOR)))
    assert "Un désaccord" in repr(lent.history(home))


def test_the_words_of_an_act_of_the_home_that_also_prepares_something_are_not_told_elsewhere(
    lent: Lent, viewer: Viewer
):
    with one_act(lent.engine, viewer, lent.home.initiative_id) as session:
        rewrite_sheet(session, viewer, sheet_id=lent.sheet_id, fields={"title": "Un autre titre"})
        series.declare_weather(session, viewer, sheet_id=lent.sheet_id, on=ON, weather=Weather.STORM)
    for who in (lent.stranger, lent.coordinator_of(lent.borrower)):
        told = lent.newest(who)
        assert (told.label, [change.table for change in told.changes]) == (UNTOLD, ["action_sheet"])
    assert lent.newest(viewer).label == "Acte d'essai"


def test_the_words_of_an_act_of_a_plan_that_one_may_not_read_are_not_told(lent: Lent, viewer: Viewer):
    with one_act(lent.engine, viewer, lent.home.initiative_id) as session:
        rewrite_sheet(session, viewer, sheet_id=lent.sheet_id, fields={"title": "Un autre titre"})
    labels = [lent.newest(who).label for who in (lent.stranger, lent.coordinator_of(lent.borrower), viewer)]
    assert labels == [UNTOLD, "Acte d'essai", "Acte d'essai"]


def test_where_a_fiche_stands_in_plans_that_one_may_not_read_is_not_told(lent: Lent, viewer: Viewer):
    third = plan_in(lent.engine, viewer, name="Une troisième démarche", code="troisieme", sheets=())
    with writing(lent.engine) as session:
        axis = add_axis(session, viewer, initiative_id=lent.home.initiative_id, title="Un axe réservé").id
        move_placement(session, viewer, placement_id=lent.home.placements["1.1"], axis_id=axis, code="1.1")
        place_sheet(session, viewer, sheet_id=lent.sheet_id, initiative_id=third.initiative_id)

    def said(who: Viewer) -> list[bool]:
        told = repr(lent.history(who))
        return [name in told for name in ("Un axe réservé", "Réduire les distances", "Point", "troisième")]

    assert said(viewer) == [True, True, True, True]
    assert said(lent.coordinator_of(lent.borrower)) == [True, True, True, False]
    assert said(lent.stranger) == [False, False, False, False]
    undo(lent.engine, viewer, last_act(lent.engine))
    home = Viewer(1, ((lent.home.initiative_id, Role.COORDINATOR), (lent.borrower.initiative_id, Role.EVALUATOR)))
    assert said(viewer)[-1] and not said(home)[-1]


def test_the_reach_of_an_act_of_the_home_is_told_elsewhere_as_far_as_the_act_is(lent: Lent, viewer: Viewer):
    def reach(act: int) -> tuple[list[str], int]:
        with reading(lent.engine) as session:
            found = act_reach(session, lent.stranger, lent.borrower.initiative_id, ON, act)
        return [sheet.label for sheet in found.sheets], found.elsewhere

    with one_act(lent.engine, viewer, lent.home.initiative_id) as session:
        for key in lent.home.sheets.values():
            rewrite_sheet(session, viewer, sheet_id=key, fields={"title": "Un autre titre"})
    assert reach(last_act(lent.engine)) == (["A Un autre titre"], 1)
    with writing(lent.engine) as session:
        series.declare_weather(session, viewer, sheet_id=lent.sheet_id, on=ON, weather=Weather.STORM)
    with pytest.raises(Refused):
        reach(last_act(lent.engine))


def test_who_takes_part_and_who_signs_is_named_to_who_coordinates_the_home_alone(lent: Lent, viewer: Viewer):
    with writing(lent.engine) as session:
        person = add_person(session, viewer, function="Référente", name="Jeanne Martin", on=ON)
        involve(session, viewer, role=InvolvementRole.LEAD_CONTACT, person_id=person.id, sheet_id=lent.sheet_id)
        series.declare_weather(
            session, viewer, sheet_id=lent.sheet_id, on=BEFORE, weather=Weather.SUNNY, signed_by="Camille Durand"
        )
        publish_point(session, viewer, initiative_id=lent.home.initiative_id, name="Un autre", as_of=POINT)

    def named(who: Viewer) -> list[bool]:
        with reading(lent.engine) as session:
            draft = repr(sheets_of(session, who, lent.borrower.initiative_id, POINT)[lent.sheet_id])
        return [name in draft for name in ("Jeanne Martin", "Camille Durand")]

    home = Viewer(1, ((lent.home.initiative_id, Role.COORDINATOR), (lent.borrower.initiative_id, Role.SIGNATORY)))
    assert [named(who) for who in (viewer, home)] == [[True, True]] * 2
    for who in (lent.stranger, lent.coordinator_of(lent.borrower), viewer.as_reader()):
        assert named(who) == [False, False]
