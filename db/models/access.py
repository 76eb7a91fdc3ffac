"""Ways in: passwords, sessions, keys sent once; who sits in a body; the texts of an installation."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Edited, Row, UtcDateTime, Versioned, code_of, now_utc
from db.rules.vocabulary import AccountKeyKind


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


class InstallationText(Edited, Base):
    """A text that each installation writes for itself: legal notices, personal data, accessibility."""

    __tablename__ = "installation_text"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    text: Mapped[str]
