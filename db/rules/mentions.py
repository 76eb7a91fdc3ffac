"""Where a person is named in what others typed: their name, in either order, their address, their telephone."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

MASK = "[…]"
_LATIN = [chr(code) for code in [*range(0x41, 0x7B), *range(0xC0, 0x250)] if chr(code).isalpha()]
_GAP = r"[\s\u00a0\u202f'’.,_-]*"
_BETWEEN = r"[\s\u00a0\u202f'’.,_-]+"
_FEWEST_DIGITS = 6


def mentions(names: Iterable[str | None], exact: Iterable[str | None], phones: Iterable[str | None]) -> re.Pattern[str]:
    """The pattern that finds these, accents, case and the spaces of a number aside.

    A name of a single word is left out: it is too often somebody else's, or a common noun. `exact` are addresses and
    identifiers, found whole. The pattern of nobody finds nothing.
    """
    found = [_name(order) for name in filter(None, names) if len(parts := name.split()) > 1 for order in _orders(parts)]
    found += [re.escape(text.strip()) for text in exact if text and text.strip()]
    found += [_phone(digits) for phone in filter(None, phones) if len(digits := _digits(phone)) >= _FEWEST_DIGITS]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)" if found else r"(?!)", re.IGNORECASE)


def _orders(parts: list[str]) -> set[tuple[str, ...]]:
    """« Claire Martin », « Martin Claire »: the first names before or after the rest."""
    return {(*parts[cut:], *parts[:cut]) for cut in range(len(parts))}


def _name(parts: Iterable[str]) -> str:
    words = [word for part in parts for word in re.split(r"[\W_]+", part) if word]
    return _BETWEEN.join("".join(map(_letter, word)) for word in words)


def _letter(letter: str) -> str:
    """A letter with or without its marks: « e » finds « é », and « é » finds « e »."""
    bare = _bare(letter)
    alike = "".join(other for other in _LATIN if _bare(other) == bare)
    return f"[{alike}]\u0300?\u0301?\u0302?\u0308?\u0327?" if alike else re.escape(letter)


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0].casefold()


def _digits(phone: str) -> str:
    """The digits of a telephone number, without the prefix that stands for its first zero."""
    digits = re.sub(r"\D", "", phone)
    return digits.removeprefix("00").removeprefix("33").removeprefix("0")


def _phone(digits: str) -> str:
    return rf"(?:(?:\+|00)\s?33{_GAP}(?:\(0\))?{_GAP}|0)?{_GAP.join(digits)}"


def is_named(value: Any, pattern: re.Pattern[str]) -> bool:
    """Whether there is a mention in a text, or in any text of a JSON value."""
    if isinstance(value, str):
        return pattern.search(value) is not None
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(is_named(item, pattern) for item in inner)


def masked(value: Any, pattern: re.Pattern[str], by: str = MASK) -> Any:
    """A text, or any JSON value, with each mention replaced; the same object when there is none."""
    return _walked(value, lambda text: pattern.sub(by, text))


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_walked(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _walked(item, change) for key, item in value.items()}
    return value
