"""Everything held of a person, handed over by its link to who administers, and to nobody else."""

import json

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from components.server.identity import TEST_COOKIE
from components.server.stack import MIDDLEWARE, ROUTES
from db.commands.accounts import open_account
from db.commands.directory import add_person
from db.engine import writing
from db.rules.access import Role
from db.rules.persons import CONTACT, exact
from db.settings import settings
from tests.conftest import ON, viewer_in
from tests.pages.opening import on_database
from tests.server.asgi import LOCAL_HOST, Answer, ask, scope_of

NAME = "Zoé Quémeneur-Blévin"
APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
NOBODY = ("contact-99999", "acces-99999", "contact-", "zoe", "Zo%C3%A9%20Qu%C3%A9meneur-Bl%C3%A9vin", "local")


@pytest.fixture
def zoe(sqlite_engine: Engine) -> str:
    """What names a contact in an address."""
    with writing(sqlite_engine) as session:
        person = add_person(session, viewer_in(sqlite_engine), function="Directrice", name=NAME, on=ON)
        return exact(CONTACT, person.id)


@pytest.fixture(autouse=True)
def base(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        yield


def get(who: str, login: str = "local") -> Answer:
    headers = (*LOCAL_HOST, ("cookie", f"{TEST_COOKIE}={login}"))
    return ask(APP, scope_of(f"/export/personne/{who}", headers=headers))[0]


def test_all_that_is_held_of_a_person_is_a_file_that_bears_no_name_and_that_no_cache_keeps(zoe: str) -> None:
    answer = get(zoe)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "private, no-store"
    assert f'filename="personne-{zoe}.json"' in answer.headers["content-disposition"]
    assert NAME in [part.get("name") for part in json.loads(answer.body)["contacts"]]


@pytest.mark.parametrize("who", NOBODY)
def test_an_address_that_names_nobody_of_the_list_gives_nothing(zoe: str, who: str) -> None:
    answer = get(who)
    assert answer.status in (400, 403)
    assert NAME not in answer.text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_it_is_refused_to_every_other_role_without_saying_whether_there_is_somebody(
    sqlite_engine: Engine, zoe: str, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(sqlite_engine) as session:
        open_account(session, viewer_in(sqlite_engine), login="camille", function="Camille", role=role, starts_on=ON)
    monkeypatch.setattr(settings(), "test_sign_in", True)
    answers = [get(who, "camille") for who in (zoe, exact(CONTACT, 99999))]
    assert [answer.status for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text
    assert NAME not in answers[0].text
