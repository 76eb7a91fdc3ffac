"""The reference: two pages with a title and a top navigation, started as Balise is."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("main.py"))
