"""Two people at once: nobody overwrites anybody unknowingly, whichever two things they do.

Each case is played by commands, on both engines, as two sessions would: what each saw first, then who saves, then the
second. Different fields merge; on the same field the second is shown both values with their author, and chooses.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from db.commands import drafts
from db.commands.editing.bulk import change_sheets, seen_by
from db.commands.funding import add_budget_item
from db.commands.ordering import order_plan
from db.commands.sheet_life import archive_sheet, restore_sheet
from db.commands.undo import undo_act
from db.engine import make_engine, reading, writing
from db.errors import Conflict, Refused
from db.journal import acting
from db.models import Act, BudgetItem, Grant
from db.queries.arranging import arrangement
from db.rules.access import Role
from db.rules.arranging import Arrangement, Spot
from db.rules.sections import Section
from db.viewer import Viewer, viewer_named
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits, holds, opens, saves
from tests.exchange.files import plan_of_rows
from tests.exchange.importing import imported


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def claire(engine: Engine, viewer: Viewer) -> Viewer:
    return colleague(engine, CLAIRE)


def last_act(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def test_same_field_the_second_sees_both_values_with_the_author_and_chooses(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    mine, theirs = (opens(engine, who, sheet_id, Section.RATIONALE) for who in (viewer, claire))
    saves(engine, claire, theirs, rationale="Le sien")
    with pytest.raises(Conflict) as stopped:
        saves(engine, viewer, mine, rationale="Le mien", description="Aussi")
    (clash,) = stopped.value.clashes
    assert (clash.field, clash.base, clash.theirs, clash.mine) == ("rationale", None, "Le sien", "Le mien")
    assert clash.author == "Claire, coordination"
    assert clash.at is not None
    held = holds(engine, viewer, sheet_id, Section.RATIONALE)
    assert (held["rationale"], held["description"]) == ("Le sien", None)
    with writing(engine) as session:
        drafts.rebase(session, viewer, mine.key, {"rationale": clash.theirs})
    saves(engine, viewer, mine, rationale="Le mien", description="Aussi")
    held = holds(engine, viewer, sheet_id, Section.RATIONALE)
    assert (held["rationale"], held["description"]) == ("Le mien", "Aussi")


def test_same_field_written_alike_is_no_conflict(engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    mine, theirs = (opens(engine, who, sheet_id, Section.CALENDAR) for who in (viewer, claire))
    saves(engine, claire, theirs, starts="mars 2026")
    saves(engine, viewer, mine, starts="03/2026")
    assert holds(engine, viewer, sheet_id, Section.CALENDAR)["starts"] == "mars 2026"


@pytest.mark.parametrize(
    ("section", "first", "second"),
    [
        (Section.RATIONALE, {"rationale": "Le sien"}, {"description": "Le mien"}),
        (Section.REACH, {"target_groups": ["Jeunes 16-25 ans"]}, {"places": ["Cavaillon"]}),
        (Section.PARTNERS, {"leads": ["CPAM"]}, {"partners": ["CCAS"]}),
        (Section.NEWS, {"status": "en pause"}, {"progress": "40 %"}),
        (Section.IDENTITY, {"title": "Le sien"}, {"code": "9.9"}),
    ],
)
def test_different_fields_are_merged(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan, section: Section, first: dict, second: dict
):
    sheet_id = plan.sheets["1.1"]
    mine, theirs = (opens(engine, who, sheet_id, section) for who in (viewer, claire))
    saves(engine, claire, theirs, **first)
    saves(engine, viewer, mine, **second)
    held = holds(engine, viewer, sheet_id, section)
    assert {name: held[name] for name in {**first, **second}} == {**first, **second}


def test_a_step_taken_away_while_it_is_being_edited_is_shown_and_not_brought_back_silently(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    step = {"id": None, "new": "new1", "label": "Recruter", "state": "à venir"}
    edits(engine, viewer, sheet_id, Section.CALENDAR, milestones=[step])
    mine, theirs = (opens(engine, who, sheet_id, Section.CALENDAR) for who in (viewer, claire))
    saves(engine, claire, theirs, milestones=[])
    renamed = [{**mine.base["milestones"][0], "label": "Recruter deux personnes"}]
    with pytest.raises(Conflict) as stopped:
        saves(engine, viewer, mine, milestones=renamed)
    assert [clash.theirs for clash in stopped.value.clashes] == [[]]
    assert stopped.value.clashes[0].author == "Claire, coordination"
    assert holds(engine, viewer, sheet_id, Section.CALENDAR)["milestones"] == []


def test_a_fiche_archived_while_it_is_edited_refuses_the_save_with_its_author_and_keeps_the_draft(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    mine = opens(engine, viewer, sheet_id, Section.RATIONALE)
    with writing(engine) as session:
        drafts.keep(session, viewer, mine.key, {"rationale": "Le mien"})
    with writing(engine) as session:
        archive_sheet(session, claire, placement_id=plan.placements["1.1"])
    with pytest.raises(Conflict, match="Claire, coordination"):
        saves(engine, viewer, mine, rationale="Le mien")
    with reading(engine) as session:
        kept, _ = drafts.draft_of(session, viewer, mine.key)
    assert kept.value("rationale") == "Le mien"


def test_a_fiche_archived_then_put_back_takes_the_save_that_was_waiting(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    mine = opens(engine, viewer, sheet_id, Section.RATIONALE)
    with writing(engine) as session:
        archive_sheet(session, claire, placement_id=plan.placements["1.1"])
    with writing(engine) as session:
        restore_sheet(session, claire, placement_id=plan.placements["1.1"])
    saves(engine, viewer, mine, rationale="Le mien")
    assert holds(engine, viewer, sheet_id, Section.RATIONALE)["rationale"] == "Le mien"


def test_an_undo_while_somebody_edits_is_shown_at_the_save(engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan):
    """« Edit × restore »: what comes back by an undo is a change like another."""
    sheet_id = plan.sheets["1.1"]
    edits(engine, claire, sheet_id, Section.RATIONALE, rationale="Le sien")
    changed = last_act(engine)
    mine = opens(engine, viewer, sheet_id, Section.RATIONALE)
    with writing(engine) as session:
        undo_act(session, claire, changed)
    with pytest.raises(Conflict) as stopped:
        saves(engine, viewer, mine, rationale="Le sien, corrigé")
    assert (stopped.value.clashes[0].base, stopped.value.clashes[0].theirs) == ("Le sien", None)


HEADER = ["N°", "Titre de l'action", "Constat", "Structure pilote"]


def from_file(engine: Engine, viewer: Viewer, plan: Plan, folder: Path, rationale: str) -> None:
    """Import a workbook that says this of the first fiche."""
    rows = [HEADER, ["1.1", "Fiche 1.1", rationale, "CPAM"], ["1.2", "Fiche 1.2", "", "CCAS"]]
    imported(engine, viewer, plan_of_rows(folder, rows), plan.initiative_id)


def test_an_import_does_not_overwrite_what_was_typed_since(engine: Engine, viewer: Viewer, plan: Plan, tmp_path: Path):
    from_file(engine, viewer, plan, tmp_path, "Du classeur")
    edits(engine, viewer, plan.sheets["1.1"], Section.RATIONALE, rationale="Le mien")
    from_file(engine, viewer, plan, tmp_path, "Du classeur, revu")
    assert holds(engine, viewer, plan.sheets["1.1"], Section.RATIONALE)["rationale"] == "Le mien"


def test_an_edit_does_not_overwrite_what_an_import_wrote_meanwhile(
    engine: Engine, viewer: Viewer, plan: Plan, tmp_path: Path
):
    mine = opens(engine, viewer, plan.sheets["1.1"], Section.RATIONALE)
    from_file(engine, viewer, plan, tmp_path, "Du classeur")
    with pytest.raises(Conflict) as stopped:
        saves(engine, viewer, mine, rationale="Le mien")
    assert stopped.value.clashes[0].theirs == "Du classeur"
    assert stopped.value.clashes[0].author is not None


def test_a_status_declared_while_a_budget_is_written_keeps_both(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    mine = opens(engine, viewer, sheet_id, Section.NEWS)
    with writing(engine) as session:
        add_budget_item(session, claire, sheet_id=sheet_id, amount_cents=120_000, year=2027)
    saves(engine, viewer, mine, status="en pause", reason="Budget à voter")
    assert holds(engine, viewer, sheet_id, Section.NEWS)["status"] == "en pause"
    with reading(engine) as session:
        assert session.scalars(select(BudgetItem.amount_cents).where(BudgetItem.sheet_id == sheet_id)).all() == [
            120_000
        ]


def shown_order(engine: Engine, viewer: Viewer, plan: Plan) -> Arrangement:
    """The plan as somebody who arranges it sees it."""
    with reading(engine) as session:
        told = arrangement(session, viewer, plan.initiative_id, ON)
    assert told is not None
    return told


def numbers(engine: Engine, viewer: Viewer, plan: Plan, shown: Arrangement, code: str, new: str) -> None:
    """Give a fiche another number, on the order that was shown."""
    sheet = next(sheet for sheet in shown.sheets if sheet.code == code)
    seen = shown.seen()[sheet.placement_id]
    spot = Spot(sheet.axis_id, new, seen.place_of(sheet.placement_id))
    key = sheet.placement_id
    with writing(engine) as session:
        order_plan(session, viewer, initiative_id=plan.initiative_id, wanted={key: spot}, seen={key: seen})


def test_two_numberings_of_one_fiche_are_shown_and_of_two_fiches_merged(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    """« Reorder × reorder »; how two orders of several fiches meet is tested with the ordering itself."""
    shown = shown_order(engine, viewer, plan)
    numbers(engine, claire, plan, shown, "1.1", "1.9")
    with pytest.raises(Conflict):
        numbers(engine, viewer, plan, shown, "1.1", "1.8")
    numbers(engine, viewer, plan, shown, "1.2", "1.7")
    assert {sheet.code for sheet in shown_order(engine, viewer, plan).sheets} == {"1.9", "1.7"}


def test_a_bulk_change_names_the_fiche_that_somebody_changed_and_writes_nothing(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheets = tuple(plan.sheets.values())
    with reading(engine) as session:
        seen, since = seen_by(session, viewer, plan.initiative_id, ON, sheets, ("status",))
    edits(engine, claire, plan.sheets["1.2"], Section.NEWS, status="bloquée", reason="Local")
    with pytest.raises(Conflict) as stopped, writing(engine) as session:
        change_sheets(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            seen=seen,
            since=since,
            values={"status": "en cours"},
            on=ON,
        )
    assert stopped.value.details == ("1.2 Fiche 1.2 : statut « bloquée » (Claire, coordination)",)
    assert holds(engine, viewer, plan.sheets["1.1"], Section.NEWS)["status"] is None


def test_one_person_in_two_tabs_is_one_act_when_both_say_the_same_and_is_shown_both_values_otherwise(
    engine: Engine, viewer: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    tab = opens(engine, viewer, sheet_id, Section.RATIONALE)
    saves(engine, viewer, tab, rationale="Du premier onglet")
    done = last_act(engine)
    saves(engine, viewer, tab, rationale="Du premier onglet")
    assert last_act(engine) == done
    with writing(engine) as session:
        other = drafts.keep(session, viewer, tab.key, {"rationale": "Du second onglet"})
    assert other.key != tab.key
    with pytest.raises(Conflict) as stopped:
        saves(engine, viewer, other, rationale="Du second onglet")
    assert stopped.value.clashes[0].theirs == "Du premier onglet"


def test_a_server_that_starts_again_between_reading_and_saving_still_sees_what_changed(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    sheet_id = plan.sheets["1.1"]
    mine = opens(engine, viewer, sheet_id, Section.RATIONALE)
    with writing(engine) as session:
        drafts.keep(session, viewer, mine.key, {"rationale": "Le mien"})
    again = make_engine(engine.url.render_as_string(hide_password=False))  # nothing of the first process is left
    edits(again, claire, sheet_id, Section.RATIONALE, rationale="Le sien")
    with reading(again) as session:
        found = drafts.find_draft(session, viewer, mine.subject, mine.key)
    assert found is not None
    with pytest.raises(Conflict):
        saves(again, viewer, replace(found), rationale=found.value("rationale"))
    again.dispose()


def test_a_coordinator_who_loses_the_role_while_a_form_is_open_is_told_and_keeps_the_draft(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    """« Role change during edit »: the right is that of the instant of the save, and so is what may be read again."""
    sheet_id = plan.sheets["1.1"]
    mine = opens(engine, claire, sheet_id, Section.RATIONALE)
    with writing(engine) as session:
        drafts.keep(session, claire, mine.key, {"rationale": "Le mien"})
    with writing(engine) as session, acting(session, viewer.actor_id, "change_role", "Changement de rôle"):
        session.scalars(select(Grant).where(Grant.role == Role.COORDINATOR)).one().role = Role.RESIDENT_MEMBER
    with reading(engine) as session:
        after = viewer_named(session, CLAIRE, ON)
    done = last_act(engine)
    with pytest.raises(Refused, match="Vous n'avez plus le droit d'écrire dans cette fiche"):
        saves(engine, after, mine, rationale="Le mien")
    assert last_act(engine) == done
    assert holds(engine, viewer, sheet_id, Section.RATIONALE)["rationale"] is None
    with reading(engine) as session:
        kept, _ = drafts.draft_of(session, after, mine.key)
    assert kept.value("rationale") == "Le mien"
