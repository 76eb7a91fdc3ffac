"""How a status, a météo and a category look: an icon, a word and a colour, never a colour alone.

The colours are those of `.streamlit/config.toml`; a test holds the two together, their contrast with
the page behind them, and the distance between the categories as colour-blind readers see them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from db.rules.vocabulary import Outcome, Status, Weather


@dataclass(frozen=True, slots=True)
class Look:
    """An icon of Streamlit's own set, a colour for each appearance, and the nearest colour name of its Markdown."""

    icon: str
    light: str
    dark: str
    markdown: str

    def colour(self, dark: bool) -> str:
        """The hexadecimal colour in the dark appearance, or in the light one."""
        return self.dark if dark else self.light

    @property
    def material(self) -> str:
        """The icon as Streamlit's `icon=` parameters and Markdown write it."""
        return f":material/{self.icon}:"


@dataclass(frozen=True, slots=True)
class Surface:
    """What a page is drawn on in one appearance: hexadecimal colours."""

    background: str
    card: str
    ink: str
    grey: str
    primary: str


LIGHT = Surface("#ffffff", "#f6f5f1", "#1c1f26", "#545b67", "#0a6b6b")
DARK = Surface("#14171c", "#1d2129", "#eceef2", "#aab2bf", "#4cc2bd")

STATUS_LOOKS: Mapping[Status, Look] = {
    Status.PLANNED: Look("schedule", "#5d6b82", "#9aa8c0", "gray"),
    Status.ONGOING: Look("play_circle", "#1f5fbf", "#7db1ff", "blue"),
    Status.POSTPONED: Look("event_repeat", "#006d8f", "#66c7e0", "blue"),
    Status.PAUSED: Look("pause_circle", "#8a5a00", "#e0b04a", "yellow"),
    Status.BLOCKED: Look("block", "#b3261e", "#ff8a80", "red"),
    Status.DONE: Look("check_circle", "#1b7a4b", "#63c795", "green"),
    Status.DROPPED: Look("cancel", "#6f6f6f", "#a8a8a8", "gray"),
}
NO_STATUS = Look("help", LIGHT.grey, DARK.grey, "gray")
TO_DISCUSS = Look("forum", "#7a3fa0", "#cfa0f0", "violet")
LATE = Look("warning", "#c2410c", "#ff9f66", "orange")

WEATHER_ICONS: Mapping[Weather, str] = {
    Weather.SUNNY: ":material/sunny:",
    Weather.OVERCAST: ":material/partly_cloudy_day:",
    Weather.CLOUDY: ":material/cloudy:",
    Weather.STORM: ":material/thunderstorm:",
}

# Funders and other categories: then direct labels. Lightened for the dark page, where the first would fall under 3:1.
CATEGORIES_LIGHT = ("#5a52c6", "#9000ff", "#9e456e", "#05a0c8", "#ae8b6c", "#df4013")
CATEGORIES_DARK = ("#6a63cc", "#9b19ff", "#a8587c", "#37b3d3", "#bea289", "#df4013")


def surface(dark: bool) -> Surface:
    """What a page is drawn on in the dark appearance, or in the light one."""
    return DARK if dark else LIGHT


def categories(dark: bool) -> tuple[str, ...]:
    """The six colours of categories, in the order in which they are given out."""
    return CATEGORIES_DARK if dark else CATEGORIES_LIGHT


def status_look(status: Status | None) -> Look:
    """The look of a status, or of a sheet that has none."""
    return NO_STATUS if status is None else STATUS_LOOKS[status]


def status_word(status: Status | None, outcome: Outcome | None = None) -> str:
    """The word shown: « terminée (partiellement réalisée) » where the outcome says more than the status."""
    if status is None:
        return "non renseigné"
    if status is Status.DONE and outcome in (Outcome.PARTIAL, Outcome.NONE):
        return f"{status.label_fr} ({outcome.label_fr})"
    return status.label_fr


def status_badge(status: Status | None, outcome: Outcome | None = None) -> str:
    """A status as Markdown: its icon and its word on a tinted ground."""
    look = status_look(status)
    return f":{look.markdown}-badge[{look.material} {status_word(status, outcome)}]"


def late_badge() -> str:
    """« en retard » as Markdown: a computed fact, laid beside a status."""
    return f":{LATE.markdown}-badge[{LATE.material} en retard]"


def to_discuss_badge() -> str:
    """The flag « à discuter » as Markdown."""
    return f":{TO_DISCUSS.markdown}-badge[{TO_DISCUSS.material} à discuter]"


def weather_text(weather: Weather | None) -> str:
    """A météo as Markdown: its icon and its word, or « non renseignée »."""
    return "non renseignée" if weather is None else f"{WEATHER_ICONS[weather]} {weather.label_fr}"
