"""The hall: appearance, navigation, the line that says which démarche is open, then the page."""

from pathlib import Path

import streamlit as st

from components import footer, hall, logbook, notices, reading_room, sharing, taking_over, way_in, week, workspace
from db.commands.logbook import note
from db.queries.acts import may_see
from db.queries.plan import plan_state
from db.queries.taking_over import posts_to_take
from db.rights import Operation, Reach

COMPONENTS = Path(__file__).resolve().parent.parent / "components"

workspace.begin()
mine = "visible" if workspace.writes_in() else "hidden"
told = "visible" if any(may_see(workspace.viewer(), choice.id) for choice in workspace.choices()) else "hidden"
here = workspace.chosen()
part = workspace.viewer().reads_only(here.id) if here else None
link = workspace.link()
shares = "visible" if here and workspace.viewer().shares(here.id) else "hidden"
whole = "visible" if part is None else "hidden"
administers = "visible" if workspace.viewer().may(Operation.ADMINISTER) else "hidden"
passes = "visible" if here and workspace.viewer().may(Operation.HAND_OVER, here.id) else "hidden"
signed = "visible" if workspace.standing().caller.session is not None else "hidden"
invites = administers if signed == "visible" else "hidden"
page = st.navigation(
    {
        "Piloter": [
            st.Page("week.py", title="Ma semaine", url_path="semaine", visibility=mine),
            st.Page("overview.py", title="Vue d'ensemble", default=True),
            st.Page("plan.py", title="Plan d'action", url_path="plan"),
            st.Page("contract.py", title="Contrat et avenants", url_path="contrat", visibility=whole),
            st.Page("unplanned.py", title="Action imprévue", url_path="imprevue", visibility="hidden"),
            st.Page("arrange.py", title="Organiser le plan", url_path="organiser", visibility="hidden"),
            st.Page("news.py", title="Donner des nouvelles", url_path="nouvelles", visibility=mine),
            st.Page("bulk.py", title="Modifier plusieurs fiches", url_path="plusieurs", visibility="hidden"),
            st.Page("sheet.py", title="Fiche action", url_path="fiche", visibility="hidden"),
            st.Page("publish.py", title="Publier le point", url_path="publier", visibility="hidden"),
            st.Page("proposals.py", title="Réponses des pilotes", url_path="reponses", visibility=mine),
            st.Page("reading_links.py", title="Liens de lecture", url_path="liens", visibility=shares),
            st.Page("logbook.py", title="Carnet de bord", url_path="carnet", visibility=mine),
            st.Page("initiatives.py", title="Mes démarches", url_path="demarches"),
        ],
        "Réglages": [
            st.Page("exchange.py", title="Importer, exporter", url_path="importer", visibility=whole),
            st.Page("backups.py", title="Sauvegardes", url_path="sauvegardes", visibility=administers),
            st.Page("archives.py", title="Archives", url_path="archives", visibility=administers),
            st.Page("legal.py", title="Textes de l'installation", url_path="textes", visibility=administers),
            st.Page("acts.py", title="Derniers actes", url_path="actes", visibility=told),
            st.Page("who_sees.py", title="Qui voit quoi", url_path="qui-voit-quoi"),
            st.Page("access.py", title="Accès", url_path="comptes", visibility=invites),
            st.Page("handover.py", title="Passer la main", url_path="passer-la-main", visibility=passes),
            st.Page("taking_over.py", title="Prise de poste", url_path="prise-de-poste", visibility="hidden"),
            st.Page("persons.py", title="Personnes", url_path="personnes", visibility=administers),
            st.Page("my_access.py", title="Mon accès", url_path="mon-acces", visibility=signed),
            st.Page("guide.py", title="Aide", url_path="aide"),
        ],
    },
    position="top" if workspace.signed_in() else "hidden",
)
st.set_page_config(page_title=f"{page.title} · Balise", page_icon=COMPONENTS / "balise.svg", layout="wide")
st.html(COMPONENTS / "theme.css")
if link is not None:
    reading_room.admit(link, page.url_path)
elif not workspace.signed_in():
    way_in.closed()
    st.stop()
way_in.watch()
if (post := taking_over.lands_on(page.url_path, posts_to_take)) is not None:
    st.switch_page("taking_over.py", query_params=post)
if week.lands_on(page.url_path):
    st.switch_page("week.py")
if not workspace.choices() and page.url_path in (hall.PLAN_ADDRESS, hall.SHEET_ADDRESS):
    st.switch_page("overview.py")  # it welcomes, and shows the two doors
if (
    part not in (None, Reach.VIEW) and page.url_path == ""
):  # the overview is of the whole plan: what is open of it is elsewhere
    st.switch_page("initiatives.py" if part is Reach.CARD else "plan.py")
on_week = page.url_path == hall.WEEK_ADDRESS
if link is not None:
    hall.stand_for(link)
else:
    shared, on_sheet = sharing.page_at(page.url_path), page.url_path == hall.SHEET_ADDRESS
    hall.stand(workspace.choices(), on_sheet=on_sheet, on_week=on_week, shared=shared)
with st.container(key="notices"):  # always there, so that what follows keeps its place, and what is typed in the focus
    notices.show(page.url_path)
logbook.line(note, plan_state, page.url_path, everywhere=on_week)
body = st.container()
footer.line()  # drawn first and standing last: a page may stop before its end
with body:
    page.run()
