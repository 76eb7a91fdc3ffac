"""Modifier plusieurs fiches: ticked in a table, one change, one act."""

import streamlit as st

from components import filters, lists, workspace
from components.editing import bulk
from components.forms import Form
from components.hall import show_preparation
from db.commands.editing.bulk import change_sheets, seen_by
from db.queries import choices, plan
from db.rules import filtering

bulk.way_back()
st.title("Modifier plusieurs fiches", anchor=False)

state = workspace.read(plan.plan_state)
if not workspace.viewer().coordinates(state.initiative_id):
    lists.elsewhere(show_preparation)
    st.stop()

form = Form(workspace.draft(bulk.subject(state.initiative_id)))
found = filtering.apply(state, filters.bar(state, True))
chosen = bulk.table(form, found)
values = bulk.what(form, workspace.read(choices.edit_choices))
bulk.confirm(form, bulk.Change(chosen, values), seen_by, change_sheets)
