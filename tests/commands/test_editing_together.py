"""Two people on one fiche: whose words they are, what is not a clash, and what a choice leaves."""

import pytest
from sqlalchemy import Engine, func, select

from db.commands.drafts import keep, start_draft
from db.commands.series import declare_status
from db.engine import reading, writing
from db.errors import Conflict, Invalid
from db.models import StatusEntry, WeatherEntry
from db.queries.plan import plan_state
from db.rules.plan import SheetRow
from db.rules.sections import Section
from db.rules.vocabulary import Status, Weather
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits, opens, saves

SUNNY = Weather.SUNNY.label_fr


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def sheet(plan: Plan) -> int:
    return plan.sheets["1.1"]


def row_of(engine: Engine, viewer: Viewer, plan: Plan) -> SheetRow:
    with reading(engine) as session:
        return plan_state(session, viewer, plan.initiative_id, ON).sheets[0]


def test_two_parts_of_a_weather_written_at_once_are_both_kept(engine: Engine, viewer: Viewer, sheet: int):
    edits(engine, viewer, sheet, Section.NEWS, weather=SUNNY, done="Une réunion", todo="La suite")
    mine = opens(engine, viewer, sheet, Section.NEWS)
    edits(engine, colleague(engine, CLAIRE), sheet, Section.NEWS, done="Deux réunions")
    saves(engine, viewer, mine, todo="Trouver un local")
    with reading(engine) as session:
        told = session.execute(select(WeatherEntry.done, WeatherEntry.todo).order_by(WeatherEntry.id)).all()
    assert [tuple(row) for row in told][1:] == [("Deux réunions", None), (None, "Trouver un local")]


@pytest.mark.parametrize(
    ("section", "theirs", "another", "mine"),
    [
        (Section.PARTNERS, {"leads": ["CPAM"]}, {"partners": ["CCAS"]}, {"leads": ["ARS"]}),
        (Section.REACH, {"target_groups": ["Familles"]}, {"themes": ["Sommeil"]}, {"target_groups": ["Aînés"]}),
    ],
)
def test_a_clash_names_who_wrote_that_field_and_not_its_neighbour(
    engine: Engine,
    viewer: Viewer,
    sheet: int,
    section: Section,
    theirs: dict[str, list[str]],
    another: dict[str, list[str]],
    mine: dict[str, list[str]],
):
    form = opens(engine, viewer, sheet, section)
    edits(engine, colleague(engine, CLAIRE), sheet, section, **theirs)
    edits(engine, colleague(engine, "Paul"), sheet, section, **another)
    with pytest.raises(Conflict) as refusal:
        saves(engine, viewer, form, **mine)
    assert [clash.author for clash in refusal.value.clashes] == [CLAIRE]


def test_a_date_without_news_is_refused_and_stays_typed(engine: Engine, viewer: Viewer, sheet: int):
    form = opens(engine, viewer, sheet, Section.NEWS)
    with pytest.raises(Invalid, match="Une date seule ne dit rien"):
        saves(engine, viewer, form, on="31/02/2026")


def test_a_weather_of_words_alone_leaves_the_last_sign_and_is_news(
    engine: Engine, viewer: Viewer, plan: Plan, sheet: int
):
    edits(engine, viewer, sheet, Section.NEWS, weather=SUNNY, on="01/09/2026")
    edits(engine, viewer, sheet, Section.NEWS, done="Une réunion", on="15/09/2026")
    row = row_of(engine, viewer, plan)
    assert (row.weather, row.weather_on and row.weather_on.day) == (Weather.SUNNY, 1)
    assert row.last_news is not None and row.last_news.day == 15


def test_a_flag_alone_leaves_the_word_of_the_source(engine: Engine, viewer: Viewer, sheet: int):
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=sheet, status=Status.ONGOING, on=ON, word="En déploiement")
    edits(engine, viewer, sheet, Section.NEWS, to_discuss=True)
    with reading(engine) as session:
        last = session.scalars(select(StatusEntry).order_by(StatusEntry.id.desc()).limit(1)).one()
    assert (last.to_discuss, last.status_word) == (True, "En déploiement")


def test_news_that_repeat_the_last_ones_are_kept_in_their_draft(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        draft = start_draft(session, viewer, "news:1", {"progress": "60 %", "status": "en cours"})
        told = keep(session, viewer, draft.key, {"progress": "60 %", "status": "en cours"}, entries={"progress"})
        assert told.typed == {"progress": "60 %"}
        told = keep(session, viewer, draft.key, {"progress": None}, entries={"progress"})
        assert told.typed == {}


def test_a_weather_is_counted_once_for_each_save(engine: Engine, viewer: Viewer, sheet: int):
    form = opens(engine, viewer, sheet, Section.NEWS)
    for _ in range(2):
        saves(engine, viewer, form, weather=SUNNY)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(WeatherEntry)) == 1
