"""« Organiser le plan » as a test opens it: what it says, what is pressed, what is then in the plan."""

import json
from typing import Any

from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.ordering import order_plan
from db.engine import reading, writing
from db.models import Axis, Placement
from db.queries.arranging import arrangement
from db.rules.arranging import Arrangement, Spot
from tests.builders import colleague
from tests.conftest import ON, viewer_in
from tests.pages.opening import opened, words

DEMO = 1


def page(view: str | None = None, **query: str) -> AppTest:
    asked = {"vue": workspace.PREPARATION, **({"organiser": view} if view else {}), **query}
    app = opened("arrange.py", **asked)
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    """All that the page says, notices and warnings too."""
    return words(app) + "\n".join(str(element.value) for element in [*app.success, *app.warning])


def button(app: AppTest, label: str) -> Any:
    return next(item for item in app.button if item.label == label)


def labels(app: AppTest) -> list[str]:
    return [item.label for item in app.button]


def field(app: AppTest, label: str) -> Any:
    return next(item for item in [*app.text_input, *app.selectbox] if item.label == label)


def plan(engine: Engine) -> Arrangement:
    with reading(engine) as session:
        found = arrangement(session, viewer_in(engine), DEMO, ON)
    assert found is not None
    return found


def key_of(engine: Engine, code: str) -> int:
    """Where the sheet of this number stands."""
    with reading(engine) as session:
        return session.scalars(
            select(Placement.id).where(Placement.code == code, Placement.archived_at.is_(None))
        ).one()


def axis_of(engine: Engine, code: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(Axis.id).where(Axis.code == code, Axis.archived_at.is_(None))).one()


def codes(engine: Engine) -> list[str | None]:
    return [sheet.code for sheet in plan(engine).sheets]


def typed(app: AppTest, edits: dict[int, dict[str, str]]) -> AppTest:
    """The page once these cells were left, as the browser tells it: by the rank of their row, and column."""
    states = app._tree.get_widget_states()
    state = states.widgets.add()
    state.id = app.data_editor[0].proto.id
    state.string_value = json.dumps({"edited_rows": edits, "added_rows": [], "deleted_rows": []})
    app._run(states)
    assert not app.exception
    return app


def moved_by_a_colleague(engine: Engine, which: str, **to: object) -> None:
    """Somebody else gives this sheet another number or place, from what is there now."""
    key, now = key_of(engine, which), plan(engine).seen()
    held = {"axis_id": now[key].axis_id, "code": now[key].code, "place": now[key].place_of(key)}
    camille = colleague(engine)
    with writing(engine) as session:
        order_plan(
            session,
            camille,
            initiative_id=DEMO,
            wanted={key: Spot(**{**held, **to})},  # type: ignore[arg-type]
            seen=now,
        )
