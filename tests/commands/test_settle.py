"""Cells that nobody could read, settled one by one: each kind of field, and what is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db import journal
from db.commands.plan import move_placement
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid
from db.exchange.fields import Field
from db.models import (
    Act,
    Milestone,
    Placement,
    ProgressEntry,
    StatusEntry,
    WeatherEntry,
)
from db.rules.forms import Written
from db.rules.settling import HELD_NOW
from db.rules.vocabulary import MilestoneState, Status
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.messy import BUS, LONG_NAME, SHIFTS, WORKSHOPS, Messy, a_messy_plan, plain


@pytest.fixture
def plan(engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(engine, viewer, tmp_path)


@pytest.fixture
def sqlite_plan(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(sqlite_engine, viewer, tmp_path)


FIELDS: list[tuple[str, Written, Field, str]] = [
    ("rationale", "Trop loin\ndes soins", Field.RATIONALE, "Trop loin\ndes soins"),
    ("indicators_text", "Nombre de sorties", Field.INDICATORS, "Nombre de sorties"),
    ("calendar_text", "Au fil de l'eau, 2024-2026", Field.CALENDAR, "Au fil de l'eau, 2024-2026"),
    ("plain_line", "Le bus va vers vous.", Field.PLAIN_LINE, "Le bus va vers vous."),
    ("objectives", "Objectif général : Aller vers", Field.OBJECTIVES, "1 objectif général"),
    ("status", "terminée (non réalisée)", Field.STATUS, "terminée (non réalisée)"),
    ("status", "abandonnée", Field.STATUS, "abandonnée"),
    ("status_reason", "Faute de bus", Field.STATUS, "statut non renseigné ; motif : Faute de bus"),
    ("to_discuss", "oui", Field.STATUS, "statut non renseigné ; à discuter"),
    ("progress", "45", Field.PROGRESS, "45 %"),
    ("progress", "NC", Field.PROGRESS, "non disponible"),
    ("priority", "haute", Field.PRIORITY, "haute"),
    ("starts_on", "mars 2026", Field.STARTS_ON, "mars 2026"),
    ("ends_on", "T2 2027", Field.ENDS_ON, "T2 2027"),
    ("is_continuous", "oui", Field.IS_CONTINUOUS, "oui"),
    ("is_continuous", "non", Field.IS_CONTINUOUS, "—"),
    ("lead", ["CPTS du Ventoux", "CCAS ; Apt"], Field.LEAD, "CPTS du Ventoux ; CCAS ; Apt"),
    ("lead_contact", "Camille Martin", Field.LEAD_CONTACT, "Camille Martin"),
    ("participation", "consultation", Field.PARTICIPATION, "consultation"),
    ("target_groups", ["Jeunes du Ventoux"], Field.TARGET_GROUPS, "Jeunes du Ventoux"),
    ("determinants", ["Tabac"], Field.DETERMINANTS, "Tabac"),
    ("geo_scope", "QPV", Field.GEO_SCOPE, "quartier prioritaire (QPV)"),
    ("places", ["Apt", "Cavaillon"], Field.PLACES, "Apt ; Cavaillon"),
    ("funder_amount", {"ARS": "30 000", "CAF": "20 k€"}, Field.FUNDER, "ARS : 30 000 € ; CAF : 20 000 €"),
    ("funder_amount", "ARS : 30 000 €", Field.FUNDER, "ARS : 30 000 € ; CAF"),
    ("funder_amount", {"Région": "NC"}, Field.FUNDER, "ARS ; CAF ; Région : non disponible"),
    ("budget", "350", Field.BUDGET, "350 €"),
    ("weather", "nuage", Field.WEATHER, "nuage ; déjà fait : Trois sorties"),
    ("entry", "hors contrat initial", Field.ENTRY, "hors contrat initial"),
]


@pytest.mark.parametrize(("code", "written", "field", "words"), FIELDS)
def test_a_cell_is_written_in_its_field_in_one_act_that_is_taken_back_whole(
    plan: Messy, code: str, written: Written, field: Field, words: str
) -> None:
    cell, before, acts = plan.cell(code), plan.draft(), plan.count(Act)
    act = plan.settle(cell, written)
    assert act is not None
    assert plain(plan.says(field)) == words
    assert plan.row(cell).settled_at is not None
    assert plan.count(Act) == acts + 1
    with writing(plan.engine) as session:
        undo_act(session, plan.viewer, act)
    assert plan.row(cell).settled_at is None
    assert plan.draft() == before


@pytest.mark.parametrize(
    ("code", "written", "sentence"),
    [
        ("status", "engagée", "Statut « engagée » inconnu"),
        ("progress", "120", "va de 0 à 100"),
        ("progress", "0,5", "50 %, 0,5 %"),
        ("progress", "12,5 %", "pour cent entiers"),
        ("starts_on", "un jour", "Ce n'est pas une date"),
        ("starts_on", "", "Rien n'est à écrire"),
        ("starts_on", "NC", "Rien n'est à écrire"),
        ("priority", "urgente", "haute, moyenne, basse"),
        ("participation", "un texte bien trop long pour être l'un des niveaux de la liste, vraiment", "inconnu"),
        ("is_continuous", "bof", "oui ou non"),
        ("is_continuous", "", "Rien n'est à écrire"),
        ("lead", LONG_NAME, "200 caractères"),
        ("lead", "à désigner", "Rien n'est à écrire"),
        ("determinants", ["Le moral"], "n'est pas dans la liste"),
        ("funder_amount", "50000", "Dites de quel financeur"),
        ("funder_amount", {"ARS": "cinquante"}, "Ce n'est pas un montant"),
        ("funder_amount", {}, "Rien n'est à écrire"),
        ("budget", "beaucoup", "Ce n'est pas un montant"),
        ("entry", "par avenant n° 9", "n'est pas enregistré"),
        ("plain_line", "y" * 201, "dépasse 200"),
        ("sub_axis", "—", "ne nomme pas un axe"),
    ],
)
def test_a_value_that_cannot_be_understood_is_refused_in_the_reader_s_words(
    sqlite_plan: Messy, code: str, written: Written, sentence: str
) -> None:
    plan = sqlite_plan
    cell, acts, before = plan.cell(code), plan.count(Act), plan.draft()
    with pytest.raises(Invalid, match=sentence):
        plan.settle(cell, written)
    assert (plan.count(Act), plan.draft()) == (acts, before)
    assert plan.row(cell).settled_at is None


def test_the_word_of_the_file_stays_beside_the_status_chosen(plan: Messy) -> None:
    plan.settle(plan.cell("status"), "abandonnée")
    with reading(plan.engine) as session:
        (entry,) = session.scalars(select(StatusEntry).where(StatusEntry.sheet_id == plan.sheets[BUS]))
    assert (entry.status, entry.status_word, entry.on_date) == (Status.DROPPED, "Non réalisé", ON)
    assert entry.publication_id is None


def test_what_moves_is_a_new_entry_never_written_over(plan: Messy) -> None:
    before = plan.count(WeatherEntry)
    plan.settle(plan.cell("weather"), "orage")
    plan.settle(plan.cell("progress"), "10")
    assert plan.count(WeatherEntry) == before + 1
    assert plan.count(ProgressEntry) == 1


# The étapes.


def test_the_cell_of_an_etape_says_which(plan: Messy) -> None:
    for field, raw, label in (
        ("status", "bientôt fini", "Acheter le bus"),
        ("ends_on", "à voir", "Acheter le bus"),
        ("weight", "lourd", "Acheter le bus"),
        ("done_on", "mars 2026", "Le conduire"),
    ):
        assert (plan.row(plan.cell(field, raw=raw)).source or "").endswith(f", étape « {label} »")
    assert "étape" not in (plan.row(plan.cell("status")).source or "")


@pytest.mark.parametrize(
    ("code", "raw", "label", "written", "expected"),
    [
        ("status", "bientôt fini", "Acheter le bus", "en cours", {"state": MilestoneState.ONGOING}),
        ("ends_on", "à voir", "Acheter le bus", "juin 2027", {"due_on": date(2027, 6, 30)}),
        ("weight", "lourd", "Acheter le bus", "3", {"weight": 3}),
        (
            "done_on",
            "mars 2026",
            "Le conduire",
            "mars 2026",
            {"state": MilestoneState.DONE, "done_on": date(2026, 3, 31)},
        ),
    ],
)
def test_the_cell_of_an_etape_is_written_on_that_etape(
    plan: Messy, code: str, raw: str, label: str, written: str, expected: dict[str, Any]
) -> None:
    cell, step = plan.cell(code, raw=raw), plan.step(label)
    before = plan.draft()
    act = plan.settle(cell, written, step_id=step)
    with reading(plan.engine) as session:
        row = session.get_one(Milestone, step)
        assert {name: getattr(row, name) for name in expected} == expected
    with writing(plan.engine) as session:
        undo_act(session, plan.viewer, act or 0)
    assert plan.draft() == before


def test_what_only_an_etape_has_is_not_written_without_one(plan: Messy) -> None:
    with pytest.raises(Invalid, match="de quelle étape"):
        plan.settle(plan.cell("weight"), "3")
    with pytest.raises(Invalid, match="n'est plus dans la fiche"):
        plan.settle(plan.cell("weight"), "3", step_id=999_999)


def test_an_etape_that_was_filled_meanwhile_is_not_written_over(plan: Messy) -> None:
    step = plan.step("Acheter le bus")
    with writing(plan.engine) as session:
        row = session.get_one(Milestone, step)
        with journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
            row.weight = 2
    cell = plan.cell("weight")
    with pytest.raises(Conflict) as refused:
        plan.settle(cell, "3", step_id=step)
    (clash,) = refused.value.clashes
    assert (clash.theirs, clash.mine) == ("2", "3")
    plan.settle(cell, "3", step_id=step, instead_of="2")
    with reading(plan.engine) as session:
        assert session.get_one(Milestone, step).weight == 3


def test_new_etapes_are_added_to_those_there_are(plan: Messy) -> None:
    plan.settle(plan.cell("milestones"), "- Signer (juin 2027)\n- Fêter")
    labels = [step.label for step in plan.draft().milestones]
    assert labels == ["Acheter le bus", "Le conduire", "Signer", "Fêter"]


# Where a fiche stands.


def test_a_number_must_be_free(plan: Messy) -> None:
    cell = plan.cell("code", SHIFTS)
    with pytest.raises(Invalid, match="déjà celui de la fiche « Bus santé »"):
        plan.settle(cell, "1")
    plan.settle(cell, "Fiche n° 2")
    assert plan.draft(SHIFTS).code == "2"


def test_a_fiche_is_put_under_an_axis_that_there_is_or_under_a_new_one(plan: Messy) -> None:
    sub = plan.cell("sub_axis")
    assert plan.base(sub)[HELD_NOW] is None
    plan.settle(sub, "OS 1.1 : Aller vers")
    assert plan.says(Field.AXIS) == "1 Soins › 1.1 Aller vers"
    axis = plan.cell("axis", WORKSHOPS)
    assert plan.base(axis)[HELD_NOW] == "1 · Soins"
    plan.settle(axis, "1.1 · Aller vers", instead_of="1 · Soins")
    assert plan.says(Field.AXIS, WORKSHOPS) == "1 Soins › 1.1 Aller vers"


def test_an_objective_needs_its_axis_first(plan: Messy) -> None:
    cell = plan.cell("sub_axis")
    with writing(plan.engine) as session:
        place = session.scalars(select(Placement.id).where(Placement.sheet_id == plan.sheets[BUS])).one()
        move_placement(session, plan.viewer, placement_id=place, axis_id=None, code="1")
    with pytest.raises(Invalid, match="dites d'abord sous quel axe"):
        plan.settle(cell, "OS 1 : Ailleurs")


# A date that goes only with another thing.


def test_a_new_date_is_for_a_postponed_sheet_only(plan: Messy) -> None:
    with pytest.raises(Invalid, match="qu'avec une fiche reportée"):
        plan.settle(plan.cell("status_until", SHIFTS), "mars 2027")
    plan.settle(plan.cell("status_until", WORKSHOPS), "mars 2027")
    assert plan.says(Field.STATUS, WORKSHOPS) == "reportée ; jusqu'à mars 2027"


def test_an_amount_without_a_funder_gets_one(plan: Messy) -> None:
    plan.settle(plan.cell("funder_amount", WORKSHOPS), {"Département": "3 000"})
    assert plain(plan.says(Field.FUNDER, WORKSHOPS)) == "Département : 3 000 €"


def test_the_end_does_not_come_before_the_start(plan: Messy) -> None:
    plan.settle(plan.cell("starts_on"), "2027")
    with pytest.raises(Invalid, match="précède"):
        plan.settle(plan.cell("ends_on"), "2026")
