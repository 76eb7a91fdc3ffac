"""The one place where Streamlit meets the database: viewer, revisions, today, cached reads (`read`), acts (`act`).

A cached read is keyed by everything its answer depends on: the query, the viewer's scope, the revisions it reads, the
day and its parameters; so neither rights, nor an unpublished entry, nor yesterday can leak.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from db import journal
from db.engine import reading, writing
from db.errors import BaliseError, Refused
from db.queries import initiatives, scopes_of
from db.rules.initiative import Header, InitiativeChoice
from db.viewer import UNKNOWN, Viewer, local_viewer

Answer = TypeVar("Answer")

CHOSEN = "demarche"
VIEW = "vue"
NOTICE = "workspace_notice"
PUBLISHED, PREPARATION = "publie", "preparation"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the last act did, to be said once on the page that follows."""

    message: str
    is_refusal: bool = False
    details: tuple[str, ...] = ()


def viewer() -> Viewer:
    """Who looks at this session, showing what the reading chosen in the hall allows."""
    person = _viewer_at(_revisions(("rights",)), _clock("Europe/Paris"))
    return person.as_reader() if st.session_state.get(VIEW) == PUBLISHED else person


def choices() -> tuple[InitiativeChoice, ...]:
    """The démarches this viewer may open."""
    return _read(initiatives.choices, None, None)


def chosen() -> InitiativeChoice | None:
    """The démarche chosen in the hall; None when there is none to choose."""
    available = choices()
    code = st.session_state.get(CHOSEN)
    return next((choice for choice in available if choice.code == code), available[0] if available else None)


def initiative() -> InitiativeChoice:
    """The démarche chosen in the hall. Pages are only reached with one; anything else is told and stopped."""
    found = chosen()
    if found is None:
        st.info(UNKNOWN)
        st.stop()
    return found


def header() -> Header:
    """What the head of the page says of the démarche chosen."""
    return read(initiatives.header)


def today(choice: InitiativeChoice) -> date:
    """The day it is for a démarche: its reference date when it has one, else the day in its own time zone."""
    return choice.reference_date or _clock(choice.time_zone)


def read(query: Callable[..., Answer], *parameters: Any) -> Answer:
    """What a query answers for the démarche chosen, today: `query(session, viewer, initiative_id, on, *parameters)`.

    Parameters are ids, dates and words, never frames. A thing that is not the viewer's is told and stops the page.
    """
    choice = initiative()
    return _read(query, choice.id, today(choice), *parameters)


def draw(build: Callable[..., Answer], query: Callable[..., Any], *options: Any) -> Answer:
    """What a pure function makes of a query's answer: `build(answer, *options)`, kept ready under the query's own key.

    Made for the specifications of charts; `options` are words and flags (the appearance, a view).
    """
    choice = initiative()
    key = (_name(build), _key(query, choice.id, today(choice), ()), options)
    return _drawn(key, build, query, choice.id, today(choice), options)  # type: ignore[no-any-return]


def act(command: Callable[..., Any], *parameters: Any, told: str | None = None, **named: Any) -> bool:
    """Run a command in one transaction and keep what must be said of it for `notices`. True when it was done.

    The only caller of commands. The whole transaction lies inside this call, made from a widget's callback, because
    Streamlit may interrupt a script between two of its own calls.
    """
    try:
        with writing() as session:
            command(session, viewer(), *parameters, **named)
    except BaliseError as error:
        st.session_state[NOTICE] = Notice(error.message, True, getattr(error, "details", ()))
        return False
    if told:
        st.session_state[NOTICE] = Notice(told)
    return True


def notices() -> None:
    """Say what the last act did, once."""
    notice: Notice | None = st.session_state.pop(NOTICE, None)
    if notice is None:
        return
    show = st.error if notice.is_refusal else st.success
    show("\n\n".join([notice.message, *notice.details]))


def _read(query: Callable[..., Answer], initiative_id: int | None, on: date | None, *parameters: Any) -> Answer:
    key = _key(query, initiative_id, on, parameters)
    try:
        return _answered(key, query, viewer(), _arguments(initiative_id, on, parameters))  # type: ignore[no-any-return]
    except Refused as refusal:
        st.info(refusal.message)
        st.stop()


def _key(query: Callable[..., Any], initiative_id: int | None, on: date | None, parameters: tuple[Any, ...]) -> Any:
    revisions = _revisions(scopes_of(query, initiative_id))
    return (_name(query), viewer().scope_key, revisions, initiative_id, on, parameters)


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _arguments(initiative_id: int | None, on: date | None, parameters: tuple[Any, ...]) -> tuple[Any, ...]:
    return parameters if initiative_id is None else (initiative_id, on, *parameters)


@st.cache_data(max_entries=4000, show_spinner=False)
def _answered(key: Any, _query: Callable[..., Any], _viewer: Viewer, _arguments: tuple[Any, ...]) -> Any:
    with reading() as session:
        return _query(session, _viewer, *_arguments)


@st.cache_data(max_entries=4000, show_spinner=False)
def _drawn(
    key: Any, _build: Callable[..., Any], _query: Callable[..., Any], _about: int, _on: date, _options: Any
) -> Any:
    return _build(_read(_query, _about, _on), *_options)


@st.cache_data(max_entries=1000, show_spinner=False)
def _viewer_at(revisions: tuple[int, ...], day: date) -> Viewer:
    with reading() as session:
        return local_viewer(session, day)


def _revisions(scopes: tuple[str, ...]) -> tuple[int, ...]:
    with reading() as session:
        return journal.revisions(session, scopes)


def _clock(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()
