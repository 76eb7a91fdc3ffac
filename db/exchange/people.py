"""Organisations of a file under one name each: accents, case, spacing, acronyms."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from db.exchange.draft import OrganisationDraft
from db.rules.text import fold, is_acronym, stands_for, words_of
from db.rules.vocabulary import InitiativeKind

MAX_NAME = 200
_NOBODY = frozenset([
    "a designer", "a definir", "a preciser", "a determiner", "a identifier", "a venir", "a completer", "aucun",
    "aucune", "en cours de designation", "en attente", "neant", "nc", "n c", "nd", "n d", "so", "s o", "sans objet", "tbd",
    "vacant",     "non defini", "non renseigne", "x",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directory:
    """The names kept, and for each spelling met the name it stands for."""

    organisations: tuple[OrganisationDraft, ...]
    names: dict[str, str]

    def unified(self, spellings: Iterable[str]) -> tuple[str, ...]:
        """The names of a list, without duplicates."""
        return tuple(dict.fromkeys(self.names.get(spelling, spelling) for spelling in spellings))


def is_nobody(name: str) -> bool:
    """« À désigner » is no organisation."""
    return words_of(name) in _NOBODY


def unify(spellings: Iterable[str], kind: InitiativeKind | None) -> Directory:
    """One name for each organisation: the spelling most used (the longest words for an acronym).

    An acronym joins a full name only when exactly one of the file can bear it, or when it is the plan's own kind.
    """
    groups: dict[str, Counter[str]] = {}
    for spelling in spellings:
        groups.setdefault(words_of(spelling) or fold(spelling), Counter())[spelling] += 1
    leaders = {key: max(found, key=lambda s: (found[s], s != s.upper(), -len(s))) for key, found in groups.items()}
    target = {key: _bearer(key, leaders, kind) for key in groups}
    members: dict[str, list[str]] = {}
    for key, found in groups.items():
        members.setdefault(target[key], []).extend(found)
    organisations = tuple(
        OrganisationDraft(name, tuple(s for s in found if s != name)) for name, found in members.items()
    )
    return Directory(organisations, {s: target[key] for key, found in groups.items() for s in found})


def _bearer(key: str, leaders: dict[str, str], kind: InitiativeKind | None) -> str:
    name = leaders[key]
    if not is_acronym(name):
        return name
    full = [
        other
        for other_key, other in leaders.items()
        if other_key != key and not is_acronym(other) and stands_for(name, other)
    ]
    if len(full) == 1:
        return full[0]
    if not full and kind is not None and words_of(name) == kind.value:
        return kind.label_fr
    return name
