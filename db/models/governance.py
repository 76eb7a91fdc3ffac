"""Bodies, meetings, decisions: the tables that the plan already needs."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Row, Versioned, code_of
from db.rules.vocabulary import BodyKind, DecisionForce, DecisionKind, DecisionStatus, MeetingState


class Body(Versioned, Base):
    """An instance of governance. What it is common to is `BodyInitiative`."""

    __tablename__ = "body"

    kind: Mapped[BodyKind] = mapped_column(code_of(BodyKind))
    code: Mapped[str | None]
    name: Mapped[str]
    mission: Mapped[str | None]
    chair_text: Mapped[str | None]
    composition_text: Mapped[str | None]
    meetings_per_year: Mapped[int | None]
    member_count: Mapped[int | None]
    quorum_text: Mapped[str | None]
    bylaws: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class BodyInitiative(Row, Base):
    """A body at work for an initiative; one body may serve several."""

    __tablename__ = "body_initiative"
    __table_args__ = (UniqueConstraint("body_id", "initiative_id"),)

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)


class Meeting(Versioned, Base):
    """A sitting of a body, with its count of people; who they are comes with governance."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_body_id_held_on", "body_id", "held_on"),
        CheckConstraint("present >= 0 AND invited >= 0 AND excused >= 0", name="counts_positive"),
    )

    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    held_on: Mapped[date]
    state: Mapped[MeetingState] = mapped_column(code_of(MeetingState))
    invited: Mapped[int | None]
    present: Mapped[int | None]
    excused: Mapped[int | None]
    residents_present: Mapped[int | None]
    quorum_required: Mapped[int | None]
    quorum_reached: Mapped[bool | None]


class AgendaItem(Versioned, Base):
    """An item of the agenda, or something that was shown."""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    title: Mapped[str]
    is_presentation: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class Decision(Versioned, Base):
    """A line of a relevé de décisions. That it is past due is computed, never typed."""

    __tablename__ = "decision"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    number: Mapped[str]
    text: Mapped[str]
    kind: Mapped[DecisionKind] = mapped_column(code_of(DecisionKind), default=DecisionKind.RESOLUTION)
    force: Mapped[DecisionForce | None] = mapped_column(code_of(DecisionForce))
    owner_text: Mapped[str | None]
    due_on: Mapped[date | None]
    status: Mapped[DecisionStatus] = mapped_column(code_of(DecisionStatus), default=DecisionStatus.OPEN)
    status_word: Mapped[str | None]
    closed_on: Mapped[date | None]


class DecisionSheet(Row, Base):
    """A sheet that a decision is about."""

    __tablename__ = "decision_sheet"
    __table_args__ = (UniqueConstraint("decision_id", "sheet_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
