"""A fiche action as its page reads it: what it says, what happens, who is in it, what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.rules.dates import FuzzyDate
from db.rules.masking import is_small
from db.rules.money import FundingLine
from db.rules.vocabulary import (
    Absence,
    AbsenceReason,
    CountedPeople,
    DecisionStatus,
    FundingDecision,
    FundingNature,
    FundingRegime,
    FundingStage,
    Gathering,
    GeoScope,
    InvolvementRole,
    MeasurementStatus,
    MilestoneState,
    ObjectiveLevel,
    Participation,
    PlacementRole,
    ValueType,
    Vocabulary,
    Weather,
)


@dataclass(frozen=True, slots=True)
class SheetText:
    """What a fiche says of itself, as it was typed; None where nothing was."""

    rationale: str | None
    description: str | None
    expected_results: str | None
    calendar_text: str | None
    participation: Participation | None
    participation_text: str | None
    geo_scope: GeoScope | None
    territory_text: str | None
    target_text: str | None
    lead_service: str | None
    means: str | None
    governance_text: str | None
    indicators_text: str | None
    funding_text: str | None
    regional_link: str | None
    linked_actions: str | None
    previous_action: str | None
    risks: str | None
    levers: str | None
    evaluation_text: str | None
    notes: str | None
    links: str | None


@dataclass(frozen=True, slots=True)
class Appearance:
    """Another plan in which the same fiche stands, as this viewer may see it."""

    placement_id: int
    initiative_code: str
    initiative_name: str
    code: str | None
    role: PlacementRole


@dataclass(frozen=True, slots=True)
class Objective:
    """A node of what the fiche aims at, parents before children; `depth` is 0 at the top."""

    level: ObjectiveLevel
    code: str | None
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class SheetWord:
    """A word of the field attached to the fiche: `rank` 1 is the principal determinant, 2 and 3 secondary."""

    vocabulary: Vocabulary
    label: str
    parent: str | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class PlaceOf:
    """Where the fiche takes place, what kind of place it is, and when when it is known."""

    label: str
    kind: str
    on: FuzzyDate | None


@dataclass(frozen=True, slots=True)
class Step:
    """An étape with what was due and what was done."""

    id: int
    label: str
    state: MilestoneState
    word: str | None
    due: FuzzyDate | None
    done: FuzzyDate | None
    lead: str | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """How the coordination heard news from the lead of a fiche, and on which day."""

    how: Gathering
    on: date


def gathered(how: Gathering | None, on: date | None) -> Gathered | None:
    """How news were heard, as an entry says it; None where the entry says nothing of it."""
    return Gathered(how, on) if how is not None and on is not None else None


@dataclass(frozen=True, slots=True)
class WeatherNote:
    """A météo with what its lead says and who signs it."""

    weather: Weather | None
    on: date | None
    done: str | None
    todo: str | None
    obstacles: str | None
    highlights: str | None
    comment: str | None
    signed_by: str | None
    in_preparation: bool
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class StatusNote:
    """What was said with the status in force."""

    reason: str | None
    unblocked_by: str | None
    comment: str | None
    gathered: Gathered | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an organisation, or of a person by function, in the fiche."""

    role: InvolvementRole
    name: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The last value recorded for an indicator: a figure, a text, or why there is neither."""

    starts_on: date
    ends_on: date
    measured_on: date | None
    value: float | None
    text: str | None
    absence: Absence | None
    absence_reason: AbsenceReason | None
    status: MeasurementStatus
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """The target of an indicator for a day."""

    due: FuzzyDate
    value: float | None
    text: str | None
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class IndicatorNote:
    """An indicator as the fiche shows it: its last value, its next target, nothing judged."""

    code: str | None
    label: str
    unit: str | None
    value_type: ValueType
    decimals: int | None
    counts: CountedPeople | None
    is_sensitive: bool
    requested_by: str | None
    last: Reading | None
    aim: Aim | None


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A funding line: who is asked, for which year, and the amounts known, in cents, by stage."""

    line_id: int
    funder: str
    beneficiary: str | None
    scheme: str | None
    year: int | None
    nature: FundingNature
    regime: FundingRegime | None
    decision: FundingDecision
    answer_expected_on: date | None
    amounts: dict[FundingStage, int]
    undated: frozenset[FundingStage]

    @property
    def terms(self) -> FundingLine:
        """The line as the arithmetic of money sees it."""
        return FundingLine(self.line_id, self.nature, self.decision, self.year, self.amounts)


@dataclass(frozen=True, slots=True)
class Need:
    """A line of the provisional budget, in cents, or why its amount is not there."""

    year: int | None
    label: str | None
    nature: FundingNature
    amount: int | None
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class DecisionNote:
    """A decision of a body about the fiche."""

    number: str
    text: str
    body: str
    taken_on: date
    due_on: date | None
    status: DecisionStatus


@dataclass(frozen=True, slots=True)
class UnsettledCell:
    """A cell that nobody could read, kept as it was written. `placement_id` is None for the plan as a whole."""

    id: int
    placement_id: int | None
    sheet: str | None
    field: str
    raw: str
    reason: str
    choices: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class SheetDetail:
    """A fiche action in a plan, beside what `SheetRow` already says of it.

    `published_on` is the day of the point that readers see of it, where it is not the plan's own; `waiting`, for who
    may publish it, how many of its entries wait to be. `progress_gathered` is of the progress last declared.
    """

    sheet_id: int
    amendment: int | None
    is_home: bool
    may_write: bool
    text: SheetText
    elsewhere: tuple[Appearance, ...]
    objectives: tuple[Objective, ...]
    words: tuple[SheetWord, ...]
    places: tuple[PlaceOf, ...]
    steps: tuple[Step, ...]
    status: StatusNote | None
    weathers: tuple[WeatherNote, ...]
    parts: tuple[Part, ...]
    indicators: tuple[IndicatorNote, ...]
    needs: tuple[Need, ...]
    money: tuple[MoneyLine, ...]
    decisions: tuple[DecisionNote, ...]
    published_on: date | None
    waiting: int
    progress_gathered: Gathered | None = None

    def words_of(self, vocabulary: Vocabulary) -> tuple[SheetWord, ...]:
        """The words of one vocabulary, in their order."""
        return tuple(word for word in self.words if word.vocabulary is vocabulary)


def need_of(needs: Iterable[Need], nature: FundingNature, year: int | None = None) -> int | None:
    """The need of one nature (and of one year when given), in cents; None when no amount of it is known."""
    amounts = [
        need.amount for need in needs if need.nature is nature and year in (None, need.year) and need.amount is not None
    ]
    return sum(amounts) if amounts else None


def is_masked(
    is_sensitive: bool,
    value_type: ValueType,
    value: float | None,
    terms: tuple[float | None, float | None],
    text: str | None = None,
) -> bool:
    """Whether a value about persons may not be shown: too small itself, or made of numbers that are.

    `terms` are its numerator and denominator. A rate of which one is missing, or a text, may stand for any number of
    persons: it is masked.
    """
    if not is_sensitive:
        return False
    if text is not None:
        return True
    numerator, denominator = terms
    if numerator is not None and denominator is not None:
        return any(is_small(int(count)) for count in (numerator, denominator - numerator, denominator))
    return value is not None and (value_type is ValueType.RATE or is_small(int(value)))
