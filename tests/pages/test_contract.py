"""« Contrat et avenants », without a browser."""

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.amendments import remove_amendment
from db.commands.initiatives import create_initiative
from db.engine import reading, writing
from db.models import Amendment
from db.rules.access import Role
from db.viewer import Viewer
from tests.builders import colleague
from tests.commands.editing import CLAIRE
from tests.commands.taking_back import last_act, undo
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, words


@pytest.fixture
def demonstration(own_demo: Engine):
    with on_database(own_demo):
        yield own_demo


def contract(**query: str) -> AppTest:
    app = opened("contract.py", **query)
    assert not app.exception
    return app


def prepared(**query: str) -> AppTest:
    return contract(vue=workspace.PREPARATION, **query)


def field(app: AppTest, label: str):
    return next(box for box in [*app.text_input, *app.text_area, *app.multiselect] if box.label.startswith(label))


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def compared(app: AppTest) -> str:
    return app.table[0].value.to_string()


def amendments(engine: Engine) -> list[tuple[int, str]]:
    with reading(engine) as session:
        rows = session.execute(
            select(Amendment.number, Amendment.object).where(Amendment.archived_at.is_(None)).order_by(Amendment.number)
        )
        return [(number, text) for number, text in rows]


def test_the_page_says_the_contract_what_moved_and_its_amendments(demonstration: Engine):
    app = contract()
    said = words(app)
    assert "Signé le 29\u00a0mars 2024, porté par Durance\\-Luberon Agglo" in said
    assert "deux avenants sont signés" in said
    assert "deux fiches ajoutées par avenant\u00a0; une action hors contrat initial" in said
    assert "20 au contrat initial, 2 par avenant et 1 hors contrat initial" in compared(app)
    assert "20\u00a0fiches, 10\u00a0signataires, 6\u00a0communes, jusqu'au 31\u00a0décembre 2028" in said
    assert "2\\.5 Créer un transport solidaire vers les soins" in said


def test_a_day_of_the_past_is_compared_and_kept_in_the_address(demonstration: Engine):
    app = contract(jour="11/12/2024")
    assert "aucun avenant n'est signé" in words(app)
    assert "20 au contrat initial et 1 hors contrat initial" in compared(app)
    button(app, "Avenant n° 1").click().run()
    assert "un avenant est signé" in words(app)
    button(app, "Aujourd'hui").click().run()
    assert "deux avenants sont signés" in words(app)


def test_a_day_that_cannot_be_read_is_said_and_today_is_shown(demonstration: Engine):
    said = words(contract(jour="hier"))
    assert "En attendant, voici aujourd'hui" in said
    assert "deux avenants sont signés" in said


def test_before_the_signature_there_is_nothing_to_compare(demonstration: Engine):
    app = contract(jour="01/03/2024")
    assert "n'était pas encore signé" in app.info[0].value
    assert not app.table


def test_what_is_published_is_read_and_not_changed(demonstration: Engine):
    app = contract()
    assert not {"Nouvel avenant", "Modifier", "Modifier le contrat"} & set(labels(app))
    button(app, "Passer en préparation").click().run()
    assert {"Nouvel avenant", "Modifier", "Modifier le contrat"} <= set(labels(app))


def test_a_signatory_reads_the_page_and_finds_no_way_to_change_it(
    demonstration: Engine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))
    app = contract(avenant="nouveau")
    assert not {"Nouvel avenant", "Modifier", "Passer en préparation", "Ajouter l'avenant"} & set(labels(app))
    assert "deux avenants sont signés" in words(app)


