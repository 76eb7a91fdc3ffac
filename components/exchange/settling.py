"""Cells that were not understood and that one word of a closed list would settle: chosen now, or later."""

from collections.abc import Sequence

import streamlit as st

from components.exchange.paging import pager, shown_page
from components.formats import agree, plural
from components.text import escape
from db.rules.imports import Answers, CellLine

CHOSEN = "exchange_words"
LATER = "Plus tard"
A_PAGE = 8


def answers(about: str) -> Answers:
    """The words chosen for this file; those of another one are forgotten."""
    whose, words = st.session_state.get(CHOSEN, ("", {}))
    return frozenset((row, column, word) for (row, column), word in words.items()) if whose == about else frozenset()


def choose(cells: Sequence[CellLine], about: str) -> None:
    """The cells, each with its choices; what is not chosen is kept as it was written."""
    if not cells:
        return
    chosen = {(row, column): word for row, column, word in answers(about)}
    box = st.expander(f"Mots à choisir ({len(chosen)} sur {len(cells)})", on_change="rerun", key="exchange_to_choose")
    if not box.open:
        return
    with box:
        not_known = agree(len(cells), "n'est", "ne sont")
        st.markdown(
            f"{plural(len(cells), 'mot')} du fichier {not_known} dans aucune liste : rien n'est deviné. Choisissez "
            "maintenant ou plus tard ; le mot du fichier reste écrit à côté de votre choix."
        )
        for cell in shown_page("words", cells, A_PAGE):
            _one(cell, about, chosen.get((cell.row, cell.column)))
        pager("words", cells, A_PAGE)


def _one(cell: CellLine, about: str, word: str | None) -> None:
    key = f"exchange_word_{about}_{cell.row}_{cell.column}"
    st.session_state[key] = word or LATER
    st.selectbox(
        f"Ligne {cell.row} · {escape(cell.column)} : « {escape(cell.value)} »",
        [LATER, *cell.choices],
        key=key,
        help=escape(cell.message),
        on_change=_keep,
        args=(about, (cell.row, cell.column), key),
    )


def _keep(about: str, cell: tuple[int, str], key: str) -> None:
    kept = {(row, column): word for row, column, word in answers(about)}
    kept.pop(cell, None)
    if st.session_state[key] != LATER:
        kept[cell] = st.session_state[key]
    st.session_state[CHOSEN] = (about, kept)
