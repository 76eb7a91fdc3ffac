"""The hall: appearance, navigation, the line that says which démarche is open, then the page."""

from pathlib import Path

import streamlit as st

from components import hall, workspace

COMPONENTS = Path(__file__).resolve().parent.parent / "components"

page = st.navigation(
    {
        "Piloter": [
            st.Page("overview.py", title="Vue d'ensemble", default=True),
            st.Page("plan.py", title="Plan d'action", url_path="plan"),
            st.Page("sheet.py", title="Fiche action", url_path="fiche", visibility="hidden"),
            st.Page("initiatives.py", title="Mes démarches", url_path="demarches"),
        ],
        "Réglages": [
            st.Page("exchange.py", title="Importer, exporter", url_path="importer"),
            st.Page("guide.py", title="Aide", url_path="aide"),
        ],
    },
    position="top",
)
st.set_page_config(page_title=f"{page.title} · Balise", page_icon=COMPONENTS / "balise.svg", layout="wide")
st.html(COMPONENTS / "theme.css")
workspace.begin()
if not workspace.choices() and page.url_path in (hall.PLAN_ADDRESS, hall.SHEET_ADDRESS):
    st.switch_page("overview.py")  # it welcomes, and shows the two doors
hall.stand(workspace.choices(), on_sheet=page.url_path == hall.SHEET_ADDRESS)
workspace.notices(page.url_path)
page.run()
