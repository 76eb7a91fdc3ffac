"""Who may come in: an account, the actor that the journal names for it, and its role."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import words
from db.errors import Invalid
from db.journal import acting
from db.models import Account, Actor, Grant
from db.rights import Operation
from db.rules.access import Role
from db.rules.vocabulary import ActorKind
from db.viewer import Viewer, require


def open_account(
    session: Session,
    viewer: Viewer,
    *,
    login: str,
    function: str,
    role: Role,
    starts_on: date,
    initiative_id: int | None = None,
    organisation_id: int | None = None,
) -> Account:
    """Open an account with one role, in a démarche or (None) in all. The journal calls its holder by `function`.

    `organisation_id` is the structure for which the role is held, where it reaches what a structure leads or pays.
    """
    require(viewer, Operation.ADMINISTER, None)
    named, called = words(login, "L'identifiant", 200), words(function, "La fonction", 200)
    taken = select(Account.id).where(Account.login == named, Account.archived_at.is_(None))
    if session.scalars(taken).first() is not None:
        raise Invalid(f"L'identifiant « {named} » est déjà pris : choisissez-en un autre.")
    with acting(session, viewer.actor_id, "open_account", f"Ouverture d'un accès : {called}", initiative_id):
        actor = Actor(kind=ActorKind.PERSON, label=called)
        session.add(actor)
        session.flush()
        account = Account(login=named, actor_id=actor.id)
        session.add(account)
        session.flush()
        session.add(
            Grant(
                account_id=account.id,
                initiative_id=initiative_id,
                role=role,
                organisation_id=organisation_id,
                starts_on=starts_on,
            )
        )
        session.flush()
    return account


def holder(session: Session, account: Account) -> str:
    """What the journal calls the holder of an account."""
    return session.get_one(Actor, account.actor_id).label
