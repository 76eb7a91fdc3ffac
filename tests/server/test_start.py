"""What stops the start-up, or not, when the database is not as it should be."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from components.server import configuration
from components.server.configuration import NotReady, refuse_unless_migrated
from db.engine import make_engine


def starts_on(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    monkeypatch.setattr(configuration, "engine", lambda: engine)
    refuse_unless_migrated()


def test_a_sound_base_lets_the_server_start(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch):
    starts_on(monkeypatch, sqlite_engine)


def test_a_base_that_is_missing_stops_it_and_no_empty_one_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with pytest.raises(NotReady, match=r"il n'y a pas de base de données à sa place .*python -m db restore"):
        starts_on(monkeypatch, make_engine(f"sqlite:///{tmp_path / 'absente.db'}"))
    assert list(tmp_path.iterdir()) == []


def test_a_base_that_can_only_be_read_stops_it(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch):
    protected = make_engine(sqlite_engine.url.render_as_string())
    event.listen(protected, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    with pytest.raises(NotReady, match=r"Balise n'a pas démarré\. La base est en lecture seule"):
        starts_on(monkeypatch, protected)


@pytest.mark.parametrize("content", [b"plus rien de lisible" * 500, b"SQLite format 3\x00" + b"\x7f" * 8192])
def test_a_damaged_base_stops_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes):
    (tmp_path / "abimee.db").write_bytes(content)
    with pytest.raises(NotReady, match="Le fichier de la base est abîmé"):
        starts_on(monkeypatch, make_engine(f"sqlite:///{tmp_path / 'abimee.db'}"))


def test_a_base_in_which_somebody_writes_for_long_does_not(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch):
    event.listen(sqlite_engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"))
    with closing(sqlite3.connect(str(sqlite_engine.url.database), isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        starts_on(monkeypatch, sqlite_engine)


@pytest.mark.postgresql
def test_a_server_of_databases_that_does_not_answer_stops_it(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(NotReady, match="ne répond pas"):
        starts_on(monkeypatch, make_engine("postgresql://127.0.0.1:1/balise"))
