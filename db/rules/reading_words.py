"""Reading of words that a rule depends on: status, priority, participation, scale, weather, how a sheet entered.

Exact word or known synonym only. A word that is merely close (« Non réalisé », « Engagée ») is never rounded: it comes
back with the choices.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from db.rules.reading import Cell, Reading, absence_of, is_dash, reader_of_words
from db.rules.text import words_of
from db.rules.vocabulary import (
    Absence,
    GeoScope,
    Labelled,
    MilestoneState,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)

L = TypeVar("L", bound=Labelled)


@dataclass(frozen=True, slots=True)
class StatusReading:
    """A declared status: `status` is None for « à discuter », which is a flag; `word` is the source's own."""

    status: Status | None
    outcome: Outcome | None
    to_discuss: bool
    word: str


@dataclass(frozen=True, slots=True)
class EntryReading:
    """How a sheet came into the plan; `amendment` is the number of the avenant when it is stated."""

    entry: PlacementEntry
    amendment: int | None = None


_STATUS_SYNONYMS: dict[tuple[Status, Outcome | None], str] = {
    (
        Status.PLANNED,
        None,
    ): "a venir, planifie, prevu, programme, non demarre, pas demarre, non commence, pas commence, "
    "non debute, a demarrer, a lancer, a faire, a engager, pas encore demarre, a programmer",
    (Status.ONGOING, None): "en cours, demarre, commence, debute, lance, en cours de realisation, en retard, "
    "en cours de mise en oeuvre, en cours d execution",
    (Status.POSTPONED, None): "reporte, decale, differe",
    (Status.PAUSED, None): "en pause, suspendu, en suspens",
    (Status.BLOCKED, None): "bloque",
    (Status.DONE, None): "termine, cloture, clos, acheve, finalise, fini",
    (Status.DONE, Outcome.FULL): "realise, fait, terminee realisee, entierement realise, totalement realise",
    (
        Status.DONE,
        Outcome.PARTIAL,
    ): "partiellement realise, realise partiellement, en partie realise, realise en partie, "
    "terminee partiellement realisee",
    (Status.DONE, Outcome.NONE): "terminee non realisee",
    (Status.DROPPED, None): "abandonne, annule",
}
_STATUSES = {word.strip(): pair for pair, words in _STATUS_SYNONYMS.items() for word in words.split(",")}
_PRIORITIES = {
    **dict.fromkeys(["haut", "eleve", "fort", "priorite haute", "haute priorite"], Priority.HIGH),
    **dict.fromkeys(["moyen", "moyenne", "intermediaire", "priorite moyenne"], Priority.MEDIUM),
    **dict.fromkeys(["bas", "basse", "faible", "priorite basse"], Priority.LOW),
}
_PARTICIPATIONS = {
    **dict.fromkeys(["pas de participation", "pas de participation citoyenne", "aucune", "aucune participation",
                     "sans participation", "sans", "non"], Participation.NONE),
    "information": Participation.INFORMATION, "consultation": Participation.CONSULTATION,
    "concertation": Participation.DIALOGUE,
    **dict.fromkeys(["co construction", "coconstruction"], Participation.CO_CONSTRUCTION),
}  # fmt: skip
_SCOPES = {
    **dict.fromkeys(["qpv", "quartier", "quartier prioritaire", "quartier prioritaire qpv", "quartiers prioritaires",
                     "quartiers prioritaires de la politique de la ville"], GeoScope.DISTRICT),
    **dict.fromkeys(["commune", "communal", "communale", "ville", "municipal", "echelle communale"], GeoScope.COMMUNE),
    **dict.fromkeys(["plusieurs communes", "pluricommunal", "multi communal"], GeoScope.SEVERAL_COMMUNES),
    **dict.fromkeys(["intercommunalite", "intercommunalite epci", "epci", "intercommunal", "intercommunale",
                     "communaute de communes", "communaute d agglomeration", "agglomeration", "metropole"],
                    GeoScope.INTERCOMMUNALITY),
    "bassin de vie": GeoScope.BASIN,
    **dict.fromkeys(["departement", "departemental", "departementale"], GeoScope.DEPARTMENT),
    **dict.fromkeys(["region", "regional", "regionale"], GeoScope.REGION),
}  # fmt: skip
_WEATHERS = {
    **dict.fromkeys(["soleil", "ensoleille", "beau", "☀", "🌞"], Weather.SUNNY),
    **dict.fromkeys(["couvert", "eclaircies", "⛅", "🌤", "🌥"], Weather.OVERCAST),
    **dict.fromkeys(["nuage", "nuages", "nuageux", "☁"], Weather.CLOUDY),
    **dict.fromkeys(["orage", "orageux", "⛈", "🌩"], Weather.STORM),
}
_MILESTONE_STATES = {
    Status.PLANNED: MilestoneState.PLANNED,
    Status.ONGOING: MilestoneState.ONGOING,
    Status.DONE: MilestoneState.DONE,
    Status.DROPPED: MilestoneState.DROPPED,
}
_NOT_DONE_CHOICES = ("terminée (non réalisée)", Status.DROPPED.label_fr, Status.PLANNED.label_fr)
STATUS_CHOICES = (
    *(s.label_fr for s in Status),
    *(f"{Status.DONE.label_fr} ({o.label_fr})" for o in Outcome),
)


