"""Mes démarches: every démarche that may be opened, found by its name."""

import streamlit as st

from components import initiative_list, workspace

st.title("Mes démarches", anchor=False)
choices = workspace.choices()
if choices:
    initiative_list.show(choices)
else:
    st.write("Aucune démarche n'est encore là. Commencez par importer un plan.")
    st.page_link("exchange.py", label="Importer votre plan")
