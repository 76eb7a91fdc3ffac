"""What is of the installation itself is told to who administers it, and to nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.commands.reading_links import make_reading_link
from db.commands.sheet_life import archive_sheet
from db.commands.sheets import add_milestone, tick_milestone
from db.engine import reading, writing
from db.errors import Archived, Refused
from db.journal import acting
from db.models import Milestone
from db.models.base import now_utc
from db.queries.accounts import people
from db.queries.archives import archived_fiches
from db.queries.choices import organisation_names
from db.queries.person_acts import acts_consulted
from db.queries.reading_links import reading_links
from db.rights import Operation, allows
from db.rules.access import Role, SharedPage
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import ON

ASKED: tuple[Callable[[Session, Viewer], Any], ...] = (
    archived_fiches,
    organisation_names,
    lambda session, viewer: acts_consulted(session, viewer, 1, now_utc()),
    lambda session, viewer: people(session, viewer, at=now_utc()),
)


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("role", [role for role in Role if not allows(role, Operation.ADMINISTER)])
def test_what_is_of_the_installation_is_refused_to_every_other_role(
    sqlite_engine: Engine, viewer: Viewer, ask: Callable[[Session, Viewer], Any], role: Role
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        archive_sheet(session, viewer, placement_id=plan.placements["1.1"])
    with reading(sqlite_engine) as session, pytest.raises(Refused):
        ask(session, Viewer(99, ((None, role),)))


def test_the_links_of_reading_are_told_to_who_publishes_alone(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer).initiative_id
    with writing(sqlite_engine) as session:
        make_reading_link(
            session, viewer, initiative_id=plan, page=SharedPage.PLAN, for_whom="Bureau", until=None, secret="s", on=ON
        )
    for role in Role:
        who = Viewer(99, ((plan, role),))
        assert who.shares(plan) == allows(role, Operation.PUBLISH), role
        if who.reaches(Operation.READ, plan) and who.may(Operation.READ, plan):
            with reading(sqlite_engine) as session:
                assert bool(reading_links(session, who, plan, ON)) == allows(role, Operation.PUBLISH), role


def test_who_may_not_write_is_not_told_that_a_step_was_taken_away(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        step = add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Recruter").id
    removal = (viewer.actor_id, "save_section", "Retrait", plan.initiative_id)
    with writing(sqlite_engine) as session, acting(session, *removal):
        session.get_one(Milestone, step).archived_at = now_utc()
    told = {"milestone_id": step, "is_done": True, "on": ON}
    with writing(sqlite_engine) as session, pytest.raises(Archived):
        tick_milestone(session, viewer, **told)
    reader = Viewer(99, ((plan.initiative_id, Role.SIGNATORY),))
    with writing(sqlite_engine) as session, pytest.raises(Refused):
        tick_milestone(session, reader, **told)
