"""Which roles are held where and when; who holds the coordination of a démarche, on which days nobody does, and what
one person holds there.

For the rights, the queries and the commands alike: nothing here is told to anybody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, or_, select
from sqlalchemy.orm import Session

from db.models import (
    Account,
    Actor,
    AnswerLink,
    Axis,
    BodyInitiative,
    Decision,
    Draft,
    Grant,
    Handover,
    Meeting,
    Placement,
    Reminder,
    Unsettled,
    Vacancy,
)
from db.prepared import prepared
from db.rules import dates
from db.rules.access import Role
from db.rules.handover import Held
from db.rules.text import fold
from db.rules.vacancy import Span
from db.rules.vocabulary import DecisionStatus, PlacementRole
from db.rules.week import DraftAbout, subject_read

OPEN = (DecisionStatus.OPEN, DecisionStatus.ONGOING)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What somebody holds in a démarche, by the ids of the rows."""

    reminders: tuple[int, ...] = ()
    drafts: tuple[int, ...] = ()
    decisions: tuple[int, ...] = ()
    links: tuple[int, ...] = ()

    @property
    def counts(self) -> Held:
        """How many of each."""
        return Held(len(self.reminders), len(self.drafts), len(self.decisions), len(self.links))

    @property
    def by_table(self) -> dict[str, list[int]]:
        """The ids as a handover keeps them."""
        named = {
            "reminder": self.reminders,
            "draft": self.drafts,
            "decision": self.decisions,
            "answer_link": self.links,
        }
        return {table: list(ids) for table, ids in named.items() if ids}


def vacancies(session: Session, initiative_id: int) -> tuple[Span, ...]:
    """The days on which nobody coordinates a démarche, in their order."""
    return tuple(Span(*row) for row in session.execute(*_vacancies(initiative_id)))


@prepared("initiative_id")
def _vacancies(initiative_id: int) -> Executable:
    v = Vacancy
    mine = (v.initiative_id == initiative_id, v.archived_at.is_(None))
    return select(v.starts_on, v.ends_on).where(*mine).order_by(v.starts_on)


def vacancies_by_plan(session: Session, initiatives: Collection[int]) -> Mapping[int, tuple[Span, ...]]:
    """The same of several démarches; those that were never vacant are left out."""
    v, found = Vacancy, dict[int, tuple[Span, ...]]()
    rows = session.execute(
        select(v.initiative_id, v.starts_on, v.ends_on).where(v.archived_at.is_(None)).order_by(v.starts_on)
    )
    for plan, starts_on, ends_on in rows:
        if plan in initiatives:
            found[plan] = (*found.get(plan, ()), Span(starts_on, ends_on))
    return found


def is_open() -> ColumnElement[bool]:
    """The accounts that let somebody in, as a condition on `Account`."""
    return and_(Account.archived_at.is_(None), Account.disabled_at.is_(None))


def is_given(on: date | None = None) -> ColumnElement[bool]:
    """The roles given and not withdrawn, as a condition on `Grant`: those in force on a day, or whatever their days."""
    given = Grant.archived_at.is_(None)
    if on is None:
        return given
    return and_(given, Grant.starts_on <= on, or_(Grant.ends_on.is_(None), Grant.ends_on >= on))


def is_here(initiative_id: int) -> ColumnElement[bool]:
    """The roles held in a démarche or everywhere, as a condition on `Grant`."""
    return or_(Grant.initiative_id == initiative_id, Grant.initiative_id.is_(None))


def posts(session: Session, initiative_id: int) -> list[Grant]:
    """The roles of coordination held in a démarche or everywhere, by people who may come in, whatever their days."""
    g = Grant
    held = select(g).join(Account, Account.id == g.account_id).where(is_open(), is_given(), is_here(initiative_id))
    return list(session.scalars(held.where(g.role == Role.COORDINATOR).order_by(g.starts_on, g.id)))


def holds_post(session: Session, account_id: int, initiative_id: int, on: date) -> bool:
    """Whether an account coordinates a démarche on a day, and may come in."""
    mine = [post for post in posts(session, initiative_id) if post.account_id == account_id]
    return any(dates.in_force(post.starts_on, post.ends_on, on) for post in mine)


