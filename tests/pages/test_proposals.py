"""« Réponses des pilotes »: what it offers for who did not answer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from components import workspace
from db.rules.sections import Section
from db.rules.vocabulary import Gathering
from tests.pages.opening import on_database, opened, said


@pytest.fixture
def demo(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


def test_beside_a_lead_that_did_not_answer_stands_the_form_for_what_it_tells(demo: Engine) -> None:
    app = opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION})
    assert "**CCAS de Cavaillon** · 1" in said(app)
    ways = [
        link.proto.query_string for link in app.page_link if f"recueil={Gathering.PHONE}" in link.proto.query_string
    ]
    assert ways
    assert all(f"modifier={Section.NEWS}" in way and "fiche=" in way for way in ways)
