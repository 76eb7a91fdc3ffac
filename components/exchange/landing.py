"""Where a plan lands: a new démarche, or one that exists; proposed from what is known, never decided."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.formats import plural
from components.text import escape
from db.rules.imports import Announced, Resemblance
from db.rules.initiative import InitiativeChoice
from db.rules.reading_dates import read_date

NEW = InitiativeChoice(
    id=0, code="", label="Une nouvelle démarche", time_zone="Europe/Paris", reference_date=None, is_published=False
)
"""The choice of a démarche that does not exist yet."""


def choose(
    choices: Sequence[InitiativeChoice],
    found: Sequence[Resemblance],
    may_create: bool,
    about: str,
    line: DeltaGenerator,
) -> InitiativeChoice | None:
    """The démarche to write in, `NEW` for a new one, None while nobody has chosen.

    The démarche of the very same file, or the one it is an export of, is proposed first. One that only resembles is
    named, and the choice is asked.
    """
    by_id = {choice.id: choice for choice in (*choices, *([NEW] if may_create else []))}
    alike = [item for item in found if item.initiative_id in by_id]
    options = list(dict.fromkeys([*(item.initiative_id for item in alike), *([NEW.id] if may_create else []), *by_id]))
    is_known = not alike or alike[0].is_same_file or alike[0].is_its_own
    picked = line.selectbox(
        "Où va ce plan",
        options,
        index=0 if is_known else None,
        format_func=lambda key: by_id[key].label,
        placeholder="Choisissez la démarche",
        key=f"exchange_landing_{about}",
    )
    return by_id.get(picked) if picked is not None else None


def explain(
    choices: Sequence[InitiativeChoice], found: Sequence[Resemblance], titles: int, below: DeltaGenerator
) -> None:
    """Why a démarche is proposed, if one is; `titles` counts those of the file."""
    labels = {choice.id: choice.label for choice in choices}
    first = next((item for item in found if item.initiative_id in labels), None)
    if first is not None:
        below.caption(_sentence(first, labels[first.initiative_id], titles))


def _sentence(found: Resemblance, label: str, titles: int) -> str:
    name = escape(label)
    if found.is_same_file:
        return f":material/history: Ce même fichier a déjà été importé dans « {name} » : elle est proposée d'abord."
    if found.is_its_own:
        return f":material/history: Ce classeur est un export de « {name} » : elle est proposée d'abord."
    held = plural(found.titles, "titre")
    return (
        f":material/compare: « {name} » a déjà {held} sur {titles} de ce fichier. Si c'est une version corrigée, "
        "choisissez cette démarche ; sinon, une nouvelle."
    )


def typed(about: str) -> dict[str, Any]:
    """The name and the contract's dates as they stand in the fields of this file; none for a démarche that exists."""
    name = st.session_state.get(_key("name", about))
    if name is None:
        return {"name": None}
    return {"name": name or None, "period": (_words("starts", about), _words("ends", about))}


def _key(field: str, about: str) -> str:
    return f"exchange_{field}_{about}"


def _words(field: str, about: str) -> str:
    return st.session_state.get(_key(field, about)) or ""


def new(name: str, told: Announced, about: str, line: DeltaGenerator, below: DeltaGenerator) -> None:
    """The name and the dates of the démarche that the import will create, to be corrected."""
    line.text_input("Nom de la nouvelle démarche", name, max_chars=300, key=_key("name", about))
    line.text_input("Début du contrat", told.starts, placeholder="01/01/2025, ou 2025", key=_key("starts", about))
    line.text_input("Fin du contrat", told.ends, placeholder="31/12/2030, ou 2030", key=_key("ends", about))
    starts, ends = read_date(_words("starts", about)), read_date(_words("ends", about), end=True)
    wrong = next((read for read in (starts, ends) if read.reason is not None), None)
    first, last = (read.value.day if read.value else None for read in (starts, ends))
    if wrong is not None:
        below.warning(f"« {escape(wrong.raw)} » : {wrong.reason}", icon=":material/event_busy:")
    elif first and last and last < first:
        below.warning("La fin du contrat précède son début : corrigez l'une des deux.", icon=":material/event_busy:")
    else:
        below.caption(f":material/event: {_dates(first, last, told.is_from_title)}")


def _dates(starts: date | None, ends: date | None, is_from_title: bool) -> str:
    """What the dates will be, and where they come from."""
    if ends is None:
        first = f"Contrat à partir du {starts:%d/%m/%Y}, fin" if starts else "Dates du contrat"
        waits = " : ce que le titre annonce restera à préciser" if is_from_title else ""
        return f"{first} non {'renseignée' if starts else 'renseignées'}{waits}."
    said = f"du {starts:%d/%m/%Y} au {ends:%d/%m/%Y}" if starts else f"jusqu'au {ends:%d/%m/%Y}, sans date de début"
    source = " Ces années sont lues dans le titre du fichier : confirmez ou corrigez." if is_from_title else ""
    return f"Contrat {said}.{source}"
