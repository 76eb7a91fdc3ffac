"""From the labels of a header row to the fields they mean: exact, synonym, then close enough to be confirmed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from db.exchange.fields import JOINED_KINDS, SYNONYMS, Field
from db.rules.text import fold, words_of

CLOSE = 88
SHORTEST_CLOSE = 5  # below, one letter of difference is another word

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_UNITS = re.compile(r"\b(?:en )?(?:€|euros?|k€|ht|ttc|eur)\b|[€%*]|\bhors taxes?\b", re.I)
_RANK = re.compile(r"\s*(?:n\s?°|no|numero)?\s*(\d{1,2})$")
_ARTICLE = re.compile(r"^(?:le|la|les|l'|du|des|de la) ")


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column that is read. `index` counts from 0, `letter` is Excel's; `rank` numbers funders from 1 (an amount bears
    the rank of its funder); `confirmed` is False, with its `score` over 100, when the label is only close."""

    index: int
    label: str
    field: Field
    rank: int = 0
    confirmed: bool = True
    score: float = 100.0

    @property
    def letter(self) -> str:
        return letter(self.index)


@dataclass(frozen=True, slots=True)
class IgnoredColumn:
    """A column that is not read, and why; never silent. `filled` counts its filled cells."""

    index: int
    label: str
    reason: str
    filled: int = 0

    @property
    def letter(self) -> str:
        return letter(self.index)


def letter(index: int) -> str:
    """The letters of a column, from its index (0 is A)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def label_key(label: str) -> str:
    """A header label without what does not change its meaning: brackets, units, accents, endings, a leading article."""
    first = label.strip().split("\n")[0] if len(label) > 60 else label
    bare = _UNITS.sub(" ", fold(_BRACKETS.sub(" ", first)))
    return words_of(_ARTICLE.sub("", re.sub(r"\s+", " ", bare).strip()))


def _known_labels() -> dict[str, Field]:
    known: dict[str, Field] = {}
    for field in Field:
        for label in (field.label_fr, *SYNONYMS.get(field, "").split(";")):
            known.setdefault(label_key(label), field)
    known.pop("", None)
    return known


_KNOWN = _known_labels()
_LABELS = list(_KNOWN)


@lru_cache(maxsize=4096)
def field_of(label: str) -> tuple[Field, float] | None:
    """The field a label means, with its score: 100 for a known label, at least `CLOSE` for a near one."""
    if not label or len(label) > 200:
        return None
    key = label_key(label)
    for form in (key, re.sub(r"\bn o?\b ?", "no ", key), _RANK.sub("", key)):
        if form in _KNOWN:
            return _KNOWN[form], 100.0
    if len(key) < SHORTEST_CLOSE:
        return None
    best = process.extractOne(_RANK.sub("", key), _LABELS, scorer=fuzz.ratio, score_cutoff=CLOSE)
    if best is None or len(best[0]) < SHORTEST_CLOSE:
        return None
    return _KNOWN[best[0]], round(float(best[1]), 1)


def match_columns(
    labels: Sequence[str], filled: Sequence[int], accepted: frozenset[int] | None = None
) -> tuple[list[ColumnMatch], list[IgnoredColumn]]:
    """The columns read and those that are not, in their order. `filled` counts the filled cells under each label.

    `accepted` are the indexes of the columns whose label is only close and was confirmed; None reads them all.
    """
    matches: list[ColumnMatch] = []
    ignored: list[IgnoredColumn] = []
    taken: dict[Field, ColumnMatch] = {}
    funders = 0
    open_funder = False
    for index, label in enumerate(labels):
        found = field_of(label)
        if found is None:
            if label or filled[index]:
                reason = "libellé non reconnu" if label else "colonne sans libellé"
                ignored.append(IgnoredColumn(index, label, reason, filled[index]))
            continue
        field, score = found
        if field is Field.FUNDER_AMOUNT and not open_funder:
            field, score = Field.BUDGET, min(score, 99.0)
        if score < 100 and accepted is not None and index not in accepted:
            reason = f"proche de « {field.label_fr} », à confirmer"
            ignored.append(IgnoredColumn(index, label, reason, filled[index]))
            continue
        rank = 0
        if field is Field.FUNDER:
            funders += 1
            rank, open_funder = funders, True
        elif field is Field.FUNDER_AMOUNT:
            rank, open_funder = funders, False
        match = ColumnMatch(index, label, field, rank, score == 100.0, score)
        first = taken.get(field)
        if first is not None and not rank and field.kind not in JOINED_KINDS:
            if not first.confirmed and match.confirmed:  # the exact label wins over one that is only close
                matches.remove(first)
                first, match = match, first
                taken[field] = first
                matches.append(first)
            reason = f"même sens que la colonne {first.letter} « {first.label} », qui est lue"
            ignored.append(IgnoredColumn(match.index, match.label, reason, filled[match.index]))
            continue
        taken.setdefault(field, match)
        matches.append(match)
    return sorted(matches, key=lambda m: m.index), sorted(ignored, key=lambda c: c.index)
