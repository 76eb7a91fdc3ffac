"""Prise de poste: what who has just taken the coordination of a démarche is told first."""

import streamlit as st

from components import taking_over, workspace
from db.commands.handover import close_taking_over
from db.queries import taking_over as queries

st.title("Prise de poste", anchor=False)

told = workspace.read(queries.taking_over)
if told is None:
    taking_over.nothing_taken()
    st.stop()

taking_over.show(told, close_taking_over)
