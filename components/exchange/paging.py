"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

Line = TypeVar("Line")


def shown_page(name: str, lines: Sequence[Line], size: int) -> Sequence[Line]:
    """The lines of the page that the reader is on."""
    page = min(st.session_state.get(_key(name), 1), _pages(lines, size))
    return lines[(page - 1) * size : page * size]


def pager(name: str, lines: Sequence[Line], size: int) -> None:
    """The numbers of the pages, when there are several."""
    if len(lines) > size:
        st.pagination(_pages(lines, size), key=_key(name))


def _pages(lines: Sequence[Line], size: int) -> int:
    return max(1, -(-len(lines) // size))


def _key(name: str) -> str:
    return f"exchange_page_{name}"
