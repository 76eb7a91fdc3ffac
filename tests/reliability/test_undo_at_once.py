"""Taking back while others write, at the very same instant: one after the other, and nobody is overwritten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from db.commands.plan import rewrite_sheet
from db.commands.series import declare_progress
from db.engine import reading
from db.errors import BaliseError, Conflict, Invalid
from db.models import Act, ActionSheet, ProgressEntry
from db.rules.sections import Section
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits, opens, saves
from tests.commands.taking_back import last_act, one_act, undo

ROUNDS = 5


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=("1.1", "1.2", "1.3"))


@pytest.fixture
def claire(engine: Engine, viewer: Viewer) -> Viewer:
    return colleague(engine, CLAIRE)


def at_once(*acts: Callable[[], object]) -> list[BaliseError | None]:
    """Do these acts at the same instant, each in its own session; what each was refused for."""
    start = Barrier(len(acts))

    def do(act: Callable[[], object]) -> BaliseError | None:
        start.wait()
        try:
            act()
        except BaliseError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def sheet(engine: Engine, plan: Plan, number: str = "1.1") -> ActionSheet:
    with reading(engine) as session:
        return session.get_one(ActionSheet, plan.sheets[number])


def test_two_undos_of_one_act_are_one(engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan):
    for turn in range(ROUNDS):
        with one_act(engine, viewer, plan.initiative_id) as session:
            declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=turn, on=ON)
        done = last_act(engine)
        refusals = at_once(lambda: undo(engine, viewer, done), lambda: undo(engine, claire, done))  # noqa: B023
        assert [type(refusal) for refusal in refusals if refusal] == [Invalid]
    with reading(engine) as session:
        assert session.scalar(select(func.count(ProgressEntry.id))) == 0
        assert session.scalar(select(func.count(Act.id)).where(Act.undoes_id.is_not(None))) == ROUNDS


def test_an_undo_and_a_save_on_the_same_field_are_one_refused_to_the_other(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    key = plan.sheets["1.1"]
    for turn in range(ROUNDS):
        before = sheet(engine, plan).rationale
        edits(engine, viewer, key, Section.RATIONALE, rationale=f"Le mien {turn}")
        done = last_act(engine)
        form = opens(engine, claire, key, Section.RATIONALE)
        undoing, saving = at_once(
            lambda: undo(engine, viewer, done),  # noqa: B023
            lambda: saves(engine, claire, form, rationale=f"Le sien {turn}"),  # noqa: B023
        )
        assert isinstance(undoing or saving, Conflict) and (undoing is None) != (saving is None)
        assert sheet(engine, plan).rationale == (before if undoing is None else f"Le sien {turn}")


def test_an_undo_and_a_save_on_two_fields_of_a_fiche_are_both_kept(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    key = plan.sheets["1.1"]
    for turn in range(ROUNDS):
        edits(engine, viewer, key, Section.RATIONALE, rationale=f"Le mien {turn}")
        done = last_act(engine)
        form = opens(engine, claire, key, Section.RATIONALE)
        refusals = at_once(
            lambda: undo(engine, viewer, done),  # noqa: B023
            lambda: saves(engine, claire, form, description=f"Le sien {turn}"),  # noqa: B023
        )
        assert refusals == [None, None]
        now = sheet(engine, plan)
        assert (now.rationale, now.description) == (None, f"Le sien {turn}")


def test_the_rest_of_a_bulk_edit_taken_back_while_somebody_saves_never_takes_back_what_they_saved(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan
):
    for turn in range(ROUNDS):
        with one_act(engine, viewer, plan.initiative_id) as session:
            for key in plan.sheets.values():
                rewrite_sheet(session, viewer, sheet_id=key, fields={"rationale": f"En masse {turn}"})
        done = last_act(engine)
        form = opens(engine, claire, plan.sheets["1.1"], Section.RATIONALE)
        undoing, saving = at_once(
            lambda: undo(engine, viewer, done, keep_changed=True),  # noqa: B023
            lambda: saves(engine, claire, form, rationale=f"Le sien {turn}"),  # noqa: B023
        )
        assert undoing is None
        assert sheet(engine, plan).rationale != f"En masse {turn}"
        if saving is None:
            assert sheet(engine, plan).rationale == f"Le sien {turn}"
        assert sheet(engine, plan, "1.2").rationale is None
