"""Where a plan lands: a new démarche, or one that exists; proposed from what is known, never decided."""

from collections.abc import Sequence

from streamlit.delta_generator import DeltaGenerator

from components.formats import plural
from components.text import escape
from db.rules.imports import Resemblance
from db.rules.initiative import InitiativeChoice

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

    The démarche of the very same file is proposed first. One that only resembles is named, and the choice is asked.
    """
    by_id = {choice.id: choice for choice in (*choices, *([NEW] if may_create else []))}
    alike = [item for item in found if item.initiative_id in by_id]
    options = list(dict.fromkeys([*(item.initiative_id for item in alike), *([NEW.id] if may_create else []), *by_id]))
    first = alike[0] if alike else None
    picked = line.selectbox(
        "Où va ce plan",
        options,
        index=None if first and not first.is_same_file else 0,
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
    held = plural(found.titles, "titre")
    return (
        f":material/compare: « {name} » a déjà {held} sur {titles} de ce fichier. Si c'est une version corrigée, "
        "choisissez cette démarche ; sinon, une nouvelle."
    )


def name_key(about: str) -> str:
    """Where the name typed for a new démarche is found when the button is pressed."""
    return f"exchange_name_{about}"


def name(proposed: str, about: str, line: DeltaGenerator) -> None:
    """The name of the démarche that the import will create, to be corrected."""
    line.text_input("Nom de la nouvelle démarche", proposed, max_chars=300, key=name_key(about))
