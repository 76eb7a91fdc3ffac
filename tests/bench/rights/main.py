import streamlit as st

from components import workspace

st.title("Page vide")
workspace.viewer()
workspace.initiative()
