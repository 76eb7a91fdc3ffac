"""The carnet de bord on its page, at the foot of the others, and on a fiche."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from components.logbook import OF_SHEET, OF_STRUCTURE
from db.commands import logbook
from db.commands.directory import find_organisation
from db.engine import engine as engine_in_use
from db.engine import reading, writing
from db.models import LogbookNote, Milestone, Placement, Reminder, WeatherEntry
from db.rules.access import Role
from db.rules.vocabulary import NoteUse
from db.viewer import Viewer
from tests.conftest import ON
from tests.counting import counted
from tests.pages.opening import on_database, opened, words

DEMO = 1
SAID = "La directrice promet *une salle*"


@pytest.fixture
def demonstration(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


@pytest.fixture
def signatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine is one who signs the contract, and does not coordinate it."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((DEMO, Role.SIGNATORY),)))


def place(engine: Engine, number: str) -> Placement:
    with reading(engine) as session:
        return session.scalars(select(Placement).where(Placement.code == number)).one()


def noted(engine: Engine, viewer: Viewer, number: str | None = None, text: str = SAID) -> int:
    about = {"sheet_id": place(engine, number).sheet_id} if number else {}
    with writing(engine) as session:
        return logbook.note(session, viewer, initiative_id=DEMO, text=text, noted_on=ON, **about).id


def prepared(page: str | None = None, **query: str) -> AppTest:
    app = opened(page, vue=workspace.PREPARATION, **query)
    assert not app.exception
    return app


def lines(engine: Engine) -> list[LogbookNote]:
    with reading(engine) as session:
        return list(session.scalars(select(LogbookNote)))


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", [None, "plan.py", "contract.py", "initiatives.py", "exchange.py", "guide.py"])
@pytest.mark.usefixtures("demonstration")
def test_the_line_is_at_the_foot_of_every_page_while_preparing_and_of_none_that_the_committee_sees(
    page: str | None,
) -> None:
    assert [line.placeholder for line in prepared(page).chat_input] == ["Noter au carnet, démarche · Entrée"]
    assert not opened(page).chat_input


@pytest.mark.usefixtures("demonstration", "signatory")
def test_a_signatory_has_no_line_and_no_carnet() -> None:
    assert not prepared().chat_input
    app = prepared("logbook.py")
    assert "seule la coordination de cette démarche le lit" in words(app)


def test_the_line_goes_to_the_fiche_of_the_page(demonstration: Engine) -> None:
    app = prepared("sheet.py", fiche=str(place(demonstration, "2.2").id))
    assert app.chat_input[0].placeholder == "Noter au carnet, fiche 2.2 · Entrée"
    app.chat_input[0].set_value(SAID).run()
    assert not app.exception
    (line,) = lines(demonstration)
    assert (line.text, line.noted_on, line.sheet_id) == (SAID, ON, place(demonstration, "2.2").sheet_id)
    assert "Noté au carnet, sur la fiche « 2\\.2" in app.success[0].value
    assert r"La directrice promet \*une salle\*" in words(app)


def test_the_line_goes_to_the_structure_that_the_plan_is_filtered_by(demonstration: Engine) -> None:
    app = prepared("plan.py", pilote="CCAS de Cavaillon")
    assert app.chat_input[0].placeholder == "Noter au carnet, CCAS de Cavaillon · Entrée"


def test_what_was_noted_by_mistake_is_taken_back_at_once(demonstration: Engine) -> None:
    app = prepared()
    app.chat_input[0].set_value(SAID).run()
    assert len(lines(demonstration)) == 1
    press(app, "Annuler")
    assert lines(demonstration) == []


def test_a_line_that_is_refused_is_not_lost(demonstration: Engine) -> None:
    app = prepared()
    app.chat_input[0].set_value("a" * 5000).run()
    assert not app.exception
    assert "raccourcissez" in app.error[0].value
    assert lines(demonstration) == []


@pytest.mark.usefixtures("demonstration")
def test_the_carnet_is_not_in_what_the_committee_sees(own_demo: Engine, viewer: Viewer) -> None:
    noted(own_demo, viewer)
    app = opened("logbook.py")
    assert not app.exception
    assert "directrice" not in words(app)
    assert "directrice" in words(press(app, "Passer en préparation")).replace("\\", "")


def test_the_carnet_tells_its_lines_and_finds_them(demonstration: Engine, viewer: Viewer) -> None:
    noted(demonstration, viewer, "2.2")
    noted(demonstration, viewer, text="Idée pour les pharmaciens")
    app = prepared("logbook.py")
    assert r"La directrice promet \*une salle\*" in words(app)
    assert "2\\.2 Accueillir les internes" in words(app)
    app.text_input(key="mots_notes").set_value("pharmacien").run()
    assert "directrice" not in words(app)
    assert "1\u00a0ligne sur\u00a02" in words(app)


@pytest.mark.usefixtures("demonstration")
def test_an_empty_carnet_says_how_it_is_filled() -> None:
    assert "Écrivez en bas de n'importe quelle page" in words(prepared("logbook.py"))


def test_a_line_becomes_a_meteo_through_its_form(demonstration: Engine, viewer: Viewer) -> None:
    key = noted(demonstration, viewer, "2.2")
    app = prepared("logbook.py", ligne=str(key), faire="meteo")
    next(view for view in app.segmented_control if "Freins" in view.options).set_value("Freins").run()
    press(app, "Déclarer la météo")
    with reading(demonstration) as session:
        entry = session.scalars(select(WeatherEntry).order_by(WeatherEntry.id.desc())).first()
        assert entry is not None
        assert (entry.obstacles, entry.on_date, entry.publication_id) == (SAID, ON, None)
        assert entry.weather is not None
    assert lines(demonstration)[0].became is NoteUse.WEATHER
    assert "faire" not in app.query_params


def test_what_is_typed_in_a_small_form_survives_a_refusal(demonstration: Engine, viewer: Viewer) -> None:
    key = noted(demonstration, viewer, "2.2")
    app = prepared("logbook.py", ligne=str(key), faire="etape")
    label, due = app.text_input[1:3] if app.text_input[0].key == "mots_notes" else app.text_input[:2]
    label.set_value("Salle trouvée").run()
    due.set_value("un de ces jours").run()
    press(app, "Ajouter l'étape")
    assert "un de ces jours" in app.error[0].value
    kept = {field.label: field.value for field in app.text_input}
    assert kept["Nom de l'étape"] == "Salle trouvée"
    next(field for field in app.text_input if field.label.startswith("Échéance")).set_value("mars 2027").run()
    press(app, "Ajouter l'étape")
    with reading(demonstration) as session:
        assert session.scalars(select(Milestone.label).where(Milestone.label == "Salle trouvée")).all()


@pytest.mark.parametrize(("side", "kept"), [("Garder la mienne", "Aucune salle"), ("Garder celle", "Deux salles")])
def test_a_line_that_two_people_rewrite_is_shown_in_both_ways_and_one_is_chosen(
    demonstration: Engine, viewer: Viewer, side: str, kept: str
) -> None:
    key = noted(demonstration, viewer)
    app = prepared("logbook.py", ligne=str(key), faire="modifier")
    app.text_area[0].set_value("Aucune salle").run()
    with writing(demonstration) as session:
        logbook.rewrite_note(session, viewer, note_id=key, text="Deux salles", noted_on="25/09/2026")
    press(app, "Enregistrer la ligne")
    assert [line.text for line in lines(demonstration)] == ["Deux salles"]
    assert "Rien n'a été écrasé" in app.error[0].value
    choice = app.radio[0]
    choice.set_value(
        next(value for value, said in zip(("theirs", "mine"), choice.options, strict=True) if side in said)
    )
    choice.run()
    press(app, "Enregistrer ces choix")
    assert [(line.text, f"{line.noted_on:%d/%m}") for line in lines(demonstration)] == [(kept, "25/09")]
    assert "faire" not in app.query_params


@pytest.mark.parametrize("side", ["theirs", "mine"])
def test_a_line_that_two_people_attach_is_shown_with_both_and_one_is_chosen(
    demonstration: Engine, viewer: Viewer, side: str
) -> None:
    key = noted(demonstration, viewer)
    app = prepared("logbook.py", ligne=str(key), faire="rattacher")
    sheets = next(box for box in app.selectbox if box.label == "Fiche" and box.key != OF_SHEET)
    mine, theirs = place(demonstration, "1.1").sheet_id, place(demonstration, "2.2").sheet_id
    sheets.set_value(sheets.options[0]).run()
    with writing(demonstration) as session:
        logbook.attach_note(session, viewer, note_id=key, sheet_id=theirs)
    press(app, "Rattacher")
    assert [line.sheet_id for line in lines(demonstration)] == [theirs]
    assert "2\\.2 Accueillir les internes" in words(app)
    app.radio[0].set_value(side).run()
    press(app, "Enregistrer ces choix")
    assert [line.sheet_id for line in lines(demonstration)] == [theirs if side == "theirs" else mine]
    assert "faire" not in app.query_params


def test_a_reminder_is_put_moved_and_done(demonstration: Engine) -> None:
    app = prepared("logbook.py", ligne="nouveau", faire="rappeler")
    next(field for field in app.text_input if field.label == "Jour du rappel").set_value("12/10/2026").run()
    app.text_area[0].set_value("Réserver la salle").run()
    press(app, "Mettre le rappel")
    assert "Réserver la salle" in words(app)
    with reading(demonstration) as session:
        key = session.scalars(select(Reminder.id)).one()
    app.button(key=f"icon_reminder_move_{key}").click().run()
    next(field for field in app.text_input if field.label == "Nouveau jour").set_value("14/10/2026").run()
    press(app, "Déplacer le rappel")
    assert "14\u00a0octobre 2026" in words(app)
    press(app, "Fait")
    with reading(demonstration) as session:
        assert session.scalars(select(Reminder.done_on)).one() == ON


def test_a_line_is_attached_by_names(demonstration: Engine, viewer: Viewer) -> None:
    key = noted(demonstration, viewer)
    app = prepared("logbook.py", ligne=str(key), faire="rattacher")
    filters = {OF_SHEET, OF_STRUCTURE}
    sheet, structure = (box for box in app.selectbox if box.label in ("Fiche", "Structure") and box.key not in filters)
    assert sheet.options[0].startswith("1.1 ")
    structure.set_value(structure.options[0]).run()
    press(app, "Rattacher")
    with reading(demonstration) as session:
        who = find_organisation(session, structure.options[0])
        assert who is not None
    assert [line.organisation_id for line in lines(demonstration)] == [who.id]


def test_a_fiche_tells_its_part_of_the_carnet_to_who_coordinates_alone(demonstration: Engine, viewer: Viewer) -> None:
    noted(demonstration, viewer, "2.2")
    number = str(place(demonstration, "2.2").id)
    assert "Carnet de bord" in [header.value for header in prepared("sheet.py", fiche=number).header]
    assert "Carnet de bord" not in [header.value for header in prepared("sheet.py", fiche=str(int(number) - 1)).header]
    assert "Carnet de bord" not in [header.value for header in opened("sheet.py", fiche=number).header]


def asked_again(app: AppTest) -> int:
    """How many statements a view costs once the page has been seen."""
    with counted(engine_in_use()) as asked:
        app.run()
    assert not app.exception
    return len(asked)


@pytest.mark.parametrize("page", [None, "plan.py", "sheet.py"])
@pytest.mark.usefixtures("demonstration")
def test_the_line_asks_nothing_of_the_database_on_a_page_already_seen(page: str | None) -> None:
    without, with_line = opened(page, fiche="6"), prepared(page, fiche="6")
    assert (len(without.chat_input), len(with_line.chat_input)) == (0, 1)
    assert asked_again(with_line) == asked_again(without)
