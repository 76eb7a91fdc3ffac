"""Keys taken in advance: rows that point to each other are then written at once, and no key is given twice."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.models import Base


def reserve(session: Session, table: str, count: int) -> int:
    """The first of `count` keys of a table that follow each other, and that nobody will be given any more."""
    of = Base.metadata.tables[table]
    if session.get_bind().dialect.name == "sqlite":
        last = session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}).scalar()
        order = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"
        if last is not None:
            order = "UPDATE sqlite_sequence SET seq = :last WHERE name = :name"
        session.execute(text(order), {"name": table, "last": (last or 0) + count})
        return int(last or 0) + 1
    (key,) = of.primary_key.columns
    counter = session.execute(
        text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": f'"{table}"', "key": key.name}
    ).scalar_one()
    order = "SELECT setval(:counter, nextval(:counter) + :more)"
    return int(session.execute(text(order), {"counter": counter, "more": count - 1}).scalar_one()) - count + 1
