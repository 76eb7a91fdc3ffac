"""« Réponses des pilotes »: what it offers for who did not answer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from components import workspace
from db.rules.access import Role
from db.rules.sections import Section
from db.rules.vocabulary import Gathering
from tests.pages.opening import on_database, opened, said
from tests.pages.test_roles import acts_as


@pytest.fixture
def demo(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def test_who_coordinates_and_looks_at_what_is_published_is_led_to_where_answers_are_decided(demo: Engine) -> None:
    app = opened("proposals.py", **{workspace.VIEW: workspace.PUBLISHED})
    assert "Liens de réponse" not in said(app)
    next(button for button in app.button if button.label == "Passer en préparation").click().run()
    assert not app.exception
    assert "Liens de réponse" in said(app)


def test_who_does_not_coordinate_is_offered_nothing(demo: Engine) -> None:
    acts_as(demo, Role.SIGNATORY)
    app = opened("proposals.py")
    assert "par la coordination de la démarche" in said(app)
    assert "Passer en préparation" not in [button.label for button in app.button]


def test_beside_a_lead_that_did_not_answer_stands_the_form_for_what_it_tells(demo: Engine) -> None:
    app = opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION})
    assert "**CCAS de Cavaillon** · 1" in said(app)
    ways = [
        link.proto.query_string for link in app.page_link if f"recueil={Gathering.PHONE}" in link.proto.query_string
    ]
    assert ways
    assert all(f"modifier={Section.NEWS}" in way and "fiche=" in way for way in ways)
