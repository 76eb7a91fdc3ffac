"""What an import did, or would do: as one JSON object, as sentences for a terminal, as a CSV of what needs a person."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from db.exchange.columns import ColumnMatch
from db.exchange.compare import Change, Fate, ImportPlan, SheetPlan
from db.exchange.draft import FunderDraft, PlanDraft, ToSettle
from db.exchange.fields import Field
from db.exchange.remarks import remarks
from db.exchange.shown import shown
from db.rules.dates import FuzzyDate
from db.rules.plurals import counted

KINDS = ("sheets", "axes", "sub_axes", "milestones", "organisations", "terms")
_ACCEPTED = re.compile(r"\s*Accepté : (.*?)\.?$", re.S)
# Full-width signs too: a spreadsheet set for East Asian typing reads them as the plain ones.
_FORMULA = re.compile(r"[\t\r\n]|[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def report(plan: ImportPlan, *, to_confirm: tuple[ColumnMatch, ...] = ()) -> dict[str, Any]:
    """The whole answer as plain JSON values: dates in ISO, amounts in cents, rows as the file numbers them.

    `to_confirm` are the columns whose label is only close and that nobody confirmed: they were not read.
    """
    draft = plan.draft
    return {
        "file": draft.file,
        "sheet": draft.worksheet,
        "header_row": draft.header_row,
        "columns": _columns((*draft.columns, *to_confirm)),
        "columns_to_confirm": [
            {"column": c.letter, "label": c.label, "field": c.field.value, "score": c.score} for c in to_confirm
        ],
        "ignored_columns": [column.label for column in draft.ignored_columns],
        "counts": counts(plan),
        "sheets": [_sheet(sheet) for sheet in plan.sheets],
        "to_settle": [_to_settle(item) for item in plan.to_settle],
        "conflicts": [
            {"row": sheet.sheet.row} | _change(conflict) for sheet in plan.sheets for conflict in sheet.conflicts
        ],
        "errors": [
            {"row": error.row, "column": error.column, "value": error.value, "message": error.message}
            for error in draft.errors
        ],
        "notes": [
            {"row": note.row, "column": note.column, "message": note.message} for note in (*remarks(plan), *draft.notes)
        ],
    }


def unreadable_report(file: str, message: str) -> dict[str, Any]:
    """The same object for a file that cannot be read at all: what is unknown is null or empty, `errors` says why."""
    return {
        "file": file,
        "sheet": None,
        "header_row": None,
        "columns": {},
        "columns_to_confirm": [],
        "ignored_columns": [],
        "counts": {fate.value: dict.fromkeys(KINDS, 0) for fate in Fate},
        "sheets": [],
        "to_settle": [],
        "conflicts": [],
        "errors": [{"row": None, "column": None, "value": None, "message": message}],
        "notes": [],
    }


def counts(plan: ImportPlan) -> dict[str, dict[str, int]]:
    """How many of each thing are created, updated, unchanged or left aside.

    `axes` counts the axes themselves, `sub_axes` the objectives of the plan under them.
    """
    found = {fate: Counter[str]() for fate in Fate}
    for sheet in plan.sheets:
        found[sheet.fate]["sheets"] += 1
        for fate, number in _milestones(sheet).items():
            found[fate]["milestones"] += number
    new = {axis.path for axis in plan.new_axes}
    for axis in plan.draft.axes:
        kind = "axes" if len(axis.path) == 1 else "sub_axes"
        found[Fate.CREATED if axis.path in new else Fate.UNCHANGED][kind] += 1
    found[Fate.CREATED]["organisations"] = len(plan.new_organisations)
    found[Fate.UNCHANGED]["organisations"] = len(plan.draft.organisations) - len(plan.new_organisations)
    found[Fate.CREATED]["terms"] = len(plan.new_terms)
    return {fate.value: {kind: found[fate][kind] for kind in KINDS} for fate in Fate}


def _milestones(plan: SheetPlan) -> Counter[Fate]:
    """The steps of one sheet, each told by its label."""
    if plan.fate in (Fate.CREATED, Fate.LEFT):
        return Counter({plan.fate: len(plan.sheet.milestones)})
    change = next((c for c in plan.changes if c.field is Field.MILESTONES), None)
    if change is None:
        return Counter({Fate.UNCHANGED: len(plan.sheet.milestones)})
    before = {step[0]: step for step in change.before or ()}
    fates: Counter[Fate] = Counter()
    for step in change.after:
        known = before.get(step[0])
        fates[Fate.CREATED if known is None else Fate.UNCHANGED if known == step else Fate.UPDATED] += 1
    return fates


def _columns(columns: Iterable[ColumnMatch]) -> dict[str, str]:
    """Field by label; a label met again with another meaning is told by its column's letter."""
    fields: dict[str, str] = {}
    for column in sorted(columns, key=lambda c: c.index):
        known = fields.setdefault(column.label, column.field.value)
        if known != column.field.value:
            fields[f"{column.label} ({column.letter})"] = column.field.value
    return fields


def _sheet(plan: SheetPlan) -> dict[str, Any]:
    sheet = plan.sheet
    told: dict[str, Any] = {
        "row": sheet.row,
        "fate": plan.fate.value,
        "code": sheet.code,
        "title": sheet.title,
        "axis_path": [step.title for step in sheet.axis_path],
        "axis_codes": [step.code for step in sheet.axis_path],
        "status": sheet.status.value if sheet.status else None,
        "outcome": sheet.outcome.value if sheet.outcome else None,
        "to_discuss": sheet.to_discuss,
        "status_word": sheet.status_word,
        "priority": sheet.priority.value if sheet.priority else None,
        "starts_on": _day(sheet.starts_on),
        "starts_precision": sheet.starts_on.precision.value if sheet.starts_on else None,
        "ends_on": _day(sheet.ends_on),
        "ends_precision": sheet.ends_on.precision.value if sheet.ends_on else None,
        "leads": list(sheet.leads),
        "partners": list(sheet.partners),
        "budget_cents": sheet.budget_cents,
        "funders": [_funder(funder) for funder in sheet.funders],
        "milestones": len(sheet.milestones),
    }
    if plan.fate is Fate.UPDATED:
        told["changes"] = [_change(change) for change in plan.changes]
    if plan.kept:
        told["kept"] = [field.value for field in plan.kept]
    return told


