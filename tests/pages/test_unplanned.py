"""« Action imprévue », without a browser: three fields, then what a committee has to validate."""

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.engine import reading
from db.models import ActionSheet, Draft, Placement
from db.rules.access import Role
from db.viewer import Viewer
from tests.conftest import Databases
from tests.pages.opening import on_database, opened, words

TITLE = "Ateliers nutrition au marché"


@pytest.fixture
def page(own_demo: Engine):
    with on_database(own_demo):
        app = opened("unplanned.py")
        assert not app.exception
        yield app


def field(app: AppTest, label: str):
    return next(box for box in [*app.text_input, *app.selectbox] if box.label == label)


def button(app: AppTest, label: str):
    return next(one for one in app.button if one.label == label)


def filled(app: AppTest) -> AppTest:
    field(app, "Quelle action").set_value(TITLE).run()
    field(app, "Qui la pilote").set_value("UNAFAM").run()
    return button(app, "Ajouter l'action").click().run()


def titles(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(ActionSheet.title).where(ActionSheet.title == TITLE)))


def test_three_fields_add_a_sheet_and_lead_to_it(page: AppTest, own_demo: Engine):
    app = filled(page)
    assert not app.exception
    assert titles(own_demo) == [TITLE]
    assert "est dans le plan, hors contrat initial" in app.success[0].value
    assert any(one.label == "Annuler" for one in app.button)
    said = words(app)
    assert f"Compléter la fiche « {TITLE} »" in said
    assert "À valider par le prochain COPIL (2)" in said
    assert field(app, "Quelle action").value == ""


def test_what_was_added_is_shown_as_it_is_prepared(page: AppTest):
    assert filled(page).session_state[workspace.VIEW] == workspace.PREPARATION


def test_taken_back_it_is_gone_with_the_way_to_it(page: AppTest, own_demo: Engine):
    app = filled(page)
    button(app, "Annuler").click().run()
    assert titles(own_demo) == []
    assert "Compléter la fiche" not in words(app)
    assert "À valider par le prochain COPIL (1)" in words(app)


def test_a_refusal_keeps_what_was_typed(page: AppTest, own_demo: Engine):
    field(page, "Quelle action").set_value("x" * 400).run()
    app = button(page, "Ajouter l'action").click().run()
    assert "300 au plus" in app.error[0].value
    assert field(app, "Quelle action").value == "x" * 400
    assert titles(own_demo) == []


def test_another_month_is_written(page: AppTest, own_demo: Engine):
    months = next(one for one in page.segmented_control if one.label == "Quand elle commence")
    months.set_value("Autre mois").run()
    field(page, "Quel mois").set_value("mars 2027").run()
    filled(page)
    with reading(own_demo) as session:
        sheet = session.scalars(select(ActionSheet).where(ActionSheet.title == TITLE)).one()
        assert (sheet.starts_on.year, sheet.starts_on.month) == (2027, 3)


def test_what_is_typed_survives_the_page(page: AppTest, own_demo: Engine):
    field(page, "Quelle action").set_value(TITLE).run()
    with reading(own_demo) as session:
        assert session.scalars(select(Draft.typed)).all()[-1] == {"title": TITLE}
    again = opened("unplanned.py")
    assert field(again, "Quelle action").value == TITLE


def test_who_does_not_write_is_told_so(databases: Databases, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))
    with on_database(databases.copy("sqlite", "demo")):
        app = opened("unplanned.py")
        assert not app.exception
        assert "Seule la coordination ajoute une action" in words(app)
        assert not app.text_input
        assert "Action imprévue" not in [link.label for link in opened("plan.py").page_link]


def unplanned_sheet(engine: Engine) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == "3.3")).one())


def test_on_its_fiche_the_committee_is_noted_to_have_validated_it(own_demo: Engine):
    with on_database(own_demo):
        app = opened("sheet.py", fiche=unplanned_sheet(own_demo), vue=workspace.PREPARATION)
        assert "Hors contrat initial, à valider par le prochain COPIL" in words(app)
        assert field(app, "Quel jour").value == "23/06/2026"
        button(app, "Noter la validation").click().run()
        assert "Hors contrat initial, validée en comité le 23\u00a0juin 2026" in words(app)
        assert "à valider" not in words(opened())
        app = opened("sheet.py", fiche=unplanned_sheet(own_demo), vue=workspace.PREPARATION)
        button(app, "Revenir sur cette validation").click().run()
        assert "à valider par le prochain COPIL" in words(app)


def test_a_reader_of_the_fiche_reads_it_and_changes_nothing(own_demo: Engine):
    with on_database(own_demo):
        app = opened("sheet.py", fiche=unplanned_sheet(own_demo))
        assert "Hors contrat initial, à valider par le prochain COPIL" in words(app)
        assert "Noter la validation" not in [one.label for one in app.button]
