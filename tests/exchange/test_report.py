"""What an import says of itself: one JSON object, sentences for a terminal, a CSV of what needs a person."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import reading
from db.exchange.compare import ImportPlan, compare
from db.exchange.fields import Field
from db.exchange.report import problems_csv, report, sentences
from db.exchange.shown import shown
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import Rows, plan_of_rows
from tests.exchange.importing import BUS, CARE, HEADER, day, imported, typed

RICH: Rows = [
    [*HEADER, "Budget", "Financeur", "Montant", "Sous-action", "Couleur"],
    [*BUS, "12 k€", "ARS", "5 000,50", "", "bleu"],
    ["", "", "", "", "En cours", "", "", "", "", "", "Diagnostic", ""],
    [*CARE[:4], "Engagée", "", "", "Entre 200 et 500", "Ville", "", "", ""],
]


def rehearsed(engine: Engine, viewer: Viewer, folder: Path, rows: Rows, initiative_id: int | None = None) -> ImportPlan:
    with reading(engine) as session:
        return compare(session, viewer, plan_of_rows(folder, rows), initiative_id, ON)


def test_the_object_says_what_was_read_and_what_would_be_done(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    told = json.loads(json.dumps(report(rehearsed(sqlite_engine, viewer, tmp_path, RICH))))
    assert (told["file"], told["sheet"], told["header_row"]) == ("plan.xlsx", "Feuille 1", 1)
    assert told["columns"]["Structure pilote"] == "lead"
    assert told["ignored_columns"] == ["Couleur"]
    created = told["counts"]["created"]
    assert (created["sheets"], created["axes"], created["milestones"], created["organisations"]) == (2, 1, 1, 4)
    bus = told["sheets"][0]
    assert (bus["row"], bus["code"], bus["title"], bus["axis_path"]) == (2, "1", "Bus santé", ["Soins"])
    assert (bus["status"], bus["status_word"], bus["priority"]) == ("ongoing", "En cours", None)
    assert (bus["starts_on"], bus["ends_on"], bus["leads"]) == ("2026-03-01", "2027-12-31", ["CPTS"])
    assert (bus["budget_cents"], bus["funders"]) == (1_200_000, [{"name": "ARS", "amount_cents": 500_050}])
    assert told["errors"] == []


def test_cells_to_settle_are_told_with_their_row_their_column_and_the_choices(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    told = report(rehearsed(sqlite_engine, viewer, tmp_path, RICH))["to_settle"]
    assert [(item["row"], item["column"], item["value"]) for item in told] == [
        (4, "Statut", "Engagée"),
        (4, "Budget", "Entre 200 et 500"),
    ]
    assert "en cours" in told[0]["choices"]


def test_refused_rows_are_told_with_what_is_wrong(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    told = report(rehearsed(sqlite_engine, viewer, tmp_path, [HEADER, BUS, CARE, BUS]))
    (error,) = told["errors"]
    assert (error["row"], error["column"], error["value"]) == (4, "Titre de l'action", "Bus santé")
    assert "ligne 2" in error["message"]


def test_a_change_is_told_field_by_field_before_and_after(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [HEADER, BUS, CARE]))
    corrected = [HEADER, [*BUS[:6], "03/2028"], CARE]
    told = report(rehearsed(sqlite_engine, viewer, tmp_path, corrected, made.initiative_id))
    assert told["counts"]["updated"]["sheets"] == told["counts"]["unchanged"]["sheets"] == 1
    assert told["sheets"][0]["changes"] == [{"field": "ends_on", "before": "2027", "after": "mars 2028"}]


def test_steps_are_counted_one_by_one(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    head = ["Titre", "Étapes"]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [head, ["Bus", "Diagnostic\nAchat"]]))
    rows = [head, ["Bus", "Diagnostic\n✓ Achat\nBilan"]]
    told = report(rehearsed(sqlite_engine, viewer, tmp_path, rows, made.initiative_id))["counts"]
    assert [told[fate]["milestones"] for fate in ("created", "updated", "unchanged")] == [1, 1, 1]


def test_the_sentences_say_what_would_be_done_and_what_waits(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    told = sentences(rehearsed(sqlite_engine, viewer, tmp_path, RICH), applied=False)
    assert told[0] == "plan.xlsx : feuille « Feuille 1 », en-têtes ligne 1 ; 2 fiches, 1 axe et 0 objectif du plan."
    assert told[1] == "Ce qui serait fait : 2 fiches créées, 2 cellules à préciser."
    assert any(line.startswith("À préciser : ligne 4, « Statut » : « Engagée »") for line in told)


def test_the_csv_lists_problems_for_a_french_excel_and_runs_no_formula(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [HEADER, [*BUS[:4], "=cmd|'/c calc'!A1", *BUS[5:]]]
    text = problems_csv(rehearsed(sqlite_engine, viewer, tmp_path, rows))
    assert text.startswith("\ufeff")
    head, line = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert head == ["Onglet", "Ligne", "Colonne", "Valeur", "Problème", "Accepté"]
    assert line[:4] == ["Feuille 1", "2", "Statut", "'=cmd|'/c calc'!A1"]
    assert "en cours" in line[5]


def test_the_csv_lists_what_was_kept_because_both_changed(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [HEADER, BUS]))
    typed(sqlite_engine, viewer, made, "Bus santé", ends_on=day("2029-12-31"))
    plan = rehearsed(sqlite_engine, viewer, tmp_path, [HEADER, [*BUS[:6], "2028"]], made.initiative_id)
    assert "« 31/12/2029 » est gardé" in problems_csv(plan)
    assert report(plan)["conflicts"] == [{"row": 2, "field": "ends_on", "before": "31/12/2029", "after": "2028"}]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (Field.TITLE, None, "—"),
        (Field.ENDS_ON, ["2026-03-31", "month"], "mars 2026"),
        (Field.BUDGET, 1_250_050, "12\u202f500,50\u00a0€"),
        (Field.BUDGET, "unavailable", "non disponible"),
        (Field.PROGRESS, 40, "40 %"),
        (Field.PRIORITY, "high", "haute"),
        (Field.STATUS, ["done", "partial", True, None, None, None], "terminée (partiellement réalisée) ; à discuter"),
        (Field.STATUS, ["postponed", None, False, ["2027-03-31", "month"], "Travaux", None],
         "reportée ; jusqu'à mars 2027 ; motif : Travaux"),
        (Field.FUNDER, [["ARS", 500_000], ["Ville", None]], "ARS : 5\u202f000\u00a0€ ; Ville"),
        (Field.AXIS, [["1", "Soins"], [None, "Aller vers"]], "1 Soins › Aller vers"),
        (Field.ENTRY, ["amendment", 2], "par avenant n° 2"),
        (Field.OBJECTIVES, [["general", None, "A", [["specific", None, "B", None], ["specific", None, "C", None]]]],
         "1 objectif général, 2 objectifs spécifiques"),
        (Field.MILESTONES, [["Étude", "done", None, None, 1, []]], "1 étape : Étude (franchie)"),
        (Field.LEAD, ["CCAS", "ARS"], "CCAS ; ARS"),
        (Field.IS_CONTINUOUS, True, "oui"),
        (Field.WEATHER, ["sunny", "Lancé", None, None, None, None], "soleil ; déjà fait : Lancé"),
    ],
)  # fmt: skip
def test_each_value_is_shown_in_french(field: Field, value: object, words: str) -> None:
    assert shown(field, value) == words


def test_a_sentence_never_quotes_nothing(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    rows: Rows = [["Titre", "", "Notes"], ["", "bleu", ""]]
    told = sentences(rehearsed(sqlite_engine, viewer, tmp_path, rows), applied=False)
    told += sentences(rehearsed(sqlite_engine, viewer, tmp_path, [["Titre", "Notes"]]), applied=False)
    assert any(line.startswith("Refusé : ") for line in told)
    assert not any("«  »" in line for line in told)
