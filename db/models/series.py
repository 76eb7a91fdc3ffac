"""What moves: dated entries of a sheet, and the points that publish them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Entry, Precision, UtcDateTime, Versioned, code_of, now_utc, one_of
from db.rules.vocabulary import Absence, DatePrecision, Gathering, Outcome, Status, Weather


class Publication(Versioned, Base):
    """A point: what readers see until the next one. Of a whole plan, or of one sheet.

    Withdrawn, it is archived and its entries are in preparation again; undone, its row goes with the act that made it.
    """

    __tablename__ = "publication"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    name: Mapped[str]
    as_of: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))


class News(Entry):
    """What is said of a sheet. `gathered` says that the coordination heard it from the lead, and how, on `gathered_on`;
    who told it is not kept."""

    gathered: Mapped[Gathering | None] = mapped_column(code_of(Gathering))
    gathered_on: Mapped[date | None]


def _gathered_on_a_day() -> CheckConstraint:
    return CheckConstraint("(gathered IS NULL) = (gathered_on IS NULL)", name="gathered_on_a_day")


class StatusEntry(News, Base):
    """What the sheet's status was declared to be from a day. No status: « non renseigné », its word kept."""

    __tablename__ = "status_entry"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR status = 'done'", name="outcome_when_done"),
        CheckConstraint("until IS NULL OR status = 'postponed'", name="until_when_postponed"),
        CheckConstraint("(until IS NULL) = (until_precision IS NULL)", name="until_precision_with_date"),
        _gathered_on_a_day(),
        Index("ix_status_entry_sheet_id_on_date", "sheet_id", "on_date"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    status: Mapped[Status | None] = mapped_column(code_of(Status))
    outcome: Mapped[Outcome | None] = mapped_column(code_of(Outcome))
    to_discuss: Mapped[bool] = mapped_column(default=False)
    status_word: Mapped[str | None]
    until: Mapped[date | None]
    until_precision: Precision = mapped_column(code_of(DatePrecision, "until_precision"))
    reason: Mapped[str | None]
    unblocked_by: Mapped[str | None]


class ProgressEntry(News, Base):
    """The percentage the lead declared, or why there is none."""

    __tablename__ = "progress_entry"
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"),
        CheckConstraint(one_of("percent", "absence"), name="value_or_absence"),
        _gathered_on_a_day(),
        Index("ix_progress_entry_sheet_id_on_date", "sheet_id", "on_date"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    percent: Mapped[int | None]
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))


class WeatherEntry(News, Base):
    """La météo, with what was done, what comes, what hinders, what to be proud of, and who signs."""

    __tablename__ = "weather_entry"
    __table_args__ = (_gathered_on_a_day(), Index("ix_weather_entry_sheet_id_on_date", "sheet_id", "on_date"))

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    weather: Mapped[Weather | None] = mapped_column(code_of(Weather))
    done: Mapped[str | None]
    todo: Mapped[str | None]
    obstacles: Mapped[str | None]
    highlights: Mapped[str | None]
    signed_by: Mapped[str | None]
