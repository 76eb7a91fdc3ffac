"""The filters of the plan, kept in the address so that a link can be sent, and what they leave.

A bound widget writes the words it shows in the address: every choice is therefore worded once in a plan, and a link to
a word that is no longer there shows the whole plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from components import workspace
from db.rules.filtering import (
    NAMES,
    NO_STATUS,
    NOBODY,
    TO_DISCUSS,
    Filters,
    as_filters,
    axis_choices,
    labels,
    leads_of,
    statuses_of,
)
from db.rules.plan import PlanState, SheetRow
from db.rules.text import sort_key
from db.rules.vocabulary import Status

CARRIED = "filtres"
SHEET, OPEN = "fiche", "modifier"
HEARD = "recueil"
"""How news about to be written were heard, when it is where they were asked for that it was said."""
OF_ONE_PAGE = (SHEET, OPEN, HEARD, workspace.DRAFT, "organiser", "axe_ouvert")
"""What the address says of one page alone: no link carries it to another."""


def options(state: PlanState, of: Callable[[SheetRow], Iterable[str]]) -> list[str]:
    """Every word that at least one sheet has, in alphabetical order."""
    return sorted({word for sheet in state.sheets for word in of(sheet)}, key=sort_key)


def statuses(state: PlanState) -> list[str]:
    """The statuses met in the plan, in the order of a sheet's life."""
    met = {word for sheet in state.sheets for word in statuses_of(sheet)}
    return [word for word in [*(status.label_fr for status in Status), NO_STATUS, TO_DISCUSS] if word in met]


def bar(state: PlanState, coordinates: bool) -> Filters:
    """Draw the filters in one line, and give what they ask. « À compléter » is for who coordinates."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="plan_filters"):
        q = st.text_input(
            "Chercher dans les fiches",
            key="q",
            type="search",
            live="500ms",
            bind="query-params",
            placeholder="Chercher",
            label_visibility="collapsed",
            width=165,
        )
        axe = _choice("Axe", "axe", list(axis_choices(state)), 190)
        statut = _choice("Statut", "statut", statuses(state), 130)
        pilote = _choice("Pilote", "pilote", options(state, leads_of), 180)
        with st.popover(_more(), icon=":material/tune:", width="content"):
            public = _choice("Public", "public", options(state, lambda row: labels(row.target_groups)))
            determinant = _choice(
                "Déterminant de santé", "determinant", options(state, lambda row: labels(row.determinants))
            )
            lieu = _choice("Lieu", "lieu", options(state, lambda row: row.places))
            financeur = _choice("Financeur", "financeur", options(state, lambda row: labels(row.funders)))
        retard = st.toggle("En retard", key="retard", bind="query-params")
        completer = coordinates and st.toggle("À compléter", key="completer", bind="query-params")
    return Filters(
        q or "", axe, statut, pilote, public, determinant, lieu, financeur, retard=retard, completer=completer
    )


def _choice(label: str, key: str, words: list[str], width: int | None = None) -> str | None:
    return st.selectbox(
        label,
        words,
        index=None,
        key=key,
        bind="query-params",
        placeholder=label,
        label_visibility="visible" if width is None else "collapsed",
        width=width or "stretch",
    )


def _more() -> str:
    used = sum(st.session_state.get(key) is not None for key in ("public", "determinant", "lieu", "financeur"))
    return f"Plus de filtres ({used})" if used else "Plus de filtres"


def clear() -> None:
    """Ask nothing any more: the callback of « Effacer les filtres »."""
    for field in fields(Filters):
        if field.name in st.session_state:
            st.session_state[field.name] = field.default


def from_address() -> Filters:
    """What was asked of the plan from which a fiche was opened: there the filters themselves are not drawn."""
    return as_filters(dict(parse_qsl(st.query_params.get(CARRIED, ""))))


def structure() -> str | None:
    """The structure that the plan is filtered by, its pilote or else a financeur, before the filters are drawn."""
    held = (st.session_state.get(name) or st.query_params.get(name) for name in ("pilote", "financeur"))
    return next((name for name in held if name and name != NOBODY), None)


def kept(**more: str) -> dict[str, str | list[str]]:
    """The address as it is, without the fiche it names, and with `more`: for links that keep the reader's choices.

    Streamlit drops from a link what a widget of the page it leaves is bound to: the filters travel in one parameter.
    """
    here = {key: value for key, value in st.query_params.to_dict().items() if key not in (*OF_ONE_PAGE, *NAMES)}
    held = {name: st.session_state.get(name) for name in NAMES}
    drawn = {name: "true" if value is True else str(value) for name, value in held.items() if value}
    return {**here, **({CARRIED: urlencode(drawn)} if drawn else {}), **more}


def back() -> dict[str, str | list[str]]:
    """The address of the plan as it was left: the filters carried are the plan's own parameters again."""
    here = {key: value for key, value in st.query_params.to_dict().items() if key not in (*OF_ONE_PAGE, CARRIED)}
    return {**here, **dict(parse_qsl(st.query_params.get(CARRIED, "")))}
