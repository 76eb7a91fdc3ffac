"""The rows of a fiche, and the dates it holds them within: nothing typed is left out, nothing left astray."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.corrections import correct
from db.commands.editing.bulk import change_sheets, seen_by
from db.commands.plan import rewrite_sheet
from db.commands.series import declare_progress, declare_status
from db.commands.sheets import tick_milestone
from db.engine import reading, writing
from db.errors import Archived, Conflict, Invalid
from db.models import ActionSheet, Milestone
from db.queries.plan import plan_state
from db.rules.corrections import Choice, seen
from db.rules.forms import Written
from db.rules.sections import Section
from db.rules.vocabulary import MilestoneState, Status
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits, holds, opens, saves

NEW = {"id": None, "new": "new1"}
RECRUIT = {**NEW, "label": "Recruter", "state": "à venir", "due": "30/06/2027", "lead": "CPAM", "weight": 1}
OPENING = {**NEW, "new": "new2", "label": "Ouvrir", "state": "en cours", "due": "T3 2027", "weight": 1}


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def sheet(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    """A fiche from 2026 to 2027 with two étapes, due in June and in the third quarter of 2027."""
    dates = {"starts": "janvier 2026", "ends": "31/12/2027"}
    edits(engine, viewer, plan.sheets["1.1"], Section.CALENDAR, **dates, milestones=[RECRUIT, OPENING])
    return plan.sheets["1.1"]


def steps(engine: Engine, viewer: Viewer, sheet: int) -> list[dict[str, Written]]:
    return list(holds(engine, viewer, sheet, Section.CALENDAR)["milestones"])


@pytest.mark.parametrize("typed", [{"due": "30/06/2027"}, {"lead": "CPAM"}, {"done": "2026", "state": "franchie"}])
def test_a_step_without_a_name_in_which_something_is_typed_is_named_by_its_place(
    engine: Engine, viewer: Viewer, sheet: int, typed: dict[str, str]
):
    nameless = {**NEW, "new": "new3", "label": " ", "state": "à venir", "weight": 1, **typed}
    held = steps(engine, viewer, sheet)
    with pytest.raises(Invalid, match=r"L'étape 3 de la liste n'a pas de nom.*retirez la ligne par sa croix"):
        edits(engine, viewer, sheet, Section.CALENDAR, milestones=[*held, nameless])
    assert steps(engine, viewer, sheet) == held


def test_a_step_whose_name_is_erased_is_not_taken_away_without_a_word(engine: Engine, viewer: Viewer, sheet: int):
    held = steps(engine, viewer, sheet)
    with pytest.raises(Invalid, match="L'étape 1 de la liste"):
        edits(engine, viewer, sheet, Section.CALENDAR, milestones=[{**held[0], "label": None}, held[1]])
    assert steps(engine, viewer, sheet) == held


def test_a_row_added_and_left_as_it_came_is_no_step(engine: Engine, viewer: Viewer, sheet: int):
    held = steps(engine, viewer, sheet)
    left = {**NEW, "label": None, "due": None, "done": None, "lead": None, "state": "à venir", "weight": 1}
    edits(engine, viewer, sheet, Section.CALENDAR, milestones=[*held, left], calendar_text="Sur deux ans")
    assert steps(engine, viewer, sheet) == held


@pytest.mark.parametrize("erased", [False, True], ids=["a number alone", "a text erased"])
def test_an_objective_without_a_text_is_named_by_its_place(engine: Engine, viewer: Viewer, sheet: int, erased: bool):
    first = {**NEW, "level": "objectif général", "code": "1", "text": "Réduire"}
    edits(engine, viewer, sheet, Section.RATIONALE, objectives=[first])
    (held,) = holds(engine, viewer, sheet, Section.RATIONALE)["objectives"]
    typed = [{**held, "text": ""}] if erased else [held, {**first, "code": "2", "text": None}]
    with pytest.raises(Invalid, match=f"L'objectif {len(typed)} de la liste n'a pas de texte"):
        edits(engine, viewer, sheet, Section.RATIONALE, objectives=typed)
    assert holds(engine, viewer, sheet, Section.RATIONALE)["objectives"] == [held]


@pytest.mark.parametrize("weight", ["²", "0", "1,5", "lourd"])
def test_a_weight_is_a_whole_number_and_said_to_be(engine: Engine, viewer: Viewer, sheet: int, weight: str):
    with pytest.raises(Invalid, match=r"Recruter.*nombre entier"):
        edits(engine, viewer, sheet, Section.CALENDAR, milestones=[{**RECRUIT, "weight": weight}])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"ends": "31/12/2026"},
            r"fin de la fiche \(31/12/2026\) vient avant.*« Recruter » \(30/06/2027\), « Ouvrir » \(T3",
        ),
        ({"ends": "30/06/2027"}, "à franchir : « Ouvrir »"),
        ({"starts": "S2 2027"}, r"début de la fiche \(S2 2027\) vient après.*« Recruter » \(30/06/2027\)\."),
    ],
)
def test_dates_of_a_fiche_that_leave_out_steps_to_come_are_refused_with_their_names(
    engine: Engine, viewer: Viewer, sheet: int, typed: dict[str, str], said: str
):
    before = holds(engine, viewer, sheet, Section.CALENDAR)
    with pytest.raises(Invalid, match=said):
        edits(engine, viewer, sheet, Section.CALENDAR, **typed)
    assert holds(engine, viewer, sheet, Section.CALENDAR) == before


def test_the_end_and_the_steps_are_moved_together(engine: Engine, viewer: Viewer, sheet: int):
    recruit, opening = steps(engine, viewer, sheet)
    moved = [{**recruit, "due": "juin 2026"}, {**opening, "state": "abandonnée"}]
    edits(engine, viewer, sheet, Section.CALENDAR, ends="31/12/2026", milestones=moved)
    assert holds(engine, viewer, sheet, Section.CALENDAR)["ends"] == "31/12/2026"


def test_one_step_that_is_left_out_is_said_once(engine: Engine, viewer: Viewer, sheet: int):
    recruit, opening = steps(engine, viewer, sheet)
    moved = [{**recruit, "due": "juin 2026"}, {**opening, "due": "2028"}]
    with pytest.raises(Invalid) as refused:
        edits(engine, viewer, sheet, Section.CALENDAR, ends="31/12/2026", milestones=moved)
    assert refused.value.message.count("Ouvrir") == 1


def test_a_step_that_was_out_already_keeps_no_date_from_moving(engine: Engine, viewer: Viewer, sheet: int):
    with writing(engine) as session:  # as a file may say
        rewrite_sheet(session, viewer, sheet_id=sheet, fields={"ends_on": date(2026, 6, 30)})
    edits(engine, viewer, sheet, Section.CALENDAR, ends="31/12/2026")
    assert holds(engine, viewer, sheet, Section.CALENDAR)["ends"] == "31/12/2026"


def test_an_end_given_to_many_fiches_leaves_no_step_of_one_of_them_out(
    engine: Engine, viewer: Viewer, plan: Plan, sheet: int
):
    both = tuple(plan.sheets.values())
    with reading(engine) as session:
        held, since = seen_by(session, viewer, plan.initiative_id, ON, both, ("ends",))
    asked = {"initiative_id": plan.initiative_id, "seen": held, "since": since, "on": ON}
    with (
        pytest.raises(Invalid, match=r"1\.1 Fiche 1\.1 : La fin de la fiche.*« Recruter »"),
        writing(engine) as session,
    ):
        change_sheets(session, viewer, values={"ends": "2026"}, **asked)
    assert holds(engine, viewer, plan.sheets["1.2"], Section.CALENDAR)["ends"] is None


def test_a_correction_moves_no_end_before_a_step(engine: Engine, viewer: Viewer, plan: Plan, sheet: int):
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=sheet, fields={"starts_on": date(2024, 1, 1)})
        declare_status(session, viewer, sheet_id=sheet, status=Status.ONGOING, on=ON)
        declare_progress(session, viewer, sheet_id=sheet, on=ON, percent=5)
        (row, *_) = plan_state(session, viewer, plan.initiative_id, ON).sheets
    with pytest.raises(Invalid, match="« Ouvrir »"), writing(engine) as session:
        asked = {"placement_id": row.placement_id, "choice": Choice.MOVE_END, "as_seen": seen(row), "on": ON}
        correct(session, viewer, typed="mai 2027", **asked)
    with reading(engine) as session:
        assert session.get_one(ActionSheet, sheet).ends_on == date(2027, 12, 31)


def state(engine: Engine, label: str) -> Milestone:
    with reading(engine) as session:
        return session.scalars(select(Milestone).where(Milestone.label == label)).one()


def ticked(engine: Engine, who: Viewer, step: Milestone, *, is_done: bool = True) -> None:
    """Tick a step, or untick it, as it was shown."""
    with writing(engine) as session:
        tick_milestone(session, who, milestone_id=step.id, was=step.state, is_done=is_done, on=ON)


def test_a_step_given_up_meanwhile_is_not_ticked(engine: Engine, viewer: Viewer, sheet: int):
    shown, draft = state(engine, "Recruter"), opens(engine, colleague(engine, CLAIRE), sheet, Section.CALENDAR)
    recruit, opening = draft.base["milestones"]
    saves(engine, colleague(engine, CLAIRE), draft, milestones=[{**recruit, "state": "abandonnée"}, opening])
    with pytest.raises(Conflict, match=rf"« Recruter » est maintenant « abandonnée » par {CLAIRE}, le \d\d/"):
        ticked(engine, viewer, shown)
    assert state(engine, "Recruter").state is MilestoneState.DROPPED
    ticked(engine, viewer, state(engine, "Recruter"))
    assert state(engine, "Recruter").state is MilestoneState.DONE


def test_a_step_that_both_tick_is_ticked_once_and_one_given_up_is_not_said_to_come(
    engine: Engine, viewer: Viewer, sheet: int
):
    shown = state(engine, "Recruter")
    for who in (colleague(engine, CLAIRE), viewer):
        ticked(engine, who, shown)
    done = state(engine, "Recruter")
    assert (done.state, done.done_on) == (MilestoneState.DONE, ON)
    recruit, opening = steps(engine, viewer, sheet)
    edits(engine, viewer, sheet, Section.CALENDAR, milestones=[{**recruit, "state": "abandonnée"}, opening])
    with pytest.raises(Conflict, match="abandonnée"):
        ticked(engine, viewer, done, is_done=False)


def test_a_step_taken_away_meanwhile_is_said_to_be_by_whom(engine: Engine, viewer: Viewer, sheet: int):
    shown = state(engine, "Recruter")
    edits(engine, colleague(engine, CLAIRE), sheet, Section.CALENDAR, milestones=steps(engine, viewer, sheet)[1:])
    with pytest.raises(Archived, match=rf"L'étape « Recruter » a été retirée par {CLAIRE}, le .*Rien n'a été coché"):
        ticked(engine, viewer, shown)
