"""How high the rows of a workbook are: a spreadsheet does not always work it out when a file is opened."""

from collections.abc import Iterable
from math import ceil

LINE = 15.0
"""Points of a line of text."""
LINES = 16
"""Beyond, a row would fill the screen: the rest of its longest cell is read in the cell."""
FILLED = 0.93
"""How much of its width a line that wraps fills, words being whole."""


def row_height(cells: Iterable[tuple[object, float]]) -> float:
    """Points that a row takes for its fullest cell, given each value with the width of its column in characters."""
    return LINE * min(LINES, max((_lines(value, width) for value, width in cells), default=1))


def _lines(value: object, width: float) -> int:
    """Lines of a value: only words are wrapped."""
    if not isinstance(value, str):
        return 1
    return sum(1 if len(line) <= width else ceil(len(line) / (width * FILLED)) for line in value.split("\n"))
