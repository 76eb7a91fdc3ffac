"""Vue d'ensemble: where the démarche is, what must be decided, what changed."""

from functools import partial

import streamlit as st

from components import charts, overview, workspace
from db.commands import demo
from db.queries import overview as told
from db.queries import plan
from db.rights import Operation

if workspace.chosen() is None and not workspace.viewer().may(Operation.IMPORT):
    overview.nothing_open()
    st.stop()
if workspace.chosen() is None:
    overview.empty(partial(workspace.act, demo.load_demo))
    st.stop()

dark = st.context.theme.type == "dark"
header = workspace.header()
state = workspace.read(plan.plan_state)
facts = workspace.read(told.overview)

overview.head(header)
overview.after_import(state, facts, header.code)
overview.figures(state, facts, header.code)

left, right = st.columns([5, 3], gap="large")
with left:
    overview.to_arbitrate(state, facts, header, before_committee=workspace.viewer().published_only)
with right:
    overview.since_last_committee(facts, header)

left, right = st.columns(2, gap="large")
with left:
    overview.by_axis(workspace.draw(charts.status_by_axis, plan.plan_state, dark), state)
with right:
    overview.in_time(workspace.draw(charts.axis_timeline, plan.plan_state, dark), state)
