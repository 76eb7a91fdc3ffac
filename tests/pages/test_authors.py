"""Who wrote is told to who prepares: on no page does a reader find the name of an author, nor their identifier."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from db.commands.accounts import open_account
from db.commands.plan import rewrite_sheet
from db.commands.publish import publish_point
from db.commands.series import declare_progress
from db.engine import reading, writing
from db.models import FundingLine, Placement
from db.rights import RIGHTS, Operation, allows
from db.rules.access import Role
from db.viewer import viewer_named
from tests.commands.taking_back import last_act, undo
from tests.conftest import Databases, viewer_in
from tests.pages.opening import on_database, opened
from tests.pages.test_roles import DEMO, PAGES, acts_as, everything

ON = date(2026, 10, 1)
FUNCTION, LOGIN = "Cheffe de projet Delambre", "claudine.delambre"
READERS = [role for role in RIGHTS if not allows(role, Operation.READ_AUTHORS)]
WITH_HISTORY = [role for role in READERS if Operation.READ_HISTORY in RIGHTS[role]]


@pytest.fixture(scope="module")
def written(databases: Databases) -> Iterator[tuple[Engine, str]]:
    """The demonstration where somebody wrote on a fiche that is paid for, took it back in part, and published; and
    where that fiche stands."""
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    with writing(made) as session:
        # Not by the person at the machine, whose own acts are theirs to read.
        open_account(
            session, viewer_in(made), login="premiere", function="Direction", role=Role.ADMINISTRATOR, starts_on=ON
        )
        who = viewer_named(session, "premiere", ON)
        open_account(session, who, login=LOGIN, function=FUNCTION, role=Role.ADMINISTRATOR, starts_on=ON)
        paid = select(FundingLine.sheet_id).where(FundingLine.sheet_id.is_not(None)).order_by(FundingLine.id).limit(1)
        sheet_id = session.scalars(paid).one()
        place = session.scalars(select(Placement.id).where(Placement.sheet_id == sheet_id)).one()
    with reading(made) as session:
        author = viewer_named(session, LOGIN, ON)
    for means in ("Un bus", "Deux bus"):
        with writing(made) as session:
            rewrite_sheet(session, author, sheet_id=sheet_id, fields={"means": means})
    undo(made, author, last_act(made))
    with writing(made) as session:
        declare_progress(session, author, sheet_id=sheet_id, percent=45, on=ON)
        publish_point(session, author, initiative_id=DEMO, name="Point d'octobre", as_of=ON)
    yield made, str(place)
    made.dispose()


def page_of(name: str, place: str, value: str = "") -> AppTest:
    """A page as it opens, the history of the fiche unfolded where there is one."""
    app = opened(demarche="demo", vue="En préparation")  # who reads a part of the plan is first led elsewhere
    app.query_params["fiche"] = place
    app.switch_page(name).run()
    if name == "sheet.py":
        app.session_state["history"] = True
        app.run()
        for choice in app.selectbox:
            if value and str(choice.key).startswith("history_value_"):
                choice.select(value).run()
    assert not app.exception, name
    return app


@pytest.mark.parametrize("role", READERS)
def test_no_page_tells_a_reader_who_wrote(written: tuple[Engine, str], role: Role) -> None:
    engine, place = written
    acts_as(engine, role)
    with on_database(engine):
        for page in PAGES:
            told = everything(page_of(page, place))
            assert [name for name in (FUNCTION, LOGIN, "ce poste") if name in told] == [], page
        assert FUNCTION not in everything(page_of("sheet.py", place, "progress_entry"))


@pytest.mark.parametrize("role", WITH_HISTORY)
def test_who_has_a_history_finds_when_it_was_written(written: tuple[Engine, str], role: Role) -> None:
    engine, place = written
    acts_as(engine, role)
    with on_database(engine):
        told = everything(page_of("sheet.py", place))
        followed = everything(page_of("sheet.py", place, "progress_entry"))
    assert "**Publié** dans « Point d'octobre »" in told and "annulé" in told
    assert "45 %" in followed and " à " in followed


def test_who_prepares_finds_who_wrote_so_that_the_search_is_not_vain(written: tuple[Engine, str]) -> None:
    engine, place = written
    acts_as(engine, Role.COORDINATOR)
    with on_database(engine):
        assert f"par {FUNCTION}" in everything(page_of("sheet.py", place))
        assert f"par {FUNCTION}" in everything(page_of("acts.py", place))
        assert FUNCTION in everything(page_of("sheet.py", place, "progress_entry"))
