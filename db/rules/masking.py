"""Masking of small numbers of persons, so that nobody is recognised, not even by subtraction.

Between 1 and 10 persons nothing is shown (threshold 11, the usage of French health statistics). Zero is shown:
it says nothing of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

THRESHOLD = 11


@dataclass(frozen=True, slots=True)
class Masked:
    """A breakdown as it may be shown: a hidden part, like a hidden total, is None."""

    parts: Mapping[str, int | None]
    total: int | None

    @property
    def hidden(self) -> frozenset[str]:
        """The names of the parts that may not be shown; which of them are small is not said."""
        return frozenset(name for name, value in self.parts.items() if value is None)


def is_small(count: int, threshold: int = THRESHOLD) -> bool:
    """Whether a number of persons is too small to be shown."""
    return 0 < count < threshold


def mask(parts: Mapping[str, int | None], total: int | None, threshold: int = THRESHOLD) -> Masked:
    """Hide the small parts of a breakdown and whatever would give them back.

    `parts` need not cover the whole (« dont QPV : 39 » of 47 gives the 8 others); None is a part masked at its
    source. `total` is the one shown beside it, None when none is. Other parts are hidden, the smallest first,
    until what subtraction gives is neither one part nor a small number; when no part is left, the total is hidden.
    Parts that overlap (their sum is more than the total) allow no subtraction: small ones alone are hidden.
    """
    shown = {name: value for name, value in parts.items() if value is not None and not is_small(value, threshold)}
    if not _is_exclusive(parts, total):
        shown_total = None if total is None or is_small(total, threshold) else total
        return _masked(parts, shown, shown_total)
    while total is not None and _gives_back(parts, shown, total, threshold):
        candidates = {name: value for name, value in shown.items() if value > 0}
        if candidates:
            del shown[min(candidates, key=candidates.__getitem__)]
        else:
            total = None
    return _masked(parts, shown, total)


def rate_may_be_shown(numerator: int, denominator: int, threshold: int = THRESHOLD) -> bool:
    """Whether a rate may stand beside its denominator: it gives back the persons counted, and those who are not."""
    return not any(is_small(count, threshold) for count in (numerator, denominator - numerator, denominator))


def _is_exclusive(parts: Mapping[str, int | None], total: int | None) -> bool:
    return total is None or sum(value for value in parts.values() if value is not None) <= total


def _gives_back(parts: Mapping[str, int | None], shown: Mapping[str, int], total: int, threshold: int) -> bool:
    """Whether the total less the parts shown is a small number, or exactly one hidden part."""
    hidden = len(parts) - len(shown)
    difference = total - sum(shown.values())
    if is_small(difference, threshold):
        return True
    # A part masked at its source may be large: alone it would be given back without being a small number.
    return hidden == 1 and None in parts.values()


def _masked(parts: Mapping[str, int | None], shown: Mapping[str, int], total: int | None) -> Masked:
    return Masked(parts={name: shown.get(name) for name in parts}, total=total)
