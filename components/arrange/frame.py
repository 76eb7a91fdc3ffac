"""The frame of « Organiser le plan »: who comes in, what is shown, and what each of its forms starts from."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import streamlit as st

from components import filters, forms, notices, workspace
from components.forms import Form
from db.rules.arranging import Arrangement
from db.rules.forms import Clash, OpenDraft, Written

PAGE, PLAN_PAGE, SHEET_PAGE = "arrange.py", "plan.py", "sheet.py"
SHOWN, AXIS, SHEET = "organiser", "axe_ouvert", "fiche"
CHOICE = "arrange_view"
Command = Callable[..., Any]


class View(StrEnum):
    """What the page shows, by its word in the address."""

    AXES = "axes"
    ORDER = "ordre"
    ONE = "fiche"
    NEW = "nouvelle"
    ARCHIVED = "archivees"


NAMES = {
    View.AXES: "Axes",
    View.ORDER: "Ordre et numéros",
    View.ONE: "Fiche par fiche",
    View.NEW: "Nouvelle fiche",
    View.ARCHIVED: "Fiches archivées",
}


def door() -> None:
    """The way to the page, for who coordinates."""
    st.page_link(PAGE, label="Organiser le plan", icon=":material/account_tree:", query_params=filters.kept())


def closed(show_preparation: Callable[[], None], *, writes: bool) -> None:
    """For who does not arrange the plan here: who does, and where."""
    if writes:
        st.info("Le plan s'organise dans la vue « En préparation ».", icon=":material/account_tree:")
        st.button("Passer en préparation", icon=":material/edit_note:", on_click=show_preparation)
    else:
        st.info("Seule la coordination organise le plan.", icon=":material/account_tree:")
    back()


def back() -> None:
    """The way back to the plan."""
    st.page_link(PLAN_PAGE, label="Revenir au plan d'action", icon=":material/arrow_back:", query_params=filters.kept())


def choose(plan: Arrangement) -> View:
    """The choice between the tree, the sheets together, one by one, a new one and those archived; in the address."""
    counts = {View.ARCHIVED: len(plan.archived)}
    asked = st.query_params.get(SHOWN)
    if CHOICE not in st.session_state or asked is not None:
        st.session_state[CHOICE] = View(asked) if asked in set(View) else View.AXES
    chosen = st.segmented_control(
        "Ce qui est montré",
        list(View),
        format_func=lambda view: f"{NAMES[view]} ({counts[view]})" if view in counts else NAMES[view],
        required=True,
        key=CHOICE,
        on_change=_remember,
        label_visibility="collapsed",
    )
    return chosen or View.AXES


def opens_what(make: Command, **told: Any) -> None:
    """Run a command that makes a placement, as `workspace.act` does, and open the sheet it made."""
    made: list[int] = []

    def making(session: Any, viewer: Any, **named: Any) -> None:
        made.append(make(session, viewer, **named).id)

    if workspace.act(making, **told) and made:
        open_view(View.ONE, **{SHEET: str(made[0])})


def _remember() -> None:
    open_view(st.session_state[CHOICE])


def open_view(view: View, **address: str) -> None:
    """Show another part of the page, from a callback; what was open in the one that is left is closed."""
    for name in (AXIS, SHEET, workspace.DRAFT):
        st.query_params.pop(name, None)
    st.query_params[SHOWN] = view.value
    for name, value in address.items():
        st.query_params[name] = value


def draft(subject: str, held: Mapping[str, Written]) -> OpenDraft:
    """The draft of a form on what its fields hold now: one in which nothing was typed starts again when they moved."""
    found = workspace.draft(subject, lambda *_: held)
    if not found.typed and dict(found.base) != dict(held):
        st.query_params.pop(workspace.DRAFT, None)
        found = workspace.draft(subject, lambda *_: held)
    return found


def drawn_once() -> str:
    """The key of what a button drawn in this run does: clicked twice, it does it once."""
    return f"arrange:{secrets.token_hex(8)}"


def settle(form: Form, keep: Callable[[Sequence[Clash], Mapping[str, str]], None]) -> None:
    """When somebody else wrote the same values: both, and one button once each is chosen; `keep` has them written."""
    clashes = notices.clashes(form.draft.key)
    if not clashes:
        return
    chosen = forms.choose(form, clashes, {}, workspace.initiative().time_zone)
    st.button(
        "Enregistrer ces choix",
        type="primary",
        key=f"settle_{form.draft.key}",
        disabled=len(chosen) < len(clashes),
        on_click=partial(keep, clashes, chosen),
    )
