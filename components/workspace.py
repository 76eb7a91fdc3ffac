"""The one place where Streamlit meets the database: viewer, revisions, today, cached reads (`read`), acts (`act`).

A cached read is keyed by everything its answer depends on: the query, the viewer, the revisions it reads, the day and
its parameters; so neither rights, nor an unpublished entry, nor yesterday can leak.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import monotonic
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from components import formats
from components.notice import Notice, taken_back
from components.server.identity import NO_LONGER, Caller, caller
from components.server.kept import answered, choices_at, clock, drawn, revisions_now, viewer_at, written_at
from db import journal
from db.commands import drafts
from db.commands.undo import undo_act
from db.engine import engine, reading, writing
from db.errors import BaliseError, ChangedSince, Conflict, Refused
from db.queries import initiatives, scopes_of
from db.queries.sheet import initiative_of_placement
from db.rules.forms import OpenDraft, Written, digest
from db.rules.initiative import MAINLAND, Header, InitiativeChoice
from db.rules.sharing import OpenLink
from db.rules.text import an_id
from db.viewer import UNKNOWN, Viewer, viewer_by_link

Answer = TypeVar("Answer")

CHOSEN = "demarche"
ADDRESS = "workspace_address"
VIEW = "vue"
NOTICE, JUST = "workspace_notice", "workspace_just_done"
KEPT = "workspace_standing"
A_MOMENT = 0.25  # seconds
DRAFT = "brouillon"
PUBLISHED, PREPARATION = "Publié", "En préparation"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where things stand at this moment: who is there, the revisions, who looks, what they may open and have opened."""

    caller: Caller
    revisions: Mapping[str, int]
    viewer: Viewer
    choices: tuple[InitiativeChoice, ...]
    chosen: InitiativeChoice | None

    def at(self, query: Callable[..., Any], initiative_id: int) -> tuple[int, ...]:
        """Where the revisions that this query reads are."""
        return tuple(self.revisions.get(scope, 0) for scope in scopes_of(query, initiative_id))


def standing() -> Standing:
    """Where things stand: asked of the database once a run, and again when the run has lasted or something was chosen.

    A fragment that runs alone asks again too, so that nothing older than a moment is ever shown.
    """
    code = st.session_state.get(CHOSEN)
    view = st.session_state.get(VIEW) or st.query_params.get(VIEW, PUBLISHED)
    kept: tuple[float, Any, Any, Standing] | None = st.session_state.get(KEPT)
    if kept is not None and kept[1:3] == (code, view) and monotonic() - kept[0] < A_MOMENT:
        return kept[3]
    now = _standing(code, published_only=view == PUBLISHED)
    st.session_state[KEPT] = (monotonic(), code, view, now)
    return now


def begin() -> None:
    """A page is about to be drawn whole: where things stand is asked anew."""
    st.session_state.pop(KEPT, None)


def _standing(code: str | None, *, published_only: bool) -> Standing:
    """The committee's view is only that of a démarche of which something was published."""
    revisions = revisions_now(code)
    who, rights = caller(lambda: st.context.cookies), revisions.get("rights", 0)
    if who.link is not None:
        person = viewer_by_link(who.link)
    else:
        person = viewer_at(engine(), who.login, rights, clock(MAINLAND)) if who.login else Viewer(who.actor_id)
    available = choices_at(engine(), revisions.get("initiatives", 0), person)
    chosen = next((choice for choice in available if choice.code == code), None)
    if chosen is None and available:
        chosen = available[0]
        revisions = revisions_now(chosen.code)
    as_committee = published_only and chosen is not None and chosen.is_published
    return Standing(who, revisions, person.as_reader() if as_committee else person, available, chosen)


def signed_in() -> bool:
    """Whether somebody is there: always in local mode, and else until their session ends, whatever ends it."""
    return standing().caller.login is not None


def link() -> OpenLink | None:
    """The link by which this page is read, by who is not signed in; it may show nothing more."""
    return standing().caller.link


def session_now(*, counts: bool = True) -> Caller:
    """Who is there at this very moment; unless `counts` is false, it keeps their session open."""
    return caller(lambda: st.context.cookies, counts=counts)


def viewer() -> Viewer:
    """Who looks at this session, showing what the reading chosen in the hall allows."""
    return standing().viewer


def prepares() -> bool:
    """Whether this person may see what is being prepared in the démarche that is open, and so choose what is shown."""
    now = standing()
    return now.chosen is not None and now.viewer.sees_preparation(now.chosen.id)


def choices() -> tuple[InitiativeChoice, ...]:
    """The démarches this viewer may open."""
    return standing().choices


def chosen() -> InitiativeChoice | None:
    """The démarche chosen in the hall; None when there is none to choose."""
    return standing().chosen


