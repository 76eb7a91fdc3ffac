"""A démarche with its coordinator, who holds things there, and colleagues who may take the post."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import drafts, governance, logbook
from db.commands.accounts import open_account
from db.commands.directory import find_or_create_organisation, involve
from db.commands.handover import hand_over
from db.commands.proposals import make_answer_link
from db.engine import reading, writing
from db.models import AnswerLink, Decision, Draft, Grant, Handover, Reminder, Vacancy
from db.rules.access import Role
from db.rules.sections import Section
from db.rules.vacancy import Span
from db.rules.vocabulary import BodyKind, InvolvementRole, MeetingState
from db.viewer import Viewer, viewer_named
from tests.builders import Plan, plan_in
from tests.conftest import ON, viewer_in

SINCE = date(2025, 1, 1)
LEAVER, TAKER, READER = "depart", "reprise", "lectrice"
FUNCTION = "Coordinatrice du CLS"


@dataclass(frozen=True, slots=True)
class Desk:
    """A plan and the accounts around it, by login."""

    plan: Plan
    accounts: dict[str, int]


def account_for(engine: Engine, login: str, role: Role, plan: int | None, function: str | None = None) -> int:
    """An account with one role in a démarche or (None) everywhere; gives its id."""
    with writing(engine) as session:
        return open_account(
            session, viewer_in(engine), login=login, function=function or f"Fonction de {login}", role=role,
            starts_on=SINCE, initiative_id=plan,
        ).id  # fmt: skip


def coordinated(engine: Engine, viewer: Viewer, **wanted: Any) -> Desk:
    """A plan that « depart » coordinates, that « lectrice » reads, and a colleague of another démarche."""
    plan = plan_in(engine, viewer, **wanted)
    other = plan_in(engine, viewer, name="Une autre démarche", sheets=())
    there = {
        LEAVER: account_for(engine, LEAVER, Role.COORDINATOR, plan.initiative_id, FUNCTION),
        READER: account_for(engine, READER, Role.SIGNATORY, plan.initiative_id),
        TAKER: account_for(engine, TAKER, Role.COORDINATOR, other.initiative_id),
    }
    return Desk(plan, there)


def role_of(session: Session, account_id: int) -> int:
    """The only role of an account."""
    return session.scalars(select(Grant.id).where(Grant.account_id == account_id)).one()


def as_person(engine: Engine, login: str, on: date = ON) -> Viewer:
    """What somebody may do on a day."""
    with reading(engine) as session:
        return viewer_named(session, login, on)


def subject_in(desk: Desk) -> str:
    """The subject of a form about the first fiche."""
    return f"sheet:{desk.plan.sheets['1.1']}:{Section.RATIONALE.value}"


def holds(engine: Engine, desk: Desk, login: str = LEAVER) -> None:
    """Somebody puts a reminder, leaves a form open, makes a link, and is named by a decision."""
    person, plan, here = as_person(engine, login), desk.plan.initiative_id, viewer_in(engine)
    with writing(engine) as session:
        logbook.add_reminder(session, person, initiative_id=plan, text="Relancer la CPTS", due="15/10/2026")
        draft = drafts.start_draft(session, person, subject_in(desk), {"rationale": "Avant"})
        drafts.keep(session, person, draft.key, {"rationale": "Ce que j'écrivais"})
        who = find_or_create_organisation(session, here, "CCAS d'essai").id
        involve(session, here, role=InvolvementRole.LEAD, organisation_id=who, sheet_id=desk.plan.sheets["1.1"])
        make_answer_link(session, person, initiative_id=plan, organisation_id=who, secret=f"s-{login}", on=ON)
        body = governance.add_body(session, here, initiative_ids=[plan], kind=BodyKind.COPIL, name="COPIL")
        held = governance.add_meeting(
            session, here, body_id=body.id, held_on=date(2026, 6, 1), state=MeetingState.CLOSED
        )
        for number, owner in (("1", "coordinatrice du cls"), ("2", "Ville"), ("3", None)):
            governance.add_decision(
                session, here, meeting_id=held.id, number=number, text=f"Décision {number}", owner_text=owner
            )


def passes(
    engine: Engine, viewer: Viewer, desk: Desk, to: str | None = TAKER, *, starts: str = "1/10/2026", **more: Any
) -> int:
    """The coordination passes; gives the handover."""
    told: dict[str, Any] = {"from_account_id": desk.accounts[LEAVER], "today": ON} | more
    with writing(engine) as session:
        return hand_over(
            session, viewer, initiative_id=desk.plan.initiative_id,
            to_account_id=desk.accounts[to] if to else None, starts=starts, **told,
        ).id  # fmt: skip


def empty_days(engine: Engine, plan: int) -> list[Span]:
    with reading(engine) as session:
        v = Vacancy
        mine = select(v.starts_on, v.ends_on).where(v.initiative_id == plan, v.archived_at.is_(None))
        return [Span(*row) for row in session.execute(mine.order_by(v.starts_on))]


def whose(engine: Engine, desk: Desk) -> dict[str, list[Any]]:
    """Who holds what, as the database says: actors, and the words of the decisions."""
    with reading(engine) as session:
        return {
            "reminders": list(session.scalars(select(Reminder.actor_id))),
            "drafts": list(session.scalars(select(Draft.actor_id))),
            "links": list(session.scalars(select(AnswerLink.made_by_id))),
            "decisions": list(session.scalars(select(Decision.owner_text).order_by(Decision.id))),
        }


def handover_of(engine: Engine, key: int) -> Handover:
    with reading(engine) as session:
        return session.get_one(Handover, key)
