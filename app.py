"""What the server is made of: the hall's script, start-up and shutdown, routes and middleware.

Started by `streamlit run app.py`, the only supported way: any other start misses the shipped configuration.
"""

from pathlib import Path

import streamlit as st

from components.server.configuration import refuse_unless_guarded, refuse_unless_migrated, refuse_unless_shipped
from components.server.errors import answer_failure, explain
from components.server.lifespan import lifespan
from components.server.stack import MIDDLEWARE, ROUTES

HERE = Path(__file__).resolve().parent

refuse_unless_shipped(HERE)
refuse_unless_guarded()
refuse_unless_migrated()

app = st.App(
    HERE / "pages" / "main.py",
    lifespan=lifespan,
    routes=ROUTES,
    middleware=MIDDLEWARE,
    on_script_error=explain,
    exception_handlers={Exception: answer_failure},
)
