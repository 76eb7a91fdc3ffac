"""Finding the sheet, the header row and the meaning of columns."""

from pathlib import Path

import pytest

from db.exchange.columns import field_of, letter, match_columns
from db.exchange.fields import Field
from db.exchange.gate import UnreadableFile
from tests.exchange.files import PLAN, plan_of, plan_of_rows, xlsx

HELP = ["Champ texte", "Champ texte", "Texte court de 300 caractères maximum", "Champ texte\n(séparateur virgule)"]


@pytest.mark.parametrize("field", Field)
def test_the_exports_own_label_of_every_field_is_recognised(field: Field) -> None:
    assert field_of(field.label_fr) == (field, 100.0)


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Titre de la fiche action", Field.TITLE), ("Intervention", Field.TITLE), ("Porteurs du projet", Field.LEAD),
        ("Élu·e référent·e ", Field.ELECTED_LEAD), ("Public visé", Field.TARGET_GROUPS), ("Échelle", Field.GEO_SCOPE),
        ("Montant (TTC)", Field.FUNDER_AMOUNT), ("Budget prévisionnel total € TTC", Field.BUDGET),
        ("Etapes de la fiche action", Field.MILESTONES), ("Service-département-pôle pilote", Field.LEAD_SERVICE),
        ("Mesures liées", Field.LINKED_ACTIONS), ("NOTES  COMPLÉMENTAIRES", Field.NOTES), ("N°", Field.CODE),
        ("Programme (PRS)", Field.LINKED_SCHEMES), ("Sous-axe (x.x)", Field.SUB_AXIS), ("Contexte", Field.RATIONALE),
        ("Pilote(s)", Field.LEAD), ("Milieu d’intervention", Field.SETTINGS),
        ("Action chaînée avec", Field.PREVIOUS_ACTION),
    ],
)  # fmt: skip
def test_a_label_met_in_real_templates_is_a_synonym(label: str, field: Field) -> None:
    assert field_of(label) == (field, 100.0)


def test_a_label_that_is_only_close_is_matched_but_to_be_confirmed() -> None:
    matches, _ = match_columns(["Titre de l'acton", "Statu"], [1, 1])
    assert [(match.field, match.confirmed) for match in matches] == [(Field.TITLE, False), (Field.STATUS, False)]


@pytest.mark.parametrize("label", ["Couleur préférée", "Code INSEE", "", "axx"])
def test_a_label_that_is_not_close_is_not_matched(label: str) -> None:
    assert field_of(label) is None


def test_an_amount_belongs_to_the_funder_at_its_left_however_many_funders() -> None:
    labels = ["Titre", *["Financeur 1", "Montant € HT", "Financeur 2", "Montant € HT"] * 3]
    matches, ignored = match_columns(labels, [1] * len(labels))
    assert [match.rank for match in matches if match.field is Field.FUNDER_AMOUNT] == [1, 2, 3, 4, 5, 6]
    assert not ignored


def test_a_second_column_of_the_same_meaning_is_left_aside_and_reported() -> None:
    matches, ignored = match_columns(["Titre", "Statut", "État", "Notes", "Remarques"], [1] * 5)
    assert [column.label for column in ignored] == ["État"]
    assert "« Statut »" in ignored[0].reason
    assert [match.label for match in matches if match.field is Field.NOTES] == ["Notes", "Remarques"]


def test_letters_are_those_of_excel() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_rows_above_and_help_below_the_header_are_not_data(tmp_path: Path) -> None:
    rows = [
        ["Contrat local de santé n° 2 2025-2030", "", "", "Acteurs"],
        ["Axe", "Sous-axe", "Titre de l'action", "Structure pilote"],
        HELP,
        ["Choisissez l'option qui correspond", "Indiquez le sous-axe", "Saisissez un titre", ""],
        ["Axe 1. Soins", "", "Action 1 - Bus", "CCAS"],
    ]
    plan = plan_of_rows(tmp_path, rows)
    assert (plan.title, plan.header_row, plan.contract_number, plan.years) == (rows[0][0], 2, 2, (2025, 2030))
    assert [(sheet.row, sheet.title) for sheet in plan.sheets] == [(5, "Bus")]


