"""« Aide »: one Markdown file a theme, in sections, searched whatever the accents and the case."""

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.formats import plural
from db.rules.text import fold

# No line begins with a closing mark, or ends with an opening one.
TIED = {"« ": "«\u00a0", " »": "\u00a0»", " :": "\u00a0:", " ;": "\u202f;", " %": "\u202f%"}
STEM = 5
"""Letters by which two forms of a word are known as one."""
FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its Markdown; a search looks into the words of its titles, then into all of its `words`."""

    title: str
    body: str
    title_words: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Theme:
    """A file of the guide: its title, its anchor in the page, its sections."""

    title: str
    anchor: str
    sections: tuple[Section, ...]


def parse(text: str) -> Theme:
    """A theme from its Markdown: one `# ` title, then `## ` sections."""
    title, *parts = text.removeprefix("# ").split("\n## ")
    theme = title.strip()
    return Theme(theme, "-".join(fold(theme).replace(",", "").split()), tuple(_section(theme, part) for part in parts))


def _section(theme: str, part: str) -> Section:
    for loose, tied in TIED.items():
        part = part.replace(loose, tied)
    title, _, body = part.partition("\n")
    named = frozenset(_words(f"{theme} {title}"))
    told = named | frozenset(_words(body))
    meant = (word for acronym in told & ACRONYMS.keys() for word in ACRONYMS[acronym])
    return Section(title.strip(), body.strip(), named, told | frozenset(meant))


def _words(text: str) -> list[str]:
    """The words of a text, without accents nor capitals; articles and the like are left out."""
    return [word for word in re.findall(r"[a-z0-9]+", fold(text)) if len(word) > 2 or word.isdigit()]


def _acronyms(text: str) -> dict[str, tuple[str, ...]]:
    """What each acronym of the tables means, in words, the noun first."""
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", text, re.MULTILINE)
    return {fold(acronym): tuple(_words(meaning)) for acronym, meaning in rows}


ACRONYMS = _acronyms((FOLDER / "8-sigles.md").read_text(encoding="utf-8"))
THEMES = tuple(parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md")))


def found(themes: tuple[Theme, ...], query: str) -> tuple[Theme, ...]:
    """The sections that tell of every word of the query, under their themes; all of them for an empty query.

    A word is known by its first letters (« publier » finds « publié »), an acronym also by the noun it stands for.
    What says it in a title comes first.
    """
    asked = _words(query)
    if not asked:
        return themes
    kept = [
        Theme(theme.title, theme.anchor, _titles_first([s for s in theme.sections if _tells(s.words, asked)], asked))
        for theme in themes
    ]
    return tuple(sorted((theme for theme in kept if theme.sections), key=lambda theme: _rank(theme.sections[0], asked)))


def _titles_first(sections: list[Section], asked: list[str]) -> tuple[Section, ...]:
    return tuple(sorted(sections, key=lambda section: _rank(section, asked)))


def _rank(section: Section, asked: list[str]) -> int:
    """0 when a title says it, else 1."""
    return 0 if _tells(section.title_words, asked) else 1


def _tells(words: frozenset[str], asked: list[str]) -> bool:
    return all(_has(words, word) for word in asked)


def _has(words: frozenset[str], asked: str) -> bool:
    noun = next(iter(ACRONYMS.get(asked, ())), None)
    if noun in words or f"{noun}s" in words:
        return True
    return any(word.startswith(asked[:STEM]) for word in words)


def show() -> None:
    """The whole guide: a search, the themes, then their sections."""
    st.title("Aide", anchor=False)
    query = st.text_input(
        "Chercher dans l'aide",
        type="search",
        placeholder="retard, masquage, COPIL…",
        live=True,
        key="recherche",
        bind="query-params",
        width=420,
    )
    themes = found(THEMES, query or "")
    if not themes:
        st.markdown("Aucune rubrique ne parle de tous ces mots : essayez avec un seul, ou effacez la recherche.")
        return
    st.markdown(_summary(themes, is_search=bool(query)))
    for theme in themes:
        st.header(theme.title, anchor=theme.anchor)
        st.markdown("\n\n".join(f"### {section.title}\n\n{section.body}" for section in theme.sections), width=760)


def _summary(themes: tuple[Theme, ...], is_search: bool) -> str:
    """What was found by a search; otherwise the themes, as ways to them."""
    if is_search:
        return plural(sum(len(theme.sections) for theme in themes), "rubrique")
    return " · ".join(f"[{theme.title}](#{theme.anchor})" for theme in themes)
