"""Reads: one function, one question; each takes a session and a `Viewer` and gives dataclasses or a frame.

A reader says what it reads with `@reads`, as revision scopes; its first parameter after the viewer, when it has one,
is the initiative's id. `components.workspace.read` keys its cache by those revisions.
"""

from collections.abc import Callable
from typing import TypeVar

Reader = TypeVar("Reader", bound=Callable[..., object])
SCOPES_READ = "scopes_read"


def reads(*scopes: str) -> Callable[[Reader], Reader]:
    """Say which revisions a query depends on; « initiative » stands for the initiative it is asked about."""

    def mark(reader: Reader) -> Reader:
        setattr(reader, SCOPES_READ, scopes)
        return reader

    return mark


def scopes_of(reader: Callable[..., object], initiative_id: int | None) -> tuple[str, ...]:
    """The revision scopes of a query marked with `reads`; everything (`all`) for one that is not."""
    scopes: tuple[str, ...] = getattr(reader, SCOPES_READ, ("all",))
    return tuple(f"initiative:{initiative_id}" if scope == "initiative" else scope for scope in scopes)
