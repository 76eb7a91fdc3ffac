"""News that the coordination heard from a lead: how, and on which day, kept with what they say."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from components.history_words import told
from db.commands.directory import find_or_create_organisation, involve
from db.engine import reading, writing
from db.errors import Invalid
from db.models import ProgressEntry, StatusEntry, WeatherEntry
from db.queries.history import sheet_history
from db.queries.points import picture
from db.queries.sheet import sheet_detail
from db.rules.access import Role
from db.rules.sections import Section
from db.rules.sheet import Gathered
from db.rules.vocabulary import Gathering, InvolvementRole
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.editing import ON, edits
from tests.commands.taking_back import last_act, undo

CALLED = date(2026, 9, 12)
BY_PHONE = Gathered(Gathering.PHONE, CALLED)
NEWS = {"status": "en cours", "progress": "40 %", "weather": "soleil", "done": "Salle trouvée"}
HEARD = {"gathered": "par téléphone", "gathered_on": "12/09/2026"}
SERIES = (StatusEntry, ProgressEntry, WeatherEntry)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def gives(engine: Engine, viewer: Viewer, plan: Plan, **typed: str) -> None:
    edits(engine, viewer, plan.sheets["1.1"], Section.NEWS, **typed)


def kept(engine: Engine) -> list[tuple[Gathering | None, date | None]]:
    with reading(engine) as session:
        return [tuple(row) for of in SERIES for row in session.execute(select(of.gathered, of.gathered_on))]


def test_news_heard_on_the_telephone_say_so_wherever_they_are_read(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    gives(engine, viewer, plan, **NEWS, **HEARD)
    with reading(engine) as session:
        detail = sheet_detail(session, viewer, plan.initiative_id, ON, plan.placements["1.1"])
        page = sheet_history(session, viewer, plan.initiative_id, ON, plan.sheets["1.1"], 1)
        shown = picture(session, viewer, plan.initiative_id, ON)
    assert detail is not None and detail.status is not None
    assert (detail.status.gathered, detail.progress_gathered, detail.weathers[0].gathered) == (BY_PHONE,) * 3
    sentences = told(page.acts[0].changes).sentences
    assert ["recueilli par téléphone le 12" in sentence for sentence in sentences] == [True] * 3
    (sheet,) = [sheet for sheet in shown.sheets if sheet.where.sheet_id == plan.sheets["1.1"]]
    assert sheet.status is not None and sheet.progress is not None
    assert (sheet.status.gathered, sheet.progress.gathered, sheet.weathers[0].gathered) == (BY_PHONE,) * 3


def test_without_another_day_they_were_heard_on_the_day_of_the_news(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    gives(engine, viewer, plan, progress="40 %", on="15/09/2026", gathered="en réunion")
    assert kept(engine) == [(Gathering.MEETING, date(2026, 9, 15))]


def test_news_that_say_nothing_of_it_were_heard_of_nobody(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    gives(engine, viewer, plan, **NEWS)
    assert kept(engine) == [(None, None)] * 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"progress": "40 %", "gathered_on": "12/09/2026"}, "dites aussi comment"),
        ({"progress": "40 %", "gathered": "par téléphone", "gathered_on": "septembre 2026"}, "Indiquez un jour"),
        ({"progress": "40 %", "gathered": "par téléphone", "gathered_on": "02/10/2026"}, "au plus tard le 01/10/2026"),
        ({"progress": "40 %", "gathered": "par pigeon"}, "n'est pas dans la liste"),
        ({"gathered": "par téléphone"}, "Un recueil seul ne dit rien"),
    ],
)
def test_what_cannot_be_kept_of_it_is_refused_and_nothing_is_written(
    engine: Engine, viewer: Viewer, plan: Plan, typed: dict[str, str], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        gives(engine, viewer, plan, **typed)
    assert kept(engine) == []


def test_the_lead_of_a_fiche_gathers_news_of_nobody(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        ccas = find_or_create_organisation(session, viewer, "CCAS d'essai").id
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=ccas, sheet_id=plan.sheets["1.1"])
    lead = Viewer(
        viewer.actor_id,
        ((plan.initiative_id, Role.LEAD),),
        held_for=((plan.initiative_id, Role.LEAD, ccas),),
    )
    with pytest.raises(Invalid, match="Seule la coordination"):
        gives(engine, lead, plan, **NEWS, **HEARD)
    gives(engine, lead, plan, **NEWS)
    assert kept(engine) == [(None, None)] * 3


def test_news_taken_back_go_with_how_they_were_heard(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    gives(engine, viewer, plan, progress="40 %", **HEARD)
    undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        detail = sheet_detail(session, viewer, plan.initiative_id, ON, plan.placements["1.1"])
    assert detail is not None
    assert detail.progress_gathered is None
