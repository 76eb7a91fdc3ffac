"""Taking acts back from the screen: the page of the last acts, the history of a fiche, the notice."""

from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.plan import rewrite_sheet
from db.commands.series import declare_progress
from db.engine import reading, writing
from db.models import ActionSheet, Placement
from db.rules.access import Role
from db.viewer import Viewer
from tests.builders import colleague
from tests.commands.editing import CLAIRE
from tests.commands.taking_back import last_act, one_act
from tests.conftest import ON, viewer_in
from tests.pages.opening import on_database, opened, words

FICHES = ("2.1", "2.2", "2.3")


@pytest.fixture
def base(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def places(engine: Engine) -> dict[str, tuple[int, int]]:
    """By number, where a fiche stands and which it is."""
    with reading(engine) as session:
        rows = session.execute(
            select(Placement.code, Placement.id, Placement.sheet_id).where(Placement.code.in_(FICHES))
        )
        return {code: (place, sheet) for code, place, sheet in rows}


def renamed(engine: Engine) -> int:
    """One act that gives three fiches another title."""
    with one_act(engine, viewer_in(engine), 1) as session:
        for number, (_, sheet) in places(engine).items():
            rewrite_sheet(session, viewer_in(engine), sheet_id=sheet, fields={"title": f"Nouveau {number}"})
    return last_act(engine)


def titles(engine: Engine) -> list[str]:
    with reading(engine) as session:
        keys = [sheet for _, sheet in places(engine).values()]
        return list(session.scalars(select(ActionSheet.title).where(ActionSheet.id.in_(keys))))


def acts_page(vue: str = workspace.PREPARATION) -> AppTest:
    app = opened("acts.py", vue=vue)
    assert not app.exception
    return app


def clicked(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button]


def test_the_last_acts_say_who_when_what_and_on_how_many_fiches(base: Engine):
    renamed(base)
    said = words(acts_page())
    assert "**Acte d'essai**" in said
    assert "par La coordination \\(ce poste\\), 3\u00a0fiches" in said


def test_an_act_on_several_fiches_says_which_before_it_is_taken_back(base: Engine):
    done = renamed(base)
    app = clicked(acts_page(), f"take_back_{done}")
    said = words(app)
    assert "Cet acte touche 3\u00a0fiches :" in said and "2\\.2 Nouveau 2\\.2" in said
    assert all(title.startswith("Nouveau") for title in titles(base))
    clicked(app, "history_undo")
    assert not any(title.startswith("Nouveau") for title in titles(base))


def test_an_act_taken_back_says_so_and_its_undo_can_be_taken_back_in_turn(base: Engine):
    done = renamed(base)
    app = clicked(clicked(acts_page(), f"take_back_{done}"), "history_undo")
    app.run()
    assert f"take_back_{done}" not in keys(app)
    assert ":orange-badge[annulé]" in words(app)
    assert "C'est annulé : tout est comme avant." in [box.value for box in app.success]
    app = clicked(app, f"take_back_{done + 1}")
    assert app.button(key="history_undo").label == "Rétablir cet acte"
    clicked(app, "history_undo")
    assert all(title.startswith("Nouveau") for title in titles(base))


def test_what_changed_since_is_listed_with_the_way_to_take_back_the_rest(base: Engine):
    claire, done = colleague(base, CLAIRE), renamed(base)
    with writing(base) as session:
        rewrite_sheet(session, claire, sheet_id=places(base)["2.1"][1], fields={"title": "*Le* mien"})
    app = refused(done)
    told = next(box.value for box in app.error if "impossible" in box.value)
    assert "Annulation impossible en entier" in told and "\\*Le\\* mien" in told
    assert app.button(key="history_undo").label == "Annuler tout le reste"
    clicked(app, "history_undo")
    assert sorted(title.startswith("Nouveau") for title in titles(base)) == [False, False, False]
    assert "*Le* mien" in titles(base)


def refused(done: int) -> AppTest:
    """The dialog of an act that was just refused: here it closes at each run, and is opened again."""
    app = clicked(clicked(acts_page(), f"take_back_{done}"), "history_undo")
    return clicked(app, f"take_back_{done}")


def test_what_was_refused_in_the_dialog_is_not_said_again_once_it_is_left(base: Engine):
    done = renamed(base)
    with writing(base) as session:
        rewrite_sheet(session, viewer_in(base), sheet_id=places(base)["2.1"][1], fields={"title": "Le mien"})
    app = clicked(refused(done), "history_leave").run()
    assert not app.error
    assert "Le mien" in titles(base)


def test_the_notice_offers_the_rest_when_something_changed_since(base: Engine):
    app = acts_page()
    with writing(base) as session:
        rewrite_sheet(session, viewer_in(base), sheet_id=places(base)["2.1"][1], fields={"means": "Un poste"})
    done = renamed(base)
    with writing(base) as session:
        rewrite_sheet(session, viewer_in(base), sheet_id=places(base)["2.1"][1], fields={"title": "Le mien"})
    app.session_state[workspace.NOTICE] = workspace.Notice("Enregistré", act_id=done)
    app = clicked(app.run(), "undo_last")
    assert "undo_rest" in keys(app) and any("impossible en entier" in box.value for box in app.error)
    app = clicked(app, "undo_rest")
    assert [box.value for box in app.success] == ["Le reste est annulé ; ce qui avait changé depuis est gardé."]
    assert app.button(key="undo_last").label == "Rétablir"


def test_taking_back_twice_from_two_tabs_is_one_act(base: Engine):
    done = renamed(base)
    tabs = [clicked(acts_page(), f"take_back_{done}") for _ in range(2)]
    for tab in tabs:
        clicked(tab, "history_undo")
    assert last_act(base) == done + 1


def test_on_what_is_published_nothing_is_taken_back_and_the_way_is_said(base: Engine):
    app = acts_page(workspace.PUBLISHED)
    assert not [key for key in keys(app) if key.startswith("take_back_")]
    assert any("Pour annuler un acte" in caption.value for caption in app.caption)


def test_the_history_of_a_fiche_takes_an_act_back_too(base: Engine):
    place, sheet = places(base)["2.2"]
    with writing(base) as session:
        declare_progress(session, viewer_in(base), sheet_id=sheet, percent=35, on=ON)
    done = last_act(base)
    app = opened("sheet.py", fiche=str(place), vue=workspace.PREPARATION)
    app.session_state["history"] = True
    app.run()
    assert "**Avancement** : 35\u202f% au 1er\u00a0octobre 2026" in words(app)
    app = clicked(clicked(app, f"take_back_{done}"), "history_undo").run()
    assert ":orange-badge[annulé]" in words(app)


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine evaluates the plan, and does not prepare it."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.EVALUATOR),)))


@pytest.fixture
def signatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine signs the contract."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.SIGNATORY),)))


@pytest.mark.usefixtures("evaluator")
def test_an_evaluator_reads_the_acts_and_takes_none_back(base: Engine):
    with one_act(base, viewer_in(base), 1) as session:
        declare_progress(session, viewer_in(base), sheet_id=places(base)["2.2"][1], percent=35, on=ON)
    app = acts_page()
    assert "Publication \\: Point du 30 septembre 2026" in words(app)
    assert "Acte d'essai" not in words(app)
    assert not [key for key in keys(app) if key.startswith("take_back_")]


@pytest.mark.usefixtures("signatory")
def test_a_signatory_reads_the_acts_with_their_dates_and_without_their_authors(base: Engine):
    st.cache_resource.clear()
    said = words(acts_page())
    assert "**Publication : Point du 30 septembre 2026**" in said.replace("\\", "")
    assert "par La coordination" not in said and "Ce qui a changé de ce que vous lisez" in said


@pytest.fixture
def inhabitant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person at the machine sits in a body, as an inhabitant."""
    monkeypatch.setattr("components.workspace.viewer_at", lambda *_: Viewer(1, ((1, Role.RESIDENT_MEMBER),)))


@pytest.mark.usefixtures("inhabitant")
def test_an_inhabitant_is_told_that_the_history_is_not_theirs(base: Engine):
    st.cache_resource.clear()
    app = acts_page()
    assert "L'historique de cette démarche ne vous est pas ouvert." in [box.value for box in app.info]


def test_one_value_of_a_fiche_is_followed_with_its_dates_and_its_authors(base: Engine):
    place, sheet = places(base)["2.2"]
    for percent in (35, 45):
        with writing(base) as session:
            declare_progress(session, viewer_in(base), sheet_id=sheet, percent=percent, on=ON)
    app = opened("sheet.py", fiche=str(place), vue=workspace.PREPARATION)
    app.session_state["history"] = True
    app.run()
    app.selectbox(key=f"history_value_{sheet}").select("progress_entry").run()
    assert not app.exception
    told = next(table.value for table in app.table if "Ce qui a été écrit" in table.value)
    assert [value[:22] for value in told["Ce qui a été écrit"]][:2] == [
        f"**Avancement** : {n}\u202f% au"[:22] for n in (45, 35)
    ]
    assert set(told["Par"]) == {"La coordination \\(ce poste\\)"}
    assert not [key for key in keys(app) if key.startswith("take_back_")]
