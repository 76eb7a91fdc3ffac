"""« Archives »: what was archived, chosen, confirmed by a word, deleted for good."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.models import ActionSheet, Placement
from db.rules.access import Role
from db.viewer import Viewer
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, said

FREE, HELD = "1.1", "1.2"


@pytest.fixture
def base(own_demo: Engine) -> Iterator[Engine]:
    """The demonstration, two fiches of which are archived."""
    for code in (FREE, HELD):
        with writing(own_demo) as session:
            place = session.scalars(select(Placement.id).where(Placement.code == code)).one()
            archive_sheet(session, viewer_in(own_demo), placement_id=place)
    with on_database(own_demo):
        yield own_demo


def key_of(engine: Engine, code: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(Placement.sheet_id).where(Placement.code == code)).one()


def page() -> AppTest:
    app = opened("archives.py")
    assert not app.exception
    return app


def pressed(app: AppTest, word: str) -> AppTest:
    app.text_input(key="purge_word").input(word).run()
    assert (app.button(key="purge_do").proto.type == "primary") is (word == "PURGER")
    app.button(key="purge_do").click().run()
    assert not app.exception
    return app


def test_a_fiche_is_deleted_for_good_once_chosen_and_confirmed_by_the_word(base: Engine) -> None:
    key = key_of(base, FREE)
    app = page()
    assert app.button(key="purge_do").disabled
    assert app.checkbox(key=f"purge_{key_of(base, HELD)}").disabled and "reste archivée à cause de" in said(app)
    app.checkbox(key=f"purge_{key}").check().run()
    assert any("tapez PURGER" in box.value for box in pressed(app, "oui").error)
    with reading(base) as session:
        assert session.get(ActionSheet, key) is not None
    app = pressed(app, "PURGER")
    assert [box.value for box in app.success] == ["1\u00a0fiche supprimée définitivement."]
    assert f"purge_{key}" not in [box.key for box in app.checkbox]
    with reading(base) as session:
        assert session.get(ActionSheet, key) is None


def test_who_does_not_administer_is_shown_nothing(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "viewer_at", lambda *_: Viewer(1, ((1, Role.COORDINATOR),)))
    app = page()
    assert "réservé à la personne qui administre" in said(app) and not app.checkbox


def test_without_archives_the_page_says_so(own_demo: Engine) -> None:
    with on_database(own_demo):
        assert "Rien n'est archivé." in said(page())
