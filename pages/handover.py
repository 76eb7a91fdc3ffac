"""Passer la main: who coordinates and what would pass, the act that passes it, and what nobody holds."""

from functools import partial

import streamlit as st

from components import handover_view, workspace
from db.commands.handover import hand_over
from db.commands.vacancies import declare_vacancy, end_vacancy
from db.queries import handover
from db.rights import Operation
from db.settings import settings

st.title("Passer la main", anchor=False)

here = workspace.initiative()
if not workspace.viewer().may(Operation.HAND_OVER, here.id):
    handover_view.closed()
    st.stop()

post = workspace.ask(partial(handover.post, initiative_id=here.id, on=workspace.today(here)))
handover_view.show(
    handover_view.Desk(
        initiative_id=here.id,
        post=post,
        by_accounts=settings().by_accounts,
        hand_over=hand_over,
        declare=declare_vacancy,
        end=end_vacancy,
    )
)
handover_view.past(post.vacancies, post.on)
handover_view.nobody_holds(workspace.read(handover.unheld), here.code, post.on)
