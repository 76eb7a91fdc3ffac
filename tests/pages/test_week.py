"""« Ma semaine », and who lands on it."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands import drafts, logbook
from db.commands.plan import place_sheet
from db.commands.series import declare_status
from db.commands.sheets import add_milestone
from db.engine import reading, writing
from db.journal import acting
from db.models import Initiative, Reminder
from db.rules.access import Role
from db.rules.vocabulary import Status
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON
from tests.pages.opening import on_database, opened, words


def title(app: AppTest) -> str:
    assert not app.exception
    return app.title[0].value


def week(**query: str) -> AppTest:
    app = opened("week.py", **query)
    assert title(app) == "Ma semaine"
    return app


def links(app: AppTest) -> dict[str, dict[str, list[str]]]:
    """Each line that is a link, and where it leads."""
    return {link.label.replace("\\", ""): parse_qs(link.proto.query_string) for link in app.page_link}


def link(app: AppTest, said: str) -> dict[str, list[str]]:
    return next(address for label, address in links(app).items() if said in label)


@pytest.fixture
def two(sqlite_engine: Engine, viewer: Viewer) -> Iterator[tuple[Plan, Plan]]:
    """Two démarches of which it is 1 October 2026, « ici » and « ailleurs »: fiche 1.1 of the first is in both."""
    here = plan_in(sqlite_engine, viewer, code="ici", name="CLS d'ici")
    there = plan_in(sqlite_engine, viewer, code="ailleurs", name="CLSM d'ailleurs", sheets=("2.1",))
    key = here.sheets["1.1"]
    with writing(sqlite_engine) as session:
        with acting(session, viewer.actor_id, "test", "Jour"):
            for plan in (here, there):
                session.get_one(Initiative, plan.initiative_id).reference_date = ON
        place_sheet(session, viewer, sheet_id=key, initiative_id=there.initiative_id, code="A")
        declare_status(session, viewer, sheet_id=key, status=Status.ONGOING, on=date(2026, 9, 1))
        add_milestone(session, viewer, sheet_id=key, label="Salle *trouvée*", due_on=date(2026, 9, 15))
        logbook.add_reminder(
            session, viewer, initiative_id=there.initiative_id, text="Réserver la salle", due="05/10/2026"
        )
    with on_database(sqlite_engine):
        yield here, there


@pytest.mark.usefixtures("two")
def test_who_writes_in_several_demarches_lands_on_the_week_once_a_session() -> None:
    app = opened()
    assert title(app) == "Ma semaine"
    app.switch_page("overview.py").run()
    assert "CLS" in title(app)
    assert title(app.run()) != "Ma semaine"


@pytest.mark.usefixtures("two")
def test_who_asks_for_a_demarche_or_for_a_page_lands_there() -> None:
    assert "ailleurs" in title(opened(demarche="ailleurs"))
    assert title(opened("plan.py")) == "Plan d'action"


def test_who_writes_in_one_demarche_lands_on_its_overview(sqlite_demo: Engine) -> None:
    with on_database(sqlite_demo):
        assert "Durance" in title(opened())


@pytest.mark.usefixtures("two")
def test_who_reads_several_demarches_lands_on_an_overview_and_has_no_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((None, Role.SIGNATORY),)))
    assert title(opened()) != "Ma semaine"
    app = week()
    assert "vous n'en coordonnez aucune" in words(app)
    assert not app.chat_input


def test_a_fiche_of_two_plans_is_one_line_that_names_both_and_leads_to_its_home(two: tuple[Plan, Plan]) -> None:
    found = {label: address for label, address in links(week()).items() if "Salle *trouvée*" in label}
    ((label, address),) = found.items()
    assert "CLS d'ici et CLSM d'ailleurs" in label
    assert "15\u00a0septembre 2026" in label
    assert address == {
        "demarche": ["ici"],
        "vue": [workspace.PREPARATION],
        "fiche": [str(two[0].placements["1.1"])],
    }


@pytest.mark.usefixtures("two")
def test_the_sentence_counts_what_the_week_holds() -> None:
    said = words(week())
    assert "**Une échéance est passée et une vient dans les quinze jours** dans vos deux démarches." in said


@pytest.mark.usefixtures("two")
def test_a_reminder_is_done_from_the_week(sqlite_engine: Engine) -> None:
    app = week()
    assert link(app, "Réserver la salle")["demarche"] == ["ailleurs"]
    next(button for button in app.button if button.label == "Fait").click().run()
    assert "Réserver la salle" not in words(app)
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Reminder.done_on)).all() == [ON]


def test_a_form_left_open_is_one_click_away(two: tuple[Plan, Plan], sqlite_engine: Engine, viewer: Viewer) -> None:
    here, _ = two
    with writing(sqlite_engine) as session:
        opened_form = drafts.start_draft(session, viewer, f"sheet:{here.sheets['1.2']}:constat", {})
        drafts.keep(session, viewer, opened_form.key, {"rationale": "Un début"})
    app = week()
    assert link(app, "Fiche : 1.2 Fiche 1.2") == {
        "demarche": ["ici"],
        "vue": [workspace.PREPARATION],
        "brouillon": [opened_form.key],
        "fiche": [str(here.placements["1.2"])],
        "modifier": ["constat"],
    }
    app.button(key=f"icon_forget_{opened_form.key}").click().run()
    assert "Formulaires laissés ouverts" not in "".join(header.value for header in app.header)


def test_what_waits_leads_to_the_page_that_publishes_it(two: tuple[Plan, Plan]) -> None:
    assert link(week(), "CLS d'ici : 1\u00a0saisie")["demarche"] == ["ici"]


@pytest.mark.usefixtures("two")
def test_the_line_of_the_carnet_is_on_the_week_whichever_reading_is_chosen() -> None:
    assert [line.placeholder for line in week(demarche="ailleurs").chat_input] == [
        "Noter au carnet, CLSM d'ailleurs · Entrée"
    ]


def test_an_empty_week_says_so(sqlite_engine: Engine, viewer: Viewer) -> None:
    plan_in(sqlite_engine, viewer)
    with on_database(sqlite_engine):
        app = week()
        assert "**Rien ne vous attend**." in words(app)
        assert [said.value for said in app.success] == ["Rien n'est dû cette semaine."]


def test_without_any_demarche_there_is_no_week(sqlite_engine: Engine) -> None:
    with on_database(sqlite_engine):
        assert "vous n'en coordonnez aucune" in words(week())
