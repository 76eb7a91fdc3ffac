"""What is said to who reads by a link: the one page it shows, and nothing else."""

from collections.abc import Mapping

import streamlit as st

from components import formats, way_in, workspace
from db.rules.access import SharedPage
from db.rules.sharing import ADDRESSES, GONE, OpenLink

SCRIPTS = {
    SharedPage.OVERVIEW: "overview.py",
    SharedPage.PLAN: "plan.py",
    SharedPage.SHEET: "sheet.py",
    SharedPage.CONTRACT: "contract.py",
}
NOTHING_ELSE = "Cette adresse n'existe pas, ou votre lien ne l'ouvre pas : il montre une page, et celle-là seule."


def admit(link: OpenLink, address: str) -> None:
    """Let who reads by a link go on to the page that it shows; anything else is told, and stops."""
    if not link.is_open:
        st.title("Ce lien ne sert plus", anchor=False)
        st.write(GONE)
        way_in.door()
        st.stop()
    if not is_shown(link, address, st.query_params.to_dict()):
        st.title("Il n'y a rien ici", anchor=False)
        st.write(NOTHING_ELSE)
        page = link.view.page
        fiche = {} if link.view.placement_id is None else {"fiche": str(link.view.placement_id)}
        parameters = {workspace.CHOSEN: link.code, **fiche}
        st.page_link(SCRIPTS[page], label=formats.sentence_case(f"lire « {page.label_fr} »"), query_params=parameters)
        way_in.door()
        st.stop()


def is_shown(link: OpenLink, address: str, parameters: Mapping[str, str | list[str]]) -> bool:
    """Whether an address is that of the page that a link shows: in its démarche, and of its fiche."""
    fiche = None if link.view.placement_id is None else str(link.view.placement_id)
    return (
        address == ADDRESSES[link.view.page]
        and parameters.get(workspace.CHOSEN, link.code) == link.code
        and (fiche is None or parameters.get("fiche") == fiche)
    )
