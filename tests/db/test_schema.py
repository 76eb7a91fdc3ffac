"""The schema: the same whichever way it is made, named by convention, opened with its promises."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from db import migrate
from db.engine import make_engine, reading, writing
from db.models import Base
from tests.conftest import BOTH, Databases


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, databases: Databases) -> Engine:
    return databases.empty(request.param)


def test_migrations_from_an_empty_database_give_the_models(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_says_at_which_revision_it_is(empty: Engine) -> None:
    assert migrate.current(empty) is None
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()


def test_every_constraint_is_named_by_the_convention(engine: Engine) -> None:
    found = inspect(engine)
    for table in Base.metadata.tables:
        named = [found.get_pk_constraint(table)["name"]]
        named += [key["name"] for key in found.get_foreign_keys(table)]
        named += [key["name"] for key in found.get_unique_constraints(table)]
        named += [key["name"] for key in found.get_check_constraints(table)]
        assert all(name and name.startswith(("pk_", "fk_", "uq_", "ck_")) for name in named), (table, named)
        indexes = [index["name"] for index in found.get_indexes(table)]
        assert all(name.startswith((f"ix_{table}", f"uq_{table}")) for name in indexes), (table, indexes)


def test_the_database_holds_every_check_of_the_models(engine: Engine) -> None:
    found = inspect(engine)
    for name, table in Base.metadata.tables.items():
        wanted = {key.name for key in table.constraints if str(key.name).startswith("ck_")}
        assert wanted <= {key["name"] for key in found.get_check_constraints(name)}


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000), ("synchronous", 2)],
)
def test_each_promise_of_sqlite_is_kept_on_a_connection(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_foreign_key_to_nothing_is_refused_by_the_database(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.execution_options(writes=True).begin() as connection:
        connection.execute(
            text("INSERT INTO axis (initiative_id, level, title, position, version) VALUES (99, 'axis', 'x', 0, 1)")
        )


def test_a_word_outside_a_closed_list_is_refused_by_the_database(engine: Engine) -> None:
    statement = "INSERT INTO actor (kind, label, created_at) VALUES ('robot', 'x', '2026-01-01 00:00:00')"
    with pytest.raises(IntegrityError), engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(statement))


def test_a_reader_keeps_its_picture_while_another_writes(engine: Engine) -> None:
    """A session is one consistent picture on SQLite; on both engines, it never waits for a writer."""
    count = text("SELECT count(*) FROM revision")
    with reading(engine) as reader:
        before = reader.execute(count).scalar()
        with writing(engine) as writer:
            writer.execute(text("INSERT INTO revision (scope, n) VALUES ('essai', 1)"))
            assert reader.execute(count).scalar() == before


def test_an_address_without_a_driver_is_read_with_psycopg() -> None:
    assert make_engine("postgresql://localhost/balise").dialect.driver == "psycopg"
