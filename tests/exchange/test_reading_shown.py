"""The workbook of a plan says which of its two readings it holds."""

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from db.commands.publish import publish_point
from db.engine import reading, writing
from db.exchange.export import HELP_SHEET, SHOWN, plan_workbook
from db.exchange.identity import WORKSHEET
from db.rules.access import Role
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON

POINT = date(2026, 9, 30)


def shown(engine: Engine, viewer: Viewer, plan: Plan) -> list[str]:
    """What each sheet that says it says of the reading."""
    with reading(engine) as session:
        content = plan_workbook(session, viewer, plan.initiative_id, ON)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [row for name in (WORKSHEET, HELP_SHEET) for row in book.get_sheet_by_name(name).to_python()]
    return [str(row[1]) for row in rows if row[0] == SHOWN]


@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        (Role.SIGNATORY, "Aucun point n'est encore publié.", "Point du 30/09/2026, « Point de rentrée »."),
        (
            Role.COORDINATOR,
            "En préparation : aucun point n'est encore publié.",
            "En préparation, depuis le point du 30/09/2026, « Point de rentrée ».",
        ),
    ],
)
def test_a_workbook_says_which_point_it_shows(
    sqlite_engine: Engine, viewer: Viewer, role: Role, before: str, after: str
) -> None:
    plan = plan_in(sqlite_engine, viewer)
    who = Viewer(viewer.actor_id, ((plan.initiative_id, role),))
    assert shown(sqlite_engine, who, plan) == [before, before]
    with writing(sqlite_engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point de rentrée", as_of=POINT)
    assert shown(sqlite_engine, who, plan) == [after, after]
