"""Text as people type it: cleaning, folding for comparison, sorting and acronyms. Both database engines sort and
search on what these functions return, never on their own collations."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_UNIFIED = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´′", "'"),
        **dict.fromkeys("–—‑‐−‒", "-"),
        **dict.fromkeys("«»“”„", '"'),
    }
)
# Zero-width, soft hyphen and direction overrides: invisible, and never what the writer meant. U+200D stays: it joins emoji.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_EXCEL_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENDINGS = "trices|trice|rices|rice|euses|euse|ères|ère|elles|elle|lles|lle|nes|ne|ves|ve|fes|fe|les|le|es|e|s"
_MEDIAN = re.compile(rf"(?<=\w)(?:[·•‧⋅∙](?:{_ENDINGS})(?:[·•‧⋅∙]?s)?|(?<=\w\w)[.](?:e[.]?s|e)|\((?:e|s|es)\)s?)(?!\w)", re.I)
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[0-9]+")
_SMALL_WORDS = frozenset(["a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur", "un", "une"])


def clean(text: str) -> str:
    """The text as its writer meant it: composed (NFC), without control or invisible characters, lines kept."""
    if "_x" in text:
        text = _EXCEL_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def fold(text: str) -> str:
    """The form under which two spellings of one thing are equal: no accent, no case, no inclusive ending
    (« élu·e·s » gives « elu »), one kind of apostrophe, dash, quote and space."""
    text = _MEDIAN.sub("", clean(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES).translate(_UNIFIED))
        text = "".join(c for c in text if not unicodedata.combining(c) and c != "\u200d")
    return _SPACES.sub(" ", text.casefold()).strip()


def words_of(text: str) -> str:
    """`fold` without punctuation: what labels, axes and names are compared by."""
    return " ".join(_WORD.findall(fold(text)))


def sort_key(text: str) -> str:
    """A key whose plain order is the reader's: accents aside, and numbers by value (1.2 before 1.10).

    Each number is preceded by its count of digits, so that a comparison character by character is numeric.
    """
    return _NUMBER.sub(lambda found: f"{len(n := found[0].lstrip('0')):02d}{n}", words_of(text))


def search_text(*parts: str | None) -> str:
    """What a search looks into: every part folded, empty ones left out."""
    return " ".join(folded for part in parts if part and (folded := fold(part)))


def acronym_of(text: str) -> str:
    """The initials of the words that count: « Contrat Local de Santé » gives « CLS »."""
    return "".join(word[0] for word in words_of(text).split() if word not in _SMALL_WORDS).upper()


def is_acronym(text: str) -> bool:
    """Whether the text looks like an acronym: 2 to 10 capitals or digits, at least two letters."""
    bare = text.strip().replace(".", "").replace("-", "")
    return 2 <= len(bare) <= 10 and bare.isalnum() and bare == bare.upper() and sum(c.isalpha() for c in bare) >= 2


def stands_for(acronym: str, text: str) -> bool:
    """Whether the acronym abbreviates the text: small words may count or not (« SSIAD » for « Service de soins
    infirmiers à domicile »), or the text gives it in brackets (« Service Autonomie à Domicile (SAD) »)."""
    letters = words_of(acronym).replace(" ", "")
    if not is_acronym(acronym) or words_of(text).replace(" ", "") == letters:
        return False
    if re.search(rf"\(\s*{re.escape(letters)}\s*\)", fold(text)):
        return True
    words = words_of(re.sub(r"\([^)]*\)", " ", text)).split()
    if not 2 <= len(words) <= 12:
        return False
    pattern = "".join(re.escape(w[0]) + ("?" if w in _SMALL_WORDS else "") for w in words)
    return re.fullmatch(pattern, letters) is not None
