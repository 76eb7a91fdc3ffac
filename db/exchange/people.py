"""Organisations of a file under one name each: accents, case, spacing, acronyms."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.exchange.draft import OrganisationDraft
from db.rules.text import acronyms_for, fold, is_acronym, words_of
from db.rules.vocabulary import InitiativeKind

MAX_NAME = 200
_NOBODY = frozenset([
    "a designer", "a definir", "a preciser", "a determiner", "a identifier", "a venir", "a completer", "aucun",
    "aucune", "en cours de designation", "en attente", "neant", "nc", "n c", "nd", "n d", "so", "s o", "sans objet",
    "tbd", "vacant", "non defini", "non renseigne", "x",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directory:
    """The names kept, and for each spelling met the name it stands for."""

    organisations: tuple[OrganisationDraft, ...]
    names: dict[str, str]

    def unified(self, spellings: Sequence[str]) -> tuple[str, ...]:
        """The names of a list, without duplicates."""
        if len(spellings) < 2:
            return tuple([self.names.get(spelling, spelling) for spelling in spellings])
        return tuple(dict.fromkeys(self.names.get(spelling, spelling) for spelling in spellings))


def is_nobody(name: str) -> bool:
    """« À désigner » is no organisation."""
    return words_of(name) in _NOBODY


def unify(spellings: Iterable[str], kind: InitiativeKind | None) -> Directory:
    """One name for each organisation: the spelling most used (the longest words for an acronym).

    An acronym joins a full name only when exactly one of the file can bear it, or when it is the plan's own kind.
    """
    groups: dict[str, dict[str, int]] = {}
    for spelling, times in Counter(spellings).items():
        groups.setdefault(words_of(spelling) or fold(spelling), {})[spelling] = times
    leaders = {key: _most_used(found) for key, found in groups.items()}
    bearers = _bearers(leaders.values()) if any(is_acronym(name) for name in leaders.values()) else {}
    target = {key: _full_name(leaders[key], bearers, kind) for key in groups}
    members: dict[str, list[str]] = {}
    for key, found in groups.items():
        members.setdefault(target[key], []).extend(found)
    organisations = tuple(
        OrganisationDraft(name, tuple(s for s in found if s != name)) for name, found in members.items()
    )
    return Directory(organisations, {s: target[key] for key, found in groups.items() for s in found})


def _most_used(spellings: dict[str, int]) -> str:
    if len(spellings) == 1:
        return next(iter(spellings))
    return max(spellings, key=lambda s: (spellings[s], s != s.upper(), -len(s)))


def _bearers(names: Iterable[str]) -> dict[str, list[str]]:
    """For each acronym that a full name may bear, the names that may."""
    bearers: dict[str, list[str]] = {}
    for name in names:
        if not is_acronym(name):
            for acronym in acronyms_for(name):
                bearers.setdefault(acronym, []).append(name)
    return bearers


def _full_name(name: str, bearers: dict[str, list[str]], kind: InitiativeKind | None) -> str:
    if not is_acronym(name):
        return name
    full = bearers.get(words_of(name).replace(" ", ""), [])
    if len(full) == 1:
        return full[0]
    if not full and kind is not None and words_of(name) == kind.value:
        return kind.label_fr
    return name
