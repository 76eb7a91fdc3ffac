"""Personnes: of whom something is held; looking at it again, handing it over, erasing it. For who administers."""

from functools import partial

import streamlit as st

from components import persons_view, workspace
from db.commands.persons import erase_person_named, review_person
from db.engine import engine
from db.erasure import clean
from db.models.base import now_utc
from db.queries.persons import persons_held
from db.rights import Operation

st.title("Personnes", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info(persons_view.CLOSED)
    st.stop()

on = now_utc().astimezone(workspace.zone()).date()
persons_view.show(
    persons_view.Desk(
        persons=workspace.ask(partial(persons_held, on=on)),
        on=on,
        review=review_person,
        erase=erase_person_named,
        forget=partial(clean, engine()),
        has_own_backups=engine().dialect.name == "sqlite",
    )
)
