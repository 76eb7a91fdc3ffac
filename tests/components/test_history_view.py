from datetime import date

import pytest

from components import history_view
from db.rules.history import FieldChange, RowChange, Said
from db.rules.vocabulary import ChangeKind


def updated(table: str, *fields: FieldChange, subject: str | None = None) -> RowChange:
    return RowChange(table, ChangeKind.UPDATE, subject, fields)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("title", None, ":gray[—]"),
        ("is_continuous", False, "non"),
        ("starts_on", date(2026, 10, 1), "1er\u00a0octobre 2026"),
        ("amount_cents", 1250000, "12\u202f500\u00a0€"),
        ("title", "*Agir*", "\\*Agir\\*"),
        ("percent", 0, "0"),
    ],
)
def test_a_value_is_told_as_a_reader_says_it(column: str, value: Said, words: str):
    assert history_view.words(column, value) == words


def test_each_field_changed_has_its_row():
    change = updated("milestone", FieldChange("label", "Un", "Deux"), FieldChange("weight", 1, 2), subject="Recruter")
    rows = history_view.rows_of([change])
    assert [row["Champ"] for row in rows] == ["Libellé", "Poids"]
    assert rows[0] == {"Quoi": "Étape « Recruter »", "Champ": "Libellé", "Avant": "Un", "Après": "Deux"}


def test_what_an_act_adds_to_a_table_is_told_together():
    added = [
        RowChange("sheet_term", ChangeKind.INSERT, None, (FieldChange("term_id", None, word),))
        for word in ("Jeunes", "Aînés")
    ]
    (row,) = history_view.rows_of(added)
    assert row["Quoi"] == "Mot du domaine (2)"
    assert "Jeunes" in row["Après"]
    assert "Aînés" in row["Après"]
    assert row["Avant"] == history_view.EMPTY


def test_what_is_removed_is_told_as_it_was():
    gone = RowChange("sheet_place", ChangeKind.DELETE, None, (FieldChange("label", "Salle des fêtes", None),))
    (row,) = history_view.rows_of([gone])
    assert "Salle des fêtes" in row["Avant"]
    assert row["Après"] == history_view.EMPTY


def test_a_publication_is_told_in_one_row():
    point = FieldChange("publication_id", None, "Point du 30 septembre 2026")
    (row,) = history_view.rows_of([updated("target", point), updated("target", point), updated("weather_entry", point)])
    assert row["Quoi"] == "Cible (2), Météo (1)"
    assert row["Après"] == "Point du 30 septembre 2026"
