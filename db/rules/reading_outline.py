"""Reading of texts that hold a structure: a number before a title, an axis, a tree of objectives, a list of steps."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from db.rules.dates import FuzzyDate
from db.rules.reading import is_dash, text_of
from db.rules.reading_dates import read_date
from db.rules.text import clean, kept_when_short, words_of
from db.rules.vocabulary import AxisLevel, MilestoneState, ObjectiveLevel

_CODE = r"[A-Z]{0,3}\d{1,3}[A-Za-z]?(?:\.\d{1,3})*[a-z]?"
_NO = r"(?:n\s?[°ºo]\s*|num[ée]ro\s+|#\s*)?"
_SHEET_WORD = r"(?:fiches?[\s-]+(?:actions?|projets?)|sous[\s-]actions?|fiches?|actions?|FA|FICHE\s+ACTION)"
_MARK = r"(?:\s*[.:)/]+(?!\d)\s*[-–—]?\s*|\s*[-–—]\s+|\s+[-–—]\s*)"
_WITH_WORD = re.compile(rf"{_SHEET_WORD}\s*{_NO}({_CODE})(?:{_MARK}|\s*\n\s*)(\S.*)", re.I | re.S)
# Without a mark after the number, only a capital tells a title from the rest of a sentence (« Fiche n° 3 du plan »).
_FICHE_SPACE = re.compile(
    rf"(?:fiches?(?:[\s-]+actions?)?\s+{_NO}|actions?\s+(?:n\s?[°ºo]|num[ée]ro)\s*)({_CODE})\s+((?-i:[A-ZÀ-ÖØ-Þ]).*)",
    re.I | re.S,
)
_WORD_ALONE = re.compile(rf"{_SHEET_WORD}\s*{_NO}({_CODE})\s*[.:)-]?", re.I)
_DOTTED = re.compile(r"([A-Z]{0,2}\d{1,3}(?:\.\d{1,3})+)\.?(?:\s*[:)–—-]\s*|\s+)(\S.*)", re.S)
_PLAIN = re.compile(rf"([A-Z]{{0,3}}\d{{1,3}}){_MARK}(\S.*)", re.S)
_CODE_ALONE = re.compile(rf"{_NO}({_CODE})\.?", re.I)
_BLANKS = re.compile(r"[ \t\u00a0\u202f]{2,}|[\t\u00a0\u202f]")  # every blank but a lone space, lines kept
_DIGIT = re.compile(r"\d")

_AXIS_WORDS = {
    "axe": None, "axe strategique": None, "orientation": None, "orientation strategique": None, "priorite": None,
    "thematique": None, "sous axe": None, "sous sous axe": None, "volet": None, "defi": None, "enjeu": None,
    "objectif strategique": AxisLevel.STRATEGIC, "os": AxisLevel.STRATEGIC, "objectif general": AxisLevel.STRATEGIC,
    "objectif operationnel": AxisLevel.OPERATIONAL, "oo": AxisLevel.OPERATIONAL, "objectif": None,
}  # fmt: skip
_AXIS = re.compile(
    r"(axe\s+strat[ée]gique|axe|orientation\s+strat[ée]gique|orientation|priorit[ée]|th[ée]matique|sous[\s-]+sous[\s-]+axe|"
    r"sous[\s-]+axe|volet|d[ée]fi|enjeu|objectif\s+strat[ée]gique|objectif\s+g[ée]n[ée]ral|objectif\s+op[ée]rationnel|"
    rf"objectif|OS|OO)\s*{_NO}((?:[A-Z]{{0,2}}\d{{1,3}}|[IVX]{{1,5}}\b)(?:\.\d{{1,3}})*)(?:{_MARK}|\s+|$)(.*)",
    re.I | re.S,
)
_AXIS_NUMBER = re.compile(
    rf"([A-Z]{{0,2}}\d{{1,3}}(?:\.\d{{1,3}})*)(?:\.?{_MARK}|\.\s*|(?<=\.\d)\s+|(?<=\.\d\d)\s+)(\S.*)", re.S
)
LONGEST_PLACEHOLDER = 200
_PLACEHOLDERS = frozenset(
    [
        "axe",
        "sous axe",
        "sous sous axe",
        "axe x",
        "sous axe x x",
        "sous sous axe x x x",
        "axes",
        "sous axes",
        "sans axe",
    ]
)


@dataclass(frozen=True, slots=True)
class CodedTitle:
    """A title, and the number that stood before it."""

    code: str | None
    title: str


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """An axis as its label says it; `level` only when the label names it (« Objectif stratégique 2 »)."""

    code: str | None
    title: str
    level: AxisLevel | None = None


class Objective(NamedTuple):
    """A node of what a fiche aims at. A text without any heading is a general objective."""

    level: ObjectiveLevel
    code: str | None
    text: str
    children: tuple["Objective", ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A step read from a line of an « Étapes » cell; `done_on` only when the line says when it was done."""

    label: str
    due: FuzzyDate | None = None
    state: MilestoneState | None = None
    done_on: FuzzyDate | None = None


