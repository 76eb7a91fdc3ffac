import tomllib
from itertools import combinations

import pytest

from components import theme
from db.rules.vocabulary import Outcome, Status, Weather
from tests.components import colour
from tests.house import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
APPEARANCES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
NAMED = ("red", "orange", "yellow", "blue", "green", "violet", "gray")
TEXT, MARK = 4.5, 3.0


def section(dark: bool) -> dict:
    return CONFIG["dark" if dark else "light"]


def looks() -> list[theme.Look]:
    return [*theme.STATUS_LOOKS.values(), theme.NO_STATUS, theme.LATE, theme.TO_DISCUSS]


@APPEARANCES
def test_the_settings_and_the_code_name_the_same_colours(dark: bool):
    surface, said = theme.surface(dark), section(dark)
    assert (surface.background, surface.card) == (said["backgroundColor"], said["secondaryBackgroundColor"])
    assert (surface.ink, surface.grey, surface.primary) == (
        said["textColor"],
        said["grayTextColor"],
        said["primaryColor"],
    )
    assert list(theme.categories(dark)) == said["chartCategoricalColors"]


@APPEARANCES
def test_text_is_read_on_the_page_and_on_cards(dark: bool):
    surface = theme.surface(dark)
    words = [surface.ink, surface.grey, surface.primary, *(look.colour(dark) for look in looks())]
    grounds = (surface.background, surface.card)
    assert [(w, g) for w in words for g in grounds if colour.contrast(w, g) < TEXT] == []


@APPEARANCES
def test_a_badge_is_read_on_its_own_ground(dark: bool):
    said = section(dark)
    assert [n for n in NAMED if colour.contrast(said[f"{n}TextColor"], said[f"{n}BackgroundColor"]) < TEXT] == []


@APPEARANCES
def test_a_category_is_seen_on_the_page(dark: bool):
    page = theme.surface(dark).background
    assert [c for c in theme.categories(dark) if colour.contrast(c, page) < MARK] == []


@APPEARANCES
def test_two_categories_stay_apart_for_colour_blind_readers(dark: bool):
    """Distance CIE76, 25 and more, in normal vision and in the three colour blindnesses."""
    pairs = combinations(theme.categories(dark), 2)
    near = {pair: min(colour.distance(*pair, vision) for vision in colour.VISIONS) for pair in pairs}
    assert {pair: far for pair, far in near.items() if far < 25} == {}


def test_the_ruler_tells_the_default_palette_of_charts_apart_from_ours():
    """Streamlit's neighbours #0068c9 and #83c9ff are close, and red and green fall together for a deuteranope."""
    assert colour.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colour.distance("#6b8e23", "#b8860b", "deutan") < 25 < colour.distance("#0068c9", "#ffffff", "normal")


def test_every_status_and_every_meteo_has_a_look_of_its_own():
    assert set(theme.STATUS_LOOKS) == set(Status)
    assert len({look.icon for look in looks()}) == len(looks())
    assert set(theme.WEATHER_ICONS) == set(Weather)
    assert len(set(theme.WEATHER_ICONS.values())) == len(Weather)


@pytest.mark.parametrize("status", [None, *Status])
def test_a_status_is_an_icon_and_a_word_never_a_colour_alone(status: Status | None):
    badge = theme.status_badge(status)
    assert theme.status_look(status).material in badge
    assert theme.status_word(status) in badge


def test_a_sheet_without_status_says_so():
    assert "non renseigné" in theme.status_badge(None)


def test_the_outcome_is_said_where_it_changes_the_meaning():
    assert theme.status_word(Status.DONE, Outcome.FULL) == "terminée"
    assert theme.status_word(Status.DONE, Outcome.PARTIAL) == "terminée (partiellement réalisée)"
    assert theme.status_word(Status.ONGOING, Outcome.NONE) == "en cours"


def test_a_meteo_nobody_gave_is_not_a_sun():
    assert theme.weather_text(None) == "non renseignée"
    assert theme.weather_text(Weather.STORM) == ":material/thunderstorm: orage"
