"""Plan d'action: every fiche, filtered, as a table, a board or a timeline; and the coordinator's own lists."""

from functools import partial

import streamlit as st

from components import (
    corrections_view,
    filters,
    formats,
    hall,
    lists,
    plan_views,
    unplanned,
    unsettled_view,
    who_sees,
    workspace,
)
from components.arrange import frame
from components.editing import bulk
from components.lists import View
from components.plan_views import Shape
from db.commands import settle
from db.commands.corrections import correct
from db.queries import corrections, plan, unsettled, unsettled_cell
from db.rights import Operation, Reach
from db.rules import filtering

st.title("Plan d'action")

state = workspace.read(plan.plan_state)
viewer = workspace.viewer()
coordinates, writes = viewer.coordinates(state.initiative_id), viewer.may(Operation.WRITE, state.initiative_id)
cells = workspace.read(unsettled.unsettled_cells) if coordinates else ()

if viewer.reads_only(state.initiative_id) is Reach.TITLES:
    who_sees.titles(state)
    st.stop()
if not state.sheets:
    lists.no_sheet(writes, pays=viewer.reads_only(state.initiative_id) is Reach.PAID)
    if coordinates:
        frame.door()
    st.stop()

view = lists.choose(state, cells) if coordinates else View.PLAN
if view is View.TO_CHECK:
    accept = partial(workspace.act, correct)
    corrections_view.show(lists.to_check(state), state, workspace.read(corrections.correctable), accept)
    st.stop()
if view is View.UNSETTLED:
    ask = partial(workspace.read, unsettled_cell.cell_to_settle)
    desk = unsettled_view.Desk(ask, settle.cell_base, settle.settle_cell, settle.set_aside_cell, state.on)
    unsettled_view.show(cells, desk)
    st.stop()
if view is not View.PLAN:
    lists.show(view, state)
    st.stop()

if writes and not coordinates:
    lists.elsewhere(hall.show_preparation)

asked = filters.bar(state, coordinates)
found = filtering.apply(state, asked)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="plan_line"):
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        st.markdown(f"**{formats.out_of(len(found), len(state.sheets), 'fiche')}**", width="content")
        if not asked.is_empty:
            st.button("Effacer les filtres", icon=":material/filter_alt_off:", type="tertiary", on_click=filters.clear)
        if writes:
            unplanned.door()
        if coordinates:
            frame.door()
            bulk.door()
    shape = plan_views.shape()

if not found:
    lists.nothing_found()
elif shape is Shape.TABLE:
    plan_views.table(state, found, coordinates)
elif shape is Shape.BOARD:
    plan_views.board(found)
else:
    dark = st.context.theme.type == "dark"
    spec = workspace.draw(plan_views.filtered_timeline, plan.plan_state, asked, dark)
    plan_views.timeline(spec, state, asked)
