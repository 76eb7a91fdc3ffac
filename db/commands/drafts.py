"""What is being typed, kept at each field left: neither journalled nor moving a revision, each person's own."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Executable, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from db import journal
from db.errors import Refused
from db.models import Account, Draft, Handover
from db.models.base import now_utc
from db.prepared import prepared
from db.rules.forms import OpenDraft, Written
from db.viewer import Viewer

KEPT_CLOSED, KEPT_OPEN = timedelta(days=2), timedelta(days=90)
GONE = (
    "Ce brouillon n'est pas à vous, ou n'est plus gardé : il l'est quatre-vingt-dix jours, pour qui l'a commencé. "
    "Rien n'a été écrit ; copiez ce que vous aviez tapé, rouvrez la page et collez-le."
)


def find_draft(session: Session, viewer: Viewer, subject: str, key: str | None = None) -> OpenDraft | None:
    """The open draft of this form and this person: that of `key`, else the last in which something was typed.

    A draft that was saved is never resumed.
    """
    mine = select(Draft).where(Draft.actor_id == viewer.actor_id, Draft.subject == subject, Draft.closed_at.is_(None))
    asked = session.scalars(mine.where(Draft.key == key)).one_or_none() if key else None
    if asked is not None:
        return _told(asked)
    others = session.scalars(mine.order_by(Draft.kept_at.desc(), Draft.id.desc()))
    return next((_told(other) for other in others if other.typed), None)


def start_draft(session: Session, viewer: Viewer, subject: str, base: Mapping[str, Written]) -> OpenDraft:
    """A new draft of a form, on what its fields hold now."""
    _forget_old(session)
    return _told(_new(session, viewer.actor_id, subject, dict(base), journal.newest(session)))


def keep(
    session: Session, viewer: Viewer, key: str, typed: Mapping[str, Written], entries: Collection[str] = ()
) -> OpenDraft:
    """Keep what was typed in these fields. A draft saved meanwhile from another tab goes on as a new one, with the base
    it was opened on: what changed since is then shown when it is saved. Raises Refused when it is no longer kept.

    A field that holds again what it held is no longer typed; one of `entries`, which add to a series, only when it is
    empty: « toujours 60 % » is news.
    """
    row = _mine(session, viewer, key)
    if row.closed_at is not None:
        row = _new(session, viewer.actor_id, row.subject, dict(row.base), row.base_seq)
    told = {**row.typed, **typed}
    same = {name for name, value in typed.items() if value == (None if name in entries else row.base.get(name))}
    row.typed = {name: value for name, value in told.items() if name not in same}
    row.kept_at = now_utc()
    session.flush()
    return _told(row)


def rebase(session: Session, viewer: Viewer, key: str, seen: Mapping[str, Written]) -> None:
    """Note that the person saw what these fields hold now and chose: what they type next stands on that."""
    row = _mine(session, viewer, key)
    row.base = {**row.base, **seen}


def drop_draft(session: Session, viewer: Viewer, key: str) -> None:
    """Forget a draft, at the person's own request; one that is not there is forgotten already."""
    session.execute(delete(Draft).where(Draft.key == key, Draft.actor_id == viewer.actor_id))


def close_draft(session: Session, viewer: Viewer, key: str) -> None:
    """Note that a draft was saved, in the transaction that saves it."""
    row = _mine(session, viewer, key)
    row.closed_at = row.closed_at or now_utc()
    session.flush()


def draft_of(session: Session, viewer: Viewer, key: str) -> tuple[OpenDraft, int]:
    """The draft of this key, saved or not, and the last line of the journal when it was opened. Raises Refused."""
    row = _mine(session, viewer, key)
    return _told(row), row.base_seq


def _mine(session: Session, viewer: Viewer, key: str) -> Draft:
    row: Draft | None = session.scalars(*_kept(key, viewer.actor_id)).one_or_none()
    if row is None:
        raise Refused(GONE)
    return row


@prepared("key", "actor_id")
def _kept(key: str, actor_id: int) -> Executable:
    return select(Draft).where(Draft.key == key, Draft.actor_id == actor_id)


def _new(session: Session, actor_id: int, subject: str, base: dict[str, Written], seq: int) -> Draft:
    row = Draft(key=secrets.token_hex(8), actor_id=actor_id, subject=subject, base=base, typed={}, base_seq=seq)
    session.add(row)
    session.flush()
    return row


def _forget_old(session: Session) -> None:
    """Drafts saved days ago, and those nobody came back to, but for those of a post that waits for a successor."""
    now: datetime = now_utc()
    waits = exists().where(
        Account.actor_id == Draft.actor_id,
        Handover.from_account_id == Account.id,
        Handover.received_at.is_(None),
        Handover.archived_at.is_(None),
    )
    old = or_(Draft.closed_at < now - KEPT_CLOSED, and_(Draft.kept_at < now - KEPT_OPEN, ~waits))
    session.execute(delete(Draft).where(old))


def _told(row: Draft) -> OpenDraft:
    return OpenDraft(
        key=row.key,
        subject=row.subject,
        base=dict(row.base),
        typed=dict(row.typed),
        opened_at=row.opened_at,
        kept_at=row.kept_at,
        is_closed=row.closed_at is not None,
    )
