"""The axes of a plan found by what a file says of them: a number and a title under a parent, as the reader tells them.

Two sisters of one title with two numbers are two. An axis that the file numbers otherwise, or not at all, is the one
of its title, unless another axis of the file is that one to the letter.
"""

from collections.abc import Iterable

from db.exchange.draft import AxisPath, AxisStep
from db.rules.plan import AxisNode
from db.rules.text import words_of
from db.rules.vocabulary import AxisLevel

Key = tuple[str, str]


def _key(step: AxisStep) -> Key:
    return words_of(step.title), (step.code or "").casefold()


def _keys(path: AxisPath) -> tuple[Key, ...]:
    return tuple(map(_key, path))


class KnownAxes:
    """The axes that the database holds, looked up with the paths of one file."""

    def __init__(self, nodes: Iterable[AxisNode], said: Iterable[AxisPath]) -> None:
        self._children: dict[int | None, dict[Key, int]] = {}
        self._paths: dict[int, AxisPath] = {}
        self._said = frozenset(map(_keys, said))
        self.count = 0
        for node in nodes:
            above = self._paths[node.parent_id] if node.parent_id is not None else ()
            self.add(node.id, node.parent_id, (*above, AxisStep(AxisLevel(node.level), node.code, node.title)))

    def add(self, axis_id: int, parent_id: int | None, path: AxisPath) -> None:
        """Know one more axis, under one that is known."""
        self._children.setdefault(parent_id, {}).setdefault(_key(path[-1]), axis_id)
        self._paths[axis_id] = path
        self.count += 1

    def find(self, path: AxisPath) -> int | None:
        """The axis at the end of the path; None when the database does not have it, or for no path at all."""
        found: int | None = None
        for depth in range(len(path)):
            found = self._under(found, path[: depth + 1])
            if found is None:
                return None
        return found

    def own(self, path: AxisPath) -> AxisPath:
        """The path in the database's own numbers and titles, as it stands when it is not known."""
        found = self.find(path)
        return path if found is None else self._paths[found]

    def _under(self, parent_id: int | None, path: AxisPath) -> int | None:
        sisters = self._children.get(parent_id, {})
        key = _key(path[-1])
        if key in sisters:
            return sisters[key]
        above = _keys(path[:-1])
        same_title = (other for other in sisters if other[0] == key[0] and (*above, other) not in self._said)
        found = next(same_title, None)
        return sisters[found] if found else None
