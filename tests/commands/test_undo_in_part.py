"""Taking back all the rest of an act when some of what it wrote changed since, and what keeps an undo from it."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import find_or_create_organisation, involve
from db.commands.plan import add_axis, add_sheet, move_placement, place_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.reference import find_or_create_term
from db.commands.series import declare_status
from db.commands.sheet_life import archive_sheet
from db.commands.sheets import add_milestone, attach_term, tick_milestone
from db.commands.tree import archive_axis, move_axis
from db.engine import reading, writing
from db.errors import ChangedSince, Conflict, Invalid
from db.models import (
    ActionSheet,
    Axis,
    Initiative,
    Milestone,
    Organisation,
    Placement,
    SheetTerm,
    StatusEntry,
)
from db.rules.vocabulary import (
    DatePrecision,
    InvolvementRole,
    Status,
    Vocabulary,
)
from db.viewer import Viewer
from tests.builders import Plan, a_plan, colleague, plan_in
from tests.commands.editing import CLAIRE
from tests.commands.taking_back import label, last_act, one_act, undo
from tests.conftest import ON

FOUR = ("1.1", "1.2", "1.3", "1.4")


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=FOUR)


def titles(engine: Engine, plan: Plan) -> dict[str, str]:
    with reading(engine) as session:
        return {number: session.get_one(ActionSheet, key).title for number, key in plan.sheets.items()}


def codes(engine: Engine, plan: Plan) -> dict[str, str | None]:
    with reading(engine) as session:
        return {number: session.get_one(Placement, key).code for number, key in plan.placements.items()}


def live(engine: Engine, model: type) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model).where(model.archived_at.is_(None))) or 0


def renamed(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    """A bulk edit: every fiche is given another title and its end."""
    with one_act(engine, viewer, plan.initiative_id) as session:
        for number, key in plan.sheets.items():
            fields = {"title": f"Nouveau {number}", "ends_on": date(2027, 3, 1), "ends_precision": DatePrecision.MONTH}
            rewrite_sheet(session, viewer, sheet_id=key, fields=fields)
    return last_act(engine)


def rewrite(engine: Engine, viewer: Viewer, sheet_id: int, **fields: object) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet_id, fields=fields)


# A bulk edit.


def test_what_somebody_else_changed_since_is_named_with_their_name(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = renamed(engine, viewer, plan)
    rewrite(engine, colleague(engine, CLAIRE), plan.sheets["1.3"], title="Le mien")
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert refusal.value.details == ("Fiche « Le mien » : changé depuis (Titre), par Claire, coordination",)
    assert titles(engine, plan)["1.1"] == "Nouveau 1.1"


def test_the_rest_of_a_bulk_edit_is_taken_back_and_what_changed_since_stays(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    done = renamed(engine, viewer, plan)
    rewrite(engine, colleague(engine, CLAIRE), plan.sheets["1.3"], title="Le mien")
    undoing = undo(engine, viewer, done, keep_changed=True)
    assert titles(engine, plan) == {"1.1": "Fiche 1.1", "1.2": "Fiche 1.2", "1.3": "Le mien", "1.4": "Fiche 1.4"}
    with reading(engine) as session:
        kept = session.get_one(ActionSheet, plan.sheets["1.3"])
        assert (kept.ends_on, kept.ends_precision) == (None, None), "another column of the same fiche goes back"
        assert "mien" in kept.search_text and "nouveau" not in kept.search_text
    assert label(engine, undoing) == "Annulation : Acte d'essai (en partie)"


def test_a_date_and_how_precisely_it_was_typed_stay_together(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = renamed(engine, viewer, plan)
    later = {"ends_on": date(2027, 6, 1), "ends_precision": DatePrecision.MONTH}
    rewrite(engine, viewer, plan.sheets["1.1"], **later)
    undo(engine, viewer, done, keep_changed=True)
    with reading(engine) as session:
        sheet = session.get_one(ActionSheet, plan.sheets["1.1"])
        assert (sheet.title, sheet.ends_on, sheet.ends_precision) == ("Fiche 1.1", *later.values())


def test_a_former_date_that_would_come_after_the_end_given_since_stays_as_it_is(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    rewrite(engine, viewer, plan.sheets["1.1"], starts_on=date(2026, 9, 1))
    rewrite(engine, viewer, plan.sheets["1.1"], starts_on=date(2026, 1, 1))
    done = last_act(engine)
    rewrite(engine, viewer, plan.sheets["1.1"], ends_on=date(2026, 6, 1))
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, done)
    assert "ne vont plus avec ce qui a été écrit depuis" in refusal.value.details[0]
    with pytest.raises(Conflict, match="tout ce que cet acte avait écrit"):
        undo(engine, viewer, done, keep_changed=True)


def test_nothing_left_to_take_back_is_said_and_leaves_no_act(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    rewrite(engine, viewer, plan.sheets["1.1"], title="Un")
    done = last_act(engine)
    rewrite(engine, viewer, plan.sheets["1.1"], title="Deux")
    for keep_changed in (False, True):
        with pytest.raises(Conflict, match="tout ce que cet acte avait écrit") as refusal:
            undo(engine, viewer, done, keep_changed=keep_changed)
        assert not isinstance(refusal.value, ChangedSince)
    assert last_act(engine) == done + 1


def test_a_part_taken_back_can_be_done_again_and_taken_back_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = renamed(engine, viewer, plan)
    rewrite(engine, viewer, plan.sheets["1.3"], title="Le mien")
    undoing = undo(engine, viewer, done, keep_changed=True)
    again = undo(engine, viewer, undoing)
    assert titles(engine, plan) == {**{n: f"Nouveau {n}" for n in FOUR}, "1.3": "Le mien"}
    assert label(engine, again) == "Rétablissement : Acte d'essai"
    with pytest.raises(Invalid, match="déjà été reprise"):
        undo(engine, viewer, undoing)
    assert label(engine, undo(engine, viewer, again)) == "Annulation : Acte d'essai"
    assert titles(engine, plan)["1.1"] == "Fiche 1.1"


def test_a_fiche_archived_since_is_left_and_the_rest_taken_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = renamed(engine, viewer, plan)
    with writing(engine) as session:
        archive_sheet(session, viewer, placement_id=plan.placements["1.2"])
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert [detail.partition(",")[0] for detail in refusal.value.details] == ["Fiche « Nouveau 1.2 » : archivé depuis"]
    undo(engine, viewer, done, keep_changed=True)
    assert titles(engine, plan)["1.2"] == "Nouveau 1.2"
    assert titles(engine, plan)["1.1"] == "Fiche 1.1"


def test_an_entry_of_a_fiche_archived_since_stays(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=plan.sheets["1.2"], status=Status.ONGOING, on=ON)
    done = last_act(engine)
    with writing(engine) as session:
        archive_sheet(session, viewer, placement_id=plan.placements["1.2"])
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, done)
    assert refusal.value.details[0].startswith("Fiche « Fiche 1.2 » : archivé depuis")
    assert live(engine, StatusEntry) == 1


# Numbers and places.


def renumbered(engine: Engine, viewer: Viewer, plan: Plan, **numbers: str | None) -> int:
    """These fiches change numbers in one act, each first set aside."""
    with one_act(engine, viewer, plan.initiative_id) as session:
        for last in (False, True):
            for number, code in numbers.items():
                place = session.get_one(Placement, plan.placements[number.replace("_", ".")])
                wanted = code if last else None
                move_placement(session, viewer, placement_id=place.id, axis_id=place.axis_id, code=wanted)
    return last_act(engine)


def test_numbers_that_changed_places_change_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    done = renumbered(engine, viewer, plan, **{"1_1": "1.2", "1_2": "1.3", "1_3": "1.1"})
    undo(engine, viewer, done)
    assert codes(engine, plan) == {number: number for number in FOUR}


def test_a_number_taken_since_is_not_taken_back_nor_those_that_depend_on_it(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    done = renumbered(engine, viewer, plan, **{"1_1": "1.9", "1_2": "1.1", "1_4": "4"})
    with writing(engine) as session:
        add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Venue depuis", code="1.2")
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert len(refusal.value.details) == 2
    assert all("est pris depuis" in detail for detail in refusal.value.details)
    undo(engine, viewer, done, keep_changed=True)
    assert codes(engine, plan) == {"1.1": "1.9", "1.2": "1.1", "1.3": "1.3", "1.4": "1.4"}


def test_a_fiche_comes_back_with_its_place_or_not_at_all(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with one_act(engine, viewer, plan.initiative_id) as session:
        for number in ("1.1", "1.2"):
            archive_sheet(session, viewer, placement_id=plan.placements[number])
    done = last_act(engine)
    with writing(engine) as session:
        add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Venue depuis", code="1.1")
    with pytest.raises(ChangedSince):
        undo(engine, viewer, done)
    undo(engine, viewer, done, keep_changed=True)
    with reading(engine) as session:
        assert session.get_one(ActionSheet, plan.sheets["1.1"]).archived_at is not None
        assert session.get_one(Placement, plan.placements["1.1"]).archived_at is not None
        assert session.get_one(Placement, plan.placements["1.2"]).archived_at is None


def test_an_axis_archived_since_is_not_gone_back_to(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    place = plan.placements["1.1"]
    with writing(engine) as session:
        axis = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Éphémère", code="2")
        move_placement(session, viewer, placement_id=place, axis_id=axis.id, code="1.1")
    with writing(engine) as session:
        move_placement(session, viewer, placement_id=place, axis_id=plan.objective_id, code="1.1")
    done = last_act(engine)
    with writing(engine) as session:
        archive_axis(session, viewer, axis_id=axis.id)
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, done)
    assert "a été retiré depuis" in refusal.value.details[0]


def test_an_axis_never_comes_back_under_itself(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        second = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Deux", code="2").id
        third = add_axis(session, viewer, initiative_id=plan.initiative_id, title="Trois", parent_id=second).id
    with writing(engine) as session:
        move_axis(session, viewer, axis_id=third, parent_id=None)
    done = last_act(engine)
    with writing(engine) as session:
        move_axis(session, viewer, axis_id=second, parent_id=third)
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, done)
    assert any("sous lui-même" in detail for detail in refusal.value.details)
    with reading(engine) as session:
        assert session.get_one(Axis, third).parent_id is None


# What an act added.


def imported(engine: Engine, viewer: Viewer) -> tuple[int, Plan, dict[str, int]]:
    """A plan whole, made in one act: each fiche with a step, a status and a partner."""
    steps = {}
    with one_act(engine, viewer) as session:
        plan = a_plan(session, viewer, sheets=FOUR)
        for number, key in plan.sheets.items():
            step = add_milestone(session, viewer, sheet_id=key, label=f"Étape {number}")
            session.flush()
            steps[number] = step.id
            declare_status(session, viewer, sheet_id=key, status=Status.ONGOING, on=ON)
            partner = find_or_create_organisation(session, viewer, f"Partenaire {number}")
            involve(session, viewer, role=InvolvementRole.PARTNER, organisation_id=partner.id, sheet_id=key)
    return last_act(engine), plan, steps


def left(engine: Engine, plan: Plan) -> list[str]:
    with reading(engine) as session:
        return [number for number, key in plan.sheets.items() if session.get(ActionSheet, key) is not None]


def test_a_fiche_that_changed_since_stays_whole_and_the_others_go(engine: Engine, viewer: Viewer) -> None:
    done, plan, steps = imported(engine, viewer)
    rewrite(engine, colleague(engine, CLAIRE), plan.sheets["1.1"], means="Un mi-temps")
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert refusal.value.details == (
        "Fiche « Fiche 1.1 » : changé depuis (Moyens humains et techniques), par Claire, coordination",
    )
    undo(engine, viewer, done, keep_changed=True)
    assert left(engine, plan) == ["1.1"]
    with reading(engine) as session:
        assert session.get(Milestone, steps["1.1"]) is not None
        assert session.get_one(Placement, plan.placements["1.1"]).axis_id == plan.objective_id
        assert session.get(Initiative, plan.initiative_id) is not None
        assert session.scalars(select(Organisation.name)).all() == ["Partenaire 1.1"]
        assert session.scalar(select(func.count(StatusEntry.id))) == 1


@pytest.mark.parametrize("what", ["changed step", "added step"])
def test_a_step_changed_or_added_since_keeps_its_fiche(engine: Engine, viewer: Viewer, what: str) -> None:
    done, plan, steps = imported(engine, viewer)
    with writing(engine) as session:
        if what == "added step":
            add_milestone(session, viewer, sheet_id=plan.sheets["1.2"], label="Ajoutée")
        else:
            tick_milestone(session, viewer, milestone_id=steps["1.2"], is_done=True, on=ON)
    with pytest.raises(ChangedSince):
        undo(engine, viewer, done)
    undo(engine, viewer, done, keep_changed=True)
    assert left(engine, plan) == ["1.2"]


def test_what_stays_of_an_import_can_be_completed_again(engine: Engine, viewer: Viewer) -> None:
    done, plan, _ = imported(engine, viewer)
    rewrite(engine, viewer, plan.sheets["1.1"], means="Un mi-temps")
    undo(engine, viewer, undo(engine, viewer, done, keep_changed=True))
    assert left(engine, plan) == list(FOUR)
    assert live(engine, StatusEntry) == 4


def test_a_fiche_lent_since_to_another_plan_stays(engine: Engine, viewer: Viewer) -> None:
    done, plan, _ = imported(engine, viewer)
    other = plan_in(engine, viewer, code="autre", sheets=())
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=plan.sheets["1.4"], initiative_id=other.initiative_id)
    undo(engine, viewer, done, keep_changed=True)
    assert left(engine, plan) == ["1.4"]


def test_an_undo_never_removes_what_readers_were_shown(engine: Engine, viewer: Viewer) -> None:
    done, plan, _ = imported(engine, viewer)
    with writing(engine) as session:
        publish_point(
            session, viewer, initiative_id=plan.initiative_id, name="Un point", as_of=ON, sheet_id=plan.sheets["1.1"]
        )
    with pytest.raises(ChangedSince) as refusal:
        undo(engine, viewer, done)
    assert any("publié depuis (« Un point »)" in detail for detail in refusal.value.details)
    undo(engine, viewer, done, keep_changed=True)
    assert left(engine, plan) == ["1.1"]


def test_a_link_made_again_since_is_not_made_twice(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        words = [
            find_or_create_term(session, viewer, vocabulary=Vocabulary.DETERMINANT, label=label)
            for label in ("Habitat ancien", "Isolement")
        ]
        keys = [
            attach_term(session, viewer, sheet_id=sheet_id, term_id=word.id, rank=1 + rank).id
            for rank, word in enumerate(words)
        ]
    with one_act(engine, viewer, plan.initiative_id) as session:
        for key in keys:
            session.delete(session.get_one(SheetTerm, key))
    done = last_act(engine)
    with writing(engine) as session:
        attach_term(session, viewer, sheet_id=sheet_id, term_id=words[0].id)
    with pytest.raises(ChangedSince, match="en entier"):
        undo(engine, viewer, done)
    undo(engine, viewer, done, keep_changed=True)
    with reading(engine) as session:
        ranks = dict(session.execute(select(SheetTerm.term_id, SheetTerm.rank)).all())
    assert ranks == {words[0].id: None, words[1].id: 2}


def test_a_rank_given_since_to_another_determinant_stays_with_it(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        first, second = (
            find_or_create_term(session, viewer, vocabulary=Vocabulary.DETERMINANT, label=label).id
            for label in ("Habitat ancien", "Isolement")
        )
        key = attach_term(session, viewer, sheet_id=sheet_id, term_id=first, rank=1).id
    with one_act(engine, viewer, plan.initiative_id) as session:
        session.delete(session.get_one(SheetTerm, key))
    done = last_act(engine)
    with writing(engine) as session:
        attach_term(session, viewer, sheet_id=sheet_id, term_id=second, rank=1)
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, done)
    assert "autre déterminant de ce rang" in refusal.value.details[0]
