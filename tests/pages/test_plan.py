from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.initiatives import create_initiative
from db.engine import engine as engine_in_use
from db.engine import writing
from db.rules.access import Role
from db.viewer import Viewer
from tests.counting import counted
from tests.pages.opening import on_database, opened, words


@pytest.fixture(autouse=True, scope="module")
def demonstration(sqlite_demo: Engine) -> Iterator[None]:
    with on_database(sqlite_demo):
        yield


def plan(**query: str) -> AppTest:
    app = opened("plan.py", **query)
    assert not app.exception
    return app


@pytest.fixture
def signatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine is one who signs the contract, and does not coordinate it."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))


def test_the_plan_counts_its_sheets_and_links_to_each():
    app = plan()
    assert "**23\u00a0fiches sur\u00a023**" in words(app)
    assert "**2\\.2** Accueillir les internes" in words(app)


def test_the_page_has_one_title_and_its_headings_make_no_jump():
    app = plan()
    assert [title.value for title in app.title] == ["Plan d'action"]
    assert next(heading.value for heading in app.header).startswith("1 · Piloter")


def test_a_filter_leaves_what_it_says_and_can_be_taken_off():
    app = plan()
    app.toggle(key="retard").set_value(True).run()
    assert "**4\u00a0fiches sur\u00a023**" in words(app)
    button(app, "Effacer les filtres").click().run()
    assert "**23\u00a0fiches sur\u00a023**" in words(app)


def test_when_nothing_meets_the_filters_the_page_says_what_to_do():
    app = plan()
    app.text_input(key="q").set_value("introuvable").run()
    assert "Aucune fiche ne correspond à ces filtres" in words(app)


@pytest.mark.parametrize("shape", ["Tableau", "Par statut", "Frise"])
def test_each_shape_of_the_plan_opens(shape: str):
    app = plan()
    app.segmented_control(key="forme").set_value(shape).run()
    assert not app.exception
    assert "**23\u00a0fiches sur\u00a023**" in words(app)


def test_the_board_counts_each_status():
    app = plan()
    app.segmented_control(key="forme").set_value("Par statut").run()
    assert any(header.value.endswith("En cours (19)") for header in app.header)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("completer", "Aucune fiche"),
        ("verifier", "Quatre fiches sont à vérifier"),
        ("preciser", "Rien n'est à préciser"),
        ("nouvelles", "Trois fiches attendent des nouvelles"),
        ("coordination", "fiches sur 23 sont portées par la coordination"),
    ],
)
def test_each_list_has_its_address_and_its_sentence(address: str, sentence: str):
    app = plan(liste=address, vue=workspace.PREPARATION)
    said = words(app) + "\n".join(str(element.value) for element in app.success)
    assert sentence in said


def button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def test_what_is_published_shows_no_list_and_says_where_they_are():
    app = plan(liste="nouvelles")
    said = words(app)
    assert "attendent des nouvelles" not in said
    assert "nouvelles il y a" not in said
    assert "Les listes de la coordination sont dans la vue «\u00a0En préparation\u00a0»." in said
    assert "plan_list" not in app.session_state


def test_one_button_leads_from_what_is_published_to_the_lists():
    app = plan(liste="nouvelles")
    button(app, "Passer en préparation").click().run()
    assert not app.exception
    assert "Trois fiches attendent des nouvelles" in words(app)
    assert app.segmented_control(key=workspace.VIEW).value == workspace.PREPARATION
    app.segmented_control(key=workspace.VIEW).set_value(workspace.PUBLISHED).run()
    assert "attendent des nouvelles" not in words(app)
    assert app.segmented_control(key=workspace.VIEW).value == workspace.PUBLISHED


@pytest.mark.usefixtures("signatory")
def test_the_lists_of_the_coordinator_are_for_who_coordinates():
    app = plan(liste="nouvelles")
    said = words(app)
    assert "attendent des nouvelles" not in said
    assert "nouvelles il y a" not in said
    assert "À compléter" not in said
    assert "Les listes de la coordination" not in said
    assert "plan_list" not in app.session_state
    assert [toggle.label for toggle in app.toggle] == ["En retard"]


def test_a_second_reading_asks_only_where_things_stand():
    app = plan()
    with counted(engine_in_use()) as asked:
        app.run()
    assert [statement for statement in asked if "FROM action_sheet" in statement or "FROM unsettled" in statement] == []
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 10


def test_a_list_that_is_not_chosen_is_not_drawn():
    assert len(plan(liste="preciser", vue=workspace.PREPARATION).markdown) < 5


def test_a_plan_without_sheets_says_so_and_opens_the_door(databases, viewer: Viewer):
    made = databases.copy("sqlite")
    with writing(made) as session:
        create_initiative(session, viewer, name="Plan à venir")
    with on_database(made):
        app = plan()
        assert "Ce plan n'a pas encore de fiche action" in words(app)
