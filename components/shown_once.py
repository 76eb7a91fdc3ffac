"""A secret address that was just made: shown until who made it says that it is copied, and never again."""

from typing import Any

import streamlit as st


def keep(name: str, made: Any) -> None:
    """Have it shown, from a callback: what the page that shows it needs to say of it."""
    st.session_state[name] = made


def kept(name: str) -> Any:
    """What is to be shown, None when there is nothing."""
    return st.session_state.get(name)


def forget(name: str) -> None:
    """Have it shown no more."""
    st.session_state.pop(name, None)


def show(name: str, said: str, address: str, note: str | None) -> None:
    """The box: what it is, in Markdown, the address to copy, and what to know of it."""
    with st.container(border=True, key=f"{name}_shown"):
        st.markdown(said)
        st.code(address, language=None, wrap_lines=True)
        if note is not None:
            st.caption(note)
        st.button("C'est copié", key=f"{name}_copied", on_click=forget, args=(name,))
