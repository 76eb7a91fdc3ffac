"""Qui voit quoi: the rights of each role, from the very table that the code applies; made to be printed."""

import streamlit as st

from components import who_sees
from db.rights import in_words

st.title("Qui voit quoi", anchor=False)
st.markdown(
    "Un rôle est donné dans une démarche, ou dans toutes, d'un jour à un autre ; une personne peut en tenir plusieurs, "
    "et le plus large compte. Ce qui n'est pas écrit ici n'est permis à personne. Le carnet de bord et les listes de "
    "la coordination ne sont qu'à qui écrit dans toute la démarche ; un brouillon n'est qu'à qui le tape."
)
who_sees.table(in_words)
