"""« Personnes »: of whom something is held, since when; looking at a contact again, handing all of it over, erasing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

import streamlit as st

from components import formats, notices, workspace
from components.text import escape
from db.rules.persons import MONTHS_KEPT, WORD, PersonHeld

ERASING = "effacer"
A_PAGE = 25
NAME_KEY, WORD_KEY = "erase_name", "erase_word"
CLOSED = (
    "Les coordonnées sont celles de toutes les démarches : cette page est celle des personnes qui administrent Balise."
)
ERASED = (
    "**Ce qui est effacé** : ses coordonnées, son accès, ses connexions et ses brouillons ; son nom partout où il a "
    "été tapé, dans les fiches, le carnet, les décisions et l'historique, et dans ce qui sert à chercher."
)
STAYS = "**Ce qui reste** : la fonction du contact, qui est celle de sa structure, et ce qui a été écrit, sans son nom."
OWN_BACKUPS = (
    "**Les sauvegardes faites avant aujourd'hui la contiennent encore.** Celles que Balise fait d'elle-même chaque "
    "jour disparaissent en huit semaines, celles d'avant un import après quatorze autres imports, les autres en un "
    "an ; supprimez celles que vous avez copiées ailleurs. Si vous en restaurez une, effacez-la à nouveau."
)
OTHER_BACKUPS = (
    "**Les sauvegardes faites avant aujourd'hui la contiennent encore**, aussi longtemps que vous les gardez. Si vous "
    "en restaurez une, effacez-la à nouveau."
)
HELD_BACK = " Le fichier de la base se videra de ce qui est effacé dès que plus personne ne le lira."
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page needs: the persons, the day, the commands, what has the files of the database forget (false while
    somebody reads them), and whether Balise makes its own backups."""

    persons: Sequence[PersonHeld]
    on: date
    review: Command
    erase: Command
    forget: Callable[[], bool]
    has_own_backups: bool


def show(desk: Desk) -> None:
    """Who is to be looked at again first, then everybody, a page at a time."""
    st.markdown(
        "Une personne dont on garde les coordonnées sait d'où elles viennent, peut tout recevoir, et peut être "
        f"effacée. Un contact se relit tous les {MONTHS_KEPT} mois : il sert encore, ou il s'efface."
    )
    if not desk.persons:
        st.info("Aucune personne n'est gardée ici : ni contact, ni accès.", icon=":material/person_off:")
        return
    due = sum(one.is_due for one in desk.persons)
    if due:
        waits = formats.sentence_case(formats.spelt(due, "contact attend", "contacts attendent"))
        st.markdown(f"**{waits} d'être relu{'s' if due > 1 else ''}.**")
    else:
        st.success("Aucun contact n'attend d'être relu.", icon=":material/check_circle:")
    pages = -(-len(desk.persons) // A_PAGE)
    page = st.pagination(pages, key="persons_page") if pages > 1 else 1
    for one in desk.persons[(page - 1) * A_PAGE : page * A_PAGE]:
        with st.container(border=True, key=f"held_{one.who}"):
            _card(desk, one)


def _card(desk: Desk, one: PersonHeld) -> None:
    badge = " :orange-badge[à relire]" if one.is_due else ""
    about = " · ".join(escape(part) for part in (one.function, one.organisation) if part)
    lines = [f"**{escape(one.name)}**{badge}", about, f":gray[{collected(one)}]"]
    st.markdown("  \n".join(line for line in lines if line))
    if st.query_params.get(ERASING) == one.who:
        _erasure(desk, one)
        return
    with st.container(horizontal=True):
        if one.person_id is not None:
            review = partial(_review, desk, one)
            st.button("Relu", icon=":material/check:", key=f"review_{one.who}", help="Il sert encore", on_click=review)
        _all_of_it(one)
        ask = partial(_ask, one)
        st.button("Effacer…", icon=":material/person_remove:", type="tertiary", key=f"ask_{one.who}", on_click=ask)


def _all_of_it(one: PersonHeld) -> None:
    st.link_button(
        "Tout ce qui est gardé d'elle", f"/export/personne/{one.who}", icon=":material/download:", type="tertiary"
    )


def collected(one: PersonHeld) -> str:
    """« Origine : saisie, le 3 mars 2024 ; relu le 12 avril 2026 ; accès : jean.dupont »."""
    parts = [f"Origine : {escape(one.origin)}, le {formats.day(one.recorded_on)}"]
    if one.reviewed_on is not None:
        parts.append(f"relu le {formats.day(one.reviewed_on)}")
    elif one.person_id is not None:
        parts.append("jamais relu")
    if one.logins:
        parts.append(f"accès : {', '.join(map(escape, one.logins))}")
    return " ; ".join(parts)


def _review(desk: Desk, one: PersonHeld) -> None:
    workspace.act(desk.review, person_id=one.person_id, on=desk.on, told="Contact relu : il sert encore.")


def _ask(one: PersonHeld) -> None:
    st.query_params[ERASING] = one.who


def _leave() -> None:
    st.query_params.pop(ERASING, None)


def _erasure(desk: Desk, one: PersonHeld) -> None:
    """What is erased and what stays, then the name and a word to type. Nothing of it is kept as a draft would be."""
    st.warning("L'effacement est sans retour : personne ne pourra l'annuler.", icon=":material/warning:")
    st.markdown(
        "\n".join(f"- {said}" for said in (ERASED, STAYS, OWN_BACKUPS if desk.has_own_backups else OTHER_BACKUPS))
    )
    st.markdown("Si elle l'a demandé, remettez-lui d'abord ce qui est gardé d'elle :")
    _all_of_it(one)
    st.markdown(f"Pour confirmer, tapez **{escape(one.name)}**, son nom tel qu'il est écrit, puis **{WORD}**.")
    st.text_input("Son nom", key=f"{NAME_KEY}_{one.who}", autocomplete="off")
    typed = st.text_input(f"Le mot {WORD}", key=f"{WORD_KEY}_{one.who}", autocomplete="off", live="500ms")
    with st.container(horizontal=True):
        erase = partial(_erase, desk, one)
        look: Literal["primary", "secondary"] = "primary" if typed.strip() == WORD else "secondary"
        st.button("Effacer sans retour", type=look, key=f"erase_{one.who}", on_click=erase)
        st.button("Ne rien effacer", type="tertiary", key=f"leave_{one.who}", on_click=_leave)


def _erase(desk: Desk, one: PersonHeld) -> None:
    typed = {name: st.session_state.get(f"{key}_{one.who}") for name, key in (("name", NAME_KEY), ("word", WORD_KEY))}
    # Its own key: a digest of what was typed, which is a name, would stay in the journal.
    if not workspace.act(desk.erase, who=one.who, on=desk.on, once=f"erase:{one.who}", **typed):
        return
    _leave()
    rest = "" if desk.forget() else HELD_BACK
    notices.say(f"La personne est effacée, ici et dans l'historique.{rest}")
