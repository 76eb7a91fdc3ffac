"""How a change is said: in the words of whoever reads the plan."""

from dataclasses import replace
from datetime import date

from components.changes import line
from db.rules.dates import FuzzyDate
from db.rules.points import (
    AmountSaid,
    Change,
    DecisionSaid,
    IndicatorPicture,
    LinePicture,
    Presence,
    ProgressSaid,
    Said,
    StatusSaid,
    WeatherSaid,
    Where,
)
from db.rules.sheet import Aim, MoneyLine, Reading
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    FundingDecision,
    FundingNature,
    FundingStage,
    MeasurementStatus,
    PlacementEntry,
    Status,
    ValueType,
    Weather,
)

HERE = Where(1, None, 11, "2.2 Maison des internes")
MARCH = date(2027, 3, 15)
INDICATOR = IndicatorPicture(1, HERE, "File active", "jeunes", ValueType.NUMBER, 0, False, (), ())
TERMS = FundingNature.CASH, None, FundingDecision.PENDING, None, {}, frozenset[FundingStage]()
LINE = LinePicture(HERE, MoneyLine(1, "ARS PACA", None, "FIR", 2027, *TERMS))


def said(before: Said | None, after: Said | None, about: IndicatorPicture | LinePicture | None = None) -> str:
    """The line, with plain spaces and no escape."""
    told = line(Change(HERE, about, before, after))
    return told.replace("\u00a0", " ").replace("\u202f", " ").replace("\\", "")


def status(word: Status, **more: object) -> StatusSaid:
    return replace(StatusSaid(word, None, False, None, None, None, None, None, MARCH), **more)  # type: ignore[arg-type]


def weather(sky: Weather | None, **more: object) -> WeatherSaid:
    blank = WeatherSaid(1, sky, None, None, None, None, None, None, MARCH, True)
    return replace(blank, **more)  # type: ignore[arg-type]


def reading(value: float | None, **more: object) -> Reading:
    year = date(2027, 1, 1), date(2027, 12, 31)
    made = Reading(*year, None, value, None, None, None, MeasurementStatus.VALIDATED, False)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_status_is_said_with_its_reason_and_who_can_unblock():
    told = said(status(Status.ONGOING), status(Status.BLOCKED, reason="Bail refusé", unblocked_by="La commune"))
    first, *precisions = told.splitlines()
    assert "en cours] → **" in first and "bloquée]**, au 15 mars 2027" in first
    assert precisions == ["    - Motif : Bail refusé", "    - Qui peut débloquer : La commune"]


def test_a_postponed_status_says_until_when_as_it_was_typed():
    until = FuzzyDate(date(2027, 9, 1), DatePrecision.MONTH)
    assert "Reportée jusqu'à : septembre 2027" in said(None, status(Status.POSTPONED, until=until))


def test_a_flag_to_discuss_is_said_with_the_status():
    assert "à discuter" in said(status(Status.ONGOING), status(Status.ONGOING, to_discuss=True))


def test_a_percentage_is_said_before_and_after():
    told = said(ProgressSaid(30, None, date(2026, 9, 1)), ProgressSaid(45, None, MARCH))
    assert told == "**Avancement** : 30 % → **45 %**, au 15 mars 2027"


def test_a_percentage_said_again_is_confirmed():
    told = said(ProgressSaid(30, None, date(2026, 9, 1)), ProgressSaid(30, None, MARCH))
    assert told == "**Avancement** : **30 %**, confirmé au 15 mars 2027"


def test_a_progress_that_is_no_longer_known_says_why():
    told = said(ProgressSaid(30, None, MARCH), ProgressSaid(None, Absence.NOT_APPLICABLE, None))
    assert told == "**Avancement** : 30 % → **:gray[— sans objet]**"


def test_a_weather_is_said_with_its_four_texts_in_full():
    texts = {"done": "Fait.", "todo": "À faire.", "obstacles": "Un frein *net*.", "highlights": "Une fierté."}
    told = said(weather(Weather.SUNNY), weather(Weather.STORM, signed_by="La direction", **texts))
    first, *lines = told.splitlines()
    assert first.endswith("**:material/thunderstorm: orage**, au 15 mars 2027, La direction")
    assert lines == [
        "    - Déjà fait : Fait.",
        "    - À faire : À faire.",
        "    - Freins : Un frein *net*.",
        "    - À valoriser : Une fierté.",
    ]


def test_what_was_typed_is_shown_to_the_letter():
    told = line(Change(HERE, None, None, weather(None, done="*gras* :red[rouge]\n# titre")))
    assert "\\*gras\\* \\:red\\[rouge\\] \\# titre" in told


def test_a_weather_that_will_be_read_among_the_previous_ones_is_said_so():
    assert said(None, weather(Weather.CLOUDY, is_last=False)).startswith("**Météo, parmi les précédentes** :")


def test_a_value_is_said_with_its_period_and_whether_it_is_provisional():
    provisional = reading(36, status=MeasurementStatus.PROVISIONAL)
    assert said(None, provisional, INDICATOR) == "**Indicateur** « File active », 2027 : **36 jeunes**, provisoire"
    assert (
        said(reading(12), reading(36), INDICATOR) == "**Indicateur** « File active », 2027 : 12 jeunes → **36 jeunes**"
    )


def test_a_value_is_not_said_beside_the_former_one_of_a_sensitive_indicator():
    sensitive = replace(INDICATOR, is_sensitive=True)
    told = said(reading(None, is_masked=True), reading(36), sensitive)
    assert told == "**Indicateur** « File active », 2027 : **36 jeunes**"
    assert "masqué" in said(reading(36), reading(None, is_masked=True), sensitive)


def test_a_target_is_said_for_its_day():
    aims = [Aim(FuzzyDate(date(2028, 12, 31), DatePrecision.YEAR), value, None, None) for value in (40, 50)]
    assert said(aims[0], aims[1], INDICATOR) == "**Cible** de « File active » pour 2028 : 40 jeunes → **50 jeunes**"


def test_an_amount_and_an_answer_are_said_with_their_line():
    amounts = [AmountSaid(FundingStage.GRANTED, cents, False) for cents in (1_000_000, 1_200_000)]
    assert said(*amounts, LINE) == "**Financement 2027** · ARS PACA (FIR) : accordé 10 000 € → **12 000 €**"
    answers = DecisionSaid(FundingDecision.PENDING, date(2027, 6, 1)), DecisionSaid(FundingDecision.GRANTED, None)
    assert said(*answers, LINE).endswith("en instruction (réponse attendue le 1er juin 2027) → **accordée**")
    assert said(None, answers[1], LINE).endswith(": **accordée**")


def test_a_fiche_that_enters_or_leaves_the_plan_is_said_so():
    unplanned = Presence(PlacementEntry.UNPLANNED)
    assert said(None, unplanned) == "**Nouvelle fiche**, hors contrat initial"
    assert said(unplanned, None) == "**Fiche retirée du plan**"
