"""Signing in and out: attempts, slowed down after failures; sessions, of which only the digest is kept.

Who it is and that a session opens for them are two things: a password proves it today, an identity provider may
tomorrow, and both end by `open_session`. None of this is journalled: sessions and failures are their own trace.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, Executable, delete, select, update
from sqlalchemy.orm import Session

from db.commands.passwords import keep_password, proved
from db.errors import Invalid, Refused
from db.models import Account, Credential, Throttle, WebSession
from db.prepared import prepared
from db.rules.ways_in import FAILURES_FORGOTTEN, IDLE, LONGEST, SEEN_EVERY, wait_after
from db.viewer import LOCAL_LOGIN

SESSIONS_KEPT = timedelta(days=30)
DEVICE_LENGTH = 200
NOT_IN = (
    "L'identifiant ou le mot de passe n'est pas le bon, ou cet accès n'est plus ouvert. Vérifiez les deux ; "
    "si vous avez oublié votre mot de passe, demandez un nouveau lien à la personne qui administre Balise."
)


class TooMany(Invalid):
    """Too many failures: nothing is tried before a while."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who says who they are, counted as a failure until it is proved."""

    account_id: int | None
    password_hash: str | None
    subjects: tuple[str, str]
    fresh_hash: str | None = None
    is_proved: bool = False

    @property
    def known_account(self) -> int:
        """The account of a proved attempt. Raises Refused, in the same words whatever was wrong, for another."""
        if not self.is_proved or self.account_id is None:
            raise Refused(NOT_IN)
        return self.account_id


