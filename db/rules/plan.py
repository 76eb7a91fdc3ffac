"""The plan on a day: every sheet with its facts, and what the other rules say of them.

One `PlanState` serves the overview, the plan's table, board and timeline, and the coordinator's lists.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from db.rules import completeness, consistency, lateness, progress
from db.rules.completeness import MissingThing, SheetContents
from db.rules.consistency import Finding
from db.rules.dates import FuzzyDate
from db.rules.lateness import Lateness, MilestoneDue, TimeNote
from db.rules.progress import RollUp, SheetProgress
from db.rules.text import numbered, search_text
from db.rules.vacancy import Span, vacant_since
from db.rules.vocabulary import (
    DatePrecision,
    InvolvementRole,
    MilestoneState,
    Outcome,
    PlacementEntry,
    PlacementRole,
    Priority,
    Status,
    Vocabulary,
    Weather,
)


@dataclass(frozen=True, slots=True)
class AxisNode:
    """An axis of the tree, with the chain of its parents' ids, itself last."""

    id: int
    parent_id: int | None
    level: str
    code: str | None
    title: str
    path: tuple[int, ...]

    @property
    def label(self) -> str:
        """« 2 · Faciliter l'accès aux droits »."""
        return f"{self.code} · {self.title}" if self.code else self.title


@dataclass(frozen=True, slots=True)
class StatusFact:
    """The status in force, as it was declared."""

    status: Status | None
    outcome: Outcome | None
    to_discuss: bool
    word: str | None
    on_date: date | None
    until: date | None
    reason: str | None
    until_precision: DatePrecision | None = None
    recorded_at: datetime | None = None

    @property
    def taken_on(self) -> date | None:
        """The day on which a status without a date was written."""
        return self.recorded_at.date() if self.recorded_at is not None and self.on_date is None else None


@dataclass(frozen=True, slots=True)
class WeatherFact:
    """The last sign of a sheet and its day, and the day of the last météo, with a sign or of words alone."""

    sign: Weather | None
    on_date: date | None
    last_on: date | None


NO_WEATHER = WeatherFact(None, None, None)


@dataclass(frozen=True, slots=True)
class MilestoneFact:
    """A step of a sheet."""

    id: int
    label: str
    state: MilestoneState
    due_on: date | None
    due_precision: DatePrecision | None
    done_on: date | None
    weight: int


@dataclass(frozen=True, slots=True)
class PlacementFact:
    """A sheet where it stands in the plan, with its own dates and traits."""

    placement_id: int
    sheet_id: int
    code: str | None
    title: str
    plain_line: str | None
    axis_id: int | None
    entry: PlacementEntry
    until: date | None
    priority: Priority | None
    starts_on: date | None
    starts_precision: DatePrecision | None
    ends_on: date | None
    ends_precision: DatePrecision | None
    is_continuous: bool
    milestones_tell_all: bool
    search_text: str
    role: PlacementRole = PlacementRole.OWNER
    validated_on: date | None = None
    since: date | None = None


def of_title(at: PlacementFact) -> PlacementFact:
    """What of a sheet is told to who reads its title: its number, its title, its axis and its « En clair »; it is found
    by those words alone."""
    return PlacementFact(
        placement_id=at.placement_id,
        sheet_id=at.sheet_id,
        code=at.code,
        title=at.title,
        plain_line=at.plain_line,
        axis_id=at.axis_id,
        entry=PlacementEntry.INITIAL,
        until=None,
        priority=None,
        starts_on=None,
        starts_precision=None,
        ends_on=None,
        ends_precision=None,
        is_continuous=at.is_continuous,
        milestones_tell_all=False,
        search_text=search_text(at.code, at.title, at.plain_line),
        role=at.role,
    )


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id and the words shown for it."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class LeadFact:
    """Who leads a sheet, pilote then copilotes."""

    id: int
    label: str
    is_coordination: bool
    role: InvolvementRole


