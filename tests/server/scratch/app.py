"""Balise's server around one page of everything Streamlit draws, without a database."""

from pathlib import Path

import streamlit as st

from components.server.errors import explain
from components.server.stack import MIDDLEWARE, ROUTES

app = st.App(Path(__file__).with_name("page.py"), middleware=MIDDLEWARE, routes=ROUTES, on_script_error=explain)
