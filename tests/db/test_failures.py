"""When the disk or the database fails: a sentence, nothing half written, and all is well again once it can be."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from db.commands.plan import add_axis
from db.engine import make_engine, reading, writing
from db.errors import BaliseError, Busy, Full, Unavailable
from db.failures import told_of
from db.models import Act, Axis
from db.viewer import Viewer
from tests.builders import Plan, plan_in


@pytest.fixture
def plan(sqlite_engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(sqlite_engine, viewer)


def saves(engine: Engine, viewer: Viewer, plan: Plan, title: str = "Nouvel axe") -> None:
    with writing(engine) as session:
        add_axis(session, viewer, initiative_id=plan.initiative_id, title=title, code=None)


def counts(engine: Engine) -> tuple[int, int]:
    with reading(engine) as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Act, Axis))  # type: ignore[return-value]


def test_a_base_that_can_only_be_read_says_so_and_is_read_still(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    before = counts(sqlite_engine)
    protected = make_engine(sqlite_engine.url.render_as_string())
    event.listen(protected, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    with pytest.raises(Unavailable, match="en lecture seule"):
        saves(protected, viewer, plan)
    assert counts(protected) == before
    protected.dispose()


def test_a_file_that_is_no_longer_there_says_so(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    gone = make_engine(f"sqlite:///{tmp_path / 'absente.db'}")
    with pytest.raises(Unavailable, match="n'est plus à sa place"):
        saves(gone, viewer, Plan(1, 1, 1, {}, {}))
    with pytest.raises(Unavailable, match="n'est plus à sa place"), reading(gone) as session:
        session.execute(text("SELECT n FROM revision"))


def test_a_file_taken_away_under_a_server_says_so(sqlite_engine: Engine, viewer: Viewer, plan: Plan) -> None:
    path = Path(str(sqlite_engine.url.database))
    elsewhere = path.rename(path.with_name("ailleurs.db"))
    with pytest.raises(BaliseError, match=r"n'est plus à sa place|abîmé"):
        saves(sqlite_engine, viewer, plan)
    path.unlink(missing_ok=True)
    elsewhere.rename(path)
    sqlite_engine.dispose()
    saves(sqlite_engine, viewer, plan)


def test_a_damaged_file_says_so(tmp_path: Path, viewer: Viewer) -> None:
    (tmp_path / "abimee.db").write_bytes(b"SQLite format 3\x00" + b"\x7f" * 8192)
    with pytest.raises(Unavailable, match="abîmé"):
        saves(make_engine(f"sqlite:///{tmp_path / 'abimee.db'}"), viewer, Plan(1, 1, 1, {}, {}))


@pytest.mark.postgresql
def test_a_server_that_stops_answering_says_so(databases, viewer: Viewer) -> None:
    engine = databases.copy("postgresql")
    plan = plan_in(engine, viewer)
    with pytest.raises(Unavailable, match="ne répond pas"), writing(engine) as session:
        add_axis(session, viewer, initiative_id=plan.initiative_id, title="Coupé", code=None)
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    saves(engine, viewer, plan)
    with (
        pytest.raises(Unavailable, match="ne répond pas"),
        reading(make_engine("postgresql://127.0.0.1:1/x")) as session,
    ):
        session.connection()


def test_a_defect_of_the_application_is_not_called_a_failure_of_the_disk(sqlite_engine: Engine) -> None:
    with pytest.raises(DBAPIError), reading(sqlite_engine) as session:
        session.execute(text("SELECT inconnue FROM act"))
    assert told_of(ValueError("x")) is None


def test_no_room_is_no_room_whoever_says_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "petite.db")) as connection:
        connection.execute("PRAGMA max_page_count=2")
        with pytest.raises(sqlite3.OperationalError) as stopped:
            connection.executescript("CREATE TABLE a (b); CREATE TABLE c (d); CREATE TABLE e (f)")
    assert isinstance(told_of(stopped.value), Full)
    assert isinstance(told_of(OSError(28, "No space left on device")), Full)
    assert told_of(ConnectionResetError(104, "Connection reset by peer")) is None


def test_two_writers_wait_for_each_other_in_silence_and_no_longer_than_they_should(
    sqlite_engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    impatient = make_engine(sqlite_engine.url.render_as_string())
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    before = counts(sqlite_engine)
    with writing(sqlite_engine), pytest.raises(Busy, match="réessayez dans un instant"):
        saves(impatient, viewer, plan)
    assert counts(sqlite_engine) == before
    saves(impatient, viewer, plan)
    impatient.dispose()