def read_code_and_title(text: str) -> CodedTitle:
    """« Fiche Action 12. Titre » gives 12 and « Titre »; « 3 jours de dépistage » stays whole."""
    title = _BLANKS.sub(" ", clean(text))
    if not _DIGIT.search(title):
        return CodedTitle(None, title)
    for pattern in (_WITH_WORD, _FICHE_SPACE, _DOTTED, _PLAIN):
        if found := pattern.fullmatch(title):
            return CodedTitle(found[1], found[2].strip())
    if found := _WORD_ALONE.fullmatch(title):
        return CodedTitle(found[1], title)
    return CodedTitle(None, title)


def read_code(text: str) -> str | None:
    """The number of a fiche in its own column: « Fiche action n° 3 », « FA3 », « 1.2. », or the text as it stands."""
    text = clean(text)
    found = _WORD_ALONE.fullmatch(text) or _CODE_ALONE.fullmatch(text)
    return found[1] if found else text or None


@kept_when_short
def read_axis_label(text: str) -> AxisLabel | None:
    """The number and title of an axis; None for a blank, a dash or a template's placeholder (« Sous-Sous Axe »)."""
    label = " ".join(clean(text).split())
    if not label or is_dash(label) or (len(label) <= LONGEST_PLACEHOLDER and words_of(label) in _PLACEHOLDERS):
        return None
    if found := _AXIS.fullmatch(label):
        level = _AXIS_WORDS.get(words_of(found[1]))
        return AxisLabel(found[2], (found[3].strip(" .:-–—") and found[3].strip()) or label, level)
    if found := _AXIS_NUMBER.fullmatch(label):
        return AxisLabel(found[1], found[2].strip())
    return AxisLabel(None, label)


def opens_axis(text: str) -> bool:
    """Whether a lone cell names an axis (« AXE 2 : … », « Objectif stratégique 1 »), wherever it stands."""
    found = _AXIS.fullmatch(" ".join(clean(text).split()))
    return found is not None and words_of(found[1]) not in ("os", "oo", "objectif", "priorite", "enjeu")


_ANY_WORD = re.compile(r"[^\W_]")
_BULLET = re.compile(r"^\s*(?:[-*•–—▪●◦➔➢→►]\s*)+")
_HEADING = re.compile(
    r"objectifs?\s+(g[ée]n\w*|sp[ée]c\w*|op[ée]r\w*)\s*(?:de l['’]action)?\s*(?:n\s?[°ºo]\s*)?"
    r"(\d+(?:\.\d+)*)?\s*[.)]?\s*([:–—-])?\s*(.*)",
    re.I | re.S,
)
_SHORT_HEADING = re.compile(r"(OG|OS|OO)\s*(\d+(?:\.\d+)*)?\s*[:–—-]\s*(.*)", re.S)
_INLINE = re.compile(r"\s+(?=[*•]\s*objectifs?\s+(?:g[ée]n|sp[ée]c|op[ée]r))", re.I)
_STAR = re.compile("[*•]")
_SHORT = {"OG": ObjectiveLevel.GENERAL, "OS": ObjectiveLevel.SPECIFIC, "OO": ObjectiveLevel.OPERATIONAL}
_DEPTH = {ObjectiveLevel.GENERAL: 0, ObjectiveLevel.SPECIFIC: 1, ObjectiveLevel.OPERATIONAL: 2}


@dataclass(slots=True)
class _Node:
    level: ObjectiveLevel
    code: str | None
    text: str
    children: list["_Node"]


