"""The static tables of the pages."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st


def show(rows: Sequence[Mapping[str, str]], *, hide_header: bool = False) -> None:
    """Rows of Markdown under their titles, which are their keys; a row may lack some.

    Given to Streamlit as Arrow, the form in which it sends them: through a pandas frame a table takes ten times longer.
    """
    titles = dict.fromkeys(title for row in rows for title in row)
    columns = {title: [row.get(title, "") for row in rows] for title in titles}
    st.table(pa.table(columns), hide_index=True, hide_header=hide_header, border="horizontal")
