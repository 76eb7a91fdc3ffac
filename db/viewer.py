"""Who looks, and what they may see. Every query takes a `Viewer`; scoping is applied here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from db.errors import Refused
from db.homes import led_by, of_plans, of_sheets, owned_sheets
from db.models import Account, BodyInitiative, BodyMember, Grant, Initiative, Involvement
from db.models.base import Entry
from db.posts import is_given
from db.rights import RIGHTS, Operation, Reach, allows
from db.rules.access import Role, SharedPage
from db.rules.sharing import OpenLink, SharedView

LOCAL_LOGIN = "local"
NOBODY = 0
"""The actor of who is not signed in: it is no one's."""
UNKNOWN = "Cette démarche n'existe pas, ou elle ne vous est pas ouverte."


@dataclass(frozen=True, slots=True)
class Viewer:
    """A reader: their actor in the journal, and their roles, each in one initiative or (None) in all.

    `published_only` is the choice of someone who prepares to see what the committee sees. `held_for` says for which
    structures the roles are held that reach what a structure leads or pays: (initiative or None, role, organisation).
    `view` is the one page that is shown to who reads by a link.
    """

    actor_id: int
    roles: tuple[tuple[int | None, Role], ...] = ()
    published_only: bool = False
    held_for: tuple[tuple[int | None, Role, int], ...] = ()
    view: SharedView | None = None

    def may(self, operation: Operation, initiative_id: int | None = None) -> bool:
        """Whether one of the viewer's roles there (or in all initiatives) allows this, over the whole plan."""
        return Reach.PLAN in self.reaches(operation, initiative_id)

    def reaches(self, operation: Operation, initiative_id: int | None = None) -> frozenset[Reach]:
        """Of what, in an initiative, the viewer's roles allow this; nothing when they do not, nor of a link's page
        without a link."""
        here = (role for where, role in self.roles if where is None or where == initiative_id)
        found = frozenset(RIGHTS[role][operation] for role in here if operation in RIGHTS[role])
        return found if self.view is not None else found - {Reach.VIEW}

    def reads_page(self, page: SharedPage, initiative_id: int) -> bool:
        """Whether this page of a démarche is open to the viewer: with the whole plan, or as the one of a link."""
        reaches = self.reaches(Operation.READ, initiative_id)
        is_shown = Reach.VIEW in reaches and self.view is not None and self.view.page is page
        return Reach.PLAN in reaches or is_shown

    def reads_only(self, initiative_id: int) -> Reach | None:
        """The part of a plan that the viewer reads, when it is not the whole: the widest of them, as `Reach` lists
        them; None for the whole, and for nothing."""
        parts = self.reaches(Operation.READ, initiative_id)
        return None if Reach.PLAN in parts else next((reach for reach in Reach if reach in parts), None)

    def structures(self, operation: Operation, reach: Reach, initiative_id: int | None) -> frozenset[int]:
        """The structures for which the viewer may do this there, of what they lead (or pay)."""
        return frozenset(
            organisation
            for where, role, organisation in self.held_for
            if (where is None or where == initiative_id) and allows(role, operation, reach)
        )

    @property
    def leading(self) -> tuple[tuple[int | None, int], ...]:
        """The structures for which the viewer writes what they lead, each in one initiative or (None) in all."""
        return tuple((where, who) for where, role, who in self.held_for if allows(role, Operation.WRITE, Reach.LED))

    @property
    def prepared(self) -> frozenset[int] | None:
        """The plans whose entries in preparation are shown to this viewer; None for all of them."""
        if self.published_only:
            return frozenset()
        if self.may(Operation.READ_PREPARATION):
            return None
        mine = {where for where, _ in self.roles if where is not None}
        return frozenset(where for where in mine if self.may(Operation.READ_PREPARATION, where))

    def sees_preparation(self, initiative_id: int) -> bool:
        """Whether something in preparation in a plan may be shown to this viewer, were it what they lead alone."""
        return bool(self.reaches(Operation.READ_PREPARATION, initiative_id))

    def coordinates(self, initiative_id: int) -> bool:
        """Whether the coordinator's own lists, which name organisations, are shown to this viewer.

        They are not part of what is published: whoever looks at the published reading does not see them, whatever
        they may write (`may(Operation.WRITE)`).
        """
        return not self.published_only and self.may(Operation.WRITE, initiative_id)

    def shares(self, initiative_id: int) -> bool:
        """Whether the viewer may have pages of a plan read by a link: who may publish it, whatever is shown to them."""
        return self.may(Operation.PUBLISH, initiative_id)

    def reads_authors(self, initiative_id: int) -> bool:
        """Whether the history of a plan says to this viewer who did each act: to who prepares it, never in the
        published reading."""
        return not self.published_only and self.may(Operation.READ_AUTHORS, initiative_id)

    def as_reader(self) -> "Viewer":
        """The same person, shown only what is published."""
        return replace(self, published_only=True)

    @property
    def scope_key(self) -> str:
        """All that scoping reads, for cache keys: two viewers with the same key see the same things."""
        roles = ",".join(sorted(f"{where or '*'}:{role}" for where, role in self.roles))
        held = ",".join(sorted(f"{where or '*'}:{role}:{who}" for where, role, who in self.held_for))
        return f"{roles}|{held}|{self.view or ''}|{'published' if self.published_only else 'all'}"


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
        select(Grant.initiative_id, Grant.role, Grant.organisation_id)
        .where(Grant.account_id == account.id, is_given(on))
        .order_by(Grant.id)
    ).all()
    roles = [(where, role) for where, role, _ in grants]
    held = tuple((where, role, who) for where, role, who in grants if who is not None)
    return Viewer(account.actor_id, (*roles, *_seats(session, account, on)), held_for=held)


