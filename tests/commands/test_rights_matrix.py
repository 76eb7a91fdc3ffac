"""Every command, as every role, on the démarche where the role is held, on another, and with no role at all: who may
not is refused in the words of something that does not exist, and nothing is written."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db import commands
from db.commands import logbook, proposals
from db.commands.directory import add_person
from db.commands.drafts import start_draft
from db.commands.evaluation import add_evaluation_question
from db.commands.funding import add_funding_line
from db.commands.governance import add_body, add_meeting
from db.commands.initiatives import create_initiative
from db.commands.reading_links import make_reading_link
from db.engine import writing
from db.errors import Refused
from db.journal import acting
from db.models import (
    Account,
    Act,
    Amendment,
    Axis,
    FundingLine,
    Grant,
    Indicator,
    Involvement,
    Milestone,
    Placement,
    Unsettled,
)
from db.models.base import Base
from db.rights import Operation, allows
from db.rules.access import Role, SharedPage
from db.rules.sections import Section, subject_of
from db.rules.vocabulary import BodyKind, Direction, EvaluationCriterion, InvolvementRole, MeetingState, ValueType
from db.viewer import Viewer
from tests.conftest import ON, Databases, viewer_in

DEMO = 1
ABOUT = ("sheet_id", "placement_id", "initiative_id", "question_id", "line_id", "amendment_id", "axis_id", "key")
Command = Callable[..., Any]
OPERATIONS = {
    Operation.ADMINISTER: {
        "open_account", "invite", "new_password_link", "disable_account", "enable_account", "withdraw_role",
        "export_person", "find_subject", "erase_person", "erase_person_named", "review_person", "write_text",
        "give_role", "end_role", "consult_acts", "purge_sheets", "adopt_initiative", "welcome",
    },
    Operation.HAND_OVER: {"hand_over", "declare_vacancy", "end_vacancy"},
    Operation.PUBLISH: {"publish_typed", "publish_point", "make_reading_link", "revoke_reading_link"},
    Operation.IMPORT: {"apply_import", "apply_settled", "new_initiative", "load_demo", "imported_before"},
}  # fmt: skip
"""What a command asks for; the others ask to write."""
EVERYWHERE = {*OPERATIONS[Operation.ADMINISTER], "create_initiative", "load_demo"}
"""What is of no démarche: a role held in one does not reach it."""
OWN: dict[str, dict[str, Any]] = {
    "add_indicator": {"fields": {"value_type": ValueType.NUMBER, "direction": Direction.UP}},
    "add_score": {"value": 1},
    "apply_settled": {"digest": "x", "on": ON},
}
"""What a command must be given besides, to come as far as its guard."""
NO_RIGHT = {
    "find_draft", "start_draft", "keep", "rebase", "drop_draft", "close_draft", "draft_of",  # one's own alone
    "end_session", "end_other_sessions", "close_taking_over",  # one's own alone
    "home_of_indicator", "home_of_line", "check_axes", "settle", "put_back",
    "new_initiative", "imported_before", "standing_amendment", "refuse_removed",  # parts of commands
}  # fmt: skip


def every() -> list[Command]:
    """Every command: whatever of `db.commands` is given a session and who acts."""
    found: list[Command] = []
    for module in pkgutil.walk_packages(commands.__path__, "db.commands."):
        for name, one in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_")
            if own and list(inspect.signature(one).parameters)[:2] == ["session", "viewer"]:
                found.append(one)
    return found


def needs(command: Command) -> Operation:
    """The operation that a command asks for."""
    return next((asked for asked, names in OPERATIONS.items() if command.__name__ in names), Operation.WRITE)


@dataclass(frozen=True, slots=True)
class Stage:
    """The demonstration with one of each thing that a command is about, and another démarche."""

    engine: Engine
    actor: int
    other: int
    known: dict[str, Any]


@pytest.fixture(scope="module")
def stage(databases: Databases) -> Iterator[Stage]:
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    viewer = viewer_in(made)
    with writing(made) as session:
        other = create_initiative(session, viewer, name="Un autre contrat").id
        known = _known(session, viewer)
    yield Stage(made, viewer.actor_id, other, known)
    made.dispose()


def _known(session: Session, viewer: Viewer) -> dict[str, Any]:
    """A value for each parameter that commands bear, by its name."""

    def first(column: Any, *which: Any) -> Any:
        return session.scalars(select(column).where(*which).order_by(column).limit(1)).one()

    sheet, led = session.execute(
        select(Involvement.sheet_id, Involvement.organisation_id)
        .where(Involvement.role == InvolvementRole.LEAD, Involvement.sheet_id.is_not(None))
        .order_by(Involvement.id)
        .limit(1)
    ).one()
    body = add_body(session, viewer, initiative_ids=[DEMO], kind=BodyKind.COPIL, name="Comité d'essai")
    meeting = add_meeting(session, viewer, body_id=body.id, held_on=ON, state=MeetingState.PREPARATION)
    link = proposals.make_answer_link(session, viewer, initiative_id=DEMO, organisation_id=led, secret="secret", on=ON)
    proposal = proposals.propose(
        session, secret="secret", sheet_id=sheet, typed={"obstacles": "Le local"}, steps=(), name="Dominique",
        function="Directrice", on=ON,
    )  # fmt: skip
    shown = make_reading_link(
        session, viewer, initiative_id=DEMO, page=SharedPage.PLAN, for_whom="Bureau", until=None, secret="s", on=ON
    )
    assert shown.id == link.id  # one number stands for a link of either kind
    with acting(session, viewer.actor_id, "import", "Import d'essai", DEMO):
        unsettled = Unsettled(sheet_id=sheet, field="status", raw="presque", reason="?", choices=[])
        session.add(unsettled)
        session.flush()
    return {
        "initiative_id": DEMO,
        "initiative_ids": [DEMO],
        "sheet_id": sheet,
        "placement_id": first(Placement.id, Placement.sheet_id == sheet),
        "axis_id": first(Axis.id, Axis.initiative_id == DEMO),
        "amendment_id": first(Amendment.id),
        "indicator_id": first(Indicator.id, Indicator.sheet_id.is_not(None)),
        "line_id": first(FundingLine.id, FundingLine.sheet_id.is_not(None)),
        "milestone_id": first(Milestone.id),
        "organisation_id": led,
        "person_id": add_person(session, viewer, function="Chargée de mission", name="Ada", on=ON).id,
        "body_id": body.id,
        "meeting_id": meeting.id,
        "link_id": link.id,
        "proposal_id": proposal.id,
        "unsettled_id": unsettled.id,
        "note_id": logbook.note(session, viewer, initiative_id=DEMO, text="Appel", noted_on=ON).id,
        "reminder_id": logbook.add_reminder(session, viewer, initiative_id=DEMO, text="Appeler", due="05/10/2026").id,
        "account_id": first(Account.id),
        "grant_id": first(Grant.id),
        "act_id": session.scalars(select(func.max(Act.id))).one(),
        "question_id": add_evaluation_question(
            session, viewer, initiative_id=DEMO, code="Q9", criterion=EvaluationCriterion.EFFECTIVENESS, question="?"
        ).id,
        "day": "01/10/2026",
        "draft": SimpleNamespace(errors=(), file="plan.xlsx"),
        "key": start_draft(session, viewer, subject_of(sheet, Section.RATIONALE), {}).key,
    }


def given(command: Command, session: Session, known: dict[str, Any]) -> dict[str, Any]:
    """What the command is called with: what it requires, and what it is about."""
    parameters = list(inspect.signature(command).parameters.values())[2:]
    told = get_type_hints(command)
    needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_KEYWORD]
    if not any(one.name in ABOUT for one in needed):
        needed += [one for one in parameters if one.name in ABOUT][:1]
    plain = {one.name: known[one.name] if one.name in known else _some(told[one.name], session) for one in needed}
    return plain | OWN.get(command.__name__, {})


def _some(kind: Any, session: Session) -> Any:
    """A value of a kind."""
    kinds = [kind, *get_args(kind)]
    for one in kinds:
        if inspect.isclass(one) and issubclass(one, Base):
            return session.scalars(select(one).limit(1)).first()
        if inspect.isclass(one) and issubclass(one, Enum):
            return next(iter(one))
    plain = {date: ON, str: "un texte", int: 1, bool: True}
    return next((plain[one] for one in kinds if one in plain), {})


class Enough(Exception):
    """The end of a transaction that is not to be kept."""


def refusal(stage: Stage, command: Command, viewer: Viewer) -> str | None:
    """The sentence by which this person is refused; None when the command went further, whatever came of it."""
    told: str | None = None
    try:
        with writing(stage.engine) as session:
            before = session.scalars(select(func.max(Act.id))).one()
            try:
                command(session, viewer, **given(command, session, stage.known))
            except Refused as refused:
                told = refused.message
                session.expire_all()
                assert session.scalars(select(func.max(Act.id))).one() == before
                assert not (session.new or session.dirty or session.deleted)
            except Exception:
                pass  # past the guard: what it was given made no sense
            raise Enough
    except Enough:
        return told


@pytest.mark.parametrize("command", every(), ids=lambda one: one.__name__)
def test_who_may_not_is_refused_and_who_may_is_not(stage: Stage, command: Command) -> None:
    if command.__name__ in NO_RIGHT:
        return
    asked, wrong = needs(command), []
    for role in Role:
        for where in (DEMO, None, stage.other):
            may = allows(role, asked) and where != stage.other and (where is None or command.__name__ not in EVERYWHERE)
            told = refusal(stage, command, Viewer(actor_id=stage.actor, roles=((where, role),)))
            if (told is None) != may:
                wrong.append((role.value, where, told))
    assert wrong == []
    assert refusal(stage, command, Viewer(actor_id=stage.actor)) is not None


def test_a_line_of_the_coordination_itself_is_written_by_who_writes_in_the_plan(stage: Stage) -> None:
    for role in Role:
        viewer = Viewer(actor_id=stage.actor, roles=((DEMO, role),))
        line = {"initiative_id": DEMO, "funder_id": stage.known["organisation_id"], "year": 2026}
        with writing(stage.engine) as session:
            try:
                add_funding_line(session, viewer, **line)
                done = True
            except Refused:
                done = False
            session.rollback()
        assert done == allows(role, Operation.WRITE), role