def _day(typed: FuzzyDate | None) -> str | None:
    return typed.day.isoformat() if typed else None


def _funder(funder: FunderDraft) -> dict[str, Any]:
    return {"name": funder.name, "amount_cents": funder.amount_cents}


def _change(change: Change) -> dict[str, str]:
    before, after = (shown(change.field, value) for value in (change.before, change.after))
    return {"field": change.field.value, "before": before, "after": after}


def _to_settle(item: ToSettle) -> dict[str, Any]:
    told = {"row": item.row, "column": item.column, "value": item.value, "reason": item.reason}
    return told | {"choices": list(item.choices), "field": item.field.value if item.field else None}


def sentences(plan: ImportPlan, *, applied: bool, to_confirm: tuple[ColumnMatch, ...] = ()) -> list[str]:
    """What was read, what was done or would be, what waits for somebody, one line each."""
    draft = plan.draft
    where = f"feuille « {draft.worksheet} », en-têtes ligne {draft.header_row}"
    lines = [f"{draft.file} : {where} ; {counted(len(draft.sheets), 'fiche')}, {_axes(draft)}."]
    if draft.can_apply:
        lines.append(("Importé : " if applied else "Ce qui serait fait : ") + _done(plan) + ".")
    lines += [_confirm(column) for column in to_confirm]
    lines += [
        f"Colonne non lue : {c.letter}{f' « {c.label} »' if c.label else ''} ({c.reason})."
        for c in draft.ignored_columns
        if c.filled
    ]
    lines += [note.message for note in remarks(plan)]
    lines += [f"{_place(note.row, note.column)}{note.message}" for note in draft.notes]
    lines += [_kept(sheet) for sheet in plan.sheets if sheet.kept or sheet.conflicts]
    lines += [f"À préciser : {_place(i.row, i.column)}{_quoted(i.value)}{i.reason}" for i in plan.to_settle]
    lines += [f"Refusé : {_place(e.row, e.column)}{_quoted(e.value)}{e.message}" for e in draft.errors]
    return lines


def _axes(draft: PlanDraft) -> str:
    axes = sum(len(axis.path) == 1 for axis in draft.axes)
    return f"{counted(axes, 'axe')} et {counted(len(draft.axes) - axes, 'objectif')} du plan"


def _done(plan: ImportPlan) -> str:
    if not plan.changes_something:
        return "rien, le plan dit déjà la même chose"
    one_or_more = {
        Fate.CREATED: ("fiche créée", "fiches créées"),
        Fate.UPDATED: ("fiche mise à jour", "fiches mises à jour"),
        Fate.UNCHANGED: ("fiche inchangée", "fiches inchangées"),
        Fate.LEFT: ("ligne laissée de côté", "lignes laissées de côté"),
    }
    parts = [counted(number, *words) for fate, words in one_or_more.items() if (number := plan.count(fate))]
    if plan.to_settle:
        parts.append(f"{counted(len(plan.to_settle), 'cellule')} à préciser")
    return ", ".join(parts)


def _confirm(column: ColumnMatch) -> str:
    return (
        f"Colonne non lue : {column.letter} « {column.label} » ressemble à « {column.field.label_fr} » "
        f"({column.score:.0f} %) ; pour la lire ainsi : --accept-close."
    )


def _kept(plan: SheetPlan) -> str:
    fields = [*(change.field for change in plan.conflicts), *plan.kept]
    names = ", ".join(field.label_fr for field in fields)
    return f"Ligne {plan.sheet.row} : gardé tel que Balise le contient : {names}."


def _place(row: int, column: str) -> str:
    if not row:
        return ""
    return f"ligne {row}, « {column} » : " if column else f"ligne {row} : "


def _quoted(value: str) -> str:
    return f"« {_short(value)} » : " if value.strip() else ""


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 80 else line[:79] + "…"


def problems_csv(plan: ImportPlan) -> str:
    """Every cell that needs a person, as a CSV that a French Excel opens: mark, semicolons, formulas made harmless.

    Refused cells first, then those to settle, then those where Balise's own value was kept.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Onglet", "Ligne", "Colonne", "Valeur", "Problème", "Accepté"])
    for row, column, value, problem, accepted in _problems(plan):
        cells = [plan.draft.worksheet, str(row), column, value, problem, accepted]
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it, never runs it."""
    return f"'{text}" if _FORMULA.match(text) else text


def _problems(plan: ImportPlan) -> Iterable[tuple[int, str, str, str, str]]:
    for error in plan.draft.errors:
        yield error.row, error.column, error.value, *_split(error.message, ())
    for item in plan.to_settle:
        yield item.row, item.column, item.value, *_split(item.reason, item.choices)
    for sheet in plan.sheets:
        for change in sheet.conflicts:
            held = f"« {shown(change.field, change.before)} » est gardé" if change.before else "rien n'est changé"
            problem = f"Balise dit autre chose que le fichier : {held}."
            yield sheet.sheet.row, change.field.label_fr, shown(change.field, change.after), problem, ""


def _split(message: str, choices: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong, and what is accepted."""
    found = _ACCEPTED.search(message)
    accepted = " ; ".join(choices) or (found[1] if found else "")
    return (message[: found.start()] if found else message), accepted
