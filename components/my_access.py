"""Mon accès: where one is signed in, and how to end it there."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from components import formats, workspace
from components.text import escape
from db.rules.ways_in import SessionTold

LINK = Path(__file__).with_name("my_access.html")
CHANGED = "Votre mot de passe est changé ; vos autres connexions ont été fermées."
DONE = "fait"
NO_PASSWORD = (
    "Cette installation s'ouvre sans mot de passe, depuis la machine où elle tourne et de nulle part ailleurs : "
    "il n'y a ni connexion à fermer, ni mot de passe à changer."
)
Command = Callable[..., Any]


def show(login: str, here: int, open_ones: Sequence[SessionTold], end: Command, end_others: Command) -> None:
    """The sessions of one's own; `here` is that of this browser. `end` and `end_others` are commands."""
    if st.query_params.get(DONE):
        st.success(CHANGED)
    st.markdown(f"Votre identifiant : **{escape(login)}**.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Me déconnecter",
            icon=":material/logout:",
            key="sign_out",
            on_click=partial(_act, end, session_id=here),
        )
        st.html(LINK, width="content")
    st.header("Mes connexions", anchor=False)
    for one in open_ones:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"session_{one.id}"):
            st.markdown(session_words(one, is_here=one.id == here), width="stretch")
            if one.id != here:
                st.button(
                    "Fermer",
                    key=f"end_{one.id}",
                    help="Déconnecter ce navigateur",
                    on_click=partial(_act, end, session_id=one.id),
                )
    if len(open_ones) > 1:
        st.button("Fermer toutes les autres", key="end_others", on_click=partial(_act, end_others, kept=here))
    st.caption("Une connexion prend fin d'elle-même après une heure sans activité, et douze heures au plus.")


def _act(command: Command, **named: Any) -> None:
    workspace.act(command, **named)


def session_words(one: SessionTold, *, is_here: bool) -> str:
    """« **Firefox sur Windows** · vue le … ; ouverte le … »."""
    zone = workspace.zone()
    device = escape(one.device or "Navigateur inconnu")
    seen = "c'est celle-ci" if is_here else f"utilisée le {formats.instant(one.seen_at, zone)}"
    return f"**{device}** · {seen}  \n:gray[Ouverte le {formats.instant(one.opened_at, zone)}]"
