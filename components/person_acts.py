"""What one person did: their own list, and the one that who administers opens by saying why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from components import formats, notices, tables, workspace
from components.formats import NBSP
from components.forms import Form
from components.text import escape
from db.rules.forms import Written
from db.rules.person_acts import Consulted, PersonActs
from db.rules.ways_in import PersonTold

OF, PAGE = "actes_de", "person_acts_page"
WHOLE = "Toute l'installation"
MINE = (
    "Ce que vous avez fait dans les démarches qui vous sont ouvertes. Personne d'autre n'a cette liste, sauf qui "
    "administre Balise, en disant pourquoi : vous le sauriez ici."
)
Command = Callable[..., Any]


def page_asked() -> int:
    """The page of the list that the reader asked for."""
    return int(st.session_state.get(PAGE, 1))


def mine(told: PersonActs | None, acts_a_page: int) -> None:
    """The reader's own acts, and when they were consulted; nothing for who has no account."""
    if told is None:
        return
    st.header("Mes actes", anchor=False)
    st.markdown(MINE)
    _list(told, acts_a_page)


def asked() -> int | None:
    """The account whose acts the address asks for."""
    wanted = st.query_params.get(OF, "")
    return int(wanted) if wanted.isdecimal() and wanted.isascii() and len(wanted) < 10 else None


def ask(account_id: int) -> None:
    """Have the address ask for somebody's acts."""
    st.query_params.pop(workspace.DRAFT, None)
    st.session_state.pop(PAGE, None)
    notices.forget()
    st.query_params[OF] = str(account_id)


def leave() -> None:
    """Come back to the list of accesses."""
    notices.forget()
    for name in (OF, workspace.DRAFT):
        st.query_params.pop(name, None)


def of_somebody(person: PersonTold, told: PersonActs | None, acts_a_page: int, consult: Command) -> None:
    """The acts of somebody to who administers: a reason first, then the list. `consult` is a command."""
    st.button("Tous les accès", icon=":material/arrow_back:", type="tertiary", key="acts_leave", on_click=leave)
    st.header(f"Actes de {escape(person.function)}", anchor=False)
    if told is None:
        _reason(person, consult)
        return
    st.caption("Cette consultation reste ouverte une heure ; la personne concernée en voit la date et la raison.")
    _list(told, acts_a_page)


def _reason(person: PersonTold, consult: Command) -> None:
    with st.container(border=True, key="acts_reason"):
        st.markdown(
            "La liste de ce que quelqu'un a fait ne s'ouvre que pour une raison. La date et la raison seront écrites, "
            f"et montrées à cette personne sur sa page «{NBSP}Mon accès{NBSP}»."
        )
        form = Form(workspace.draft(f"acts:{person.id}"))
        form.resumed()
        form.line("reason", "Pourquoi", placeholder="Retrouver qui a changé le budget de la fiche 2.3")

        def save(typed: dict[str, Written]) -> None:
            done = workspace.act(consult, closes=form.draft.key, account_id=person.id, reason=typed["reason"])
            if done:
                st.query_params.pop(workspace.DRAFT, None)

        form.actions("Voir ses actes", save, leave)


def _list(told: PersonActs, acts_a_page: int) -> None:
    if told.consulted:
        st.info("  \n".join(consulted_words(told.consulted)), icon=":material/visibility:")
    if not told.acts:
        st.markdown("Aucun acte.")
        return
    zone = workspace.zone()
    tables.show(
        [
            {
                "Le": formats.instant(act.at, zone),
                "Quoi": escape(act.label) + (" :orange-badge[annulé]" if act.is_taken_back else ""),
                "Démarche": escape(act.initiative) if act.initiative else f":gray[{WHOLE}]",
            }
            for act in told.acts
        ]
    )
    number = -(-told.total // acts_a_page)
    if number > 1:
        st.pagination(number, key=PAGE)


def consulted_words(consulted: Sequence[Consulted]) -> list[str]:
    """« Consulté par l'administration le 3 octobre 2026 à 14 h 02, pour : … », each time."""
    return [f"Consulté par l'administration le {_when(one.at)}, pour{NBSP}: {escape(one.reason)}" for one in consulted]


def _when(at: datetime) -> str:
    return formats.instant(at, workspace.zone())
