"""« Réponses des pilotes »: what it offers for who did not answer."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from components import caution, formats, workspace
from db.commands.proposals import make_answer_link, propose
from db.engine import reading, writing
from db.models import AnswerLink, Initiative
from db.queries.proposals import asking, lead_links
from db.rules.access import Role
from db.rules.sections import Section
from db.rules.vocabulary import Gathering
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, said, words
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


def answered(engine: Engine, rank: int, **typed: str) -> None:
    """A lead says this of a fiche of theirs: the one of this rank."""
    viewer = viewer_in(engine)
    with reading(engine) as session:
        plan = session.scalars(select(Initiative).where(Initiative.code == "demo")).one()
        on = plan.reference_date
        assert on is not None
        who = max(lead_links(session, viewer, plan.id, on), key=lambda one: len(one.sheets)).organisation_id
    secret = f"secret-{rank}"
    with writing(engine) as session:
        link = make_answer_link(session, viewer, initiative_id=plan.id, organisation_id=who, secret=secret, on=on)
        sheet = asking(session, session.get_one(AnswerLink, link.id), on).sheets[rank].sheet_id
        propose(session, secret=secret, sheet_id=sheet, typed=typed, steps=(), name="Ana", function="", on=on)


def test_a_decision_card_reads_as_french_says_it(demo: Engine) -> None:
    answered(demo, 0, progress="35")
    told = said(opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION}))
    assert "Personne d'autre ne la voit." in told
    assert f"**Avancement** : {formats.percent(35)}" in told
    answered(demo, 1, progress="NC")
    told = said(opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION}))
    assert "Personne d'autre ne les voit." in told
    assert "**Avancement** : NC" in told


def test_an_answer_that_speaks_of_a_patient_is_gently_told_to_who_decides(demo: Engine) -> None:
    answered(demo, 0, done="Douze patients reçus")
    assert caution.WORDS not in words(opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION}))
    answered(demo, 1, done="Vu", obstacles="Mme Dupont, née le 12/03/1961")
    assert caution.WORDS in words(opened("proposals.py", **{workspace.VIEW: workspace.PREPARATION}))
