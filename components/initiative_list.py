"""Démarches as a list that can be searched, a page at a time."""

import streamlit as st

from components import formats, workspace
from components.text import escape
from db.rules.initiative import InitiativeChoice
from db.rules.text import fold

PER_PAGE = 25


def matching(choices: tuple[InitiativeChoice, ...], typed: str) -> list[InitiativeChoice]:
    """The démarches whose name holds every word typed, accents and case aside."""
    words = fold(typed).split()
    if not words:
        return list(choices)
    return [choice for choice in choices if all(word in fold(choice.label) for word in words)]


def show(choices: tuple[InitiativeChoice, ...]) -> None:
    """The démarches that match what is typed, each a link to its overview."""
    typed = st.text_input("Chercher une démarche", type="search", key="demarches_q", placeholder="Un nom, une commune")
    found = matching(choices, typed or "")
    st.caption(formats.out_of(len(found), len(choices), "démarche"))
    pages = max(1, -(-len(found) // PER_PAGE))
    page = st.pagination(pages, key="demarches_page") if pages > 1 else 1
    for choice in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
        st.page_link("overview.py", label=escape(choice.label), query_params={workspace.CHOSEN: choice.code})
    if not found:
        st.write("Aucune démarche ne porte ces mots. Effacez-en un pour élargir.")
