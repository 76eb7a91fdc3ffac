"""An address where no fiche stands: one that never was, that is not the viewer's, or that was archived since."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats
from components.arrange.frame import PAGE as ARRANGE_PAGE
from components.arrange.frame import PLAN_PAGE, SHOWN, View
from components.filters import back, kept
from components.text import escape
from db.rules.arranging import ArchivedSheet

UNKNOWN = "Cette fiche n'existe pas, ou elle ne vous est pas ouverte."


def show(asked: str | None, archived: Sequence[ArchivedSheet], zone: str) -> None:
    """The same words for what does not exist and for what is not the viewer's. To who arranges the plan (`archived` is
    theirs alone), a fiche that was archived is said to be, with the way back."""
    gone = next((sheet for sheet in archived if str(sheet.placement_id) == asked), None)
    st.title("Fiche action")
    if gone is None:
        st.info(UNKNOWN)
    else:
        by = f" par {escape(gone.author)}" if gone.author else ""
        when = formats.instant(gone.at, ZoneInfo(zone))
        st.info(f"La fiche « {escape(gone.title)} » a été archivée{by}, {when}. Tout ce qu'elle contient est gardé.")
        address = kept(**{SHOWN: View.ARCHIVED.value})
        st.page_link(ARRANGE_PAGE, label="La remettre dans le plan", icon=":material/unarchive:", query_params=address)
    st.page_link(PLAN_PAGE, label="Revenir au plan d'action", icon=":material/arrow_back:", query_params=back())
