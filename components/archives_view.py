"""« Archives »: the fiches that were archived, and how some are deleted for good: chosen, then a word typed."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import formats, notices, workspace
from components.formats import NBSP
from components.text import escape
from db.rules.archives import WORD, ArchivedFiche

A_PAGE = 50
TYPED, CHOSEN = "purge_word", "purge"
KEPT = (
    "Ce qui est archivé est gardé entier, et se remet à sa place depuis «\u202fOrganiser le plan\u202f». Supprimer "
    "définitivement ne s'annule pas : la fiche s'en va avec ses étapes, ses indicateurs, ses montants et ce qui en a "
    "été publié, et les points passés ne la comptent plus. L'historique garde une ligne de tout ce qui est supprimé."
)
SAVED = "Une sauvegarde est faite juste avant ; sans elle, rien n'est supprimé."
BY_HAND = "Faites d'abord une sauvegarde, par la commande de la page «\u202fSauvegardes\u202f» :"
Command = Callable[..., Any]


def show(fiches: Sequence[ArchivedFiche], to_save: str | None, purge: Command) -> None:
    """The archived fiches, each with a tick, and the button under them. `to_save` is the command of a backup where
    Balise does not make it itself; `purge` is a command."""
    st.markdown(KEPT)
    if not fiches:
        st.info("Rien n'est archivé.")
        return
    pages = -(-len(fiches) // A_PAGE)
    page = st.pagination(pages, key="archives_page") if pages > 1 else 1
    shown = fiches[(page - 1) * A_PAGE : page * A_PAGE]
    for fiche in shown:
        _tick(fiche)
    _confirmation([fiche for fiche in shown if st.session_state.get(_key(fiche))], to_save, purge)


def _key(fiche: ArchivedFiche) -> str:
    return f"{CHOSEN}_{fiche.sheet_id}"


def _tick(fiche: ArchivedFiche) -> None:
    when = formats.instant(fiche.at, workspace.zone())
    facts = f"{escape(fiche.initiative)}, archivée le {when}"
    if fiche.held_by:
        facts += f" ; reste archivée à cause de {formats.listing([escape(one) for one in fiche.held_by])}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.checkbox(escape(fiche.label), key=_key(fiche), disabled=bool(fiche.held_by))
        st.markdown(f":small[:gray[{facts}]]", width="content")


def _confirmation(chosen: Sequence[ArchivedFiche], to_save: str | None, purge: Command) -> None:
    with st.container(border=True, key="purge_box"):
        st.markdown(f"**Supprimer définitivement**{NBSP}: {_count(len(chosen))}")
        if to_save is None:
            st.markdown(SAVED)
        else:
            st.markdown(BY_HAND)
            st.code(to_save, language="sh")
        typed = st.text_input(f"Pour confirmer, tapez {WORD}", key=TYPED, width=280, live="500ms")
        st.button(
            "Supprimer définitivement",
            type="primary" if chosen and typed.strip() == WORD else "secondary",
            icon=":material/delete_forever:",
            key="purge_do",
            disabled=not chosen,
            on_click=_purge,
            args=([fiche.sheet_id for fiche in chosen], purge),
        )


def _count(number: int) -> str:
    return f"{formats.plural(number, 'fiche choisie', 'fiches choisies')}." if number else "aucune fiche n'est choisie."


def _purge(sheets: list[int], purge: Command) -> None:
    if workspace.act(purge, sheets=sheets, word=st.session_state.get(TYPED)):
        st.session_state[TYPED] = ""
        notices.say(f"{formats.plural(len(sheets), 'fiche supprimée', 'fiches supprimées')} définitivement.")
