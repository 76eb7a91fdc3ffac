"""A gentle word under a text that seems to speak of a patient. Nothing is blocked, nothing is noted."""

import streamlit as st

from db.rules.patient import CAUTION, speaks_of_a_patient

WORDS = f":material/privacy_tip: {CAUTION}"


def under(*texts: str) -> None:
    """Say it, once, when one of these texts is so."""
    if any(map(speaks_of_a_patient, texts)):
        st.caption(WORDS)
