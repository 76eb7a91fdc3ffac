"""The plan: the démarche, its axes, its sheets and where they stand."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.amendments import add_amendment, amend_sheet
from db.commands.initiatives import create_initiative, set_coverage, slug
from db.commands.plan import add_axis, add_sheet, move_placement, place_sheet, rewrite_sheet
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, ActionSheet, Axis, Coverage, Placement
from db.rules.access import Role
from db.rules.vocabulary import AmendmentChange, AxisLevel, DatePrecision, PlacementEntry, PlacementRole, TerritoryKind
from db.territories import find
from db.viewer import Viewer
from tests.builders import plan_in


def test_a_code_is_made_from_the_name_and_numbered_when_it_is_taken(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        made = [create_initiative(session, viewer, name="CLS d'Élancourt").code for _ in range(3)]
    assert made == ["cls-d-elancourt", "cls-d-elancourt-2", "cls-d-elancourt-3"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Œuvrer à Sète", "oeuvrer-a-sete"),
        ("Contrat local de santé de la communauté d'agglomération", "contrat-local-de-sante-de-la-communaute"),
        ("計画", "demarche"),
    ],
)
def test_a_code_is_plain_and_short(name: str, code: str) -> None:
    assert slug(name) == code


@pytest.mark.parametrize("code", ["Avec Espace", "é", ""])
def test_a_code_that_does_not_fit_an_address_is_refused(sqlite_engine: Engine, viewer: Viewer, code: str) -> None:
    with pytest.raises(Invalid), writing(sqlite_engine) as session:
        create_initiative(session, viewer, name="CLS", code=code)


def test_a_code_that_is_given_must_be_free(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan_in(sqlite_engine, viewer, code="essai")
    with pytest.raises(Invalid, match="essai"):
        plan_in(sqlite_engine, viewer, code="essai")


def test_the_act_that_creates_an_initiative_belongs_to_it(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        made = create_initiative(session, viewer, name="CLS")
    with reading(engine) as session:
        act = session.scalars(select(Act).where(Act.operation == "create_initiative")).one()
        assert act.initiative_id == made.id


def test_an_axis_has_the_level_of_its_depth(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        third = add_axis(
            session, viewer, initiative_id=plan.initiative_id, title="Troisième", parent_id=plan.objective_id
        )
        assert (third.level, third.position) == (AxisLevel.OPERATIONAL, 0)
        with pytest.raises(Invalid, match="trois niveaux"):
            add_axis(session, viewer, initiative_id=plan.initiative_id, title="Quatrième", parent_id=third.id)


def test_axes_come_one_after_the_other(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        second = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Deuxième")
        assert (session.get_one(Axis, plan.axis_id).position, second.position) == (0, 1)


def test_an_axis_of_another_plan_takes_nothing_in(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan, other = plan_in(sqlite_engine, viewer), plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        with pytest.raises(Invalid, match="autre plan"):
            add_axis(session, viewer, initiative_id=plan.initiative_id, title="X", parent_id=other.axis_id)
        with pytest.raises(Invalid, match="autre plan"):
            place_sheet(
                session,
                viewer,
                sheet_id=plan.sheets["1.1"],
                initiative_id=other.initiative_id,
                axis_id=plan.axis_id,
            )


def test_a_sheet_keeps_the_words_it_is_found_and_sorted_by(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        made = add_sheet(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            title="Œuvrer près des élu·e·s",
            fields={"rationale": "Éloignement"},
        )
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, made.sheet_id)
        assert "oeuvrer pres des elus" in sheet.search_text or "oeuvrer pres des elu" in sheet.search_text
        assert "eloignement" in sheet.search_text
        assert sheet.sort_key.startswith("oeuvrer")
        assert made.role is PlacementRole.OWNER


def test_a_date_without_precision_is_a_day_and_a_month_stays_a_month(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    fields = {
        "starts_on": date(2026, 3, 1),
        "starts_precision": DatePrecision.MONTH,
        "ends_on": date(2027, 12, 31),
    }
    with writing(engine) as session:
        sheet = rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields=fields)
        assert (sheet.starts_precision, sheet.ends_precision) == (DatePrecision.MONTH, DatePrecision.DAY)
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"starts_on": None})
        assert (sheet.starts_on, sheet.starts_precision) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " "},
        {"title": "x" * 301},
        {"plain_line": "x" * 201},
        {"starts_on": date(2027, 1, 1), "ends_on": date(2026, 1, 1)},
    ],
    ids=["no title", "a long title", "a long plain line", "an end before the start"],
)
def test_what_a_sheet_cannot_hold_is_refused_in_words(
    sqlite_engine: Engine, viewer: Viewer, fields: dict[str, object]
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid), writing(sqlite_engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields=fields)


def test_an_end_typed_before_a_start_already_there_is_refused(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"starts_on": date(2026, 6, 1)})
    with pytest.raises(Invalid, match="précède"), writing(sqlite_engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"ends_on": date(2026, 1, 1)})


def test_a_field_that_no_sheet_has_is_a_mistake_of_the_program(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(TypeError), writing(sqlite_engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"search_text": "x"})


def test_a_number_is_used_once_in_a_plan(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        with pytest.raises(Invalid, match=r"1\.1"):
            add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Autre", code="1.1")
        with pytest.raises(Invalid, match=r"1\.1"):
            move_placement(session, viewer, placement_id=plan.placements["1.2"], axis_id=None, code="1.1")
        moved = move_placement(session, viewer, placement_id=plan.placements["1.2"], axis_id=plan.axis_id, code="1.3")
        assert (moved.code, moved.axis_id, moved.position) == ("1.3", plan.axis_id, 1)


def test_a_sheet_appears_once_in_another_plan_and_stays_one_truth(engine: Engine, viewer: Viewer) -> None:
    home, guest = plan_in(engine, viewer), plan_in(engine, viewer)
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id, code="7")
        with pytest.raises(Invalid, match="déjà dans ce plan"):
            place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id)
    with reading(engine) as session:
        rows = session.scalars(select(Placement).where(Placement.sheet_id == home.sheets["1.1"]))
        assert {(row.initiative_id, row.role) for row in rows} == {
            (home.initiative_id, PlacementRole.OWNER),
            (guest.initiative_id, PlacementRole.GUEST),
        }


def test_the_right_to_write_a_sheet_comes_from_its_home(engine: Engine, viewer: Viewer) -> None:
    home, guest = plan_in(engine, viewer), plan_in(engine, viewer)
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id)
    of_guest = Viewer(viewer.actor_id, ((guest.initiative_id, Role.COORDINATOR),))
    with pytest.raises(Refused), writing(engine) as session:
        rewrite_sheet(session, of_guest, sheet_id=home.sheets["1.1"], fields={"title": "Non"})


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_adds_nothing(sqlite_engine: Engine, viewer: Viewer, role: Role) -> None:
    plan = plan_in(sqlite_engine, viewer)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        add_sheet(session, reader, initiative_id=plan.initiative_id, title="Non")


def test_a_sheet_by_amendment_names_its_amendment(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        amendment = add_amendment(
            session, viewer, initiative_id=plan.initiative_id, number=1, signed_on=date(2025, 1, 1), object="Ajouts"
        )
        by_amendment = PlacementEntry.AMENDMENT
        with pytest.raises(Invalid, match="avenant"):
            add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Sans", entry=by_amendment)
        with pytest.raises(Invalid, match="existe déjà"):
            add_amendment(
                session, viewer, initiative_id=plan.initiative_id, number=1, signed_on=date(2025, 1, 1), object="Encore"
            )
        made = add_sheet(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            title="Avec",
            entry=by_amendment,
            amendment_id=amendment.id,
        )
        assert made.amendment_id == amendment.id


def test_a_sheet_that_an_amendment_withdraws_leaves_on_its_signature(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        amendment = add_amendment(
            session, viewer, initiative_id=plan.initiative_id, number=1, signed_on=date(2025, 1, 1), object="Retrait"
        )
        withdrawn = AmendmentChange.WITHDRAWN
        key = plan.placements["1.1"]
        amend_sheet(session, viewer, amendment_id=amendment.id, placement_id=key, change=withdrawn)
        assert session.get_one(Placement, key).until == date(2025, 1, 1)


def test_a_territory_covered_twice_is_covered_once_with_its_latest_end(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        commune = find(session, TerritoryKind.COMMUNE, "84035")
        assert commune is not None
        for ends_on in (None, None, date(2027, 1, 1)):
            set_coverage(session, viewer, initiative_id=plan.initiative_id, territory_id=commune.id, ends_on=ends_on)
    with reading(engine) as session:
        assert [row.ends_on for row in session.scalars(select(Coverage))] == [date(2027, 1, 1)]
