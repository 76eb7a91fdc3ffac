import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from components.server import configuration, errors, exports, health
from components.server.stack import MIDDLEWARE, ROUTES
from db.errors import Invalid, Refused
from tests.server.asgi import Answer, ask, scope_of

APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE, exception_handlers={KeyError: errors.answer_failure})


def get(path: str) -> Answer:
    return ask(APP, scope_of(path))[0]


@contextmanager
def memory() -> Iterator[Session]:
    with Session(create_engine("sqlite://")) as session:
        yield session


@contextmanager
def unreachable() -> Iterator[Session]:
    raise OperationalError("SELECT 1", {}, Exception("no server at db.example"))
    yield


def test_health_is_good_when_the_database_answers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "reading", memory)
    answer = get("/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"etat": "ok"})


def test_health_is_bad_and_says_nothing_more_when_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "reading", unreachable)
    answer = get("/healthz")
    assert (answer.status, json.loads(answer.body)) == (503, {"etat": "base injoignable"})


def test_an_export_is_handed_its_identifier_and_is_not_stored(monkeypatch: pytest.MonkeyPatch):
    def handler(_request: Request, identifier: str) -> Response:
        return PlainTextResponse(f"plan {identifier}")

    monkeypatch.setitem(exports.EXPORTS, "essai", handler)
    answer = get("/export/essai/cls-durance.xlsx")
    assert (answer.status, answer.text) == (200, "plan cls-durance.xlsx")
    assert answer.headers["cache-control"] == "private, no-store"


def test_an_unknown_export_says_what_to_do():
    answer = get("/export/inconnu/1")
    assert answer.status == 404
    assert "Revenez à la page" in answer.text


@pytest.mark.parametrize(("error", "status"), [(Refused("Pas pour vous."), 403), (Invalid("Pas possible."), 400)])
def test_an_export_that_cannot_be_had_says_why(monkeypatch: pytest.MonkeyPatch, error: Exception, status: int):
    def handler(_request: Request, _identifier: str) -> Response:
        raise error

    monkeypatch.setitem(exports.EXPORTS, "essai", handler)
    answer = get("/export/essai/1")
    assert (answer.status, str(error) in answer.text) == (status, True)


def test_a_broken_export_gives_a_number_that_the_log_knows(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def handler(_request: Request, _identifier: str) -> Response:
        raise KeyError("secret")

    monkeypatch.setitem(exports.EXPORTS, "essai", handler)
    with caplog.at_level(logging.ERROR, "balise.incident"):
        answer = get("/export/essai/1")
    number = re.search(r"incident ([0-9A-F]{6})", answer.text)
    assert answer.status == 500
    assert "secret" not in answer.text
    assert number is not None
    assert number[1] in caplog.text


def test_a_broken_page_says_what_was_kept_and_a_number_that_the_log_knows(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    said: list[str] = []
    monkeypatch.setattr(st, "error", said.append)
    with caplog.at_level(logging.ERROR, "balise.incident"):
        assert errors.explain(ValueError("/srv/balise/db.py")) is True
    assert "Ce qui était enregistré l'est toujours" in said[0]
    assert "/srv" not in said[0]
    assert re.findall("[0-9A-F]{6}", said[0])[0] in caplog.text


def test_a_refusal_that_reaches_the_page_is_said_in_its_own_words(monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    monkeypatch.setattr(st, "warning", said.append)
    assert errors.explain(Refused("Cette fiche n'est pas partagée avec vous.")) is True
    assert said == ["Cette fiche n'est pas partagée avec vous."]


def test_a_server_without_the_shipped_configuration_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    shipped = dict(configuration.SHIPPED)
    monkeypatch.setattr(configuration.config, "get_option", shipped.__getitem__)
    configuration.refuse_unless_shipped(tmp_path)
    shipped["client.showErrorDetails"] = "full"
    with pytest.raises(configuration.NotReady, match=r"client\.showErrorDetails.*make run"):
        configuration.refuse_unless_shipped(tmp_path)


@pytest.mark.parametrize(("found", "word"), [(None, "est vide"), ("0000", "autre version")])
def test_a_server_does_not_start_on_a_database_of_another_version(
    monkeypatch: pytest.MonkeyPatch, sqlite_engine: Engine, found: str | None, word: str
):
    monkeypatch.setattr(configuration, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(configuration.migrate, "current", lambda _engine: found)
    with pytest.raises(configuration.NotReady, match=f"{word}.*python -m db init"):
        configuration.refuse_unless_migrated()
