"""The hall: appearance, navigation, the line that says which démarche is open, then the page."""

from pathlib import Path

import streamlit as st

from components import hall, workspace

st.set_page_config(page_title="Balise", layout="wide")
st.html(Path(__file__).resolve().parent.parent / "components" / "theme.css")

page = st.navigation(
    {
        "Piloter": [
            st.Page("overview.py", title="Vue d'ensemble", icon=":material/space_dashboard:", default=True),
            st.Page("plan.py", title="Plan d'action", icon=":material/view_list:", url_path="plan"),
            st.Page("sheet.py", title="Fiche action", url_path="fiche", visibility="hidden"),
        ],
        "Réglages": [
            st.Page("exchange.py", title="Importer, exporter", icon=":material/upload_file:", url_path="importer"),
            st.Page("guide.py", title="Aide", icon=":material/help:", url_path="aide"),
        ],
    },
    position="top",
)
hall.stand(workspace.choices(), page.title)
workspace.notices()
page.run()
