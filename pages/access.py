"""Accès: who may come in, and what they come in as."""

from functools import partial

import streamlit as st

from components import access, access_link, access_roles, person_acts, workspace
from db.commands import roles, ways_in
from db.commands.consultations import consult_acts
from db.models.base import now_utc
from db.queries import accounts
from db.queries import person_acts as acts
from db.queries.choices import organisation_names
from db.rights import Operation
from db.settings import settings

st.title("Accès", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info("Cette page est celle des personnes qui administrent Balise.")
    st.stop()
if not settings().by_accounts:
    st.info(
        "Cette installation s'ouvre sans mot de passe, depuis la machine où elle tourne. Pour la partager, "
        "relancez-la avec ACCESS=accounts et PUBLIC_URL, son adresse : chacun aura alors son accès, donné ici."
    )
    st.stop()

st.markdown(
    "Chacun entre avec son identifiant et un mot de passe qu'il choisit lui-même, par un lien qui sert une fois. "
    "Le rôle dit ce qu'il voit et ce qu'il fait."
)
people = workspace.ask(partial(accounts.people, at=now_utc()))
person = next((one for one in people if one.id == person_acts.asked()), None)
if person is not None:
    query = partial(acts.acts_consulted, account_id=person.id, at=now_utc(), page=person_acts.page_asked())
    person_acts.of_somebody(person, workspace.ask(query), acts.ACTS_A_PAGE, consult_acts)
    st.stop()

access_link.show(settings().address_of)
access.show(
    access.Desk(
        people=people,
        roles=access_roles.Roles(
            places=workspace.choices(),
            structures=partial(workspace.ask, organisation_names),
            on=now_utc().astimezone(workspace.zone()).date(),
            give=roles.give_role,
            end=roles.end_role,
            withdraw=roles.withdraw_role,
        ),
        invite=ways_in.invite,
        new_link=ways_in.new_password_link,
        close=ways_in.disable_account,
        open_again=ways_in.enable_account,
    )
)
