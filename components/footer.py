"""The last line of every page: what the law asks to be one click away."""

import streamlit as st

from db.rules.legal import FOOTER


def line() -> None:
    """The links. They open apart, so that what is being typed stays as it is."""
    with st.container(key="footer"):
        st.markdown(f":small[{'  ·  '.join(f'[{title}](/{path})' for path, title in FOOTER.items())}]")
