"""« Organiser le plan », opened without a browser: who comes in, the axes, a sheet on its own, a new one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.models import ActionSheet, Axis
from db.rules.access import Role
from db.viewer import Viewer
from tests.conftest import viewer_in
from tests.pages.arranging import (
    DEMO,
    axis_of,
    button,
    codes,
    field,
    key_of,
    labels,
    moved_by_a_colleague,
    page,
    plan,
    told,
)
from tests.pages.opening import on_database, opened, said, words

WORD_PASTE = '<p class="MsoNormal"><b>Santé</b>&nbsp;mentale</p>'


@pytest.fixture
def base(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


@pytest.fixture
def signatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine is one who signs the contract, and does not coordinate it."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((DEMO, Role.SIGNATORY),)))


# Who comes in.


def test_the_plan_is_arranged_in_preparation_and_one_button_leads_there(base: Engine):
    app = opened("arrange.py")
    assert "Le plan s'organise dans la vue « En préparation »" in told(app)
    button(app, "Passer en préparation").click().run()
    assert "5\u00a0axes et 10\u00a0objectifs" in told(app)


@pytest.mark.usefixtures("signatory")
def test_who_does_not_coordinate_arranges_nothing(base: Engine):
    app = page()
    assert "Seule la coordination organise le plan" in told(app)
    assert labels(app) == []


def test_the_door_is_on_the_plan_for_who_coordinates_and_prepares(base: Engine):
    assert "Organiser le plan" in words(opened("plan.py", vue=workspace.PREPARATION))
    assert "Organiser le plan" not in words(opened("plan.py"))


@pytest.mark.usefixtures("signatory")
def test_there_is_no_door_for_who_does_not_coordinate(base: Engine):
    assert "Organiser le plan" not in words(opened("plan.py", vue=workspace.PREPARATION))


@pytest.mark.parametrize("view", ["axes", "ordre", "fiche", "nouvelle", "archivees", "inconnue"])
def test_each_part_of_the_page_has_its_address(base: Engine, view: str):
    app = page(view)
    assert [title.value for title in app.title] == ["Organiser le plan"]
    assert app.segmented_control(key="arrange_view").value == (view if view != "inconnue" else "axes")


# The axes.


def test_the_tree_counts_the_sheets_of_each_axis(base: Engine):
    told_labels = labels(page())
    assert any("Faciliter l'accès aux droits" in label and "(6\u00a0fiches)" in label for label in told_labels)


def test_an_axis_is_opened_renamed_and_named_as_it_was_again(base: Engine):
    app = page()
    app.button(key=f"axis_{axis_of(base, '2.1')}").click().run()
    field(app, "Intitulé").set_value("Rapprocher les soins")
    button(app, "Enregistrer").click().run()
    assert any("Rapprocher les soins" in label for label in labels(app))
    assert "axe_ouvert" not in app.query_params
    button(app, "Annuler").click().run()
    assert any("Réduire le renoncement" in label for label in labels(app))


def test_a_title_that_is_too_long_is_refused_and_stays_typed(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "2.1")))
    field(app, "Intitulé").set_value("x" * 5000)
    button(app, "Enregistrer").click().run()
    assert "5000 caractères ; 300 au plus" in told(app)
    assert field(app, "Intitulé").value == "x" * 5000
    again = page(axe_ouvert=str(axis_of(base, "2.1")), brouillon=app.query_params["brouillon"])
    assert field(again, "Intitulé").value == "x" * 5000


def test_markup_pasted_from_word_is_shown_to_the_letter(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "2.1")))
    field(app, "Intitulé").set_value(WORD_PASTE)
    button(app, "Enregistrer").click().run()
    with reading(base) as session:
        assert session.get_one(Axis, axis_of(base, "2.1")).title == WORD_PASTE
    assert any("\\<b\\>Santé" in label for label in labels(app))


def test_an_axis_goes_up_at_a_click(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "2")))
    button(app, "Monter").click().run()
    assert "est à la place 1 sur 5" in told(app)
    assert [node.code for node in plan(base).axes][:1] == ["2"]
    assert "Monter" not in labels(app)


def test_an_axis_is_put_under_another_with_what_it_holds(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "3")))
    field(app, "Rangé sous").set_value(str(axis_of(base, "1")))
    button(app, "Enregistrer").click().run()
    node = next(node for node in plan(base).axes if node.code == "3")
    assert node.parent_id == axis_of(base, "1")


def test_an_axis_is_offered_neither_itself_nor_what_it_holds_to_stand_under(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "3")))
    offered = field(app, "Rangé sous").options
    assert not any("Concerter" in label or "Promouvoir la santé mentale" in label for label in offered)
    assert "le premier niveau du plan" in offered


def test_an_axis_that_holds_sheets_is_not_archived(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "2.1")))
    button(app, "Archiver").click().run()
    assert "il contient encore 3 fiches" in told(app)


def test_an_objectif_is_added_under_an_axis_and_archived(base: Engine):
    app = page(axe_ouvert=str(axis_of(base, "2")))
    button(app, "Ajouter dessous").click().run()
    field(app, "Intitulé").set_value("Nouvel objectif")
    field(app, "Numéro").set_value("2.3")
    button(app, "Ajouter au plan").click().run()
    added = axis_of(base, "2.3")
    assert next(node for node in plan(base).axes if node.id == added).parent_id == axis_of(base, "2")
    app.button(key=f"axis_{added}").click().run()
    button(app, "Archiver").click().run()
    assert "« Nouvel objectif » est archivé" in told(app)


# A sheet on its own.


def one(engine: Engine, code: str) -> AppTest:
    return page("fiche", fiche=str(key_of(engine, code)))


def test_a_sheet_goes_up_and_down_at_a_click(base: Engine):
    app = one(base, "2.5")
    assert "**place 3 sur 3**" in told(app)
    assert "Descendre" not in labels(app)
    button(app, "Monter").click().run()
    assert "est à la place 2 sur 3" in told(app)
    assert codes(base)[4:7] == ["2.1", "2.5", "2.2"]
    button(app, "Descendre").click().run()
    assert codes(base)[4:7] == ["2.1", "2.2", "2.5"]


def test_a_sheet_gets_its_number_its_axis_and_its_place_in_its_form(base: Engine):
    app = one(base, "2.5")
    field(app, "Axe").set_value(str(axis_of(base, "1.1"))).run()
    field(app, "Place").set_value("1")
    field(app, "Numéro").set_value("1.0")
    button(app, "Enregistrer").click().run()
    assert codes(base)[:3] == ["1.0", "1.1", "1.2"]


def test_another_axis_alone_is_joined_at_its_end(base: Engine):
    app = one(base, "1.1")
    field(app, "Axe").set_value(str(axis_of(base, "5.2")))
    button(app, "Enregistrer").click().run()
    assert codes(base)[-1] == "1.1"


def test_a_number_taken_is_refused_and_stays_typed(base: Engine):
    app = one(base, "2.5")
    field(app, "Numéro").set_value("2.1")
    button(app, "Enregistrer").click().run()
    assert "Le numéro 2.1 serait celui de plusieurs fiches" in said(app)
    assert field(app, "Numéro").value == "2.1"


def test_a_colleague_s_number_is_shown_beside_mine_in_the_form_too(base: Engine):
    app = one(base, "2.5")
    field(app, "Numéro").set_value("2.7")
    moved_by_a_colleague(base, "2.5", code="2.8")
    button(app, "Enregistrer").click().run()
    app.radio[0].set_value("mine").run()
    button(app, "Enregistrer ces choix").click().run()
    assert "2.7" in codes(base)


def test_a_copy_is_opened_and_taken_back(base: Engine):
    app = one(base, "2.5")
    button(app, "Dupliquer").click().run()
    assert "sans numéro ni date" in told(app)
    assert field(app, "Fiche").value == app.query_params["fiche"]
    assert plan(base).sheets[7].title == "Créer un transport solidaire vers les soins (copie)"
    button(app, "Annuler").click().run()
    assert len(plan(base).sheets) == 23
    assert "Choisissez une fiche" in told(app)


def test_a_sheet_is_archived_then_put_back(base: Engine):
    app = one(base, "2.5")
    button(app, "Archiver").click().run()
    assert "est archivée" in told(app)
    assert "2.5" not in codes(base)
    app.segmented_control(key="arrange_view").set_value("archivees").run()
    assert "Créer un transport solidaire vers les soins" in told(app)
    assert "par La coordination" in told(app)
    button(app, "Remettre dans le plan").click().run()
    assert "est de retour dans le plan." in told(app)
    assert codes(base)[6] == "2.5"


def test_a_sheet_whose_number_was_taken_is_said_to_come_back_without(base: Engine):
    with writing(base) as session:
        archive_sheet(session, viewer_in(base), placement_id=key_of(base, "2.5"))
    moved_by_a_colleague(base, "2.2", code="2.5")
    app = page("archivees")
    assert "elle reviendra sans numéro" in told(app)
    button(app, "Remettre dans le plan").click().run()
    assert "sans numéro : le 2\\.5 est celui de « Accueillir les internes" in told(app)
    assert codes(base)[4:7] == ["2.1", "2.5", None]


# A new sheet.


def test_a_sheet_is_added_in_four_fields_and_opened(base: Engine):
    app = page("nouvelle")
    field(app, "Titre").set_value("Bus santé")
    field(app, "Axe").set_value(str(axis_of(base, "2.1")))
    field(app, "Numéro").set_value("2.7")
    field(app, "Pilote").set_value("ADIL")
    button(app, "Ajouter la fiche").click().run()
    assert "« Bus santé » est dans le plan" in told(app)
    assert codes(base)[7] == "2.7"
    assert "ADIL" in words(opened("sheet.py", vue=workspace.PREPARATION, fiche=str(key_of(base, "2.7"))))
    assert app.query_params["organiser"] == "fiche"


@pytest.mark.parametrize(
    ("title", "code", "sentence"),
    [
        ("", "", "ne peut pas être vide"),
        ("x" * 5000, "", "5000 caractères ; 300 au plus"),
        ("Bus", "2.1", "Le numéro 2.1 est déjà celui de la fiche « Déployer la médiation"),
    ],
)
def test_a_sheet_that_is_refused_leaves_what_was_typed(base: Engine, title: str, code: str, sentence: str):
    app = page("nouvelle")
    field(app, "Titre").set_value(title)
    field(app, "Numéro").set_value(code)
    button(app, "Ajouter la fiche").click().run()
    assert sentence in said(app)
    assert (field(app, "Titre").value, field(app, "Numéro").value) == (title, code)
    assert len(codes(base)) == 23


def test_a_title_of_any_writing_is_kept_to_the_letter(base: Engine):
    app = page("nouvelle")
    title = f"حافلة الصحة 👩‍⚕️ {WORD_PASTE}"
    field(app, "Titre").set_value(title)
    button(app, "Ajouter la fiche").click().run()
    with reading(base) as session:
        assert session.scalars(select(ActionSheet).where(ActionSheet.title == title)).one()
