"""Backups on the server: one a day by itself, and each downloaded by who administers alone."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from components.server import lifespan
from components.server.stack import MIDDLEWARE, ROUTES
from db import shelf
from db.engine import make_engine
from db.portable import box
from db.rules.backups import BackupKind
from db.settings import settings
from tests.builders import colleague, plan_in
from tests.conftest import Databases, viewer_in
from tests.pages.opening import on_database
from tests.server.asgi import LOCAL_HOST, Answer, ask, scope_of

APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)


@pytest.fixture
def base(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "balise.db"
    shutil.copyfile(databases.template("sqlite").removeprefix("sqlite:///"), path)
    made = make_engine(f"sqlite:///{path}")
    with on_database(made):
        yield made


def get(path: str, *cookies: tuple[str, str]) -> Answer:
    headers = (*LOCAL_HOST, *(("cookie", f"{name}={value}") for name, value in cookies))
    return ask(APP, scope_of(path, headers=headers))[0]


def test_a_backup_is_downloaded_whole_and_kept_by_no_cache(base: Engine):
    made = shelf.save(base, BackupKind.BY_HAND)
    answer = get(f"/export/sauvegarde/{made.name}")
    assert (answer.status, answer.body) == (200, made.read_bytes())
    assert answer.headers["content-disposition"] == f'attachment; filename="{made.name}"'
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("name", ["balise.db", "../balise.db", "..%2Fbalise.db", "%2e%2e/balise.db", "/etc/passwd", ""])
def test_no_address_leads_to_another_file(base: Engine, name: str):
    shelf.save(base, BackupKind.BY_HAND)
    answer = get(f"/export/sauvegarde/{name}")
    assert answer.status in (403, 404)
    assert b"SQLite" not in answer.body


def test_a_backup_is_refused_to_who_coordinates_without_saying_whether_it_exists(
    base: Engine, monkeypatch: pytest.MonkeyPatch
):
    made = shelf.save(base, BackupKind.BY_HAND)
    colleague(base, "camille")
    monkeypatch.setattr(settings(), "test_sign_in", True)
    answers = [get(f"/export/sauvegarde/{name}", ("balise_test_person", "camille")) for name in (made.name, "x.db")]
    assert [answer.status for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text


def test_a_server_that_runs_makes_the_backup_of_the_day_and_stops_at_once(base: Engine):
    async def for_a_moment() -> None:
        keeping = asyncio.create_task(lifespan.keep_backups(first=0, between=3600))
        while not shelf.kept(base):
            assert not keeping.done()
            await asyncio.sleep(0)
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping

    asyncio.run(for_a_moment())
    assert [item.kind for item in shelf.kept(base)] == [BackupKind.AUTOMATIC]


def test_whatever_happens_to_a_backup_the_next_is_tried(base: Engine, monkeypatch: pytest.MonkeyPatch):
    tried: list[Engine] = []

    def fails(of: Engine) -> None:
        tried.append(of)
        raise RuntimeError("imprévu")

    monkeypatch.setattr(shelf, "keep_daily", fails)

    async def for_a_moment() -> None:
        keeping = asyncio.create_task(lifespan.keep_backups(first=0, between=0))
        while len(tried) < 3:
            await asyncio.sleep(0)
        keeping.cancel()

    asyncio.run(for_a_moment())


def test_a_demarche_is_downloaded_whole_and_kept_by_no_cache(base: Engine):
    plan_in(base, viewer_in(base), code="essai")
    answer = get("/export/archive/essai")
    assert answer.status == 200
    assert box.read(answer.body).held.code == "essai"
    assert answer.headers["content-disposition"].startswith('attachment; filename="essai-')
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_demarche_is_refused_to_who_coordinates_it_in_the_words_of_one_that_is_not(
    base: Engine, monkeypatch: pytest.MonkeyPatch
):
    plan_in(base, viewer_in(base), code="essai")
    colleague(base, "camille")
    monkeypatch.setattr(settings(), "test_sign_in", True)
    answers = [get(f"/export/archive/{code}", ("balise_test_person", "camille")) for code in ("essai", "autre")]
    assert [answer.status for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text
    assert get("/export/archive/autre", ("balise_test_person", "local")).text == answers[0].text
