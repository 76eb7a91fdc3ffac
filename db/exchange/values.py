"""What a sheet says, as plain values that can be compared, kept and shown.

The key of each value is a field's code; a value is JSON (text, number, list), None when nothing is said. Two sheets
that say the same have equal values, whatever their spelling of accents, case or order of spaces in names.
"""

from collections.abc import Iterable
from typing import Any

from db.exchange.draft import AxisPath, FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.fields import Field
from db.rules.dates import FuzzyDate
from db.rules.reading_outline import Objective
from db.rules.vocabulary import Absence, MilestoneState

STATUS_TEXTS = (Field.STATUS_REASON, Field.UNBLOCKED_BY)
WEATHER_TEXTS = (
    Field.WEATHER_DONE,
    Field.WEATHER_TODO,
    Field.WEATHER_OBSTACLES,
    Field.WEATHER_HIGHLIGHTS,
    Field.WEATHER_SIGNED_BY,
)
PLAIN_TEXTS = tuple(
    field for field in Field if field.kind == "text" and field not in STATUS_TEXTS and field not in WEATHER_TEXTS
)
LISTS: dict[Field, str] = {
    Field.LEAD: "leads",
    Field.CO_LEAD: "co_leads",
    Field.PARTNER: "partners",
    Field.BENEFICIARY: "beneficiaries",
    Field.LEAD_CONTACT: "lead_contacts",
    Field.ELECTED_LEAD: "elected_leads",
    Field.TARGET_GROUPS: "target_groups",
    Field.DETERMINANTS: "determinants",
    Field.THEMES: "themes",
    Field.SETTINGS: "settings",
    Field.PLACES: "places",
    Field.LINKED_SCHEMES: "linked_schemes",
}
PERSONAL = (Field.LEAD_CONTACT, Field.ELECTED_LEAD, Field.WEATHER_SIGNED_BY)
"""Names of people: kept out of what an import remembers, and of the journal."""

Values = dict[Field, Any]


def values_of(sheet: SheetDraft) -> Values:
    """Everything the sheet says, by field; a group (status, météo, étapes…) is one value under its main field."""
    values: Values = {
        Field.CODE: sheet.code,
        Field.TITLE: sheet.title,
        Field.AXIS: axis_value(sheet.axis_path),
        Field.STATUS: _status(sheet),
        Field.PROGRESS: sheet.progress if sheet.progress is not None else _said(sheet.progress_absence),
        Field.WEATHER: _weather(sheet),
        Field.PRIORITY: sheet.priority,
        Field.PARTICIPATION: sheet.participation,
        Field.GEO_SCOPE: sheet.geo_scope,
        Field.ENTRY: [sheet.entry.value, sheet.amendment_number] if sheet.entry else None,
        Field.STARTS_ON: _date(sheet.starts_on),
        Field.ENDS_ON: _date(sheet.ends_on),
        Field.IS_CONTINUOUS: sheet.is_continuous or None,
        Field.MILESTONES_TELL_ALL: sheet.milestones_tell_all or None,
        Field.BUDGET: sheet.budget_cents if sheet.budget_cents is not None else _said(sheet.budget_absence),
        Field.FUNDER: _funders(sheet.funders),
        Field.OBJECTIVES: _objectives(sheet.objectives),
        Field.MILESTONES: _milestones(sheet.milestones),
    }
    values |= {field: list(getattr(sheet, name)) or None for field, name in LISTS.items()}
    values |= {field: sheet.texts.get(field) for field in PLAIN_TEXTS}
    return {field: value.value if hasattr(value, "value") else value for field, value in values.items()}


def remembered(field: Field, value: Any) -> Any:
    """What an import remembers of a value: all of it but who signed a météo."""
    return value[:-1] if field is Field.WEATHER and value else value


def axis_value(path: AxisPath) -> list[list[str | None]] | None:
    """Where a sheet stands: the number and title of each axis above it."""
    return [[step.code, step.title] for step in path] or None


def _said(absence: Absence | None) -> str | None:
    """An absence that somebody stated; « non renseigné » says nothing."""
    return None if absence in (None, Absence.NOT_PROVIDED) else absence.value


def _status(sheet: SheetDraft) -> list[Any] | None:
    texts = [sheet.texts.get(field) for field in STATUS_TEXTS]
    said = [
        sheet.status.value if sheet.status else None,
        sheet.outcome.value if sheet.outcome else None,
        sheet.to_discuss,
        _date(sheet.status_until),
        *texts,
    ]
    return said if any(said) else None


def _weather(sheet: SheetDraft) -> list[Any] | None:
    said = [sheet.weather.value if sheet.weather else None, *(sheet.texts.get(field) for field in WEATHER_TEXTS)]
    return said if any(said) else None


def _date(typed: FuzzyDate | None) -> list[str] | None:
    return [typed.day.isoformat(), typed.precision.value] if typed else None


def _funders(funders: Iterable[FunderDraft]) -> list[list[Any]] | None:
    said = [[f.name, f.amount_cents if f.amount_cents is not None else _said(f.absence)] for f in funders]
    return sorted(said, key=lambda pair: (pair[0], str(pair[1]))) or None


def _objectives(objectives: Iterable[Objective]) -> list[Any] | None:
    return [[o.level.value, o.code, o.text, _objectives(o.children)] for o in objectives] or None


def _milestones(steps: Iterable[MilestoneDraft]) -> list[Any] | None:
    return [
        [
            step.label,
            (step.state or MilestoneState.PLANNED).value,
            _date(step.due),
            _date(step.done_on),
            step.weight or 1,
            list(step.leads[:1]),
        ]
        for step in steps
    ] or None
