"""Whether a free text seems to speak of a patient. A hint for the person who types, never a judgement, kept nowhere."""

import re

from db.rules.text import fold

CAUTION = (
    "Ce texte semble parler d'un patient (numéro de sécurité sociale, date de naissance, nom). "
    "Balise n'est pas faite pour cela : gardez le fait, retirez ce qui désigne la personne."
)
"""What is said beside such a text. Nothing is blocked."""

# Sex, year, month, département (2A and 2B are Corsica), commune, order, and the key when it is written.
_NIR = re.compile(
    r"(?<!\d)([12378])[ .\u00a0]?(\d{2})[ .\u00a0]?(0[1-9]|1[0-2]|[2-9]\d)[ .\u00a0]?(\d{2}|2[abAB])[ .\u00a0]?"
    r"(\d{3})[ .\u00a0]?(\d{3})(?:[ .\u00a0]?(\d{2}))?(?!\d)"
)
_DATE = r"(?:\d{1,2}[/. -]\d{1,2}[/. -](?:19|20)?\d{2}|\d{1,2}(?:er)? \w{3,9} (?:19|20)\d{2})"
_BORN = re.compile(rf"\b(?:ne|nee|ne\(e\)|nes|date de naissance|ddn)\b\W{{0,4}}(?:le|en)?\W{{0,3}}{_DATE}")
_CARE = re.compile(
    r"\b(?:patient|patiente|hospitalis\w+|diagnosti\w+|ordonnance|traitement|pathologie|antecedents?|dossier medical|"
    r"schizophren\w+|depressi\w+|bipolaire|addict\w+|tentative de suicide|tumeur|cancer|diabet\w+|seropositi\w+)\b"
)
_SOMEBODY = re.compile(r"\b(?:mme|mlle|madame|monsieur|m\.) [a-z]|\bpatiente? (?:[a-z]\.|nomme)")
NEAR = 120
"""Characters around a word of care within which a name counts as that of who is cared for."""


def speaks_of_a_patient(text: str) -> bool:
    """Whether the text holds a social security number, a birth date in so many words, or somebody named where care is
    spoken of. Plans speak of patients in general all day long: the word alone is nothing."""
    if any(map(_is_nir, _NIR.finditer(text))):
        return True
    folded = fold(text)
    if _BORN.search(folded):
        return True
    return any(_SOMEBODY.search(folded[max(0, m.start() - NEAR) : m.end() + NEAR]) for m in _CARE.finditer(folded))


def _is_nir(found: re.Match[str]) -> bool:
    """Whether thirteen digits are a number of the répertoire: with its key when it is there; without one, only when
    the number is written whole and its place of birth can be one."""
    sex, year, month, place, commune, order, key = found.groups()
    department = place.upper().replace("2A", "19").replace("2B", "18")
    body = int(f"{sex}{year}{month}{department}{commune}{order}")
    if key is not None:
        return 97 - body % 97 == int(key)
    return sex in "12" and place != "00" and commune != "000" and order != "000" and int(month) <= 12
