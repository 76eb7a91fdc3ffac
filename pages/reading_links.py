"""Liens de lecture: sharing one page with who has no account, and the links that are open; for who may publish."""

from functools import partial

import streamlit as st

from components import sharing, workspace
from db.commands.reading_links import make_reading_link, revoke_reading_link
from db.models.base import now_utc
from db.queries import plan, reading_links
from db.settings import settings

st.title("Liens de lecture", anchor=False)

here = workspace.initiative()
if not workspace.viewer().shares(here.id):
    sharing.closed()
    st.stop()
if not settings().by_accounts:
    st.info(sharing.NOT_SHARED)
    st.stop()

on = now_utc().astimezone(workspace.zone()).date()
desk = sharing.Desk(on, settings().address_of, make_reading_link, revoke_reading_link)
st.markdown(sharing.HOW)
asked = sharing.asked_view(workspace.read(plan.plan_state))
if asked is not None:
    sharing.form(asked, workspace.header(), desk)
sharing.links(workspace.ask(partial(reading_links.reading_links, initiative_id=here.id, on=on)), desk)
