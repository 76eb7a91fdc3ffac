"""Ways in: passwords, sessions, keys sent once, links of reading; who sits in a body; the texts of an installation."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Edited, Json, Row, UtcDateTime, Versioned, code_of, now_utc
from db.rules.access import AccountKeyKind, SharedPage


class Credential(Base):
    """The password of an account, as argon2id keeps it. Never journalled."""

    __tablename__ = "credential"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class WebSession(Row, Base):
    """A browser signed in. Its cookie holds 128 random bits, of which only the digest is here; it ends when it is idle
    too long (`seen_at`), at `ends_at` whatever happens, or at once when it is revoked (`ended_at`)."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_account_id", "account_id"),)

    digest: Mapped[str] = mapped_column(String, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountKey(Row, Base):
    """A link sent to the holder of an account, to choose a password: once, until `ends_at`."""

    __tablename__ = "account_key"

    kind: Mapped[AccountKeyKind] = mapped_column(code_of(AccountKeyKind))
    digest: Mapped[str] = mapped_column(String, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReadingLink(Versioned, Base):
    """A link by which one page of a démarche is read without an account, as it is published, until the end of a day.

    Its secret is kept as a digest alone. `filters` is what the plan is narrowed to, by name; `for_whom`, of which the
    journal keeps a digest, is for who made it. How often it was opened is counted beside the journal.
    """

    __tablename__ = "reading_link"
    __table_args__ = (
        CheckConstraint("(page = 'sheet') = (placement_id IS NOT NULL)", name="sheet_with_its_place"),
        CheckConstraint("ends_on >= made_on", name="ends_after_it_was_made"),
        CheckConstraint("openings >= 0", name="openings_counted"),
    )

    digest: Mapped[str] = mapped_column(String, unique=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    page: Mapped[SharedPage] = mapped_column(code_of(SharedPage))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"), index=True)
    filters: Mapped[dict[str, Any]] = mapped_column(Json)
    for_whom: Mapped[str]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    made_on: Mapped[date]
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    openings: Mapped[int] = mapped_column(default=0)
    last_opening_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Throttle(Base):
    """Failures to sign in, by account and by address (`subject`, a digest), and until when nothing is tried again."""

    __tablename__ = "throttle"

    subject: Mapped[str] = mapped_column(String, primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    free_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BodyMember(Versioned, Base):
    """An account that sits in a body, from a day to a day."""

    __tablename__ = "body_member"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Consultation(Row, Base):
    """The acts of one person, looked at by somebody who administers (`actor_id`): when, and why. The person concerned
    is told of it; it is never changed nor taken back."""

    __tablename__ = "consultation"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class InstallationText(Edited, Base):
    """A text that each installation writes for itself: legal notices, personal data, accessibility."""

    __tablename__ = "installation_text"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    text: Mapped[str]
