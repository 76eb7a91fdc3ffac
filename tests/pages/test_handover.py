"""« Passer la main » and « Prise de poste », by role; and what every page says of a vacant post."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import handover_view, workspace
from db.commands import logbook, passwords, sessions, ways_in
from db.commands.handover import hand_over
from db.commands.series import declare_status
from db.engine import reading, writing
from db.models import Handover, Vacancy
from db.models.base import now_utc
from db.rules.access import Role
from db.settings import Access, settings
from tests.commands.coming_in import EVALUATED, QUICK, account_of
from tests.commands.handing import SINCE, as_person
from tests.conftest import ON, viewer_in
from tests.pages.opening import on_database, opened, said
from tests.pages.test_access import bears

DEMO = 1
PREPARED = {"demarche": "demo", "vue": workspace.PREPARATION}


@pytest.fixture
def base(own_demo: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demonstration, where people sign in: who administers, who coordinates, who reads."""
    monkeypatch.setattr(passwords, "HASHING", QUICK)
    monkeypatch.setattr(settings(), "access", Access.ACCOUNTS)
    monkeypatch.setattr(settings(), "public_url", "https://balise.exemple.fr")
    for login, function, role, plan in (
        ("admin", "Administratrice", Role.ADMINISTRATOR, None),
        ("claire", "Coordinatrice du CLS", Role.COORDINATOR, DEMO),
        ("samir", "Chargé de mission", Role.EVALUATOR, DEMO),
    ):
        with writing(own_demo) as session:
            ways_in.invite(
                session, viewer_in(own_demo), login=login, function=function, role=role, secret=login,
                starts_on=SINCE, initiative_id=plan, ends=EVALUATED if role is Role.EVALUATOR else None,
            )  # fmt: skip
    with writing(own_demo) as session:
        logbook.add_reminder(
            session, as_person(own_demo, "claire"), initiative_id=DEMO, text="Relancer", due="15/10/2026"
        )
    with on_database(own_demo):
        yield own_demo


