"""The schema: the same whichever way it is made, named by convention, opened with its promises."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Engine, Integer, inspect, text
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


def has_text_or_borrowed_key(table: str) -> bool:
    (key,) = Base.metadata.tables[table].primary_key.columns
    return bool(key.foreign_keys) or not isinstance(key.type, BigInteger | Integer)


def test_every_constraint_is_named_by_the_convention(engine: Engine) -> None:
    found = inspect(engine)
    for table in Base.metadata.tables:
        # SQLAlchemy writes no name where SQLite counts keys for good (AUTOINCREMENT).
        counted = engine.dialect.name == "sqlite" and not has_text_or_borrowed_key(table)
        named = [] if counted else [found.get_pk_constraint(table)["name"]]
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


def test_a_key_is_never_given_twice(engine: Engine) -> None:
    """The journal, an address or a draft that names a row must never come to speak of another one."""
    add = text(
        'INSERT INTO journal (act_id, at_utc, actor_id, operation, "table", row_key, kind) '
        "VALUES (1, '2026-01-01 00:00:00', 1, 'x', 'x', '1', 'insert') RETURNING seq"
    )
    place = text(
        "INSERT INTO organisation_alias (organisation_id, label, search_text) VALUES (1, 'x', 'x') RETURNING id"
    )
    organisation = text(
        "INSERT INTO organisation (id, name, kind, search_text, sort_key, version) VALUES (1, 'x', 'other', '', '', 1)"
    )
    act = text("INSERT INTO act (operation, label, actor_id, at_utc) VALUES ('x', 'x', 1, '2026-01-01 00:00:00')")
    with engine.connect() as connection:
        connection.execute(organisation)
        first = connection.execute(place).scalar_one()
        connection.execute(text("DELETE FROM organisation_alias"))
        assert connection.execute(place).scalar_one() > first
        if not connection.execute(text("SELECT 1 FROM act WHERE id = 1")).first():
            connection.execute(act)
        line = connection.execute(add).scalar_one()
        connection.execute(text("DELETE FROM journal"))
        assert connection.execute(add).scalar_one() > line
        connection.rollback()


LIVE = {
    "account_login": ("account", "actor_id, login, version", "{n}, 'moi', 1"),
    "amendment_number": (
        "amendment",
        "initiative_id, number, signed_on, object, version",
        "1, 2, '2026-01-01', 'x', 1",
    ),
    "amendment_sheet": ("amendment_sheet", "amendment_id, placement_id, change, version", "1, 1, 'added', 1"),
    "breakdown": ("breakdown", "indicator_id, dimension, part, position, version", "1, 'sexe', 'femmes', 0, 1"),
}


@pytest.mark.parametrize("case", LIVE)
def test_what_is_archived_leaves_its_name_to_another(databases: Databases, case: str) -> None:
    table, columns, values = LIVE[case]
    with databases.copy("sqlite", to_be_broken=True).connect() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        add = [text(f"INSERT INTO {table} ({columns}) VALUES ({values.format(n=n)})") for n in (91, 92)]
        connection.execute(add[0])
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(add[1])
        connection.execute(text(f"UPDATE {table} SET archived_at = '2026-01-01 00:00:00'"))
        connection.execute(add[1])
        connection.rollback()


STEP = "sheet_id, label, state, weight, position, version", "1, 'x', 'done', 1, 0, 1"
STATUS = "sheet_id, status, to_discuss, recorded_at, version", "1, 'postponed', 0, '2026-01-01 00:00:00', 1"


@pytest.mark.parametrize(
    ("table", "common", "column", "value"),
    [
        ("milestone", STEP, "done_on", "2026-03-01"),
        ("milestone", STEP, "done_precision", "month"),
        ("status_entry", STATUS, "until", "2026-03-01"),
        ("status_entry", STATUS, "until_precision", "month"),
    ],
)
def test_a_date_and_its_precision_go_together(
    sqlite_engine: Engine, table: str, common: tuple[str, str], column: str, value: str
) -> None:
    columns, values = common
    statement = text(f"INSERT INTO {table} ({columns}, {column}) VALUES ({values}, '{value}')")
    with pytest.raises(IntegrityError, match="precision_with_date"), sqlite_engine.connect() as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "columns", ["question_id, item_id, value", "value", "question_id, value, absence", "question_id"]
)
def test_a_score_is_about_one_thing_and_is_a_mark_or_its_absence(sqlite_engine: Engine, columns: str) -> None:
    known = {"question_id": "1", "item_id": "1", "value": "3", "absence": "'not_provided'"}
    given = ", ".join(known[column] for column in columns.split(", "))
    with sqlite_engine.connect() as connection, pytest.raises(IntegrityError, match=r"one_subject|value_or_absence"):
        connection.execute(text(f"INSERT INTO score ({columns}, year, version) VALUES ({given}, 2026, 1)"))


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
