"""What a portable archive says it holds, and what taking it in would do: pure, for the page and the command line."""

from dataclasses import dataclass
from datetime import datetime

from db.rules.plurals import counted

NAMED = {
    "action_sheet": ("fiche", None),
    "axis": ("axe", None),
    "indicator": ("indicateur", None),
    "funding_line": ("ligne de financement", "lignes de financement"),
    "meeting": ("réunion", None),
    "act": ("acte", None),
    "journal": ("ligne de journal", "lignes de journal"),
}
"""The tables of which an archive says how many rows it holds, in one word and in its plural."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an archive holds: the démarche, when it was packed, how many rows of each table, how many contacts with
    their personal details, and sentences on what stayed behind."""

    code: str
    name: str
    short_name: str
    made_at: datetime
    counts: dict[str, int]
    contacts: int
    remarks: tuple[str, ...]

    def count(self, table: str) -> int:
        """How many rows of a table the archive holds."""
        return self.counts.get(table, 0)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What taking an archive in would do: the structures that are known already and those it would add; or (`refusal`)
    why it cannot be done."""

    held: Held
    known: int = 0
    added: int = 0
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive that was made: the name its file takes, its content, and what it holds."""

    name: str
    content: bytes
    held: Held


def contents(held: Held) -> tuple[str, ...]:
    """What an archive holds, in sentences: the plan, its money, its past, and the people whose details it carries."""
    people = "Aucune coordonnée de personne."
    if held.contacts:
        whose = f"de {counted(held.contacts, 'personne')}" if held.contacts > 1 else "d'une personne"
        people = f"Les coordonnées {whose} : rangez ce fichier en lieu sûr."
    return (
        f"Le plan : {_listed(held, 'action_sheet', 'axis', 'indicator', 'funding_line', 'meeting')}.",
        f"L'historique : {_listed(held, 'act', 'journal')}.",
        people,
        "Aucun accès, aucun mot de passe, aucun lien ouvert.",
    )


def _listed(held: Held, *words: str) -> str:
    return ", ".join(counted(held.count(word), *NAMED[word]) for word in words)
