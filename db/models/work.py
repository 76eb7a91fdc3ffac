"""The coordination's own work: what is being typed, its logbook, its reminders. None of it is the plan."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Json, Row, UtcDateTime, Versioned, code_of, now_utc
from db.rules.vocabulary import NoteUse


class Draft(Row, Base):
    """What somebody is typing in a form: kept at each field left, neither journalled nor moving a revision.

    `base` is what each field held when the form was opened, `base_seq` the last line of the journal then: a save knows
    from them what changed meanwhile, and by whom. `key` names the form in the address and makes its save one act. A
    draft that was saved is kept a while, closed, for the tab or the click that comes after.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_actor_id_subject", "actor_id", "subject"),)

    key: Mapped[str] = mapped_column(String, unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    subject: Mapped[str]
    base: Mapped[dict[str, Any]] = mapped_column(Json)
    typed: Mapped[dict[str, Any]] = mapped_column(Json)
    base_seq: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogbookNote(Versioned, Base):
    """A line of the carnet de bord: private to the coordination, about a sheet, a structure, or the démarche."""

    __tablename__ = "logbook_note"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    text: Mapped[str]
    noted_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
    became: Mapped[NoteUse | None] = mapped_column(code_of(NoteUse, "became"))


class Reminder(Versioned, Base):
    """Something the coordination wants to be told on a day; it may come from a line of the carnet."""

    __tablename__ = "reminder"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    note_id: Mapped[int | None] = mapped_column(ForeignKey("logbook_note.id"), index=True)
    text: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), index=True)
