"""Looking at what one person did: for a reason, which the person concerned is told."""

from sqlalchemy.orm import Session

from db.commands.common import found, words
from db.errors import Invalid
from db.journal import acting
from db.models import Account, Actor, Consultation
from db.rights import Operation
from db.viewer import Viewer, require

LONGEST_REASON = 500


def consult_acts(session: Session, viewer: Viewer, *, account_id: int, reason: str | None) -> Consultation:
    """Open the list of somebody's acts to who administers, for the time of one consultation; it is never taken back.

    Raises Invalid without a reason, and for one's own acts; Refused for who does not administer the installation.
    """
    require(viewer, Operation.ADMINISTER, None)
    account = found(session, Account, account_id)
    if account.actor_id == viewer.actor_id:
        raise Invalid("Vos propres actes sont sur la page « Mon accès » : il n'y a pas de raison à donner.")
    why = words(reason, "La raison", LONGEST_REASON)
    called = session.get_one(Actor, account.actor_id).label
    with acting(session, viewer.actor_id, "consult_acts", f"Consultation des actes : {called}"):
        row = Consultation(account_id=account.id, actor_id=viewer.actor_id, reason=why)
        session.add(row)
        session.flush()
    return row
