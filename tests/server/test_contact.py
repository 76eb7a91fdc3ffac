from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from components.server.contact import SECURITY, expiry
from components.server.stack import ROUTES
from db.settings import Access, settings
from tests.server.asgi import ask, scope_of

APP = Starlette(routes=ROUTES)


def test_a_shared_installation_says_who_answers_for_its_security_and_until_when(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings(), "access", Access.ACCOUNTS)
    monkeypatch.setattr(settings(), "public_url", "https://balise.ville.example")
    answer, _ = ask(APP, scope_of(SECURITY))
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert said["Contact"] == "https://balise.ville.example/mentions-legales"
    assert said["Canonical"] == "https://balise.ville.example/.well-known/security.txt"
    assert set(said) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}


def test_a_machine_that_nobody_else_reaches_has_none():
    assert ask(APP, scope_of(SECURITY))[0].status == 404


def test_it_holds_for_less_than_a_year_and_its_end_does_not_move_within_a_day():
    morning, night = (datetime(2026, 10, 1, hour, 30, tzinfo=UTC) for hour in (0, 23))
    assert expiry(morning) == expiry(night) == datetime(2027, 3, 30, tzinfo=UTC)