NO_STATUS = StatusFact(None, None, False, None, None, None, None)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A sheet of the plan on a day. `missing`, `findings` and `time_note` are empty for who does not coordinate."""

    placement_id: int
    sheet_id: int
    code: str | None
    title: str
    plain_line: str | None
    axis_id: int | None
    axis_path: tuple[int, ...]
    entry: PlacementEntry
    priority: Priority | None
    starts: FuzzyDate | None
    ends: FuzzyDate | None
    is_continuous: bool
    status: Status | None
    outcome: Outcome | None
    to_discuss: bool
    status_word: str | None
    status_on: date | None
    status_reason: str | None
    until: FuzzyDate | None
    progress: SheetProgress
    weather: Weather | None
    weather_on: date | None
    last_news: date | None
    needs_news: bool
    milestones: tuple[MilestoneFact, ...]
    leads: tuple[LeadFact, ...]
    target_groups: tuple[Named, ...]
    determinants: tuple[Named, ...]
    schemes: tuple[Named, ...]
    places: tuple[str, ...]
    funders: tuple[Named, ...]
    lateness: Lateness
    missing: tuple[MissingThing, ...]
    findings: tuple[Finding, ...]
    time_note: TimeNote | None
    unsettled: int
    search_text: str
    is_home: bool = True
    validated_on: date | None = None
    since: date | None = None

    @property
    def label(self) -> str:
        """« 2.2 Accueillir les internes »."""
        return numbered(self.code, self.title)

    @property
    def is_late(self) -> bool:
        return self.lateness.is_late

    @property
    def led_by_coordination(self) -> bool:
        """Whether the coordination itself is the pilote."""
        return any(lead.is_coordination for lead in self.leads if lead.role is InvolvementRole.LEAD)


@dataclass(frozen=True, slots=True)
class PlanState:
    """Every sheet of a plan on a day in the order of its tree, that tree, and the mean of their progress."""

    initiative_id: int
    on: date
    axes: tuple[AxisNode, ...]
    sheets: tuple[SheetRow, ...]
    roll_up: RollUp

    def under(self, axis_id: int) -> tuple[SheetRow, ...]:
        """The sheets that stand somewhere under this axis."""
        return tuple(sheet for sheet in self.sheets if axis_id in sheet.axis_path)


def fuzzy(day: date | None, precision: DatePrecision | None) -> FuzzyDate | None:
    """A date of the database with the precision it was typed with."""
    return None if day is None else FuzzyDate(day, precision or DatePrecision.DAY)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The facts of a plan's sheets, by sheet, on a day; `coordinates`: whether the coordinator's lists are made.

    `confirmed` are the sheets whose last progress is one that somebody confirmed, with the day; `vacancies` the days on
    which nobody coordinated, when nothing is said for want of an entry.
    """

    on: date
    paths: dict[int, tuple[int, ...]]
    statuses: dict[int, StatusFact]
    progress: dict[int, tuple[int, date | None]] = field(default_factory=dict)
    weathers: dict[int, WeatherFact] = field(default_factory=dict)
    milestones: dict[int, list[MilestoneFact]] = field(default_factory=dict)
    leads: dict[int, list[LeadFact]] = field(default_factory=dict)
    terms: dict[int, list[tuple[str, Named]]] = field(default_factory=dict)
    places: dict[int, list[str]] = field(default_factory=dict)
    funders: dict[int, list[Named]] = field(default_factory=dict)
    indicators: dict[int, int] = field(default_factory=dict)
    unsettled: dict[int, int] = field(default_factory=dict)
    contract_ends: tuple[date, ...] = ()
    coordinates: bool = False
    confirmed: dict[int, date] = field(default_factory=dict)
    vacancies: tuple[Span, ...] = ()

    def row(self, at: PlacementFact) -> SheetRow:
        """The sheet standing there, with what the rules say of its facts."""
        key = at.sheet_id
        status = self.statuses.get(key, NO_STATUS)
        steps = self.milestones.get(key, [])
        weather = self.weathers.get(key, NO_WEATHER)
        percent, declared_on = self.progress.get(key, (None, None))
        starts, ends = fuzzy(at.starts_on, at.starts_precision), fuzzy(at.ends_on, at.ends_precision)
        until = fuzzy(status.until, status.until_precision)
        told = progress.sheet_progress(
            status.status,
            at.is_continuous,
            at.milestones_tell_all,
            None if percent is None else (percent, declared_on),
            [(step.state, float(step.weight)) for step in steps],
            status.outcome,
        )
        dues = [MilestoneDue(step.label, step.state, fuzzy(step.due_on, step.due_precision)) for step in steps]
        news = (status.on_date, declared_on, weather.last_on, *(step.done_on for step in steps))
        last_news = max((day for day in news if day is not None and day <= self.on), default=None)
        words = self.terms.get(key, [])
        return SheetRow(
            placement_id=at.placement_id,
            sheet_id=key,
            code=at.code,
            title=at.title,
            plain_line=at.plain_line,
            axis_id=at.axis_id,
            axis_path=self.paths.get(at.axis_id, ()) if at.axis_id else (),
            entry=at.entry,
            priority=at.priority,
            starts=starts,
            ends=ends,
            is_continuous=at.is_continuous,
            status=status.status,
            outcome=status.outcome,
            to_discuss=status.to_discuss,
            status_word=status.word,
            status_on=status.on_date,
            status_reason=status.reason,
            until=until,
            progress=told,
            weather=weather.sign,
            weather_on=weather.on_date if weather.sign else None,
            last_news=last_news,
            needs_news=status.status is Status.ONGOING
            and consistency.needs_news(last_news, self.on, status.taken_on, self.vacancies),
            milestones=tuple(steps),
            leads=tuple(self.leads.get(key, ())),
            target_groups=_of(words, Vocabulary.TARGET_GROUP),
            determinants=_of(words, Vocabulary.DETERMINANT),
            schemes=_of(words, Vocabulary.LINKED_SCHEME),
            places=tuple(self.places.get(key, ())),
            funders=tuple(self.funders.get(key, ())),
            lateness=lateness.lateness(status.status, starts, ends, dues, self.on, until),
            missing=self._missing(at, status) if self.coordinates else (),
            findings=consistency.findings(
                told, starts, [step.state for step in steps], last_news, self.on, until, status.taken_on, self.vacancies
            )
            if self.coordinates
            else (),
            time_note=lateness.time_note(
                status.status,
                at.is_continuous,
                told.percent,
                starts,
                ends,
                self.contract_ends,
                self.on,
                self.confirmed.get(key),
            )
            if self.coordinates and vacant_since(self.vacancies, self.on) is None
            else None,
            unsettled=self.unsettled.get(key, 0),
            search_text=at.search_text,
            is_home=at.role is PlacementRole.OWNER,
            validated_on=at.validated_on,
            since=at.since,
        )

    def _missing(self, at: PlacementFact, status: StatusFact) -> tuple[MissingThing, ...]:
        return completeness.missing(
            SheetContents(
                status=status.status,
                is_continuous=at.is_continuous,
                has_lead=bool(self.leads.get(at.sheet_id)),
                has_start=at.starts_on is not None,
                has_end=at.ends_on is not None,
                followed_results=self.indicators.get(at.sheet_id, 0),
            )
        )


def _of(words: list[tuple[str, Named]], vocabulary: Vocabulary) -> tuple[Named, ...]:
    return tuple(named for kind, named in words if kind == vocabulary.value)