def initiative() -> InitiativeChoice:
    """The démarche chosen in the hall. Pages are only reached with one; anything else is told and stopped."""
    return _opened(standing())


def follow_sheet(placement: str | None) -> None:
    """Open the démarche in which this sheet stands, before the chooser is drawn; an unknown sheet changes nothing."""
    key = an_id(placement)
    if key is None:
        return
    with reading() as session:
        code = initiative_of_placement(session, standing().viewer, key)
    if code is not None:
        st.session_state[CHOSEN] = st.session_state[ADDRESS] = st.query_params[CHOSEN] = code


def follow_address() -> str | None:
    """Open the démarche that the address names when it has changed, before the chooser is drawn.

    Gives the code that was asked when no such démarche may be opened, so that another is never shown in silence.
    Streamlit would write the label of a bound chooser in the address; the short code is what people send each other.
    """
    asked = st.query_params.get(CHOSEN)
    if asked is not None and asked != st.session_state.get(ADDRESS):
        st.session_state[CHOSEN] = asked
    wanted, here = st.session_state.get(CHOSEN), initiative().code
    st.session_state[CHOSEN] = st.session_state[ADDRESS] = here
    return wanted if wanted not in (None, here) else None


def write_address() -> None:
    """Say in the address which démarche is open."""
    st.session_state[ADDRESS] = st.query_params[CHOSEN] = initiative().code


def header() -> Header:
    """What the head of the page says of the démarche chosen."""
    return read(initiatives.header)


def today(choice: InitiativeChoice) -> date:
    """The day it is for a démarche: its reference date when it has one, else the day in its own time zone."""
    return choice.reference_date or clock(choice.time_zone)


def read(query: Callable[..., Answer], *parameters: Any) -> Answer:
    """What a query answers for the démarche chosen, today: `query(session, viewer, initiative_id, on, *parameters)`.

    Parameters are ids, dates and words, never frames; answers are frozen, and shared by all who may see them. What is
    not the viewer's is told and stops the page.
    """
    return _asked(standing(), query, parameters)


def writes_in() -> tuple[InitiativeChoice, ...]:
    """The démarches where this person may write, whichever reading of them is chosen."""
    now = standing()
    return written_at(engine(), now.revisions.get("initiatives", 0), replace(now.viewer, published_only=False))


def read_all(query: Callable[..., Answer]) -> Answer:
    """What a query answers over every démarche where this person may write, each on its own day:
    `query(session, viewer, days)`. What somebody has to do does not depend on the reading that is chosen."""
    now, days = standing(), tuple((choice.id, today(choice)) for choice in writes_in())
    person, revisions = replace(now.viewer, published_only=False), (now.revisions.get("all", 0),)
    return cast(Answer, answered(engine(), query, person, revisions, days))


def ask(query: Callable[[Session, Viewer], Answer]) -> Answer:
    """What a query answers at this very moment, never kept: for what moves no revision, as drafts do."""
    looking = viewer()
    with reading() as session:
        return query(session, looking)


def draw(build: Callable[..., Answer], query: Callable[..., Any], *options: Any) -> Answer:
    """What a pure function makes of a query's answer: `build(answer, *options)`, kept ready under the query's own key.

    Made for the specifications of charts; `options` are words and flags (the appearance, a view).
    """
    now = standing()
    choice = _opened(now)
    return cast(
        Answer, drawn(engine(), build, query, now.viewer, now.at(query, choice.id), choice.id, today(choice), options)
    )


def act(
    command: Callable[..., Any],
    *parameters: Any,
    told: str | None = None,
    once: str | None = None,
    closes: str | None = None,
    of: str | None = None,
    **named: Any,
) -> bool:
    """Run a command in one transaction and keep what must be said of it (`components.notices`). True when it was done.

    The only caller of commands. The whole transaction lies inside this call, made from a widget's callback, because
    Streamlit may interrupt a script between two of its own calls. What was done can be taken back from the notice,
    which is held outside the session's own values until it is there: another click may end this one in between.

    `once` is the key of a form: whatever is sent again with it is one act. `closes` is the draft of a form, closed with
    the act: the same values sent again are one act. `of` is that of a form whose command closes it by itself.
    """
    begin()  # who may write is asked anew: a session that has just ended writes nothing more
    looking = viewer()  # before the transaction: nothing inside it may be interrupted by Streamlit
    if not signed_in():
        st.session_state[NOTICE] = Notice(NO_LONGER, is_refusal=True)
        return False
    just: list[Notice] = st.session_state.setdefault(JUST, [])
    before = st.session_state.get(NOTICE)
    try:
        sent = once or (f"{closes}:{digest([parameters, named])}" if closes else None)
        done = _written(command, looking, parameters, named, sent, closes)
        just[:] = [Notice(told, act_id=done, form=closes or of)] if told and done is not None else []
    except BaliseError as error:
        st.session_state[NOTICE] = replace(_refusal(error), form=closes or of)
        return False
    finally:
        begin()
    if just:  # the same form sent again says nothing more than it did
        st.session_state[NOTICE] = just[0]
        just.clear()
    elif before is not None and (done is not None or before.is_refusal):
        st.session_state.pop(NOTICE, None)  # another act was done since, or what it refused has been settled
    return True


