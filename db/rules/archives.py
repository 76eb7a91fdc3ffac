"""What is archived and could be deleted for good, as who administers is told of it."""

from dataclasses import dataclass
from datetime import datetime

WORD = "PURGER"
"""What is typed before anything is deleted for good."""


@dataclass(frozen=True, slots=True)
class ArchivedFiche:
    """A fiche that was archived: its number and title, its démarche, since when, and what still holds it, in words."""

    sheet_id: int
    label: str
    initiative: str
    at: datetime
    held_by: tuple[str, ...]
