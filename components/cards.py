"""Tiles: one figure, what it stands on, its rule on hover, and where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from components import workspace


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a page of the product, with its parameters: `page` is the script, relative to `pages/`.

    `says` something by itself, which who reads by a link, and may not follow it, is told all the same.
    """

    page: str
    label: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    icon: str | None = None
    says: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its label, the lines that say its base, and its rule. All of them Markdown already escaped."""

    label: str
    figure: str
    lines: tuple[str, ...]
    rule: str
    link: Link | None = None


def row(tiles: Sequence[Tile]) -> None:
    """Draw tiles side by side; they stack on a phone."""
    for column, tile in zip(st.columns(len(tiles)), tiles, strict=True):
        with column.container(border=True, height="stretch", gap="xxsmall"):
            st.metric(tile.label, tile.figure, help=tile.rule)
            st.caption("  \n".join(tile.lines))
            if tile.link is not None:
                follow(tile.link)


def follow(link: Link) -> None:
    """Draw a link to a page of the product; for who reads one page alone, what it says and no way."""
    if workspace.link() is not None:
        if link.says:
            st.markdown(link.label)
        return
    st.page_link(link.page, label=link.label, icon=link.icon, query_params=dict(link.parameters))
