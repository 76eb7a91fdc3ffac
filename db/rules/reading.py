"""Reading of figures, yes/no and lists as people type them: one reader for the import and for every grid.

Nothing is guessed: a cell that has two meanings, or none, comes back with a sentence and its raw text.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from string import ascii_letters
from typing import Generic, NamedTuple, TypeVar

from db.rules.text import clean, fold, kept_when_short, words_of
from db.rules.vocabulary import Absence

R = TypeVar("R")
T = TypeVar("T")
Cell = str | int | float | bool | dt.date | dt.datetime | None

MAX_AMOUNT_CENTS = 999_999_999_999 * 100
LONGEST_ANSWER = 20
YES_WORDS = frozenset(["vrai", "oui", "true", "x", "☑", "☒", "✓", "✔", "✅", "1", "o", "yes"])
NO_WORDS = frozenset(["faux", "non", "false", "☐", "□", "✗", "✘", "❌", "0", "n", "no"])

_ABSENCES = {
    **dict.fromkeys(["nc", "nd", "n d", "n c", "non disponible", "indisponible", "non connu", "inconnu",
                     "non communique"],
                    Absence.UNAVAILABLE),
    **dict.fromkeys(["so", "s o", "sans objet", "non applicable", "non concerne", "na", "n a"], Absence.NOT_APPLICABLE),
    **dict.fromkeys(["non renseigne", "a renseigner", "a completer"], Absence.NOT_PROVIDED),
}  # fmt: skip
_DASHES = "-–—‐‑/. "
_FIGURE = r"[0-9][0-9 .,']*"
_AMOUNT = re.compile(rf"({_FIGURE})(k|m|md|milliers?|millions?)? ?(?:d'|de )?(?:€|euros?|eur)? ?(?:ht|ttc)?\.?")
_MULTIPLIERS = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000, "millier": 1_000, "million": 1_000_000}


class Reading(NamedTuple, Generic[T]):
    """What a cell says. Exactly one of `value`, `absence` (it says that there is nothing) and `reason` (a French
    sentence: why it was not understood and what is accepted) is set; `choices` are French words to choose among."""

    value: T | None = None
    absence: Absence | None = None
    reason: str | None = None
    raw: str = ""
    choices: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        return self.reason is None


def text_of(cell: Cell) -> str:
    """The cell as a French reader sees it: JJ/MM/AAAA, VRAI, 1000 rather than 1000.0."""
    if isinstance(cell, str):
        return clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, dt.datetime) and cell.time() != dt.time():
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    return str(int(cell)) if cell == cell and abs(cell) < 1e15 and cell == int(cell) else str(cell).replace(".", ",")


def reader_of_words(read: Callable[[str], R]) -> Callable[[Cell], R]:
    """What reads a cell, from what reads its clean text. What was read of a short text is kept as it was typed: the
    same words come back row after row."""
    typed = kept_when_short(lambda text: read(clean(text)))

    @wraps(read)
    def reader(cell: Cell) -> R:
        return typed(cell) if isinstance(cell, str) else read(text_of(cell))

    return reader


def absence_of(raw: str) -> Absence | None:
    """The kind of nothing that the text states (« NC », « sans objet », empty), or None when it states something."""
    if not raw:
        return Absence.NOT_PROVIDED
    return _ABSENCES.get(words_of(raw)) if len(raw) < 30 else None


def is_dash(raw: str) -> bool:
    """A lone dash: blank in a text or a list, ambiguous in a figure (zero, unknown, sans objet)."""
    return bool(raw) and not raw.strip(_DASHES)


def read_amount(cell: Cell) -> Reading[int]:
    """An amount of money in integer cents, between 0 and 999 999 999 999 €; « 12 k€ » is 1 200 000 cents."""
    raw = text_of(cell)
    if isinstance(cell, str | None) and (nothing := absence_of(raw)) is not None:
        return Reading(absence=nothing, raw=raw)
    if isinstance(cell, bool | dt.date):
        what = "une case à cocher" if isinstance(cell, bool) else "une date"
        return Reading(reason=f"C'est {what}, pas un montant : écrire un nombre d'euros, par exemple 12 500.", raw=raw)
    euros = Decimal(str(cell)) if isinstance(cell, int | float) else _euros(raw)
    if isinstance(euros, str):
        return Reading(reason=euros, raw=raw)
    if not euros.is_finite():
        return Reading(reason="Ce n'est pas un montant : écrire un nombre d'euros, par exemple 12 500.", raw=raw)
    if euros < 0:
        return Reading(reason="Un montant négatif ne peut pas être repris : écrire un montant à partir de 0.", raw=raw)
    if euros * 100 > MAX_AMOUNT_CENTS:
        return Reading(reason="Le montant dépasse 999 999 999 999 € : vérifier le nombre de zéros.", raw=raw)
    return Reading(value=int((euros * 100).to_integral_value(ROUND_HALF_UP)), raw=raw)


def _euros(raw: str) -> Decimal | str:
    """The number of euros written, or the sentence saying why it cannot be read."""
    text = fold(raw[:200])
    if is_dash(raw):
        return "Un tiret ne dit pas si le montant est nul, inconnu ou sans objet : écrire 0, NC ou sans objet."
    if re.match(rf"(?:-|moins ) ?{_FIGURE}|\( ?{_FIGURE}(?:€)? ?\)$", text):
        return "Un montant négatif ne peut pas être repris : écrire un montant à partir de 0."
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return _why_no_amount(text)
    number = decimal_of(found[1], strict_thousands=found[2] is None)
    if isinstance(number, str):
        return number
    return number * _MULTIPLIERS.get((found[2] or "").rstrip("s"), 1)


def _why_no_amount(text: str) -> str:
    if re.search(r"\bentre\b.*\bet\b|\d ?(?:€|k€)? ?(?:-|a|ou) ?\d", text) and not re.search(r"\d/\d", text):
        return "C'est une fourchette, pas un montant : choisir un montant, la fourchette reste dans le texte."
    if re.match(r"(?:env\b|environ|~|≈|<|>|plus de|moins de|jusqu|max|min|de l'ordre|approx)", text):
        return "C'est un montant approché : confirmer le montant à retenir."
    if "%" in text:
        return "C'est un pourcentage, pas un montant : écrire un nombre d'euros."
    if re.search(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", text):
        return "C'est une date, pas un montant : écrire un nombre d'euros."
    return "Ce n'est pas un montant : écrire un nombre d'euros, par exemple 12 500 ou 12,5 k€."


def decimal_of(text: str, strict_thousands: bool = True) -> Decimal | str:
    """The number written in French digits, or why it is ambiguous. « 1 234,5 », « 1.234,50 » and « 1,234.50 » have one
    reading; « 1.234 » has two, unless `strict_thousands` is off (« 1,234 M€ » can only be a decimal)."""
    text = text.strip().rstrip(".,'")
    marks = [c for c in text if c in ".,"]
    if len(set(marks)) == 2:
        decimal_mark = marks[-1]
        if marks.count(decimal_mark) > 1:
            return f"« {text} » mêle points et virgules : écrire par exemple 1234,50."
        text = text.replace("." if decimal_mark == "," else ",", " ")
    elif len(marks) > 1:
        text = text.replace(marks[0], " ")
    elif marks and strict_thousands and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        whole, rest = re.split(r"[.,]", text)
        return f"« {text} » se lit {whole}{rest} ou {whole},{rest} : écrire l'un des deux."
    whole, _, fraction = text.replace("'", " ").replace(".", ",").partition(",")
    groups = whole.split()
    if (
        not groups
        or any(len(g) != 3 for g in groups[1:])
        or (len(groups) > 1 and len(groups[0]) > 3)
        or " " in fraction
    ):
        return f"« {text} » n'est pas un nombre : les milliers vont par trois, par exemple 12 500."
    return Decimal("".join(groups) + ("." + fraction if fraction else ""))


def read_number(cell: Cell) -> Reading[Decimal]:
    """A plain number, negative ones included, exactly as typed."""
    raw = text_of(cell)
    if isinstance(cell, str | None) and (nothing := absence_of(raw)) is not None:
        return Reading(absence=nothing, raw=raw)
    if isinstance(cell, bool | dt.date):
        return Reading(reason="Ce n'est pas un nombre : écrire par exemple 12 ou 8,5.", raw=raw)
    if isinstance(cell, int | float):
        number = Decimal(str(cell))
        return (
            Reading(value=number, raw=raw) if number.is_finite() else Reading(reason="Ce n'est pas un nombre.", raw=raw)
        )
    if is_dash(raw):
        return Reading(reason="Un tiret ne dit pas si la valeur est nulle, inconnue ou sans objet.", raw=raw)
    found = re.fullmatch(rf"(-?) ?({_FIGURE})", fold(raw))
    if found is None:
        return Reading(reason="Ce n'est pas un nombre : écrire par exemple 12, 1 250 ou 8,5.", raw=raw)
    read = decimal_of(found[2])
    if isinstance(read, str):
        return Reading(reason=read, raw=raw)
    return Reading(value=-read if found[1] else read, raw=raw)


def read_percent(cell: Cell) -> Reading[Decimal]:
    """A percentage from 0 to 100 points. A bare number above 1 is in points; between 0 and 1 it may be a cell in
    percentage format (0,5 for 50 %), and the choice is left to the reader."""
    raw = text_of(cell)
    if isinstance(cell, str) and raw.rstrip().endswith("%"):
        read = read_number(raw.rstrip()[:-1].strip())
        read = Reading(read.value, None if read.value is None else read.absence, read.reason, raw)
        if read.value is None:
            return Reading(reason="Ce n'est pas un pourcentage : écrire par exemple 50 %.", raw=raw)
    else:
        read = read_number(cell)
        if read.value is not None and 0 < read.value <= 1:
            points, whole = _plain(read.value), _plain(read.value * 100)
            reason = f"{points} se lit {points} % ou {whole} % (cellule au format pourcentage) : choisir."
            return Reading(reason=reason, raw=raw, choices=(f"{whole} %", f"{points} %"))
    if read.value is not None and not 0 <= read.value <= 100:
        return Reading(reason="Un avancement va de 0 à 100 %.", raw=raw)
    return read


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


@reader_of_words
def read_yes_no(raw: str) -> Reading[bool]:
    """Oui/non, vrai/faux, a tick or a cross."""
    if not raw or is_dash(raw):
        return Reading(absence=Absence.NOT_PROVIDED, raw=raw)
    word = fold(raw) if len(raw) <= LONGEST_ANSWER else ""
    if word in YES_WORDS or word in NO_WORDS:
        return Reading(value=word in YES_WORDS, raw=raw)
    return Reading(reason="Réponse attendue : oui ou non.", raw=raw, choices=("oui", "non"))


_PAIRS = {")": "(", "]": "[", "»": "«", "”": "“"}
_SEPARATOR = re.compile(r"[,;/\n]")
_QUOTED = re.compile(r"[()\[\]«»“”\"]")
_SPACES = re.compile(r"\s{2,}|[^\S ]")  # every blank but a lone space
_LINE_BULLET = re.compile(r"^(?:[-*•–—▪●◦➔➢→►✓✔o·]\s+|[•▪●◦➔➢►]\s*)")
_PREPOSITIONS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "sur",
        "un",
        "une",
    ]
)


@reader_of_words
def read_list(raw: str) -> Reading[tuple[str, ...]]:
    """Names separated by commas, semicolons, slashes or lines, never inside brackets or quotes; without duplicates."""
    items = [item for piece in _split(raw) if (item := _item(piece))]
    if not items:
        return Reading(absence=absence_of(raw) or Absence.NOT_PROVIDED, raw=raw)
    return Reading(value=distinct_names(items), raw=raw)


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names without those that a case, an accent or an inclusive ending tells from an earlier one."""
    if len(names) < 2:
        return tuple(names)
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(fold(name), name)
    return tuple(kept.values())


