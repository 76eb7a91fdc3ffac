"""Fiche action: one sheet of the plan, as the paper one reads, with what happens in it."""

from functools import partial

import streamlit as st

from components import (
    corrections_view,
    filters,
    history_view,
    logbook,
    sheet_figures,
    sheet_gone,
    sheet_view,
    unplanned,
    unsettled_view,
    workspace,
)
from components.editing import frame, unify
from db.commands import settle
from db.commands.corrections import correct
from db.commands.editing import save
from db.commands.logbook import close_reminder
from db.commands.sheets import tick_milestone
from db.commands.unify import unify_organisations
from db.commands.unplanned import forget_validation, validate_unplanned
from db.queries import (
    acts,
    arranging,
    choices,
    corrections,
    history,
    history_values,
    plan,
    sheet,
    unsettled,
    unsettled_cell,
)
from db.queries import logbook as carnet
from db.rules import filtering
from db.rules.sections import Section

state = workspace.read(plan.plan_state)
row = sheet_view.find(state, st.query_params.get("fiche"))
detail = workspace.read(sheet.sheet_detail, row.placement_id) if row else None

if row is None or detail is None:
    arranged = workspace.read(arranging.arrangement)
    archived = arranged.archived if arranged else ()
    sheet_gone.show(st.query_params.get("fiche"), archived, workspace.initiative().time_zone)
    st.stop()

st.set_page_config(page_title=f"{row.label} · Balise")
sheet_view.keep_address(row)
found = filtering.apply(state, filters.from_address())
sheet_view.way(row, found if row in found else state.sheets)
viewer = workspace.viewer()
coordinates = viewer.coordinates(state.initiative_id)
editor = frame.Editor(
    sheet=row,
    may_edit=detail.may_write,
    base=save.section_base,
    save=save.save_section,
    choices=partial(workspace.read, choices.edit_choices),
)
sheet_view.head(state, row, detail, editor)
if coordinates and not detail.is_home:
    frame.edited_elsewhere(detail.elsewhere)
unplanned.validation(row, workspace.header(), validate_unplanned, forget_validation, may_write=coordinates)
if coordinates and (row.findings or row.time_note):
    accept = partial(workspace.act, correct)
    corrections_view.box(row, state, workspace.read(corrections.correctable), accept)

left, right = st.columns(2, gap="large")
with left:
    sheet_view.what_it_is(detail, editor)
    sheet_view.precisions(detail, editor)
with right:
    sheet_view.steps(detail, row, editor, partial(frame.tick, tick_milestone))
    sheet_view.weather(detail)
    if coordinates:
        logbook.of_sheet(workspace.read(carnet.of_sheet, row.sheet_id), row, close_reminder)
    sheet_view.decisions(detail.decisions)
    sheet_view.partners(row, detail, editor)
    if editor.opened is Section.PARTNERS:
        unify.show(editor.choices().organisations, unify_organisations)

sheet_figures.indicators(detail)
sheet_figures.money(detail)

if coordinates and row.unsettled:
    ask = partial(workspace.read, unsettled_cell.cell_to_settle)
    desk = unsettled_view.Desk(ask, settle.cell_base, settle.settle_cell, settle.set_aside_cell, state.on)
    unsettled_view.of_sheet(workspace.read(unsettled.unsettled_cells), row.placement_id, desk)

if acts.may_see_sheets(viewer, state.initiative_id):
    with st.expander("Historique de la fiche", icon=":material/history:", on_change="rerun", key="history") as past:
        if past.open:
            zone = workspace.initiative().time_zone
            followed = partial(workspace.read, history_values.followed, row.sheet_id)
            value = history_view.chosen_value(followed, row.sheet_id)
            about = f"{row.sheet_id}{value}"
            told = workspace.read(history.sheet_history, row.sheet_id, history_view.page_asked(about), value)
            if value:
                history_view.values(told, zone)
            else:
                history_view.show(told, zone, partial(workspace.read, acts.act_reach))
            history_view.pages(told, history.ACTS_A_PAGE, about)
