"""The filters of the plan, kept in the address so that a link can be sent, and what they leave.

A bound widget writes the words it shows in the address: every choice is therefore worded once in a plan, and a link to
a word that is no longer there shows the whole plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from components import workspace
from db.rules.plan import AxisNode, PlanState, SheetRow
from db.rules.text import fold, sort_key
from db.rules.vocabulary import InvolvementRole, Status

INDENT = "\u2003"
TO_DISCUSS, NO_STATUS = "à discuter", "non renseigné"
NOBODY = "sans pilote"
CARRIED = "filtres"
SHEET, OPEN = "fiche", "modifier"
OF_ONE_PAGE = (SHEET, OPEN, workspace.DRAFT, "organiser", "axe_ouvert")
"""What the address says of one page alone: no link carries it to another."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the plan's sheets, in the words of the choices; the names are those of the address."""

    q: str = ""
    axe: str | None = None
    statut: str | None = None
    pilote: str | None = None
    public: str | None = None
    determinant: str | None = None
    lieu: str | None = None
    financeur: str | None = None
    retard: bool = False
    completer: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Filters()


NAMES = tuple(field.name for field in fields(Filters))


def apply(state: PlanState, asked: Filters) -> tuple[SheetRow, ...]:
    """The sheets of the plan that meet every filter, in the plan's order. The search ignores accents and case."""
    axis_id = {label: node.id for label, node in axis_choices(state).items()}.get(asked.axe or "")
    words = fold(asked.q).split()
    return tuple(sheet for sheet in state.sheets if _meets(sheet, asked, axis_id, words))


def _meets(sheet: SheetRow, asked: Filters, axis_id: int | None, words: list[str]) -> bool:
    return (
        (asked.axe is None or axis_id in sheet.axis_path)
        and (asked.statut is None or asked.statut in _statuses(sheet))
        and (asked.pilote is None or asked.pilote in _leads(sheet))
        and (asked.public is None or asked.public in _labels(sheet.target_groups))
        and (asked.determinant is None or asked.determinant in _labels(sheet.determinants))
        and (asked.lieu is None or asked.lieu in sheet.places)
        and (asked.financeur is None or asked.financeur in _labels(sheet.funders))
        and (not asked.retard or sheet.is_late)
        and (not asked.completer or bool(sheet.missing))
        and (not words or _holds(sheet, words))
    )


def _holds(sheet: SheetRow, words: list[str]) -> bool:
    """Whether every word searched is in the sheet: its number, its text, its leads."""
    text = fold(" ".join([sheet.code or "", sheet.title, *_leads(sheet)])) + " " + sheet.search_text
    return all(word in text for word in words)


def _labels(named: Iterable[object]) -> list[str]:
    return [str(getattr(item, "label", item)) for item in named]


def _statuses(sheet: SheetRow) -> list[str]:
    flag = [TO_DISCUSS] if sheet.to_discuss else []
    return [sheet.status.label_fr if sheet.status else NO_STATUS, *flag]


def _leads(sheet: SheetRow) -> list[str]:
    """Who leads the sheet, copilotes included, or the words that say that nobody does."""
    names = _labels(sheet.leads)
    return names if any(lead.role is InvolvementRole.LEAD for lead in sheet.leads) else [*names, NOBODY]


def axis_choices(state: PlanState) -> dict[str, AxisNode]:
    """The tree as choices, indented; an axis worded like another is told apart by the axis above it."""
    by_id = {node.id: node for node in state.axes}
    choices: dict[str, AxisNode] = {}
    for node in state.axes:
        label = INDENT * (len(node.path) - 1) + node.label
        if label in choices and node.parent_id in by_id:
            label = f"{label} ({by_id[node.parent_id].label})"
        choices.setdefault(label, node)
    return choices


def options(state: PlanState, of: Callable[[SheetRow], Iterable[str]]) -> list[str]:
    """Every word that at least one sheet has, in alphabetical order."""
    return sorted({word for sheet in state.sheets for word in of(sheet)}, key=sort_key)


def statuses(state: PlanState) -> list[str]:
    """The statuses met in the plan, in the order of a sheet's life."""
    met = {word for sheet in state.sheets for word in _statuses(sheet)}
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
        pilote = _choice("Pilote", "pilote", options(state, _leads), 180)
        with st.popover(_more(), icon=":material/tune:", width="content"):
            public = _choice("Public", "public", options(state, lambda row: _labels(row.target_groups)))
            determinant = _choice(
                "Déterminant de santé", "determinant", options(state, lambda row: _labels(row.determinants))
            )
            lieu = _choice("Lieu", "lieu", options(state, lambda row: row.places))
            financeur = _choice("Financeur", "financeur", options(state, lambda row: _labels(row.funders)))
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
    asked = dict(parse_qsl(st.query_params.get(CARRIED, "")))
    return Filters(
        q=asked.get("q", ""),
        axe=asked.get("axe"),
        statut=asked.get("statut"),
        pilote=asked.get("pilote"),
        public=asked.get("public"),
        determinant=asked.get("determinant"),
        lieu=asked.get("lieu"),
        financeur=asked.get("financeur"),
        retard=asked.get("retard") == "true",
        completer=asked.get("completer") == "true",
    )


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
