"""The coordination of a démarche: who holds it, and what; and what nobody holds there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import (
    Account,
    ActionSheet,
    Actor,
    Grant,
    Handover,
    Involvement,
    Placement,
    Reminder,
    StatusEntry,
)
from db.posts import (
    held_by,
    held_on,
    is_given,
    is_here,
    is_open,
    open_decisions,
    posts,
    spans,
    vacancies,
    waiting,
)
from db.queries import facts, reads
from db.queries.standing import stands
from db.rights import Operation
from db.rules.access import Role
from db.rules.handover import Candidate, Holder, Post, Unheld, Unled, Unowned
from db.rules.text import fold, numbered
from db.rules.vacancy import A_DAY, first_gap, vacant_since
from db.rules.vocabulary import InvolvementRole, Status
from db.viewer import LOCAL_LOGIN, Viewer, require

OVER = (Status.DONE, Status.DROPPED)
MOST = 100
"""How many fiches or decisions that nobody holds are named; a plan has fewer."""


@reads("all")
def post(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Post | None:
    """The coordination of a démarche: who holds it, what they hold, who may take it; None for who may not hand it over.

    Who does not administer is told of their own post, and of the people who may open the démarche already. Drafts move
    no revision: asked at the very moment. Raises Refused when the viewer may not read the démarche.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.may(Operation.HAND_OVER, initiative_id):
        return None
    administers, empty = viewer.may(Operation.ADMINISTER), vacancies(session, initiative_id)
    found = _holders(session, viewer, initiative_id, on)
    vacant = vacant_since(empty, on) is not None
    others = [left for left in _left(session, viewer, initiative_id, on) if _is_new(left, found)]
    found += [left for left in others if vacant or not left.held.is_nothing]
    holders = tuple(holder for holder in found if administers or holder.is_me)
    return Post(
        on=on,
        holders=holders,
        candidates=_candidates(session, initiative_id, on, administers),
        vacancies=empty,
        administers=administers,
        was_taken=_was_taken(session, viewer, initiative_id, on),
    )


def _was_taken(session: Session, viewer: Viewer, initiative_id: int, on: date) -> bool:
    h = Handover
    mine = select(h.id).join(Account, Account.id == h.to_account_id).where(Account.actor_id == viewer.actor_id)
    here = (h.initiative_id == initiative_id, h.archived_at.is_(None), h.starts_on <= on)
    return session.scalars(mine.where(*here).limit(1)).first() is not None


def _is_new(holder: Holder, found: Sequence[Holder]) -> bool:
    return all(holder.account_id != other.account_id for other in found)


def _holders(session: Session, viewer: Viewer, initiative_id: int, on: date) -> list[Holder]:
    """Who coordinates the démarche on the day or later; and who administers, as far as they hold something there."""
    held = held_on(posts(session, initiative_id), on)
    found = [
        _holder(session, viewer, initiative_id, grant.account_id, grant)
        for grant in {grant.account_id: grant for grant in held}.values()
    ]
    administrators = select(Grant.account_id).join(Account, Account.id == Grant.account_id)
    administrators = administrators.where(Grant.role == Role.ADMINISTRATOR, is_open(), Account.login != LOCAL_LOGIN)
    administrators = administrators.where(is_given(on), is_here(initiative_id))
    for key in session.scalars(administrators.order_by(Grant.account_id).distinct()):
        other = _holder(session, viewer, initiative_id, key)
        if _is_new(other, found) and not other.held.is_nothing:
            found.append(other)
    return found


def _holder(
    session: Session, viewer: Viewer, initiative_id: int, account_id: int, grant: Grant | None = None
) -> Holder:
    account = session.get_one(Account, account_id)
    return Holder(
        account_id=account_id,
        function=session.get_one(Actor, account.actor_id).label,
        held=held_by(session, account.actor_id, initiative_id).counts,
        is_me=account.actor_id == viewer.actor_id,
        starts_on=grant.starts_on if grant else None,
        ends_on=grant.ends_on if grant else None,
        is_everywhere=grant is not None and grant.initiative_id is None,
    )


def _left(session: Session, viewer: Viewer, initiative_id: int, on: date) -> list[Holder]:
    """Who held the post before it was vacant: those of whom what they held waits, and the interim that ended."""
    h = Handover
    left = {
        row.from_account_id: row.starts_on - A_DAY
        for row in waiting(session, initiative_id, on)
        if row.from_account_id is not None
    }
    past = select(h).where(h.initiative_id == initiative_id, h.archived_at.is_(None), h.starts_on <= on)
    last = session.scalars(past.order_by(h.starts_on.desc(), h.id.desc()).limit(1)).first()
    if last is not None and last.ends_on is not None and last.ends_on < on and last.to_account_id is not None:
        left[last.to_account_id] = last.ends_on
    return [replace(_holder(session, viewer, initiative_id, key), ends_on=day) for key, day in left.items()]


