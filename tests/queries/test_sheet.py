from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import funding, indicators, series, sheets
from db.commands.directory import add_person, find_or_create_organisation, involve
from db.commands.plan import add_sheet, place_sheet
from db.commands.publish import publish_point
from db.engine import reading, writing
from db.errors import Refused
from db.journal import acting
from db.models import Placement, Unsettled
from db.queries.plan import plan_state
from db.queries.sheet import initiative_of_placement, sheet_detail
from db.queries.unsettled import unsettled_cells
from db.rules.access import Role
from db.rules.dates import FuzzyDate
from db.rules.masking import THRESHOLD
from db.rules.sheet import SheetDetail, is_masked
from db.rules.vocabulary import (
    DatePrecision,
    Direction,
    FundingStage,
    InvolvementRole,
    MeasurementStatus,
    MilestoneState,
    ObjectiveLevel,
    Status,
    ValueType,
    Vocabulary,
    Weather,
)
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON, viewer_in
from tests.counting import counted


def detail(engine: Engine, who: Viewer, plan: Plan, number: str = "1.1", on: date = ON) -> SheetDetail:
    with reading(engine) as session:
        told = sheet_detail(session, who, plan.initiative_id, on, plan.placements[number])
    assert told is not None
    return told


def in_demo(engine: Engine, number: str, *, reader: bool = True) -> SheetDetail:
    who = viewer_in(engine)
    with reading(engine) as session:
        place = session.scalars(select(Placement).where(Placement.code == number)).one()
        told = sheet_detail(session, who.as_reader() if reader else who, place.initiative_id, ON, place.id)
    assert told is not None
    return told


def a_reader(plan: Plan) -> Viewer:
    return Viewer(1, ((plan.initiative_id, Role.SIGNATORY),))


def test_a_fiche_of_the_demonstration_says_what_its_file_says(demo: Engine):
    told = in_demo(demo, "2.2")
    assert told.text.rationale is not None
    assert [step.label for step in told.steps] == ["Guichet d'installation ouvert", "Maison des internes"]
    assert [word.rank for word in told.words_of(Vocabulary.DETERMINANT)] == [1, 2]
    assert told.status is not None
    assert told.status.reason is not None


def test_a_fiche_added_by_an_amendment_names_it(demo: Engine):
    assert in_demo(demo, "2.5").amendment == 1
    assert in_demo(demo, "2.2").amendment is None


def test_a_fiche_is_read_in_few_queries_whatever_it_holds(sqlite_demo: Engine):
    with counted(sqlite_demo) as asked:
        in_demo(sqlite_demo, "1.1")
    assert len(asked) <= 24


def test_a_placement_of_another_plan_is_not_found(engine: Engine, viewer: Viewer):
    mine, other = plan_in(engine, viewer, code="mien"), plan_in(engine, viewer, code="autre")
    with reading(engine) as session:
        assert sheet_detail(session, viewer, mine.initiative_id, ON, other.placements["1.1"]) is None


def test_a_fiche_is_refused_to_who_may_not_read_its_plan(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with reading(engine) as session, pytest.raises(Refused):
        sheet_detail(session, Viewer(1), plan.initiative_id, ON, plan.placements["1.1"])


def test_the_plan_of_a_fiche_is_told_only_to_who_may_open_it(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer, code="mien")
    place = plan.placements["1.1"]
    with reading(engine) as session:
        assert initiative_of_placement(session, viewer, place) == "mien"
        assert initiative_of_placement(session, Viewer(1), place) is None
        assert initiative_of_placement(session, viewer, 10**6) is None


def test_a_fiche_says_the_other_plans_it_stands_in(engine: Engine, viewer: Viewer):
    home, guest = plan_in(engine, viewer, code="origine"), plan_in(engine, viewer, code="reprise", sheets=("9",))
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id, code="A")
    assert [(plan.initiative_code, plan.code) for plan in detail(engine, viewer, home).elsewhere] == [("reprise", "A")]
    assert detail(engine, a_reader(home), home).elsewhere == ()


