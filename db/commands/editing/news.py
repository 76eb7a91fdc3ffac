"""The fields of a fiche that move: its status, its progress, its météo. Each save is a new dated entry of a series."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from db.commands.editing.groups import Desk, Group, Values, fuzzy, text, tidy_date, word, written_date
from db.commands.series import declare_progress, declare_status, declare_weather
from db.errors import Invalid
from db.models import ProgressEntry, StatusEntry, WeatherEntry
from db.queries.standing import newest
from db.rights import Operation
from db.rules.forms import Written
from db.rules.reading import read_percent
from db.rules.sections import LABELS
from db.rules.sheet import Gathered
from db.rules.vocabulary import Absence, DatePrecision, Gathering, Outcome, Status, Weather

SeriesEntry = StatusEntry | ProgressEntry | WeatherEntry
NEWS_LENGTH = 4000
WEATHER_TEXTS = ("done", "todo", "obstacles", "highlights")


def _last(desk: Desk, entry: type[SeriesEntry], sheets: Sequence[int]) -> dict[int, Any]:
    """The newest entry of each fiche, in preparation or published; undated ones are the oldest."""
    known = func.coalesce(entry.on_date, date(1, 1, 1)) <= desk.on
    last = newest(entry, entry.sheet_id, [entry.id], entry.sheet_id.in_(sheets), entry.archived_at.is_(None), known)
    found = last.subquery()
    rows: Any = desk.session.scalars(select(entry).join(found, found.c.id == entry.id))
    return {row.sheet_id: row for row in rows}


def _read_status(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    found = _last(desk, StatusEntry, sheets)
    return {sheet: _status(found.get(sheet)) for sheet in sheets}


def _status(row: StatusEntry | None) -> dict[str, Written]:
    return {
        "status": row.status.label_fr if row and row.status else None,
        "outcome": row.outcome.label_fr if row and row.outcome else None,
        "until": written_date(row.until, row.until_precision) if row else None,
        "reason": row.reason if row else None,
        "unblocked_by": row.unblocked_by if row else None,
        "to_discuss": bool(row and row.to_discuss),
    }


def _write_status(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    """What only goes with another status leaves with it: an outcome, a new date, a reason nobody typed again."""
    status = word(Status, values["status"], LABELS["status"])
    moved = "status" in changed
    was: StatusEntry | None = None if moved else _last(desk, StatusEntry, [sheet_id]).get(sheet_id)
    kept = {
        "outcome": values["outcome"] if "outcome" in changed or status is Status.DONE else None,
        "until": values["until"] if "until" in changed or status is Status.POSTPONED else None,
        "reason": values["reason"] if "reason" in changed or not moved else None,
        "unblocked_by": values["unblocked_by"] if "unblocked_by" in changed or not moved else None,
    }
    until = fuzzy(kept["until"], LABELS["until"], end=True)
    declare_status(
        desk.session,
        desk.viewer,
        sheet_id=sheet_id,
        status=status,
        on=day_of(desk, values),
        outcome=word(Outcome, kept["outcome"], LABELS["outcome"]),
        to_discuss=bool(values["to_discuss"]),
        word=was.status_word if was else None,
        until=until.day if until else None,
        until_precision=until.precision if until else None,
        reason=text(kept["reason"], LABELS["reason"], NEWS_LENGTH),
        unblocked_by=text(kept["unblocked_by"], LABELS["unblocked_by"], NEWS_LENGTH),
        gathered=gathered_of(desk, values),
    )


def _tidy_status(name: str, value: Written) -> Written:
    return tidy_date(value, end=True) if name == "until" else value or (False if name == "to_discuss" else None)


def day_of(desk: Desk, values: Values) -> date:
    """The day of the news: today, unless another was typed. A day that is still to come has no news."""
    typed = fuzzy(values.get("on"), LABELS["on"])
    if typed is None:
        return desk.on
    if typed.day > desk.on:
        raise Invalid(
            f"{LABELS['on']} : le {typed.day:%d/%m/%Y} n'est pas encore passé. Indiquez au plus tard le "
            f"{desk.on:%d/%m/%Y}."
        )
    return typed.day


def gathered_of(desk: Desk, values: Values) -> Gathered | None:
    """How the coordination heard the news from the lead, when it says so: on the day of the news, unless another was
    typed. It alone may say it."""
    how = word(Gathering, values.get("gathered"), LABELS["gathered"])
    typed = fuzzy(values.get("gathered_on"), LABELS["gathered_on"])
    if how is None and typed is None:
        return None
    if not desk.viewer.may(Operation.WRITE, desk.initiative_id):
        raise Invalid("Seule la coordination dit comment elle a recueilli des nouvelles : retirez cette mention.")
    if how is None:
        raise Invalid(f"{LABELS['gathered_on']} : dites aussi comment, par téléphone par exemple, ou retirez le jour.")
    if typed is not None and (typed.precision is not DatePrecision.DAY or typed.day > desk.on):
        last = f"Indiquez un jour, au plus tard le {desk.on:%d/%m/%Y}."
        raise Invalid(f"{LABELS['gathered_on']} : « {values['gathered_on']} ». {last}")
    return Gathered(how, typed.day if typed else day_of(desk, values))


STATUS = Group(
    fields=("status", "outcome", "until", "reason", "unblocked_by", "to_discuss"),
    tables=("status_entry",),
    read=_read_status,
    write=_write_status,
    tidy=_tidy_status,
)


def _read_progress(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    found = _last(desk, ProgressEntry, sheets)
    return {sheet: {"progress": _progress(found.get(sheet))} for sheet in sheets}


def _progress(row: ProgressEntry | None) -> str | None:
    if row is None:
        return None
    return f"{row.percent} %" if row.percent is not None else row.absence.label_fr if row.absence else None


def _write_progress(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    percent, absence = read_progress(values["progress"])
    declare_progress(
        desk.session,
        desk.viewer,
        sheet_id=sheet_id,
        on=day_of(desk, values),
        percent=percent,
        absence=absence,
        gathered=gathered_of(desk, values),
    )


def read_progress(value: Written) -> tuple[int | None, Absence | None]:
    """A whole percentage, or why there is none; `Invalid` with the reader's own sentence."""
    read = read_percent(str(value))
    if read.reason is not None:
        raise Invalid(f"{LABELS['progress']} : « {value} ». {read.reason}")
    if read.value is None:
        return None, read.absence
    if read.value != read.value.to_integral_value():
        raise Invalid(f"{LABELS['progress']} : « {value} ». Un avancement est un nombre entier : arrondissez.")
    return int(Decimal(read.value)), None


