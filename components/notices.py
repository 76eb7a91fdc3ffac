"""What the last act did, said on the page, with the way to take it back."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components import workspace
from components.notice import Notice


def show(page: str) -> None:
    """Say what the last act did, and offer to take it back, until another act or another page."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    if notice is None:
        return
    if notice.page not in (None, page):
        del st.session_state[workspace.NOTICE]
        return
    st.session_state[workspace.NOTICE] = replace(notice, page=page)
    say = st.error if notice.is_refusal else st.success
    with st.container(horizontal=True, vertical_alignment="center", key="notice"):
        say("\n\n".join([notice.message, *notice.details]), width="stretch")
        if notice.act_id is not None:
            _button("Annuler", "undo_last", workspace.take_back, notice.act_id)
        if notice.rest is not None:
            _button("Annuler tout le reste", "undo_rest", workspace.take_rest_back, notice.rest)


def _button(label: str, key: str, act: Callable[[int], None], act_id: int) -> None:
    st.button(label, icon=":material/undo:", key=key, on_click=act, args=(act_id,))
