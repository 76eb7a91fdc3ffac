"""One fiche from the cells of its rows: every field read, what is not understood put aside."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from db.exchange.draft import AxisPath, FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.fields import TEXT_FIELDS, Field
from db.exchange.grid import GridRow, Log, PlacedCell
from db.exchange.people import MAX_NAME, Directory, is_nobody
from db.rules.dates import FuzzyDate
from db.rules.reading import Cell, Reading, read_amount, read_list, read_number, read_percent, read_yes_no, text_of
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
from db.rules.text import fold
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

    def __init__(self, block: Block, log: Log) -> None:
        self.block = block
        self.cells = block.cells
        self.log = log

    def read(self) -> None:
        values = self.block.values
        if not self.block.step_only:
            self._status()
            self._progress()
            self._dates()
            values["status_until"] = self._one(Field.STATUS_UNTIL, lambda cell: read_date(cell, end=True))
        for name, (column, reader) in _WORDS.items():
            values[name] = self._one(column, reader)
        for name, column in (_LISTS | ORGANISATION_LISTS).items():
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
        cells = self.cells.all(column)
        for extra in cells[1:]:
            self._settle(extra, f"Une autre valeur est déjà lue pour cette fiche (ligne {cells[0].row}).")
        return self._understood(cells[0], reader(cells[0].value)) if cells else None

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
        word = self.cells.first(Field.STATUS)
        values["status_word"] = text_of(word.value) if word else None
        if status is not None:
            values["status"], values["outcome"] = status.status, status.outcome

    def _progress(self) -> None:
        cell = self.cells.first(Field.PROGRESS)
        reading = self._reading(Field.PROGRESS, read_percent)
        if cell is None or reading is None:
            return
        whole = reading.value is None or reading.value == int(reading.value)
        if not whole:
            self._settle(cell, "Un avancement s'écrit en pour cent entiers.")
        self.block.values["progress"] = int(reading.value) if reading.value is not None and whole else None
        self.block.values["progress_absence"] = reading.absence

    def _dates(self) -> None:
        starts, ends = (
            self._one(Field.STARTS_ON, read_date),
            self._one(Field.ENDS_ON, lambda cell: read_date(cell, end=True)),
        )
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
            cell = self.cells.first(column)
            period = read_period(cell.value).value if cell else None
            if cell is not None and period is not None:
                if column is Field.CALENDAR:
                    self.log.note(cell.row, "Dates de début et de fin lues dans le calendrier.", cell.match.label)
                return period.starts, period.ends
        return None, None

    def _list(self, column: Field) -> tuple[str, ...]:
        items: dict[str, str] = {}
        organisations = column in ORGANISATION_LISTS.values() or column is Field.FUNDER
        for cell in self.cells.all(column):
            for item in read_list(cell.value).value or ():
                if self._is_name(cell, item, organisations):
                    items.setdefault(fold(item), item)
        return tuple(items.values())

    def _is_name(self, cell: PlacedCell, item: str, organisation: bool) -> bool:
        if len(item) > MAX_NAME:
            self._settle(cell, "Un des noms de la liste dépasse 200 caractères : séparer les noms par des virgules.")
            return False
        if is_nobody(item):
            what = "n'est pas une structure" if organisation else "ne désigne personne ni rien"
            self.log.note(cell.row, f"« {item} » {what} : laissé vide.", cell.match.label)
            return False
        return True

    def _participation(self) -> None:
        cell = self.cells.first(Field.PARTICIPATION)
        if cell is not None and len(text_of(cell.value)) > LONG_ANSWER and read_participation(cell.value).value is None:
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
        amounts = {(cell.row, cell.match.rank): cell for cell in self.cells.all(Field.FUNDER_AMOUNT)}
        funders: list[FunderDraft] = []
        for cell in self.cells.all(Field.FUNDER):
            names = [n for n in read_list(cell.value).value or () if self._is_name(cell, n, True)]
            funders += self._funded(names, amounts.pop((cell.row, cell.match.rank), None))
        for orphan in amounts.values():
            if self._understood(orphan, read_amount(orphan.value)).value:
                self._settle(orphan, "Montant sans financeur : nommer le financeur dans la colonne à sa gauche.")
        self.block.values["funders"] = tuple(funders)

    def _funded(self, names: list[str], amount: PlacedCell | None) -> list[FunderDraft]:
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
        """A sub-action row: its title, its own status, its end (else its start) as due date."""
        reader = SheetReader(Block(row, None, self.block.title, ()), self.log)
        state = reader._one(Field.STATUS, read_milestone_state)
        ends = reader._one(Field.ENDS_ON, lambda cell: read_date(cell, end=True))
        starts = reader._one(Field.STARTS_ON, lambda cell: read_date(cell, end=True))
        done_on = reader._one(Field.DONE_ON, lambda cell: read_date(cell, end=True))
        word = row.first(Field.STATUS)
        label = read_code_and_title(row.text(Field.SUB_ACTION)).title
        self._report_unread(row)
        return MilestoneDraft(
            row.row, label, ends or starts, state or (MilestoneState.DONE if done_on else None),
            text_of(word.value) if word else None, done_on, reader._weight(), reader._list(Field.LEAD),
        )  # fmt: skip

    def _weight(self) -> int | None:
        cell = self.cells.first(Field.WEIGHT)
        number = self._one(Field.WEIGHT, read_number)
        if cell is None or number is None:
            return None
        if number != int(number) or not 1 <= number <= 1000:
            self._settle(cell, "Le poids d'une étape est un nombre entier, de 1 à 1 000.")
            return None
        return int(number)

    def _report_unread(self, row: GridRow) -> None:
        read = {Field.SUB_ACTION, Field.TITLE, Field.CODE, Field.STATUS, Field.ENDS_ON, Field.STARTS_ON, Field.DONE_ON,
                Field.WEIGHT, Field.LEAD, Field.AXIS, Field.SUB_AXIS, Field.SUB_SUB_AXIS}  # fmt: skip
        if self.block.step_only and row is self.cells:
            return
        unread = [cell.match.label for cell in row.filled() if cell.match.field not in read]
        if unread:
            self.log.note(
                row.row, f"Sous-action lue comme étape ; colonnes non reprises sur cette ligne : {', '.join(unread)}."
            )

    def _texts(self) -> None:
        texts = {name: text for name in TEXT_FIELDS if (text := self.cells.text(name))}
        period = self.cells.first(Field.PERIOD)
        if period is not None and read_period(period.value).value is None:
            texts[Field.CALENDAR] = "\n".join(filter(None, [texts.get(Field.CALENDAR), text_of(period.value)]))
        if len(texts.get(Field.PLAIN_LINE, "")) > MAX_PLAIN_LINE:
            cell = self.cells.all(Field.PLAIN_LINE)[0]
            self._settle(cell, f"La ligne « En clair » dépasse {MAX_PLAIN_LINE} caractères : la raccourcir.")
            del texts[Field.PLAIN_LINE]
        self.block.values["texts"] = texts


@lru_cache(maxsize=2048)
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
        values[column] = directory.unified(values[column])
    names = directory.names
    values["funders"] = tuple(
        FunderDraft(names.get(f.name, f.name), f.amount_cents, f.absence) for f in values["funders"]
    )
    values["milestones"] = tuple(
        MilestoneDraft(m.row, m.label, m.due, m.state, m.state_word, m.done_on, m.weight, directory.unified(m.leads))
        for m in values["milestones"]
    )
    return SheetDraft(
        block.cells.row, block.code, block.title, block.path, unsettled=frozenset(block.unsettled), **values
    )
