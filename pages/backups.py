"""Sauvegardes: what is kept of the whole database, one more at once, and how one is put back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components import backups_view, workspace
from db import shelf
from db.rights import Operation

st.title("Sauvegardes", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info("Les sauvegardes contiennent tout : elles sont réservées à la personne qui administre Balise.")
    st.stop()

here, kept = workspace.chosen(), workspace.ask(shelf.listing)
zone = ZoneInfo(here.time_zone if here else "Europe/Paris")
backups_view.show(kept, zone, datetime.now(UTC), shelf.save_now, shelf.verify_all)