def _tidy_progress(_name: str, value: Written) -> Written:
    if value in (None, ""):
        return None
    try:
        percent, absence = read_progress(value)
    except Invalid:
        return value
    return f"{percent} %" if percent is not None else absence.label_fr if absence else None


PROGRESS = Group(
    fields=("progress",),
    tables=("progress_entry",),
    read=_read_progress,
    write=_write_progress,
    tidy=_tidy_progress,
    columns={"progress": "percent"},
    adds=True,
)


def _read_weather(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    found = _last(desk, WeatherEntry, sheets)
    return {sheet: _weather(found.get(sheet)) for sheet in sheets}


def _weather(row: WeatherEntry | None) -> dict[str, Written]:
    told: dict[str, Written] = {name: getattr(row, name) if row else None for name in (*WEATHER_TEXTS, "signed_by")}
    return {"weather": row.weather.label_fr if row and row.weather else None, **told}


def read_weather(value: Written) -> Weather | None:
    """A sign by its word; `Invalid` when it is none."""
    return word(Weather, value, LABELS["weather"])


def _write_weather(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    """What was typed now, and only that: the texts of the last météo stay with it."""
    told = {name: text(values[name], LABELS[name], NEWS_LENGTH) for name in WEATHER_TEXTS if name in changed}
    declare_weather(
        desk.session,
        desk.viewer,
        sheet_id=sheet_id,
        on=day_of(desk, values),
        weather=read_weather(values["weather"]) if "weather" in changed else None,
        signed_by=text(values["signed_by"], LABELS["signed_by"], 200) if "signed_by" in changed else None,
        gathered=gathered_of(desk, values),
        **told,
    )


WEATHER = Group(
    fields=("weather", *WEATHER_TEXTS, "signed_by"),
    tables=("weather_entry",),
    read=_read_weather,
    write=_write_weather,
    adds=True,
)
