"""`check` finds each invariant that somebody broke behind the commands' back, and nothing in a sound database."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import Engine

from db import check
from db.commands.directory import find_or_create_organisation, involve
from db.commands.funding import add_funding_line, record_amount
from db.commands.indicators import add_breakdown, add_indicator, record_measurement
from db.commands.plan import add_axis, add_sheet
from db.commands.publish import publish_point
from db.commands.reference import find_term
from db.commands.series import declare_progress
from db.commands.sheets import add_objective, attach_term
from db.engine import writing
from db.rules.vocabulary import (
    Direction,
    FundingDecision,
    FundingStage,
    InvolvementRole,
    MeasurementStatus,
    ObjectiveLevel,
    ValueType,
    Vocabulary,
)
from db.viewer import Viewer
from tests.builders import a_plan
from tests.conftest import Databases, viewer_in

ON = date(2026, 9, 1)


def fill(engine: Engine, viewer: Viewer) -> None:
    """Two plans with one of each thing that an invariant is about."""
    with writing(engine) as session:
        plan, other = a_plan(session, viewer), a_plan(session, viewer)
        sheet = plan.sheets["1.1"]
        for rank, name in enumerate(("Éducation", "Emploi"), start=1):
            term = find_term(session, Vocabulary.DETERMINANT, name)
            assert term is not None
            attach_term(session, viewer, sheet_id=sheet, term_id=term.id, rank=rank)
        general = add_objective(session, viewer, sheet_id=sheet, text="Réduire", level=ObjectiveLevel.GENERAL)
        add_objective(session, viewer, sheet_id=sheet, text="Former", parent_id=general.id)
        funder = find_or_create_organisation(session, viewer, "Caisse d'essai")
        find_or_create_organisation(session, viewer, "Autre caisse d'essai")
        involve(
            session, viewer, role=InvolvementRole.SIGNATORY, initiative_id=plan.initiative_id, organisation_id=funder.id
        )
        decided = {"decision": FundingDecision.GRANTED, "on": ON}
        line = add_funding_line(session, viewer, sheet_id=sheet, funder_id=funder.id, year=2026, **decided)
        record_amount(session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=ON, amount_cents=100_00)
        for number in ("A", "B"):
            fields = {"value_type": ValueType.NUMBER, "direction": Direction.UP}
            made = add_indicator(session, viewer, label=f"Indicateur {number}", fields=fields, sheet_id=sheet)
            part = add_breakdown(session, viewer, indicator_id=made.id, dimension="sexe", part="femmes")
            record_measurement(
                session,
                viewer,
                indicator_id=made.id,
                breakdown_id=part.id,
                starts_on=date(2025, 1, 1),
                ends_on=date(2025, 12, 31),
                on=ON,
                status=MeasurementStatus.VALIDATED,
                value=12,
            )
        declare_progress(session, viewer, sheet_id=sheet, on=ON, percent=40)
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=ON)
        publish_point(session, viewer, initiative_id=other.initiative_id, name="Autre point", as_of=ON)


@pytest.fixture
def filled(databases: Databases) -> Engine:
    engine = databases.copy("sqlite", to_be_broken=True)
    fill(engine, viewer_in(engine))
    return engine


BROKEN = {
    "a sheet without a home": ("UPDATE placement SET role = 'guest' WHERE id = 1", "pas de plan d'origine"),
    "an axis under itself": (
        "UPDATE axis SET parent_id = 2 WHERE id = 1",
        "placé sous lui-même",
    ),
    "an axis under another plan's": ("UPDATE axis SET parent_id = 3 WHERE id = 2", "sous un axe d'un autre plan"),
    "a sheet under another plan's axis": ("UPDATE placement SET axis_id = 3 WHERE id = 1", "rangé sous un axe"),
    "two principal determinants": ("UPDATE sheet_term SET rank = 1", "plusieurs déterminants ont le rang 1"),
    "a rank on another list": (
        "UPDATE sheet_term SET term_id = (SELECT id FROM term WHERE vocabulary = 'setting' LIMIT 1) WHERE rank = 2",
        "a un rang sans être un déterminant",
    ),
    "an objective of another sheet": (
        "UPDATE sheet_objective SET sheet_id = 2 WHERE parent_id IS NULL",
        "sous celui d'une autre fiche",
    ),
    "an objective under itself": ("UPDATE sheet_objective SET parent_id = 2 WHERE id = 1", "rangé sous lui-même"),
    "a term under another list": (
        "UPDATE term SET parent_id = (SELECT id FROM term WHERE vocabulary = 'theme' LIMIT 1) WHERE code = 'familles'",
        "sous un mot d'une autre liste",
    ),
    "an entry in another plan's point": ("UPDATE progress_entry SET publication_id = 2", "progress_entry est publiée"),
    "a measurement in another plan's point": ("UPDATE measurement SET publication_id = 2", "measurement est publiée"),
    "an amount in another plan's point": ("UPDATE funding_event SET publication_id = 2", "funding_event est publiée"),
    "an entry in another sheet's point": (
        "UPDATE publication SET sheet_id = 2 WHERE id = 1",
        "est publiée par un point",
    ),
    "a part of another indicator": (
        "UPDATE measurement SET breakdown_id = 2 WHERE id = 1",
        "la part d'un autre indicateur",
    ),
    "merges in a circle": (
        "UPDATE organisation SET merged_into_id = CASE id WHEN 1 THEN 2 ELSE 1 END",
        "fusionnée dans elle-même",
    ),
    "a signatory of a sheet": ("UPDATE involvement SET initiative_id = NULL, sheet_id = 1", "signataire ou porteur"),
    "an answer in another plan's point": (
        "UPDATE funding_decision SET publication_id = 2",
        "funding_decision est publiée",
    ),
    "a refused line with money": ("UPDATE funding_decision SET decision = 'refused'", "refusée et porte pourtant"),
    "a journal out of order": (
        "UPDATE journal SET act_id = 1 WHERE seq = (SELECT max(seq) FROM journal)",
        "appartient à un acte antérieur",
    ),
    "a line under another author": (
        "UPDATE journal SET actor_id = 1 WHERE seq = (SELECT max(seq) FROM journal)",
        "ni l'auteur ni l'heure",
    ),
    "a sheet that nobody added": (
        "DELETE FROM journal WHERE \"table\" = 'action_sheet'",
        "pas de ligne d'ajout au journal",
    ),
    "a name in the journal": (
        'UPDATE journal SET "table" = \'person_detail\', after = \'{"name": "Camille"}\' '
        "WHERE seq = (SELECT max(seq) FROM journal)",
        "contient une donnée personnelle",
    ),
    "the key of a digest in the journal": (
        'UPDATE journal SET "table" = \'person_detail\', after = \'{"salt": "00"}\' '
        "WHERE seq = (SELECT max(seq) FROM journal)",
        "contient une donnée personnelle",
    ),
    "who signs a météo in the journal": (
        'UPDATE journal SET "table" = \'weather_entry\', before = \'{"signed_by": "Camille"}\' '
        "WHERE seq = (SELECT max(seq) FROM journal)",
        "contient une donnée personnelle",
    ),
    "a cell that names somebody in the journal": (
        'UPDATE journal SET "table" = \'unsettled\', after = \'{"field": "lead_contact", "raw": "Camille"}\' '
        "WHERE seq = (SELECT max(seq) FROM journal)",
        "contient une donnée personnelle",
    ),
    "a revision that vanished": (
        "DELETE FROM revision WHERE scope LIKE 'initiative:%'",
        "La révision « initiative:1 »",
    ),
    "a volet of itself": (
        "UPDATE initiative SET parent_id = CASE id WHEN 1 THEN 2 ELSE 1 END",
        "un volet d'elle-même",
    ),
}


def behind_all(engine: Engine, *statements: str) -> None:
    """Write in the file behind the back of everybody, foreign keys and journal included."""
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_database_has_no_problem(engine: Engine, viewer: Viewer) -> None:
    fill(engine, viewer)
    assert check.problems(engine) == []


@pytest.mark.parametrize("statement, sentence", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_found_and_said(filled: Engine, statement: str, sentence: str) -> None:
    behind_all(filled, statement)
    assert any(sentence in problem for problem in check.problems(filled))


def test_a_fourth_level_of_axes_is_found(filled: Engine) -> None:
    viewer = viewer_in(filled)
    with writing(filled) as session:
        third = add_axis(session, viewer, initiative_id=1, title="Troisième", parent_id=2)
        fourth = add_axis(session, viewer, initiative_id=1, title="Quatrième")
    behind_all(filled, f"UPDATE axis SET parent_id = {third.id} WHERE id = {fourth.id}")
    assert check.problems(filled) == [f"L'axe n° {fourth.id} est au niveau 4 ; un plan en a 3."]


def test_a_row_that_points_to_nothing_is_found(filled: Engine) -> None:
    behind_all(filled, "UPDATE axis SET initiative_id = 99 WHERE id = 3")
    assert any("qui n'existe pas" in problem for problem in check.problems(filled))


def test_a_database_of_another_schema_is_told_to_be_updated(databases: Databases) -> None:
    assert check.problems(databases.empty("sqlite")) == [
        "La base n'est pas au schéma de cette version : lancez « python -m db init » pour la mettre à jour."
    ]


def test_an_archived_sheet_needs_no_home(filled: Engine) -> None:
    viewer = viewer_in(filled)
    with writing(filled) as session:
        made = add_sheet(session, viewer, initiative_id=1, title="Retirée")
    archived = "SET archived_at = '2026-09-01 00:00:00'"
    behind_all(
        filled,
        f"UPDATE placement {archived} WHERE id = {made.id}",
        f"UPDATE action_sheet {archived} WHERE id = {made.sheet_id}",
    )
    assert check.problems(filled) == []