def waiting(session: Session, initiative_id: int, on: date) -> list[Handover]:
    """The handovers of a démarche whose day has come, and of which what was held waits for who will come: nobody was
    named, or who was did not sign in before they lost the post. The last one first."""
    h = Handover
    rows = session.scalars(
        select(h)
        .where(h.initiative_id == initiative_id, h.received_at.is_(None), h.archived_at.is_(None), h.starts_on <= on)
        .order_by(h.starts_on.desc(), h.id.desc())
    )
    return [
        row
        for row in rows
        if row.to_account_id is None or not holds_post(session, row.to_account_id, initiative_id, on)
    ]


def held_by(session: Session, actor_id: int, initiative_id: int) -> Holdings:
    """What somebody, as the journal names them, holds in a démarche."""
    r, link = Reminder, AnswerLink
    mine = (r.initiative_id == initiative_id, r.actor_id == actor_id, r.done_on.is_(None), r.archived_at.is_(None))
    links = (link.initiative_id == initiative_id, link.made_by_id == actor_id, link.revoked_at.is_(None))
    function = session.get_one(Actor, actor_id).label
    return Holdings(
        reminders=tuple(session.scalars(select(r.id).where(*mine).order_by(r.id))),
        drafts=drafts_in(session, actor_id, initiative_id),
        decisions=tuple(
            row.id
            for row in open_decisions(session, initiative_id)
            if row.owner_text and fold(row.owner_text) == fold(function)
        ),
        links=tuple(session.scalars(select(link.id).where(*links, link.archived_at.is_(None)).order_by(link.id))),
    )


def open_decisions(session: Session, initiative_id: int) -> Sequence[Decision]:
    """What the bodies at work for a démarche decided and that is still to be carried out, the oldest first."""
    d, m, at = Decision, Meeting, BodyInitiative
    return session.scalars(
        select(d)
        .join(m, m.id == d.meeting_id)
        .join(at, at.body_id == m.body_id)
        .where(at.initiative_id == initiative_id, d.status.in_(OPEN), d.archived_at.is_(None), m.archived_at.is_(None))
        .order_by(m.held_on, d.id)
    ).all()


def drafts_in(session: Session, actor_id: int, initiative_id: int) -> tuple[int, ...]:
    """The forms about a démarche that somebody left open with something typed in them."""
    d = Draft
    rows = session.execute(
        select(d.id, d.subject, d.typed).where(d.actor_id == actor_id, d.closed_at.is_(None)).order_by(d.id)
    )
    left = [(key, subject_read(subject)) for key, subject, typed in rows if typed]
    return tuple(key for key, about in left if about.kind is not None and _home(session, about) == initiative_id)


def _home(session: Session, about: DraftAbout) -> int | None:
    """The démarche that a draft is about."""
    if about.initiative_id is not None:
        return about.initiative_id
    if about.axis_id is not None:
        return _of(session, Axis, about.axis_id)
    if about.placement_id is not None:
        return _of(session, Placement, about.placement_id)
    cell = session.get(Unsettled, about.cell_id) if about.cell_id is not None else None
    if cell is not None and cell.initiative_id is not None:
        return cell.initiative_id
    sheet_id = cell.sheet_id if cell is not None else about.sheet_id
    owner = (Placement.sheet_id == sheet_id, Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None))
    return session.scalars(select(Placement.initiative_id).where(*owner)).first()


def _of(session: Session, table: Any, key: int) -> int | None:
    row = session.get(table, key)
    return None if row is None else row.initiative_id


def spans(grants: Collection[Grant]) -> list[Span]:
    """From when to when these roles are held."""
    return [Span(grant.starts_on, grant.ends_on) for grant in grants]


def held_on(grants: Collection[Grant], on: date) -> list[Grant]:
    """Those of these roles that are held on a day, or will be."""
    return [grant for grant in grants if grant.ends_on is None or grant.ends_on >= on]
