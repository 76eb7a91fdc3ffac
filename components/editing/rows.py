"""The fields of a fiche that are rows: the tree of its objectives, its étapes."""

from collections.abc import Sequence

import streamlit as st

from components.forms import Form, Row
from db.rules.sections import LABELS
from db.rules.vocabulary import MilestoneState, ObjectiveLevel

LEVELS = [level.label_fr for level in ObjectiveLevel]
STATES = [state.label_fr for state in MilestoneState]


def objectives(form: Form) -> None:
    """The objectives in their order; each stands under the last one of a wider level above it."""
    st.markdown(
        f"**{LABELS['objectives']}**  \n:gray[Chacun se range sous le dernier objectif plus large écrit au-dessus.]"
    )
    form.rows(
        "objectives",
        ("level", "code", "text"),
        _objective,
        "Ajouter un objectif",
        {"level": ObjectiveLevel.OPERATIONAL.label_fr},
    )


def _objective(row: Row) -> None:
    level, code, tools = st.columns([4, 2, 3], vertical_alignment="center")
    with level:
        row.choice("level", "Niveau", LEVELS)
    with code:
        row.line("code", "N°", placeholder="N°")
    with tools:
        row.tools()
    row.line("text", "Objectif", placeholder="Ce que l'action vise")


def milestones(form: Form, organisations: Sequence[str]) -> None:
    """The étapes in their order, each with its due date and who answers for it."""
    st.markdown(f"**{LABELS['milestones']}**")
    form.rows(
        "milestones",
        ("label", "due", "state", "done", "lead", "weight"),
        lambda row: _milestone(row, organisations),
        "Ajouter une étape",
        {"state": MilestoneState.PLANNED.label_fr, "weight": 1},
    )


def _milestone(row: Row, organisations: Sequence[str]) -> None:
    label, due, tools = st.columns([6, 3, 2], vertical_alignment="center")
    with label:
        row.line("label", "Étape", placeholder="Nom de l'étape")
    with due:
        row.line("due", "Échéance", placeholder="Échéance : mars 2027")
    with tools:
        row.tools()
    state, done, lead = st.columns([3, 3, 5], vertical_alignment="center")
    with state:
        row.choice("state", "État", STATES)
    with done:
        row.line("done", "Franchie le", placeholder="Franchie le")
    with lead:
        row.choice("lead", "Responsable", organisations, placeholder="Responsable", accept_new_options=True)
