"""Textes de l'installation: legal notices, personal data, cookies, accessibility, for who administers."""

import streamlit as st

from components import legal_form, workspace
from db.commands.texts import text_base, write_text
from db.queries.texts import legal_texts
from db.rights import Operation

st.title("Textes de l'installation", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info("Ces textes s'écrivent par la personne qui administre Balise ; ils se lisent au pied de chaque page.")
    st.stop()

legal_form.show(workspace.ask(lambda session, _viewer: legal_texts(session)), text_base, write_text)
