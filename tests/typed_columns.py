"""The columns in which people type, and what is held in them."""

from collections.abc import Iterator

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from db.models.base import Base

NO_TEXT_OF_PEOPLE = {
    *("search_text", "sort_key", "digest", "salt", "scope", "operation", "table", "row_key", "idempotency_key"),
    *("subject", "password_hash", "time_zone", "key", "file_digest", "worksheet", "header", "geometry", "field"),
}
"""Columns that the program alone writes."""
CODES = {"initiative.code", "term.code", "territory.code", "organisation_alias.search_text"}
OF_THE_REFERENCE = {"territory", "territory_outline"}
NO_TEXT_BY_COMMAND = {
    *("web_session.device", "installation_text.name", "installation_text.text", "consultation.reason"),
    *("unsettled.settled_as", "unsettled.source", "term.note"),
}
"""Columns that no command of a plan fills with what people typed."""


def free_columns(table: type[Base]) -> list[str]:
    """The columns of a table in which people write what they want."""
    return [
        column.key
        for column in table.__table__.columns
        if type(column.type) is String
        and column.key not in NO_TEXT_OF_PEOPLE
        and f"{table.__tablename__}.{column.key}" not in CODES
    ]


def held_texts(session: Session) -> Iterator[tuple[str, set[str]]]:
    """Each free column of the database, « table.column », and the texts that it holds."""
    for mapper in Base.registry.mappers:
        table = mapper.class_
        if table.__tablename__ in OF_THE_REFERENCE:
            continue
        for name in free_columns(table):
            values = session.scalars(select(getattr(table, name)).where(getattr(table, name).is_not(None)))
            yield f"{table.__tablename__}.{name}", set(values)
