"""A form and what happened to it: values as people write them, and the fields that somebody else changed meanwhile."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Written = Any
"""The value of a field as a person writes it, and as JSON holds it: a text, a code, a list of names, rows, or None.

A date is « mars 2026 », a structure its name: what was typed is kept to the letter, even when it cannot be read.
"""


def digest(values: Any) -> str:
    """A short key of what was typed: the same values give the same."""
    told = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people wrote: what it held when the form was opened, what it holds now and by whom, and what
    was typed here. `at` is None when the journal does not say."""

    field: str
    label: str
    base: Written
    theirs: Written
    mine: Written
    author: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A form that is being filled: its key, what it is about, what each field held, what was typed, since when."""

    key: str
    subject: str
    base: Mapping[str, Written]
    typed: Mapping[str, Written]
    opened_at: datetime
    kept_at: datetime
    is_closed: bool

    def value(self, field: str) -> Written:
        """What the form shows for a field: what was typed there, else what it held."""
        return self.typed[field] if field in self.typed else self.base.get(field)
