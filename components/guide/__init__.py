"""« Aide »: one Markdown file a theme, in sections, searched whatever the accents and the case."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from components.formats import plural
from db.rules.text import fold, search_text

# No line begins with a closing mark, or ends with an opening one.
TIED = {"« ": "«\u00a0", " »": "\u00a0»", " :": "\u00a0:", " ;": "\u202f;", " %": "\u202f%"}
FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its Markdown; `folded` is what a search looks into."""

    title: str
    body: str
    folded: str


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
    return Section(title.strip(), body.strip(), search_text(theme, title, body))


THEMES = tuple(parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.md")))


def found(themes: tuple[Theme, ...], query: str) -> tuple[Theme, ...]:
    """The sections that hold every word of the query, under their themes; all of them for an empty query."""
    words = fold(query).split()
    kept = (
        Theme(theme.title, theme.anchor, tuple(s for s in theme.sections if all(word in s.folded for word in words)))
        for theme in themes
    )
    return tuple(theme for theme in kept if theme.sections)


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
        st.markdown("Aucune rubrique ne contient tous ces mots : essayez avec un seul, ou effacez la recherche.")
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
