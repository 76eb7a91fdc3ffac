"""What one person did, as that person reads it, and, for a reason, whoever administers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CONSULTED_FOR = timedelta(hours=1)
"""How long a consultation stays open; after it, a reason is asked for again."""


@dataclass(frozen=True, slots=True)
class OneAct:
    """An act: what it was, when, in which démarche (None for the installation), and whether it was taken back."""

    id: int
    label: str
    at: datetime
    initiative: str | None
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class Consulted:
    """A time when who administers looked at these acts, and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PersonActs:
    """A page of one person's acts, newest first, how many there are in all, and the consultations of them."""

    function: str
    acts: tuple[OneAct, ...]
    total: int
    consulted: tuple[Consulted, ...]