def test_an_amendment_is_composed_and_taken_back(demonstration: Engine):
    app = prepared()
    button(app, "Nouvel avenant").click().run()
    assert field(app, "Numéro").value == "3"
    field(app, "Date de signature").set_value("30/09/2026").run()
    field(app, "Nouvelle fin").set_value("2029").run()
    field(app, "Objet").set_value("Prolongation").run()
    field(app, "Fiches ajoutées").set_value(["3.3 Former des secouristes en santé mentale (PSSM)"]).run()
    field(app, "Territoires qui entrent").set_value(["Gordes (84050)"]).run()
    button(app, "Ajouter l'avenant").click().run()
    assert not app.exception
    assert app.success[0].value == "L'avenant n° 3 est enregistré."
    assert amendments(demonstration)[-1] == (3, "Prolongation")
    said = words(app)
    assert "la fin est portée au 31\u00a0décembre 2029" in said
    assert "Gordes entre dans le périmètre" in said
    button(app, "Annuler").click().run()
    assert len(amendments(demonstration)) == 2
    assert "la fin est portée" not in words(app)


def test_a_refused_amendment_keeps_all_that_was_typed(demonstration: Engine):
    app = prepared(avenant="nouveau")
    field(app, "Date de signature").set_value("01/01/2024").run()
    field(app, "Objet").set_value("Trop tôt").run()
    button(app, "Ajouter l'avenant").click().run()
    assert "avant la signature du contrat" in app.error[0].value
    assert field(app, "Objet").value == "Trop tôt"
    assert len(amendments(demonstration)) == 2


def test_an_amendment_is_changed_from_its_place_in_the_address(demonstration: Engine):
    app = prepared(avenant="2")
    assert field(app, "Numéro").value == "2"
    assert field(app, "Fiches réécrites").value == ["5.4 Ateliers équilibre et soutien aux aidants"]
    field(app, "Ce qui change dans").set_value("Le démarrage").run()
    button(app, "Enregistrer l'avenant").click().run()
    assert "Le démarrage" in words(app)


def test_an_amendment_is_removed_after_a_question(demonstration: Engine):
    app = prepared()
    assert "redeviennent ce qu'elles étaient" in words(app)
    button(app, "Supprimer l'avenant n° 1").click().run()
    assert [number for number, _ in amendments(demonstration)] == [2]
    assert "20 au contrat initial et 3 hors contrat initial" in compared(app)


def test_an_amendment_removed_by_a_colleague_is_said_to_be_and_what_was_typed_waits_for_its_return(
    demonstration: Engine,
):
    app = prepared(avenant="2")
    field(app, "Objet").set_value("Mon objet").run()
    other = colleague(demonstration, CLAIRE)
    with writing(demonstration) as session:
        key = session.scalars(select(Amendment.id).where(Amendment.number == 2)).one()
        remove_amendment(session, other, amendment_id=key)
    button(app, "Enregistrer l'avenant").click().run()
    assert not app.exception
    assert "L'avenant n° 2 a été supprimé par Claire, coordination, le" in app.error[0].value
    undo(demonstration, viewer_in(demonstration), last_act(demonstration))
    assert field(prepared(avenant="2"), "Objet").value == "Mon objet"


def test_the_contract_itself_is_changed(demonstration: Engine):
    app = prepared()
    button(app, "Modifier le contrat").click().run()
    assert field(app, "Date de signature").value == "29/03/2024"
    assert len(field(app, "Signataires à l'origine").value) == 10
    field(app, "Fin").set_value("2029").run()
    button(app, "Enregistrer le contrat").click().run()
    assert app.success[0].value == "Le contrat est enregistré."
    assert "au 31\u00a0décembre 2029" in words(app)


def test_a_demarche_that_says_nothing_of_its_contract_opens_all_the_same(sqlite_engine: Engine, viewer: Viewer):
    with writing(sqlite_engine) as session:
        create_initiative(session, viewer, name="Atelier santé ville")
    with on_database(sqlite_engine):
        said = words(contract(vue=workspace.PREPARATION))
    assert "Date de signature non renseignée" in said
    assert "La date de signature du contrat n'est pas renseignée" in said


def test_the_overview_leads_to_the_contract(demonstration: Engine):
    assert "Contrat et avenants" in [link.label for link in opened().page_link]
