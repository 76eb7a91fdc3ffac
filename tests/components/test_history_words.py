"""What an act changed, in words."""

from datetime import date

import pytest

from components import history_words
from components.history_words import EMPTY, LONGEST, told
from db.rules.dates import FuzzyDate
from db.rules.history import FieldChange, RowChange, Said
from db.rules.vocabulary import ChangeKind, DatePrecision

NBSP = "\u00a0"
OCTOBER = FuzzyDate(date(2026, 10, 1))


def changed(table: str, *fields: FieldChange, subject: str | None = None, group: str | None = None) -> RowChange:
    return RowChange(table, ChangeKind.UPDATE, subject, fields, group)


def added(table: str, subject: str | None = None, group: str | None = None, **values: Said) -> RowChange:
    fields = tuple(FieldChange(column, None, value) for column, value in values.items())
    return RowChange(table, ChangeKind.INSERT, subject, fields, group)


def removed(table: str, subject: str | None = None, group: str | None = None, **values: Said) -> RowChange:
    fields = tuple(FieldChange(column, value, None) for column, value in values.items())
    return RowChange(table, ChangeKind.DELETE, subject, fields, group)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("title", None, EMPTY),
        ("is_continuous", False, "non"),
        ("starts_on", OCTOBER, f"1er{NBSP}octobre 2026"),
        ("starts_on", FuzzyDate(date(2026, 3, 1), DatePrecision.MONTH), "mars 2026"),
        ("due_on", FuzzyDate(date(2026, 4, 1), DatePrecision.QUARTER), "2e trimestre 2026"),
        ("amount_cents", 1250000, f"12\u202f500{NBSP}€"),
        ("value", "69.8", "69,8"),
        ("value", "masqué", "masqué"),
        ("title", "*Agir*", "\\*Agir\\*"),
        ("percent", 0, "0"),
    ],
)
def test_a_value_is_told_as_a_reader_says_it(column: str, value: Said, words: str):
    assert history_words.words(column, value) == words


def test_each_field_changed_has_its_row_before_and_after():
    rows = told(
        [
            changed("action_sheet", FieldChange("means", None, "Un mi-temps")),
            changed("milestone", FieldChange("label", "Un", "Deux"), FieldChange("weight", 1, 2), subject="Recruter"),
        ]
    ).rows
    assert rows == (
        {"Quoi": "Moyens humains et techniques", "Avant": EMPTY, "Après": "Un mi\\-temps"},
        {"Quoi": "Étape « Recruter », Libellé".replace(NBSP, " "), "Avant": "Un", "Après": "Deux"},
        {"Quoi": "Étape « Recruter », Poids".replace(NBSP, " "), "Avant": "1", "Après": "2"},
    )


