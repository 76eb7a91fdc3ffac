"""What a partner says by a link, and how long a link lasts: plain answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db.rules.access import ProposalState
from db.rules.vocabulary import MilestoneState

LINK_DAYS = 45
FIELDS = ("progress", "weather", "done", "todo", "obstacles", "highlights")
"""What may be said of a sheet by a link, beside its steps: the fields of the news, by their names."""


@dataclass(frozen=True, slots=True)
class StepAsked:
    """A step of a sheet, as the form of a link shows it."""

    id: int
    label: str
    state: MilestoneState
    due_on: date | None


@dataclass(frozen=True, slots=True)
class SheetAsked:
    """A sheet of which a link asks news: what it said last (`last`, by field, and `ticked`, the steps it said to be
    done), its steps, and what the last proposal of that link became."""

    sheet_id: int
    label: str
    plain_line: str | None
    last: Mapping[str, str]
    steps: tuple[StepAsked, ...]
    ticked: frozenset[int] = frozenset()
    proposed_on: date | None = None
    state: ProposalState | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What a link shows: which démarche asks, which structure answers, until when, of which sheets; and since when
    nobody coordinates, when nobody does."""

    initiative: str
    organisation: str
    ends_on: date
    sheets: tuple[SheetAsked, ...]
    vacant_since: date | None = None


@dataclass(frozen=True, slots=True)
class ProposalTold:
    """What a partner proposed, for who decides: `typed` as it was written, `steps` by name."""

    id: int
    sheet_id: int
    placement_id: int | None
    sheet: str
    organisation: str
    name: str
    function: str | None
    on_date: date
    recorded_at: datetime
    typed: Mapping[str, Any]
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class LedSheet:
    """A sheet that a structure leads, where it stands in the plan."""

    placement_id: int
    label: str


@dataclass(frozen=True, slots=True)
class LeadLink:
    """A structure that leads sheets of a plan, and its link when there is one that opens."""

    organisation_id: int
    organisation: str
    sheets: tuple[LedSheet, ...]
    link_id: int | None
    ends_on: date | None
    waiting: int
