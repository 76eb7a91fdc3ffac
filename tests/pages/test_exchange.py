from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine, func, select, update
from streamlit.testing.v1 import AppTest

from components.exchange import conflicts
from db import journal, shelf
from db.commands.plan import rewrite_sheet
from db.engine import make_engine, reading, writing
from db.exchange.export import plan_workbook
from db.models import Act, ActionSheet, Grant, Initiative, Placement, StatusEntry, Unsettled
from db.rules.access import Role
from db.rules.backups import BackupKind
from db.rules.vocabulary import Status
from db.settings import settings
from tests.conftest import ON, viewer_in
from tests.exchange.files import PLAN, Rows, xlsx
from tests.pages.opening import on_database, opened, words

TITLED: Rows = [["Contrat local de santé d'essai 2025-2030"], *PLAN]
FIRST, SECOND = "Bus santé", "Permanences"
IMPORT = "Importer les 2\u00a0fiches"


@pytest.fixture
def base(sqlite_engine: Engine) -> Iterator[Engine]:
    st.cache_resource.clear()
    with on_database(sqlite_engine):
        yield sqlite_engine


def dropped(rows: Rows, folder: Path, app: AppTest | None = None, name: str = "plan.xlsx") -> AppTest:
    """The page with this workbook dropped on its door."""
    content = xlsx(folder / name, rows).read_bytes()
    return given(content, name, app)


def given(content: bytes, name: str, app: AppTest | None = None) -> AppTest:
    """The page with this file dropped on its door."""
    app = app or opened("exchange.py")
    app.file_uploader[0].set_value((name, content, "application/octet-stream"))
    return app.run()


def button(app: AppTest, label: str):
    return next(item for item in app.button if item.label.startswith(label))


def field(app: AppTest, label: str):
    return next(item for item in app.text_input if item.label == label)


def imported(folder: Path) -> AppTest:
    """The page once the plan was imported."""
    return button(dropped(TITLED, folder), IMPORT).click().run()


def counted(engine: Engine, model: type) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def rationale(engine: Engine, title: str) -> str | None:
    with reading(engine) as session:
        return session.scalars(select(ActionSheet.rationale).where(ActionSheet.title == title)).one()


def with_rationale(*told: str) -> Rows:
    """The plan with a column « Constat » that says these words, one a fiche."""
    return [TITLED[0], [*PLAN[0], "Constat"], *([*row, word] for row, word in zip(PLAN[1:], told, strict=True))]


def test_the_page_opens_on_its_door_alone_while_there_is_no_plan(base: Engine):
    app = opened("exchange.py")
    assert not app.exception
    assert [header.value for header in app.header] == ["Importer un plan"]


def test_a_dropped_file_is_shown_and_nothing_is_written(base: Engine, tmp_path: Path):
    before = counted(base, Act)
    app = dropped(TITLED, tmp_path)
    assert not app.exception
    assert [header.value for header in app.header] == ["2\u00a0fiches, 1\u00a0axe et 1\u00a0objectif à créer"]
    assert (counted(base, Initiative), counted(base, Act)) == (0, before)


def test_a_new_plan_takes_the_name_of_its_title_and_the_chooser_follows(base: Engine, tmp_path: Path):
    app = imported(tmp_path)
    assert not app.exception
    assert "Le plan est importé" in words(app)
    with reading(base) as session:
        name, code = session.execute(select(Initiative.name, Initiative.code)).one()
    assert name == "Contrat local de santé d'essai 2025-2030"
    assert app.selectbox(key="demarche").value == code
    assert counted(base, Placement) == 2


def test_the_name_of_a_new_plan_may_be_corrected_before_it_is_written(base: Engine, tmp_path: Path):
    app = dropped(TITLED, tmp_path)
    app.text_input[0].set_value("CLS du Val d'Essai").run()
    button(app, IMPORT).click().run()
    with reading(base) as session:
        assert session.scalars(select(Initiative.name)).all() == ["CLS du Val d'Essai"]


def contract(engine: Engine) -> tuple[date | None, date | None]:
    with reading(engine) as session:
        return tuple(session.execute(select(Initiative.starts_on, Initiative.ends_on)).one())


def waiting(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(Unsettled.raw).where(Unsettled.initiative_id.is_not(None))))


def test_the_years_of_the_title_are_proposed_as_the_contract_s_and_written_once_imported(base: Engine, tmp_path: Path):
    app = dropped(TITLED, tmp_path)
    assert "Contrat du 01/01/2025 au 31/12/2030" in words(app)
    button(app, IMPORT).click().run()
    assert contract(base) == (date(2025, 1, 1), date(2030, 12, 31))
    assert waiting(base) == []


