"""What readers see of a plan at a point, or would see of what is being prepared, and what differs between the two.

Comparing two pictures is one function, `compare`, whatever they are: two points, or a point and what is in preparation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum

from db.rules.dates import FuzzyDate
from db.rules.initiative import Point
from db.rules.plan import AxisNode
from db.rules.reading import Reading as Read
from db.rules.reading_dates import read_date
from db.rules.sheet import Aim, Gathered, MoneyLine, Reading
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    FundingDecision,
    FundingStage,
    Outcome,
    PlacementEntry,
    Status,
    ValueType,
    Weather,
)

A_DAY = "Le jour d'un point s'écrit en entier : 15/03/2026."


@dataclass(frozen=True, slots=True)
class Where:
    """What something is said of: a fiche, an axis, or (both ids None) the plan as a whole."""

    sheet_id: int | None
    axis_id: int | None
    placement_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """The fiche stands in the plan, and how it came into it."""

    entry: PlacementEntry


@dataclass(frozen=True, slots=True)
class StatusSaid:
    """The status in force, with all that was said with it."""

    status: Status | None
    outcome: Outcome | None
    to_discuss: bool
    word: str | None
    until: FuzzyDate | None
    reason: str | None
    unblocked_by: str | None
    comment: str | None
    on: date | None
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class ProgressSaid:
    """The percentage that the fiche shows, or why there is none. `on` is the day it was declared, None when unknown."""

    percent: int | None
    absence: Absence | None
    on: date | None
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class WeatherSaid:
    """A météo with its texts. `is_last`: the one in force, the others being read below it."""

    entry_id: int
    weather: Weather | None
    done: str | None
    todo: str | None
    obstacles: str | None
    highlights: str | None
    comment: str | None
    signed_by: str | None
    on: date | None
    is_last: bool
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class AmountSaid:
    """The amount of a funding line at one stage, in cents; `is_undated` when a part of it has no date."""

    stage: FundingStage
    cents: int
    is_undated: bool


@dataclass(frozen=True, slots=True)
class DecisionSaid:
    """Where a funding line stands with its funder."""

    decision: FundingDecision
    answer_expected_on: date | None


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """What a fiche shows that a point publishes; `weathers` newest first."""

    where: Where
    entry: PlacementEntry
    status: StatusSaid | None
    progress: ProgressSaid | None
    weathers: tuple[WeatherSaid, ...]


@dataclass(frozen=True, slots=True)
class IndicatorPicture:
    """The values of an indicator, one a period, masked where they must be, and its targets, one a day aimed at."""

    indicator_id: int
    where: Where
    label: str
    unit: str | None
    value_type: ValueType
    decimals: int | None
    is_sensitive: bool
    values: tuple[Reading, ...]
    targets: tuple[Aim, ...]


@dataclass(frozen=True, slots=True)
class LinePicture:
    """A funding line, with its amounts and its funder's answer."""

    where: Where
    line: MoneyLine


@dataclass(frozen=True, slots=True)
class Picture:
    """What a plan shows at a point, or (`point` None) as it is being prepared. Sheets are in the order of the plan."""

    point: Point | None
    axes: tuple[AxisNode, ...]
    sheets: tuple[SheetPicture, ...]
    indicators: tuple[IndicatorPicture, ...]
    lines: tuple[LinePicture, ...]


