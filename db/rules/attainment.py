"""Attainment of an indicator's target: how the indicator adds up comes first.

- état: the last value; attainment = (value − baseline) / (target − baseline), rising or falling alike;
- activité de la période: each year from zero against that year's target, its months and quarters summed;
- cumul depuis le début: everything since the start, from zero; a running total covers the periods before it.

A provisional value of an unfinished period is not judged. Nothing is clipped, and an indicator is never late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose

from db.rules.people import may_be_added
from db.rules.periods import PeriodValue, Sum, add_up
from db.rules.vocabulary import Absence, Accumulation, CountedPeople, Direction, Labelled, ValueType

# « Maintien » without a band of its own: within 5 % of what is to be kept, on either side.
STEADY_SHARE = 0.05


class AttainmentWord(Labelled):
    """The word said of an indicator; « sans objet » when there is no target to reach or no better direction."""

    REACHED = "reached", "cible atteinte"
    ON_TRACK = "on_track", "conforme à la trajectoire"
    BELOW = "below", "en deçà de la cible"
    TO_CONFIRM = "to_confirm", "à confirmer"
    YEAR_RUNNING = "year_running", "année en cours"
    NOT_PROVIDED = "not_provided", "non renseigné"
    UNAVAILABLE = "unavailable", "non disponible"
    NOT_APPLICABLE = "not_applicable", "sans objet"


_ABSENCE_WORDS = {
    Absence.NOT_PROVIDED: AttainmentWord.NOT_PROVIDED,
    Absence.UNAVAILABLE: AttainmentWord.UNAVAILABLE,
    Absence.NOT_APPLICABLE: AttainmentWord.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value and the day it stands for: a baseline, or a target and the day it is due (31 December of a year)."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class IndicatorTerms:
    """What an indicator's values are judged by.

    `baseline` serves an état only. `band` is the half-width, in the indicator's unit, within which a
    « maintien » is kept.
    """

    accumulation: Accumulation
    direction: Direction
    targets: tuple[DatedValue, ...] = ()
    baseline: DatedValue | None = None
    band: float | None = None
    value_type: ValueType = ValueType.NUMBER
    counted: CountedPeople | None = None


@dataclass(frozen=True, slots=True)
class Attainment:
    """What may be said of an indicator on a day.

    `value` is the figure looked at (last value, year's or whole sum) and `as_of` the day it stands for;
    `target` the target it is set against; `expected` the value of the trajectory that day; `ratio` the
    attainment (1 = target reached), None when not judged or when a term is missing; `previous` the figure
    before it (of the previous year for an activity).
    """

    word: AttainmentWord
    value: float | None = None
    as_of: date | None = None
    target: DatedValue | None = None
    expected: float | None = None
    ratio: float | None = None
    previous: float | None = None


def attainment(terms: IndicatorTerms, values: Sequence[PeriodValue], on: date) -> Attainment:
    """What may be said of an indicator on a day, from its values known by then.

    Values of periods not begun are left out. Without any value, the word is the last reason given for it.
    """
    known = sorted((item for item in values if item.first <= on), key=lambda item: item.as_of)
    figures = [item for item in known if item.value is not None]
    if terms.value_type is ValueType.TEXT:
        return Attainment(AttainmentWord.NOT_APPLICABLE)
    if not figures:
        absence = (known[-1].absence if known else None) or Absence.NOT_PROVIDED
        return Attainment(_ABSENCE_WORDS[absence])
    if terms.accumulation is Accumulation.PERIOD_ACTIVITY:
        return _activity(terms, figures, on)
    if terms.accumulation is Accumulation.CUMULATIVE:
        return _cumulative(terms, figures, on)
    return _state(terms, figures, on)


def expected_value(anchors: Sequence[DatedValue], on: date) -> float | None:
    """The value of a trajectory on a day: linear between dated points, level after the last, None before the first."""
    ordered = sorted(anchors, key=lambda anchor: anchor.on)
    before = [anchor for anchor in ordered if anchor.on <= on]
    after = [anchor for anchor in ordered if anchor.on > on]
    if not before:
        return None
    if not after:
        return before[-1].value
    left, right = before[-1], after[0]
    return left.value + (right.value - left.value) * ((on - left.on).days / (right.on - left.on).days)


def target_in_force(targets: Sequence[DatedValue], on: date) -> DatedValue | None:
    """The first target due on a day or after it, else the last one; None without a target."""
    ordered = sorted(targets, key=lambda target: target.on)
    return next((target for target in ordered if target.on >= on), ordered[-1] if ordered else None)


def attainment_ratio(value: float, target: float, baseline: float) -> float | None:
    """(value − baseline) / (target − baseline), never clipped; None when baseline and target are the same."""
    return None if target == baseline else (value - baseline) / (target - baseline)


def _state(terms: IndicatorTerms, figures: Sequence[PeriodValue], on: date) -> Attainment:
    last = figures[-1]
    seen = add_up([last], last.first, last.last)
    previous = figures[-2].value if len(figures) > 1 else None
    anchors = terms.targets if terms.baseline is None else (terms.baseline, *terms.targets)
    baseline = None if terms.baseline is None else terms.baseline.value
    return _along_trajectory(terms, seen, previous, anchors, baseline, _is_unfinished(figures, on))


def _cumulative(terms: IndicatorTerms, figures: Sequence[PeriodValue], on: date) -> Attainment:
    start = min(item.first for item in figures)
    end = max(item.last for item in figures)
    seen = add_up(figures, start, end, may_be_added(terms.counted))
    before = add_up([item for item in figures if item.last < end], start, end, may_be_added(terms.counted))
    anchors = (DatedValue(start, 0.0), *terms.targets)
    previous = None if before is None else before.value
    return _along_trajectory(terms, seen, previous, anchors, 0.0, _is_unfinished(figures, on))


def _is_unfinished(figures: Sequence[PeriodValue], on: date) -> bool:
    """Whether the last value is provisional and its period is not over."""
    return figures[-1].is_provisional and on <= figures[-1].last


def _along_trajectory(
    terms: IndicatorTerms,
    seen: Sum | None,
    previous: float | None,
    anchors: Sequence[DatedValue],
    baseline: float | None,
    is_unfinished: bool,
) -> Attainment:
    """The word for a figure set against dated targets."""
    if seen is None:
        return Attainment(AttainmentWord.NOT_PROVIDED)
    target = target_in_force(terms.targets, seen.as_of)
    if target is None or terms.direction is Direction.NEUTRAL:
        return Attainment(AttainmentWord.NOT_APPLICABLE, seen.value, seen.as_of, target, previous=previous)
    if is_unfinished:
        return Attainment(AttainmentWord.YEAR_RUNNING, seen.value, seen.as_of, target, previous=previous)
    steady = terms.direction is Direction.STEADY
    expected = target.value if steady else expected_value(anchors, seen.as_of)
    ratio = (
        None
        if steady or baseline is None or not seen.is_whole
        else attainment_ratio(seen.value, target.value, baseline)
    )
    is_alone = previous is None and seen.as_of < target.on
    word = _trajectory_word(terms, seen, target.value, None if is_alone else expected)
    return Attainment(word, seen.value, seen.as_of, target, expected, ratio, previous)


def _trajectory_word(terms: IndicatorTerms, seen: Sum, target: float, expected: float | None) -> AttainmentWord:
    """Reached, else set against the value expected; « à confirmer » when there is none to trust."""
    if _verdict(terms, seen, target):
        return AttainmentWord.REACHED
    on_track = None if expected is None else _verdict(terms, seen, expected)
    if on_track is None:
        return AttainmentWord.TO_CONFIRM
    return AttainmentWord.ON_TRACK if on_track else AttainmentWord.BELOW


def _activity(terms: IndicatorTerms, figures: Sequence[PeriodValue], on: date) -> Attainment:
    year = max(item.last.year for item in figures)
    seen = _year_sum(terms, figures, year)
    if seen is None:
        # A period over two years (a school year) belongs to neither year's target.
        return Attainment(AttainmentWord.TO_CONFIRM, figures[-1].value, figures[-1].as_of)
    before = _year_sum(terms, figures, year - 1)
    target = next((target for target in terms.targets if target.on.year == year), None)
    is_over = on > date(year, 12, 31)
    word = _activity_word(terms, seen, target, year, on) if is_over else _running_word(terms)
    ratio = None
    if is_over and seen.is_whole and target is not None and terms.direction is not Direction.NEUTRAL:
        ratio = attainment_ratio(seen.value, target.value, 0.0)
    return Attainment(
        word, seen.value, seen.as_of, target, ratio=ratio, previous=None if before is None else before.value
    )


def _running_word(terms: IndicatorTerms) -> AttainmentWord:
    if terms.direction is Direction.NEUTRAL or not terms.targets:
        return AttainmentWord.NOT_APPLICABLE
    return AttainmentWord.YEAR_RUNNING


def _activity_word(terms: IndicatorTerms, seen: Sum, target: DatedValue | None, year: int, on: date) -> AttainmentWord:
    """The word for the sum of a year that is over."""
    if terms.direction is Direction.NEUTRAL:
        return AttainmentWord.NOT_APPLICABLE
    if target is None:
        return _word_without_target(terms.targets, year, on)
    reached = _verdict(terms, seen, target.value)
    if reached is None:
        return AttainmentWord.TO_CONFIRM
    return AttainmentWord.REACHED if reached else AttainmentWord.BELOW


def _year_sum(terms: IndicatorTerms, figures: Sequence[PeriodValue], year: int) -> Sum | None:
    return add_up(figures, date(year, 1, 1), date(year, 12, 31), may_be_added(terms.counted))


def _word_without_target(targets: Sequence[DatedValue], year: int, on: date) -> AttainmentWord:
    """The last year with a value has no target: the word is that of the first later year which has one."""
    later = min((target.on.year for target in targets if target.on.year > year), default=None)
    if later is None or later > on.year:
        return AttainmentWord.NOT_APPLICABLE
    return AttainmentWord.YEAR_RUNNING if later == on.year else AttainmentWord.NOT_PROVIDED


def _verdict(terms: IndicatorTerms, seen: Sum, bound: float) -> bool | None:
    """Whether a figure meets a bound; None when parts of it are missing that could change the answer."""
    meets = _meets(terms, seen.value, bound)
    if seen.is_whole:
        return meets
    is_settled = meets if terms.direction is Direction.UP else not meets and terms.direction is Direction.DOWN
    return meets if is_settled else None


def _meets(terms: IndicatorTerms, value: float, bound: float) -> bool:
    """Whether a value is at a bound or beyond it on the good side; within the band for a « maintien »."""
    if isclose(value, bound, rel_tol=1e-9):
        return True
    if terms.direction is Direction.STEADY:
        band = abs(bound) * STEADY_SHARE if terms.band is None else terms.band
        return abs(value - bound) <= band
    return value < bound if terms.direction is Direction.DOWN else value > bound
