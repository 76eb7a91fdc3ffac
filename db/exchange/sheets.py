"""One fiche from the cells of its rows: every field read, what is not understood put aside."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from db.exchange.columns import ColumnMatch
from db.exchange.draft import AxisPath, FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.fields import TEXT_FIELDS, Field
from db.exchange.grid import GridRow, Log, PlacedCell
from db.exchange.people import MAX_NAME, Directory, is_nobody
from db.rules.dates import FuzzyDate
from db.rules.reading import (
    Cell,
    Reading,
    distinct_names,
    read_amount,
    read_list,
    read_number,
    read_percent,
    read_yes_no,
    text_of,
)
from db.rules.reading_dates import read_date, read_period
from db.rules.reading_outline import read_code_and_title, read_milestones, read_objectives
from db.rules.reading_words import (
    read_entry,
    read_geo_scope,
    read_milestone_state,
    read_participation,
    read_priority,
    read_status,
    read_weather,
)
from db.rules.text import kept_when_short
from db.rules.vocabulary import MilestoneState

T = TypeVar("T")
MAX_PLAIN_LINE = 200
LONG_ANSWER = 60

_LISTS = {
    "target_groups": Field.TARGET_GROUPS, "determinants": Field.DETERMINANTS, "themes": Field.THEMES,
    "settings": Field.SETTINGS, "places": Field.PLACES, "linked_schemes": Field.LINKED_SCHEMES,
    "lead_contacts": Field.LEAD_CONTACT, "elected_leads": Field.ELECTED_LEAD,
}  # fmt: skip
ORGANISATION_LISTS = {
    "leads": Field.LEAD, "co_leads": Field.CO_LEAD, "partners": Field.PARTNER, "beneficiaries": Field.BENEFICIARY,
}  # fmt: skip
_WORDS: dict[str, tuple[Field, Callable[[Cell], Reading[Any]]]] = {
    "priority": (Field.PRIORITY, read_priority),
    "geo_scope": (Field.GEO_SCOPE, read_geo_scope),
    "weather": (Field.WEATHER, read_weather),
    "is_continuous": (Field.IS_CONTINUOUS, read_yes_no),
    "milestones_tell_all": (Field.MILESTONES_TELL_ALL, read_yes_no),
}
_SAID_WITH_AMOUNT = re.compile(r"(.{2,}?)\s*(?::|\()\s*([\d][\d .,\u00a0\u202f]*\s*(?:k|M)?\s*(?:€|euros?))\)?")
_OBJECTIVE_COLUMNS = (Field.GENERAL_OBJECTIVE, Field.SPECIFIC_OBJECTIVES, Field.OPERATIONAL_OBJECTIVES)
_READ_ON_A_STEP = frozenset([
    Field.SUB_ACTION, Field.TITLE, Field.CODE, Field.STATUS, Field.ENDS_ON, Field.STARTS_ON, Field.DONE_ON,
    Field.WEIGHT, Field.LEAD, Field.AXIS, Field.SUB_AXIS, Field.SUB_SUB_AXIS,
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readers:
    """What a table's columns call for, chosen once for all its fiches."""

    words: tuple[tuple[str, Field, Callable[[Cell], Reading[Any]]], ...]
    lists: tuple[tuple[str, Field], ...]
    texts: tuple[Field, ...]

    @classmethod
    def of(cls, columns: Iterable[ColumnMatch]) -> Self:
        present = {column.field for column in columns}
        return cls(
            tuple((name, column, reader) for name, (column, reader) in _WORDS.items() if column in present),
            tuple((name, column) for name, column in (_LISTS | ORGANISATION_LISTS).items() if column in present),
            tuple(column for column in TEXT_FIELDS if column in present),
        )


@dataclass(slots=True)
class Block:
    """A fiche being read: its main row, its sub-action rows, and what was read of it so far."""

    cells: GridRow
    code: str | None
    title: str
    path: AxisPath
    steps: list[GridRow] = field(default_factory=list)
    step_only: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    unsettled: set[Field] = field(default_factory=set)


