"""« Qui voit quoi »: the table of rights in words, as it is applied; and what is shown to who reads titles alone."""

from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st

from components import formats, tables, theme
from components.text import escape
from db.rules.access import Role
from db.rules.plan import PlanState, SheetRow

NOTHING = ":gray[rien, tant que rien ne lui est ouvert]"


def table(in_words: Callable[[Role], Sequence[str]]) -> None:
    """A role a row: what it may do, and of what, in the words of the table of rights."""
    rows = [
        {
            "Rôle": f"**{formats.sentence_case(role.label_fr)}**",
            "Ce qu'il permet": "  \n".join(in_words(role)) or NOTHING,
        }
        for role in Role
    ]
    tables.show(rows)


def titles(state: PlanState) -> None:
    """The fiches of a plan as an inhabitant reads them: number, title, status, « En clair », under their axis."""
    names = {node.id: node.label for node in state.axes}
    st.caption(f"{formats.plural(len(state.sheets), 'fiche')}. Le reste du plan n'est pas ouvert à votre accès.")
    for top, sheets in groupby(state.sheets, key=lambda sheet: sheet.axis_path[:1]):
        st.header(escape(names[top[0]]) if top else "Sans axe", divider="gray", anchor=False)
        st.markdown("\n\n".join(map(_title, sheets)))


def _title(sheet: SheetRow) -> str:
    plain = f"  \n{escape(sheet.plain_line)}" if sheet.plain_line else ""
    return f"**{escape(sheet.label)}** &nbsp; {theme.status_badge(sheet.status, sheet.outcome)}{plain}"
