"""What the last act did, said on the page, with the way to take it back."""

from dataclasses import replace
from functools import partial

import streamlit as st

from components import workspace
from components.notice import Notice
from components.text import escape, paragraphs
from db.rules.forms import Clash

AT_THE_FOOT = 220
ABOVE = "C'est fait : le détail est en haut de la page."
ABOVE_REFUSED = "Rien n'est enregistré : la raison est en haut de la page."


def show(page: str) -> None:
    """Say what the last act did, and offer to take it back, until another act or another page.

    It is said at the foot of the window, in sight of whoever acted, wherever the page was scrolled to. What is long is
    said at the top of the page, where there is room for it, and the foot says so.
    """
    if just := st.session_state.get(workspace.JUST):  # its click was ended by another before it could be said
        st.session_state[workspace.NOTICE] = just.pop()
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    if notice is None:
        return
    if notice.page not in (None, page):
        del st.session_state[workspace.NOTICE]
        return
    st.session_state[workspace.NOTICE] = replace(notice, page=page)
    told = body(notice)
    if is_long(notice):
        st.error(told) if notice.is_refusal else st.success(told)
        told = ABOVE_REFUSED if notice.is_refusal else ABOVE
    with st.bottom.container(horizontal=True, vertical_alignment="center", key="notice"):
        (st.error if notice.is_refusal else st.success)(told, width="stretch")
        if notice.act_id is not None:
            back = partial(workspace.take_back, notice.act_id, is_redo=notice.is_redo)
            st.button(verb(notice.is_redo), icon=icon(notice.is_redo), key="undo_last", on_click=back)
        if notice.rest is not None:
            rest = partial(workspace.take_back, notice.rest, is_redo=notice.is_redo, keep_changed=True)
            label = f"{verb(notice.is_redo)} tout le reste"
            st.button(label, icon=icon(notice.is_redo), key="undo_rest", on_click=rest)
        st.button(
            "Fermer", icon=":material/close:", help="Fermer", type="tertiary", key="icon_notice_read", on_click=forget
        )


def done_in(form: str) -> bool:
    """Whether what was last done, and is still said, was done in this form."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    return notice is not None and notice.form == form and not notice.is_refusal and notice.act_id is not None


def forget() -> None:
    """Say no more what the last act did: it was read, or something else is opened."""
    st.session_state.pop(workspace.NOTICE, None)


def forget_refusal() -> None:
    """Say no more why something was refused: another form is opened. What was done can still be taken back."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    if notice is not None and notice.is_refusal:
        forget()


def is_long(notice: Notice) -> bool:
    """Whether a notice is too long for the foot of the window."""
    return bool(notice.details) or len(notice.message) > AT_THE_FOOT


def say(words: str) -> None:
    """Say something on the page that follows, when nothing else has to be said there."""
    st.session_state.setdefault(workspace.NOTICE, Notice(words))


def refuse(words: str) -> None:
    """Say why a form is not sent, from its callback: what was typed stays as it is."""
    st.session_state[workspace.NOTICE] = Notice(words, is_refusal=True)


def body(notice: Notice) -> str:
    """What a notice says, as Markdown: its message, then each detail on its line."""
    details = "\n".join(f"- {escape(detail)}" for detail in notice.details)
    message = paragraphs(notice.message) if notice.is_refusal else notice.message
    return f"{message}\n\n{details}" if details else message


def verb(is_redo: bool) -> str:
    """What taking an act back is called: « Annuler », or « Rétablir » when the act is an undo."""
    return "Rétablir" if is_redo else "Annuler"


def icon(is_redo: bool) -> str:
    """The same, as an icon."""
    return ":material/redo:" if is_redo else ":material/undo:"


def clashes(form: str) -> tuple[Clash, ...]:
    """The fields that somebody else changed while the form of this draft, just sent, was being filled."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    return notice.clashes if notice is not None and notice.form == form else ()
