"""Text that was pasted with its markup: seen, said, and taken away only when the person asks."""

import re
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-z][a-z0-9:]*(?:\s[^<>]{0,400})?/?>|<!--|&(?:nbsp|amp|lt|gt|quot|#\d{1,6});", re.I)
_BLOCKS = frozenset(["p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"])
_UNSEEN = frozenset(["style", "script", "head", "xml", "title"])
_BLANK_LINES = re.compile(r"\n\s*\n+")


def has_markup(text: str) -> bool:
    """Whether the text holds tags or entities, as a copy from Word or from a web page may."""
    return _TAG.search(text) is not None


def without_markup(text: str) -> str:
    """The words of the text, its paragraphs and items on lines of their own; comments and styles left out."""
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.found.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in _UNSEEN and self.unseen > 0
        if tag in _BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.found.append(data)