class SheetReader:
    """Reads the fields of one block into its `values`."""

    def __init__(self, block: Block, log: Log, readers: Readers) -> None:
        self.block = block
        self.cells = block.cells
        self.log = log
        self.readers = readers

    def read(self) -> None:
        values = self.block.values
        if not self.block.step_only:
            self._status()
            self._progress()
            self._dates()
            values["status_until"] = self._one(Field.STATUS_UNTIL, _read_end)
        for name, column, reader in self.readers.words:
            values[name] = self._one(column, reader)
        for name, column in self.readers.lists:
            values[name] = self._list(column)
        self._participation()
        self._entry()
        self._money()
        values["objectives"] = read_objectives(self._objectives_text())
        values["milestones"] = tuple(self._written_steps() + [self._step(row) for row in self.block.steps])
        self._texts()

    def _one(self, column: Field, reader: Callable[[Cell], Reading[T]]) -> T | None:
        reading = self._reading(column, reader)
        return reading.value if reading else None

    def _reading(self, column: Field, reader: Callable[[Cell], Reading[T]]) -> Reading[T] | None:
        """The first cell of a field as read; another one that says something else is put aside."""
        value = self.cells.value(column)
        if value is None:
            return None
        reading = reader(value)
        if reading.reason is None and not self.cells.has_several(column):
            return reading
        first, *others = self.cells.all(column)
        for extra in others:
            self._settle(extra, f"Une autre valeur est déjà lue pour cette fiche (ligne {first.row}).")
        return self._understood(first, reading)

    def _understood(self, cell: PlacedCell, reading: Reading[T]) -> Reading[T]:
        if reading.reason is not None:
            self._settle(cell, reading.reason, reading.choices)
        return reading

    def _settle(self, cell: PlacedCell, reason: str, choices: tuple[str, ...] = ()) -> None:
        self.log.settle(cell, reason, choices)
        self.block.unsettled.add(cell.match.field)

    def _status(self) -> None:
        values = self.block.values
        status = self._one(Field.STATUS, read_status)
        flag = self._one(Field.TO_DISCUSS, read_yes_no)
        values["to_discuss"] = bool(flag) or (status is not None and status.to_discuss)
        values["status_word"] = self._status_word()
        if status is not None:
            values["status"], values["outcome"] = status.status, status.outcome

    def _status_word(self) -> str | None:
        word = self.cells.value(Field.STATUS)
        return None if word is None else text_of(word)

    def _progress(self) -> None:
        reading = self._reading(Field.PROGRESS, read_percent)
        if reading is None:
            return
        whole = reading.value is None or reading.value == int(reading.value)
        if not whole:
            self._settle(self.cells.all(Field.PROGRESS)[0], "Un avancement s'écrit en pour cent entiers.")
        self.block.values["progress"] = int(reading.value) if reading.value is not None and whole else None
        self.block.values["progress_absence"] = reading.absence

    def _dates(self) -> None:
        starts, ends = self._one(Field.STARTS_ON, read_date), self._one(Field.ENDS_ON, _read_end)
        if not self.cells.has(Field.STARTS_ON) and not self.cells.has(Field.ENDS_ON):
            starts, ends = self._period()
        if starts and ends and ends.day < starts.day:
            for cell in (self.cells.first(Field.STARTS_ON), self.cells.first(Field.ENDS_ON)):
                if cell is not None:
                    said = f"du {starts.day:%d/%m/%Y} au {ends.day:%d/%m/%Y}"
                    self._settle(cell, f"La fin précède le début ({said}) : corriger l'une des deux dates.")
            starts = ends = None
        self.block.values.update(starts_on=starts, ends_on=ends)

    def _period(self) -> tuple[FuzzyDate | None, FuzzyDate | None]:
        """Dates read from « Période », else from a free calendar, which stays as text in every case."""
        for column in (Field.PERIOD, Field.CALENDAR):
            value = self.cells.value(column)
            period = None if value is None else read_period(value).value
            if period is not None:
                if column is Field.CALENDAR:
                    cell = self.cells.all(column)[0]
                    self.log.note(cell.row, "Dates de début et de fin lues dans le calendrier.", cell.match.label)
                return period.starts, period.ends
        return None, None

    def _list(self, column: Field) -> tuple[str, ...]:
        value = self.cells.value(column)
        if value is None:
            return ()
        if not self.cells.has_several(column):
            names, others = _listed(value)
            if not others:
                return names
        organisations = column in ORGANISATION_LISTS.values()
        return distinct_names([name for cell in self.cells.all(column) for name in self._names(cell, organisations)])

    def _names(self, cell: PlacedCell, organisations: bool) -> tuple[str, ...]:
        """The names of a list; what it holds that is none is reported."""
        names, others = _listed(cell.value)
        for item in others:
            if len(item) > MAX_NAME:
                reason = "Un des noms de la liste dépasse 200 caractères : séparer les noms par des virgules."
                self._settle(cell, reason)
            else:
                what = "n'est pas une structure" if organisations else "ne désigne personne ni rien"
                self.log.note(cell.row, f"« {item} » {what} : laissé vide.", cell.match.label)
        return names

    def _participation(self) -> None:
        value = self.cells.value(Field.PARTICIPATION)
        if value is not None and len(text_of(value)) > LONG_ANSWER and read_participation(value).value is None:
            cell = self.cells.all(Field.PARTICIPATION)[0]
            self.block.values["participation"] = None
            self.cells.add(Field.PARTICIPATION_TEXT, cell)
            self.log.note(cell.row, "Texte libre gardé comme précisions sur la participation.", cell.match.label)
            return
        self.block.values["participation"] = self._one(Field.PARTICIPATION, read_participation)

    def _entry(self) -> None:
        entry = self._one(Field.ENTRY, read_entry)
        if entry is not None:
            self.block.values.update(entry=entry.entry, amendment_number=entry.amendment)

    def _money(self) -> None:
        budget = self._reading(Field.BUDGET, read_amount)
        if budget is not None:
            self.block.values.update(budget_cents=budget.value, budget_absence=budget.absence)
        if not self.cells.has(Field.FUNDER) and not self.cells.has(Field.FUNDER_AMOUNT):
            self.block.values["funders"] = ()
            return
        amounts = {(cell.row, cell.match.rank): cell for cell in self.cells.all(Field.FUNDER_AMOUNT)}
        funders: list[FunderDraft] = []
        for cell in self.cells.all(Field.FUNDER):
            funders += self._funded(self._names(cell, True), amounts.pop((cell.row, cell.match.rank), None))
        for orphan in amounts.values():
            if self._understood(orphan, read_amount(orphan.value)).value:
                self._settle(orphan, "Montant sans financeur : nommer le financeur dans la colonne à sa gauche.")
        self.block.values["funders"] = tuple(funders)

    def _funded(self, names: tuple[str, ...], amount: PlacedCell | None) -> list[FunderDraft]:
        if amount is None:
            return [_said_with_amount(name) for name in names]
        reading = self._understood(amount, read_amount(amount.value))
        if len(names) == 1:
            return [FunderDraft(names[0], reading.value, reading.absence)]
        if reading.value is not None:
            who = ", ".join(names) or "aucun financeur nommé"
            self._settle(amount, f"Un seul montant pour {len(names)} financeurs ({who}) : dire la part de chacun.")
        return [FunderDraft(name, None, reading.absence) for name in names]

    def _objectives_text(self) -> str:
        parts = [self.cells.text(Field.OBJECTIVES)]
        for column in _OBJECTIVE_COLUMNS:
            if text := self.cells.text(column):
                parts.append(f"{column.label_fr} :\n{text}")
        return "\n".join(part for part in parts if part)

    def _written_steps(self) -> list[MilestoneDraft]:
        return [
            MilestoneDraft(cell.row, step.label, step.due, step.state, None, step.done_on)
            for cell in self.cells.all(Field.MILESTONES)
            for step in read_milestones(text_of(cell.value))
        ]

    def _step(self, row: GridRow) -> MilestoneDraft:
        """A sub-action row: its title, its own status, its end as due date. A start says nothing of when it is due."""
        reader = SheetReader(Block(row, None, self.block.title, ()), self.log, self.readers)
        state = reader._one(Field.STATUS, read_milestone_state)
        ends = reader._one(Field.ENDS_ON, _read_end)
        done_on = reader._one(Field.DONE_ON, _read_end)
        label = read_code_and_title(row.text(Field.SUB_ACTION)).title
        self._report_start(row)
        self._report_unread(row)
        return MilestoneDraft(
            row.row, label, ends, state or (MilestoneState.DONE if done_on else None),
            reader._status_word(), done_on, reader._weight(), reader._list(Field.LEAD),
        )  # fmt: skip

    def _weight(self) -> int | None:
        number = self._one(Field.WEIGHT, read_number)
        if number is None:
            return None
        if number != int(number) or not 1 <= number <= 1000:
            self._settle(self.cells.all(Field.WEIGHT)[0], "Le poids d'une étape est un nombre entier, de 1 à 1 000.")
            return None
        return int(number)

    def _report_start(self, row: GridRow) -> None:
        for cell in row.all(Field.STARTS_ON):
            message = f"Début d'étape « {text_of(cell.value)} » non repris : une étape n'a que son échéance, la fin."
            self.log.note(row.row, message, cell.match.label)

    def _report_unread(self, row: GridRow) -> None:
        if self.block.step_only and row is self.cells:
            return
        unread = [cell.match.label for cell in row.filled() if cell.match.field not in _READ_ON_A_STEP]
        if unread:
            self.log.note(
                row.row, f"Sous-action lue comme étape ; colonnes non reprises sur cette ligne : {', '.join(unread)}."
            )

    def _texts(self) -> None:
        names = TEXT_FIELDS if self.cells.added else self.readers.texts
        texts = {name: text for name in names if (text := self.cells.text(name))}
        period = self.cells.value(Field.PERIOD)
        if period is not None and read_period(period).value is None:
            texts[Field.CALENDAR] = "\n".join(filter(None, [texts.get(Field.CALENDAR), text_of(period)]))
        if len(texts.get(Field.PLAIN_LINE, "")) > MAX_PLAIN_LINE:
            cell = self.cells.all(Field.PLAIN_LINE)[0]
            self._settle(cell, f"La ligne « En clair » dépasse {MAX_PLAIN_LINE} caractères : la raccourcir.")
            del texts[Field.PLAIN_LINE]
        self.block.values["texts"] = texts


