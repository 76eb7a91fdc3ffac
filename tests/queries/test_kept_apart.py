"""What is kept in memory for one person never answers another: each query, asked by who prepares, then by each role."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest
from sqlalchemy import Engine

from components.server.kept import answered
from db.engine import reading
from db.errors import Refused
from db.rules.access import Role
from db.viewer import Viewer
from tests.queries.test_scope import DEMO, asked, places, readers

REVISIONS = (1,)


def directly(query: Callable[..., Any], engine: Engine, viewer: Viewer) -> Any:
    with reading(engine) as session:
        return asked(query, session, viewer, *places(session, "2.2")["2.2"])


def through_memory(query: Callable[..., Any], engine: Engine, viewer: Viewer) -> Any:
    """The same answer, by way of what is kept, under revisions that do not move."""
    with reading(engine) as session:
        ids = places(session, "2.2")["2.2"]

    def keeping(session: Any, looking: Viewer, *about: Any) -> Any:
        return answered(engine, query, looking, REVISIONS, *about)

    keeping.__signature__ = signature(query)  # type: ignore[attr-defined]
    with reading(engine) as session:
        return asked(keeping, session, viewer, *ids)


def told(ask: Callable[..., Any], *question: Any) -> Any:
    try:
        return ask(*question)
    except Refused as refusal:
        return refusal.message


@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_what_is_kept_for_who_prepares_answers_no_other_role(query: Callable[..., Any], sqlite_demo: Engine) -> None:
    told(through_memory, query, sqlite_demo, Viewer(1, ((DEMO, Role.COORDINATOR),)))
    for role in Role:
        viewer = Viewer(1, ((DEMO, role),))
        for looking in (viewer, viewer.as_reader()):
            assert told(through_memory, query, sqlite_demo, looking) == told(directly, query, sqlite_demo, looking), (
                role
            )
