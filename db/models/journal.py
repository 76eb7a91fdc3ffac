"""The journal, the acts it is made of, and the revisions caches are keyed by."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Json, Row, UtcDateTime, code_of
from db.rules.vocabulary import ChangeKind


class Act(Row, Base):
    """One act of a user: what it was, who did it, and, if it takes another back, which one."""

    __tablename__ = "act"

    operation: Mapped[str]
    label: Mapped[str]
    initiative_id: Mapped[int | None] = mapped_column(Integer, index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"), unique=True)
    idempotency_key: Mapped[str | None] = mapped_column(String, unique=True)


class JournalEntry(Base):
    """One row changed by an act: whole on insert and delete, changed columns only on update.

    `seq` is in one order on both engines because an act first takes the lock of the revision `all`.
    `initiative_id` is no foreign key: the journal outlives what it speaks of.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_table_row_key", "table", "row_key"),)

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(Integer, index=True)
    at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    operation: Mapped[str]
    table: Mapped[str]
    row_key: Mapped[str]
    kind: Mapped[ChangeKind] = mapped_column(code_of(ChangeKind))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Revision(Base):
    """A counter that moves in the same transaction as what it watches (`initiative:<id>`, `directory`, `all`…)."""

    __tablename__ = "revision"

    scope: Mapped[str] = mapped_column(String, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, default=0)