def _candidates(session: Session, initiative_id: int, on: date, administers: bool) -> tuple[Candidate, ...]:
    """The people who may take the post, by function; for who does not administer, those who have a role there on the
    day."""
    asked = (
        select(Account.id, Actor.label, Account.login)
        .join(Actor, Actor.id == Account.actor_id)
        .where(is_open(), Account.login != LOCAL_LOGIN)
    )
    if not administers:
        known = select(Grant.account_id).where(is_given(on), is_here(initiative_id))
        asked = asked.where(Account.id.in_(known))
    found = [Candidate(*row) for row in session.execute(asked)]
    return tuple(sorted(found, key=lambda one: (fold(one.function), one.login)))


@reads("all")
def unheld(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Unheld | None:
    """What nobody holds in a démarche on a day; None for who may not hand it over. That nobody administers Balise is
    told to who does. Raises Refused when the viewer may not read the démarche."""
    require(viewer, Operation.READ, initiative_id)
    if not viewer.may(Operation.HAND_OVER, initiative_id):
        return None
    gone, empty = _gone(session, on), vacancies(session, initiative_id)
    coordinated = posts(session, initiative_id)
    gap = first_gap(spans(coordinated), on) if coordinated else None
    return Unheld(
        sheets=_unled(session, initiative_id, on),
        decisions=_unowned(session, initiative_id, gone),
        reminders=_orphans(session, initiative_id, on),
        uncoordinated=vacant_since(empty, on) or (gap.starts_on if gap else None),
        unadministered=_unadministered(session, on) if viewer.may(Operation.ADMINISTER) else None,
    )


def _unled(session: Session, initiative_id: int, on: date) -> tuple[Unled, ...]:
    """The fiches at home in the plan, neither finished nor abandoned, that no structure or person leads."""
    p, part, said = Placement, Involvement, aliased(StatusEntry)
    led = select(part.sheet_id).where(
        part.role.in_([InvolvementRole.LEAD, InvolvementRole.CO_LEAD]),
        part.sheet_id.is_not(None),
        part.archived_at.is_(None),
        *facts.in_force(on),
    )
    last = (
        select(said.status)
        .where(said.sheet_id == p.sheet_id, said.archived_at.is_(None))
        .where(or_(said.on_date.is_(None), said.on_date <= on))
        .order_by(func.coalesce(said.on_date, date(1, 1, 1)).desc(), said.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(p.id, p.code, ActionSheet.title)
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, stands(on), ActionSheet.archived_at.is_(None))
        .where(p.sheet_id.not_in(led), or_(last.is_(None), last.not_in(OVER)))
        .order_by(p.position, p.id)
        .limit(MOST)
    )
    return tuple(Unled(key, numbered(code, title)) for key, code, title in rows)


def _gone(session: Session, on: date) -> set[str]:
    """The functions, folded, of the people who held a role and hold none any more, that nobody who does bears."""
    labelled = select(Actor.label).join(Account, Account.actor_id == Actor.id)
    here = select(Grant.account_id).where(is_given(on))
    held = {fold(label) for label in session.scalars(labelled.where(is_open(), Account.id.in_(here)))}
    return {fold(label) for label in session.scalars(labelled)} - held


def _unowned(session: Session, initiative_id: int, gone: set[str]) -> tuple[Unowned, ...]:
    found = []
    for row in open_decisions(session, initiative_id)[:MOST]:
        if not row.owner_text:
            found.append(Unowned(row.number, row.text))
        elif fold(row.owner_text) in gone:
            found.append(Unowned(row.number, row.text, row.owner_text))
    return tuple(found)


def _orphans(session: Session, initiative_id: int, on: date) -> int:
    """How many open reminders were put by people whose access is over."""
    r = Reminder
    here = select(Grant.account_id).where(is_given(on))
    theirs = select(Account.actor_id).where(or_(~is_open(), Account.id.not_in(here)), Account.login != LOCAL_LOGIN)
    mine = (r.initiative_id == initiative_id, r.done_on.is_(None), r.archived_at.is_(None), r.actor_id.in_(theirs))
    return session.scalar(select(func.count(r.id)).where(*mine)) or 0


def _unadministered(session: Session, on: date) -> date | None:
    """The first day on which nobody with an account administers Balise; None when there are no accounts at all."""
    g = Grant
    held = session.scalars(
        select(g)
        .join(Account, Account.id == g.account_id)
        .where(is_open(), Account.login != LOCAL_LOGIN, is_given())
        .where(g.role == Role.ADMINISTRATOR, g.initiative_id.is_(None))
    ).all()
    gap = first_gap(spans(held), on) if held else None
    return gap.starts_on if gap else None
