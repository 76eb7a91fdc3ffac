"""The order and the numbers of a plan: what was seen, what is asked, and how two persons' changes meet.

Sheets are named by their placement. An order is the one of the sheets (or axes) under one axis.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from db.rules.plan import AxisNode
from db.rules.text import clean, numbered, words_of

T = TypeVar("T")
Orders = Mapping[int | None, Sequence[int]]
STEP = 1024
"""How far two neighbours stand when a whole order is laid out anew: room for those that come between."""
NO_AXIS, TOP = "sans axe", "le premier niveau du plan"
CODE_LENGTH = 20
CODE, AXIS, PLACE = "code", "axis", "place"
WORDS = {CODE: "N°", AXIS: "Axe", PLACE: "Place"}


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """A sheet where it stands. `is_home`: this plan owns it; `stands`: it is in force on the day looked at."""

    placement_id: int
    sheet_id: int
    code: str | None
    title: str
    axis_id: int | None
    is_home: bool
    stands: bool

    @property
    def label(self) -> str:
        """« 2.2 Accueillir les internes »."""
        return numbered(self.code, self.title)


@dataclass(frozen=True, slots=True)
class ArchivedSheet:
    """A sheet that was taken out of the plan, by whom and when; None where the journal does not say."""

    placement_id: int
    code: str | None
    title: str
    is_home: bool
    author: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AxisForm:
    """What the form of an axis holds: its title, its number, the axis it stands under (None: the top of the plan)."""

    title: str
    code: str | None
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sheet is asked to stand: its axis, its number, its rank there from 1; no rank, the last."""

    axis_id: int | None
    code: str | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was shown of a sheet to who moves it: its axis, its number, and the order of the sheets there."""

    axis_id: int | None
    code: str | None
    order: tuple[int, ...]

    def place_of(self, key: int) -> int | None:
        """The rank of the sheet in that order."""
        return self.order.index(key) + 1 if key in self.order else None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The tree of a plan and its sheets, in the order of the tree, and those that were archived, newest first."""

    axes: tuple[AxisNode, ...]
    sheets: tuple[PlacedSheet, ...]
    archived: tuple[ArchivedSheet, ...]

    def orders(self) -> dict[int | None, tuple[int, ...]]:
        """The order of the sheets under each axis that has some; None for those that have no axis."""
        found: dict[int | None, list[int]] = defaultdict(list)
        for sheet in self.sheets:
            found[sheet.axis_id].append(sheet.placement_id)
        return {axis: tuple(keys) for axis, keys in found.items()}

    def seen(self) -> dict[int, Seen]:
        """What is shown of each sheet."""
        orders = self.orders()
        return {sheet.placement_id: Seen(sheet.axis_id, sheet.code, orders[sheet.axis_id]) for sheet in self.sheets}

    def sisters(self, axis_id: int) -> tuple[int, ...]:
        """The axes under the same one, this one included, in their order."""
        parent = next(node.parent_id for node in self.axes if node.id == axis_id)
        return tuple(node.id for node in self.axes if node.parent_id == parent)


def in_tree(axes: Iterable[AxisNode], sheets: Iterable[T], axis_of: Callable[[T], int | None]) -> list[T]:
    """Sheets in the order of the tree, then in their own; those that have no axis come last."""
    ranks = {node.id: rank for rank, node in enumerate(axes)}
    return sorted(sheets, key=lambda sheet: ranks.get(axis_of(sheet) or 0, len(ranks)))


def axis_numbers(axes: Iterable[AxisNode]) -> dict[int, str]:
    """How each axis is called in a cell: « 2.1 », its number after those above it, or its title where it has none.

    A number already holds that of the axis above in some plans (1 › 1.1), and not in others (1 › 1).
    """
    told: dict[int, str] = {}
    numbers: dict[int, str] = {}
    for node in axes:
        above = numbers.get(node.parent_id or 0, "")
        if node.code:
            joined = node.code if not above or node.code.startswith(f"{above}.") else f"{above}.{node.code}"
            numbers[node.id] = joined
        told[node.id] = numbers.get(node.id, node.title)
    twice = {name for name, count in Counter(told.values()).items() if count > 1}
    titles = {node.id: f"{told[node.id]} {node.title}" for node in axes}
    return {key: titles[key] if name in twice else name for key, name in told.items()}


