"""Sauvegardes: what is kept of the whole database, how it is put back, and one démarche carried out or taken in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components import backups_view, portable_view, workspace
from db import shelf
from db.commands import adoption
from db.portable import box
from db.rights import Operation

st.title("Sauvegardes", anchor=False)

if not workspace.viewer().may(Operation.ADMINISTER):
    st.info("Les sauvegardes contiennent tout : elles sont réservées à la personne qui administre Balise.")
    st.stop()

here, kept = workspace.chosen(), workspace.ask(shelf.listing)
zone = ZoneInfo(here.time_zone if here else "Europe/Paris")
backups_view.show(kept, zone, datetime.now(UTC), shelf.save_now, shelf.verify_all)
portable_view.leave(workspace.choices(), here)
portable_view.arrive(box.read_or_tell, adoption.welcome, adoption.adopt_initiative, shelf.before_import, zone)