def test_objectives_are_told_parents_before_children(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        key = plan.sheets["1.1"]
        top = sheets.add_objective(session, viewer, sheet_id=key, text="Tout", level=ObjectiveLevel.GENERAL)
        sheets.add_objective(session, viewer, sheet_id=key, text="Ensuite", level=ObjectiveLevel.GENERAL)
        sheets.add_objective(session, viewer, sheet_id=key, text="Une partie", parent_id=top.id)
    told = detail(engine, viewer, plan).objectives
    assert [(node.text, node.depth) for node in told] == [("Tout", 0), ("Une partie", 1), ("Ensuite", 0)]


def _two_weathers(session: Session, viewer: Viewer, plan: Plan) -> None:
    for day, weather in ((date(2026, 9, 1), Weather.SUNNY), (date(2026, 9, 20), Weather.STORM)):
        series.declare_weather(session, viewer, sheet_id=plan.sheets["1.1"], weather=weather, on=day)


def test_a_reader_sees_the_weathers_of_the_published_point_only(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        _two_weathers(session, viewer, plan)
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=date(2026, 9, 10))
    assert [note.weather for note in detail(engine, a_reader(plan), plan).weathers] == [Weather.SUNNY]
    prepared = detail(engine, viewer, plan).weathers
    assert [(note.weather, note.in_preparation) for note in prepared] == [
        (Weather.STORM, True),
        (Weather.SUNNY, False),
    ]


def _measured(session: Session, viewer: Viewer, plan: Plan, value: int, *, sensitive: bool) -> None:
    fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP, "is_sensitive": sensitive}
    made = indicators.add_indicator(
        session, viewer, label="Personnes suivies", fields=fields, sheet_id=plan.sheets["1.1"]
    )
    indicators.record_measurement(
        session,
        viewer,
        indicator_id=made.id,
        starts_on=date(2025, 1, 1),
        ends_on=date(2025, 12, 31),
        on=None,
        status=MeasurementStatus.VALIDATED,
        value=Decimal(value),
    )


@pytest.mark.parametrize(
    ("value", "sensitive", "shown"), [(7, True, None), (7, False, 7), (11, True, 11), (0, True, 0)]
)
def test_a_small_number_of_persons_never_leaves_the_database(
    sqlite_engine: Engine, viewer: Viewer, value: int, sensitive: bool, shown: int | None
):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        _measured(session, viewer, plan, value, sensitive=sensitive)
    last = detail(sqlite_engine, viewer, plan).indicators[0].last
    assert last is not None
    assert last.value == shown
    assert last.is_masked is (shown is None)


def test_a_rate_that_gives_back_a_small_number_is_masked():
    assert is_masked(True, ValueType.RATE, 95.0, (190.0, 200.0))
    assert not is_masked(True, ValueType.RATE, 50.0, (100.0, 200.0))
    assert is_masked(True, ValueType.NUMBER, float(THRESHOLD - 1), (None, None))


@pytest.mark.parametrize("terms", [(None, None), (120.0, None), (None, 200.0)])
def test_a_sensitive_rate_of_numbers_that_are_not_known_is_masked(terms: tuple[float | None, float | None]):
    assert is_masked(True, ValueType.RATE, 60.0, terms)
    assert not is_masked(False, ValueType.RATE, 60.0, terms)
    assert not is_masked(True, ValueType.RATE, None, terms)


@pytest.mark.parametrize("sensitive", [True, False])
def test_a_text_about_persons_is_masked_for_it_may_hold_any_number(
    sqlite_engine: Engine, viewer: Viewer, sensitive: bool
):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        fields = {"value_type": ValueType.TEXT, "direction": Direction.UP, "is_sensitive": sensitive}
        made = indicators.add_indicator(session, viewer, label="Suivi", fields=fields, sheet_id=plan.sheets["1.1"])
        indicators.record_measurement(
            session,
            viewer,
            indicator_id=made.id,
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 12, 31),
            on=None,
            status=MeasurementStatus.VALIDATED,
            text_value="sept jeunes",
        )
    last = detail(sqlite_engine, viewer, plan).indicators[0].last
    assert last is not None
    assert (last.text, last.is_masked) == ((None, True) if sensitive else ("sept jeunes", False))


