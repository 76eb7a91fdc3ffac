"""What an import would do: which fiche a row is, what it changes, what it leaves to a person."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db.commands.imports import Imported
from db.commands.initiatives import create_initiative
from db.commands.plan import place_sheet
from db.engine import reading, writing
from db.exchange.compare import Fate, ImportPlan, compare
from db.exchange.fields import Field
from db.models import ActionSheet
from db.rules.access import Role
from db.rules.vocabulary import InitiativeKind
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import plan_of_rows
from tests.exchange.importing import BUS, CARE, HEADER, day, imported, typed


@pytest.fixture
def made(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Imported:
    return imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [HEADER, BUS, CARE]))


def rehearsed(engine: Engine, viewer: Viewer, folder: Path, made: Imported, *rows: list[str]) -> ImportPlan:
    draft = plan_of_rows(folder, [HEADER, *rows])
    with reading(engine) as session:
        return compare(session, viewer, draft, made.initiative_id, ON)


def fates(plan: ImportPlan) -> list[Fate]:
    return [sheet.fate for sheet in plan.sheets]


def test_the_same_file_again_changes_nothing(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, BUS, CARE)
    assert fates(plan) == [Fate.UNCHANGED, Fate.UNCHANGED]
    assert not plan.changes_something


def test_a_corrected_copy_updates_the_fiche_that_number_and_title_name(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [*BUS[:4], "Terminée", *BUS[5:]], CARE)
    assert fates(plan) == [Fate.UPDATED, Fate.UNCHANGED]
    assert [(change.field, change.before[0], change.after[0]) for change in plan.sheets[0].changes] == [
        (Field.STATUS, "ongoing", "done")
    ]


def test_a_title_reworded_under_its_number_is_the_same_fiche(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [*BUS[:2], "Le bus de la santé", *BUS[3:]], CARE)
    assert fates(plan) == [Fate.UPDATED, Fate.UNCHANGED]
    assert [change.field for change in plan.sheets[0].changes] == [Field.TITLE]


def test_a_fiche_renumbered_under_its_title_is_the_same_fiche(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [BUS[0], "9", *BUS[2:]], CARE)
    assert fates(plan) == [Fate.UPDATED, Fate.UNCHANGED]
    assert [change.field for change in plan.sheets[0].changes] == [Field.CODE]


def test_a_number_of_one_fiche_with_the_title_of_another_is_asked(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [BUS[0], "2", *BUS[2:]])
    assert fates(plan) == [Fate.LEFT]
    assert plan.sheets[0].to_settle[0].choices == ("Renumérotée : Bus santé", "Renommée : Permanences")


def test_two_rows_that_name_one_fiche_by_its_two_signs_are_asked(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [BUS[0], "9", *BUS[2:]], [BUS[0], "1", "Un car", *BUS[3:]])
    assert fates(plan) == [Fate.LEFT, Fate.LEFT]


def test_a_new_number_and_a_new_title_are_a_new_fiche(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, BUS, CARE, [BUS[0], "3", "Maison sport santé", *BUS[3:]])
    assert fates(plan) == [Fate.UNCHANGED, Fate.UNCHANGED, Fate.CREATED]


def test_numbers_that_differ_by_their_punctuation_are_two_fiches(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [HEADER, [BUS[0], "1.1", *BUS[2:]], [CARE[0], "1-1", *CARE[2:]]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, *rows[1:])
    assert not plan.changes_something


def test_a_column_that_the_file_does_not_have_is_not_its_business(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    draft = plan_of_rows(tmp_path, [["Titre", "Statut"], ["Bus santé", "En cours"]])
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, made.initiative_id, ON)
    assert not plan.changes_something


def test_a_blank_cell_erases_nothing(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported) -> None:
    assert not rehearsed(sqlite_engine, viewer, tmp_path, made, [*BUS[:3], "", "", "", ""]).changes_something


def test_what_was_typed_in_balise_since_is_kept_when_the_file_has_not_moved(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    typed(sqlite_engine, viewer, made, "Bus santé", calendar_text="Tous les mardis", ends_on=day("2029-12-31"))
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, BUS, CARE)
    assert not plan.changes_something
    assert plan.sheets[0].kept == (Field.ENDS_ON,)


def test_what_both_changed_is_a_conflict_and_stays_as_balise_has_it(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    typed(sqlite_engine, viewer, made, "Bus santé", ends_on=day("2029-12-31"))
    plan = rehearsed(sqlite_engine, viewer, tmp_path, made, [*BUS[:6], "2028"], CARE)
    assert not plan.changes_something
    assert [(change.before, change.after) for change in plan.sheets[0].conflicts] == [
        (["2029-12-31", "day"], ["2028-12-31", "year"])
    ]


def test_a_conflict_where_the_file_was_chosen_is_written(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    typed(sqlite_engine, viewer, made, "Bus santé", ends_on=day("2029-12-31"))
    draft = plan_of_rows(tmp_path, [HEADER, [*BUS[:6], "2028"], CARE])
    chosen = frozenset({(draft.sheets[0].row, Field.ENDS_ON)})
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, made.initiative_id, ON, chosen)
    assert [change.field for change in plan.sheets[0].changes] == [Field.ENDS_ON]


def test_an_end_that_would_come_before_the_start_that_is_kept_is_a_conflict(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    draft = plan_of_rows(tmp_path, [["Titre", "Date de fin"], ["Bus santé", "2025"]])
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, made.initiative_id, ON)
    assert not plan.changes_something
    assert [change.field for change in plan.sheets[0].conflicts] == [Field.ENDS_ON]


def test_a_determinant_out_of_the_list_is_to_be_settled_with_the_list_as_choices(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    draft = plan_of_rows(tmp_path, [["Titre", "Déterminants de santé"], ["Bus santé", "Astrologie"]])
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, None, ON)
    (item,) = plan.to_settle
    assert (item.value, item.field) == ("Astrologie", Field.DETERMINANTS)
    assert len(item.choices) > 5
    assert plan.sheets[0].sheet.determinants == ()


def test_an_avenant_that_the_demarche_does_not_have_is_to_be_settled(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    draft = plan_of_rows(tmp_path, [["Titre", "Entrée dans le plan"], ["Bus santé", "par avenant n° 2"]])
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, None, ON)
        promised = compare(session, viewer, draft, None, ON, promised=frozenset({2}))
    assert [item.value for item in plan.to_settle] == ["par avenant 2"]
    assert promised.to_settle == ()


def test_a_cell_to_settle_on_a_row_that_continues_a_fiche_belongs_to_it(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Titre", "Statut", "Notes"], ["Bus santé", "En cours", "a"], [None, "Terminée", "b"]]
    draft = plan_of_rows(tmp_path, rows, merges=[(1, 0, 2, 0, "Bus santé")])
    assert [item.row for item in draft.to_settle] == [3]
    with reading(sqlite_engine) as session:
        plan = compare(session, viewer, draft, None, ON)
    assert [item.value for item in plan.sheets[0].to_settle] == ["Terminée"]


@pytest.mark.parametrize(
    ("header", "row", "value"),
    [
        (["Titre", "Statut", "Nouvelle date"], ["Bus santé", "En cours", "03/2027"], "mars 2027"),
        (["Titre", "Sous-action", "Statut", "Fait le"], ["Bus", "Étude", "En cours", "05/03/2026"], "05/03/2026"),
    ],
)  # fmt: skip
def test_a_date_that_goes_against_its_status_is_to_be_settled(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, header: list[str], row: list[str], value: str
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [header, row]))
    assert [item.value for item in made.plan.to_settle] == [value]


def test_a_fiche_that_another_plan_lends_is_only_changed_by_who_may_write_there(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, made: Imported
) -> None:
    with writing(sqlite_engine) as session:
        guest = create_initiative(session, viewer, name="Atelier santé ville", kind=InitiativeKind.ASV)
        sheet = session.scalars(select(ActionSheet.id).where(ActionSheet.title == "Bus santé")).one()
        place_sheet(session, viewer, sheet_id=sheet, initiative_id=guest.id)
    draft = plan_of_rows(tmp_path, [["Titre", "Statut"], ["Bus santé", "Terminée"]])
    neighbour = Viewer(viewer.actor_id, ((guest.id, Role.COORDINATOR),))
    with reading(sqlite_engine) as session:
        theirs = compare(session, neighbour, draft, guest.id, ON)
        ours = compare(session, viewer, draft, guest.id, ON)
    assert not theirs.changes_something
    assert [change.field for change in theirs.sheets[0].conflicts] == [Field.STATUS]
    assert ours.changes_something