def test_a_group_of_columns_above_the_header_is_not_the_plans_title(tmp_path: Path) -> None:
    plan = plan_of_rows(tmp_path, [["Présentation de l'action", "Acteurs"], ["Titre", "Pilote"], ["Bus", "CCAS"]])
    assert plan.title is None


def test_a_header_over_two_rows_is_read_whole(tmp_path: Path) -> None:
    rows = [["Titre", "Dates", ""], ["", "Début", "Fin"], ["Bus", "2025", "2026"]]
    with_title_below = [
        ["", "Calendrier", "", "Statut"],
        ["Titre", "Début", "Fin", ""],
        ["Bus", "2025", "2026", "En cours"],
    ]
    assert plan_of_rows(tmp_path, with_title_below).sheets[0].status == "ongoing"
    assert plan_of_rows(tmp_path, rows, merges=[(0, 0, 1, 0, "Titre")]).sheets[0].title == "Bus"


def test_the_best_sheet_wins_over_lists_guides_and_hidden_ones(tmp_path: Path) -> None:
    lists = ("Listes déroulantes", [["Titre", "Statut", "Priorité", "Pilote", "Axe", "Publics", "Notes", "Thèmes"]])
    path = xlsx(tmp_path / "p.xlsx", ("Mode d'emploi", [["Bienvenue"]]), lists, ("Le plan", PLAN))
    assert plan_of(path).worksheet == "Le plan"
    assert plan_of(path, "listes deroulantes").worksheet == "Listes déroulantes"


def test_an_unknown_sheet_name_lists_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Choisissez parmi : « Le plan »"):
        plan_of(xlsx(tmp_path / "p.xlsx", ("Le plan", PLAN)), "Plan B")


def test_another_sheet_that_looks_like_a_plan_is_reported(tmp_path: Path) -> None:
    plan = plan_of(xlsx(tmp_path / "p.xlsx", ("Axe 1", PLAN), ("Axe 2", PLAN)))
    assert any("« Axe 2 » ressemble aussi à un plan" in note.message for note in plan.notes)


def test_of_two_header_like_rows_the_first_complete_one_is_kept_and_said(tmp_path: Path) -> None:
    rows = [PLAN[0][:4], PLAN[0], *PLAN[1:]]
    plan = plan_of_rows(tmp_path, rows)
    assert plan.header_row == 2
    assert any("ressemble aussi à une ligne d'en-têtes" in note.message and note.row == 1 for note in plan.notes)


def test_a_header_repeated_among_the_rows_is_left_aside(tmp_path: Path) -> None:
    plan = plan_of_rows(tmp_path, [*PLAN[:2], PLAN[0], PLAN[2]])
    assert len(plan.sheets) == 2


def test_a_file_without_a_title_column_is_refused_naming_what_was_seen(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="« Couleur »"):
        plan_of(xlsx(tmp_path / "p.xlsx", [["Couleur", "Taille"], ["rouge", 3]]))


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="aucune cellule remplie"):
        plan_of(xlsx(tmp_path / "p.xlsx", []))


def test_only_a_title_is_compulsory_and_columns_come_in_any_order(tmp_path: Path) -> None:
    alone = plan_of_rows(tmp_path, [["Titre"], ["Bus santé"]])
    assert alone.sheets[0].title == "Bus santé"
    shuffled = plan_of_rows(tmp_path, [list(reversed(row)) for row in PLAN])
    straight = plan_of_rows(tmp_path, PLAN)
    assert shuffled.sheets == straight.sheets


def test_a_column_that_is_not_read_is_reported_with_its_content(tmp_path: Path) -> None:
    plan = plan_of_rows(tmp_path, [["Titre", "Couleur"], ["Bus", "bleu"], ["Vélo", "rouge"]])
    assert [(column.letter, column.label, column.filled) for column in plan.ignored_columns] == [("B", "Couleur", 2)]
