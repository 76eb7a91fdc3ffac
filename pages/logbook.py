"""Carnet de bord: what the coordination noted, what it becomes, what it wants to be told of."""

from functools import partial

import streamlit as st

from components import hall, logbook_view, workspace
from components.logbook_forms import Carnet, Verb
from db.commands import logbook as acts
from db.queries import logbook, plan

st.title("Carnet de bord", anchor=False)

state = workspace.read(plan.plan_state)
if not workspace.viewer().coordinates(state.initiative_id):
    logbook_view.closed(workspace.initiative() in workspace.writes_in(), hall.show_preparation)
    st.stop()

logbook_view.show(
    Carnet(
        notes=workspace.read(logbook.notes),
        reminders=workspace.read(logbook.reminders),
        state=state,
        structures=partial(workspace.read, logbook.structures),
        acts={
            Verb.WEATHER: acts.note_to_weather,
            Verb.MILESTONE: acts.note_to_milestone,
            Verb.REMINDER: acts.note_to_reminder,
            Verb.ATTACH: acts.attach_note,
            Verb.REWRITE: acts.rewrite_note,
            Verb.REMOVE: acts.remove_note,
            Verb.ADD: acts.add_reminder,
            Verb.MOVE: acts.move_reminder,
            Verb.CLOSE: acts.close_reminder,
        },
    )
)
