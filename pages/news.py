"""Donner des nouvelles: the round of the plan's fiches, one after the other, for who coordinates."""

import streamlit as st

from components import lists, workspace
from components.editing import round as rounds
from components.hall import show_preparation
from db.commands.editing import save
from db.queries import plan

st.title("Donner des nouvelles", anchor=False)

state = workspace.read(plan.plan_state)
if not workspace.viewer().coordinates(state.initiative_id):
    lists.elsewhere(show_preparation)
    st.stop()
if not state.sheets:
    lists.no_sheet(True)
    st.stop()

point = workspace.header().point
rounds.show(rounds.of(state, point), point, save.section_base, save.save_section)
