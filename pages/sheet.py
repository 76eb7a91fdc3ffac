"""Fiche action: one sheet of the plan, as the paper one reads, with what happens in it."""

import streamlit as st

from components import filters, history_view, lists, sheet_figures, sheet_view, workspace
from db.queries import history, plan, sheet, unsettled

state = workspace.read(plan.plan_state)
row = sheet_view.find(state, st.query_params.get("fiche"))
detail = workspace.read(sheet.sheet_detail, row.placement_id) if row else None

if row is None or detail is None:
    sheet_view.unknown()
    st.stop()

st.set_page_config(page_title=f"{row.label} · Balise")
sheet_view.keep_address(row)
found = filters.apply(state, filters.from_address())
sheet_view.way(row, found if row in found else state.sheets)
sheet_view.head(state, row, detail)

left, right = st.columns(2, gap="large")
with left:
    sheet_view.what_it_is(detail)
with right:
    sheet_view.steps(detail, row)
    sheet_view.weather(detail)
    sheet_view.decisions(detail.decisions)
    sheet_view.partners(row, detail)

sheet_figures.indicators(detail)
sheet_figures.money(detail)
sheet_view.documents(detail)

viewer = workspace.viewer()
if viewer.coordinates(state.initiative_id) and row.unsettled:
    lists.unsettled_of(workspace.read(unsettled.unsettled_cells), row)

if history.may_see(viewer, state.initiative_id):
    with st.expander("Historique de la fiche", icon=":material/history:", on_change="rerun") as past:
        if past.open:
            told = workspace.read(history.sheet_history, row.sheet_id, history_view.page_asked(row.sheet_id))
            history_view.show(told, workspace.initiative().time_zone)
            history_view.pages(told, history.ACTS_A_PAGE, row.sheet_id)
