"""Publier le point: what readers will see of it first, then one button; the points published so far below."""

import streamlit as st

from components import hall, publishing, workspace
from db.commands.publish import publish_typed
from db.commands.undo import undo_act
from db.queries import plan, points
from db.rights import Operation
from db.rules.points import compare

viewer, header = workspace.viewer(), workspace.header()
if not viewer.may(Operation.PUBLISH, header.id):
    publishing.closed()
    st.stop()

past = workspace.read(points.points)
since = publishing.since_asked(past)
if since is not None:
    chosen = publishing.until(past, since, prepares=not viewer.published_only)
    if chosen is not None:
        before = workspace.read(points.picture, since.id)
        after = workspace.read(points.picture, publishing.point_of(chosen))
        publishing.comparison(compare(before, after))
    st.stop()

sheet = publishing.sheet_asked(workspace.read(plan.plan_state))
publishing.title(sheet)
alone = sheet.sheet_id if sheet else None
today = workspace.read(points.to_publish, header.on, alone)
if viewer.published_only:
    publishing.elsewhere(hall.show_preparation)
elif today is None:
    publishing.lent()
elif not publishing.is_due(today, past, sheet):
    publishing.nothing(sheet)
else:
    form = publishing.form_of(header, sheet)
    as_of = publishing.day_asked(form, header.on)
    told = workspace.read(points.to_publish, as_of, alone) or today
    publishing.preview(told, as_of, sheet)
    publishing.ask(form, header, told, sheet, publish_typed)
publishing.past(past, workspace.initiative().time_zone, undo_act)
