"""« À vérifier », on the plan's page and on a fiche: accepted in one click, never blindly."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from components.corrections_view import OPEN
from db.commands.series import declare_status
from db.engine import reading, writing
from db.models import Act, ActionSheet, Placement, ProgressEntry, Reminder, StatusEntry
from db.rules.access import Role
from db.rules.vocabulary import Status
from db.viewer import Viewer
from tests.conftest import ON, viewer_in
from tests.pages.opening import on_database, opened, words


@pytest.fixture
def database(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def to_check(**query: str) -> AppTest:
    app = opened("plan.py", demarche="demo", liste="verifier", vue=workspace.PREPARATION, **query)
    assert not app.exception
    return app


def place(engine: Engine, code: str) -> tuple[int, int]:
    """The placement of a fiche of the demonstration, and the fiche."""
    with reading(engine) as session:
        found = session.execute(select(Placement.id, Placement.sheet_id).where(Placement.code == code)).one()
    return found[0], found[1]


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def last(engine: Engine, table: type[Any], sheet_id: int) -> Any:
    with reading(engine) as session:
        return session.scalars(select(table).where(table.sheet_id == sheet_id).order_by(table.id.desc())).first()


def said(app: AppTest) -> str:
    return "\n".join([words(app), *(str(one.value) for one in (*app.success, *app.error))])


def test_one_click_starts_a_sheet_and_the_next_thing_to_check_takes_its_place(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    app = press(to_check(), f"accept_start-{placement}")
    assert last(database, StatusEntry, sheet_id).status is Status.ONGOING
    assert "la fiche est en cours" in said(app)
    assert f"accept_start-{placement}" not in [button.key for button in app.button]
    assert f"accept_confirm-{placement}" in [button.key for button in app.button]


def test_a_correction_is_taken_back_from_what_is_said_of_it(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    before = last(database, StatusEntry, sheet_id).id
    app = press(press(to_check(), f"accept_start-{placement}"), "undo_last")
    assert last(database, StatusEntry, sheet_id).id == before
    assert f"accept_start-{placement}" in [button.key for button in app.button]
    press(app, f"accept_start-{placement}")
    assert last(database, StatusEntry, sheet_id).id != before


def test_two_clicks_are_one_act(database: Engine) -> None:
    placement, _ = place(database, "5.4")
    one, other = to_check(), to_check()  # a click sent twice comes, as from two tabs, from one and the same drawing
    for app in (one, other):
        press(app, f"accept_start-{placement}")
        assert not app.error
    with reading(database) as session:
        acts = session.scalars(select(Act).where(Act.operation == "correct")).all()
    assert len(acts) == 1


def test_what_changed_meanwhile_is_said_and_nothing_is_written(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    app = to_check()
    with writing(database) as session:
        declare_status(session, viewer_in(database), sheet_id=sheet_id, status=Status.PAUSED, on=ON)
    press(app, f"accept_start-{placement}")
    assert "a changé depuis que cette liste est affichée" in said(app)
    assert last(database, StatusEntry, sheet_id).status is Status.PAUSED


def test_a_reminder_is_put_once_and_the_fiche_waits_at_the_end(database: Engine) -> None:
    placement, sheet_id = place(database, "3.3")
    app = press(to_check(), f"accept_ask-{placement}")
    assert last(database, Reminder, sheet_id) is not None
    assert "Rappel déjà mis : demander des nouvelles le 5\u00a0octobre 2026" in said(app)
    assert f"accept_ask-{placement}" not in [button.key for button in app.button]
    assert app.button(key=f"accept_pause-{placement}") is not None


def test_a_progress_confirmed_leaves_the_list(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    app = press(to_check(), f"accept_confirm-{placement}")
    assert last(database, ProgressEntry, sheet_id).comment == "Avancement confirmé"
    assert f"accept_confirm-{placement}" not in [button.key for button in app.button]


def typing(app: AppTest, typed: str) -> AppTest:
    app.text_input[0].set_value(typed).run()
    save = next(button for button in app.button if button.label == "Enregistrer")
    save.click().run()
    assert not app.exception
    return app


def test_a_new_start_is_typed_in_place_and_survives_a_refusal(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    app = press(to_check(), f"accept_move_start-{placement}")
    assert app.query_params[OPEN] == f"move_start-{placement}"
    typing(app, "mars 2026")
    assert "est déjà passé" in said(app)
    assert app.text_input[0].value == "mars 2026"
    typing(app, "mars 2027")
    assert "Signature CFPPA" in said(app)  # an étape that would be due before the fiche begins
    typing(app, "novembre 2026")
    assert "la date de début est changée" in said(app)
    assert OPEN not in app.query_params and workspace.DRAFT not in app.query_params
    with reading(database) as session:
        assert str(session.get_one(ActionSheet, sheet_id).starts_on) == "2026-11-01"


def test_what_is_typed_is_there_again_after_the_page_is_reloaded(database: Engine) -> None:
    placement, _ = place(database, "5.4")
    app = press(to_check(), f"accept_move_start-{placement}")
    app.text_input[0].set_value("T2 2027").run()
    again = to_check(**{OPEN: f"move_start-{placement}", workspace.DRAFT: app.query_params[workspace.DRAFT]})
    assert again.text_input[0].value == "T2 2027"


def fiche(engine: Engine, code: str) -> AppTest:
    app = opened("sheet.py", demarche="demo", fiche=str(place(engine, code)[0]), vue=workspace.PREPARATION)
    assert not app.exception
    return app


def test_a_correction_is_accepted_on_the_fiche_too(database: Engine) -> None:
    placement, sheet_id = place(database, "5.4")
    app = fiche(database, "5.4")
    assert "À vérifier" in [box.label for box in app.expander]
    press(app, f"accept_start-{placement}")
    assert last(database, StatusEntry, sheet_id).status is Status.ONGOING


def test_who_looks_at_what_is_published_is_proposed_nothing(database: Engine) -> None:
    app = opened("sheet.py", demarche="demo", fiche=str(place(database, "5.4")[0]))
    assert [button.key for button in app.button if str(button.key).startswith("accept_")] == []


def test_who_signs_is_proposed_nothing(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))
    app = fiche(database, "5.4")
    assert [button.key for button in app.button if str(button.key).startswith("accept_")] == []