def test_lists_are_told_as_what_was_added_and_what_was_taken_away():
    archived = FieldChange("archived_at", None, "2026-10-01T08:00:00+00:00")
    sentences = told(
        [
            added("sheet_term", "Jeunes", "publics", term_id="Jeunes"),
            added("sheet_term", "Aînés", "publics", term_id="Aînés"),
            removed("sheet_term", "Marins", "publics", term_id="Marins"),
            removed("sheet_place", "Salle des fêtes", label="Salle des fêtes"),
            changed("involvement", archived, subject="Mission locale", group="partenaire"),
        ]
    ).sentences
    assert sentences == (
        "**Publics** : ajouté Jeunes et Aînés ; retiré Marins",
        "**Lieux** : retiré Salle des fêtes",
        "**Partenaire** : retiré Mission locale",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (added("progress_entry", percent=40, on_date=OCTOBER), "**Avancement** : 40\u202f% au 1er{}octobre 2026"),
        (added("progress_entry", absence="non disponible"), "**Avancement** : non disponible"),
        (removed("progress_entry", percent=40), "**Avancement**, retrait : 40\u202f%"),
        (
            added("status_entry", status="reportée", until=FuzzyDate(date(2027, 3, 1), DatePrecision.MONTH),
                  to_discuss=True, on_date=OCTOBER, reason="Bailleur"),
            "**Statut** : reportée jusqu'à mars 2027, à discuter au 1er{}octobre 2026 · :gray[Motif :] Bailleur",
        ),
        (
            added("weather_entry", weather="nuage", on_date=OCTOBER, obstacles="Aucune réponse"),
            "**Météo** : nuage au 1er{}octobre 2026 · :gray[Freins :] Aucune réponse",
        ),
        (
            added("measurement", "Ateliers", indicator_id="Ateliers", value="27", starts_on=OCTOBER, ends_on=OCTOBER,
                  status="provisoire"),
            "**Valeur d'indicateur** : «{}Ateliers{}», 27 du 1er{}octobre 2026 au 1er{}octobre 2026 (provisoire)",
        ),
        (
            added("funding_event", "Financeur, 2026", stage="accordé", amount_cents=1000000, on_date=OCTOBER),
            "**Montant** : Financeur, 2026, accordé 10\u202f000{}€ au 1er{}octobre 2026",
        ),
        (
            added("milestone", "Recruter", label="Recruter", due_on=OCTOBER, weight=1),
            "**Étape**, ajout : «{}Recruter{}» · :gray[Échéance :] 1er{}octobre 2026",
        ),
        (
            changed("milestone", FieldChange("archived_at", None, "2026"), subject="Recruter"),
            "**Étape**, retrait : «{}Recruter{}»",
        ),
        (changed("action_sheet", FieldChange("archived_at", "2026", None)), "**Fiche**, retour"),
    ],
)  # fmt: skip
def test_what_was_declared_added_or_removed_is_a_sentence(change: RowChange, sentence: str):
    assert told([change]).sentences == (sentence.replace("{}", NBSP),)


def test_a_publication_is_told_in_one_sentence_and_so_is_what_goes_back_in_preparation():
    point = FieldChange("publication_id", None, "Point du 30 septembre 2026")
    out = FieldChange("publication_id", "Point du 30 septembre 2026", None)
    words = told([changed("target", point), changed("target", point), changed("weather_entry", point)])
    assert words.sentences == (f"**Publié** dans «{NBSP}Point du 30 septembre 2026{NBSP}» : Cible (2), Météo",)
    assert words.rows == ()
    assert told([changed("target", out)]).sentences == ("**De nouveau en préparation** : Cible",)


def test_a_fiche_that_is_added_says_each_of_its_fields():
    words = told([added("action_sheet", title="Bus santé", is_continuous=False, priority="haute")])
    assert words.sentences == ("**Fiche**, ajout",)
    assert [(row["Quoi"], row["Après"]) for row in words.rows] == [("Titre", "Bus santé"), ("Priorité", "haute")]


def test_long_texts_are_cut_where_they_part_and_kept_whole_for_who_asks():
    same = "Un constat partagé par tous les partenaires. " * 20
    words = told([changed("action_sheet", FieldChange("rationale", same + "Avant.", same + "Maintenant."))])
    (row,) = words.rows
    assert row["Avant"].endswith("Avant\\.") and row["Après"].endswith("Maintenant\\.")
    assert row["Avant"].startswith("…") and len(row["Avant"]) < LONGEST + 50
    (long,) = words.long
    assert (long.label, long.before, long.after) == ("Constat", same + "Avant.", same + "Maintenant.")


def test_a_long_text_of_an_entry_is_kept_whole_too():
    words = told([added("weather_entry", weather="nuage", todo="Signer. " * 100)])
    assert "…" in words.sentences[0]
    assert [(long.label, long.before) for long in words.long] == [("Météo, À faire", "")]


def test_what_is_typed_never_becomes_markup():
    (sentence,) = told([added("milestone", "**Gras** :red[x]", label="**Gras** :red[x]")]).sentences
    assert "\\*\\*Gras\\*\\*" in sentence
