"""Under a text that seems to speak of a patient, a gentle word; it is saved all the same."""

from sqlalchemy import Engine, select

from components.caution import WORDS
from db.engine import reading
from db.models import ActionSheet
from tests.pages.opening import on_database, opened, words

PATIENT = "Mme Dupont, née le 12/03/1961, vue au CMP"


def test_a_text_that_speaks_of_a_patient_is_gently_told_and_saved_all_the_same(own_demo: Engine):
    with on_database(own_demo):
        app = opened("sheet.py", demarche="demo", vue="En préparation", fiche="3", modifier="constat")
        app.text_area[0].set_value("Parcours patient").run()
        assert WORDS not in words(app)
        app.text_area[0].set_value(PATIENT).run()
        assert WORDS in words(app)
        next(button for button in app.button if button.label.startswith("Enregistrer")).click().run()
    with reading(own_demo) as session:
        assert session.scalars(select(ActionSheet.id).where(ActionSheet.rationale == PATIENT)).one()