def comes(engine: Engine, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    """Somebody's browser bears an open session."""
    with writing(engine) as session:
        secret = sessions.open_session(session, account_of(engine, login), at=now_utc(), device="Firefox")
    bears(monkeypatch, secret)


def page(**query: str) -> AppTest:
    app = opened("handover.py", demarche="demo", **query)
    assert not app.exception
    assert app.title[0].value == "Passer la main"
    return app


def passed(engine: Engine, to: str | None, starts: str = "1/10/2026") -> None:
    with writing(engine) as session:
        hand_over(
            session, viewer_in(engine), initiative_id=DEMO, from_account_id=account_of(engine, "claire"),
            to_account_id=account_of(engine, to) if to else None, starts=starts, today=ON,
        )  # fmt: skip


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def notices(app: AppTest) -> str:
    return " ".join(str(box.value) for box in [*app.success, *app.error]).replace("\u00a0", " ").replace("\\", "")


def fill(app: AppTest, to: str, starts: str) -> AppTest:
    """Answer the form, and send it."""
    next(box for box in app.selectbox if box.label == "À qui").select(to).run()
    next(line for line in app.text_input if line.label == "À partir du").input(starts).run()
    save = next(button for button in app.button if button.key and button.key.startswith("save_"))
    save.click().run()
    assert not app.exception
    return app


def test_who_neither_coordinates_nor_administers_is_told_whose_page_it_is(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes(base, monkeypatch, "samir")
    app = page()
    assert handover_view.CLOSED in said(app)
    assert "Coordinatrice" not in said(app)


def test_who_coordinates_passes_their_own_post(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(base, monkeypatch, "claire")
    app = page()
    assert "Tient ici : 1 rappel" in said(app).replace("\u00a0", " ")
    press(app, "Passer la main")
    assert "Passent avec le poste : 1 rappel" in said(app).replace("\u00a0", " ")
    assert not [box for box in app.checkbox if "rôles" in box.label]
    offered = next(box for box in app.selectbox if box.label == "À qui").options
    assert offered == ["Administratrice", "Chargé de mission", handover_view.TO_NOBODY]
    fill(app, "Chargé de mission", "1/10/2026")
    assert "La main est passée à Chargé de mission, avec 1 rappel" in notices(app)
    assert not [button for button in app.button if button.key == "undo_last"]
    assert as_person(base, "samir").coordinates(DEMO)
    assert not as_person(base, "claire").coordinates(DEMO)


def test_who_administers_leaves_a_post_vacant_and_takes_it_back(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(base, monkeypatch, "admin")
    app = fill(press(page(), "Passer la main"), handover_view.TO_NOBODY, "20/9/2026")
    assert "vacante à partir du 20 septembre 2026" in notices(app)
    assert any("Coordination vacante depuis le 20" in str(box.value) for box in app.warning)
    next(button for button in app.button if button.key == "undo_last").click().run()
    assert not app.exception
    assert not any("Coordination vacante" in str(box.value) for box in app.warning)


def test_nothing_chosen_leaves_no_post_vacant(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes(base, monkeypatch, "admin")
    app = press(page(), "Passer la main")
    next(line for line in app.text_input if line.label == "À partir du").input("1/10/2026").run()
    next(button for button in app.button if button.key and button.key.startswith("save_")).click().run()
    assert "Dites à qui passe le poste" in notices(app)
    assert next(line for line in app.text_input if line.label == "À partir du").value == "1/10/2026"
    with reading(base) as session:
        assert session.scalars(select(Handover.id)).all() == session.scalars(select(Vacancy.id)).all() == []


def test_a_post_that_somebody_left_is_given_to_who_comes(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    passed(base, None, "20/9/2026")
    comes(base, monkeypatch, "admin")
    app = page()
    assert "a coordonné jusqu'au 19 septembre 2026" in said(app).replace("\u00a0", " ")
    fill(press(app, "Donner le poste"), "Chargé de mission", "1/10/2026")
    words = said(page()).replace("\u00a0", " ")
    assert "du 20 septembre 2026 au 30 septembre 2026" in words
    assert as_person(base, "samir").coordinates(DEMO)


@pytest.mark.parametrize("login", ["admin", "samir"])
@pytest.mark.parametrize("name", [None, "plan.py", "contract.py", "guide.py"])
def test_every_page_says_since_when_the_post_is_vacant(
    base: Engine, monkeypatch: pytest.MonkeyPatch, login: str, name: str | None
) -> None:
    passed(base, None)
    comes(base, monkeypatch, login)
    app = opened(name, demarche="demo")
    assert "coordination vacante depuis le 1er octobre 2026" in said(app).replace("\u00a0", " ")
    assert "Coordinatrice du CLS" not in said(app)


def test_the_week_says_what_waits_while_the_post_is_vacant(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    passed(base, None, "20/9/2026")
    comes(base, monkeypatch, "admin")
    words = said(opened("week.py")).replace("\u00a0", " ")
    assert "coordination vacante depuis le 20 septembre 2026" in words
    assert "Relancer" not in words
    assert "Sans nouvelles depuis six mois" not in words


def test_who_took_the_post_lands_once_on_its_first_page_and_closes_it(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed(base, "samir")
    comes(base, monkeypatch, "samir")
    app = opened()
    assert not app.exception
    assert app.title[0].value == "Prise de poste"
    assert len([link for link in app.page_link if link.label]) >= 10 + 3
    words = said(app).replace("\u00a0", " ")
    assert "à la suite de « Coordinatrice du CLS »" in words
    assert "15 octobre 2026" in words
    assert any("Vous avez pris la coordination" in link.label for link in opened("week.py").page_link)
    press(app, "C'est lu : ne plus l'ouvrir d'abord")
    assert opened().title[0].value != "Prise de poste"
    assert not any("Vous avez pris la coordination" in link.label for link in opened("week.py").page_link)
    assert "Relire votre prise de poste" in " ".join(link.label for link in page().page_link)


def test_a_fiche_without_a_status_is_told_there_as_on_the_overview(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(base) as session:
        declare_status(session, viewer_in(base), sheet_id=1, status=None, on=ON)
    passed(base, "samir")
    comes(base, monkeypatch, "samir")
    labels = [link.label.replace("\u00a0", " ") for link in opened().page_link]
    assert any(", 1 sans statut" in label for label in labels)


def test_nobody_else_has_that_page(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    passed(base, "samir")
    comes(base, monkeypatch, "admin")
    app = opened("taking_over.py", **PREPARED)
    assert not app.exception
    assert "ce n'est pas votre cas ici" in said(app)


def test_without_passwords_the_page_explains_and_a_vacancy_is_noted_then_ended(own_demo: Engine) -> None:
    with on_database(own_demo):
        app = page()
        assert "personne à qui passer la main" in said(app)
        press(app, "Noter que la coordination est vacante")
        next(line for line in app.text_input if line.label == "Vacante à partir du").input("1/9/2026").run()
        next(button for button in app.button if button.key and button.key.startswith("save_")).click().run()
        assert any("1er septembre 2026" in str(box.value).replace("\u00a0", " ") for box in app.warning)
        press(app, "Noter que la coordination a repris")
        next(line for line in app.text_input if line.label == "Repris à partir du").input("1/10/2026").run()
        next(button for button in app.button if button.key and button.key.startswith("save_")).click().run()
        assert "du 1er septembre 2026 au 30 septembre 2026" in said(app).replace("\u00a0", " ")
        assert not app.warning
