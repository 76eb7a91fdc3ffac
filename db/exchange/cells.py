"""A fiche as the cells of a workbook: what `rows.understand` reads back into the same fiche.

Each text that the reader could take for something else (a number before a title, a name that holds a semicolon) is
written in the form that it reads back whole; what was never understood goes back to its column as it was typed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from db.exchange.draft import AxisStep, FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.fields import AXIS_FIELDS, Field
from db.exchange.shown import date_words, entry_words
from db.exchange.values import LISTS, PLAIN_TEXTS, STATUS_TEXTS, WEATHER_TEXTS
from db.rules.dates import FuzzyDate
from db.rules.reading import read_amount, read_list
from db.rules.reading_dates import read_period
from db.rules.reading_outline import Objective, read_axis_label, read_code, read_code_and_title, read_objectives
from db.rules.reading_words import read_milestone_state, read_status
from db.rules.vocabulary import Absence, DatePrecision, MilestoneState, ObjectiveLevel, Outcome, Status

Written = str | int | float | date
Column = tuple[Field, int]
"""A field, and which of its columns: several may hold one field (funders, very long texts)."""
Line = dict[Column, Written]

CELL_LENGTH = 32_000
"""Excel takes 32,767 characters in a cell."""
YES = "oui"
_ABSENCES = {Absence.UNAVAILABLE: "NC", Absence.NOT_APPLICABLE: "sans objet"}
_OF_STEPS_ALONE = (Field.WEIGHT, Field.DONE_ON)
_OF_STEPS = (Field.STATUS, Field.ENDS_ON)
_NO_DATE = "non renseigné"
_HEADINGS = {
    ObjectiveLevel.GENERAL: ("Objectif général", "Objectifs généraux"),
    ObjectiveLevel.SPECIFIC: ("Objectif spécifique", "Objectifs spécifiques"),
    ObjectiveLevel.OPERATIONAL: ("Objectif opérationnel", "Objectifs opérationnels"),
}


def status_words(status: Status, outcome: Outcome | None) -> str:
    """« terminée (partiellement réalisée) »: a status and its outcome in one cell."""
    return f"{status.label_fr} ({outcome.label_fr})" if outcome else status.label_fr


def axis_line(path: Sequence[AxisStep]) -> Line:
    """The cells that say where a fiche stands; alone on a row, they open the axis."""
    return {(field, 0): _axis_label(step) for field, step in zip(AXIS_FIELDS, path, strict=False)}


def _axis_label(step: AxisStep) -> str:
    forms = [f"{step.code} : {step.title}", f"Axe {step.code} : {step.title}"] if step.code else [step.title]
    for form in forms:
        read = read_axis_label(form)
        if read is not None and (read.code, read.title) == (step.code, step.title):
            return form
    return forms[0]


def sheet_lines(sheet: SheetDraft, raws: Iterable[tuple[Field, str]] = ()) -> list[Line]:
    """The row of a fiche, then one row for each of its étapes. `raws` are its cells to be settled, as typed."""
    pending = _Raws(list(raws))
    steps = [_step_line(step, pending) for step in sheet.milestones]
    line = _line(sheet)
    _put_funders(line, sheet.funders, pending)
    _put_back(line, steps, pending)
    if (
        not {(Field.STARTS_ON, 0), (Field.ENDS_ON, 0)} & set(line)
        and read_period(sheet.texts.get(Field.CALENDAR)).value
    ):
        line[Field.STARTS_ON, 0] = _NO_DATE  # else the reader would take the dates of the calendar
    return [line, *steps]


@dataclass(slots=True)
class _Raws:
    """The cells to be settled that have not found their place yet."""

    items: list[tuple[Field, str]] = field(default_factory=list)

    def take(self, of: Field, wanted: Callable[[str], bool] = bool) -> str | None:
        """The next one of this field that is wanted, which then has its place."""
        for item in self.items:
            if item[0] is of and wanted(item[1]):
                self.items.remove(item)
                return item[1]
        return None


def _line(sheet: SheetDraft) -> Line:
    words: dict[Field, Any] = {
        Field.CODE: _code(sheet.code),
        Field.TITLE: _title(sheet),
        Field.STATUS: _status(sheet),
        Field.STATUS_UNTIL: _date(sheet.status_until),
        Field.TO_DISCUSS: YES if sheet.to_discuss else None,
        Field.PROGRESS: _progress(sheet),
        Field.STARTS_ON: _date(sheet.starts_on),
        Field.ENDS_ON: _date(sheet.ends_on),
        Field.IS_CONTINUOUS: YES if sheet.is_continuous else None,
        Field.MILESTONES_TELL_ALL: YES if sheet.milestones_tell_all else None,
        Field.BUDGET: _amount(sheet.budget_cents, sheet.budget_absence),
        Field.ENTRY: entry_words(sheet.entry, sheet.amendment_number) if sheet.entry else None,
        Field.PRIORITY: sheet.priority and sheet.priority.label_fr,
        Field.PARTICIPATION: sheet.participation and sheet.participation.label_fr,
        Field.GEO_SCOPE: sheet.geo_scope and sheet.geo_scope.label_fr,
        Field.WEATHER: sheet.weather and sheet.weather.label_fr,
        Field.OBJECTIVES: objectives_text(sheet.objectives),
    }
    line: Line = {(name, 0): value for name, value in words.items() if value not in (None, "")}
    line |= axis_line(sheet.axis_path) or {(Field.AXIS, 0): "Sans axe"}
    for name, attribute in LISTS.items():
        line |= {(name, rank): cell for rank, cell in enumerate(list_cells(getattr(sheet, attribute)))}
    for name in (*PLAIN_TEXTS, *STATUS_TEXTS, *WEATHER_TEXTS):
        line |= {(name, rank): cell for rank, cell in enumerate(text_cells(sheet.texts.get(name, "")))}
    return line


def _code(code: str | None) -> str | None:
    return code if code is None or read_code(code) == code else f"Fiche {code}"


def _title(sheet: SheetDraft) -> str:
    """A title that starts like a number is given a number in front, which the reader takes instead."""
    read = read_code_and_title(sheet.title)
    if sheet.code is None or read.title == sheet.title:
        return sheet.title
    return f"Fiche 1 : {sheet.title}"


def _status(sheet: SheetDraft) -> str | None:
    """The word of the source when it still says the status; else Balise's own."""
    read = read_status(sheet.status_word).value if sheet.status_word else None
    says_something = sheet.status is not None or sheet.to_discuss
    if says_something and read is not None and (read.status, read.outcome) == (sheet.status, sheet.outcome):
        return sheet.status_word
    return status_words(sheet.status, sheet.outcome) if sheet.status else None


