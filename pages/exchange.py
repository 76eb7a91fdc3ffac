"""Importer, exporter: a workbook comes in after a dry run that says everything, and goes out the same."""

from functools import partial

import streamlit as st

from components import workspace
from components.exchange import applying, conflicts, door, landing, settling, trial
from components.server import trials
from db import shelf
from db.commands.undo import undo_act
from db.exchange import upload
from db.queries import imports, plan
from db.rights import Operation

st.title("Importer, exporter", anchor=False)

viewer, here = workspace.viewer(), workspace.chosen()
open_to = [choice for choice in workspace.choices() if viewer.may(Operation.IMPORT, choice.id)]
may_create = viewer.may(Operation.IMPORT)

if here is not None:
    state, past = workspace.read(plan.plan_state), workspace.read(imports.past_imports)
    applying.result(past, state, here, undo_act)

dropped = door.open_door(applying.forget) if open_to or may_create else door.closed()

if dropped is None:
    if here is not None:
        applying.export(here.code, here.label, len(state.sheets))
    if here in open_to:
        applying.past(past, here.label, here.time_zone, undo_act)
    st.stop()

place = st.container()
choices = place.grid(3, min_column_width=260)
read = door.read(dropped, upload.read_bytes, upload.understand_book, choices)
if read is None:
    st.stop()
understood, read_as = read
plan_read = door.answered(dropped, upload.read_bytes, upload.understand_book, read_as, settling.answers(dropped.about))
if plan_read is None:
    st.stop()
incoming, read_as = plan_read

found = trials.resembling(viewer, incoming, dropped.digest)
target = landing.choose(open_to, found, may_create, dropped.about, choices)
landing.explain(open_to, found, len(incoming.draft.sheets), place)
if target is None:
    st.stop()
if target is landing.NEW:
    landing.new(incoming.name, trials.announced(incoming), dropped.about, choices, place)

on, initiative_id = workspace.today(target), target.id or None
summary = st.container()
asked = trials.run(viewer, read_as, incoming, initiative_id, on)
settling.choose(understood.to_choose, dropped.about)
accepted = conflicts.choose(asked.preview.conflicts, asked.token)
tried = trials.run(viewer, read_as, incoming, initiative_id, on, accepted) if accepted else asked
apply = partial(trials.apply, trial=tried, digest=dropped.digest)

with summary:
    trial.summary(tried.preview)
    with st.container(horizontal=True, vertical_alignment="center"):
        typed = partial(landing.typed, dropped.about)
        applying.button(tried.preview, tried.token, trials.TRIALS, apply, typed, shelf.before_import)
        trial.problems_link(tried.preview, tried.token)
    trial.refusals(tried.preview)
trial.details(tried.preview)
