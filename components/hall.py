"""The line that stands before every page: which démarche, where it is in its time, what is being shown."""

from textwrap import shorten

import streamlit as st

from components import formats, publishing, sharing, workspace
from components.text import escape
from db.rules.access import SharedPage
from db.rules.initiative import Header, InitiativeChoice, Point
from db.rules.sharing import OpenLink
from db.rules.text import fold
from db.rules.vocabulary import InitiativeKind

PLAN_ADDRESS, SHEET_ADDRESS, WEEK_ADDRESS = "plan", "fiche", "semaine"
MOST_IN_CHOOSER = 30
NAME_LENGTH = 60
EVERYWHERE = "Cette page est celle de toutes les démarches que vous coordonnez, quelle que soit celle qui est choisie."


def stand(
    choices: tuple[InitiativeChoice, ...], *, on_sheet: bool, on_week: bool = False, shared: SharedPage | None = None
) -> None:
    """Draw the line, the chooser bound to `?demarche=`; nothing while there is no démarche.

    On the page of a sheet the chooser shows the sheet's own démarche, and choosing another leaves for its overview.
    « Ma semaine » is of all of them: no reading of one is chosen there, so that its links say in which they open.
    `shared` is the page, when it is one that may be read by a link.
    """
    if not choices:
        return
    missing = workspace.follow_address()
    if on_sheet:
        workspace.follow_sheet(st.query_params.get(SHEET_ADDRESS))
    name = st.container(key="printed_name")  # on paper, where nothing is chosen
    with st.container(horizontal=True, vertical_alignment="center", key="hall"):
        if len(choices) <= MOST_IN_CHOOSER:
            _chooser(choices, on_sheet)
        else:
            _door()
        workspace.write_address()
        header = workspace.header()
        name.caption(f"**{escape(workspace.initiative().label)}**")
        everywhere = on_week and len(workspace.writes_in()) > 1
        st.caption(EVERYWHERE if everywhere else title_sentence(header) + _fiction(header), width="stretch")
        if not on_week:
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                _view(header)
                publishing.door(header)
                if shared is not None:
                    sharing.door(header, shared)
    if missing is not None:
        st.warning(f"La démarche « {escape(missing)} » n'existe pas, ou elle ne vous est pas ouverte. Voici une autre.")


def stand_for(link: OpenLink) -> None:
    """The lines of who reads one page by a link: nothing to choose, what is read, and until when."""
    with st.container(gap="xsmall", key="hall"):
        header = workspace.header()
        st.caption(f"**{escape(header.short_name)}** · {title_sentence(header)}{_fiction(header)}")
        sharing.banner(link)


def _chooser(choices: tuple[InitiativeChoice, ...], on_sheet: bool) -> None:
    labels = {choice.code: choice.label for choice in choices}
    st.selectbox(
        "Démarche",
        list(labels),
        format_func=lambda code: labels[code],
        key=workspace.CHOSEN,
        on_change=_leave_for_overview if on_sheet else None,
        label_visibility="collapsed",
        width=330,
    )


def _door() -> None:
    """Hundreds of démarches do not fit in a list: the name of the open one leads to the page that finds them."""
    here = workspace.initiative()
    st.page_link("initiatives.py", label=f"**{escape(here.label)}** :material/unfold_more:", width="content")


def _leave_for_overview() -> None:
    st.switch_page("overview.py", query_params={workspace.CHOSEN: st.session_state[workspace.CHOSEN]})


def _fiction(header: Header) -> str:
    """The banner of a fictitious démarche, under the title sentence."""
    if not header.is_fictitious:
        return ""
    return f"  \n:material/info: Démarche fictive, pour la démonstration : on y est le {formats.day(header.on)}."


def _view(header: Header) -> None:
    """For those who prepare, once a point is published: what the committee sees, or what is being prepared."""
    if header.point is None or not workspace.prepares():
        return
    st.segmented_control(
        "Ce qui est montré",
        [workspace.PUBLISHED, workspace.PREPARATION],
        default=workspace.PUBLISHED,
        required=True,
        key=workspace.VIEW,
        bind="query-params",
        label_visibility="collapsed",
        width="content",
    )


def show_preparation() -> None:
    """Show what is being prepared: the callback of a button that leads there."""
    st.session_state[workspace.VIEW] = workspace.PREPARATION


def title_sentence(header: Header) -> str:
    """« CLS 2 · 2024-2028 · 53 % du temps écoulé · point du 30 septembre 2026 »."""
    parts = [contract(header)]
    if header.starts_on and header.ends_on:
        parts.append(f"{header.starts_on.year}-{header.ends_on.year}")
    if header.elapsed is not None:
        parts.append(f"**{formats.percent(header.elapsed * 100)} du temps écoulé**")
    if header.point is None:
        parts.append("rien n'est encore publié")
    elif workspace.prepares() and not workspace.viewer().published_only:
        parts.append(f":orange-badge[en préparation] depuis le point du {formats.day(header.point.as_of)}")
    else:
        parts.append(_point(header.point))
    if header.vacant_since is not None:
        parts.append(f":orange-badge[coordination vacante depuis le {formats.day(header.vacant_since)}]")
    return " · ".join(parts)


def _point(point: Point) -> str:
    """« point du 30 septembre 2026 », with its name where it says more than its day."""
    said = f"point du {formats.day(point.as_of)}"
    if fold(point.name) == fold(said):
        return said
    return f"{said}, « {escape(shorten(point.name, NAME_LENGTH, placeholder='…'))} »"


def contract(header: Header) -> str:
    """« CLS 2 », or the kind in full where it has no acronym."""
    kind = header.kind.value.upper() if header.kind is not InitiativeKind.OTHER else header.kind.label_fr
    return f"{kind} {header.contract_number}" if header.contract_number else kind
