"""What is asked of a running server without a browser, as each role: nothing is told nor written beyond rights."""

from collections.abc import Iterator

import pytest

from db.rules.access import Role
from tests.audit import doors
from tests.audit.installation import Installation, installed
from tests.audit.sockets import line
from tests.conftest import Databases


@pytest.fixture(scope="module")
def home(databases: Databases) -> Iterator[tuple[Installation, dict[str, str]]]:
    made = databases.copy("sqlite", "demo")
    ids = doors.prepared(made)
    with installed(made) as running:
        yield running, ids
    made.dispose()


def test_every_page_sends_each_role_what_is_for_it_alone(home: tuple[Installation, dict[str, str]]) -> None:
    assert list(doors.secrets_told(home[0])) == []


def test_who_coordinates_is_sent_what_is_in_preparation_so_that_the_search_is_not_vain(
    home: tuple[Installation, dict[str, str]],
) -> None:
    with line(home[0].server, home[0].cookies(Role.COORDINATOR)) as socket:
        assert socket.asks("fiche", "demarche=demo&fiche=1&vue=En+pr%C3%A9paration").tells(doors.SECRET)


def test_each_download_is_given_to_who_may_have_it_alone(home: tuple[Installation, dict[str, str]]) -> None:
    assert list(doors.exports(home[0])) == []


def test_buttons_that_a_reader_says_to_have_pressed_write_nothing(home: tuple[Installation, dict[str, str]]) -> None:
    assert list(doors.pressed(home[0])) == []


def test_a_fiche_that_is_elsewhere_gone_or_impossible_is_one_that_does_not_exist(
    home: tuple[Installation, dict[str, str]],
) -> None:
    answers = list(doors.forged(*home, (Role.SIGNATORY,), "fiche"))
    assert len(answers) > 50
    assert [wrong for wrong in answers if wrong] == []
