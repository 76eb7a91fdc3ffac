"""What one person did: for that person, and for who administers once a reason was given. For nobody else."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from db.models import Account, Act, Actor, Consultation, Initiative
from db.queries import reads
from db.queries.acts import taken_back
from db.rights import Operation
from db.rules.person_acts import CONSULTED_FOR, Consulted, OneAct, PersonActs
from db.viewer import Viewer, may_open, require

ACTS_A_PAGE = 20


@reads("all")
def my_acts(session: Session, viewer: Viewer, page: int = 1) -> PersonActs | None:
    """A page of what the viewer did, in the démarches that are still open to them and on the installation itself; None
    for who has no account."""
    account = session.scalars(
        select(Account).where(Account.actor_id == viewer.actor_id, Account.archived_at.is_(None))
    ).one_or_none()
    readable = or_(Act.initiative_id.is_(None), Act.initiative_id.in_(select(Initiative.id).where(may_open(viewer))))
    return _told(session, account, readable, page) if account else None


@reads("all")
def acts_consulted(session: Session, viewer: Viewer, account_id: int, at: datetime, page: int = 1) -> PersonActs | None:
    """A page of what somebody did, for who opened a consultation of it less than an hour before `at`; None when a
    reason is still to be given. Raises Refused unless the viewer administers the installation."""
    require(viewer, Operation.ADMINISTER, None)
    c = Consultation
    opened = select(c.id).where(c.account_id == account_id, c.actor_id == viewer.actor_id, c.at > at - CONSULTED_FOR)
    account = session.get(Account, account_id)
    if account is None or session.scalars(opened.limit(1)).first() is None:
        return None
    return _told(session, account, true(), page)


def _told(session: Session, account: Account, where: ColumnElement[bool], page: int) -> PersonActs:
    mine = Act.actor_id == account.actor_id
    total = session.scalar(select(func.count(Act.id)).where(mine, where)) or 0
    rows = session.execute(
        select(Act.id, Act.label, Act.at_utc, Initiative.short_name)
        .outerjoin(Initiative, Initiative.id == Act.initiative_id)
        .where(mine, where)
        .order_by(Act.id.desc())
        .limit(ACTS_A_PAGE)
        .offset((page - 1) * ACTS_A_PAGE)
    ).all()
    taken = taken_back(session, [row.id for row in rows])
    looked = session.execute(
        select(Consultation.at, Consultation.reason)
        .where(Consultation.account_id == account.id)
        .order_by(Consultation.id.desc())
    )
    return PersonActs(
        function=session.get_one(Actor, account.actor_id).label,
        acts=tuple(OneAct(*row, is_taken_back=row.id in taken and taken[row.id].is_back) for row in rows),
        total=total,
        consulted=tuple(Consulted(*row) for row in looked),
    )
