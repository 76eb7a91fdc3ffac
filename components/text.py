"""What people typed, shown as they typed it: Streamlit reads Markdown nearly everywhere, and a title is none."""

import re

# Everything that Markdown, or the directives that Streamlit adds to it, gives a meaning to.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=^@])")
# What is replaced after the escapes are read: icons, and arrows between spaces. An invisible word joiner parts them.
_REPLACED_LATER = re.compile(r"(:)(?=material/)|([<>~\-]+)(?=[->=])")
_JOINER = "\u2060"


def escape(text: str) -> str:
    """The text so written that Markdown shows it to the letter, on one line."""
    return _escaped(" ".join(text.split()))


def paragraphs(text: str) -> str:
    """The same for a text of several lines: its lines and its blank lines stay where they were."""
    lines = [escape(line) for line in text.strip().splitlines()]
    joined = "".join(line + ("  \n" if line else "\n") for line in lines)
    return re.sub(r" *\n\n+", "\n\n", joined).strip()


def item(text: str) -> str:
    """The same for an item of a list: its lines stay lines, and none opens a list of its own."""
    return "  \n  ".join(line for line in map(escape, text.strip().splitlines()) if line)


def _escaped(line: str) -> str:
    parted = _REPLACED_LATER.sub(lambda found: _JOINER.join([*found[0], ""]), line)
    return _MARKS.sub(r"\\\1", parted)
