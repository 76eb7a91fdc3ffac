"""What a sheet says, in a reader's words: the values of `values_of` as a page, a terminal or a report shows them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from db.exchange.fields import Field
from db.rules.dates import FuzzyDate
from db.rules.plurals import counted, whole
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    GeoScope,
    Labelled,
    MilestoneState,
    ObjectiveLevel,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)

NOTHING = "—"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_WORDS: Mapping[Field, type[Labelled]] = {
    Field.PRIORITY: Priority,
    Field.PARTICIPATION: Participation,
    Field.GEO_SCOPE: GeoScope,
}
_OBJECTIVES = {
    ObjectiveLevel.GENERAL: ("objectif général", "objectifs généraux"),
    ObjectiveLevel.SPECIFIC: ("objectif spécifique", "objectifs spécifiques"),
    ObjectiveLevel.OPERATIONAL: ("objectif opérationnel", "objectifs opérationnels"),
}


def shown(field: Field, value: Any) -> str:
    """The value of a field, as `values_of` gives it, in French; a dash when nothing is said."""
    if value is None:
        return NOTHING
    if field in _WORDS:
        return _WORDS[field](value).label_fr
    if field in _SHAPES:
        return _SHAPES[field](value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " ; ".join(str(item) for item in value)
    return str(value)


def date_words(typed: FuzzyDate) -> str:
    """A date as precisely as it was typed: « 15/03/2026 », « mars 2026 », « T2 2025 », « S1 2025 », « 2026 »."""
    day = typed.day
    match typed.precision:
        case DatePrecision.DAY:
            return f"{day:%d/%m/%Y}"
        case DatePrecision.MONTH:
            return f"{MONTHS[day.month - 1]} {day.year}"
        case DatePrecision.QUARTER:
            return f"T{(day.month + 2) // 3} {day.year}"
        case DatePrecision.HALF_YEAR:
            return f"S{(day.month + 5) // 6} {day.year}"
        case DatePrecision.YEAR:
            return str(day.year)


def money(cents: int) -> str:
    """« 12 500 € », from integer cents; the cents only where there are some."""
    euros, rest = divmod(cents, 100)
    return whole(euros) + (f",{rest:02d}" if rest else "") + "\u00a0€"


def entry_words(entry: PlacementEntry, amendment: int | None) -> str:
    """« par avenant n° 2 »."""
    return f"{entry.label_fr} n° {amendment}" if amendment is not None else entry.label_fr


def _date(value: list[str]) -> str:
    return date_words(FuzzyDate(date.fromisoformat(value[0]), DatePrecision(value[1])))


def _amount(value: int | str) -> str:
    return Absence(value).label_fr if isinstance(value, str) else money(value)


def _progress(value: int | str) -> str:
    return Absence(value).label_fr if isinstance(value, str) else f"{value} %"


def _status(value: list[Any]) -> str:
    status, outcome, to_discuss, until, reason, unblocked_by = value
    words = Status(status).label_fr if status else "statut non renseigné"
    parts = [f"{words} ({Outcome(outcome).label_fr})" if outcome else words]
    if until:
        before = "jusqu'au" if until[1] == DatePrecision.DAY else "jusqu'à"
        parts.append(f"{before} {_date(until)}")
    parts += ["à discuter"] if to_discuss else []
    parts += [f"motif : {reason}"] if reason else []
    parts += [f"peut débloquer : {unblocked_by}"] if unblocked_by else []
    return " ; ".join(parts)


def _weather(value: list[Any]) -> str:
    sky, *texts = value
    labels = ("déjà fait", "à faire", "freins", "à valoriser", "signée par")
    parts = [Weather(sky).label_fr] if sky else []
    parts += [f"{label} : {text}" for label, text in zip(labels, texts, strict=True) if text]
    return " ; ".join(parts)


def _axis(value: list[list[str | None]]) -> str:
    return " › ".join(" ".join(part for part in (code, title) if part) for code, title in value)


def _entry(value: list[Any]) -> str:
    return entry_words(PlacementEntry(value[0]), value[1])


def _funders(value: list[list[Any]]) -> str:
    return " ; ".join(name if said is None else f"{name} : {_amount(said)}" for name, said in value)


def _objectives(value: list[Any]) -> str:
    counts = dict.fromkeys(ObjectiveLevel, 0)
    for level in _levels(value):
        counts[level] += 1
    return ", ".join(counted(count, *_OBJECTIVES[level]) for level, count in counts.items() if count)


def _levels(nodes: Iterable[Any]) -> Iterable[ObjectiveLevel]:
    for level, _code, _text, children in nodes:
        yield ObjectiveLevel(level)
        yield from _levels(children or ())


def _milestones(value: list[Any]) -> str:
    steps = [f"{step[0]} ({MilestoneState(step[1]).label_fr})" for step in value]
    return f"{counted(len(steps), 'étape')} : {' ; '.join(steps)}"


_SHAPES: Mapping[Field, Callable[[Any], str]] = {
    Field.STARTS_ON: _date,
    Field.ENDS_ON: _date,
    Field.BUDGET: _amount,
    Field.PROGRESS: _progress,
    Field.STATUS: _status,
    Field.WEATHER: _weather,
    Field.AXIS: _axis,
    Field.ENTRY: _entry,
    Field.FUNDER: _funders,
    Field.OBJECTIVES: _objectives,
    Field.MILESTONES: _milestones,
}
