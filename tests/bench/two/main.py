import streamlit as st

st.navigation(
    {"Piloter": [st.Page("one.py", title="Une", default=True), st.Page("other.py", title="Autre", url_path="plan")]},
    position="top",
).run()
