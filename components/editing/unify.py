"""Beside the partners of a fiche: two names that are one structure, made one everywhere."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import workspace
from components.text import escape

KEPT, OTHER = "unify_kept", "unify_other"


def show(organisations: Sequence[str], unify: Callable[..., Any]) -> None:
    """Which name stays and which joins it; what follows is said before, and taken back after."""
    with st.expander("Deux noms pour une même structure ?", key="unify", on_change="rerun") as opened:
        if not opened.open:
            return
        other = st.selectbox("Ce nom…", organisations, index=None, key=OTHER, placeholder="Choisir")
        kept = st.selectbox("… est celui de", organisations, index=None, key=KEPT, placeholder="Choisir")
        if other and kept and other != kept:
            st.caption(
                f"Dans toutes les démarches, ce qui est dit de « {escape(other)} » le sera de « {escape(kept)} » ; "
                "l'ancien nom restera reconnu."
            )
        st.button(
            "Réunir",
            icon=":material/merge:",
            disabled=not (other and kept and other != kept),
            on_click=_unify,
            args=(unify,),
        )


def _unify(unify: Callable[..., Any]) -> None:
    kept, other = st.session_state[KEPT], st.session_state[OTHER]
    told = f"« {escape(other)} » et « {escape(kept)} » sont réunies."
    workspace.act(unify, initiative_id=workspace.initiative().id, kept=kept, other=other, told=told)
