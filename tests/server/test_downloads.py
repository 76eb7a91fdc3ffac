from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from components.server import downloads, trials
from components.server.stack import MIDDLEWARE, ROUTES
from db.exchange.upload import read_bytes, understand_book
from db.exchange.workbook import read_workbook
from tests.builders import plan_in
from tests.conftest import ON, viewer_in
from tests.exchange.files import xlsx
from tests.pages.opening import on_database
from tests.server.asgi import Answer, ask, scope_of

APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
REFUSED = [["Titre de l'action", "Statut"], ["=Ateliers", "Engagée"]]


@pytest.fixture
def base(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        yield sqlite_engine


def get(path: str) -> Answer:
    return ask(APP, scope_of(path))[0]


def test_the_plan_of_a_demarche_is_a_workbook_that_can_be_read_back(base: Engine, tmp_path: Path):
    plan_in(base, viewer_in(base), code="essai")
    answer = get("/export/plan/essai")
    assert (answer.status, answer.headers["content-type"]) == (200, downloads.XLSX)
    assert answer.headers["content-disposition"].startswith('attachment; filename="plan-essai-')
    assert answer.headers["cache-control"] == "private, no-store"
    saved = tmp_path / "plan.xlsx"
    saved.write_bytes(answer.body)
    assert "Fiche 1.1" in [cell for sheet in read_workbook(saved).worksheets for row in sheet.rows for cell in row]


def test_a_demarche_that_is_not_the_viewer_s_is_refused_in_a_sentence(base: Engine):
    answer = get("/export/plan/inconnue")
    assert answer.status == 403
    assert "elle ne vous est pas ouverte" in answer.text


def test_the_problems_of_a_dry_run_leave_as_a_csv_that_a_spreadsheet_never_runs(base: Engine, tmp_path: Path):
    content = xlsx(tmp_path / "é plan.xlsx", REFUSED).read_bytes()
    incoming = understand_book(read_bytes(content, "é plan.xlsx"), None, None).draft
    trial = trials.run(viewer_in(base), ("csv",), incoming, None, ON)
    answer = get(f"/export/essai/{trial.token}")
    assert answer.status == 200
    assert answer.body.startswith(b"\xef\xbb\xbf")
    assert "Engagée" in answer.text
    assert "\n=" not in answer.text
    assert ";=" not in answer.text
    assert "filename*=UTF-8''%C3%A9%20plan-a-reprendre.csv" in answer.headers["content-disposition"]


def test_a_token_that_is_not_known_is_refused_in_a_sentence(base: Engine):
    answer = get("/export/essai/devine")
    assert answer.status == 403
    assert "déposez le fichier à nouveau" in answer.text
