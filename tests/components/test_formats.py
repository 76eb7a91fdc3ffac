from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import formats
from db.rules.vocabulary import Absence, DatePrecision

OCTOBER = date(2026, 10, 1)


def said(text: str) -> str:
    """What is read, whatever the kind of space."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_thousands_are_parted_and_the_decimal_sign_is_a_comma():
    assert said(formats.number(1234567.5)) == "1 234 567,5"


def test_a_number_never_breaks_at_the_end_of_a_line():
    assert " " not in formats.number(1234567) + formats.money(46210000) + formats.percent(52) + formats.plural(
        23, "fiche"
    )


def test_a_number_keeps_no_useless_zero_and_no_more_decimals_than_asked():
    assert [formats.number(8.0), formats.number(8.456), formats.number(8.456, 0)] == ["8", "8,46", "8"]


@pytest.mark.parametrize(
    ("cents", "shown"),
    [(46210000, "462 100 €"), (123450, "1 234,50 €"), (0, "0 €"), (-1230, "-12,30 €"), (5, "0,05 €")],
)
def test_an_amount_in_cents_is_shown_in_euros(cents: int, shown: str):
    assert said(formats.money(cents)) == shown


@given(st.integers(-(10**12), 10**12))
def test_no_cent_is_lost_on_screen(cents: int):
    figure = said(formats.money(cents)).removesuffix(" €").replace(" ", "")
    whole, _, rest = figure.lstrip("-").partition(",")
    assert int(whole) * 100 + int(rest or 0) == abs(cents)


def test_a_percentage_is_given_in_points():
    assert [said(formats.percent(52.4)), said(formats.percent(8.25, 1)), said(formats.percent(100))] == [
        "52 %",
        "8,2 %",
        "100 %",
    ]


def test_the_first_of_a_month_is_written_premier():
    assert [said(formats.day(OCTOBER)), said(formats.day(date(2026, 6, 23)))] == ["1er octobre 2026", "23 juin 2026"]


@pytest.mark.parametrize(
    ("precision", "long", "short"),
    [
        (DatePrecision.DAY, "23 juin 2026", "23/06/2026"),
        (DatePrecision.MONTH, "juin 2026", "juin 2026"),
        (DatePrecision.QUARTER, "2e trimestre 2026", "T2 2026"),
        (DatePrecision.HALF_YEAR, "1er semestre 2026", "S1 2026"),
        (DatePrecision.YEAR, "2026", "2026"),
    ],
)
def test_a_date_is_shown_as_precisely_as_it_was_typed(precision: DatePrecision, long: str, short: str):
    june = date(2026, 6, 23)
    assert (said(formats.fuzzy(june, precision)), formats.short_fuzzy(june, precision)) == (long, short)


@pytest.mark.parametrize(("month", "quarter", "half"), [(1, 1, 1), (3, 1, 1), (4, 2, 1), (7, 3, 2), (12, 4, 2)])
def test_quarters_and_half_years_begin_where_the_calendar_says(month: int, quarter: int, half: int):
    day = date(2025, month, 28)
    assert formats.short_fuzzy(day, DatePrecision.QUARTER) == f"T{quarter} 2025"
    assert formats.short_fuzzy(day, DatePrecision.HALF_YEAR) == f"S{half} 2025"


def test_a_period_says_which_end_is_known():
    start, end = date(2024, 3, 1), date(2028, 12, 31)
    assert formats.period(start, end) == "mars 2024 → déc. 2028"
    assert formats.period(start, None) == "depuis mars 2024"
    assert formats.period(None, end) == "jusqu'à déc. 2028"
    assert formats.period(None, None) == "dates non renseignées"


def test_an_instant_is_shown_in_the_time_zone_of_the_initiative():
    at = datetime(2026, 10, 1, 22, 5, tzinfo=UTC)
    assert said(formats.instant(at, ZoneInfo("Indian/Reunion"))) == "2 octobre 2026 à 2 h 05"
    assert said(formats.clock(at, ZoneInfo("America/Cayenne"))) == "19 h 05"


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (date(2026, 10, 1), "aujourd'hui"),
        (date(2026, 9, 30), "hier"),
        (date(2026, 10, 2), "demain"),
        (date(2026, 9, 18), "il y a 13 jours"),
        (date(2026, 9, 1), "il y a 4 semaines"),
        (date(2026, 3, 1), "il y a 7 mois"),
        (date(2026, 3, 2), "il y a 6 mois"),
        (date(2024, 10, 1), "il y a 2 ans"),
        (date(2027, 1, 1), "dans 3 mois"),
    ],
)
def test_a_distance_in_time_counts_whole_units_passed(then: date, shown: str):
    assert said(formats.ago(then, OCTOBER)) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0 fiche"), (1, "1 fiche"), (1.5, "1,5 fiche"), (2, "2 fiches")])
def test_the_plural_begins_at_two(count: float, shown: str):
    assert said(formats.plural(count, "fiche")) == shown


def test_an_irregular_plural_is_given():
    assert said(formats.plural(3, "fiche action", "fiches actions")) == "3 fiches actions"


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "aucune fiche"), (1, "une fiche"), (3, "trois fiches"), (10, "dix fiches"), (12, "12 fiches")],
)
def test_small_counts_are_spelt_in_sentences(count: int, shown: str):
    assert formats.spelt(count, "fiche", feminine=True) == shown


def test_a_figure_says_its_base():
    assert said(formats.out_of(18, 22, "fiche")) == "18 fiches sur 22"


def test_a_list_ends_with_et():
    assert [formats.listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a et b",
        "a, b et c",
    ]


def test_a_sentence_takes_its_capital_without_losing_its_acronyms():
    assert formats.sentence_case("trois fiches de l'ARS") == "Trois fiches de l'ARS"


def test_the_four_kinds_of_nothing_never_look_alike():
    looks = {formats.nothing(absence) for absence in Absence} | {formats.number(0)}
    assert len(looks) == 4


def test_what_cannot_be_had_or_has_no_meaning_says_why():
    assert formats.nothing(Absence.UNAVAILABLE, "secret statistique") == ":gray[non disponible (secret statistique)]"
    assert formats.nothing(Absence.NOT_APPLICABLE, "action ponctuelle") == ":gray[— action ponctuelle]"
    assert formats.plain_nothing(Absence.NOT_APPLICABLE, "action ponctuelle") == "sans objet (action ponctuelle)"
