"""The workbook of a plan: what a spreadsheet does with it, and the forms that only the reader sees."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db.commands.amendments import add_amendment, amend_sheet
from db.engine import reading, writing
from db.errors import Refused
from db.exchange.cells import CELL_LENGTH, list_cells, sheet_lines, text_cells
from db.exchange.columns import field_of
from db.exchange.draft import FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.export import CHOICES, plan_workbook
from db.exchange.fields import Field
from db.exchange.workbook import read_workbook
from db.models import Initiative, Placement
from db.rules.dates import FuzzyDate
from db.rules.reading_words import (
    read_entry,
    read_geo_scope,
    read_participation,
    read_priority,
    read_status,
    read_weather,
)
from db.rules.vocabulary import Absence, AmendmentChange, DatePrecision, MilestoneState
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import plan_of_rows
from tests.exchange.importing import imported

READERS = {
    Field.STATUS: read_status,
    Field.PRIORITY: read_priority,
    Field.PARTICIPATION: read_participation,
    Field.GEO_SCOPE: read_geo_scope,
    Field.WEATHER: read_weather,
    Field.ENTRY: read_entry,
}


@pytest.mark.parametrize("field", list(Field))
def test_the_label_of_each_column_is_read_as_its_own_field(field: Field) -> None:
    assert field_of(field.label_fr) == (field, 100.0)


@pytest.mark.parametrize("field", list(READERS))
def test_every_word_offered_in_a_list_is_understood(field: Field) -> None:
    assert [word for word in CHOICES[field] if READERS[field](word).value is None] == []


def test_a_text_that_looks_like_a_formula_goes_out_as_text(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    told = "=cmd|'/c calc'!A1"
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Notes"], ["+33 6 Bus", told]]))
    path = tmp_path / "export.xlsx"
    with reading(sqlite_engine) as session:
        path.write_bytes(plan_workbook(session, viewer, made.initiative_id, ON))
    cells = {cell for row in read_workbook(path).worksheets[0].rows for cell in row}
    assert {told, "+33 6 Bus"} <= cells
    assert b"<f>" not in path.read_bytes()


def test_a_viewer_without_the_right_gets_no_workbook(sqlite_demo: Engine, viewer: Viewer) -> None:
    with reading(sqlite_demo) as session, pytest.raises(Refused):
        plan = session.scalars(select(Initiative.id)).one()
        plan_workbook(session, Viewer(viewer.actor_id), plan, ON)


def test_the_workbook_opens_on_the_plan_and_explains_itself(
    sqlite_demo: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    path = tmp_path / "export.xlsx"
    with reading(sqlite_demo) as session:
        path.write_bytes(plan_workbook(session, viewer, session.scalars(select(Initiative.id)).one(), ON))
    assert [sheet.name for sheet in read_workbook(path).worksheets] == ["Plan d'action", "Démarche", "Lisez-moi"]


def test_a_fiche_withdrawn_from_the_plan_does_not_go_out_as_standing(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["N°", "Titre"], ["1", "Bus"], ["2", "Car"]]))
    with writing(sqlite_engine) as session:
        amendment = add_amendment(
            session,
            viewer,
            initiative_id=made.initiative_id,
            number=1,
            signed_on=date(2026, 9, 1),
            object="Retrait",
        )
        gone = session.scalars(select(Placement.id).where(Placement.code == "2")).one()
        amend_sheet(session, viewer, amendment_id=amendment.id, placement_id=gone, change=AmendmentChange.WITHDRAWN)
    path = tmp_path / "export.xlsx"
    with reading(sqlite_engine) as session:
        path.write_bytes(plan_workbook(session, viewer, made.initiative_id, ON))
    cells = {cell for row in read_workbook(path).worksheets[0].rows for cell in row}
    assert ("Bus" in cells, "Car" in cells) == (True, False)


def test_a_name_with_a_separator_goes_out_in_quotes() -> None:
    assert list_cells(("CCAS", "Mairie ; service santé")) == ['CCAS ; "Mairie ; service santé"']


def test_names_that_no_single_cell_can_hold_get_a_column_each() -> None:
    assert list_cells(("Santé (nord", "sud) Santé")) == ["Santé (nord", "sud) Santé"]


def test_a_text_longer_than_a_cell_is_cut_between_lines() -> None:
    text = "\n".join(["une ligne du compte rendu"] * 3000)
    cells = text_cells(text)
    assert "\n".join(cells) == text
    assert max(map(len, cells)) <= CELL_LENGTH


def test_a_date_goes_out_as_precisely_as_it_was_typed() -> None:
    sheet = SheetDraft(
        row=0,
        code=None,
        title="Bus",
        starts_on=FuzzyDate(date(2025, 4, 1), DatePrecision.QUARTER),
        ends_on=FuzzyDate(date(2027, 6, 30)),
    )
    (line,) = sheet_lines(sheet)
    assert (line[Field.STARTS_ON, 0], line[Field.ENDS_ON, 0]) == ("T2 2025", date(2027, 6, 30))


def test_an_unread_amount_goes_back_to_the_funder_that_has_none() -> None:
    sheet = SheetDraft(
        row=0, code=None, title="Bus", funders=(FunderDraft("ARS", 500_050, None), FunderDraft("Ville", None, None))
    )
    (line,) = sheet_lines(sheet, [(Field.FUNDER_AMOUNT, "environ 3 000")])
    assert (line[Field.FUNDER_AMOUNT, 0], line[Field.FUNDER_AMOUNT, 1]) == (5000.5, "environ 3 000")


def test_the_kinds_of_nothing_have_their_words() -> None:
    sheet = SheetDraft(
        row=0, code=None, title="Bus", budget_absence=Absence.UNAVAILABLE, progress_absence=Absence.NOT_APPLICABLE
    )
    (line,) = sheet_lines(sheet)
    assert (line[Field.BUDGET, 0], line[Field.PROGRESS, 0]) == ("NC", "sans objet")


def test_a_step_whose_word_was_never_understood_keeps_it() -> None:
    step = MilestoneDraft(row=0, label="Enquête", state=MilestoneState.PLANNED, state_word="Non réalisé")
    _, line = sheet_lines(
        SheetDraft(row=0, code=None, title="Bus", milestones=(step,)), [(Field.STATUS, "Non réalisé")]
    )
    assert line[Field.STATUS, 0] == "Non réalisé"
