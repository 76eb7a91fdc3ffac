"""A démarche as pages speak of it."""

from dataclasses import dataclass
from datetime import date

from db.rules.vocabulary import InitiativeKind

MAINLAND = "Europe/Paris"
"""The time zone of what is of no démarche."""


@dataclass(frozen=True, slots=True)
class InitiativeChoice:
    """A démarche in the chooser; `is_published`: a point of it was published, so that readers see something."""

    id: int
    code: str
    label: str
    time_zone: str
    reference_date: date | None
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A published point: what readers see."""

    id: int
    name: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Header:
    """A démarche as the head of a page says it, on a day.

    `in_preparation` is how many entries wait for the next point; 0 for who may not publish it. `vacant_since` is the
    first day of the vacancy of the coordination, when nobody holds it on the day.
    """

    on: date
    id: int
    code: str
    kind: InitiativeKind
    name: str
    short_name: str
    contract_number: int | None
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    contract_ends: tuple[date, ...]
    elapsed: float | None
    is_fictitious: bool
    regional_link: str | None
    sponsors: tuple[str, ...]
    signatories: tuple[str, ...]
    territories: int
    amendments: int
    point: Point | None
    in_preparation: int
    initial_sheets: int
    current_sheets: int
    last_committee: date | None
    next_committee: date | None
    committee_name: str
    vacant_since: date | None = None
