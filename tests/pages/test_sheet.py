from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.plan import rewrite_sheet
from db.engine import reading, writing
from db.models import Placement
from db.rules.access import Role
from db.viewer import Viewer
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, words

UNKNOWN = "Cette fiche n'existe pas, ou elle ne vous est pas ouverte."


@pytest.fixture(autouse=True, scope="module")
def demonstration(sqlite_demo: Engine) -> Iterator[None]:
    with on_database(sqlite_demo):
        yield


def place(engine: Engine, number: str) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == number)).one())


def fiche(number: str) -> AppTest:
    app = opened("sheet.py", fiche=number)
    assert not app.exception
    return app


def tables(app: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in app.table)


def test_a_fiche_says_its_title_its_state_and_why_it_is_late(sqlite_demo: Engine):
    app = fiche(place(sqlite_demo, "2.2"))
    assert [title.value for title in app.title] == [
        "2\\.2 Accueillir les internes et soutenir l'installation de professionnels de santé"
    ]
    said = words(app)
    assert "en pause" in said
    assert "En retard : étape à échéance dépassée « Maison des internes » (1er\u00a0septembre 2026)" in said
    assert "**En clair**" in said


def test_a_fiche_says_what_it_is_and_what_happens(sqlite_demo: Engine):
    app = fiche(place(sqlite_demo, "2.2"))
    headers = [header.value for header in app.header]
    assert headers == [
        "Ce qu'elle est",
        "Moyens et précisions",
        "Calendrier et étapes",
        "Météo",
        "Qui y prend part",
        "Indicateurs",
        "Financements",
    ]
    assert "**Freins**" in words(app)


def test_money_not_known_is_never_shown_as_zero(sqlite_demo: Engine):
    shown = tables(fiche(place(sqlite_demo, "2.2")))
    assert "non renseigné" in shown
    assert "80\u202f000\u00a0€" in shown


def test_the_fiches_before_and_after_are_one_link_away(sqlite_demo: Engine):
    said = words(fiche(place(sqlite_demo, "2.2")))
    assert "Précédente : 2\\.1" in said
    assert "Suivante : 2\\.5" in said  # under the same objectif, as in the plan's table


def test_the_first_fiche_has_none_before_it(sqlite_demo: Engine):
    said = words(fiche(place(sqlite_demo, "1.1")))
    assert "Précédente" not in said
    assert "Suivante : 1\\.2" in said


@pytest.mark.parametrize("asked", ["999999", "abc", "-1", ""])
def test_what_does_not_exist_and_what_is_not_open_are_said_in_the_same_words(asked: str):
    assert UNKNOWN in words(fiche(asked))


def test_the_address_names_the_fiche_that_is_shown(sqlite_demo: Engine):
    number = place(sqlite_demo, "2.2")
    assert fiche(number).query_params["fiche"] == number


@pytest.fixture
def signatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine is one who signs the contract, and does not coordinate it."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))


def boxes(app: AppTest) -> list[str]:
    return [box.label for box in app.expander]


def test_who_coordinates_finds_the_history_and_what_is_to_verify(sqlite_demo: Engine):
    app = opened("sheet.py", fiche=place(sqlite_demo, "5.4"), vue=workspace.PREPARATION)
    assert {"Historique de la fiche", "À vérifier"} <= set(boxes(app))


@pytest.mark.usefixtures("signatory")
def test_a_signatory_finds_the_history_and_not_what_is_to_verify(sqlite_demo: Engine):
    app = fiche(place(sqlite_demo, "5.4"))
    assert "Historique de la fiche" in boxes(app) and "À vérifier" not in boxes(app)
    assert app.title[0].value.startswith("5\\.4")


def test_a_title_full_of_marks_is_shown_as_it_was_typed(own_demo: Engine):
    title = "*Agir* :red[vite] $x$ [ici] :material/home:"
    who, number = viewer_in(own_demo), place(own_demo, "2.2")
    with writing(own_demo) as session:
        sheet_id = session.scalars(select(Placement.sheet_id).where(Placement.id == int(number))).one()
        rewrite_sheet(session, who, sheet_id=sheet_id, fields={"title": title})
    with on_database(own_demo):
        shown = fiche(number).title[0].value
    assert "\\*Agir\\* \\:red\\[vite\\] \\$x\\$ \\[ici\\]" in shown
