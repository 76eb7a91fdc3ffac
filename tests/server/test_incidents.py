"""Whatever breaks, what is told bears no path, no query, no name of the program, and the log keeps it all."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound, OperationalError, ProgrammingError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from components.server import errors, exports
from components.server.stack import MIDDLEWARE, ROUTES
from tests.server.asgi import ask, scope_of

SQL = "SELECT person_detail.name FROM person_detail WHERE id = 7"
FAILURES: list[Callable[[], Exception]] = [
    lambda: OperationalError(SQL, {"id": 7}, Exception("no such table: person_detail")),
    lambda: OperationalError(SQL, {}, Exception("disk I/O error: /srv/balise/data/balise.db")),
    lambda: ProgrammingError(SQL, {}, Exception('relation "person_detail" does not exist')),
    lambda: IntegrityError(SQL, {}, Exception("UNIQUE constraint failed: person_detail.person_id")),
    lambda: DBAPIError(SQL, {}, Exception("could not connect to postgresql://balise:secret@10.0.0.3")),
    lambda: NoResultFound(SQL),
    lambda: FileNotFoundError(2, "No such file or directory", "/srv/balise/data/balise.db"),
    lambda: PermissionError(13, "Permission denied", "/srv/balise/.env"),
    lambda: ImportError("cannot import name 'engine' from 'db.engine' (/srv/balise/db/engine.py)"),
    lambda: KeyError("person_detail.name"),
    lambda: ValueError("secret: /srv/balise"),
    lambda: AttributeError("'NoneType' object has no attribute 'person_detail'"),
    lambda: RecursionError("/srv/balise maximum recursion depth exceeded"),
    lambda: AssertionError(SQL),
    lambda: UnicodeDecodeError("utf-8", b"/srv/balise", 0, 1, "person_detail"),
]
REVEALING = re.compile(r"/srv|\.py|SELECT|person_detail|secret|sqlite|postgres|Error|Traceback|object", re.I)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_page_that_breaks_reveals_nothing(failure: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    for name in ("error", "warning"):
        monkeypatch.setattr(st, name, said.append)
    assert errors.explain(failure()) is True
    assert len(said) == 1
    assert REVEALING.findall(said[0]) == []


@pytest.mark.parametrize("failure", FAILURES)
def test_a_route_that_breaks_reveals_nothing_and_keeps_its_armour(
    failure: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def handler(_request: Request, _identifier: str) -> Response:
        raise failure()

    monkeypatch.setitem(exports.EXPORTS, "essai", handler)
    with caplog.at_level(logging.ERROR, "balise.incident"):
        answer, _ = ask(Starlette(routes=ROUTES, middleware=MIDDLEWARE), scope_of("/export/essai/1"))
    words = re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)
    assert (answer.status, REVEALING.findall(words)) in [(500, []), (503, [])]
    assert "content-security-policy" in answer.headers
    assert answer.status == 503 or re.findall("incident ([0-9A-F]{6})", words)[0] in caplog.text


def test_a_file_that_breaks_while_it_flows_is_cut_not_finished_as_another(monkeypatch: pytest.MonkeyPatch):
    def broken() -> Iterator[bytes]:
        yield b"moiti"
        raise OSError("/srv/balise")

    monkeypatch.setitem(exports.EXPORTS, "essai", lambda _request, _identifier: StreamingResponse(broken()))
    with pytest.raises(OSError, match="/srv"):
        ask(Starlette(routes=ROUTES, middleware=MIDDLEWARE), scope_of("/export/essai/1"))
