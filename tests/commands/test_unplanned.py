"""Actions imprévues: written in one act, validated by a committee, taken in by an avenant."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.amendments import compose_amendment
from db.commands.directory import add_alias, find_or_create_organisation
from db.commands.unplanned import add_unplanned, forget_validation, validate_unplanned
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, ActionSheet, Involvement, Organisation, Placement, StatusEntry
from db.queries.plan import plan_state
from db.rules.access import Role
from db.rules.contract_form import AmendmentTerms
from db.rules.overview import arbitrations
from db.rules.plan import SheetRow
from db.rules.vocabulary import DatePrecision, PlacementEntry, Status
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.taking_back import last_act, undo

ON = date(2026, 10, 1)
TITLE = "Ateliers nutrition au marché"


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def local(sqlite_engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(sqlite_engine, viewer)


def added(engine: Engine, viewer: Viewer, plan: Plan, **typed: str | None) -> int:
    """The placement of an action typed in one act."""
    told: dict[str, str | None] = {"title": TITLE, "lead": "Maison de santé", "month": "octobre 2026", **typed}
    with writing(engine) as session:
        return add_unplanned(session, viewer, initiative_id=plan.initiative_id, on=ON, **told).id  # type: ignore[arg-type]


def row_of(engine: Engine, viewer: Viewer, plan: Plan, placement_id: int) -> SheetRow:
    with reading(engine) as session:
        state = plan_state(session, viewer, plan.initiative_id, ON)
    return next(sheet for sheet in state.sheets if sheet.placement_id == placement_id)


def awaiting(engine: Engine, viewer: Viewer, plan: Plan) -> list[str]:
    """The titles of what the committee is asked to validate."""
    with reading(engine) as session:
        state = plan_state(session, viewer, plan.initiative_id, ON)
    return [item.sheet.title for item in arbitrations(state, {}) if item.to_validate]


def counted(engine: Engine) -> dict[str, int]:
    tables = (Act, ActionSheet, Placement, StatusEntry, Involvement, Organisation)
    with reading(engine) as session:
        return {t.__tablename__: session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def test_three_fields_make_a_sheet_in_one_act(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    before = counted(engine)
    row = row_of(engine, viewer, plan, added(engine, viewer, plan))
    assert counted(engine)["act"] == before["act"] + 1
    assert (row.title, row.entry, row.since, row.code) == (TITLE, PlacementEntry.UNPLANNED, ON, None)
    assert [lead.label for lead in row.leads] == ["Maison de santé"]
    assert row.starts is not None
    assert (row.starts.day, row.starts.precision) == (date(2026, 10, 1), DatePrecision.MONTH)
    assert (row.status, row.status_on) == (Status.ONGOING, ON)


def test_it_is_in_preparation_until_it_is_published(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = added(engine, viewer, plan)
    assert row_of(engine, viewer.as_reader(), plan, key).status is None
    assert row_of(engine, viewer, plan, key).status is Status.ONGOING


@pytest.mark.parametrize(
    ("month", "status", "day"),
    [
        ("octobre 2026", Status.ONGOING, date(2026, 10, 1)),
        ("10/2026", Status.ONGOING, date(2026, 10, 1)),
        ("septembre 2026", Status.ONGOING, date(2026, 9, 1)),
        ("novembre 2026", Status.PLANNED, date(2026, 11, 1)),
        ("03/2027", Status.PLANNED, date(2027, 3, 1)),
        ("mars 2027", Status.PLANNED, date(2027, 3, 1)),
        ("T1 2027", Status.PLANNED, date(2027, 1, 1)),
        ("02/10/2026", Status.PLANNED, date(2026, 10, 2)),
    ],
)
def test_the_month_says_whether_it_runs_already(
    sqlite_engine: Engine, viewer: Viewer, local: Plan, month: str, status: Status, day: date
) -> None:
    row = row_of(sqlite_engine, viewer, local, added(sqlite_engine, viewer, local, month=month))
    assert row.starts is not None
    assert (row.status, row.starts.day) == (status, day)


def test_its_lead_is_the_structure_of_that_name_or_alias(sqlite_engine: Engine, viewer: Viewer, local: Plan) -> None:
    with writing(sqlite_engine) as session:
        known = find_or_create_organisation(session, viewer, "Centre hospitalier", initiative_id=local.initiative_id)
        add_alias(session, viewer, organisation_id=known.id, label="Le CH", initiative_id=local.initiative_id)
        key = known.id
    row = row_of(sqlite_engine, viewer, local, added(sqlite_engine, viewer, local, lead=" le ch "))
    assert [(lead.id, lead.label) for lead in row.leads] == [(key, "Centre hospitalier")]


def test_nobody_may_lead_it_yet(sqlite_engine: Engine, viewer: Viewer, local: Plan) -> None:
    assert row_of(sqlite_engine, viewer, local, added(sqlite_engine, viewer, local, lead=None)).leads == ()


def test_a_number_is_given_when_it_is_known_and_free(sqlite_engine: Engine, viewer: Viewer, local: Plan) -> None:
    assert row_of(sqlite_engine, viewer, local, added(sqlite_engine, viewer, local, code="1.9")).code == "1.9"
    with pytest.raises(Invalid, match=r"Le numéro 1\.1 est déjà"):
        added(sqlite_engine, viewer, local, code="1.1")


def test_what_was_pasted_is_kept_on_one_line(sqlite_engine: Engine, viewer: Viewer, local: Plan) -> None:
    key = added(sqlite_engine, viewer, local, title="  Bus\u00a0santé \u202eau\r\n marché 🚌\u200b ")
    assert row_of(sqlite_engine, viewer, local, key).title == "Bus santé au marché 🚌"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": "x" * 5000}, "compte 5000 caractères ; 300 au plus"),
        ({"title": "  "}, "ne peut pas être vide"),
        ({"title": None}, "ne peut pas être vide"),
        ({"month": None}, "un mois suffit"),
        ({"month": "bientôt"}, "« bientôt »"),
        ({"month": "13/2026"}, "n'existe pas"),
        ({"lead": "y" * 400}, "300 au plus"),
        ({"code": "1" * 21}, "20 caractères au plus"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_writes_nothing(
    sqlite_engine: Engine, viewer: Viewer, local: Plan, typed: dict[str, str | None], said: str
) -> None:
    before = counted(sqlite_engine)
    with pytest.raises(Invalid) as refused:
        added(sqlite_engine, viewer, local, **typed)
    assert said in refused.value.message
    assert counted(sqlite_engine) == before


def test_taking_it_back_leaves_nothing_of_it(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    before = counted(engine)
    added(engine, viewer, plan)
    undo(engine, viewer, last_act(engine))
    assert counted(engine) == {**before, "act": before["act"] + 2}


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_adds_and_validates_nothing(
    sqlite_engine: Engine, viewer: Viewer, local: Plan, role: Role
) -> None:
    key = added(sqlite_engine, viewer, local)
    reader = Viewer(viewer.actor_id, ((local.initiative_id, role),))
    with pytest.raises(Refused):
        added(sqlite_engine, reader, local)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        validate_unplanned(session, reader, placement_id=key, day="01/10/2026", on=ON)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        forget_validation(session, reader, placement_id=key)


def test_a_committee_is_asked_until_it_has_validated(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = added(engine, viewer, plan)
    assert awaiting(engine, viewer, plan) == [TITLE]
    with writing(engine) as session:
        validate_unplanned(session, viewer, placement_id=key, day="1er octobre 2026", on=ON)
    assert awaiting(engine, viewer, plan) == []
    assert row_of(engine, viewer, plan, key).validated_on == ON
    undo(engine, viewer, last_act(engine))
    assert awaiting(engine, viewer, plan) == [TITLE]


def test_a_validation_noted_by_mistake_is_forgotten(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = added(engine, viewer, plan)
    with writing(engine) as session:
        validate_unplanned(session, viewer, placement_id=key, day="23/06/2026", on=ON)
    with writing(engine) as session:
        forget_validation(session, viewer, placement_id=key)
    assert awaiting(engine, viewer, plan) == [TITLE]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("02/10/2026", "est à venir"),
        ("juin 2026", "quel jour"),
        ("", "quel jour"),
        (None, "quel jour"),
        ("31/02/2026", "n'existe pas"),
        ("28/03/2024", "avant le début du contrat (29/03/2024)"),
        ("01/01/1990", "avant le début du contrat"),
    ],
)
def test_a_validation_says_on_which_past_day_of_the_contract(
    sqlite_engine: Engine, viewer: Viewer, local: Plan, day: str | None, said: str
) -> None:
    key = added(sqlite_engine, viewer, local)
    with pytest.raises(Invalid) as refused, writing(sqlite_engine) as session:
        validate_unplanned(session, viewer, placement_id=key, day=day, on=ON)
    assert said in refused.value.message
    assert awaiting(sqlite_engine, viewer, local) == [TITLE]


def test_a_sheet_of_the_contract_has_nothing_to_be_validated(
    sqlite_engine: Engine, viewer: Viewer, local: Plan
) -> None:
    with pytest.raises(Invalid, match="n'a pas à être validée"), writing(sqlite_engine) as session:
        validate_unplanned(session, viewer, placement_id=local.placements["1.1"], day="01/10/2026", on=ON)


def test_an_amendment_that_takes_it_in_ends_the_question(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = added(engine, viewer, plan)
    terms = AmendmentTerms(1, ON, "Ajout de l'action", added=(key,))
    with writing(engine) as session:
        compose_amendment(session, viewer, initiative_id=plan.initiative_id, terms=terms)
    assert awaiting(engine, viewer, plan) == []
    assert row_of(engine, viewer, plan, key).entry is PlacementEntry.AMENDMENT
