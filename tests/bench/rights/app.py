"""The reference: only what every page of Balise asks first: rights, session, revisions."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).with_name("main.py"))
