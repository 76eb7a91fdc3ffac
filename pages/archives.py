"""Archives: what was archived, since when, and how it is deleted for good."""

import streamlit as st

from components import archives_view, workspace
from db import shelf
from db.commands.purging import purge_sheets
from db.queries.archives import archived_fiches
from db.rights import Operation

st.title("Archives", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info("Supprimer définitivement est réservé à la personne qui administre Balise.")
    st.stop()

commands = workspace.ask(shelf.listing).commands
archives_view.show(workspace.ask(archived_fiches), commands[0] if commands else None, purge_sheets)
