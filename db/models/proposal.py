"""What partners say of the sheets they lead, by a link and without an account, until the coordination decides."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Json, UtcDateTime, Versioned, code_of, now_utc
from db.rules.access import ProposalState


class AnswerLink(Versioned, Base):
    """A link by which a structure says where the sheets that it leads are. Its secret is kept as a digest alone;
    `actor_id` is whom the journal names for what comes by it."""

    __tablename__ = "answer_link"

    digest: Mapped[str] = mapped_column(String, unique=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    made_on: Mapped[date]
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Proposal(Versioned, Base):
    """What was typed of a sheet by a link: seen by nobody else until the coordination accepts it, or refuses it for a
    reason that the link then shows.

    `typed` holds fields of the news as they were written, and `steps`, the keys of the steps said to be done; `name`
    and `function` are what the person said of themselves, of which the journal keeps a digest.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_with_its_instant"),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused_for_a_reason"),
    )

    link_id: Mapped[int] = mapped_column(ForeignKey("answer_link.id"), index=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    typed: Mapped[dict[str, Any]] = mapped_column(Json)
    name: Mapped[str]
    function: Mapped[str | None]
    on_date: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    state: Mapped[ProposalState] = mapped_column(code_of(ProposalState), default=ProposalState.PROPOSED)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None]

    @property
    def signature(self) -> str:
        """How what was said is signed: « Dominique Exemple, Direction »."""
        return f"{self.name}, {self.function}" if self.function else self.name
