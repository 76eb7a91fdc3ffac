"""The hall: appearance, navigation, the line that says which démarche is open, then the page."""

from pathlib import Path

import streamlit as st

from components import hall, logbook, notices, week, workspace
from db.commands.logbook import note
from db.queries.acts import may_see
from db.queries.plan import plan_state

COMPONENTS = Path(__file__).resolve().parent.parent / "components"

workspace.begin()
mine = "visible" if workspace.writes_in() else "hidden"
told = "visible" if any(may_see(workspace.viewer(), choice.id) for choice in workspace.choices()) else "hidden"
page = st.navigation(
    {
        "Piloter": [
            st.Page("week.py", title="Ma semaine", url_path="semaine", visibility=mine),
            st.Page("overview.py", title="Vue d'ensemble", default=True),
            st.Page("plan.py", title="Plan d'action", url_path="plan"),
            st.Page("contract.py", title="Contrat et avenants", url_path="contrat"),
            st.Page("unplanned.py", title="Action imprévue", url_path="imprevue", visibility="hidden"),
            st.Page("arrange.py", title="Organiser le plan", url_path="organiser", visibility="hidden"),
            st.Page("news.py", title="Donner des nouvelles", url_path="nouvelles"),
            st.Page("bulk.py", title="Modifier plusieurs fiches", url_path="plusieurs", visibility="hidden"),
            st.Page("sheet.py", title="Fiche action", url_path="fiche", visibility="hidden"),
            st.Page("publish.py", title="Publier le point", url_path="publier", visibility="hidden"),
            st.Page("logbook.py", title="Carnet de bord", url_path="carnet", visibility=mine),
            st.Page("initiatives.py", title="Mes démarches", url_path="demarches"),
        ],
        "Réglages": [
            st.Page("exchange.py", title="Importer, exporter", url_path="importer"),
            st.Page("acts.py", title="Derniers actes", url_path="actes", visibility=told),
            st.Page("guide.py", title="Aide", url_path="aide"),
        ],
    },
    position="top",
)
st.set_page_config(page_title=f"{page.title} · Balise", page_icon=COMPONENTS / "balise.svg", layout="wide")
st.html(COMPONENTS / "theme.css")
if week.lands_on(page.url_path):
    st.switch_page("week.py")
if not workspace.choices() and page.url_path in (hall.PLAN_ADDRESS, hall.SHEET_ADDRESS):
    st.switch_page("overview.py")  # it welcomes, and shows the two doors
on_week = page.url_path == hall.WEEK_ADDRESS
hall.stand(workspace.choices(), on_sheet=page.url_path == hall.SHEET_ADDRESS, on_week=on_week)
with st.container():  # always there, so that what follows keeps its place, and what is typed in the focus
    notices.show(page.url_path)
logbook.line(note, plan_state, page.url_path, everywhere=on_week)
page.run()