def _date(typed: FuzzyDate | None) -> Written | None:
    if typed is None:
        return None
    return typed.day if typed.precision is DatePrecision.DAY else date_words(typed)


def _progress(sheet: SheetDraft) -> str | None:
    if sheet.progress is not None:
        return f"{sheet.progress} %"
    return _ABSENCES.get(sheet.progress_absence) if sheet.progress_absence else None


def _amount(cents: int | None, absence: Absence | None) -> Written | None:
    """Euros, whole when they are."""
    if cents is None:
        return _ABSENCES.get(absence) if absence else None
    return cents // 100 if cents % 100 == 0 else cents / 100


def list_cells(names: Sequence[str]) -> list[str]:
    """The names in one cell, between semicolons, those that hold a separator in quotes; one column each otherwise."""
    if not names:
        return []
    quoted = [name if read_list(name).value == (name,) else f'"{name}"' for name in names]
    whole = " ; ".join(quoted)
    return [whole] if len(whole) <= CELL_LENGTH and read_list(whole).value == tuple(names) else quoted


def text_cells(text: str) -> list[str]:
    """A text in as many cells as Excel needs, cut between lines when there are some."""
    cells = []
    while len(text) > CELL_LENGTH:
        cut = text.rfind("\n", 0, CELL_LENGTH)
        cut = cut if cut > 0 else CELL_LENGTH
        cells.append(text[:cut])
        text = text[cut:].removeprefix("\n")
    return [*cells, text] if text else cells


def objectives_text(objectives: Sequence[Objective]) -> str:
    """The tree as the block of text that reads back into it; a lone general objective stays the text it was."""
    if not objectives:
        return ""
    lone = objectives[0].text
    if read_objectives(lone) == tuple(objectives):
        return lone
    return "\n".join(line for objective in objectives for line in _objective_lines(objective))


def _objective_lines(node: Objective) -> Iterator[str]:
    one, many = _HEADINGS[node.level]
    if node.code is None or node.code.replace(".", "").isdigit():
        yield f"{one} {node.code} : {node.text}" if node.code else f"{one} : {node.text}"
    else:
        yield f"{many} :\n{node.code} : {node.text}"
    for child in node.children:
        yield from _objective_lines(child)


def _step_line(step: MilestoneDraft, raws: _Raws) -> Line:
    label = step.label if read_code_and_title(step.label).title == step.label else f"Sous-action 1 : {step.label}"
    words = {
        Field.SUB_ACTION: label,
        Field.STATUS: _step_state(step, raws),
        Field.ENDS_ON: _date(step.due),
        Field.DONE_ON: _date(step.done_on),
        Field.WEIGHT: step.weight if step.weight and step.weight > 1 else None,
        Field.LEAD: next(iter(list_cells(step.leads[:1])), None),
    }
    return {(name, 0): value for name, value in words.items() if value is not None}


def _step_state(step: MilestoneDraft, raws: _Raws) -> str:
    state, word = step.state or MilestoneState.PLANNED, step.state_word
    if word and read_milestone_state(word).value is state:
        return word
    if word and state is MilestoneState.PLANNED and raws.take(Field.STATUS, lambda raw: raw == word):
        return word
    return state.label_fr


def _put_funders(line: Line, funders: Sequence[FunderDraft], raws: _Raws) -> None:
    """Each funder with its amount at its right; an amount that nobody could read goes back to a funder without one."""
    for rank, funder in enumerate(funders):
        line[Field.FUNDER, rank] = list_cells((funder.name,))[0]
        amount = _amount(funder.amount_cents, funder.absence)
        if amount is None:
            amount = raws.take(Field.FUNDER_AMOUNT, lambda raw: read_amount(raw).reason is not None)
        if amount is not None:
            line[Field.FUNDER_AMOUNT, rank] = amount
    rank = len(funders)
    while (raw := raws.take(Field.FUNDER_AMOUNT)) is not None:
        line[Field.FUNDER_AMOUNT, rank] = raw
        rank += 1


def _put_back(line: Line, steps: Sequence[Line], raws: _Raws) -> None:
    """Cells to be settled in their own column: beside what a list holds, else where the fiche or an étape is silent."""
    undone_first = sorted(
        steps, key=lambda step: read_milestone_state(step[Field.STATUS, 0]).value is MilestoneState.DONE
    )
    for name, raw in raws.items:
        several = name in LISTS or name is Field.FUNDER
        rank = max((column[1] + 1 for column in line if column[0] is name), default=0) if several else 0
        rows = undone_first if name in _OF_STEPS_ALONE else [line, *undone_first] if name in _OF_STEPS else [line]
        free = next((row for row in rows if (name, rank) not in row), None)
        if free is not None:
            free[name, rank] = list_cells((raw,))[0] if name is Field.DETERMINANTS else raw
