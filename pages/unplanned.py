"""Action imprévue: a title, a lead, a month; then the actions that a committee still has to validate."""

import streamlit as st

from components import unplanned, workspace
from db.commands.unplanned import add_unplanned
from db.queries import choices, plan
from db.rights import Operation

st.title("Action imprévue", anchor=False)

state = workspace.read(plan.plan_state)
if not workspace.viewer().may(Operation.WRITE, state.initiative_id):
    unplanned.closed()
    st.stop()

committee = workspace.header().committee_name
unplanned.added(state)
unplanned.form(add_unplanned, workspace.read(choices.edit_choices).organisations, committee)
unplanned.waiting(state, committee)
