"""Who may come in, as who administers is told; where one is signed in oneself."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Account, AccountKey, Actor, Credential, Grant, Initiative, Organisation, WebSession
from db.posts import is_given
from db.queries import reads
from db.rights import Operation
from db.rules.text import fold
from db.rules.ways_in import IDLE, PersonTold, RoleTold, SessionTold
from db.viewer import LOCAL_LOGIN, Viewer, require


@reads("rights", "directory", "initiatives")
def people(session: Session, viewer: Viewer, at: datetime) -> tuple[PersonTold, ...]:
    """Every account but that of the machine, by function, those that are closed last. Raises Refused unless the viewer
    administers the installation. Asked at the very moment: sessions and links move no revision."""
    require(viewer, Operation.ADMINISTER, None)
    rows = session.execute(
        select(Account.id, Account.login, Account.actor_id, Account.disabled_at, Actor.label, Credential.account_id)
        .join(Actor, Actor.id == Account.actor_id)
        .outerjoin(Credential, Credential.account_id == Account.id)
        .where(Account.archived_at.is_(None), Account.login != LOCAL_LOGIN)
    ).all()
    roles, links, seen = _roles(session), _links(session, at), _seen(session)
    told = [
        PersonTold(
            id=row.id,
            login=row.login,
            function=row.label,
            roles=tuple(roles.get(row.id, ())),
            has_password=row.account_id is not None,
            invited_until=links.get(row.id),
            last_seen=seen.get(row.id),
            is_disabled=row.disabled_at is not None,
            is_me=row.actor_id == viewer.actor_id,
        )
        for row in rows
    ]
    return tuple(sorted(told, key=lambda one: (one.is_disabled, fold(one.function), one.login)))


def _roles(session: Session) -> dict[int, list[RoleTold]]:
    """The roles of each account that were not withdrawn, those that are over included."""
    rows = session.execute(
        select(
            Grant.account_id, Grant.id, Grant.role, Initiative.short_name, Organisation.name, Grant.starts_on,
            Grant.ends_on, Grant.version,
        )
        .outerjoin(Initiative, Initiative.id == Grant.initiative_id)
        .outerjoin(Organisation, Organisation.id == Grant.organisation_id)
        .where(is_given())
        .order_by(Grant.id)
    )  # fmt: skip
    found: dict[int, list[RoleTold]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).append(RoleTold(*row[1:]))
    return found


def _links(session: Session, at: datetime) -> dict[int, datetime]:
    """Until when the link that was made for an account, and not used yet, works."""
    working = select(AccountKey.account_id, func.max(AccountKey.ends_at)).where(
        AccountKey.used_at.is_(None), AccountKey.ends_at > at
    )
    return dict(session.execute(working.group_by(AccountKey.account_id)).all())


def _seen(session: Session) -> dict[int, datetime]:
    last = select(WebSession.account_id, func.max(WebSession.seen_at)).group_by(WebSession.account_id)
    return dict(session.execute(last).all())


@reads("rights")
def my_sessions(session: Session, viewer: Viewer, at: datetime) -> tuple[SessionTold, ...]:
    """Where the viewer is signed in, the last used first."""
    s = WebSession
    rows = session.execute(
        select(s.id, s.device, s.opened_at, s.seen_at, s.ends_at)
        .join(Account, Account.id == s.account_id)
        .where(Account.actor_id == viewer.actor_id, s.ended_at.is_(None), s.ends_at > at, s.seen_at > at - IDLE)
        .order_by(s.seen_at.desc(), s.id.desc())
    )
    return tuple(SessionTold(*row) for row in rows)
