from pathlib import Path

import pandas as pd
import streamlit as st

import components
from components import theme
from db.rules.vocabulary import Status

st.html(Path(components.__path__[0]) / "theme.css")
st.title("Essai")
st.caption("Une légende")
st.markdown(" ".join(theme.status_badge(status) for status in Status) + theme.late_badge() + theme.to_discuss_badge())
st.markdown(":gray[*non renseigné*]")
st.metric("Fiches actions", "23", border=True)
st.vega_lite_chart(
    {
        "data": {"values": [{"axe": "1", "fiches": 3}, {"axe": "2", "fiches": 6}]},
        "transform": [{"calculate": "datum.fiches * 2", "as": "double"}],
        "mark": "bar",
        "encoding": {
            "x": {"field": "axe", "type": "nominal"},
            "y": {"field": "double", "type": "quantitative"},
            "tooltip": {"field": "double"},
        },
    },
    alt="Fiches par axe",
)
st.dataframe(pd.DataFrame({"fiche": ["1.1", "1.2"]}), hide_index=True, alt="Fiches")
st.success("Enregistré à 14 h 32")
st.button("Enregistrer", type="primary")
if st.button("Casser"):
    raise ValueError("une panne")
