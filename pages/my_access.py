"""Mon accès: where one is signed in, one's password, and the way out."""

from functools import partial

import streamlit as st

from components import my_access, person_acts, workspace
from db.commands import ways_in
from db.models.base import now_utc
from db.queries import accounts
from db.queries import person_acts as acts

st.title("Mon accès", anchor=False)

who = workspace.standing().caller
if who.session is None:
    st.info(my_access.NO_PASSWORD)
else:
    my_access.show(
        who.session.login,
        who.session.session_id,
        workspace.ask(partial(accounts.my_sessions, at=now_utc())),
        ways_in.end_session,
        ways_in.end_other_sessions,
    )
person_acts.mine(workspace.ask(partial(acts.my_acts, page=person_acts.page_asked())), acts.ACTS_A_PAGE)
