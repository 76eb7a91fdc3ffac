"""Who follows whom at the coordination of a démarche, and the days on which nobody holds it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Json, UtcDateTime, Versioned


class Vacancy(Versioned, Base):
    """The days on which nobody coordinates a démarche; without a last one, until somebody does."""

    __tablename__ = "vacancy"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Handover(Versioned, Base):
    """A coordination that passes from one account to another from a day on; `ends_on` is the last day of an interim.

    Without `to_account_id` the post is left to who will come. `moved` holds, by table, the ids of what passed on the
    day (`received_at`); until then what was held waits, and `word` is what the one who leaves says to the other.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("from_account_id IS NOT NULL OR to_account_id IS NOT NULL", name="somebody"),
        CheckConstraint("from_account_id <> to_account_id", name="not_to_oneself"),
    )

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    from_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    to_account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    word: Mapped[str | None]
    moved: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
