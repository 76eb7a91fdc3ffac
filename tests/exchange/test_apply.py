"""Applying an import: one act, all or nothing, that changes nothing twice and is taken back whole."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from db.commands import import_writers
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.exchange.draft import PlanDraft
from db.models import (
    Act,
    ActionSheet,
    Axis,
    ImportedValue,
    ImportRun,
    Initiative,
    JournalEntry,
    Milestone,
    Organisation,
    OrganisationAlias,
    Placement,
    Unsettled,
)
from db.models.base import Base
from db.viewer import Viewer
from tests.exchange.files import delimited, ods, ods_table, plan_of, plan_of_rows
from tests.exchange.importing import BUS, CARE, HEADER, imported

COUNTED: tuple[type[Base], ...] = (
    Act, ActionSheet, Axis, ImportedValue, ImportRun, Initiative, JournalEntry, Milestone, Organisation,
    OrganisationAlias, Placement, Unsettled,
)  # fmt: skip
KEPT = (Act, JournalEntry)


def counts(engine: Engine, without: tuple[type[Base], ...] = ()) -> dict[str, int]:
    with reading(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in COUNTED
            if table not in without
        }


@pytest.fixture
def plan(tmp_path: Path) -> PlanDraft:
    return plan_of_rows(tmp_path, [["Contrat local de santé du Ventoux 2025-2030"], HEADER, BUS, CARE])


def test_an_import_makes_the_demarche_that_the_title_names(engine: Engine, viewer: Viewer, plan: PlanDraft) -> None:
    made = imported(engine, viewer, plan)
    with reading(engine) as session:
        row = session.get_one(Initiative, made.initiative_id)
        assert (row.name, row.kind) == ("Contrat local de santé du Ventoux 2025-2030", "cls")
        titles = session.scalars(select(ActionSheet.title).order_by(ActionSheet.id)).all()
    assert titles == ["Bus santé", "Permanences"]


def test_the_years_of_the_title_are_to_be_settled_not_taken_for_dates(
    sqlite_engine: Engine, viewer: Viewer, plan: PlanDraft
) -> None:
    made = imported(sqlite_engine, viewer, plan)
    with reading(sqlite_engine) as session:
        assert session.get_one(Initiative, made.initiative_id).ends_on is None
        waiting = session.scalars(select(Unsettled.raw).where(Unsettled.initiative_id == made.initiative_id)).all()
    assert waiting == ["2025-2030"]


def test_the_same_file_twice_writes_nothing_the_second_time(engine: Engine, viewer: Viewer, plan: PlanDraft) -> None:
    made = imported(engine, viewer, plan)
    before = counts(engine)
    again = imported(engine, viewer, plan, made.initiative_id)
    assert again.act_id is None
    assert counts(engine) == before


def test_a_corrected_copy_updates_and_never_duplicates(engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    made = imported(engine, viewer, plan_of_rows(tmp_path, [HEADER, BUS, CARE]))
    corrected = plan_of_rows(tmp_path, [HEADER, [*BUS[:4], "Terminée", *BUS[5:]], CARE])
    imported(engine, viewer, corrected, made.initiative_id)
    found = counts(engine)
    assert (found["action_sheet"], found["axis"], found["organisation"]) == (2, 1, 2)


def test_a_whole_import_is_taken_back_as_one_act(engine: Engine, viewer: Viewer, plan: PlanDraft) -> None:
    before = counts(engine, without=KEPT)
    made = imported(engine, viewer, plan)
    assert made.act_id is not None
    with writing(engine) as session:
        undo_act(session, viewer, made.act_id)
    assert counts(engine, without=KEPT) == before


def test_a_failure_in_the_middle_leaves_nothing(
    engine: Engine, viewer: Viewer, plan: PlanDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts(engine)
    made: list[int] = []
    remember = import_writers.Writer._remember

    def fail_on_the_second(self: import_writers.Writer, sheet_id: int, plan: object) -> None:
        made.append(sheet_id)
        if len(made) == 2:
            raise RuntimeError("power cut")
        remember(self, sheet_id, plan)  # type: ignore[arg-type]

    monkeypatch.setattr(import_writers.Writer, "_remember", fail_on_the_second)
    with pytest.raises(RuntimeError, match="power cut"):
        imported(engine, viewer, plan)
    assert counts(engine) == before


def test_a_file_with_refused_rows_is_not_applied_at_all(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    twice = plan_of_rows(tmp_path, [HEADER, BUS, CARE, BUS])
    before = counts(sqlite_engine)
    with pytest.raises(Invalid, match="rien n'a été importé"):
        imported(sqlite_engine, viewer, twice)
    assert counts(sqlite_engine) == before


def test_a_plan_that_moved_since_its_dry_run_is_not_applied(
    sqlite_engine: Engine, viewer: Viewer, plan: PlanDraft
) -> None:
    made = imported(sqlite_engine, viewer, plan)
    with pytest.raises(Conflict, match="refaites l'essai"):
        imported(sqlite_engine, viewer, plan, made.initiative_id, expected=(2, 0, 0))


def test_who_may_not_import_is_refused(sqlite_engine: Engine, viewer: Viewer, plan: PlanDraft) -> None:
    with pytest.raises(Refused):
        imported(sqlite_engine, Viewer(viewer.actor_id), plan)


def test_a_cell_to_settle_is_kept_as_written_with_its_choices_and_never_twice(
    engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    draft = plan_of_rows(tmp_path, [HEADER, [*BUS[:4], "Engagée", *BUS[5:]]])
    made = imported(engine, viewer, draft)
    imported(engine, viewer, draft, made.initiative_id)
    with reading(engine) as session:
        (cell,) = session.scalars(select(Unsettled).where(Unsettled.sheet_id.is_not(None))).all()
    assert (cell.field, cell.raw) == ("status", "Engagée")
    assert "en cours" in (cell.choices or ())
    assert cell.source is not None
    assert "ligne 2" in cell.source


def test_each_cell_of_one_field_waits_for_itself(engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    header = ["Titre", "Déterminants de santé"]
    made = imported(engine, viewer, plan_of_rows(tmp_path, [header, ["Bus", "Astrologie ; Tarot"]]))
    corrected = plan_of_rows(tmp_path, [header, ["Bus", "Astrologie ; Numérologie"]])
    with reading(engine) as session:
        first = session.scalars(select(Unsettled.raw).where(Unsettled.sheet_id.is_not(None))).all()
    imported(engine, viewer, corrected, made.initiative_id)
    with reading(engine) as session:
        waiting = select(Unsettled.raw).where(Unsettled.sheet_id.is_not(None), Unsettled.archived_at.is_(None))
        assert sorted(session.scalars(waiting)) == ["Astrologie", "Numérologie"]
    assert sorted(first) == ["Astrologie", "Tarot"]


def test_a_row_left_aside_is_asked_once(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [HEADER, BUS, CARE]))
    crossed = plan_of_rows(tmp_path, [HEADER, [BUS[0], "2", *BUS[2:]]])
    first = imported(sqlite_engine, viewer, crossed, made.initiative_id)
    again = imported(sqlite_engine, viewer, crossed, made.initiative_id)
    assert first.act_id is not None
    assert again.act_id is None
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Unsettled.raw).where(Unsettled.field == "code")).all() == ["2 Bus santé"]


def test_spellings_unified_in_one_file_are_known_to_the_next(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Titre", "Pilote"], ["Bus", "Maison de santé du Lac (MSL)"], ["Car", "MSL"]]
    imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Pilote"], ["Vélo", "MSL"]]))
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Organisation.name)).all() == ["Maison de santé du Lac (MSL)"]


def test_two_long_words_that_begin_alike_are_two_words(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    long = "personnes âgées de plus de soixante ans en perte d'autonomie et leurs proches aidants "
    rows = [["Titre", "Publics"], ["Bus", f"{long} du nord ; {long} du sud"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    assert len(made.plan.sheets[0].sheet.target_groups) == 2


@pytest.mark.parametrize("kind", ["csv", "ods"])
def test_a_plan_comes_in_from_csv_and_opendocument_alike(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path, kind: str
) -> None:
    rows = [HEADER, BUS, CARE]
    path = tmp_path / f"plan.{kind}"
    draft = plan_of(delimited(path, rows) if kind == "csv" else ods(path, ods_table(rows)))
    made = imported(sqlite_engine, viewer, draft)
    with reading(sqlite_engine) as session:
        row = session.get_one(Initiative, made.initiative_id)
        starts = session.scalars(select(ActionSheet.starts_on).order_by(ActionSheet.id)).first()
    assert row.name == "plan"
    assert starts is not None
    assert starts.isoformat() == "2026-03-01"
