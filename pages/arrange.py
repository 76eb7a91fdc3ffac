"""Organiser le plan: its axes, the order and the numbers of its sheets, those that come and those that leave."""

import streamlit as st

from components import hall, workspace
from components.arrange import axes, coming, frame, grid, one
from components.arrange.frame import View
from db.commands import ordering, sheet_life, tree
from db.commands.plan import add_axis
from db.queries import arranging, choices
from db.rights import Operation

st.title("Organiser le plan", anchor=False)

plan = workspace.read(arranging.arrangement)
if plan is None:
    writes = workspace.viewer().may(Operation.WRITE, workspace.initiative().id)
    frame.closed(hall.show_preparation, writes=writes)
    st.stop()

view = frame.choose(plan)
if view is View.AXES:
    axes.show(plan, axes.Commands(add_axis, tree.edit_axis, tree.order_axes, tree.archive_axis))
elif view is View.ORDER:
    grid.show(plan, ordering.order_cells)
elif view is View.ONE:
    one.show(plan, one.Commands(ordering.order_plan, sheet_life.duplicate_sheet, sheet_life.archive_sheet))
elif view is View.NEW:
    coming.new(plan, workspace.read(choices.edit_choices).organisations, sheet_life.create_sheet)
else:
    coming.archived(plan, sheet_life.restore_sheet)

frame.back()
