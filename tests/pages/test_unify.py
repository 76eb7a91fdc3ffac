"""Two names of one structure, made one from the partners of a fiche, by somebody who does not write everywhere."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update
from streamlit.testing.v1 import AppTest

from components import workspace
from components.editing.unify import KEPT, OTHER
from db.models import Account, Grant
from db.rules.access import Role
from db.rules.sections import Section
from db.viewer import LOCAL_LOGIN, Viewer
from tests.builders import Plan, plan_in
from tests.commands.editing import edits, holds
from tests.conftest import Databases
from tests.pages.opening import on_database, opened


@pytest.fixture
def shared(databases: Databases, viewer: Viewer) -> Iterator[tuple[Engine, Plan]]:
    """« CCAS » here, « Mairie » here and in a démarche where the person at the machine no longer writes."""
    made = databases.copy("sqlite", to_be_broken=True)
    mine, other = (plan_in(made, viewer, name=f"Démarche {code}", code=code) for code in ("ici", "ailleurs"))
    edits(made, viewer, mine.sheets["1.1"], Section.PARTNERS, leads=["Mairie"], partners=["CCAS"])
    edits(made, viewer, other.sheets["1.1"], Section.PARTNERS, leads=["Mairie"])
    account = select(Account.id).where(Account.login == LOCAL_LOGIN)
    with made.begin() as connection:
        here = {"role": Role.COORDINATOR, "initiative_id": mine.initiative_id}
        connection.execute(update(Grant).where(Grant.account_id.in_(account)).values(here))
    with on_database(made):
        yield made, mine
    made.dispose()


def unified(plan: Plan, other: str, kept: str) -> AppTest:
    app = opened(
        "sheet.py",
        demarche="ici",
        fiche=str(plan.placements["1.1"]),
        modifier=Section.PARTNERS.value,
        **{workspace.VIEW: workspace.PREPARATION},
    )
    app.session_state["unify"] = True
    app.run()
    app.selectbox(key=OTHER).set_value(other)
    app.selectbox(key=KEPT).set_value(kept).run()
    next(button for button in app.button if button.label == "Réunir").click().run()
    assert not app.exception
    return app


def test_a_structure_used_where_one_does_not_write_is_refused_with_what_to_do_and_the_choice_stays(
    shared: tuple[Engine, Plan], viewer: Viewer
):
    engine, plan = shared
    app = unified(plan, "Mairie", "CCAS")
    told = "\n".join(error.value for error in app.error)
    assert "une démarche où vous n'écrivez pas" in told
    assert "ailleurs" not in told
    assert [app.selectbox(key=key).value for key in (OTHER, KEPT)] == ["Mairie", "CCAS"]
    assert holds(engine, viewer, plan.sheets["1.1"], Section.PARTNERS)["leads"] == ["Mairie"]


def test_a_structure_used_at_home_alone_joins_one_that_is_used_anywhere(shared: tuple[Engine, Plan], viewer: Viewer):
    engine, plan = shared
    unified(plan, "CCAS", "Mairie")
    assert holds(engine, viewer, plan.sheets["1.1"], Section.PARTNERS)["partners"] == ["Mairie"]
