"""What rows are, and what a fiche says: one small plan for each trap."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.exchange.draft import AxisPath, FunderDraft, MilestoneDraft, PlanDraft
from db.exchange.fields import Field
from db.exchange.gate import FileKind
from db.exchange.rows import understand
from db.exchange.workbook import Merge, Workbook, Worksheet
from db.rules.dates import FuzzyDate
from db.rules.vocabulary import (
    Absence,
    AxisLevel,
    DatePrecision,
    InitiativeKind,
    MilestoneState,
    Outcome,
    PlacementEntry,
    Status,
)
from tests.exchange.files import plan_of_rows


def plan(*rows: list[object], merges: tuple[Merge, ...] = (), title: str | None = None) -> PlanDraft:
    """The plan of plain cells, without any file."""
    above = [(title,)] if title else []
    cells = tuple(tuple(None if value == "" else value for value in row) for row in [*above, *rows])
    return understand(Workbook("plan.xlsx", FileKind.XLSX, (Worksheet("Plan", True, cells, merges),)))  # type: ignore[arg-type]


def paths(draft: PlanDraft) -> list[list[str]]:
    return [[step.title for step in sheet.axis_path] for sheet in draft.sheets]


def levels(path: AxisPath) -> list[AxisLevel]:
    return [step.level for step in path]


HEAD: list[object] = ["Axe", "Sous-axe", "Sous-sous-axe", "Titre", "Structure pilote", "Statut"]


def test_the_number_of_a_fiche_comes_from_its_title_or_its_own_column() -> None:
    assert [(s.code, s.title) for s in plan(["Titre"], ["Fiche Action 12. Bus"], ["3 jours de dépistage"]).sheets] == [
        ("12", "Bus"),
        (None, "3 jours de dépistage"),
    ]
    assert plan(["N°", "Titre"], ["FA 7", "Bus"]).sheets[0].code == "7"


def test_a_number_without_a_mark_is_taken_only_before_a_capital() -> None:
    titles = (["Fiche numéro 3 du plan"], ["Fiche action 4 Bus"], ["Action n° 5 Vélo"], ["Action 6 mois après"])
    assert [(s.code, s.title) for s in plan(["Titre"], *titles).sheets] == [
        (None, "Fiche numéro 3 du plan"),
        ("4", "Bus"),
        ("5", "Vélo"),
        (None, "Action 6 mois après"),
    ]


def test_one_title_under_two_numbers_is_two_fiches_with_a_remark() -> None:
    draft = plan(["N°", "Titre"], ["1", "Communication"], ["2", "Communication"])
    assert [sheet.code for sheet in draft.sheets] == ["1", "2"]
    assert draft.errors == ()
    assert [note.message for note in draft.notes] == [
        "Le titre « Communication » est aussi celui de la ligne 2 : deux fiches, n° 1 et n° 2."
    ]


@pytest.mark.parametrize("numbers", [("", ""), ("1", ""), ("1", "1")])
def test_one_title_that_numbers_do_not_tell_apart_is_refused(numbers: tuple[str, str]) -> None:
    draft = plan(["N°", "Titre", "Notes"], *([number, "Communication", "a"] for number in numbers))
    assert len(draft.errors) == 1


def test_the_start_of_a_step_is_no_due_date_and_is_said_to_be_left() -> None:
    draft = plan(["Titre", "Sous-action", "Date de début"], ["Bus", "", ""], ["Bus", "Étude", "03/2026"])
    assert draft.sheets[0].milestones[0].due is None
    assert [note.message for note in draft.notes] == [
        "Début d'étape « 03/2026 » non repris : une étape n'a que son échéance, la fin."
    ]


def test_rain_is_none_of_the_four_skies() -> None:
    (item,) = plan(["Titre", "Météo"], ["Bus", "🌧"]).to_settle
    assert item.field is Field.WEATHER


def test_a_third_level_cell_under_an_axis_is_its_second_level() -> None:
    draft = plan(
        HEAD,
        ["Axe 1. A", "Objectif stratégique 1. B", "Sous-Sous Axe", "un", "", ""],
        ["Axe 3. C", "", "Objectif stratégique 1. D", "deux", "", ""],
    )
    assert paths(draft) == [["A", "B"], ["C", "D"]]
    assert [levels(sheet.axis_path) for sheet in draft.sheets] == [[AxisLevel.AXIS, AxisLevel.STRATEGIC]] * 2


def test_a_row_that_only_opens_an_axis_gives_it_to_the_rows_below_without_remark() -> None:
    draft = plan(HEAD, ["Axe 1. A", "", "", "", "", ""], ["", "OS 1 : B", "", "", "", ""], ["", "", "", "un", "", ""])
    assert paths(draft) == [["A", "B"]]
    assert not draft.notes
    assert len(draft.axes) == 2


def test_a_lone_cell_that_names_an_axis_opens_it_wherever_it_stands() -> None:
    draft = plan(["Titre", "Pilote"], ["AXE 1 : SOINS", ""], ["Bus", "CCAS"], ["AXE 2 : ÂGE", ""], ["Répit", "CCAS"])
    assert paths(draft) == [["SOINS"], ["ÂGE"]]


def test_a_blank_axis_after_a_stated_one_is_inherited_and_reported() -> None:
    draft = plan(HEAD, ["Axe 1. A", "", "", "un", "", ""], ["", "", "", "deux", "", ""])
    assert paths(draft) == [["A"], ["A"]]
    assert [note.row for note in draft.notes] == [3]


def test_a_merged_axis_covers_its_rows_without_remark(tmp_path: Path) -> None:
    rows = [["Axe", "Titre"], ["", "un"], ["", "deux"], ["Axe 2. B", "trois"]]
    draft = plan_of_rows(tmp_path, rows, merges=[(1, 0, 2, 0, "Axe 1. A")])
    assert paths(draft) == [["A"], ["A"], ["B"]]
    assert not draft.notes


def test_an_axis_spelt_in_three_ways_is_one_axis_and_the_spellings_are_told() -> None:
    draft = plan(
        HEAD,
        ["Axe 1. Accès aux soins", "", "", "un", "", ""],
        ["AXE 1 : ACCES AUX SOINS", "", "", "deux", "", ""],
        ["Axe 1 -  Accès aux  soins", "", "", "trois", "", ""],
    )
    assert len(draft.axes) == 1
    assert {sheet.axis_path[0].title for sheet in draft.sheets} == {"Accès aux soins"}
    assert [note.row for note in draft.notes] == [3, 4]


def test_one_number_for_two_axes_keeps_both_and_says_so() -> None:
    draft = plan(HEAD, ["Axe 1. A", "", "", "un", "", ""], ["Axe 1. Z", "", "", "deux", "", ""])
    assert len(draft.axes) == 2
    assert "désigne" in draft.notes[0].message


def test_a_totals_row_and_blank_rows_are_no_fiches() -> None:
    draft = plan(["Titre", "Budget"], ["Bus", 100], [], ["", ""], ["Total général", 100])
    assert len(draft.sheets) == 1
    assert "total" in draft.notes[0].message


def test_the_same_title_twice_is_an_error_that_names_both_rows() -> None:
    draft = plan(["Titre", "Pilote"], ["Bus santé", "a"], ["BUS  SANTE", "b"])
    assert not draft.can_apply
    assert draft.errors[0].row == 3
    assert "ligne 2" in draft.errors[0].message


def test_the_same_number_twice_leaves_the_second_to_settle() -> None:
    draft = plan(["N°", "Titre"], ["1", "Bus"], ["1", "Vélo"])
    assert draft.can_apply
    assert [sheet.code for sheet in draft.sheets] == ["1", None]
    assert draft.to_settle[0].field is Field.CODE


def test_a_row_without_a_title_is_an_error_but_a_lone_remark_is_not() -> None:
    draft = plan(["Titre", "Pilote", "Statut"], ["Bus", "a", ""], ["", "b", "En cours"], ["", "source : CCAS", ""])
    assert [error.row for error in draft.errors] == [3]
    assert [note.row for note in draft.notes] == [4]


def test_a_title_of_more_than_300_characters_is_an_error() -> None:
    draft = plan(["Titre"], ["x" * 301], ["y" * 300])
    assert [error.row for error in draft.errors] == [2]
    assert len(draft.sheets) == 1


def test_a_header_without_any_fiche_cannot_be_applied() -> None:
    assert "aucune fiche" in plan(["Titre", "Statut"]).errors[0].message


def test_sub_actions_become_steps_with_their_own_status_and_dates() -> None:
    head: list[object] = ["Titre", "Titre de la sous-action", "Statut", "Date de fin", "Structure pilote"]
    draft = plan(
        head,
        ["Bus", "", "En cours", "2028", "CCAS"],
        ["Bus", "Acheter le bus", "Réalisé", "03/2026", "Commune"],
        ["", "Former", "Reporté", "T4 2026", ""],
    )
    assert len(draft.sheets) == 1
    assert not draft.errors
    assert draft.sheets[0].status is Status.ONGOING
    bought, trained = draft.sheets[0].milestones
    assert bought == MilestoneDraft(
        3, "Acheter le bus", FuzzyDate(dt.date(2026, 3, 31), DatePrecision.MONTH), MilestoneState.DONE, "Réalisé",
        leads=("Commune",),
    )  # fmt: skip
    assert (trained.state, trained.state_word) == (None, "Reporté")
    assert draft.to_settle[0].row == 4


def test_a_sub_action_without_its_fiche_creates_it_and_says_so() -> None:
    draft = plan(["Titre", "Sous-action", "Statut"], ["Bus", "Acheter", "Réalisé"])
    assert draft.sheets[0].status is None
    assert draft.sheets[0].milestones[0].state is MilestoneState.DONE
    assert draft.notes


def test_a_merged_title_continues_the_same_fiche(tmp_path: Path) -> None:
    rows = [["Titre", "Partenaires", "Statut"], ["", "ARS", "En cours"], ["", "CPAM", ""]]
    draft = plan_of_rows(tmp_path, rows, merges=[(1, 0, 2, 0, "Bus")])
    assert draft.sheets[0].partners == ("ARS", "CPAM")
    assert not draft.errors


def test_a_merged_amount_is_counted_once(tmp_path: Path) -> None:
    rows = [["Titre", "Budget"], ["Bus", ""], ["Vélo", ""]]
    draft = plan_of_rows(tmp_path, rows, merges=[(1, 1, 2, 1, 5000)])
    assert [sheet.budget_cents for sheet in draft.sheets] == [500_000, None]
    assert "Montant commun" in draft.notes[0].message


def test_a_status_that_is_not_known_is_settled_with_choices_and_its_word_is_kept() -> None:
    draft = plan(["Titre", "Statut"], ["a", "Non réalisé"], ["b", "Engagée"], ["c", "En retard"], ["d", "À discuter"])
    a, b, c, d = draft.sheets
    assert (a.status, a.status_word, Field.STATUS in a.unsettled) == (None, "Non réalisé", True)
    assert (b.status, c.status, c.status_word) == (None, Status.ONGOING, "En retard")
    assert (d.status, d.to_discuss) == (None, True)
    assert [item.value for item in draft.to_settle] == ["Non réalisé", "Engagée"]
    assert "terminée (non réalisée)" in draft.to_settle[0].choices


def test_an_end_before_its_start_is_settled_not_kept_and_does_not_block() -> None:
    draft = plan(["Titre", "Début", "Fin"], ["Bus", "2027", "2026"])
    assert (draft.sheets[0].starts_on, draft.sheets[0].ends_on) == (None, None)
    assert [(item.field, item.value) for item in draft.to_settle] == [
        (Field.STARTS_ON, "2027"),
        (Field.ENDS_ON, "2026"),
    ]
    assert draft.can_apply


def test_a_start_and_an_end_in_the_same_month_are_in_order() -> None:
    sheet = plan(["Titre", "Début", "Fin"], ["Bus", "03/2026", "03/2026"]).sheets[0]
    assert sheet.starts_on and sheet.ends_on
    assert (sheet.starts_on.day, sheet.ends_on.day) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def test_a_raw_excel_serial_is_a_date() -> None:
    sheet = plan(["Titre", "Date de fin"], ["Bus", 47727]).sheets[0]
    assert sheet.ends_on == FuzzyDate(dt.date(2030, 9, 1), DatePrecision.DAY)


def test_a_free_calendar_stays_as_text_with_the_dates_that_could_be_read() -> None:
    draft = plan(
        ["Titre", "Calendrier", "Année"], ["a", "de mars 2024 à juin 2025", ""], ["b", "Tous les étés", "2024-2026"]
    )
    a, b = draft.sheets
    assert (a.texts[Field.CALENDAR], a.ends_on) == (
        "de mars 2024 à juin 2025",
        FuzzyDate(dt.date(2025, 6, 30), DatePrecision.MONTH),
    )
    assert (b.texts[Field.CALENDAR], b.starts_on) == (
        "Tous les étés",
        FuzzyDate(dt.date(2024, 1, 1), DatePrecision.YEAR),
    )
    assert not draft.to_settle


def test_amounts_belong_to_their_funders_and_what_cannot_be_shared_is_settled() -> None:
    head: list[object] = ["Titre", "Financeur 1", "Montant € HT", "Financeur 2", "Montant € HT", "Budget"]
    draft = plan(
        head,
        ["a", "ARS", "12 k€", "CAF", "", "Entre 200 et 500"],
        ["b", "ARS, CPAM", 5000, "", 300, "NC"],
        ["c", "MSA : 1 500 €; CARSAT", "", "", "", ""],
    )
    a, b, c = draft.sheets
    assert a.funders == (FunderDraft("ARS", 1_200_000, None), FunderDraft("CAF", None, Absence.NOT_PROVIDED))
    assert (a.budget_cents, a.budget_absence, b.budget_absence) == (None, None, Absence.UNAVAILABLE)
    assert [funder.amount_cents for funder in b.funders] == [None, None]
    assert c.funders == (FunderDraft("MSA", 150_000, None), FunderDraft("CARSAT"))
    assert [(item.row, item.value) for item in draft.to_settle] == [(2, "Entre 200 et 500"), (3, "5000"), (3, "300")]


def test_organisations_are_unified_through_case_accents_and_acronyms() -> None:
    draft = plan(
        ["Titre", "Pilote", "Partenaires"],
        ["a", "Contrat Local de Santé", "Pôle Sanitaire (PSMS) du Val"],
        ["b", "CLS", "PSMS"],
        ["c", "contrat  local de sante", "CPTS"],
    )
    assert {sheet.leads for sheet in draft.sheets} == {("Contrat Local de Santé",)}
    assert draft.sheets[1].partners == ("Pôle Sanitaire (PSMS) du Val",)
    shown = {name.name: set(name.spellings) for name in draft.organisations}
    assert shown["Contrat Local de Santé"] == {"CLS", "contrat local de sante"}
    assert shown["CPTS"] == set()


def test_an_acronym_that_two_names_could_bear_is_left_alone() -> None:
    draft = plan(
        ["Titre", "Pilote"], ["a", "CAF"], ["b", "Centre aéré familial"], ["c", "Caisse d'allocations familiales"]
    )
    assert draft.sheets[0].leads == ("CAF",)


def test_the_plans_own_acronym_is_the_plan_even_alone() -> None:
    draft = plan(["Titre", "Pilote"], ["a", "CLS"], title="CLS 2 du Val 2025-2030")
    assert draft.kind is InitiativeKind.CLS
    assert draft.contract_number == 2
    assert draft.sheets[0].leads == ("Contrat local de santé",)


def test_a_designer_is_no_organisation() -> None:
    draft = plan(["Titre", "Pilote"], ["a", "À désigner"])
    assert draft.sheets[0].leads == ()
    assert "À désigner" in draft.notes[0].message


def test_objectives_in_columns_make_one_tree() -> None:
    head: list[object] = ["Titre", "Objectif général", "Objectifs spécifiques", "Objectifs opérationnels"]
    (general,) = plan(head, ["a", "Réduire", "Former\nInformer", "Une session par an"]).sheets[0].objectives
    assert [child.text for child in general.children] == ["Former", "Informer"]
    assert general.children[1].children[0].text == "Une session par an"


def test_an_error_cell_is_settled_and_template_words_are_left_out() -> None:
    draft = plan(["Titre", "Budget", "Notes"], ["a", "#REF!", "Ce champ ne sera pas intégré lors de l'import"])
    assert draft.to_settle[0].value == "#REF!"
    assert draft.sheets[0].texts == {}
    assert "Consigne" in draft.notes[0].message


def test_a_text_that_looks_like_a_formula_is_data() -> None:
    sheet = plan(["Titre", "Notes"], ["=cmd|' /C calc'!A0", "+33 4 90 00 00 00"]).sheets[0]
    assert (sheet.title, sheet.texts[Field.NOTES]) == ("=cmd|' /C calc'!A0", "+33 4 90 00 00 00")


def test_the_other_fields_are_read_by_their_own_readers() -> None:
    head: list[object] = [
        "Titre",
        "Avancement",
        "Entrée dans le plan",
        "Météo",
        "En clair",
        "Reportée jusqu'au",
        "Statut",
        "Échelle",
    ]
    draft = plan(
        head,
        ["a", "58 %", "par avenant n° 2", "nuage", "x" * 201, "03/2027", "terminée (partiellement réalisée)", "EPCI"],
    )
    sheet = draft.sheets[0]
    assert (sheet.progress, sheet.entry, sheet.amendment_number) == (58, PlacementEntry.AMENDMENT, 2)
    assert (sheet.status, sheet.outcome) == (Status.DONE, Outcome.PARTIAL)
    assert (sheet.weather, sheet.geo_scope) == ("cloudy", "intercommunality")
    assert [item.field for item in draft.to_settle] == [Field.PLAIN_LINE]


CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.sampled_from(["12 k€", "T2 2025", "Axe 1. A", "Objectif général : x", "((«", '"',
                     "ARS/CPAM, CAF", "-", "#REF!", "1/2"]),
)  # fmt: skip
LABELS = st.lists(st.sampled_from([field.label_fr for field in Field]), min_size=1, max_size=12)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(LABELS, st.lists(st.lists(CELLS, max_size=13), max_size=6))
def test_whatever_the_cells_a_plan_comes_back_and_every_unsettled_field_is_listed(
    labels: list[object], rows: list[list[object]]
) -> None:
    draft = plan(["Titre de l'action", *labels], *rows)
    listed = {(item.row, item.field) for item in draft.to_settle}
    for sheet in draft.sheets:
        assert 1 <= len(sheet.title) <= 300
        assert all(any(field is name for _, name in listed) for field in sheet.unsettled)
        assert not (sheet.starts_on and sheet.ends_on and sheet.ends_on.day < sheet.starts_on.day)
        assert sheet.budget_cents is None or sheet.budget_cents >= 0


@pytest.mark.parametrize("size", [32_767])
def test_a_text_as_long_as_a_cell_allows_is_kept_whole(size: int) -> None:
    assert len(plan(["Titre", "Description"], ["a", "é" * size]).sheets[0].texts[Field.DESCRIPTION]) == size
