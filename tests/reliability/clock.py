"""The clock of the server is wrong, or far away: the order of acts never follows it, and a date is the same everywhere.

In each of five time zones, at each of eight moments (nights when the hour changes, a 29 February, the end of a year, a
53rd week), somebody writes; the clock is set back by an hour; they write again.
"""

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from sqlalchemy import Engine, String, cast, event, select

from db import check
from db.commands.series import declare_weather
from db.engine import make_engine, reading, writing
from db.models import Act, Milestone, WeatherEntry
from db.queries.acts import past_acts
from db.queries.history import sheet_history
from db.queries.standing import newest
from db.rules.sections import Section
from db.rules.vocabulary import Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.editing import ON, edits, holds
from tests.commands.taking_back import last_act as newest_act
from tests.commands.taking_back import undo
from tests.conftest import Databases, viewer_in
from tests.reliability.told import Told

ZONES = ("UTC", "Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Noumea")
MOMENTS = {
    "the hour that is skipped": datetime(2027, 3, 28, 2, 30),
    "the hour that comes twice": datetime(2027, 10, 31, 2, 30),
    "the night before the skipped hour": datetime(2027, 3, 27, 23, 59),
    "the end of a year": datetime(2026, 12, 31, 23, 59),
    "its first instants": datetime(2027, 1, 1, 0, 10),
    "a 53rd week": datetime(2026, 12, 28, 12, 0),
    "a 29 February": datetime(2028, 2, 29, 0, 30),
    "noon": datetime(2027, 6, 15, 12, 0),
}
DUES = {
    "29 février 2028": date(2028, 2, 29),
    "28/03/2027": date(2027, 3, 28),
    "31/10/2027": date(2027, 10, 31),
    "31/12/2026": date(2026, 12, 31),
}


def wrong_at(engine: Engine, zone: str, moment: datetime) -> list[str]:
    """What is wrong after two acts, the second an hour earlier than the first by the clock of this zone."""
    viewer, plan = viewer_in(engine), plan_in(engine, viewer_in(engine))
    sheet, first = plan.sheets["1.1"], moment.replace(tzinfo=ZoneInfo(zone))
    instants = (first, first - timedelta(hours=1))
    acts: list[int] = []
    with time_machine.travel(first, tick=False):
        steps = [{"id": None, "new": f"new{n}", "label": typed, "due": typed} for n, typed in enumerate(DUES)]
        edits(engine, viewer, sheet, Section.CALENDAR, milestones=steps)
    for at, text, weather in zip(instants, ("Avant", "Après"), (Weather.SUNNY, Weather.STORM), strict=True):
        with time_machine.travel(at, tick=False):
            acts += _acts(engine, viewer, sheet, text, weather)
    found = {
        "the order of the acts": acts == sorted(acts),
        "the histories": _told(engine, viewer, plan) == [acts[::-1]] * 2,
        "the météo in force": _weather(engine, sheet) == Weather.STORM,
        "the instants": _instants(engine, acts) == [at.astimezone(UTC) for at in instants for _ in (1, 2)],
        "the due dates": _dues(engine, sheet) == [(due, due.isoformat()) for due in DUES.values()],
        "what is taken back": _taken_back(engine, viewer, sheet, acts[2]) == "Avant",
    }
    return [f"{zone}, {moment:%d/%m/%Y %H:%M}: {what}" for what, is_right in found.items() if not is_right]


def _acts(engine: Engine, viewer: Viewer, sheet: int, text: str, weather: Weather) -> list[int]:
    edits(engine, viewer, sheet, Section.RATIONALE, rationale=text)
    written = newest_act(engine)
    with writing(engine) as session:
        declare_weather(session, viewer, sheet_id=sheet, on=ON, weather=weather)
    return [written, newest_act(engine)]


def _told(engine: Engine, viewer: Viewer, plan: Plan) -> list[list[int]]:
    """The last four acts, as the history of the plan and that of the fiche tell them."""
    with reading(engine) as session:
        pages = (
            past_acts(session, viewer, plan.initiative_id, ON),
            sheet_history(session, viewer, plan.initiative_id, ON, plan.sheets["1.1"]),
        )
    return [[act.id for act in page.acts][:4] for page in pages]


def _weather(engine: Engine, sheet: int) -> Weather | None:
    with reading(engine) as session:
        asked = newest(WeatherEntry, WeatherEntry.sheet_id, [WeatherEntry.weather], WeatherEntry.sheet_id == sheet)
        return session.execute(asked).one()[1]


def _instants(engine: Engine, acts: list[int]) -> list[datetime]:
    with reading(engine) as session:
        return list(session.scalars(select(Act.at_utc).where(Act.id.in_(acts)).order_by(Act.id)))


def _dues(engine: Engine, sheet: int) -> list[tuple[date | None, str]]:
    """The due dates, as they are read and as the database itself writes them."""
    due = Milestone.due_on
    with reading(engine) as session:
        asked = (
            select(due, cast(due, String).label("raw")).where(Milestone.sheet_id == sheet).order_by(Milestone.position)
        )
        return [(day, str(raw)) for day, raw in session.execute(asked)]


def _taken_back(engine: Engine, viewer: Viewer, sheet: int, act: int) -> object:
    """What the field holds once the second text, written « before » the first, is taken back."""
    undo(engine, viewer, act)
    return holds(engine, viewer, sheet, Section.RATIONALE)["rationale"]


def kept(engine: Engine, zones: Iterable[str] = ZONES, moments: Iterable[datetime] = tuple(MOMENTS.values())) -> Told:
    """Play these moments in these zones, the database's own session in that zone too; what was seen."""
    wrong, cases = [], list(product(zones, moments))
    for zone, moment in cases:
        there = make_engine(engine.url.render_as_string(hide_password=False))
        if engine.dialect.name == "postgresql":
            event.listen(there, "connect", partial(_set_zone, zone))
        wrong += wrong_at(there, zone, moment)
        there.dispose()
    wrong += check.problems(engine)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return Told("clock", engine.dialect.name, lost=len(wrong), cases=len(cases))


def _set_zone(zone: str, connection: Any, _record: object) -> None:
    connection.execute(f"SET timezone = '{zone}'")
    connection.commit()


def at_length(kind: str) -> Told:
    """Five zones, eight moments."""
    with Databases.apart() as made:
        engine = made.copy(kind, to_be_broken=True)
        told = kept(engine)
        engine.dispose()
    return told