def test_the_dates_of_a_new_contract_may_be_corrected(base: Engine, tmp_path: Path):
    app = dropped(TITLED, tmp_path)
    field(app, "Début du contrat").set_value("15/03/2025")
    field(app, "Fin du contrat").set_value("juin 2030").run()
    button(app, IMPORT).click().run()
    assert contract(base) == (date(2025, 3, 15), date(2030, 6, 30))


def test_the_years_of_the_title_wait_when_no_date_is_given(base: Engine, tmp_path: Path):
    app = dropped(TITLED, tmp_path)
    field(app, "Début du contrat").set_value("")
    field(app, "Fin du contrat").set_value("").run()
    assert "restera à préciser" in words(app)
    button(app, IMPORT).click().run()
    assert contract(base) == (None, None)
    assert waiting(base) == ["2025-2030"]


@pytest.mark.parametrize(("typed", "told"), [("bientôt", "pas une date"), ("2019", "précède")])
def test_a_contract_s_end_that_cannot_be_is_told_and_nothing_is_written(
    base: Engine, tmp_path: Path, typed: str, told: str
):
    app = dropped(TITLED, tmp_path)
    field(app, "Fin du contrat").set_value(typed).run()
    assert told in app.warning[0].value
    button(app, IMPORT).click().run()
    assert len(app.error) == 1
    assert counted(base, Initiative) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.xlsx", b""),
        ("plan.xlsx", b"%PDF-1.7 rien d'un classeur"),
        ("plan.xlsx", b"PK\x03\x04" + b"\x00" * 60),
        ("plan.csv", b"un;deux;trois\n1;2;3\n"),
        ("plan.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence_and_nothing_else(base: Engine, name: str, content: bytes):
    app = given(content, name)
    assert not app.exception
    assert len(app.error) == 1
    assert r"Rien n'a été importé\." in app.error[0].value
    assert not app.table
    assert counted(base, Initiative) == 0


def test_a_label_that_is_only_close_is_not_read_until_it_is_ticked(base: Engine, tmp_path: Path):
    rows = [["Titre de l'action", "Structure pilotte"], [FIRST, "CCAS"]]
    app = dropped(rows, tmp_path)
    assert "ont un pilote" not in words(app)
    app.checkbox[0].check().run()
    assert "1\u00a0fiche sur\u00a01" in words(app)


def test_titles_that_are_only_close_are_asked_before_anything_else(base: Engine, tmp_path: Path):
    app = dropped([["Titre de l'acttion", "Statut"], [FIRST, "En cours"]], tmp_path)
    assert [info.value for info in app.info] == [
        "Confirmez la colonne qui porte le titre des fiches : sans elle, aucune fiche ne peut être lue."
    ]
    assert not app.header
    app.checkbox[0].check().run()
    assert [header.value for header in app.header] == ["1\u00a0fiche à créer"]


def test_the_same_file_is_proposed_where_it_went_and_has_nothing_to_write(base: Engine, tmp_path: Path):
    content = xlsx(tmp_path / "plan.xlsx", TITLED).read_bytes()
    app = button(given(content, "plan.xlsx"), IMPORT).click().run()
    app = given(content, "plan.xlsx", app)
    assert "Ce même fichier a déjà été importé" in words(app)
    assert "Rien à importer" in words(app)
    assert not any(item.label.startswith("Importer") for item in app.button)


def test_a_corrected_copy_asks_where_it_goes(base: Engine, tmp_path: Path):
    app = dropped(with_rationale("Peu de médecins", "Trop loin"), tmp_path, imported(tmp_path))
    landing = next(box for box in app.selectbox if box.label == "Où va ce plan")
    assert landing.value is None
    assert "2\u00a0titres sur 2" in words(app)
    assert not app.header


def corrected(engine: Engine, folder: Path) -> AppTest:
    """A copy whose first fiche was also changed in Balise, dropped and sent to the démarche it comes from."""
    app = button(dropped(with_rationale("Peu de médecins", "Trop loin"), folder), IMPORT).click().run()
    with writing(engine) as session:
        first = session.scalars(select(ActionSheet.id).where(ActionSheet.title == FIRST)).one()
        rewrite_sheet(session, viewer_in(engine), sheet_id=first, fields={"rationale": "Écrit dans Balise"})
    app = dropped(with_rationale("Écrit dans le fichier", "Bien trop loin"), folder, app)
    landing = next(box for box in app.selectbox if box.label == "Où va ce plan")
    return landing.select_index(0).run()


def test_what_was_typed_in_balise_since_is_kept_unless_the_file_is_chosen(base: Engine, tmp_path: Path):
    app = corrected(base, tmp_path)
    button(app, "Mettre à jour 1").click().run()
    assert rationale(base, FIRST) == "Écrit dans Balise"
    assert rationale(base, SECOND) == "Bien trop loin"


def test_the_value_of_the_file_is_written_once_it_is_chosen(base: Engine, tmp_path: Path):
    app = corrected(base, tmp_path)
    assert [box.value for box in app.radio] == [False]
    app.radio[0].set_value(True).run()
    button(app, "Mettre à jour 2").click().run()
    assert not app.exception
    assert rationale(base, FIRST) == "Écrit dans le fichier"


def test_an_import_is_taken_back_whole_and_the_page_still_stands(base: Engine, tmp_path: Path):
    app = imported(tmp_path)
    button(app, "Annuler cet import").click().run()
    assert "Retirer les 2\u00a0fiches et la démarche" in words(app)
    assert counted(base, ActionSheet) == 2
    button(app, "Retirer").click().run()
    assert not app.exception
    assert "déposez à nouveau le fichier" in app.success[0].value
    assert (counted(base, Initiative), counted(base, ActionSheet)) == (0, 0)
    assert [header.value for header in app.header] == ["Importer un plan"]


def test_who_only_reads_is_told_and_offered_no_door(base: Engine, tmp_path: Path):
    imported(tmp_path)
    with writing(base) as session:
        session.execute(update(Grant).values(role=Role.SIGNATORY))
        journal.move(session, ["rights"])
    app = opened("exchange.py")
    assert not app.file_uploader
    assert "réservé aux personnes qui coordonnent" in words(app)


def test_the_choices_of_one_dry_run_do_not_serve_another():
    st.session_state[conflicts.CHOSEN] = ("un essai", frozenset({(4, "rationale")}))
    assert conflicts.choices("un autre essai") == frozenset()
    assert conflicts.choices("un essai") == {(4, "rationale")}


def test_a_word_of_no_list_waits_or_is_chosen_and_the_file_s_own_is_kept(base: Engine, tmp_path: Path):
    rows = [["Titre de l'action", "Statut"], [FIRST, "Non réalisé"], [SECOND, "Engagée"]]
    app = dropped(rows, tmp_path)
    assert "**2\u00a0cellules à préciser**" in words(app)
    app.session_state["exchange_to_choose"] = True
    app.run()
    box = next(box for box in app.selectbox if "Non réalisé" in box.label)
    assert box.value == "Plus tard"
    app = box.set_value("abandonnée").run()
    assert "**1\u00a0cellule à préciser**" in words(app)
    button(app, IMPORT).click().run()
    with reading(base) as session:
        held = session.execute(select(StatusEntry.status, StatusEntry.status_word).order_by(StatusEntry.id)).all()
        waiting = session.scalars(select(Unsettled.raw).where(Unsettled.settled_at.is_(None))).all()
    assert (Status.DROPPED, "Non réalisé") in [tuple(row) for row in held]
    assert waiting == ["Engagée"]


def test_a_word_that_was_chosen_is_not_asked_again_by_the_same_file(base: Engine, tmp_path: Path):
    content = xlsx(tmp_path / "plan.xlsx", [["Titre de l'action", "Statut"], [FIRST, "Non réalisé"]]).read_bytes()
    app = given(content, "plan.xlsx")
    app.session_state["exchange_to_choose"] = True
    app.run()
    next(box for box in app.selectbox if "Non réalisé" in box.label).set_value("abandonnée").run()
    app = given(content, "plan.xlsx", button(app, "Importer la fiche").click().run())
    assert "Rien à importer" in words(app)
    with reading(base) as session:
        assert session.execute(select(Unsettled.raw, Unsettled.settled_as)).all() == [("Non réalisé", "abandonnée")]


def test_a_plan_that_was_exported_has_nothing_to_write_when_it_comes_back(base: Engine, tmp_path: Path):
    app = imported(tmp_path)
    with reading(base) as session:
        here = session.scalars(select(Initiative.id)).one()
        content = plan_workbook(session, viewer_in(base), here, ON)
    app = given(content, "export.xlsx", app)
    assert not app.exception
    assert "Ce classeur est un export de" in words(app)
    assert "Rien à importer" in words(app)


def test_a_backup_precedes_an_import(base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "sauvegardes"
    monkeypatch.setattr(settings(), "backup_dir", folder)
    imported(tmp_path)
    (made,) = shelf.kept(base)
    assert made.kind is BackupKind.BEFORE_IMPORT
    with reading(make_engine(f"sqlite:///{folder / made.name}")) as session:
        assert session.scalar(select(func.count()).select_from(ActionSheet)) == 0


def test_an_import_whose_backup_fails_is_made_and_says_so(
    base: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "sauvegardes"
    monkeypatch.setattr(settings(), "backup_dir", folder)
    folder.write_text("un fichier à la place du dossier")
    app = imported(tmp_path)
    assert not app.exception
    assert "L'import est fait" in app.error[0].value
    assert "La sauvegarde d'avant l'import n'a pas pu se faire" in app.error[0].value
    assert "un fichier porte le nom du dossier" in app.error[0].value
    assert counted(base, ActionSheet) == 2