def _lookup(words: Mapping[str, L], raw: str) -> L | None:
    """The entry of the word, whatever its gender and number."""
    key = words_of(raw[:80])
    for form in (key, key.removesuffix("s"), key.removesuffix("e"), key.removesuffix("es")):
        if form in words:
            return words[form]
    return None


def _blank(raw: str) -> Absence | None:
    return Absence.NOT_PROVIDED if is_dash(raw) else absence_of(raw)


def _reader(words: Mapping[str, L], what: str, labels: Iterable[Labelled]) -> Callable[[Cell], Reading[L]]:
    """What reads a cell as one of the words; `labels` are the choices given when it is none of them."""
    choices = tuple(label.label_fr for label in labels)

    @reader_of_words
    def read(raw: str) -> Reading[L]:
        found = _lookup(words, raw) if raw else None
        if found is None and len(raw) <= 3 and any(not c.isalnum() and ord(c) > 0x2000 for c in raw):
            found = next((words[c] for c in raw if c in words), None)
        if found is not None:
            return Reading(value=found, raw=raw)
        if (nothing := _blank(raw)) is not None:
            return Reading(absence=nothing, raw=raw)
        return Reading(reason=f"{what} inconnu : choisir dans la liste.", raw=raw, choices=choices)

    return read


read_priority = _reader(_PRIORITIES, "Niveau de priorité", Priority)
read_participation = _reader(_PARTICIPATIONS, "Niveau de participation", Participation)
read_geo_scope = _reader(_SCOPES, "Échelle : mot", GeoScope)
read_weather = _reader(_WEATHERS, "Météo : mot", Weather)


def _status(raw: str) -> Reading[StatusReading]:
    """A status word. « En retard » is a computed fact: read as en cours, its word kept. « À discuter » is a flag."""
    key = words_of(raw[:80])
    for form in (key, key.removesuffix("s"), key.removesuffix("e"), key.removesuffix("es")):
        if form in _STATUSES:
            status, outcome = _STATUSES[form]
            return Reading(value=StatusReading(status, outcome, False, raw), raw=raw)
    if key == "a discuter":
        return Reading(value=StatusReading(None, None, True, raw), raw=raw)
    if (nothing := _blank(raw)) is not None:
        return Reading(absence=nothing, raw=raw)
    if re.fullmatch(r"(?:non|pas) (?:realise|fait|realisee|faite)s?", key):
        reason = (
            f"« {raw} » peut vouloir dire terminée sans être réalisée, abandonnée ou pas encore commencée : choisir."
        )
        return Reading(reason=reason, raw=raw, choices=_NOT_DONE_CHOICES)
    return Reading(reason=f"Statut « {raw[:60]} » inconnu : choisir dans la liste.", raw=raw, choices=STATUS_CHOICES)


read_status = reader_of_words(_status)


@reader_of_words
def read_milestone_state(raw: str) -> Reading[MilestoneState]:
    """The state of an étape or sous-action, by the same words as a status (« franchie » too)."""
    if _lookup({"franchi": MilestoneState.DONE}, raw) is not None:
        return Reading(value=MilestoneState.DONE, raw=raw)
    status = _status(raw)
    if status.absence is not None:
        return Reading(absence=status.absence, raw=raw)
    if (
        status.value is not None
        and status.value.status in _MILESTONE_STATES
        and status.value.outcome in (None, Outcome.FULL)
    ):
        return Reading(value=_MILESTONE_STATES[status.value.status], raw=raw)
    choices = tuple(s.label_fr for s in MilestoneState)
    return Reading(reason="État d'étape inconnu : choisir dans la liste.", raw=raw, choices=choices)


@reader_of_words
def read_entry(raw: str) -> Reading[EntryReading]:
    """« Au contrat initial », « par avenant n° 2 », « hors contrat initial »."""
    key = words_of(raw[:80])
    if re.fullmatch(r"(?:au |a la |le )?(?:contrat |plan )?initial", key):
        return Reading(value=EntryReading(PlacementEntry.INITIAL), raw=raw)
    if re.fullmatch(r"hors (?:du )?(?:contrat|plan)(?: initial)?", key):
        return Reading(value=EntryReading(PlacementEntry.UNPLANNED), raw=raw)
    if found := re.fullmatch(r"(?:par |ajoutee par )?(?:l )?avenant (?:n |no |n o |numero )?(\d{1,3})", key):
        return Reading(value=EntryReading(PlacementEntry.AMENDMENT, int(found[1])), raw=raw)
    if (nothing := _blank(raw)) is not None:
        return Reading(absence=nothing, raw=raw)
    choices = (PlacementEntry.INITIAL.label_fr, "par avenant n° 1", PlacementEntry.UNPLANNED.label_fr)
    return Reading(reason="Entrée dans le plan inconnue : choisir dans la liste.", raw=raw, choices=choices)
