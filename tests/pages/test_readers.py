"""Every page that shows a plan, as it opens for somebody who reads it: nothing in preparation is on it."""

from collections.abc import Iterator

import pytest
from google.protobuf import text_format
from sqlalchemy import Engine, select, update
from streamlit.testing.v1 import AppTest

from components import workspace
from db.engine import reading
from db.models import Account, Grant, Placement
from db.rules.access import Role
from db.viewer import LOCAL_LOGIN
from tests.conftest import Databases
from tests.pages.opening import on_database, opened, words

# What 1.3 has in preparation, an amount paid, stands in a box that opens on demand: the queries are asked for it.
PREPARED = {
    "3.5": "quarante-trois jeunes",
    "5.3": "79 %",
    "2.5": "69,8",
    "4.2": "cuisine pédagogique est fermée",
}


@pytest.fixture(scope="module")
def reader(databases: Databases) -> Iterator[Engine]:
    """The demonstration where the person at the machine signs the contract, and nothing more."""
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    mine = select(Account.id).where(Account.login == LOCAL_LOGIN)
    with made.begin() as connection:
        connection.execute(update(Grant).where(Grant.account_id.in_(mine)).values(role=Role.SIGNATORY))
    yield made
    made.dispose()


def all_said(app: AppTest) -> str:
    """What the page says, tables and elements included, as a person would type it: plain spaces, no escapes."""
    assert not app.exception
    protos = [node.proto for node in app.main if getattr(node, "proto", None) is not None]
    made_of = [text_format.MessageToString(proto, as_utf8=True) for proto in protos]
    said = "\n".join([words(app), *(table.value.to_string() for table in app.table), *made_of])
    return said.replace("\\", "").replace("\u202f", " ").replace("\u00a0", " ")


def place(engine: Engine, number: str) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == number)).one())


@pytest.mark.parametrize("number", PREPARED)
def test_a_reader_finds_on_a_fiche_only_what_is_published(number: str, reader: Engine):
    with on_database(reader):
        said = all_said(opened("sheet.py", fiche=place(reader, number), vue=workspace.PREPARATION))
    assert number in said
    assert PREPARED[number] not in said


@pytest.mark.parametrize("number", PREPARED)
def test_who_prepares_finds_on_a_fiche_what_is_in_preparation(number: str, sqlite_demo: Engine):
    with on_database(sqlite_demo):
        said = all_said(opened("sheet.py", fiche=place(sqlite_demo, number), vue=workspace.PREPARATION))
    assert PREPARED[number] in said


@pytest.mark.parametrize("page", [None, "plan.py", "exchange.py", "initiatives.py"])
def test_a_reader_finds_on_no_page_what_is_in_preparation(page: str | None, reader: Engine):
    with on_database(reader):
        app = opened(page, vue=workspace.PREPARATION)
    said = all_said(app)
    assert [value for value in PREPARED.values() if value in said] == []
    assert workspace.PREPARATION not in [choice for view in app.segmented_control for choice in view.options]


def test_the_plan_of_who_prepares_tells_what_that_of_a_reader_does_not(sqlite_demo: Engine, reader: Engine):
    told = {}
    for name, engine in (("prepares", sqlite_demo), ("reads", reader)):
        with on_database(engine):
            told[name] = all_said(opened("plan.py", vue=workspace.PREPARATION))
    assert [PREPARED["5.3"] in told[name] for name in ("prepares", "reads")] == [True, False]
