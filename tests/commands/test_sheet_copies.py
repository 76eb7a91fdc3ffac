"""A sheet comes into the plan, new or copied from another."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import find_or_create_organisation, involve
from db.commands.funding import add_funding_line
from db.commands.indicators import add_indicator
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_status
from db.commands.sheet_life import create_sheet, duplicate_sheet
from db.commands.sheets import add_milestone, add_objective, attach_place, attach_term
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Invalid
from db.models import Act, ActionSheet, Involvement, Milestone, Placement, SheetObjective, SheetPlace, SheetTerm
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.rules.plan import SheetRow
from db.rules.sheet import SheetDetail
from db.rules.vocabulary import (
    Direction,
    InvolvementRole,
    MilestoneState,
    PlacementEntry,
    Status,
    ValueType,
    Vocabulary,
)
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

WORD_PASTE = '<p class="MsoNormal"><b>Bus</b>&nbsp;santé</p>'


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def rows(engine: Engine, viewer: Viewer, initiative_id: int) -> dict[str, SheetRow]:
    """The sheets of the plan as its page shows them, by title."""
    with reading(engine) as session:
        return {row.title: row for row in plan_state(session, viewer, initiative_id, ON).sheets}


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def undo(engine: Engine, viewer: Viewer) -> None:
    done = last_act(engine)
    with writing(engine) as session:
        undo_act(session, viewer, done)


# Coming.


def test_a_sheet_is_added_with_its_pilote_in_one_act_and_taken_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = last_act(engine)
    with writing(engine) as session:
        create_sheet(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            title="Bus\nsanté",
            axis_id=plan.objective_id,
            code=" 1.3 ",
            lead="Maison des aidants",
        )
    row = rows(engine, viewer, plan.initiative_id)["Bus santé"]
    assert (row.code, row.axis_id, [lead.label for lead in row.leads]) == (
        "1.3",
        plan.objective_id,
        ["Maison des aidants"],
    )
    assert last_act(engine) == done + 1
    undo(engine, viewer)
    assert "Bus santé" not in rows(engine, viewer, plan.initiative_id)


@pytest.mark.parametrize(
    ("title", "code", "sentence"),
    [
        ("x" * 5000, None, "5000 caractères ; 300 au plus"),
        (" \n ", None, "ne peut pas être vide"),
        ("Bus", "1.2", r"Le numéro 1\.2 est déjà celui de la fiche « Fiche 1\.2 »"),
        ("Bus", "1" * 21, "20 caractères au plus"),
    ],
)
def test_what_cannot_be_a_sheet_is_refused_in_words(
    sqlite_engine: Engine, viewer: Viewer, title: str, code: str | None, sentence: str
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with pytest.raises(Invalid, match=sentence), writing(sqlite_engine) as session:
        create_sheet(session, viewer, initiative_id=plan.initiative_id, title=title, code=code, lead="X")
    assert len(rows(sqlite_engine, viewer, plan.initiative_id)) == 2


@pytest.mark.parametrize("title", [WORD_PASTE, "Bus 👩‍⚕️🚌 pour tou·te·s", "حافلة الصحة"])
def test_what_is_pasted_stays_text(sqlite_engine: Engine, viewer: Viewer, title: str) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        create_sheet(session, viewer, initiative_id=plan.initiative_id, title=title)
    assert title in rows(sqlite_engine, viewer, plan.initiative_id)


# Copied.


def filled(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    """The first sheet of the plan, with something of everything."""
    key = plan.sheets["1.1"]
    with writing(engine) as session:
        texts = {
            "rationale": "Éloignement",
            "means": "Un mi-temps",
            "starts_on": date(2025, 1, 1),
            "is_continuous": True,
        }
        rewrite_sheet(session, viewer, sheet_id=key, fields=texts)
        general = add_objective(session, viewer, sheet_id=key, text="Rapprocher")
        add_objective(session, viewer, sheet_id=key, text="Rouler", parent_id=general.id)
        add_milestone(session, viewer, sheet_id=key, label="Acheter", state=MilestoneState.DONE)
        add_milestone(session, viewer, sheet_id=key, label="Conduire", due_on=date(2026, 3, 1))
        word = find_or_create_term(
            session,
            viewer,
            vocabulary=Vocabulary.TARGET_GROUP,
            label="Marins",
            initiative_id=plan.initiative_id,
        )
        attach_term(session, viewer, sheet_id=key, term_id=word.id)
        attach_place(session, viewer, sheet_id=key, label="Salle des fêtes", on_date=date(2026, 3, 1))
        org = find_or_create_organisation(session, viewer, "Maison d'essai", initiative_id=plan.initiative_id)
        gone = find_or_create_organisation(session, viewer, "Partie", initiative_id=plan.initiative_id)
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=org.id, sheet_id=key)
        partner = InvolvementRole.PARTNER
        involve(session, viewer, role=partner, organisation_id=gone.id, sheet_id=key, ends_on=date(2026, 1, 1))
        declare_status(session, viewer, sheet_id=key, status=Status.ONGOING, on=ON)
        declare_progress(session, viewer, sheet_id=key, on=ON, percent=40)
        add_funding_line(session, viewer, sheet_id=key, funder_id=org.id, year=2026)
        add_indicator(
            session,
            viewer,
            sheet_id=key,
            label="Trajets",
            fields={"value_type": ValueType.NUMBER, "direction": Direction.UP},
        )
    return key


def copied(engine: Engine, viewer: Viewer, plan: Plan, number: str = "1.1") -> Placement:
    with writing(engine) as session:
        return duplicate_sheet(session, viewer, placement_id=plan.placements[number], on=ON)


def detail(engine: Engine, viewer: Viewer, plan: Plan, placement_id: int) -> SheetDetail:
    with reading(engine) as session:
        found = sheet_detail(session, viewer, plan.initiative_id, ON, placement_id)
    assert found is not None
    return found


def test_a_copy_says_what_the_sheet_says_and_none_of_what_happened_to_it(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    filled(engine, viewer, plan)
    copy = copied(engine, viewer, plan)
    told = detail(engine, viewer, plan, copy.id)
    assert (told.text.rationale, told.text.means) == ("Éloignement", "Un mi-temps")
    assert [(objective.text, objective.depth) for objective in told.objectives] == [("Rapprocher", 0), ("Rouler", 1)]
    assert [(step.label, step.state, step.due) for step in told.steps] == [("Conduire", MilestoneState.PLANNED, None)]
    assert [word.label for word in told.words] == ["Marins"]
    assert [(place.label, place.on) for place in told.places] == [("Salle des fêtes", None)]
    assert [part.name for part in told.parts] == ["Maison d'essai"]
    assert (told.indicators, told.money, told.weathers) == ((), (), ())
    row = rows(engine, viewer, plan.initiative_id)["Fiche 1.1 (copie)"]
    assert (row.code, row.status, row.starts, row.is_continuous, row.axis_id) == (
        None,
        None,
        None,
        True,
        plan.objective_id,
    )
    assert "eloignement" in row.search_text


def test_a_copy_stands_below_its_sheet(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    copied(engine, viewer, plan)
    assert list(rows(engine, viewer, plan.initiative_id)) == ["Fiche 1.1", "Fiche 1.1 (copie)", "Fiche 1.2"]


def test_a_copy_is_taken_back_whole(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    filled(engine, viewer, plan)
    counted = (ActionSheet, Placement, SheetObjective, Milestone, SheetTerm, SheetPlace, Involvement)

    def counts() -> list[int]:
        with reading(engine) as session:
            return [session.scalar(select(func.count()).select_from(model)) or 0 for model in counted]

    before = counts()
    copied(engine, viewer, plan)
    assert counts() != before
    undo(engine, viewer)
    assert counts() == before


def test_the_title_of_a_copy_keeps_within_what_a_title_holds(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "é" * 300})
    copied(engine, viewer, plan)
    (title,) = [title for title in rows(engine, viewer, plan.initiative_id) if title.endswith(" (copie)")]
    assert len(title) == 300


def test_a_copy_of_what_the_contract_did_not_foresee_was_not_foreseen_either(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        made = add_sheet(session, viewer, initiative_id=plan.initiative_id, title="X", entry=PlacementEntry.UNPLANNED)
        copy = duplicate_sheet(session, viewer, placement_id=made.id, on=ON)
        assert (copy.entry, copy.since) == (PlacementEntry.UNPLANNED, ON)
