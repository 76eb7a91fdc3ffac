"""The reference: a page with a title and nothing else, started as Balise is."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("main.py"))
