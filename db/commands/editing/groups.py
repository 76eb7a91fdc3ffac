"""What every group of fields of a fiche offers: to read them for many fiches at once, and to write those that changed.

A value is what a person writes (`db.rules.forms.Written`): a text, a word, a list of names. It is read by the import's
own readers, so that « mars 2026 » or « NC » mean the same wherever they are typed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from db.commands.import_lists import ListWriter
from db.errors import Invalid
from db.exchange.resolve import Names, names
from db.exchange.shown import date_words
from db.models import ActionSheet
from db.rules.dates import FuzzyDate
from db.rules.forms import Written
from db.rules.plan import fuzzy as fuzzy_of
from db.rules.reading_dates import read_date
from db.rules.text import clean
from db.rules.vocabulary import DatePrecision, Labelled
from db.viewer import Viewer

Word = TypeVar("Word", bound=Labelled)
Values = Mapping[str, Written]
Read = Callable[["Desk", Sequence[int]], dict[int, dict[str, Written]]]
Write = Callable[["Desk", int, Values, Collection[str]], None]


@dataclass
class Desk:
    """What a save works with: the session, who saves, in which plan, on which day; and what it looked up once."""

    session: Session
    viewer: Viewer
    initiative_id: int
    on: date
    _names: Names | None = None
    _sheets: dict[int, ActionSheet] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        """What the directory, the lists of the field and the communes covered are called."""
        if self._names is None:
            self._names = names(self.session, self.initiative_id, self.on)
        return self._names

    @property
    def lists(self) -> ListWriter:
        """The writer of lists that the import uses."""
        return ListWriter(self.session, self.on, self.names)

    def sheet(self, sheet_id: int) -> ActionSheet:
        """The fiche, read once."""
        if sheet_id not in self._sheets:
            self._sheets[sheet_id] = self.session.get_one(ActionSheet, sheet_id)
        return self._sheets[sheet_id]

    def organisation(self, name: str, what: str) -> int:
        """The structure of this name or alias, made when there is none; `Invalid` when several bear it."""
        several = self.names.bearers(name)
        if several:
            raise Invalid(
                f"{what} : « {name} » désigne plusieurs structures ({', '.join(several)}) : écrivez laquelle."
            )
        return self.lists.organisation(text(name, what, 300) or "")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that are read and written together. `tables` are where the journal tells who changed them, `columns`
    under which name, for those that are not a column of their own name. `holds` says whether a row of these tables, by
    its values, is of a field. A group that `adds` writes an entry of a series: what is left empty there says
    nothing."""

    fields: tuple[str, ...]
    tables: tuple[str, ...]
    read: Read
    write: Write
    tidy: Callable[[str, Written], Written] = lambda _name, value: value
    columns: Mapping[str, str] = field(default_factory=dict)
    adds: bool = False
    holds: Callable[[Session, str, Mapping[str, Any]], bool] = lambda _session, _name, _row: True


def text(value: Written, what: str, most: int | None = None) -> str | None:
    """A text cleaned of what nobody typed; None when nothing is left. `Invalid` beyond `most` characters."""
    cleaned = clean(str(value)) if value is not None else ""
    if most is not None and len(cleaned) > most:
        raise Invalid(
            f"{what} : {len(cleaned)} caractères, {most} au plus. Raccourcissez ; ce que vous avez écrit est gardé."
        )
    return cleaned or None


def word(kind: type[Word], value: Written, what: str) -> Word | None:
    """The member of a closed list that bears this French word."""
    if value in (None, ""):
        return None
    found = next((member for member in kind if member.label_fr == value), None)
    if found is None:
        raise Invalid(f"{what} : « {value} » n'est pas dans la liste.")
    return found


def fuzzy(value: Written, what: str, *, end: bool = False) -> FuzzyDate | None:
    """A date as it was typed, or None; `Invalid`, with the reader's own sentence, when it cannot be read."""
    if value in (None, ""):
        return None
    read = read_date(str(value), end=end)
    if read.reason is not None:
        raise Invalid(f"{what} : « {value} ». {read.reason}")
    return read.value


def written_date(day: date | None, precision: DatePrecision | None) -> str | None:
    """A date of the database as a person writes it."""
    typed = fuzzy_of(day, precision)
    return date_words(typed) if typed else None


def tidy_date(value: Written, *, end: bool = False) -> Written:
    """A date that can be read, as Balise writes it: « 3/2026 » and « mars 2026 » are the same."""
    try:
        typed = fuzzy(value, "", end=end)
    except Invalid:
        return value
    return date_words(typed) if typed else None


def same(value: Any, other: Any) -> bool:
    """Whether two written values say the same: nothing is nothing, however it is written."""
    return (value or None) == (other or None)
