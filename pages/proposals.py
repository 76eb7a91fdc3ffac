"""Réponses des pilotes: what partners propose by their links, and these links; for who coordinates."""

import streamlit as st

from components import proposals_view, workspace
from components.hall import show_preparation
from components.proposals_view import Desk
from db.commands.proposals import accept_proposal, make_answer_link, refuse_proposal, revoke_answer_link
from db.queries import proposals
from db.settings import settings

st.title("Réponses des pilotes", anchor=False)

here = workspace.initiative()
if not workspace.viewer().coordinates(here.id):
    proposals_view.closed(here in workspace.writes_in(), show_preparation)
    st.stop()

desk = Desk(
    on=workspace.today(here),
    address_of=settings().address_of,
    accept=accept_proposal,
    refuse=refuse_proposal,
    make=make_answer_link,
    revoke=revoke_answer_link,
)
proposals_view.waiting(workspace.read(proposals.proposals), desk)
proposals_view.links(workspace.read(proposals.lead_links), desk)
