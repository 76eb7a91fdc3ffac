"""Reading of dates and periods as people type them, with the precision they were typed with."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from db.rules.dates import FuzzyDate, first_day, last_day
from db.rules.reading import Cell, Reading, absence_of, is_dash, reader_of_words, text_of
from db.rules.text import fold
from db.rules.vocabulary import Absence, DatePrecision

FIRST_YEAR, LAST_YEAR = 1990, 2100
ACCEPTED = "Accepté : 21/11/2026, 11/2026, 2026, T2 2026, S1 2026, mars 2026."

_EXCEL_EPOCH = dt.date(1899, 12, 30)
_MONTH_NAMES = [
    ("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars", "mar"), ("avril", "avr"), ("mai",), ("juin",),
    ("juillet", "juil"), ("aout",), ("septembre", "sept", "sep"), ("octobre", "oct"), ("novembre", "nov"),
    ("decembre", "dec"),
]  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_WEEKDAYS = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),? )?"
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ][\d:.z+]*)?")
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})|(\d{4})-(\d{2})")
_YEAR = re.compile(r"(\d{4})")
_WRITTEN = re.compile(rf"{_WEEKDAYS}(?:(\d{{1,2}})(?:er)? )?([a-z]+)\.? (\d{{4}})")
_QUARTER = re.compile(
    r"t ?([1-4])[ /\-]?(\d{4})|(\d{4})[ /\-]?t([1-4])|([1-4])(?:er|e|eme|nd)? trimestre (?:de )?(\d{4})"
)
_HALF = re.compile(r"s ?([12])[ /\-]?(\d{4})|(\d{4})[ /\-]?s([12])|([12])(?:er|e|eme|nd)? semestre (?:de )?(\d{4})")
_BEFORE_PERIOD = re.compile(r"^(?:de|du|des|d'|entre) ?(?=\S)")
_BETWEEN = re.compile(r" (?:a|au|jusqu'a|jusqu'au|-|->|→|/) |→|->")
_YEARS = re.compile(r"(\d{4}) ?[-/] ?(\d{4})")
_DIGIT = re.compile(r"\d")
_LEADING = re.compile(r"^(?:le|en|au|du|des|depuis|a partir de) ")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_APPROACHED = re.compile(r"(?:fin|debut|mi|courant|milieu|avant|apres|vers|printemps|ete|automne|hiver)\b")
_WORD_AND_NUMBER = re.compile(r"(?!sem)[a-z]+\.?[- ]\d{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """A start and an end read from one cell (« 2024-2026 »)."""

    starts: FuzzyDate
    ends: FuzzyDate


def read_date(cell: Cell, *, end: bool = False) -> Reading[FuzzyDate]:
    """A date with the precision typed; its day is the first of the period for a start, the last for an end.

    Numbers are Excel serials (47727 is 1 September 2030) or a year; a day that does not exist, an American order or a
    week is refused with a sentence.
    """
    if cell is None or isinstance(cell, str):
        return _end_written(cell) if end else _start_written(cell)
    raw = text_of(cell)
    if isinstance(cell, bool):
        return Reading(reason=f"Une case à cocher n'est pas une date. {ACCEPTED}", raw=raw)
    if isinstance(cell, dt.date):
        day = cell.date() if isinstance(cell, dt.datetime) else cell
        return _reading(raw, _checked(day, DatePrecision.DAY), end)
    return _reading(raw, _from_number(float(cell)), end)


@reader_of_words
def _start_written(raw: str) -> Reading[FuzzyDate]:
    return _written_date(raw, end=False)


@reader_of_words
def _end_written(raw: str) -> Reading[FuzzyDate]:
    return _written_date(raw, end=True)


def _written_date(raw: str, *, end: bool) -> Reading[FuzzyDate]:
    if (nothing := absence_of(raw)) is not None or is_dash(raw):
        return Reading(absence=nothing or Absence.NOT_PROVIDED, raw=raw)
    return _reading(raw, _from_text(raw), end)


def _reading(raw: str, found: FuzzyDate | str, end: bool) -> Reading[FuzzyDate]:
    """The date found on its side of the period, or the sentence saying why there is none."""
    if isinstance(found, str):
        return Reading(reason=found, raw=raw)
    return Reading(value=_sided(found, end), raw=raw)


def read_period(cell: Cell) -> Reading[Period]:
    """« 2024-2026 », « de mars 2024 à juin 2025 », « T2 2025 », « 2025 »."""
    if cell is None or isinstance(cell, str):
        return _written_period(cell)
    return _period(text_of(cell), read_date(cell))


@reader_of_words
def _written_period(raw: str) -> Reading[Period]:
    return _period(raw, _written_date(raw, end=False))


def _period(raw: str, whole: Reading[FuzzyDate]) -> Reading[Period]:
    """The period a text says, `whole` being what it says when read as one date."""
    if whole.absence is not None:
        return Reading(absence=whole.absence, raw=raw)
    if whole.value is not None:
        return Reading(value=Period(whole.value, _sided(whole.value, True)), raw=raw)
    text = _BEFORE_PERIOD.sub("", fold(raw[:80]))
    years = _YEARS.fullmatch(text)
    sides = list(years.groups()) if years else _BETWEEN.split(text)
    if len(sides) == 2:
        starts, ends = read_date(sides[0]), read_date(sides[1], end=True)
        if starts.value and ends.value and starts.value.day <= ends.value.day:
            return Reading(value=Period(starts.value, ends.value), raw=raw)
    return Reading(
        reason="Période non comprise. Accepté : 2024-2026, de mars 2024 à juin 2025, T2 2025, 2025.", raw=raw
    )


def _sided(date: FuzzyDate, end: bool) -> FuzzyDate:
    return FuzzyDate(last_day(date) if end else first_day(date), date.precision)


def _checked(day: dt.date, precision: DatePrecision) -> FuzzyDate | str:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return f"L'année {day.year} est hors de {FIRST_YEAR}-{LAST_YEAR}. {ACCEPTED}"
    return FuzzyDate(day, precision)


@lru_cache(maxsize=4096)
def _from_number(number: float) -> FuzzyDate | str:
    if number != number or not 1 <= number <= 99_999:
        return f"Ce nombre n'est pas une date. {ACCEPTED}"
    if FIRST_YEAR <= number <= LAST_YEAR and number == int(number):
        return FuzzyDate(dt.date(int(number), 1, 1), DatePrecision.YEAR)
    return _checked(_EXCEL_EPOCH + dt.timedelta(days=int(number)), DatePrecision.DAY)


def _from_text(raw: str) -> FuzzyDate | str:
    text = _LEADING.sub("", fold(raw[:80])).strip(" .")
    if not _DIGIT.search(text):
        return _why_no_date(text)
    if _SERIAL.fullmatch(text):
        return _from_number(float(text.replace(",", ".")))
    if found := _DAY.fullmatch(text):
        return _day(found[3], found[2], found[1])
    if found := _ISO_DAY.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _MONTH.fullmatch(text):
        return _month(found[2] or found[3], int(found[1] or found[4]))
    if found := _YEAR.fullmatch(text):
        return _checked(dt.date(max(1, int(found[1])), 1, 1), DatePrecision.YEAR)
    for pattern, months, precision in ((_QUARTER, 3, DatePrecision.QUARTER), (_HALF, 6, DatePrecision.HALF_YEAR)):
        if found := pattern.fullmatch(text):
            rank, year = found[1] or found[4] or found[5], found[2] or found[3] or found[6]
            return _checked(dt.date(max(1, int(year)), (int(rank) - 1) * months + 1, 1), precision)
    return _written(text)


def _written(text: str) -> FuzzyDate | str:
    found = _WRITTEN.fullmatch(text)
    month = _MONTHS.get(found[2]) if found else None
    if found and month:
        return _day(found[3], str(month), found[1]) if found[1] else _month(found[3], month)
    return _why_no_date(text)


def _why_no_date(text: str) -> str:
    if _APPROACHED.match(text):
        return f"Date approchée : dire un mois, un trimestre ou une année. {ACCEPTED}"
    if _WORD_AND_NUMBER.fullmatch(text):
        return f"On ne sait si le nombre est un jour ou une année. {ACCEPTED}"
    if _YEARS.fullmatch(text):
        return f"C'est une période, pas une date : séparer début et fin. {ACCEPTED}"
    return f"Ce n'est pas une date. {ACCEPTED}"


def _day(year: str, month: str, day: str) -> FuzzyDate | str:
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    if int(month) > 12 and int(day) <= 12:
        return f"Le mois {month} n'existe pas : la date est peut-être à l'américaine (mois, jour, année). {ACCEPTED}"
    try:
        return _checked(dt.date(full_year, int(month), int(day)), DatePrecision.DAY)
    except ValueError:
        return f"Ce jour n'existe pas au calendrier. {ACCEPTED}"


def _month(year: str, month: int) -> FuzzyDate | str:
    if not 1 <= month <= 12:
        return f"Le mois {month} n'existe pas. {ACCEPTED}"
    return _checked(dt.date(max(1, int(year)), month, 1), DatePrecision.MONTH)
