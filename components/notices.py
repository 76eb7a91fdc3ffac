"""What the last act did, said on the page, with the way to take it back."""

from dataclasses import replace
from functools import partial

import streamlit as st

from components import workspace
from components.notice import Notice
from components.text import escape
from db.rules.forms import Clash


def show(page: str) -> None:
    """Say what the last act did, and offer to take it back, until another act or another page."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    if notice is None:
        return
    if notice.page not in (None, page):
        del st.session_state[workspace.NOTICE]
        return
    st.session_state[workspace.NOTICE] = replace(notice, page=page)
    with st.container(horizontal=True, vertical_alignment="center", key="notice"):
        (st.error if notice.is_refusal else st.success)(body(notice), width="stretch")
        if notice.act_id is not None:
            back = partial(workspace.take_back, notice.act_id, is_redo=notice.is_redo)
            st.button(verb(notice.is_redo), icon=icon(notice.is_redo), key="undo_last", on_click=back)
        if notice.rest is not None:
            rest = partial(workspace.take_back, notice.rest, is_redo=notice.is_redo, keep_changed=True)
            label = f"{verb(notice.is_redo)} tout le reste"
            st.button(label, icon=icon(notice.is_redo), key="undo_rest", on_click=rest)


def body(notice: Notice) -> str:
    """What a notice says, as Markdown: its message, then each detail on its line."""
    details = "\n".join(f"- {escape(detail)}" for detail in notice.details)
    return f"{notice.message}\n\n{details}" if details else notice.message


def verb(is_redo: bool) -> str:
    """What taking an act back is called: « Annuler », or « Rétablir » when the act is an undo."""
    return "Rétablir" if is_redo else "Annuler"


def icon(is_redo: bool) -> str:
    """The same, as an icon."""
    return ":material/redo:" if is_redo else ":material/undo:"


def clashes() -> tuple[Clash, ...]:
    """The fields that somebody else changed while the form just sent was being filled."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    return notice.clashes if notice is not None else ()
