"""« Sauvegardes », one démarche at a time: the file that carries it away, and the door by which another comes in."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from components import workspace
from components.formats import instant, plural
from components.text import escape
from db.rules.imports import LARGEST_MO, Unreadable
from db.rules.initiative import InitiativeChoice
from db.rules.portable import Welcome, contents

Parcel = TypeVar("Parcel")

ROUND = "portable_round"
"""Which uploader is shown: a new one once a démarche came in, so that the door is empty again."""
CARRIED = (
    "Un seul fichier contient une démarche entière, avec son historique et son carnet de bord. Une autre installation "
    "de Balise, de même version, l'accueille, que l'une ou l'autre soit sur SQLite ou sur PostgreSQL. Rien n'est "
    "retiré d'ici. Les accès, les mots de passe et les brouillons restent ; **les coordonnées des personnes qui y ont "
    "un rôle partent avec elle** : rangez ce fichier en lieu sûr."
)


def leave(choices: Sequence[InitiativeChoice], here: InitiativeChoice | None) -> None:
    """The file of a démarche, chosen among all."""
    if here is None:
        return
    st.header("Emporter une démarche", anchor=False)
    st.markdown(CARRIED)
    labels = {choice.code: choice.label for choice in choices}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        codes = list(labels)
        code = st.selectbox(
            "La démarche à emporter",
            codes,
            codes.index(here.code),
            format_func=labels.__getitem__,
            key="portable_code",
            width=360,
        )
        st.link_button("Emporter (.balise)", f"/export/archive/{code}", icon=":material/download:")


def arrive(
    read: Callable[[bytes], Parcel | Unreadable],
    welcome: Callable[..., Welcome],
    adopt: Callable[..., Any],
    save: Callable[[], str | None],
    zone: ZoneInfo,
) -> None:
    """The door: what a file holds is said before anything is written. `adopt(session, viewer, parcel=…)` writes it,
    once `save` has made a backup."""
    st.header("Accueillir une démarche", anchor=False)
    st.markdown("Déposez le fichier qu'une autre installation a donné : ce qu'il contient est dit avant d'être écrit.")
    dropped = st.file_uploader(
        f"L'archive portable d'une démarche (.balise, {LARGEST_MO} Mo au plus)",
        key=f"portable_file_{st.session_state.get(ROUND, 0)}",
        max_upload_size=LARGEST_MO,
    )
    if dropped is None:
        return
    content = dropped.getvalue()
    parcel = _opened(hashlib.sha256(content).hexdigest(), content, read)
    if isinstance(parcel, Unreadable):
        st.error(escape(parcel.message), icon=":material/block:")
        return
    told = workspace.ask(partial(welcome, parcel=parcel))
    with st.container(border=True):
        _tell(told, zone)
        if told.refusal is None:
            st.button(
                "Accueillir cette démarche",
                type="primary",
                icon=":material/move_to_inbox:",
                key="portable_adopt",
                on_click=_adopt,
                args=(adopt, save, parcel, told, dropped.file_id),
            )


@st.cache_resource(max_entries=2, ttl=900, show_spinner="Lecture de l'archive…")
def _opened(digest: str, _content: bytes, _read: Callable[[bytes], Any]) -> Any:
    return _read(_content)


def _tell(told: Welcome, zone: ZoneInfo) -> None:
    held = told.held
    lines = [f"Emportée le {instant(held.made_at, zone)}.", *contents(held), *held.remarks]
    if told.refusal is None:
        lines.extend(structures(told))
    st.markdown(f"**{escape(held.name)}** (code {escape(held.code)})")
    st.markdown("\n".join(f"- {escape(line)}" for line in lines))
    if told.refusal is not None:
        st.error(escape(told.refusal), icon=":material/block:")
    else:
        st.caption("Essai à blanc : rien n'est encore écrit.")


def structures(told: Welcome) -> list[str]:
    """« 3 structures déjà connues ici, 14 ajoutées. »: what is not nought, in at most one line."""
    known = plural(told.known, "structure déjà connue ici", "structures déjà connues ici")
    added = (
        plural(told.added, "ajoutée") if told.known else plural(told.added, "structure ajoutée", "structures ajoutées")
    )
    said = [words for count, words in ((told.known, known), (told.added, added)) if count]
    return [f"{', '.join(said)}."] if said else []


def _adopt(adopt: Callable[..., Any], save: Callable[[], str | None], parcel: Any, told: Welcome, file_id: str) -> None:
    """Make a backup, then write: once, however many times it is clicked."""
    with st.spinner("Accueil de la démarche…"):
        unsaved = save()
        words = f"La démarche « {escape(told.held.short_name)} » est accueillie. Donnez-y les accès qu'il faut."
        said = f"{words} {escape(unsaved)}" if unsaved else words
        if workspace.act(adopt, parcel=parcel, told=said, once=f"adopt:{file_id}"):
            st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
