"""What every table shares: naming of constraints, column types, versions, dated entries."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from db.rules.vocabulary import DatePrecision

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. A key is never given twice: the journal, and what a page keeps, would speak of another row."""

    metadata = MetaData(naming_convention=NAMING)

    @classmethod
    def __table_cls__(cls, *args: Any, **options: Any) -> Table:
        return Table(*args, sqlite_autoincrement=True, **options)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, always UTC and always aware: SQLite would otherwise give it back without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must carry its time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


def code_of(enum: type[StrEnum], name: str | None = None) -> Enum:
    """A closed vocabulary, stored as its code, with a CHECK named after the column's meaning."""
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in enum.__name__).lstrip("_")
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name or snake,
        values_callable=lambda e: [member.value for member in e],
        validate_strings=True,
    )


def one_of(*columns: str) -> str:
    """SQL that is true when exactly one of the columns has a value."""
    return " + ".join(f"(CASE WHEN {c} IS NULL THEN 0 ELSE 1 END)" for c in columns) + " = 1"


def precise(column: str) -> CheckConstraint:
    """A date has its precision, and only a date has one."""
    stem = column.removesuffix("_on")
    return CheckConstraint(f"({column} IS NULL) = ({stem}_precision IS NULL)", name=f"{stem}_precision_with_date")


def unique_while_live(name: str, *columns: str, when: str = "archived_at IS NULL") -> Index:
    """A uniqueness that archived rows leave."""
    return Index(name, *columns, unique=True, sqlite_where=text(when), postgresql_where=text(when))


def now_utc() -> datetime:
    """The instant a row is recorded. Rules and queries never call it: they are given a day."""
    return datetime.now(UTC)


class Row:
    """A table row with a whole-number key."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, sort_order=-1)


class Edited:
    """A row that people edit: its version moves at each write, and a stale save is refused."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.version}


class Versioned(Row, Edited):
    """A row that people edit, and that is archived rather than erased."""

    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Findable:
    """Folded words, so that both engines find and sort alike (`db.rules.text`)."""

    search_text: Mapped[str] = mapped_column(String, default="")
    sort_key: Mapped[str] = mapped_column(
        String().with_variant(String(collation="C"), "postgresql"), default=""
    )  # the language of a server of PostgreSQL would order otherwise


class Entry(Versioned):
    """A dated entry of a series. Never overwritten; in preparation while `publication_id` is empty."""

    on_date: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    comment: Mapped[str | None]

    @declared_attr
    def actor_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("actor.id"), index=True)

    @declared_attr
    def publication_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("publication.id"), index=True)


Precision = Mapped[DatePrecision | None]
