"""What passes from one person to another with a post: reminders, drafts, open decisions, answer links."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.commands.undoing.traces import Trace
from db.models import Account, Act, Actor, AnswerLink, Decision, Draft, Handover, Reminder
from db.posts import held_by, waiting

DRAFTS, MOVED = Draft.__tablename__, "moved"


def pass_on(session: Session, row: Handover, at: datetime) -> None:
    """Give what was held to who takes the post, with what earlier holders had left to who would come. Inside an act."""
    to = _actor_of(session, row.to_account_id)
    moved: dict[str, list[int]] = defaultdict(list)
    before = [other for other in waiting(session, row.initiative_id, row.starts_on) if other.id != row.id]
    for giver in [*before, row]:
        if giver.from_account_id is not None and to is not None:
            for table, ids in _moved(session, _actor_of(session, giver.from_account_id), to, row.initiative_id).items():
                moved[table] += ids
        giver.received_at = at
    row.moved = dict(moved)
    session.flush()


def _actor_of(session: Session, account_id: int | None) -> Actor | None:
    account = session.get(Account, account_id) if account_id is not None else None
    return session.get(Actor, account.actor_id) if account is not None else None


def _moved(session: Session, giver: Actor | None, to: Actor, initiative_id: int) -> Mapping[str, list[int]]:
    """Move what one person holds in a démarche to another; gives the ids, by table."""
    if giver is None:
        return {}
    held = held_by(session, giver.id, initiative_id)
    for reminder in session.scalars(select(Reminder).where(Reminder.id.in_(held.reminders))):
        reminder.actor_id = to.id
    for link in session.scalars(select(AnswerLink).where(AnswerLink.id.in_(held.links))):
        link.made_by_id = to.id
    for decision in session.scalars(select(Decision).where(Decision.id.in_(held.decisions))):
        decision.owner_text = to.label
    session.execute(update(Draft).where(Draft.id.in_(held.drafts)).values(actor_id=to.id))
    return held.by_table


def drafts_follow(session: Session, done: Act, traces: Iterable[Trace]) -> None:
    """Have the drafts go with a handover that was just taken back, or done again: the journal holds none of them.

    One that its new holder touched since stays with them.
    """
    session.flush()
    for trace in traces:
        if trace.model is not Handover:
            continue
        told = [side for side in (trace.after, trace.before, trace.deleted or {}) if side.get(MOVED)]
        ids = {key for side in told for key in side[MOVED].get(DRAFTS, ())}
        row = session.get(Handover, trace.key[0], populate_existing=True)
        values = trace.after if row is None else {c: getattr(row, c) for c in ("from_account_id", "to_account_id")}
        giver, to = (_actor_of(session, values[column]) for column in ("from_account_id", "to_account_id"))
        is_passed = row is not None and row.archived_at is None and bool(row.moved)
        holder, other = (to, giver) if is_passed else (giver, to)
        if ids and holder is not None and other is not None:
            mine = (Draft.id.in_(ids), Draft.actor_id == other.id, Draft.kept_at <= done.at_utc)
            session.execute(update(Draft).where(*mine).values(actor_id=holder.id))
