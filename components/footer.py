"""The last line of every page: what the law asks to be one click away."""

import streamlit as st

from db.rules.legal import FOOTER


def line() -> None:
    """The links. They open apart, so that what is being typed stays as it is.

    The style sheet reads there which appearance is shown: on paper what is dark is made light.
    """
    with st.container(key="footer_dark" if st.context.theme.type == "dark" else "footer"):
        st.markdown(f":small[{'  ·  '.join(f'[{title}](/{path})' for path, title in FOOTER.items())}]")
