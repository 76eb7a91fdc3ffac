"""Typed values: what is understood, what is nothing, what is left to settle and why."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.reading import Cell, read_amount, read_list, read_number, read_percent, read_yes_no, text_of
from db.rules.reading_dates import read_date, read_period
from db.rules.reading_outline import (
    Objective,
    opens_axis,
    read_axis_label,
    read_code,
    read_code_and_title,
    read_milestones,
    read_objectives,
)
from db.rules.reading_words import (
    STATUS_CHOICES,
    read_entry,
    read_geo_scope,
    read_milestone_state,
    read_participation,
    read_priority,
    read_status,
    read_weather,
)
from db.rules.vocabulary import (
    Absence,
    AxisLevel,
    DatePrecision,
    GeoScope,
    MilestoneState,
    ObjectiveLevel,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)

READERS: list[Any] = [
    read_amount, read_number, read_percent, read_yes_no, read_date, read_period, read_list, read_status, read_priority,
    read_participation, read_geo_scope, read_weather, read_entry, read_milestone_state,
]  # fmt: skip
CELLS = st.one_of(
    st.none(), st.text(max_size=60), st.text("0123456789 ,.'€kM-/()«»", max_size=20), st.integers(), st.floats(),
    st.booleans(), st.dates(), st.datetimes(),
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@given(cell=CELLS)
def test_a_reader_answers_any_cell_by_a_value_a_nothing_or_a_sentence(reader: Any, cell: Cell) -> None:
    reading = reader(cell)
    assert [reading.value is not None, reading.absence is not None, reading.reason is not None].count(True) == 1
    assert reading.raw == text_of(cell)
    assert reading.reason is None or reading.reason.endswith(".")


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        (5_000_000, 500_000_000), (0, 0), (12.5, 1250), ("1 234,50 €", 123_450), ("1\u202f234 € HT", 123_400),
        ("1\u00a0234,5", 123_450), ("12 k€", 1_200_000), ("1,2 M€", 120_000_000), ("1.234,50", 123_450),
        ("1,234.50", 123_450), ("12'500 euros", 1_250_000), ("1.234.567", 123_456_700), ("0 €", 0),
        ("1 million d'euros", 10**8),
        (0.1 + 0.2, 30), ("500 TTC", 50_000),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_cents(cell: Cell, cents: int) -> None:
    assert read_amount(cell).value == cents


@pytest.mark.parametrize(
    ("cell", "fragment"),
    [
        ("Entre 200 et 500", "fourchette"), ("200 - 500 €", "fourchette"), ("env. 300", "approché"),
        ("< 5", "approché"),
        ("-", "tiret"), ("-5", "négatif"), ("(1 200)", "négatif"), ("−5 €", "négatif"), (-1, "négatif"),
        (dt.date(2026, 1, 1), "date"), ("12/03/2026", "date"), ("12 %", "pourcentage"), ("1.234", "1234 ou 1,234"),
        ("12 34", "par trois"), (True, "case à cocher"), (10**12, "dépasse"), (float("nan"), "pas un montant"),
        ("1e3", "pas un"),
        ("voir annexe", "pas un montant"),
    ],
)  # fmt: skip
def test_an_amount_that_is_not_one_says_why(cell: Cell, fragment: str) -> None:
    assert fragment in (read_amount(cell).reason or "")


@pytest.mark.parametrize(
    ("cell", "absence"),
    [
        ("", Absence.NOT_PROVIDED), (None, Absence.NOT_PROVIDED), ("NC", Absence.UNAVAILABLE),
        ("n.d.", Absence.UNAVAILABLE),
        ("Non disponible", Absence.UNAVAILABLE), ("s.o.", Absence.NOT_APPLICABLE),
        ("Sans objet", Absence.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_the_kinds_of_nothing_are_kept_apart(cell: Cell, absence: Absence) -> None:
    assert read_amount(cell).absence is absence
    assert read_number(cell).absence is absence
    assert read_date(cell).absence is absence


@given(st.integers(0, 10**13))
def test_an_amount_written_in_french_is_read_back(cents: int) -> None:
    written = f"{cents // 100:,}".replace(",", "\u202f") + f",{cents % 100:02d} €"
    assert read_amount(written).value == cents


def test_a_number_is_kept_exactly_as_typed() -> None:
    assert read_number("8,5").value == Decimal("8.5")
    assert read_number("-1 250").value == -1250
    assert read_number("12 %").reason


def test_a_percentage_that_may_be_a_share_is_asked() -> None:
    assert read_percent("50 %").value == 50
    assert read_percent(58).value == 58
    assert read_percent(0.5).choices == ("50 %", "0,5 %")
    assert read_percent("120 %").reason


@pytest.mark.parametrize(
    ("cell", "first", "last", "precision"),
    [
        (47727, "2030-09-01", "2030-09-01", "day"), ("47727", "2030-09-01", "2030-09-01", "day"),
        (dt.datetime(2026, 1, 2, 8), "2026-01-02", "2026-01-02", "day"),
        ("21/11/2026", "2026-11-21", "2026-11-21", "day"),
        ("21-11-2026", "2026-11-21", "2026-11-21", "day"), ("21 nov. 2026", "2026-11-21", "2026-11-21", "day"),
        ("1er mars 2026", "2026-03-01", "2026-03-01", "day"), ("2026-11-21", "2026-11-21", "2026-11-21", "day"),
        ("03/04/2026", "2026-04-03", "2026-04-03", "day"), ("02/2028", "2028-02-01", "2028-02-29", "month"),
        ("Mars 2026", "2026-03-01", "2026-03-31", "month"), ("T2 2025", "2025-04-01", "2025-06-30", "quarter"),
        ("2e trimestre 2025", "2025-04-01", "2025-06-30", "quarter"),
        ("S1 2025", "2025-01-01", "2025-06-30", "half_year"),
        (2025, "2025-01-01", "2025-12-31", "year"), ("2025", "2025-01-01", "2025-12-31", "year"),
    ],
)  # fmt: skip
def test_a_date_is_the_first_day_for_a_start_and_the_last_for_an_end(
    cell: Cell, first: str, last: str, precision: str
) -> None:
    starts, ends = read_date(cell).value, read_date(cell, end=True).value
    assert starts and ends
    assert (starts.day.isoformat(), ends.day.isoformat()) == (first, last)
    assert starts.precision is ends.precision is DatePrecision(precision)


@pytest.mark.parametrize(
    ("cell", "fragment"),
    [
        ("29/02/2025", "n'existe pas au calendrier"), ("11/21/2026", "américaine"), ("13/2026", "Le mois 13"),
        ("nov-26", "jour ou une année"), ("fin 2026", "approchée"), ("2024-2026", "période"),
        ("sem. 12", "pas une date"),
        ("21/11/1826", "hors de"), (12, "hors de"), (0, "pas une date"), (True, "case à cocher"),
        ("chaque été", "pas une date"),
    ],
)  # fmt: skip
def test_a_date_that_is_not_sure_is_not_read(cell: Cell, fragment: str) -> None:
    assert fragment in (read_date(cell).reason or "")


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_is_the_same_as_a_date_a_text_or_a_serial(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    readings = [read_date(cell).value for cell in (day, day.strftime("%d/%m/%Y"), serial, str(serial))]
    assert {reading.day for reading in readings if reading} == {day}
    assert None not in readings


@pytest.mark.parametrize("cell", ["2024-2026", "2024 à 2026", "du 01/01/2024 au 31/12/2026", "de 2024 à 2026"])
def test_a_period_has_a_start_and_an_end(cell: str) -> None:
    period = read_period(cell).value
    assert period and (period.starts.day, period.ends.day) == (dt.date(2024, 1, 1), dt.date(2026, 12, 31))
    assert read_period("2026-2024").reason


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("ARS, CPAM ; CAF\n- MSA", ("ARS", "CPAM", "CAF", "MSA")), ("A,B", ("A", "B")), ("ARS/CPAM", ("ARS", "CPAM")),
        ("ARS / CPAM", ("ARS", "CPAM")), ("Service (SAD, SSIAD), CCAS", ("Service (SAD, SSIAD)", "CCAS")),
        ("« ici, là », B", ("« ici, là »", "B")), ('"a, b", c', ("a, b", "c")), ("x (a, b", ("x (a", "b")),
        ("et/ou", ("et/ou",)), ("1/2 journée", ("1/2 journée",)), ("4,5 ETP", ("4,5 ETP",)),
        ("01/02/2026", ("01/02/2026",)),
        ("Pôle du Nyonsais/Baronnies", ("Pôle du Nyonsais/Baronnies",)), ("CCAS, ccas , Ccas", ("CCAS",)),
        ("https://exemple.fr/a/bc", ("https://exemple.fr/a/bc",)),
    ],
)  # fmt: skip
def test_a_list_is_split_outside_brackets_quotes_and_numbers(cell: str, items: tuple[str, ...]) -> None:
    assert read_list(cell).value == items


def test_a_cell_full_of_brackets_is_read_in_no_time() -> None:
    assert read_list("(" * 16_000 + "," + ")]" * 8_000).understood


@pytest.mark.parametrize(
    ("word", "status", "outcome"),
    [
        ("À venir", Status.PLANNED, None), ("Planifiée", Status.PLANNED, None), ("Non démarré", Status.PLANNED, None),
        ("en  cours", Status.ONGOING, None), ("Démarrée", Status.ONGOING, None), ("En retard", Status.ONGOING, None),
        ("Reporté", Status.POSTPONED, None), ("Suspendue", Status.PAUSED, None), ("En pause", Status.PAUSED, None),
        ("Bloqué ", Status.BLOCKED, None), ("Réalisé", Status.DONE, Outcome.FULL), ("Fait", Status.DONE, Outcome.FULL),
        ("✅ Réalisées", Status.DONE, Outcome.FULL), ("Terminé", Status.DONE, None), ("Clôturée", Status.DONE, None),
        ("Partiellement réalisée", Status.DONE, Outcome.PARTIAL), ("Abandonné ", Status.DROPPED, None),
        ("terminée (non réalisée)", Status.DONE, Outcome.NONE),
    ],
)  # fmt: skip
def test_a_status_word_and_its_synonyms_are_known(word: str, status: Status, outcome: Outcome | None) -> None:
    reading = read_status(word).value
    assert reading and (reading.status, reading.outcome, reading.to_discuss) == (status, outcome, False)
    assert reading.word == word.strip()


@pytest.mark.parametrize("word", ["Non réalisé", "Engagée", "En cour", "Réalisé à 80 %", "Non réalisées", "Validé"])
def test_a_status_that_is_only_close_is_never_rounded(word: str) -> None:
    reading = read_status(word)
    assert reading.value is None
    assert reading.reason and reading.choices


def test_every_choice_offered_for_a_status_is_understood() -> None:
    assert all(read_status(choice).value for choice in (*STATUS_CHOICES, *read_status("Non réalisé").choices))


def test_a_discuter_is_a_flag_and_not_a_status() -> None:
    reading = read_status("À discuter").value
    assert reading and (reading.status, reading.to_discuss) == (None, True)


def test_other_closed_words_have_their_synonyms_and_nothing_near() -> None:
    assert [read_priority(w).value for w in ("Élevé", "Forte", "Moyen", "faible", "Bas")] == [
        Priority.HIGH, Priority.HIGH, Priority.MEDIUM, Priority.LOW, Priority.LOW,
    ]  # fmt: skip
    assert read_priority("urgente").reason
    assert read_participation("Co-construction").value is Participation.CO_CONSTRUCTION
    assert read_participation("Pas de participation citoyenne").value is Participation.NONE
    assert read_weather("☀️").value is Weather.SUNNY
    assert read_geo_scope("Communal").value is GeoScope.COMMUNE
    assert read_geo_scope("Ville-sur-Mer").reason
    assert read_entry("hors contrat initial").value and read_entry("au contrat initial").value
    entry = read_entry("Avenant n°2").value
    assert entry and (entry.entry, entry.amendment) == (PlacementEntry.AMENDMENT, 2)
    assert read_milestone_state("franchie").value is MilestoneState.DONE
    assert read_milestone_state("Partiellement réalisé").reason


@pytest.mark.parametrize(
    ("enum", "reader"),
    [(Priority, read_priority), (Participation, read_participation), (GeoScope, read_geo_scope),
    (Weather, read_weather),
     (MilestoneState, read_milestone_state)],
)  # fmt: skip
def test_every_label_shown_is_read_back(enum: Any, reader: Any) -> None:
    assert [reader(member.label_fr).value for member in enum] == list(enum)


@pytest.mark.parametrize(
    ("cell", "value"), [("VRAI", True), ("☑", True), ("x", True), (False, False), ("Non", False), ("☐", False)]
)
def test_a_tick_is_yes_and_an_empty_box_is_no(cell: Cell, value: bool) -> None:
    assert read_yes_no(cell).value is value
    assert read_yes_no("peut-être").choices == ("oui", "non")


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [
        ("Fiche Action 12. Bus", "12", "Bus"), ("Action 1 - Bus", "1", "Bus"), ("1.1.1. Bus", "1.1.1", "Bus"),
        ("FA n°3 : Bus", "3", "Bus"), ("A1.2 – Bus", "A1.2", "Bus"), ("12 - Bus", "12", "Bus"),
        ("Fiche n° 4\nBus", "4", "Bus"),
        ("3 jours de dépistage", None, "3 jours de dépistage"), ("3-6 ans : bouger", None, "3-6 ans : bouger"),
        ("2025 - Bilan", None, "2025 - Bilan"), ("100 % Santé", None, "100 % Santé"),
        ("Action 15-25 ans", None, "Action 15-25 ans"),
        ("Fiche action 12", "12", "Fiche action 12"),
    ],
)  # fmt: skip
def test_the_number_before_a_title_is_told_from_the_title(text: str, code: str | None, title: str) -> None:
    coded = read_code_and_title(text)
    assert (coded.code, coded.title) == (code, title)


def test_a_code_column_gives_the_bare_number() -> None:
    assert [read_code(text) for text in ("Fiche action n° 3", "1.2.", "A-12", " ")] == ["3", "1.2", "A-12", None]


@pytest.mark.parametrize(
    ("text", "code", "title", "level"),
    [
        ("Axe 1. COORDINATION DU CLS - AXE TRANSVERSAL", "1", "COORDINATION DU CLS - AXE TRANSVERSAL", None),
        ("Objectif stratégique 3.  Assurer", "3", "Assurer", AxisLevel.STRATEGIC), ("1.1. Air", "1.1", "Air", None),
        ("Objectif opérationnel 1.1.1 : X", "1.1.1", "X", AxisLevel.OPERATIONAL), ("Axe II : Y", "II", "Y", None),
        ("Coordination", None, "Coordination", None), ("3 priorités", None, "3 priorités", None),
        ("Axe 4", "4", "Axe 4", None),
    ],
)  # fmt: skip
def test_an_axis_label_gives_its_number_title_and_named_level(
    text: str, code: str | None, title: str, level: AxisLevel | None
) -> None:
    label = read_axis_label(text)
    assert label and (label.code, label.title, label.level) == (code, title, level)


@pytest.mark.parametrize("text", ["", "-", "Sous-Sous Axe", "Sous-axe", "Axe (x)"])
def test_a_placeholder_of_the_template_is_no_axis(text: str) -> None:
    assert read_axis_label(text) is None


def test_only_a_numbered_axis_opens_one_from_a_lone_cell() -> None:
    assert opens_axis("AXE 2 : SOINS") and opens_axis("Objectif stratégique 1")
    assert not opens_axis("Axe rouge") and not opens_axis("Priorité 1")


def _outline(objectives: tuple[Objective, ...]) -> list[Any]:
    return [(o.level.value[0], o.code, o.text, _outline(o.children)) for o in objectives]


def test_objectives_in_one_cell_make_a_tree_whatever_their_numbers() -> None:
    text = (
        "Objectif genénéral : A\n\nObjectif spécifique n°1 : B\nObjectif opérationnel 1.1 : C\nsuite\n"
        "Objectif spécifique n° 2 : D\nObjectif spécifique n°2 : E\nObjectif opérationnel 1.2 : F"
    )
    assert _outline(read_objectives(text)) == [
        ("g", None, "A", [
            ("s", "1", "B", [("o", "1.1", "C\nsuite", [])]),
            ("s", "2", "D", []),
            ("s", "2", "E", [("o", "1.2", "F", [])]),
        ]),
    ]  # fmt: skip


def test_a_heading_without_text_makes_each_line_below_an_objective() -> None:
    assert _outline(read_objectives("* Objectif général - A * Objectifs opérationnels :\n- b\n- c")) == [
        ("g", None, "A", [("o", None, "b", []), ("o", None, "c", [])])
    ]


def test_text_without_heading_is_kept_whole_as_a_general_objective() -> None:
    (only,) = read_objectives("- a\n- b\nL'objectif général est c")
    assert (only.level, only.text) == (ObjectiveLevel.GENERAL, "- a\n- b\nL'objectif général est c")
    assert read_objectives(" \n ") == ()


def test_steps_bear_their_date_and_their_done_mark() -> None:
    steps = read_milestones(
        "- Diagnostic (mars 2026)\n✓ Signature\nEnquête : réalisée en 2025\nGroupe (COPIL)\n☐ Suite"
    )
    assert [step.label for step in steps] == ["Diagnostic", "Signature", "Enquête", "Groupe (COPIL)", "Suite"]
    assert [step.state for step in steps] == [None, MilestoneState.DONE, MilestoneState.DONE, None, None]
    assert steps[0].due and steps[0].due.day == dt.date(2026, 3, 31)
    assert steps[2].done_on and steps[2].due is None
    assert [step.label for step in read_milestones("Un ; Deux (2026)")] == ["Un", "Deux"]
