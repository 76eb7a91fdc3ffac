"""Ma semaine: over all the démarches that a person coordinates, what is due, silent, about to end, to publish."""

import streamlit as st

from components import taking_over, week, workspace
from db.commands.logbook import close_reminder
from db.queries.taking_over import posts_to_take
from db.queries.week import left_drafts, my_week

st.title("Ma semaine", anchor=False)

told = workspace.read_all(my_week)
if told is None:
    week.nothing_to_coordinate()
    st.stop()

taking_over.doors(workspace.read_all(posts_to_take))
week.show(told, workspace.ask(left_drafts), close_reminder)
