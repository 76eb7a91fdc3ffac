"""What is kept in memory of what the database answered, under everything that the answer depends on.

Answers are frozen and keys are hashable: an ordinary `lru_cache` answers in a microsecond where Streamlit's own takes
half a millisecond.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from db import journal
from db.engine import engine, reading
from db.queries import initiatives
from db.rights import Operation
from db.rules.initiative import InitiativeChoice
from db.viewer import Viewer, viewer_named

KEPT_ANSWERS = 400
OF_PEOPLE = 256


@lru_cache(maxsize=KEPT_ANSWERS)
def answered(
    on: Engine,
    query: Callable[..., Any],
    looking: Viewer,
    _revisions: tuple[int, ...],
    *about: Any,
) -> Any:
    """An answer, kept under everything it depends on; `_revisions` is there for the key alone."""
    with reading(on) as session:
        return query(session, looking, *about)


@lru_cache(maxsize=KEPT_ANSWERS)
def drawn(
    on: Engine,
    build: Callable[..., Any],
    query: Callable[..., Any],
    looking: Viewer,
    revisions: tuple[int, ...],
    initiative_id: int,
    day: date,
    options: tuple[Any, ...],
) -> Any:
    """What a pure function makes of an answer, kept under the same."""
    return build(answered(on, query, looking, revisions, initiative_id, day), *options)


@lru_cache(maxsize=OF_PEOPLE)
def viewer_at(on: Engine, login: str, revision: int, day: date) -> Viewer:
    """The viewer behind the account of this login, on a day, where rights stand at this revision."""
    with reading(on) as session:
        return viewer_named(session, login, day)


@lru_cache(maxsize=OF_PEOPLE)
def choices_at(on: Engine, revision: int, looking: Viewer) -> tuple[InitiativeChoice, ...]:
    """The démarches that a viewer may open, where they stand at this revision."""
    with reading(on) as session:
        return initiatives.choices(session, looking)


@lru_cache(maxsize=OF_PEOPLE)
def written_at(on: Engine, revision: int, looking: Viewer) -> tuple[InitiativeChoice, ...]:
    """Those of them where they may write."""
    choices = choices_at(on, revision, looking)
    return tuple(choice for choice in choices if looking.may(Operation.WRITE, choice.id))


def revisions_now(code: str | None) -> Mapping[str, int]:
    """Where the common revisions and those of a démarche are at this moment."""
    with engine().connect() as connection:
        return journal.standing(connection, code)


def clock(zone: str) -> date:
    """The day it is in a time zone."""
    return datetime.now(ZoneInfo(zone)).date()