def _item(piece: str) -> str:
    """The name a piece of a list holds; empty when it holds no word."""
    item = _LINE_BULLET.sub("", piece.strip()).strip(" \t\n;,")
    if len(item) > 1 and item[0] == item[-1] == '"' and item.count('"') == 2:
        item = item[1:-1].strip()
    item = _SPACES.sub(" ", item)
    return item if item and (item[0] in ascii_letters or words_of(item)) else ""


def _split(raw: str) -> list[str]:
    marks = [found.start() for found in _SEPARATOR.finditer(raw)]
    if not marks:
        return [raw]
    protected = _protected(raw) if _QUOTED.search(raw) else None
    pieces, start = [], 0
    for position in marks:
        if not (protected and protected[position]) and _separates(raw, position, start):
            pieces.append(raw[start:position])
            start = position + 1
    return [*pieces, raw[start:]]


def _protected(raw: str) -> list[bool]:
    """For each character, whether it stands inside a closed pair of brackets or quotes (in one pass)."""
    inside = [0] * (len(raw) + 1)
    opened: list[tuple[str, int]] = []
    straight: int | None = None
    for position, char in enumerate(raw):
        if char in "([«“":
            opened.append((char, position))
        elif char in _PAIRS and any(mark == _PAIRS[char] for mark, _ in opened[-8:]):  # a bound: no cell costs a square
            while (pair := opened.pop())[0] != _PAIRS[char]:
                pass
            inside[pair[1]] += 1
            inside[position] -= 1
        elif char == '"':
            if straight is not None:
                inside[straight] += 1
                inside[position] -= 1
            straight = position if straight is None else None
    depth, flags = 0, []
    for change in inside[:-1]:
        depth += change
        flags.append(depth > 0)
    return flags


def _separates(raw: str, position: int, start: int) -> bool:
    """A comma inside a number does not separate, nor a slash inside a date, a fraction, « et/ou », an address or a
    compound name (« du Nyonsais/Baronnies »)."""
    char, before, after = raw[position], raw[position - 1 : position], raw[position + 1 : position + 2]
    if char == ",":
        return not (before.isdigit() and after.isdigit())
    if char != "/":
        return True
    if before.isspace() or after.isspace():
        return True
    left = re.split(r"[\s,;/(]", raw[max(start, position - 60) : position])
    right = re.split(r"[\s,;/)]", raw[position + 1 : position + 60], maxsplit=1)[0]
    if any(c in raw[max(start, position - 60) : position + 60] for c in ("://", "www.")):
        return False
    if len(left[-1]) < 2 or len(right) < 2 or left[-1][-1].isdigit() or right[0].isdigit():
        return False
    if fold(left[-1]) == "et" and fold(right) == "ou":
        return False
    return not (len(left) > 1 and fold(left[-2]) in _PREPOSITIONS)
