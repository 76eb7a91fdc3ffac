"""Who looks, and what they may see. Every query takes a `Viewer`; scoping is applied here and nowhere else."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from db.errors import Refused
from db.homes import of_plans, owned_sheets
from db.models import Account, Grant, Initiative
from db.models.base import Entry
from db.rights import RIGHTS, Operation
from db.rules.vocabulary import Role

LOCAL_LOGIN = "local"
UNKNOWN = "Cette démarche n'existe pas, ou elle ne vous est pas ouverte."


@dataclass(frozen=True, slots=True)
class Viewer:
    """A reader: their actor in the journal, and their roles, each in one initiative or (None) in all.

    `published_only` is the choice of someone who prepares to see what the committee sees.
    """

    actor_id: int
    roles: tuple[tuple[int | None, Role], ...] = ()
    published_only: bool = False

    def may(self, operation: Operation, initiative_id: int | None = None) -> bool:
        """Whether one of the viewer's roles there (or in all initiatives) allows this."""
        return any(
            operation in RIGHTS.get(role, frozenset())
            for where, role in self.roles
            if where is None or where == initiative_id
        )

    @property
    def prepared(self) -> frozenset[int] | None:
        """The plans whose entries in preparation are shown to this viewer; None for all of them."""
        if self.published_only:
            return frozenset()
        if self.may(Operation.READ_PREPARATION):
            return None
        mine = {where for where, _ in self.roles if where is not None}
        return frozenset(where for where in mine if self.may(Operation.READ_PREPARATION, where))

    def coordinates(self, initiative_id: int) -> bool:
        """Whether the coordinator's own lists, which name organisations, are shown to this viewer.

        They are not part of what is published: whoever looks at the published reading does not see them, whatever
        they may write (`may(Operation.WRITE)`).
        """
        return not self.published_only and self.may(Operation.WRITE, initiative_id)

    def as_reader(self) -> "Viewer":
        """The same person, shown only what is published."""
        return replace(self, published_only=True)

    @property
    def scope_key(self) -> str:
        """All that scoping reads, for cache keys: two viewers with the same key see the same things."""
        roles = ",".join(sorted(f"{where or '*'}:{role}" for where, role in self.roles))
        return f"{roles}|{'published' if self.published_only else 'all'}"


def local_viewer(session: Session, on: date) -> Viewer:
    """The person at the machine (mode « local »): the rights of the account made by `python -m db init`."""
    return viewer_named(session, LOCAL_LOGIN, on)


def viewer_named(session: Session, login: str, on: date) -> Viewer:
    """The viewer behind the account of this login; Refused when there is none."""
    account = session.scalars(
        select(Account).where(Account.login == login, Account.archived_at.is_(None))
    ).one_or_none()
    if account is None:
        raise Refused(UNKNOWN)
    return viewer_of(session, account, on)


def viewer_of(session: Session, account: Account, on: date) -> Viewer:
    """The viewer behind an account, with the roles in force on that day; a disabled account has none."""
    if account.disabled_at is not None:
        return Viewer(account.actor_id)
    grants = session.execute(
        select(Grant.initiative_id, Grant.role)
        .where(Grant.account_id == account.id, Grant.archived_at.is_(None), Grant.starts_on <= on)
        .where(or_(Grant.ends_on.is_(None), Grant.ends_on >= on))
        .order_by(Grant.id)
    )
    return Viewer(account.actor_id, tuple((where, role) for where, role in grants))


def may_read(viewer: Viewer) -> ColumnElement[bool]:
    """The initiatives this viewer may read, as a condition on `Initiative`."""
    alive = Initiative.archived_at.is_(None)
    if viewer.may(Operation.READ):
        return alive
    mine = {where for where, _ in viewer.roles if where is not None and viewer.may(Operation.READ, where)}
    return and_(alive, Initiative.id.in_(mine))


def require(viewer: Viewer, operation: Operation, initiative_id: int | None) -> None:
    """Raise `Refused`, in the words of something that does not exist, unless the viewer may."""
    if not viewer.may(operation, initiative_id):
        raise Refused(UNKNOWN)


def shown(viewer: Viewer, entry: type[Entry], on: date) -> ColumnElement[bool]:
    """The entries of a series that this viewer sees on that day: published, or in preparation at home."""
    alive = and_(entry.archived_at.is_(None), or_(entry.on_date.is_(None), entry.on_date <= on))
    return and_(alive, disclosed(viewer, entry))


def disclosed(viewer: Viewer, entry: type[Entry]) -> ColumnElement[bool]:
    """The entries of a series that are in a published point, or that this viewer prepares.

    An entry is prepared by its home: the plan that owns the sheet, whichever plan it is looked at through.
    """
    plans = viewer.prepared
    published = entry.publication_id.is_not(None)
    if plans is None:
        return true()
    return or_(published, of_plans(entry, plans)) if plans else published


def of_home(viewer: Viewer, sheet_id: Any) -> ColumnElement[bool]:
    """Whether a sheet, given as the column that holds its id, has its home in a plan that this viewer prepares."""
    plans = viewer.prepared
    return true() if plans is None else sheet_id.in_(owned_sheets(plans))