Said = Presence | StatusSaid | ProgressSaid | WeatherSaid | Reading | Aim | AmountSaid | DecisionSaid
About = IndicatorPicture | LinePicture | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two pictures: what it is said of, and what was and is said (None: nothing).

    `about` is the indicator or the funding line it is of. What a sensitive indicator said before is never told.
    """

    where: Where
    about: About
    before: Said | None
    after: Said | None


@dataclass(frozen=True, slots=True)
class ToPublish:
    """What a point would make visible: the entries `entering` it, series by series, by the number of their rows and
    the last of them; `later` ones, dated after its day, stay behind."""

    changes: tuple[Change, ...]
    entering: tuple[tuple[int, int], ...]
    later: int

    @property
    def entries(self) -> int:
        """How many entries would enter it."""
        return sum(rows for rows, _ in self.entering)


@dataclass(frozen=True, slots=True)
class PastPoint:
    """A published point, of a whole plan or of one fiche (`sheet`, its label), and how many entries it holds.

    `author` and `act_id` are told to who publishes alone; the latter is the act to take back to withdraw the point,
    None as long as another point stands on it.
    """

    id: int
    name: str
    as_of: date
    published_at: datetime
    entries: int
    sheet_id: int | None
    sheet: str | None
    author: str | None
    act_id: int | None


class _Rank(IntEnum):
    """In which order the changes of a fiche are told."""

    PRESENCE = 0
    STATUS = 1
    PROGRESS = 2
    WEATHER = 3
    INDICATOR = 4
    MONEY = 5


_Key = tuple[tuple[int | None, int | None], _Rank, object]


def compare(before: Picture, after: Picture) -> tuple[Change, ...]:
    """What differs from one picture to the next: sheet by sheet in the order of the plan, then axes, then the plan.

    A fiche that is no longer there is told once, whatever it said.
    """
    here, there = {sheet.where.sheet_id for sheet in after.sheets}, _said(before)
    now = _said(after)
    places = _places(before, after)
    found: list[tuple[int, _Rank, Change]] = []
    for key in [*now, *(key for key in there if key not in now)]:
        subject, rank, _ = key
        was, told = there.get(key), now.get(key)
        gone = subject[0] is not None and subject[0] not in here
        if gone and rank is not _Rank.PRESENCE:
            continue
        change = _change(was, told)
        if change is not None:
            found.append((places[subject], rank, change))
    found += [(places[_subject(c.where)], _Rank.WEATHER, c) for c in _weathers(before, after)]
    return tuple(change for _, _, change in sorted(found, key=lambda line: line[:2]))


def read_point_day(typed: str | None) -> Read[date]:
    """The day typed for a point: a whole day, neither a month nor a year."""
    told = read_date(typed)
    if told.value is not None and told.value.precision is DatePrecision.DAY:
        return Read(value=told.value.day, raw=told.raw)
    return Read(reason=A_DAY if told.reason is None else told.reason, raw=told.raw)


def _subject(where: Where) -> tuple[int | None, int | None]:
    return where.sheet_id, where.axis_id


def _places(before: Picture, after: Picture) -> dict[tuple[int | None, int | None], int]:
    """The rank of everything that is spoken of: the sheets of the plan, those that left it, the axes, the plan."""
    sheets = [_subject(sheet.where) for picture in (after, before) for sheet in picture.sheets]
    axes: list[tuple[int | None, int | None]] = [
        (None, axis.id) for picture in (after, before) for axis in picture.axes
    ]
    return {subject: rank for rank, subject in enumerate(dict.fromkeys([*sheets, *axes, (None, None)]))}


def _said(picture: Picture) -> dict[_Key, tuple[Where, About, Said]]:
    """Everything that a picture says, but its météos, each under what it is about."""
    return {
        (_subject(where), rank, key): (where, about, said) for where, about, rank, key, said in _statements(picture)
    }


def _statements(picture: Picture) -> Iterator[tuple[Where, About, _Rank, object, Said]]:
    for sheet in picture.sheets:
        yield sheet.where, None, _Rank.PRESENCE, None, Presence(sheet.entry)
        if sheet.status is not None:
            yield sheet.where, None, _Rank.STATUS, None, sheet.status
        if sheet.progress is not None:
            yield sheet.where, None, _Rank.PROGRESS, None, sheet.progress
    for indicator in picture.indicators:
        for value in indicator.values:
            key = (indicator.indicator_id, "value", value.starts_on, value.ends_on)
            yield indicator.where, indicator, _Rank.INDICATOR, key, value
        for aim in indicator.targets:
            yield indicator.where, indicator, _Rank.INDICATOR, (indicator.indicator_id, "target", aim.due), aim
    for told in picture.lines:
        yield from _of_line(told)


def _of_line(told: LinePicture) -> Iterator[tuple[Where, About, _Rank, object, Said]]:
    line = told.line
    if line.decision is not FundingDecision.NOT_ASKED:  # a line of which nothing was said is merely foreseen
        said = DecisionSaid(line.decision, line.answer_expected_on)
        yield told.where, told, _Rank.MONEY, (line.line_id, "decision"), said
    for stage in FundingStage:
        if stage in line.amounts:
            amount = AmountSaid(stage, line.amounts[stage], stage in line.undated)
            yield told.where, told, _Rank.MONEY, (line.line_id, stage), amount


def _change(was: tuple[Where, About, Said] | None, told: tuple[Where, About, Said] | None) -> Change | None:
    """The change from one statement to the other; None when they say the same."""
    before, after = was[2] if was else None, told[2] if told else None
    source = told or was
    if source is None or before == after:
        return None
    where, about, _ = source
    if isinstance(about, IndicatorPicture) and about.is_sensitive and isinstance(before, Reading):
        before = _hidden(before)
    return Change(where, about, before, after)


def _hidden(value: Reading) -> Reading:
    """The value as it may stand beside a later one: the difference of the two may be a small number of persons."""
    is_figure = value.absence is None
    return replace(value, value=None, text=None, is_masked=is_figure)


def _weathers(before: Picture, after: Picture) -> Iterator[Change]:
    """The météos that one picture has and the other has not: the last one against the last, the others alone."""
    held = {sheet.where.sheet_id: sheet.weathers for sheet in before.sheets}
    for sheet in after.sheets:
        former = held.get(sheet.where.sheet_id, ())
        known = {note.entry_id for note in former}
        for note in sheet.weathers:
            if note.entry_id not in known:
                yield Change(sheet.where, None, former[0] if note.is_last and former else None, note)
