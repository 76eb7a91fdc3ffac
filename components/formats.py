"""French, as it is read: numbers, amounts, dates, durations, plurals, and the four kinds of nothing.

Everything is a string made here, so that what is shown does not depend on the reader's browser. Thousands are parted
by U+202F and units by a no-break space, so that no figure is cut at the end of a line.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from db.rules.plurals import agree as agree
from db.rules.sheet import Gathered
from db.rules.vocabulary import Absence, DatePrecision

LOCALE = "fr_FR"
NBSP = "\u00a0"
SMALL_NUMBERS = ("", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


@lru_cache(maxsize=4096)
def number(value: float, decimals: int = 2) -> str:
    """« 1 234,5 »: at most `decimals` decimals, and no useless zero."""
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=LOCALE)


@lru_cache(maxsize=4096)
def money(cents: int) -> str:
    """« 462 100 € », from integer cents; the cents are shown only where there are some."""
    pattern = "#,##0\u00a0¤" if cents % 100 == 0 else "#,##0.00\u00a0¤"
    return format_currency(cents / 100, "EUR", format=pattern, locale=LOCALE, currency_digits=False)


@lru_cache(maxsize=4096)
def percent(points: float, decimals: int = 0) -> str:
    """« 52 % », from percentage points (52, not 0.52)."""
    pattern = f"#,##0.{'#' * decimals}\u202f%" if decimals else "#,##0\u202f%"
    return format_percent(points / 100, format=pattern, locale=LOCALE)


@lru_cache(maxsize=4096)
def day(value: date) -> str:
    """« 1er octobre 2026 »."""
    if value.day == 1:
        return f"1er{NBSP}{format_date(value, 'MMMM yyyy', locale=LOCALE)}"
    return format_date(value, "d\u00a0MMMM yyyy", locale=LOCALE)


@lru_cache(maxsize=4096)
def short_day(value: date) -> str:
    """« 01/10/2026 », for tables."""
    return format_date(value, "dd/MM/yyyy", locale=LOCALE)


@lru_cache(maxsize=4096)
def noted_day(value: date) -> str:
    """« 12 janv. 2027 », inside a note."""
    if value.day == 1:
        return f"1er{NBSP}{format_date(value, 'MMM yyyy', locale=LOCALE)}"
    return format_date(value, "d\u00a0MMM yyyy", locale=LOCALE)


def gathered(told: Gathered) -> str:
    """« recueilli par téléphone le 12 janv. 2027 »."""
    return f"recueilli {told.how.label_fr} le {noted_day(told.on)}"


@lru_cache(maxsize=4096)
def month(value: date) -> str:
    """« mars 2024 »."""
    return format_date(value, "MMMM yyyy", locale=LOCALE)


@lru_cache(maxsize=4096)
def short_month(value: date) -> str:
    """« déc. 2028 »."""
    return format_date(value, "MMM yyyy", locale=LOCALE)


def fuzzy(value: date, precision: DatePrecision) -> str:
    """A date as precisely as it was typed: « 1er octobre 2026 », « mars 2024 », « 2e trimestre 2025 », « 2026 »."""
    match precision:
        case DatePrecision.DAY:
            return day(value)
        case DatePrecision.MONTH:
            return month(value)
        case DatePrecision.QUARTER:
            return f"{_ordinal((value.month + 2) // 3)} trimestre {value.year}"
        case DatePrecision.HALF_YEAR:
            return f"{_ordinal((value.month + 5) // 6)} semestre {value.year}"
        case DatePrecision.YEAR:
            return str(value.year)


def short_fuzzy(value: date, precision: DatePrecision) -> str:
    """The same for tables and axes: « 01/10/2026 », « mars 2024 », « T2 2025 », « S1 2025 », « 2026 »."""
    match precision:
        case DatePrecision.DAY:
            return short_day(value)
        case DatePrecision.MONTH:
            return short_month(value)
        case DatePrecision.QUARTER:
            return f"T{(value.month + 2) // 3} {value.year}"
        case DatePrecision.HALF_YEAR:
            return f"S{(value.month + 5) // 6} {value.year}"
        case DatePrecision.YEAR:
            return str(value.year)


def period(starts: date | None, ends: date | None) -> str:
    """« mars 2024 → déc. 2028 », « depuis mars 2024 », « jusqu'à déc. 2028 », or « dates non renseignées »."""
    if starts and ends:
        return f"{short_month(starts)} → {short_month(ends)}"
    if starts:
        return f"depuis {short_month(starts)}"
    if ends:
        return f"jusqu'à {short_month(ends)}"
    return "dates non renseignées"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """« 14 h 32 »: an aware instant, in the initiative's own time zone."""
    local = at.astimezone(zone)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """« 1er octobre 2026 à 14 h 32 »: an aware instant, in the initiative's own time zone."""
    return f"{day(at.astimezone(zone).date())} à {clock(at, zone)}"


