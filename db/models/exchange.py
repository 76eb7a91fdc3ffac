"""What came from files: each import, what it wrote, and what nobody could understand."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Json, Row, UtcDateTime, Versioned, one_of


class ImportRun(Row, Base):
    """An import that was applied: which file, into which initiative, what it understood."""

    __tablename__ = "import_run"

    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"), index=True)
    initiative_id: Mapped[int] = mapped_column(Integer, index=True)
    file_name: Mapped[str]
    file_digest: Mapped[str] = mapped_column(index=True)
    worksheet: Mapped[str]
    header: Mapped[str]
    report: Mapped[dict[str, Any]] = mapped_column(Json)


class ImportedValue(Row, Base):
    """The last value an import wrote in a field of a sheet, so that what was typed since is not overwritten."""

    __tablename__ = "imported_value"
    __table_args__ = (UniqueConstraint("sheet_id", "field"),)

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    field: Mapped[str]
    value: Mapped[Any] = mapped_column(Json, nullable=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)


class Unsettled(Versioned, Base):
    """A cell that could not be understood, kept as it was written; the field stays empty meanwhile."""

    __tablename__ = "unsettled"
    __table_args__ = (
        CheckConstraint(one_of("sheet_id", "initiative_id"), name="one_subject"),
        Index("ix_unsettled_sheet_id_field", "sheet_id", "field"),
    )

    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"))
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    field: Mapped[str]
    raw: Mapped[str]
    reason: Mapped[str]
    choices: Mapped[list[Any] | None] = mapped_column(Json)
    source: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_as: Mapped[str | None]