def _read_end(cell: Cell) -> Reading[FuzzyDate]:
    return read_date(cell, end=True)


@kept_when_short
def _is_name(item: str) -> bool:
    return len(item) <= MAX_NAME and not is_nobody(item)


def _listed(cell: Cell) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a list, and what it holds that is none: too long, or « à désigner »."""
    items = read_list(cell).value or ()
    if all(map(_is_name, items)):
        return items, ()
    return tuple(filter(_is_name, items)), tuple(item for item in items if not _is_name(item))


@kept_when_short
def _said_with_amount(name: str) -> FunderDraft:
    """« ARS : 5 000 € » in a list of funders is a funder with its amount."""
    found = _SAID_WITH_AMOUNT.fullmatch(name)
    amount = read_amount(found[2]).value if found else None
    if found is None or amount is None:
        return FunderDraft(name)
    return FunderDraft(found[1].strip(), amount, None)


def names_of(values: Mapping[str, Any]) -> list[str]:
    """Every organisation a block names, as spelt."""
    names = [name for column in ORGANISATION_LISTS for name in values.get(column, ())]
    names += [funder.name for funder in values.get("funders", ())]
    return names + [name for step in values.get("milestones", ()) for name in step.leads]


def sheet_of(block: Block, directory: Directory) -> SheetDraft:
    """The draft of a block, its organisations under their one name."""
    values = dict(block.values)
    for column in ORGANISATION_LISTS:
        values[column] = directory.unified(values.get(column, ()))
    names = directory.names
    values["funders"] = tuple(
        FunderDraft(names.get(f.name, f.name), f.amount_cents, f.absence) for f in values["funders"]
    )
    values["milestones"] = tuple(
        MilestoneDraft(m.row, m.label, m.due, m.state, m.state_word, m.done_on, m.weight, directory.unified(m.leads))
        if m.leads
        else m
        for m in values["milestones"]
    )
    return SheetDraft(
        block.cells.row, block.code, block.title, block.path, unsettled=frozenset(block.unsettled), **values
    )