def ago(then: date, on: date) -> str:
    """How far `then` is from `on`: « aujourd'hui », « hier », « il y a 7 mois », « dans 3 jours »."""
    days = (on - then).days
    if days == 0:
        return "aujourd'hui"
    if abs(days) == 1:
        return "hier" if days > 0 else "demain"
    distance = _distance(min(then, on), max(then, on))
    return f"il y a {distance}" if days > 0 else f"dans {distance}"


def _distance(earlier: date, later: date) -> str:
    """Days under two weeks, weeks under two months, months under two years, then years; always whole ones passed."""
    days = (later - earlier).days
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    if days < 14:
        return plural(days, "jour")
    if months < 2:
        return plural(days // 7, "semaine")
    if months < 24:
        return f"{months}{NBSP}mois"
    return plural(months // 12, "an")


def plural(count: float, singular: str, several: str | None = None) -> str:
    """« 0 fiche », « 1 fiche », « 2 fiches »: in French the plural begins at two."""
    return f"{number(count)}{NBSP}{agree(count, singular, several)}"


def denied(verb: str) -> str:
    """The verb of « aucune fiche … »: « n'attend », « ne manque »."""
    return f"n'{verb}" if verb[0] in "aeiouyéèêh" else f"ne {verb}"


def spelt(count: int, singular: str, several: str | None = None, *, feminine: bool = False) -> str:
    """For sentences: « aucune fiche », « une fiche », « trois fiches », « 12 fiches »."""
    ending = "e" if feminine else ""
    if count == 0:
        return f"aucun{ending} {singular}"
    if count == 1:
        return f"un{ending} {singular}"
    words = SMALL_NUMBERS[count] if count < len(SMALL_NUMBERS) else number(count)
    return f"{words} {agree(count, singular, several)}"


def out_of(known: int, total: int, singular: str, several: str | None = None) -> str:
    """The base of a figure: « 18 fiches sur 22 »."""
    return f"{plural(known, singular, several)} sur{NBSP}{number(total)}"


def listing(items: Sequence[str]) -> str:
    """« a, b et c »."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} et {items[-1]}"


def sentence_case(text: str) -> str:
    """The first letter in capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def nothing(absence: Absence, reason: str | None = None) -> str:
    """A figure that is not there, as Markdown: each kind of nothing has its own look, and none looks like a zero.

    Grey italic for what nobody typed yet, a dash with its reason for what has no meaning here, a grey word for what
    exists but cannot be had.
    """
    because = f" ({reason})" if reason else ""
    match absence:
        case Absence.NOT_PROVIDED:
            return f":gray[*{absence.label_fr}*]"
        case Absence.NOT_APPLICABLE:
            return f":gray[— {reason or absence.label_fr}]"
        case Absence.UNAVAILABLE:
            return f":gray[{absence.label_fr}{because}]"


def plain_nothing(absence: Absence, reason: str | None = None) -> str:
    """The same where Markdown is not read (tables, files): the word, and the reason in brackets."""
    return f"{absence.label_fr} ({reason})" if reason else absence.label_fr


def _ordinal(rank: int) -> str:
    return "1er" if rank == 1 else f"{rank}e"