def viewer_by_link(link: OpenLink) -> Viewer:
    """Who reads by a link: one page of one démarche, as it is published; nothing by one that shows nothing more."""
    if not link.is_open:
        return Viewer(NOBODY)
    return Viewer(NOBODY, ((link.initiative_id, Role.LINK_GUEST),), published_only=True, view=link.view)


def _seats(session: Session, account: Account, on: date) -> list[tuple[int | None, Role]]:
    """The initiatives of the bodies in which somebody sits on that day: what a body follows, its members read."""
    seat, at = BodyMember, BodyInitiative
    plans = session.scalars(
        select(at.initiative_id)
        .join(seat, seat.body_id == at.body_id)
        .where(seat.account_id == account.id, seat.archived_at.is_(None))
        .where(or_(seat.starts_on.is_(None), seat.starts_on <= on), or_(seat.ends_on.is_(None), seat.ends_on >= on))
        .order_by(at.initiative_id)
        .distinct()
    )
    return [(plan, Role.BODY_MEMBER) for plan in plans]


def may_read(viewer: Viewer) -> ColumnElement[bool]:
    """The initiatives of which this viewer may read the whole plan, as a condition on `Initiative`."""
    return _among(viewer, lambda reaches: Reach.PLAN in reaches)


def may_open(viewer: Viewer) -> ColumnElement[bool]:
    """The initiatives of which this viewer may read something, were it their card, as a condition on `Initiative`."""
    return _among(viewer, bool)


def _among(viewer: Viewer, enough: Callable[[frozenset[Reach]], bool]) -> ColumnElement[bool]:
    alive = Initiative.archived_at.is_(None)
    if enough(viewer.reaches(Operation.READ)):
        return alive
    places = {where for where, _ in viewer.roles if where is not None}
    return and_(alive, Initiative.id.in_({where for where in places if enough(viewer.reaches(Operation.READ, where))}))


def require(viewer: Viewer, operation: Operation, initiative_id: int | None) -> None:
    """Raise `Refused`, in the words of something that does not exist, unless the viewer may."""
    if not viewer.may(operation, initiative_id):
        raise Refused(UNKNOWN)


def require_page(viewer: Viewer, page: SharedPage, initiative_id: int) -> None:
    """`require` to read one page of a plan, which a link may show to who reads nothing else of it."""
    if not viewer.reads_page(page, initiative_id):
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
    seen = [published, *([of_plans(entry, plans)] if plans else [])]
    if viewer.leading and not viewer.published_only:
        seen.append(of_sheets(entry, led_by(viewer.leading)))
    return or_(*seen)


def leads(session: Session, viewer: Viewer, sheet_id: int) -> bool:
    """Whether a structure for which the viewer writes leads this sheet, in a plan where that is their role."""
    if not viewer.leading:
        return False
    led = led_by(viewer.leading).where(Involvement.sheet_id == sheet_id)
    return session.scalars(led.limit(1)).first() is not None


def of_home(viewer: Viewer, sheet_id: Any) -> ColumnElement[bool]:
    """Whether a sheet, given as the column that holds its id, has its home in a plan that this viewer prepares."""
    plans = viewer.prepared
    return true() if plans is None else sheet_id.in_(owned_sheets(plans))
