"""Keys by parts, so that no query names more of them than either engine takes."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

AT_ONCE = 500
Key = TypeVar("Key", int, str)


def chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    """The keys in order, as many at once as a query may name."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]
