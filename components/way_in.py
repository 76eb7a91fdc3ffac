"""Signed in or not: what is said to who no longer is, and the watch that says it without a click.

The ways in are plain documents of the server: a link leaves the page for them whole, so that what follows starts anew.
"""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats, workspace
from db.models.base import now_utc
from db.rules.ways_in import IDLE, WARNED

LINK = Path(__file__).with_name("signed_out.html")
EVERY = 4  # seconds
GONE = (
    "Votre session a pris fin : vous vous êtes déconnecté, rien n'a été fait pendant une heure, ou votre accès a été "
    "fermé. Ce qui était enregistré l'est toujours, et ce que vous aviez tapé reste en brouillon."
)


def closed() -> None:
    """All that is shown to who is not signed in: why, and the way in, which comes back to this very page."""
    st.title("Vous n'êtes plus connecté", anchor=False)
    st.write(GONE)
    door()


def door() -> None:
    """The way in, a whole page load; it comes back to where it was."""
    st.html(LINK, width="content")


def watch() -> None:
    """Have the page notice by itself that its session was ended elsewhere, or its link of reading withdrawn; nothing
    where nobody signs in."""
    if workspace.link() is not None:
        _watch_link()
    elif workspace.standing().caller.session is not None:
        _watch()


@st.fragment(run_every=EVERY)
def _watch_link() -> None:
    link = workspace.session_now(counts=False).link
    if link is None or not link.is_open:
        st.rerun()


@st.fragment(run_every=EVERY)
def _watch() -> None:
    who = workspace.session_now(counts=False)
    if who.login is None or who.session is None:
        st.rerun()
    elif who.session.closes_at - now_utc() <= WARNED:
        can_stay = who.session.closes_at < who.session.ends_at
        with st.container(key="session_end"):
            st.warning(ending(who.session.closes_at, workspace.zone(), can_stay=can_stay))
            if can_stay:
                st.button("Rester connecté", key="stay_signed_in", on_click=_stay)


def _stay() -> None:
    workspace.session_now()


def ending(at: datetime, zone: ZoneInfo, *, can_stay: bool) -> str:
    """What is said a little before a session ends."""
    if can_stay:
        minutes = int(IDLE.total_seconds() // 60)
        return (
            f"Sans rien faire d'ici {formats.clock(at, zone)}, vous serez déconnecté : {minutes} minutes sans activité."
        )
    return f"Votre connexion prend fin à {formats.clock(at, zone)} : enregistrez, puis connectez-vous à nouveau."
