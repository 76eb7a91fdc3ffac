"""Text as people type it: cleaning, folding for comparison, sorting and acronyms. Both database engines sort and
search on what these functions return, never on their own collations."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

R = TypeVar("R")
_SHORT = 200
ID_DIGITS = 15
_SIMPLER = {
    **{"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"},
    **dict.fromkeys("’‘ʼ`´′", "'"),
    **dict.fromkeys("–—‑‐−‒", "-"),
    **dict.fromkeys("«»“”„", '"'),
}
_TO_SIMPLIFY = re.compile(f"[{''.join(_SIMPLER)}]")
# Control and lone surrogate characters, zero-width ones, soft hyphens and direction overrides: invisible, never meant.
# U+200D stays: it joins emoji.
_JUNK = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\u00ad\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff]"
)
_ACCENTS = re.compile("[\\u0300-\\u036f]")
_EXCEL_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENDINGS = "trices|trice|rices|rice|euses|euse|eres|ere|elles|elle|lles|lle|nes|ne|ves|ve|fes|fe|les|le|es|e|s"
_MEDIAN = re.compile(
    rf"(?<=\w)(?:[·•‧⋅∙](?:{_ENDINGS})(?:[·•‧⋅∙]?s)?|(?<=\w\w)[.](?:e[.]?s|e)|\((?:e|s|es)\)s?)(?!\w)", re.I
)
_MEDIAN_MARK = re.compile("[·•‧⋅∙.(]")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[0-9]+")
_BRACKETED = re.compile(r"\(([^()]*)\)")
_SMALL_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "dans",
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


def kept_when_short(read: Callable[[str], R]) -> Callable[[str], R]:
    """`read`, which must be pure, with what it made of short texts kept: labels, names, words and dates come back row
    after row. Long texts are not kept: they are many, large and seldom twice the same."""
    kept = lru_cache(maxsize=4096)(read)

    @wraps(read)
    def reader(text: str) -> R:
        return kept(text) if len(text) <= _SHORT else read(text)

    return reader


def clean(text: str) -> str:
    """The text as its writer meant it: composed (NFC), without control or invisible characters, lines kept."""
    if "_x" in text:
        text = _EXCEL_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if not text.isprintable():
        text = _JUNK.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip()


@kept_when_short
def fold(text: str) -> str:
    """The form under which two spellings of one thing are equal: no accent, no case, no inclusive ending
    (« élu·e·s » gives « elu »), one kind of apostrophe, dash, quote and space."""
    text = clean(text)
    if not text.isascii():
        simpler = _TO_SIMPLIFY.sub(lambda found: _SIMPLER[found[0]], text)
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", simpler))
        if not text.isascii():
            text = "".join(c for c in text if not unicodedata.combining(c) and c != "\u200d")
    text = " ".join(text.casefold().split())
    # Last, and until nothing is left to remove: an accent or an ending taken away may uncover another ending.
    while _MEDIAN_MARK.search(text) and (shorter := _MEDIAN.sub("", text)) != text:
        text = shorter
    return text


@kept_when_short
def words_of(text: str) -> str:
    """`fold` without punctuation: what labels, axes and names are compared by."""
    folded = fold(text)
    return folded if folded.replace(" ", "").isalnum() else " ".join(_WORD.findall(folded))


def sort_key(text: str) -> str:
    """A key whose plain order is the reader's: accents aside, and numbers by value (1.2 before 1.10).

    Each number is preceded by its count of digits, so that a comparison character by character is numeric.
    """
    return _NUMBER.sub(lambda found: f"{len(n := found[0].lstrip('0')):02d}{n}", words_of(text))


def search_text(*parts: str | None) -> str:
    """What a search looks into: every part folded, empty ones left out."""
    return " ".join(folded for part in parts if part and (folded := fold(part)))


def numbered(code: str | None, title: str) -> str:
    """« 2.2 Accueillir les internes »: a title after its number, where it has one."""
    return f"{code} {title}" if code else title


def acronym_of(text: str) -> str:
    """The initials of the words that count: « Contrat Local de Santé » gives « CLS »."""
    return "".join(word[0] for word in words_of(text).split() if word not in _SMALL_WORDS).upper()


def is_acronym(text: str) -> bool:
    """Whether the text looks like an acronym: 2 to 10 capitals or digits, at least two letters."""
    bare = text.strip().replace(".", "").replace("-", "")
    return 2 <= len(bare) <= 10 and bare.isalnum() and bare == bare.upper() and sum(c.isalpha() for c in bare) >= 2


def acronyms_for(name: str) -> frozenset[str]:
    """Every acronym (folded, without points) that may abbreviate the name: its initials, small words counting or not
    (« SSIAD » for « Service de soins infirmiers à domicile »), and what it gives in brackets (« … Domicile (SAD) »)."""
    bracketed = {words_of(found).replace(" ", "") for found in _BRACKETED.findall(name) if is_acronym(found)}
    words = words_of(_BRACKETED.sub(" ", name)).split() if len(name) <= _SHORT else []
    small = sum(word in _SMALL_WORDS for word in words)
    if not 2 <= len(words) <= 12 or small > 6:
        return frozenset(bracketed)
    initials = {""}
    for word in words:
        longer = {start + word[0] for start in initials}
        initials = longer | initials if word in _SMALL_WORDS else longer
    return frozenset(bracketed | initials)


def stands_for(acronym: str, name: str) -> bool:
    """Whether the acronym abbreviates the name."""
    return is_acronym(acronym) and words_of(acronym).replace(" ", "") in acronyms_for(name)


def an_id(typed: str | None) -> int | None:
    """The id that an address or a form gives; None for what cannot be one, too long for a database to look for too."""
    asked = typed or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= ID_DIGITS else None
