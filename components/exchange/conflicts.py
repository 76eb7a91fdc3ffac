"""Values that were changed both in Balise and in the file: Balise keeps its own unless the file's is chosen."""

from collections.abc import Sequence

import streamlit as st

from components.exchange.paging import pager, shown_page
from components.formats import plural
from components.text import escape
from db.rules.imports import ChangeLine

CHOSEN = "exchange_chosen"
A_PAGE = 8
CUT = 160


def choose(lines: Sequence[ChangeLine], about: str) -> frozenset[tuple[int, str]]:
    """The conflicts, by row and field code, where the file's value is chosen; `about` names the dry run."""
    if not lines:
        return frozenset()
    taken = choices(about)
    label = f"Valeurs différentes dans Balise et dans le fichier ({len(lines)})"
    box = st.expander(label, expanded=True, on_change="rerun", key="exchange_conflicts")
    if box.open:
        with box:
            _all(lines, about)
            for line in shown_page("conflicts", lines, A_PAGE):
                _one(line, about, (line.row, line.field) in taken)
            pager("conflicts", lines, A_PAGE)
    return frozenset(taken & {(line.row, line.field) for line in lines})


def _all(lines: Sequence[ChangeLine], about: str) -> None:
    everything = frozenset((line.row, line.field) for line in lines)
    with st.container(horizontal=True, vertical_alignment="center"):
        count = len(choices(about) & everything)
        st.markdown(f"{plural(count, 'valeur')} du fichier, {len(lines) - count} de Balise", width="content")
        st.button("Tout garder de Balise", type="tertiary", on_click=_keep, args=(about, frozenset()))
        st.button("Tout prendre du fichier", type="tertiary", on_click=_keep, args=(about, everything))


def _one(line: ChangeLine, about: str, from_file: bool) -> None:
    key = f"exchange_conflict_{about}_{line.row}_{line.field}"
    st.session_state[key] = from_file
    st.radio(
        f"Ligne {line.row} · {escape(line.sheet)} · **{escape(line.label)}**",
        [False, True],
        format_func=lambda file: "Prendre le fichier" if file else "Garder Balise",
        captions=[_cut(line.before), _cut(line.after)],
        horizontal=True,
        key=key,
        on_change=_toggle,
        args=(about, (line.row, line.field)),
    )


def _toggle(about: str, cell: tuple[int, str]) -> None:
    _keep(about, frozenset(choices(about) ^ {cell}))


def choices(about: str) -> frozenset[tuple[int, str]]:
    """The choices made for this dry run; those of another one are forgotten."""
    whose, taken = st.session_state.get(CHOSEN, ("", frozenset()))
    return taken if whose == about else frozenset()


def _keep(about: str, taken: frozenset[tuple[int, str]]) -> None:
    st.session_state[CHOSEN] = (about, taken)


def _cut(text: str) -> str:
    return escape(text if len(text) <= CUT else f"{text[: CUT - 1]}…") or "vide"
