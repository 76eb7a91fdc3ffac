"""The forms of the contract and of its avenants: what they say, as people write it, and what is meant by it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from db.rules.contract import Contract
from db.rules.forms import Written
from db.rules.reading_dates import read_date
from db.rules.text import clean, numbered

OBJECT_LENGTH, HIGHEST_NUMBER = 2000, 999
NOTE_LENGTH = 500
NOTE = "note_"
LABELS = {
    "number": "Numéro",
    "signed_on": "Date de signature",
    "object": "Objet",
    "new_ends_on": "Nouvelle fin du contrat",
    "added": "Fiches ajoutées",
    "withdrawn": "Fiches retirées",
    "rewritten": "Fiches réécrites",
    "entering": "Territoires qui entrent",
    "leaving": "Territoires qui sortent",
    "signatories": "Signataires",
    "starts_on": "Début",
    "ends_on": "Fin",
    "territories": "Territoire couvert",
}
"""How each field of the two forms is called."""
_CODED = re.compile(r"(.*\S)\s*\(([0-9AB]{5}|[0-9]{9})\)")


@dataclass(frozen=True, slots=True)
class AmendmentTerms:
    """All that one avenant does. Sheets are named by their placements, territories by their ids, organisations by
    their names; `rewritten` gives for each sheet what changes in it, or None."""

    number: int
    signed_on: date
    object: str
    new_ends_on: date | None = None
    added: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    rewritten: Mapping[int, str | None] = field(default_factory=dict)
    entering: tuple[int, ...] = ()
    leaving: tuple[int, ...] = ()
    signatories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What the contract itself says: its days, who signed it first (by name), what it covered then (territory ids)."""

    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    signatories: tuple[str, ...]
    territories: tuple[int, ...]


def read_territory(typed: str) -> tuple[str, str | None]:
    """The name and the code that a text gives: a label has both, a name or a code alone is the name."""
    text = " ".join(clean(typed).split())
    found = _CODED.fullmatch(text)
    return (found[1], found[2]) if found else (text, None)


def sheet_labels(sheets: Sequence[tuple[int, str | None, str]]) -> dict[int, str]:
    """« 2.2 Accueillir les internes » for each (placement, number, title); two alike are told apart by their rank."""
    labels: dict[int, str] = {}
    for key, code, title in sheets:
        plain = numbered(code, title)
        alike = sum(label == plain or label.startswith(f"{plain} (n°") for label in labels.values())
        labels[key] = f"{plain} (n° {alike + 1})" if alike else plain
    return labels


def note_field(placement_id: int) -> str:
    """The field in which is written what an avenant changes in a sheet that it rewrites."""
    return f"{NOTE}{placement_id}"


def label_of(name: str) -> str:
    """How a field of the two forms is called."""
    return "Ce qui change dans la fiche" if name.startswith(NOTE) else LABELS[name]


def written_amendment(contract: Contract, amendment_id: int | None) -> dict[str, Written]:
    """An avenant as its form holds it; of one to be written, only its number is known."""
    told = next((one for one in contract.amendments if one.id == amendment_id), None)
    if told is None:
        return {"number": str(contract.next_number)}
    notes = {note_field(mention.placement_id): mention.note for mention in told.rewritten}
    return {
        "number": str(told.number),
        "signed_on": written_day(told.signed_on),
        "object": told.object,
        "new_ends_on": written_day(told.new_ends_on),
        "added": [mention.label for mention in told.added],
        "withdrawn": [mention.label for mention in told.withdrawn],
        "rewritten": [mention.label for mention in told.rewritten],
        **notes,
        "entering": [ground.label for ground in told.entering],
        "leaving": [ground.label for ground in told.leaving],
        "signatories": list(told.signatories),
    }


def written_contract(contract: Contract) -> dict[str, Written]:
    """The contract as its form holds it: its days, and who signed and what was covered at its start."""
    opening = contract.opening
    first = [who.name for who in contract.signatories if opening.held(who.starts_on)]
    covered = [ground.label for ground in contract.grounds if opening.held(ground.starts_on)]
    return {
        "signed_on": written_day(contract.signed_on),
        "starts_on": written_day(contract.starts_on),
        "ends_on": written_day(contract.ends_on),
        "signatories": list(dict.fromkeys(first)),
        "territories": list(dict.fromkeys(covered)),
    }


def written_day(day: date | None) -> str | None:
    """« 16/03/2026 »: a day as the forms hold it."""
    return f"{day:%d/%m/%Y}" if day else None


def read_day(typed: str, today: date) -> tuple[date, str | None]:
    """The day that a text means, today when nothing is written; or today, and why the text says none.

    A month, a quarter or a year means its last day: what stood at the end of it.
    """
    read = read_date(typed, end=True)
    return (read.value.day if read.value else today), read.reason
