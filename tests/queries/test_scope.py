"""Every query is asked as somebody to whom nothing was opened, and as a reader of another plan."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from db import queries
from db.commands.initiatives import create_initiative
from db.engine import reading, writing
from db.errors import Refused
from db.queries import SCOPES_READ
from db.rules.vocabulary import Role
from db.viewer import Viewer

ON = date(2026, 10, 1)
DEMO = 1
ASKED = {
    "placement_id": 1,
    "sheet_id": 1,
    "page": 1,
    "digest": "x",
    "initiative_id": DEMO,
    "on": ON,
    "code": "demo",
    "titles": ("Animer le CLS et ses instances",),
}
EMPTY = (None, (), [], {}, 0, False)


def readers() -> list[Callable[..., Any]]:
    """Every query that says what it reads."""
    found = []
    for module in pkgutil.iter_modules(queries.__path__, "db.queries."):
        for function in vars(importlib.import_module(module.name)).values():
            if inspect.isfunction(function) and function.__module__ == module.name and hasattr(function, SCOPES_READ):
                found.append(function)
    return found


def asked(query: Callable[..., Any], session: Any, viewer: Viewer) -> Any:
    """The query asked about the demonstration."""
    names = [name for name in inspect.signature(query).parameters if name not in ("session", "viewer")]
    return query(session, viewer, *(ASKED[name] for name in names))


def test_the_product_has_queries_to_ask() -> None:
    assert len(readers()) >= 6


@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_nothing_is_shown_to_who_was_given_nothing(query: Callable[..., Any], sqlite_demo: Engine) -> None:
    with reading(sqlite_demo) as session:
        try:
            answer = asked(query, session, Viewer(actor_id=1))
        except Refused:
            return
    assert answer in EMPTY or not any(getattr(answer, "acts", ()) or ()), query.__name__


@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_a_plan_is_closed_to_the_reader_of_another(query: Callable[..., Any], own_demo: Engine, viewer: Viewer) -> None:
    with writing(own_demo) as session:
        other = create_initiative(session, viewer, name="Un autre contrat").id
    neighbour = Viewer(actor_id=1, roles=((other, Role.SIGNATORY),))
    with reading(own_demo) as session:
        try:
            answer = asked(query, session, neighbour)
        except Refused:
            return
    told = [choice.code for choice in answer] if query.__name__ == "choices" else answer
    assert told in EMPTY or told == ["un-autre-contrat"], query.__name__


def test_a_query_says_what_it_reads_and_takes_its_viewer_second() -> None:
    for query in readers():
        assert list(inspect.signature(query).parameters)[:2] == ["session", "viewer"], query.__name__
