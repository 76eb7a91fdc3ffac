"""Derniers actes: what was done on the plan, by whom, and the way to take it back days later."""

from functools import partial

import streamlit as st

from components import history_view, workspace
from db.queries import acts

st.title("Derniers actes", anchor=False)

here = workspace.initiative()
if not acts.may_see(workspace.viewer(), here.id):
    st.info("L'historique de cette démarche ne vous est pas ouvert.")
    st.stop()

st.markdown(history_view.ALL_ACTS if workspace.prepares() else history_view.ACTS_READ)
told = workspace.read(acts.past_acts, history_view.page_asked(here.code))
history_view.show(told, here.time_zone, partial(workspace.read, acts.act_reach))
history_view.pages(told, acts.ACTS_A_PAGE, here.code)