def test_who_will_lead_later_does_not_lead_yet(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        for name, first, last in (("Avant", None, date(2026, 12, 31)), ("Après", date(2027, 1, 1), None)):
            body = find_or_create_organisation(session, viewer, name)
            involve(
                session,
                viewer,
                role=InvolvementRole.LEAD,
                organisation_id=body.id,
                sheet_id=plan.sheets["1.1"],
                starts_on=first,
                ends_on=last,
            )

    def leads(on: date) -> tuple[list[str], list[str]]:
        with reading(sqlite_engine) as session:
            state = plan_state(session, viewer, plan.initiative_id, on)
        parts = detail(sqlite_engine, viewer, plan, on=on).parts
        return [lead.label for lead in state.sheets[0].leads], [part.name for part in parts]

    assert leads(ON) == (["Avant"], ["Avant"])
    assert leads(date(2027, 1, 1)) == (["Après"], ["Après"])


def test_a_fiche_that_an_amendment_will_add_is_not_in_the_plan_yet(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        add_sheet(session, viewer, initiative_id=plan.initiative_id, title="À venir", since=date(2027, 1, 1))

    def titles(on: date) -> list[str]:
        with reading(sqlite_engine) as session:
            return [sheet.title for sheet in plan_state(session, viewer, plan.initiative_id, on).sheets]

    assert "À venir" not in titles(ON)
    assert "À venir" in titles(date(2027, 1, 1))


def test_a_progress_declared_on_an_unknown_day_is_shown_and_counts(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        series.declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=40, on=None)
    with reading(sqlite_engine) as session:
        state = plan_state(session, viewer, plan.initiative_id, ON)
    told = state.sheets[0]
    assert (told.progress.percent, told.progress.is_undated, told.last_news) == (40, True, None)
    assert (state.roll_up.known, state.roll_up.mean, state.roll_up.older_than_six_months) == (1, 40, 0)


def test_dates_known_to_the_month_are_told_to_the_month(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    month = {"until": date(2026, 10, 1), "until_precision": DatePrecision.MONTH}
    with writing(sqlite_engine) as session:
        key = plan.sheets["1.1"]
        series.declare_status(session, viewer, sheet_id=key, status=Status.POSTPONED, on=ON, **month)
        sheets.add_milestone(
            session,
            viewer,
            sheet_id=key,
            label="Recruter",
            state=MilestoneState.DONE,
            done_on=date(2026, 3, 1),
            done_precision=DatePrecision.MONTH,
        )
    with reading(sqlite_engine) as session:
        row = plan_state(session, viewer, plan.initiative_id, date(2026, 10, 20)).sheets[0]
    assert row.until == FuzzyDate(date(2026, 10, 1), DatePrecision.MONTH)
    assert not row.is_late
    (step,) = detail(sqlite_engine, viewer, plan).steps
    assert step.done == FuzzyDate(date(2026, 3, 1), DatePrecision.MONTH)


def test_amounts_are_sums_of_events_and_undated_ones_are_said(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        funder = find_or_create_organisation(session, viewer, "ARS fictive")
        line = funding.add_funding_line(session, viewer, funder_id=funder.id, sheet_id=plan.sheets["1.1"], year=2026)
        for cents, day in ((100_00, date(2026, 1, 5)), (50_00, None)):
            funding.record_amount(
                session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=day, amount_cents=cents
            )
        funding.record_amount(
            session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=date(2026, 12, 1), amount_cents=900_00
        )
    (told,) = detail(engine, viewer, plan).money
    assert told.amounts == {FundingStage.GRANTED: 150_00}
    assert told.undated == {FundingStage.GRANTED}


def test_a_person_takes_part_by_function(demo: Engine):
    told = in_demo(demo, "1.1")
    assert "Coordonnatrice ou coordonnateur du CLS" in [part.function for part in told.parts]


def test_a_person_is_named_to_who_coordinates_alone(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        for name, function in (("Anne Exemple", None), ("Jean Exemple", None), ("Lou Exemple", "Médiatrice")):
            one = add_person(session, viewer, function=function, name=name, initiative_id=plan.initiative_id, on=ON)
            involve(
                session, viewer, role=InvolvementRole.PARTNER, person_id=one.id, sheet_id=plan.sheets["1.1"],
            )  # fmt: skip
    told = [(part.name, part.function) for part in detail(engine, viewer, plan).parts]
    assert told == [("Anne Exemple", None), ("Jean Exemple", None), ("Lou Exemple", "Médiatrice")]
    for reader in (a_reader(plan), viewer.as_reader()):
        told = [(part.name, part.function) for part in detail(engine, reader, plan).parts]
        assert told == [("2 personnes", None), ("Médiatrice", None)]


def test_cells_to_settle_are_for_who_coordinates(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session, acting(session, viewer.actor_id, "test", "Import", plan.initiative_id):
        session.add(
            Unsettled(
                sheet_id=plan.sheets["1.2"], field="status", raw="Engagée", reason="Mot inconnu", choices=["en cours"]
            )
        )
    with reading(engine) as session:
        (cell,) = unsettled_cells(session, viewer, plan.initiative_id, ON)
        assert unsettled_cells(session, a_reader(plan), plan.initiative_id, ON) == ()
    assert (cell.sheet, cell.field, cell.raw, cell.choices) == ("1.2 Fiche 1.2", "Statut", "Engagée", ("en cours",))
    assert cell.placement_id == plan.placements["1.2"]
