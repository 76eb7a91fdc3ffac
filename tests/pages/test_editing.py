"""The pages on which a plan is edited: who sees the doors, what a form holds, what a refusal keeps."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.plan import place_sheet
from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.models import ActionSheet, Draft, Placement, StatusEntry
from db.rules.sections import LABELS, Section
from db.rules.vocabulary import Gathering
from tests.builders import colleague, plan_in
from tests.commands.editing import CLAIRE, edits, holds, opens, saves
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, said, words

PREPARED = {workspace.VIEW: workspace.PREPARATION}


@pytest.fixture
def demo(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def place(engine: Engine, code: str) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == code)).first())


def sheet_of(engine: Engine, code: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(Placement.sheet_id).where(Placement.code == code)).one()


def fiche(engine: Engine, code: str, **query: str) -> AppTest:
    return opened("sheet.py", fiche=place(engine, code), **PREPARED, **query)


def button(app: AppTest, label: str) -> object:
    return next(found for found in app.button if found.label.startswith(label))


def rationale(engine: Engine, code: str) -> str | None:
    with reading(engine) as session:
        row = session.scalars(select(ActionSheet).join(Placement).where(Placement.code == code)).first()
        return row.rationale if row else None


def test_who_reads_what_is_published_sees_no_door_to_a_form(demo: Engine):
    app = opened("sheet.py", fiche=place(demo, "2.1"), modifier=Section.RATIONALE.value)
    assert [found.label for found in app.button if found.label in ("Modifier", "Donner des nouvelles")] == []
    assert not app.text_area
    with reading(demo) as session:
        assert session.scalars(select(Draft)).all() == []


def test_modify_opens_one_section_with_what_it_holds(demo: Engine):
    app = fiche(demo, "2.1")
    assert not app.text_area
    app.button(key=f"edit_{Section.RATIONALE.value}").click().run()
    assert app.text_area[0].value == rationale(demo, "2.1")
    assert app.query_params["modifier"] == Section.RATIONALE.value


def test_a_section_saved_is_closed_read_at_once_and_can_be_taken_back(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.RATIONALE.value)
    app.text_area[0].set_value("Un constat neuf").run()
    button(app, "Enregistrer").click().run()
    assert not app.exception
    assert rationale(demo, "2.1") == "Un constat neuf"
    assert "Un constat neuf" in words(app)
    assert "modifier" not in app.query_params
    assert "Enregistré à" in app.success[0].value
    button(app, "Annuler").click().run()
    assert "C'est annulé" in app.success[0].value
    assert rationale(demo, "2.1") != "Un constat neuf"


def test_what_is_refused_stays_in_the_form_with_its_sentence(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.NEWS.value)
    app.text_input[0].set_value("120").run()
    button(app, "Enregistrer").click().run()
    assert "0 à 100" in app.error[0].value
    assert app.text_input[0].value == "120"
    app.text_input[0].set_value("70").run()
    button(app, "Enregistrer").click().run()
    assert not app.error
    assert "70" in words(app)


def test_news_dated_before_what_is_shown_are_said_to_change_nothing_of_it(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.NEWS.value)
    said = "l'état affiché ne change pas"
    when = next(field for field in app.text_input if field.label.startswith("Date des nouvelles"))
    when.set_value("01/01/2026").run()
    assert not any(said in caption.value for caption in app.caption)
    app.text_input[0].set_value("50").run()
    (told,) = [caption.value for caption in app.caption if said in caption.value]
    assert told.startswith("Date antérieure à celle de « Avancement » (")
    when.set_value("01/10/2026").run()
    assert not any(said in caption.value for caption in app.caption)


def test_a_step_is_ticked_where_it_is_read(demo: Engine):
    app = fiche(demo, "2.1")
    box = next(found for found in app.checkbox if "Analyse des parcours" in found.label)
    assert not box.value
    box.check().run()
    assert next(found for found in app.checkbox if "Analyse des parcours" in found.label).value
    assert "3/3" in words(app)


def test_a_step_given_up_meanwhile_is_not_ticked_and_is_drawn_as_it_stands(demo: Engine):
    app = fiche(demo, "2.1")
    box = next(found for found in app.checkbox if "Analyse des parcours" in found.label)
    draft = opens(demo, viewer_in(demo), sheet_of(demo, "2.1"), Section.CALENDAR)
    *before, last = draft.base["milestones"]
    assert "Analyse des parcours" in last["label"]
    saves(demo, viewer_in(demo), draft, milestones=[*before, {**last, "state": "abandonnée"}])
    box.check().run()
    assert "est maintenant « abandonnée »" in app.error[0].value
    box = next(found for found in app.checkbox if "Analyse des parcours" in found.label)
    assert not box.value
    assert "Analyse des parcours" in words(app) and "abandonnée" in words(app).partition("Analyse des parcours")[2]
    assert not any(":" in found.label for found in app.checkbox)


def test_a_text_pasted_with_its_markup_is_told_and_cleaned_on_demand(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.RATIONALE.value)
    app.text_area[0].set_value("<p class=MsoNormal>Collé&nbsp;de Word</p>").run()
    assert any("balises" in found.value for found in app.caption)
    button(app, "Les retirer").click().run()
    assert app.text_area[0].value == "Collé de Word"


def test_a_fiche_lent_by_another_plan_says_where_it_is_edited(demo: Engine):
    viewer = viewer_in(demo)
    other = plan_in(demo, viewer, name="Atelier santé ville", code="asv")
    with writing(demo) as session:
        sheet_id = session.scalars(select(Placement.sheet_id).where(Placement.code == "2.1")).one()
        lent = place_sheet(session, viewer, sheet_id=sheet_id, initiative_id=other.initiative_id, code="9.1").id
    app = opened("sheet.py", demarche="asv", fiche=str(lent), **PREPARED)
    assert not [found for found in app.button if found.label == "Modifier"]
    assert "se modifie dans son plan d'origine" in words(app)


def test_the_round_asks_the_longest_silent_first_and_goes_on_after_a_save(demo: Engine):
    app = opened("news.py", **PREPARED)
    assert "attendent des nouvelles" in words(app)
    first = app.header[0].value
    app.text_input[0].set_value("50").run()
    button(app, "Enregistrer").click().run()
    assert not app.exception
    assert app.header[0].value != first
    button(app, "Passer").click().run()
    assert app.header[0].value != first


def test_the_committee_s_reading_has_no_round(demo: Engine):
    app = opened("news.py")
    assert not app.text_area
    assert any(found.label == "Passer en préparation" for found in app.button)


def test_many_fiches_are_changed_after_a_sentence_that_says_what_will_be_written(demo: Engine):
    app = opened("bulk.py", **PREPARED)
    button(app, "Tout prendre").click().run()
    next(box for box in app.selectbox if box.label == "Statut" and "Ne pas changer" in str(box.proto)).select(
        "en pause"
    ).run()
    assert "Sera écrit" in words(app)
    assert "statuts actuels" in words(app)
    with reading(demo) as session:
        before = len(session.scalars(select(StatusEntry.id)).all())
    button(app, "Écrire dans").click().run()
    assert not app.exception
    assert "modifiées" in app.success[0].value
    with reading(demo) as session:
        assert len(session.scalars(select(StatusEntry.id)).all()) > before


def test_a_colleague_s_rows_that_were_chosen_stay_chosen_after_a_refusal(demo: Engine):
    claire, sheet_id = colleague(demo, CLAIRE), sheet_of(demo, "2.1")
    app = fiche(demo, "2.1", modifier=Section.CALENDAR.value)
    next(field for field in app.text_input if field.label == "Étape 1").set_value("La mienne").run()
    next(field for field in app.text_input if field.label == "Début").set_value("un jour").run()
    theirs = opens(demo, claire, sheet_id, Section.CALENDAR)
    rows = [dict(row) for row in theirs.base["milestones"]]
    rows[0]["label"] = "La sienne"
    saves(demo, claire, theirs, milestones=rows)
    button(app, "Enregistrer").click().run()
    next(choice for choice in app.radio if choice.label == "Valeur à garder").set_value("theirs").run()
    button(app, "Enregistrer ces choix").click().run()
    assert "un jour" in app.error[0].value
    next(field for field in app.text_input if field.label == "Début").set_value("janvier 2025").run()
    button(app, "Enregistrer").click().run()
    held = holds(demo, viewer_in(demo), sheet_id, Section.CALENDAR)
    assert held["milestones"][0]["label"] == "La sienne"


def test_a_clash_on_one_fiche_of_the_round_does_not_follow_to_the_next(demo: Engine):
    app = opened("news.py", **PREPARED)
    first = app.header[0].value
    with reading(demo) as session:
        subject = session.scalars(select(Draft.subject).order_by(Draft.id.desc())).first()
    assert subject is not None
    app.text_area[0].set_value("Ce que j'ai fait").run()
    edits(demo, colleague(demo, CLAIRE), int(subject.split(":")[1]), Section.NEWS, done="Ce qu'elle a fait")
    button(app, "Enregistrer").click().run()
    assert "Enregistrer ces choix" in [found.label for found in app.button]
    button(app, "Passer").click().run()
    assert app.header[0].value != first
    assert "Enregistrer ces choix" not in [found.label for found in app.button]


def test_two_tabs_on_one_form_write_both_texts(demo: Engine):
    one = opened("unplanned.py", **PREPARED)
    one.text_input[0].set_value("Atelier A").run()
    two = opened("unplanned.py", **PREPARED)
    two.text_input[0].set_value("Atelier B").run()
    button(two, "Ajouter l'action").click().run()
    button(one, "Ajouter l'action").click().run()
    with reading(demo) as session:
        titles = session.scalars(select(ActionSheet.title).where(ActionSheet.title.like("Atelier _"))).all()
    assert sorted(titles) == ["Atelier A", "Atelier B"]


def test_a_fiche_that_was_archived_is_said_to_be_to_who_may_bring_it_back(demo: Engine):
    at = place(demo, "2.1")
    with writing(demo) as session:
        archive_sheet(session, viewer_in(demo), placement_id=int(at))
    assert "a été archivée par La coordination" in said(opened("sheet.py", fiche=at, **PREPARED))
    assert "n'existe pas, ou elle ne vous est pas ouverte" in said(opened("sheet.py", fiche=at))


def test_news_heard_on_the_telephone_are_written_for_their_lead_and_say_so(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.NEWS.value, recueil=Gathering.PHONE.value)
    app.text_input[0].set_value("70").run()
    when = next(field for field in app.text_input if field.label == LABELS["gathered_on"])
    when.set_value("12/09/2026").run()
    button(app, "Enregistrer").click().run()
    assert not app.error
    assert "recueilli par téléphone le 12\u00a0sept. 2026" in words(app)
    assert "recueil" not in app.query_params


def test_an_address_that_says_anything_else_of_how_news_were_heard_says_nothing(demo: Engine):
    app = fiche(demo, "2.1", modifier=Section.NEWS.value, recueil="n'importe quoi")
    assert not app.exception
    assert LABELS["gathered_on"] not in [field.label for field in app.text_input]
