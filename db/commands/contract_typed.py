"""The forms of the contract and of its avenants, as people write them: read, compared with what others wrote, saved."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands import drafts
from db.commands.amendments import compose_amendment, revise_amendment, standing_amendment
from db.commands.common import Hand, words
from db.commands.contract import rewrite_contract
from db.errors import Conflict, Invalid
from db.models import Actor, Amendment, JournalEntry
from db.queries.contract import amendment_base, contract_base, sheet_choices, territories_named
from db.rights import Operation
from db.rules.contract_form import (
    HIGHEST_NUMBER,
    NOTE_LENGTH,
    OBJECT_LENGTH,
    AmendmentTerms,
    ContractTerms,
    label_of,
    note_field,
    written_day,
)
from db.rules.forms import Clash, Written
from db.rules.reading import distinct_names
from db.rules.reading_dates import read_date
from db.rules.text import clean
from db.rules.vocabulary import DatePrecision
from db.viewer import Viewer, require

T = TypeVar("T")
Values = Mapping[str, Written]
NAME_LENGTH = 300
OPERATIONS = ("compose_amendment", "revise_amendment", "rewrite_contract", "undo_act")


def save_amendment(
    session: Session,
    viewer: Viewer,
    *,
    key: str,
    typed: Values,
    initiative_id: int,
    on: date,
    amendment_id: int | None = None,
) -> Amendment:
    """Save the form of an avenant, whose draft has this key. Without an `amendment_id`, one is composed.

    Fields that nobody else touched are written. Raises Conflict with both values of each field that somebody else
    changed since the form was opened, and Invalid with every value that cannot be kept as it is: nothing is written.
    """
    require(viewer, Operation.WRITE, initiative_id)
    if amendment_id is None:
        terms = read_amendment(session, initiative_id, typed, on)
        return compose_amendment(session, viewer, initiative_id=initiative_id, terms=terms)
    row = standing_amendment(session, viewer, amendment_id)
    current = amendment_base(session, viewer, initiative_id=initiative_id, on=on, amendment_id=amendment_id)
    merged = _merged(session, viewer, initiative_id, key, typed, current)
    if merged is None:
        return row
    terms = read_amendment(session, initiative_id, merged, on)
    return revise_amendment(session, viewer, amendment_id=amendment_id, terms=terms)


def save_contract(session: Session, viewer: Viewer, *, key: str, typed: Values, initiative_id: int, on: date) -> None:
    """Save the form of the contract itself, as `save_amendment` saves that of an avenant."""
    require(viewer, Operation.WRITE, initiative_id)
    current = contract_base(session, viewer, initiative_id=initiative_id, on=on)
    merged = _merged(session, viewer, initiative_id, key, typed, current)
    if merged is not None:
        terms = read_contract(session, initiative_id, merged)
        rewrite_contract(session, viewer, initiative_id=initiative_id, terms=terms)


def read_amendment(session: Session, initiative_id: int, typed: Values, on: date) -> AmendmentTerms:
    """The terms that a form says. Raises Invalid with a sentence for each value that cannot be read."""
    form = _Reader(session, initiative_id, typed)
    sheets = {sheet.label: sheet.placement_id for sheet in sheet_choices(session, initiative_id, on)}
    rewritten = form.sheets("rewritten", sheets)
    told: dict[str, Any] = {
        "number": form.read("number", _number),
        "signed_on": form.read("signed_on", _signature),
        "object": form.read("object", _object),
        "new_ends_on": form.read("new_ends_on", _end),
        "added": form.sheets("added", sheets),
        "withdrawn": form.sheets("withdrawn", sheets),
        "rewritten": {placement: form.read(note_field(placement), _note) for placement in rewritten},
        "entering": form.territories("entering"),
        "leaving": form.territories("leaving"),
        "signatories": form.read("signatories", _names),
    }
    form.settle()
    return AmendmentTerms(**told)


def read_contract(session: Session, initiative_id: int, typed: Values) -> ContractTerms:
    """The contract that a form says. Raises Invalid with a sentence for each value that cannot be read."""
    form = _Reader(session, initiative_id, typed)
    told: dict[str, Any] = {
        "signed_on": form.read("signed_on", _day),
        "starts_on": form.read("starts_on", _start),
        "ends_on": form.read("ends_on", _end),
        "signatories": form.read("signatories", _names),
        "territories": form.territories("territories"),
    }
    form.settle()
    return ContractTerms(**told)


class _Reader:
    """Reads the values of a form one after the other, and keeps the sentence of each that cannot be read."""

    def __init__(self, session: Session, initiative_id: int, typed: Values) -> None:
        self.session, self.initiative_id, self.typed = session, initiative_id, typed
        self.refused: list[str] = []

    def read(self, name: str, how: Callable[[Written], T]) -> T | None:
        """What a value says; None when it cannot be read, which `settle` then tells."""
        try:
            return how(self.typed.get(name))
        except Invalid as problem:
            self.refused.append(f"{label_of(name)} : {problem.message}")
            return None

    def sheets(self, name: str, known: Mapping[str, int]) -> tuple[int, ...]:
        """The placements that a list of labels names."""
        return tuple(key for label in self._listed(name) if (key := self._sheet(name, label, known)) is not None)

    def _sheet(self, name: str, label: str, known: Mapping[str, int]) -> int | None:
        if label not in known:
            self.refused.append(
                f"{label_of(name)} : « {label} » n'est plus dans le plan sous ce nom, choisissez-la de nouveau."
            )
        return known.get(label)

    def territories(self, name: str) -> tuple[int, ...]:
        """The communes and EPCI that a list of labels, names or codes says, each once."""
        keys = [key for label in self._listed(name) if (key := self._territory(name, label)) is not None]
        return tuple(dict.fromkeys(keys))

    def _territory(self, name: str, label: str) -> int | None:
        bearers = territories_named(self.session, self.initiative_id, label)
        if len(bearers) == 1:
            return bearers[0][0]
        if not bearers:
            why = "n'est ni une commune ni un EPCI connu, écrivez son nom officiel ou son code."
        else:
            why = f"désigne plusieurs territoires ({', '.join(named for _, named in bearers[:5])}), écrivez lequel."
        self.refused.append(f"{label_of(name)} : « {label} » {why}")
        return None

    def _listed(self, name: str) -> list[str]:
        return [text for item in self.typed.get(name) or () if (text := " ".join(clean(str(item)).split()))]

    def settle(self) -> None:
        """Raise Invalid with all that could not be read."""
        if self.refused:
            raise Invalid("\n\n".join(self.refused))


def _text(value: Written) -> str:
    return " ".join(clean(str(value)).split()) if value is not None else ""


def _number(value: Written) -> int:
    text = _text(value).removeprefix("n°").strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= HIGHEST_NUMBER:
        raise Invalid(f"un nombre entier, de 1 à {HIGHEST_NUMBER}, et non « {_text(value)} ».")
    return int(text)


def _object(value: Written) -> str:
    return words(str(value or ""), "l'objet de l'avenant", OBJECT_LENGTH)


def _note(value: Written) -> str | None:
    return words(str(value), "ce qui change", NOTE_LENGTH) if _text(value) else None


def _signature(value: Written) -> date:
    day = _day(value)
    if day is None:
        raise Invalid("dites quel jour l'avenant est signé, par exemple 16/03/2026.")
    return day


def _day(value: Written) -> date | None:
    """A day, and nothing wider: « mars 2026 » does not say when something was signed."""
    text = _text(value)
    read = read_date(text)
    if read.reason is not None:
        raise Invalid(f"« {text} ». {read.reason}")
    if read.value is not None and read.value.precision is not DatePrecision.DAY:
        raise Invalid(f"« {text} » ne dit pas quel jour, écrivez-le (16/03/2026).")
    return read.value.day if read.value else None


def _start(value: Written) -> date | None:
    return _side(value, end=False)


def _end(value: Written) -> date | None:
    """« 2029 » is 31 December 2029."""
    return _side(value, end=True)


def _side(value: Written, *, end: bool) -> date | None:
    text = _text(value)
    read = read_date(text, end=end)
    if read.reason is not None:
        raise Invalid(f"« {text} ». {read.reason}")
    return read.value.day if read.value else None


DAYS: Mapping[str, Callable[[Written], date | None]] = {
    "signed_on": _day,
    "new_ends_on": _end,
    "starts_on": _start,
    "ends_on": _end,
}


def _names(value: Written) -> tuple[str, ...]:
    names = [words(str(name), "le nom d'un signataire", NAME_LENGTH) for name in value or () if _text(name)]
    return distinct_names(names)


def _merged(
    session: Session, viewer: Viewer, initiative_id: int, key: str, typed: Values, current: Values
) -> dict[str, Written] | None:
    """What the form says on top of what others wrote since it was opened; None when it says nothing new. Raises
    Conflict where both wrote a field."""
    draft, since = drafts.draft_of(session, viewer, key)
    tidied = {name: _tidy(name, value) for name, value in typed.items()}
    mine = {name: value for name, value in tidied.items() if not _same(value, draft.base.get(name))}
    theirs = {name for name in mine if not _same(current.get(name), draft.base.get(name))}
    asked = [name for name in typed if name in theirs and not _same(current.get(name), mine[name])]
    if asked:
        author = _author(session, initiative_id, since)
        raise Conflict(
            _sentence([label_of(name) for name in asked], author),
            clashes=tuple(
                Clash(
                    name,
                    label_of(name),
                    draft.base.get(name),
                    current.get(name),
                    mine[name],
                    author.author if author else None,
                    author.at if author else None,
                )
                for name in asked
            ),
        )
    return {**current, **mine} if mine else None


def _tidy(name: str, value: Written) -> Written:
    """A day that can be read, as Balise writes it: « 1er mars 2025 » and « 01/03/2025 » say the same."""
    try:
        day = DAYS[name](value) if name in DAYS else None
    except Invalid:
        return value
    return written_day(day) if day else value


def _same(value: Written, other: Written) -> bool:
    """Whether two written values say the same: nothing is nothing, however it is written."""
    return (value or None) == (other or None)


def _author(session: Session, initiative_id: int, since: int) -> Hand | None:
    """Who last wrote in the contract after a line of the journal; None when the journal does not say."""
    j = JournalEntry
    row = session.execute(
        select(Actor.label, j.at_utc)
        .join(Actor, Actor.id == j.actor_id)
        .where(j.seq > since, j.initiative_id == initiative_id, j.operation.in_(OPERATIONS))
        .order_by(j.seq.desc())
        .limit(1)
    ).one_or_none()
    return Hand(*row) if row else None


def _sentence(labels: list[str], author: Hand | None) -> str:
    by = f" par {author.author}" if author else ""
    return (
        f"{', '.join(f'« {label} »' for label in labels)} : modifié{by} pendant que vous écriviez. Rien n'a été "
        "écrasé, ce que vous avez tapé est gardé : choisissez ci-dessous la valeur à garder, puis enregistrez."
    )
