"""The grid of « Organiser le plan », opened without a browser."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from db.commands.sheet_life import archive_sheet
from db.engine import writing
from tests.builders import colleague
from tests.pages.arranging import button, codes, key_of, labels, moved_by_a_colleague, page, plan, told, typed
from tests.pages.opening import on_database, said, words


@pytest.fixture
def base(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def test_the_grid_shows_where_each_sheet_stands(base: Engine):
    frame = page("ordre").data_editor[0].value
    assert list(frame.columns) == ["Axe", "Place", "N°", "Titre", "Rangée sous"]
    assert list(frame.index) == [sheet.placement_id for sheet in plan(base).sheets]
    assert list(frame.iloc[6])[:3] == ["2.1", "3", "2.5"]


def test_numbers_and_places_are_said_in_a_sentence_then_written_in_one_act(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "1.2"}, 1: {"N°": "1.1"}, 6: {"Place": "1"}})
    assert "**2\u00a0fiches changent de numéro et 1 de place.**" in told(app)
    assert "place 3 → 1" in told(app)
    button(app, "Écrire dans le plan").click().run()
    assert "C'est écrit : 2\u00a0fiches changent de numéro et 1 de place." in told(app)
    assert codes(base)[:7] == ["1.2", "1.1", "1.3", "1.4", "2.5", "2.1", "2.2"]
    button(app, "Annuler").click().run()
    assert codes(base)[:7] == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.5"]


def test_nothing_is_written_before_the_button(base: Engine):
    before = codes(base)
    typed(page("ordre"), {0: {"N°": "9"}})
    assert codes(base) == before


def test_what_is_typed_is_there_again_after_a_reload(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "9"}})
    again = page("ordre", brouillon=app.query_params["brouillon"])
    assert again.data_editor[0].value.iloc[0]["N°"] == "9"
    assert "**1\u00a0fiche change de numéro.**" in told(again)


def test_a_cell_typed_back_as_it_was_is_no_longer_a_change(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "9"}})
    typed(app, {0: {"N°": "1.1"}})
    assert "Écrire dans le plan" not in labels(app)


def test_another_axis_is_told_with_its_title_before_it_is_written(base: Engine):
    app = typed(page("ordre"), {0: {"Axe": "5.2"}})
    assert app.data_editor[0].value.iloc[0]["Rangée sous"] == "Rompre l'isolement et prévenir la perte d'autonomie"
    assert "axe 1\\.1 → 5\\.2, en dernier" in told(app)
    button(app, "Écrire dans le plan").click().run()
    assert codes(base)[-1] == "1.1"


def test_two_sheets_of_one_number_are_both_named_and_nothing_is_written(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "1.2"}})
    assert "Le numéro 1\\.2 serait celui de plusieurs fiches, « Animer le CLS" in told(app)
    button(app, "Écrire dans le plan").click().run()
    assert "Le numéro 1.2 serait celui de plusieurs fiches" in said(app)
    assert codes(base)[:2] == ["1.1", "1.2"]
    again = page("ordre", brouillon=app.query_params["brouillon"])
    assert again.data_editor[0].value.iloc[0]["N°"] == "1.2"


def test_a_cell_that_cannot_be_read_is_told(base: Engine):
    app = typed(page("ordre"), {0: {"Place": "devant"}, 1: {"Axe": "9"}})
    assert "« devant » n'est pas une place" in told(app)
    assert "« 9 » n'est le numéro d'aucun axe" in told(app)


@pytest.mark.parametrize(("side", "number"), [("theirs", "1.8"), ("mine", "1.9")])
def test_when_a_colleague_numbered_the_same_sheet_both_values_are_shown_and_one_is_chosen(
    base: Engine, side: str, number: str
):
    app = typed(page("ordre"), {0: {"N°": "1.9"}, 5: {"N°": "2.9"}})
    moved_by_a_colleague(base, "1.1", code="1.8")
    button(app, "Écrire dans le plan").click().run()
    assert "modifié par Camille pendant que vous écriviez" in told(app)
    assert codes(base)[5] == "2.2"
    assert button(app, "Enregistrer ces choix").disabled
    app.radio[0].set_value(side).run()
    button(app, "Enregistrer ces choix").click().run()
    assert "C'est écrit" in told(app)
    assert (codes(base)[0], codes(base)[5]) == (number, "2.9")


def test_what_a_colleague_did_of_other_sheets_is_kept_beside_mine(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "1.9"}})
    moved_by_a_colleague(base, "1.2", place=1)
    button(app, "Écrire dans le plan").click().run()
    assert codes(base)[:2] == ["1.2", "1.9"]


def test_a_sheet_archived_while_it_is_numbered_is_told_and_set_aside(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "1.9"}, 1: {"N°": "1.8"}})
    camille = colleague(base)
    with writing(base) as session:
        archive_sheet(session, camille, placement_id=key_of(base, "1.1"))
    button(app, "Écrire dans le plan").click().run()
    assert "a été archivée par Camille" in words(app)
    assert "Vous aviez changé « Animer le CLS et ses instances », qui n'est plus dans le plan" in told(app)
    button(app, "Écarter").click().run()
    button(app, "Écrire dans le plan").click().run()
    assert codes(base)[0] == "1.8"


def test_a_value_of_theirs_stays_chosen_when_another_clash_follows(base: Engine):
    app = typed(page("ordre"), {0: {"N°": "1.9"}, 5: {"N°": "2.9"}})
    moved_by_a_colleague(base, "1.1", code="1.8")
    button(app, "Écrire dans le plan").click().run()
    app.radio[0].set_value("theirs").run()
    moved_by_a_colleague(base, "2.2", code="2.8")
    button(app, "Enregistrer ces choix").click().run()
    assert [row["N°"] for _, row in app.data_editor[0].value.iloc[[0, 5]].iterrows()] == ["1.8", "2.9"]
    app.radio[0].set_value("mine").run()
    button(app, "Enregistrer ces choix").click().run()
    assert (codes(base)[0], codes(base)[5]) == ("1.8", "2.9")
