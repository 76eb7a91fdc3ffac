"""A gentle word under a text that seems to speak of a patient. Nothing is blocked, nothing is noted."""

import streamlit as st

from db.rules.patient import speaks_of_a_patient

WORDS = (
    ":material/privacy_tip: Ce texte semble parler d'un patient (numéro de sécurité sociale, date de naissance, nom). "
    "Balise n'est pas faite pour cela : gardez le fait, retirez ce qui désigne la personne."
)


def under(text: str) -> None:
    """Say it when it is so."""
    if text and speaks_of_a_patient(text):
        st.caption(WORDS)
