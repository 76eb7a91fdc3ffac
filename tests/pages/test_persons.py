"""« Personnes »: who is told of whom, looking at a contact again, erasing one."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, inspect, text
from streamlit.testing.v1 import AppTest

from components import persons_view
from db.commands.directory import add_person, find_or_create_organisation
from db.commands.logbook import note
from db.engine import writing
from db.models.base import now_utc
from db.rules.access import Role
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, said
from tests.pages.test_roles import acts_as

NAME = "Zoé Quémeneur-Blévin"
LONG_AGO = date(2020, 3, 1)


@pytest.fixture
def base(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


@pytest.fixture
def zoe(base: Engine) -> int:
    """A contact of long ago, named in a line of the logbook too; and a recent one."""
    viewer, today = viewer_in(base), now_utc().date()
    with writing(base) as session:
        ccas = find_or_create_organisation(session, viewer, "CCAS de Cavaillon").id
        old = add_person(
            session, viewer, function="Directrice", organisation_id=ccas, name=NAME, email="zoe@x.fr", on=LONG_AGO
        )
        add_person(session, viewer, function=None, name="Anne Récente", on=today - timedelta(days=30))
        note(session, viewer, initiative_id=1, text=f"{NAME} rappellera", noted_on=date(2026, 10, 1))
        return old.id


def told() -> AppTest:
    app = opened("persons.py")
    assert not app.exception
    return app


def test_without_anybody_the_page_says_so(base: Engine) -> None:
    assert "Aucune personne n'est gardée ici" in said(told())


def test_who_administers_is_told_where_each_comes_from_those_to_look_at_again_first(base: Engine, zoe: int) -> None:
    words = said(told()).replace("\u00a0", " ")
    assert "**Un contact attend d'être relu.**" in words
    assert "Directrice · CCAS de Cavaillon" in words
    assert "saisie, le 1er mars 2020 ; jamais relu" in words
    assert words.index(NAME) < words.index("Anne Récente")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_is(base: Engine, zoe: int, role: Role) -> None:
    acts_as(base, role)
    words = said(opened("persons.py"))
    assert NAME not in words and "Anne Récente" not in words
    if role is not Role.LINK_GUEST:
        assert persons_view.CLOSED in words


def test_a_contact_looked_at_again_leaves_the_first_place_and_that_can_be_taken_back(base: Engine, zoe: int) -> None:
    app = told()
    app.button(key=f"review_contact-{zoe}").click().run()
    assert "à relire" not in said(app)
    app.button(key="undo_last").click().run()
    assert "à relire" in said(app)


def test_somebody_is_erased_once_their_name_and_the_word_are_typed(base: Engine, zoe: int) -> None:
    app = told()
    app.button(key=f"ask_contact-{zoe}").click().run()
    assert "Les sauvegardes faites avant aujourd'hui" in said(app)
    for name, word, refused in (("Zoé", "EFFACER", "Le nom tapé"), (NAME, "oui", "Le mot tapé"), (NAME, "EFFACER", "")):
        app.text_input(key=f"{persons_view.NAME_KEY}_contact-{zoe}").input(name)
        app.text_input(key=f"{persons_view.WORD_KEY}_contact-{zoe}").input(word).run()
        assert (app.button(key=f"erase_contact-{zoe}").proto.type == "primary") is (word == "EFFACER")
        app.button(key=f"erase_contact-{zoe}").click().run()
        assert not app.exception
        assert [refused in error.value for error in app.error] == ([True] if refused else [])
    assert any("La personne est effacée" in box.value for box in app.success)
    assert "undo_last" not in [button.key for button in app.button]
    assert NAME not in said(app) and "Anne Récente" in said(app)
    assert rows_with("quémeneur", base) == []


def test_the_field_that_asks_for_a_name_is_named_without_it(base: Engine) -> None:
    with writing(base) as session:
        key = add_person(session, viewer_in(base), function=None, name="dir.alvarez", on=now_utc().date()).id
    app = told()
    app.button(key=f"ask_contact-{key}").click().run()
    assert [box.label for box in app.text_input] == ["Son nom", "Le mot EFFACER"]
    assert "tapez **dir.alvarez**" in said(app)


def rows_with(needle: str, engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return [
            table
            for table in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            if needle in str(tuple(row)).casefold()
        ]
