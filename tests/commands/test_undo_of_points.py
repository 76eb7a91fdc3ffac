"""A publication taken back and published again, and who may take back what was done across plans."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line, decide_funding, record_amount
from db.commands.publish import publish_point
from db.commands.series import declare_progress
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import move
from db.models import (
    FundingEvent,
    ProgressEntry,
    Publication,
)
from db.rules.access import Role
from db.rules.vocabulary import FundingDecision, FundingStage
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE
from tests.commands.taking_back import label, last_act, one_act, undo
from tests.conftest import ON

FOUR = ("1.1", "1.2", "1.3", "1.4")


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=FOUR)


def live(engine: Engine, model: type) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model).where(model.archived_at.is_(None))) or 0


def published(engine: Engine, viewer: Viewer, plan: Plan, name: str, as_of: date, percent: int) -> int:
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=percent, on=as_of)
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name=name, as_of=as_of)
    return last_act(engine)


def shown(engine: Engine) -> list[int | None]:
    """The progress that readers see."""
    with reading(engine) as session:
        entry = ProgressEntry
        query = select(entry.percent).where(entry.publication_id.is_not(None)).order_by(entry.on_date)
        return list(session.scalars(query))


def test_a_publication_is_taken_back_and_published_again(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    undoing = undo(engine, viewer, published(engine, viewer, plan, "Un", date(2026, 9, 1), 40))
    assert (shown(engine), live(engine, Publication), live(engine, ProgressEntry)) == ([], 0, 1)
    again = undo(engine, viewer, undoing)
    assert (shown(engine), live(engine, Publication)) == ([40], 1)
    assert label(engine, again) == "Rétablissement : Publication : Un"


def test_a_point_that_another_came_after_is_taken_back_after_it(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    first = published(engine, viewer, plan, "Un", date(2026, 9, 1), 40)
    second = published(engine, viewer, plan, "Deux", date(2026, 9, 30), 50)
    for keep_changed in (False, True):
        with pytest.raises(Conflict) as refusal:
            undo(engine, viewer, first, keep_changed=keep_changed)
        assert refusal.value.details == (
            "Point publié « Un » : un point l'a suivi, « Deux » : annulez d'abord celui-là",
        )
    undo(engine, viewer, second)
    undo(engine, viewer, first)
    assert shown(engine) == []


def test_a_point_taken_back_does_not_come_back_behind_a_newer_one(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    undoing = undo(engine, viewer, published(engine, viewer, plan, "Un", date(2026, 9, 1), 40))
    published(engine, viewer, plan, "Deux", date(2026, 9, 30), 50)
    with pytest.raises(Conflict, match="Rétablissement impossible"):
        undo(engine, viewer, undoing, keep_changed=True)
    assert shown(engine) == [40, 50]


# Who may.


def test_an_act_that_wrote_in_another_demarche_is_taken_back_by_who_writes_in_both(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    other = plan_in(engine, viewer, code="autre")
    with one_act(engine, viewer, plan.initiative_id) as session:
        for key in (plan.sheets["1.1"], other.sheets["1.1"]):
            declare_progress(session, viewer, sheet_id=key, percent=10, on=ON)
    done = last_act(engine)
    here = Viewer(viewer.actor_id, ((plan.initiative_id, Role.COORDINATOR),))
    with pytest.raises(Refused, match="d'une démarche où vous n'écrivez pas"):
        undo(engine, here, done)
    undo(engine, Viewer(viewer.actor_id, (*here.roles, (other.initiative_id, Role.COORDINATOR))), done)
    assert live(engine, ProgressEntry) == 0


def test_who_coordinates_does_not_give_back_a_right_that_was_opened(engine: Engine, viewer: Viewer) -> None:
    colleague(engine, CLAIRE)
    done = last_act(engine)
    with pytest.raises(Refused):
        undo(engine, Viewer(viewer.actor_id, ((None, Role.COORDINATOR),)), done)


def test_an_act_that_wrote_nothing_has_nothing_to_take_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with one_act(engine, viewer, plan.initiative_id) as session:
        move(session, ["reference"])  # as loading the territories does, which the journal does not keep
    done = last_act(engine)
    with pytest.raises(Invalid, match="rien à annuler"):
        undo(engine, viewer, done)
    assert last_act(engine) == done


def test_what_was_granted_does_not_come_back_on_a_line_refused_since(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    with writing(engine) as session:
        funder = find_or_create_organisation(session, viewer, "Financeur d'essai")
        line = add_funding_line(session, viewer, sheet_id=plan.sheets["1.1"], funder_id=funder.id, year=2026).id
    with writing(engine) as session:
        record_amount(session, viewer, line_id=line, stage=FundingStage.GRANTED, amount_cents=100_00, on=ON)
    undoing = undo(engine, viewer, last_act(engine))
    with writing(engine) as session:
        decide_funding(session, viewer, line_id=line, decision=FundingDecision.REFUSED, on=ON)
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, undoing)
    assert "refusée et accordée" in refusal.value.details[0]
    assert live(engine, FundingEvent) == 0