def new_secret() -> str:
    """256 random bits, to be shown or sent once; only their digest is kept."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def attempt(session: Session, *, login: str, address: str, at: datetime) -> Attempt:
    """Count an attempt to sign in, before anything is tried: many at the same instant are slowed like the others.

    Raises TooMany, the same for a login that nobody bears, while this login or this address must wait.
    """
    named = login.strip()
    account_subject, address_subject = digest_of(f"account:{named.lower()}"), digest_of(f"address:{address}")
    rows = [session.get(Throttle, subject) for subject in (account_subject, address_subject)]
    waits = [row.free_at - at for row in rows if row is not None and row.free_at is not None and row.free_at > at]
    if waits:
        raise TooMany(_too_many(max(waits)))
    session.execute(delete(Throttle).where(Throttle.last_at < at - FAILURES_FORGOTTEN))
    for subject in (account_subject, address_subject):
        _count(session, subject, at)
    session.flush()
    account_id, password_hash = _known(session, named)
    return Attempt(account_id, password_hash, (account_subject, address_subject))


def _count(session: Session, subject: str, at: datetime) -> None:
    row = session.get(Throttle, subject, populate_existing=True)
    if row is None:
        row = Throttle(subject=subject, failures=0)
        session.add(row)
    row.failures, row.last_at = row.failures + 1, at
    wait = wait_after(row.failures)
    row.free_at = at + wait if wait else None


def _too_many(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60)
    said = f"{minutes} minutes" if minutes > 1 else "une minute"
    return (
        "Trop d'essais ont échoué : pour protéger les accès, rien n'est essayé pendant un moment. "
        f"Réessayez dans {said} ; vos données et votre mot de passe n'ont pas changé."
    )


def _known(session: Session, login: str) -> tuple[int | None, str | None]:
    """The account of a login, as written or in small letters, and its password; who sits at the machine has none."""
    rows = session.execute(
        select(Account.id, Account.login, Credential.password_hash)
        .outerjoin(Credential, Credential.account_id == Account.id)
        .where(Account.login.in_({login, login.lower()}), Account.login != LOCAL_LOGIN)
        .where(Account.archived_at.is_(None), Account.disabled_at.is_(None))
    ).all()
    found = next((row for row in rows if row.login == login), rows[0] if rows else None)
    return (None, None) if found is None else (found.id, found.password_hash)


def prove(attempt: Attempt, password: str) -> Attempt:
    """The attempt, proved when this is the password. Touches no database: it takes a tenth of a second, and nobody
    must wait for it to write."""
    right, fresh = proved(password, attempt.password_hash)
    return replace(attempt, is_proved=right, fresh_hash=fresh)


def forgive(session: Session, attempt: Attempt) -> int:
    """Take back what a proved attempt counted, all failures of its account with it; gives the account.

    Those of the address stay but this one: somebody with an account of their own must not try others' endlessly.
    Raises Refused, in the same words whatever was wrong, for one that is not proved.
    """
    account_id = attempt.known_account
    account, address = attempt.subjects
    session.execute(delete(Throttle).where(Throttle.subject == account))
    session.execute(
        update(Throttle).where(Throttle.subject == address).values(failures=Throttle.failures - 1, free_at=None)
    )
    if attempt.fresh_hash is not None:
        keep_password(session, account_id, attempt.fresh_hash)
    return account_id


def sign_in(session: Session, attempt: Attempt, *, at: datetime, device: str | None = None) -> str:
    """Open a session for who proved who they are; gives the secret of their cookie. Raises Refused."""
    return open_session(session, forgive(session, attempt), at=at, device=device)


def open_session(session: Session, account_id: int, *, at: datetime, device: str | None = None) -> str:
    """Open a session for an account, however its holder was recognised; gives the secret of the cookie, kept nowhere.

    Raises Refused for an account that was disabled meanwhile.
    """
    account = session.get(Account, account_id)
    if account is None or account.archived_at is not None or account.disabled_at is not None:
        raise Refused(NOT_IN)
    old = at - SESSIONS_KEPT
    session.execute(delete(WebSession).where(WebSession.ends_at < old))
    secret = new_secret()
    session.add(
        WebSession(
            digest=digest_of(secret),
            account_id=account_id,
            device=(device or "")[:DEVICE_LENGTH] or None,
            opened_at=at,
            seen_at=at,
            ends_at=at + LONGEST,
        )
    )
    session.flush()
    return secret


def sign_out(session: Session, secret: str, *, at: datetime) -> None:
    """End the session of this cookie; one that is unknown or ended stays so."""
    end_sessions(session, WebSession.digest == digest_of(secret), at=at)


def end_sessions(session: Session, *which: ColumnElement[bool], at: datetime) -> int:
    """End at once the sessions that match; gives how many there were."""
    open_ones = session.scalars(select(WebSession).where(*which, WebSession.ended_at.is_(None))).all()
    for row in open_ones:
        row.ended_at = at
    session.flush()
    return len(open_ones)


@dataclass(frozen=True, slots=True)
class Presence:
    """The session of a cookie. `is_open`: it lets in; one that ended by its age still says whose drafts are typed in,
    one that was ended (`was_ended`) nothing more."""

    session_id: int
    account_id: int
    actor_id: int
    login: str
    seen_at: datetime
    ends_at: datetime
    is_open: bool
    was_ended: bool

    @property
    def closes_at(self) -> datetime:
        """When it ends if nobody does anything."""
        return min(self.ends_at, self.seen_at + IDLE)


def presence(session: Session, secret: str, *, at: datetime) -> Presence | None:
    """The session of this cookie, open or not; None when there is none."""
    row = session.execute(*_of_digest(digest_of(secret))).one_or_none()
    if row is None:
        return None
    ended = row.ended_at is not None or row.disabled_at is not None or row.archived_at is not None
    lasts = at < row.ends_at and at < row.seen_at + IDLE
    return Presence(
        row.id, row.account_id, row.actor_id, row.login, row.seen_at, row.ends_at, lasts and not ended, ended
    )


@prepared("digest")
def _of_digest(digest: str) -> Executable:
    s, a = WebSession, Account
    told = (s.id, s.account_id, s.seen_at, s.ends_at, s.ended_at, a.login, a.actor_id, a.disabled_at, a.archived_at)
    return select(*told).join(a, a.id == s.account_id).where(s.digest == digest)


def seen(on: Engine, found: Presence, *, at: datetime) -> None:
    """Note that an open session is used, at most once a minute: it waits for no other writer than the engine's own."""
    if at - found.seen_at < SEEN_EVERY:
        return
    here = update(WebSession).where(WebSession.id == found.session_id, WebSession.ended_at.is_(None))
    with on.execution_options(writes=True).begin() as connection:
        connection.execute(here.values(seen_at=at))