def read_objectives(text: str, default: ObjectiveLevel = ObjectiveLevel.GENERAL) -> tuple[Objective, ...]:
    """The tree of objectives written in one cell. The heading, not its number, places a line: two « n° 2 » are two.

    Under a heading without text (« Objectifs opérationnels : ») each line is an objective; under one with text a line
    continues it; what stands before any heading is kept at the `default` level.
    """
    roots: list[_Node] = []
    trail: list[_Node] = []
    open_level: ObjectiveLevel | None = None
    text = clean(text)
    for line in (_INLINE.sub("\n", text) if _STAR.search(text) else text).split("\n"):
        bare = line.strip()
        if not bare[:1].isalnum():
            bare = _BULLET.sub("", line).strip()
            if not _ANY_WORD.search(bare):
                continue
        heading = _heading(bare) if bare[0] in "oO" else None
        if heading is not None:
            level, code, words = heading
            open_level = level if not words else None
            if words:
                _place(roots, trail, _Node(level, code, words, []))
        elif open_level is not None:
            coded = _AXIS_NUMBER.fullmatch(bare)
            _place(roots, trail, _Node(open_level, coded[1] if coded else None, coded[2] if coded else bare, []))
        elif trail:
            trail[-1].text += "\n" + line.strip()
        else:
            _place(roots, trail, _Node(default, None, line.strip(), []))
    return tuple(map(_frozen, roots))


@kept_when_short
def _heading(line: str) -> tuple[ObjectiveLevel, str | None, str] | None:
    if found := _SHORT_HEADING.fullmatch(line):
        return _SHORT[found[1]], found[2], found[3].strip()
    found = _HEADING.fullmatch(line)
    if found is None or not (found[2] or found[3] or not found[4]):
        return None
    initial = words_of(found[1])[:1]
    level = {"g": ObjectiveLevel.GENERAL, "s": ObjectiveLevel.SPECIFIC, "o": ObjectiveLevel.OPERATIONAL}[initial]
    return level, found[2], found[4].strip()


def _place(roots: list[_Node], trail: list[_Node], node: _Node) -> None:
    while trail and _DEPTH[trail[-1].level] >= _DEPTH[node.level]:
        trail.pop()
    (trail[-1].children if trail else roots).append(node)
    trail.append(node)


def _frozen(node: _Node) -> Objective:
    return Objective(node.level, node.code, node.text, tuple(map(_frozen, node.children)))


_TICK = re.compile(r"^\s*(?:[✓✔✅☑☒]\ufe0f?|\[x\])\s*|\s*(?:[✓✔✅☑☒]\ufe0f?)\s*$", re.I)
_OPEN_BOX = re.compile(r"^\s*(?:☐|□|\[ ?\])\s*")
_BRACKETED = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_TAIL = re.compile(r"\s*(?:[:;,]|\s[-–—])\s*([^:;,]{2,40})$")
_DONE_WORD = re.compile(
    r"(?:fait|r[ée]alis[ée]|termin[ée]|franchi|achev[ée])(?:e|s|es)?\b[ ,:]*(?:(?:en|le|depuis)\s+)?", re.I
)


def read_milestones(text: str) -> tuple[MilestoneLine, ...]:
    """The steps of a cell, one a line (or between semicolons on a single line), each with the date and the « fait » it
    bears: « - Diagnostic (mars 2026) », « ✓ Signature », « Enquête : réalisée en 2025 »."""
    lines = [line for line in text_of(text).split("\n") if line.strip()]
    if len(lines) == 1:
        lines = [part for part in lines[0].split(";") if part.strip()]
    return tuple(_milestone(line) for line in lines if words_of(line))


def _milestone(line: str) -> MilestoneLine:
    line = _BULLET.sub("", line).strip(" \t;")
    done = _TICK.search(line) is not None
    label = _OPEN_BOX.sub("", _TICK.sub("", line)).strip()
    due: FuzzyDate | None = None
    done_on: FuzzyDate | None = None
    for pattern in (_BRACKETED, _TAIL):
        found = pattern.search(label)
        said = _said(found[1]) if found else None
        if found and said is not None:
            label, (date, is_done, dated_done) = label[: found.start()].strip(), said
            done = done or is_done
            due, done_on = (due, date) if dated_done else (date, None)
            break
    return MilestoneLine(label or line, due, MilestoneState.DONE if done else None, done_on)


def _said(words: str) -> tuple[FuzzyDate | None, bool, bool] | None:
    """(date, done, whether the date is that of doing) as the end of a line says, or None for a part of the label."""
    words = words.strip(" .")
    bare = _DONE_WORD.sub("", words).strip(" ,;:")
    done = bare != words.strip(" ,;:")
    if not bare:
        return None, True, False
    date = read_date(re.sub(r"^(?:pour|avant|échéance)\s*:?\s*", "", bare), end=True).value
    if date is None:
        return None
    return date, done, done and _DONE_WORD.match(words) is not None
