"""The persons of whom something is held, for who administers."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Account, Actor, AnswerLink, Organisation, Person, PersonDetail, Proposal
from db.queries import reads
from db.rights import Operation
from db.rules.mentions import MASK
from db.rules.persons import ACCESS, ANSWER, CONTACT, PersonHeld, exact, is_due, login_once_erased
from db.rules.text import fold
from db.viewer import LOCAL_LOGIN, Viewer, require

BY_ACCESS, BY_ANSWER = "accès donné", "réponse par lien"


@reads("all")
def persons_held(session: Session, viewer: Viewer, on: date) -> tuple[PersonHeld, ...]:
    """Every contact, and everybody known by an access alone, or by their answers by a link alone: first those to look
    at again, the longest left first, then the others by name. Raises Refused unless the viewer administers: details are
    those of the whole installation."""
    require(viewer, Operation.ADMINISTER, None)
    accesses = _accesses(session)
    logins: dict[int | None, list[str]] = defaultdict(list)
    for row in accesses:
        logins[row.person_id].append(row.login)
    contacts = session.execute(
        select(PersonDetail, Person.function, Organisation.name)
        .join(Person, Person.id == PersonDetail.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    ).all()
    known = {detail.person_id for detail, _, _ in contacts}
    told = [_contact(*row, tuple(logins[row[0].person_id]), on) for row in contacts]
    told += [
        PersonHeld(
            who=exact(ACCESS, row.id),
            name=row.login,
            function=row.label,
            organisation=None,
            origin=BY_ACCESS,
            recorded_on=row.created_at.date(),
        )
        for row in accesses
        if row.person_id not in known
    ]
    told += _answerers(session, {fold(one.name) for one in told})
    return tuple(
        sorted(told, key=lambda one: (not one.is_due, one.since if one.is_due else on, fold(one.name), one.who))
    )


def _accesses(session: Session) -> list[Any]:
    """The accounts of persons: neither that of the machine nor those of who was erased."""
    rows = session.execute(
        select(Account.id, Account.login, Account.person_id, Actor.label, Actor.created_at)
        .join(Actor, Actor.id == Account.actor_id)
        .where(Account.archived_at.is_(None), Account.login != LOCAL_LOGIN)
        .order_by(Account.id)
    )
    return [row for row in rows if row.login != login_once_erased(row.id)]


def _answerers(session: Session, known: set[str]) -> list[PersonHeld]:
    """Who is held by the name they gave when they answered by a link, and by nothing else: their first answer."""
    rows = session.execute(
        select(Proposal, Organisation.name)
        .join(AnswerLink, AnswerLink.id == Proposal.link_id)
        .join(Organisation, Organisation.id == AnswerLink.organisation_id)
        .where(Proposal.name != MASK)
        .order_by(Proposal.id.desc())
    )
    first = {fold(row.name): (row, structure) for row, structure in rows if fold(row.name) not in known}
    return [
        PersonHeld(
            who=exact(ANSWER, row.id),
            name=row.name,
            function=row.function,
            organisation=structure,
            origin=BY_ANSWER,
            recorded_on=row.on_date,
        )
        for row, structure in first.values()
    ]


def _contact(
    detail: PersonDetail, function: str | None, organisation: str | None, logins: tuple[str, ...], on: date
) -> PersonHeld:
    return PersonHeld(
        who=exact(CONTACT, detail.person_id),
        person_id=detail.person_id,
        name=detail.name,
        function=function,
        organisation=organisation,
        origin=detail.origin,
        recorded_on=detail.recorded_on,
        reviewed_on=detail.reviewed_on,
        logins=logins,
        is_due=is_due(detail.reviewed_on or detail.recorded_on, on),
    )