def _written(
    command: Callable[..., Any],
    looking: Viewer,
    parameters: tuple[Any, ...],
    named: Mapping[str, Any],
    once: str | None,
    closes: str | None,
) -> int | None:
    """Run a command in a transaction; the act it did, None when there was none left to do."""
    try:
        with writing() as session:
            if once is not None and not journal.once(session, once):
                return None
            command(session, looking, *parameters, **named)
            if closes is not None:
                drafts.close_draft(session, looking, closes)
            return journal.last_act(session)
    except IntegrityError:
        if once is None or not _is_done(once):
            raise
        return None  # the same form, sent at the same instant from elsewhere, was first


def _is_done(key: str) -> bool:
    with reading() as session:
        return not journal.once(session, key)


def _refusal(error: BaliseError) -> Notice:
    told = Notice(error.message, is_refusal=True)
    if isinstance(error, Conflict):
        told = replace(told, details=error.details, clashes=error.clashes)
    return replace(told, rest=error.act_id, is_redo=error.is_redo) if isinstance(error, ChangedSince) else told


def take_back(act_id: int, *, is_redo: bool = False, keep_changed: bool = False) -> None:
    """Take an act back, or do it again when it is an undo (`is_redo`). When something of it changed since, nothing is
    done and the rest is offered (`keep_changed`)."""
    before = st.session_state.get(NOTICE)
    words, key = taken_back(is_redo, keep_changed), f"undo:{act_id}"
    done = act(undo_act, act_id, keep_changed=keep_changed, told=words, once=key)
    notice: Notice | None = st.session_state.get(NOTICE)
    if done and notice is not None and notice is not before:
        st.session_state[NOTICE] = replace(notice, is_redo=not is_redo)


def draft(subject: str, base: Callable[[Session, Viewer], Mapping[str, Written]] | None = None) -> OpenDraft:
    """The draft of a form, resumed or opened; its key is kept in the address, so that this tab comes back to it.

    `base` gives what the fields hold now; a form that adds something has none.
    """
    looking = viewer()
    with reading() as session:
        found = drafts.find_draft(session, looking, subject, st.query_params.get(DRAFT))
    if found is None:
        with writing() as session:
            held = base(session, looking) if base is not None else {}
            found = drafts.start_draft(session, looking, subject, held)
    st.query_params[DRAFT] = found.key
    return found


def keep(key: str, typed: Mapping[str, Written], entries: Collection[str] = ()) -> OpenDraft | None:
    """Keep what was just typed in a draft (`drafts.keep`); None, and a notice, when it cannot be."""
    looking = viewer()
    try:
        with writing() as session:
            return drafts.keep(session, looking, key, typed, entries)
    except BaliseError as error:
        st.session_state[NOTICE] = Notice(error.message, True)
        return None


def rebase(key: str, seen: Mapping[str, Written]) -> None:
    """Note what others wrote that the person has now seen: the next save stands on it."""
    looking = viewer()
    if not signed_in():
        return
    with writing() as session:
        drafts.rebase(session, looking, key, seen)


def drop(key: str) -> None:
    """Forget a draft that its author abandons."""
    looking = viewer()
    with writing() as session:
        drafts.drop_draft(session, looking, key)
    st.query_params.pop(DRAFT, None)
    st.session_state.pop(NOTICE, None)


def saved_now() -> str:
    """« Enregistré à 14 h 32. », in the time zone of the démarche."""
    return f"Enregistré à {formats.clock(datetime.now(zone()), zone())}."


def zone() -> ZoneInfo:
    """The time zone of the démarche that is open, or of the mainland when there is none."""
    here = chosen()
    return ZoneInfo(here.time_zone if here else MAINLAND)


def _opened(now: Standing) -> InitiativeChoice:
    if now.chosen is None:
        st.info(UNKNOWN if now.caller.login else NO_LONGER)
        st.stop()
    return now.chosen


def _asked(now: Standing, query: Callable[..., Answer], parameters: tuple[Any, ...]) -> Answer:
    choice = _opened(now)
    revisions = now.at(query, choice.id)
    try:
        return cast(Answer, answered(engine(), query, now.viewer, revisions, choice.id, today(choice), *parameters))
    except Refused as refusal:
        st.info(refusal.message)
        st.stop()
