"""Sums that say what they stand on: « non connu » is not zero."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Known:
    """A sum over the values that are known: `known` of them out of `of`.

    `total` is None when there are values and none is known; it is 0 when there is nothing to add.
    """

    total: int | None
    known: int
    of: int

    @property
    def is_whole(self) -> bool:
        """Whether every value is known."""
        return self.known == self.of


def known_sum(values: Iterable[int | None]) -> Known:
    """The sum of the values that are known, with its base."""
    listed = list(values)
    known = [value for value in listed if value is not None]
    total = None if listed and not known else sum(known)
    return Known(total=total, known=len(known), of=len(listed))


def once(items: Iterable[Item], key: Callable[[Item], Hashable]) -> list[Item]:
    """The items without those whose key was already seen: what several plans share counts once over them."""
    first: dict[Hashable, Item] = {}
    for item in items:
        first.setdefault(key(item), item)
    return list(first.values())