def axis_labels(axes: Iterable[AxisNode]) -> dict[int, str]:
    """Each axis by its number and its title: « 2.1 · Réduire le renoncement »."""
    nodes = tuple(axes)
    names = axis_numbers(nodes)
    return {n.id: n.title if names[n.id].endswith(n.title) else f"{names[n.id]} · {n.title}" for n in nodes}


def axis_named(axes: Sequence[AxisNode], text: str) -> int | None:
    """The one axis that this cell names, by its number or by its title; None when there is none, or several."""
    asked = words_of(text)
    for names in (axis_numbers(axes), {node.id: node.title for node in axes}):
        found = [key for key, name in names.items() if words_of(name) == asked]
        if len(found) == 1:
            return found[0]
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the cells typed ask for, each sheet with what was seen of it; and a sentence for each unreadable cell."""

    wanted: Mapping[int, Spot]
    seen: Mapping[int, Seen]
    problems: tuple[str, ...] = ()


def read_cells(arrangement: Arrangement, typed: Mapping[int, Mapping[str, str]], seen: Mapping[int, Seen]) -> Asked:
    """Read the cells typed, by sheet and column; those that were not typed stay as they were seen."""
    titles = {sheet.placement_id: sheet.title for sheet in arrangement.sheets}
    wanted: dict[int, Spot] = {}
    problems: list[str] = []
    for key, cells in typed.items():
        if key in titles and key in seen:
            spot, wrong = _read_row(arrangement, key, cells, seen[key])
            wanted[key] = spot
            problems += [f"Fiche « {titles[key]} » : {sentence}" for sentence in wrong]
    kept = {key: seen[key] for key in wanted}
    return Asked(wanted, kept, (*problems, *shared_numbers(arrangement, wanted)))


def _read_row(arrangement: Arrangement, key: int, cells: Mapping[str, str], seen: Seen) -> tuple[Spot, list[str]]:
    """A row as it is asked; a cell that cannot be read leaves what was seen, and a sentence."""
    code, axis_id, place = seen.code, seen.axis_id, seen.place_of(key)
    wrong: list[str] = []
    if CODE in cells:
        code = clean(cells[CODE]) or None
        if code is not None and len(code) > CODE_LENGTH:
            code = seen.code
            wrong.append(f"son numéro est trop long ; {CODE_LENGTH} caractères au plus.")
    if AXIS in cells:
        text = clean(cells[AXIS])
        named = axis_named(arrangement.axes, text)
        if named is not None or not text or words_of(text) == NO_AXIS:
            axis_id = named
        else:
            wrong.append(f"« {text} » n'est le numéro d'aucun axe : voyez « Les axes et leurs numéros ».")
        place = place if axis_id == seen.axis_id else None
    if PLACE in cells:
        text = clean(cells[PLACE])
        if text and _is_rank(text):
            place = int(text)
        elif text:
            wrong.append(f"« {text} » n'est pas une place : écrivez un nombre entier, à partir de 1.")
        else:
            place = None
    return Spot(axis_id, code, place), wrong


def _is_rank(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0


def shared_numbers(arrangement: Arrangement, wanted: Mapping[int, Spot]) -> tuple[str, ...]:
    """A sentence for each number that two sheets of the plan would bear."""
    bearers: dict[str, list[str]] = defaultdict(list)
    for sheet in arrangement.sheets:
        code = wanted[sheet.placement_id].code if sheet.placement_id in wanted else sheet.code
        if code is not None:
            bearers[code].append(sheet.title)
    return tuple(twice(code, titles) for code, titles in bearers.items() if len(titles) > 1)


def twice(code: str, titles: Sequence[str]) -> str:
    """What is said when several sheets would bear one number."""
    named = " et ".join(f"« {title} »" for title in titles)
    return f"Le numéro {code} serait celui de plusieurs fiches, {named} : donnez un autre numéro à l'une d'elles."


def changed(key: int, spot: Spot, seen: Seen) -> frozenset[str]:
    """What is asked to change of a sheet. In another axis, a place counts only when it is asked."""
    fields = {CODE} if spot.code != seen.code else set()
    if spot.axis_id != seen.axis_id:
        fields |= {AXIS, PLACE} if spot.place is not None else {AXIS}
    elif spot.place != seen.place_of(key):
        fields.add(PLACE)
    return frozenset(fields)


def rearranged(now: Orders, moves: Mapping[int, Spot]) -> dict[int | None, list[int]]:
    """The orders of the axes that these moves touch: sheets moved stand where they are asked, the others around them.

    Two that ask for one place stand there in their former order.
    """
    former = {key: (axis, rank) for axis, keys in now.items() for rank, key in enumerate(keys)}
    touched = {former[key][0] for key in moves} | {spot.axis_id for spot in moves.values()}
    orders = {axis: [key for key in now.get(axis, ()) if key not in moves] for axis in touched}
    last = len(former) + 1
    free = dict.fromkeys(touched, 0)  # the first rank that no sheet moved took
    for key in sorted(moves, key=lambda key: (moves[key].place or last, former[key][1])):
        axis_id = moves[key].axis_id
        orders[axis_id].insert(max((moves[key].place or last) - 1, free[axis_id]), key)
        free[axis_id] = orders[axis_id].index(key) + 1
    return orders


def steady(before: Sequence[int], after: Sequence[int]) -> frozenset[int]:
    """What certainly did not move between two orders; it may have been pushed by others.

    An order is turned into another by moving the least: what is in every longest run that both share stayed. Where
    two answers are as short (two neighbours changed places), either may have moved, and neither is said to have stayed.
    """
    ranks = {key: rank for rank, key in enumerate(before)}
    common = [key for key in after if key in ranks]
    line = [ranks[key] for key in common]
    up_to = _lengths(line)
    onwards = _lengths([-rank for rank in reversed(line)])[::-1]
    longest = max(up_to, default=0)
    on_a_run = [i for i in range(len(line)) if up_to[i] + onwards[i] - 1 == longest]
    alone = Counter(up_to[i] for i in on_a_run)
    return frozenset(common[i] for i in on_a_run if alone[up_to[i]] == 1)


def positions(order: Sequence[int], held: Mapping[int, int], moved: Collection[int]) -> dict[int, int]:
    """The positions to write so that this order is the one of the positions: those of what moved, if that is enough.

    What stayed keeps its own, and the others come in between; when there is no room, all are laid out anew, a `STEP`
    apart.
    """
    stayed = [rank for rank, key in enumerate(order) if key not in moved]
    kept = [stayed[rank] for rank in _longest([held[order[rank]] for rank in stayed])]
    written: dict[int, int] = {}
    for low, between, high in _gaps(order, kept):
        floor = held[order[low]] if low is not None else None
        ceiling = held[order[high]] if high is not None else None
        given = _between(floor, ceiling, len(between))
        if given is None:
            return {key: STEP * rank for rank, key in enumerate(order, 1) if held[key] != STEP * rank}
        written |= dict(zip(between, given, strict=True))
    return written


def _gaps(order: Sequence[int], kept: Sequence[int]) -> Iterator[tuple[int | None, Sequence[int], int | None]]:
    """What stands between two that keep their position: the ranks of those two, and the keys between."""
    edges: list[int | None] = [None, *kept, None]
    for low, high in pairwise(edges):
        first, last = 0 if low is None else low + 1, len(order) if high is None else high
        if last > first:
            yield low, order[first:last], high


def _between(floor: int | None, ceiling: int | None, count: int) -> list[int] | None:
    """So many positions between two; None when there is no room."""
    if ceiling is None:
        return [(floor or 0) + STEP * rank for rank in range(1, count + 1)]
    if floor is None:
        return [ceiling - STEP * rank for rank in range(count, 0, -1)]
    if ceiling - floor <= count:
        return None
    return [floor + (ceiling - floor) * rank // (count + 1) for rank in range(1, count + 1)]


def _lengths(line: Sequence[int]) -> list[int]:
    """How long the longest increasing run that ends at each item is."""
    ends: list[int] = []
    lengths = []
    for item in line:
        at = bisect_left(ends, item)
        ends[at : at + 1] = [item]
        lengths.append(at + 1)
    return lengths


def _longest(line: Sequence[int]) -> list[int]:
    """The ranks of one of the longest increasing runs."""
    lengths = _lengths(line)
    run: list[int] = []
    wanted = max(lengths, default=0)
    for rank in range(len(line) - 1, -1, -1):
        if lengths[rank] == wanted and (not run or line[rank] < line[run[-1]]):
            run.append(rank)
            wanted -= 1
    return run[::-1]
