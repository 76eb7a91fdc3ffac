"""A cut of the network in the midst of a form, in a real browser: nothing typed is lost, nothing is done twice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from tests.conftest import Databases
from tests.reliability import cutting
from tests.reliability.cable import Cable

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[tuple[Engine, Cable]]:
    with cutting.house(databases, "sqlite") as made:
        yield made


def test_what_was_typed_up_to_a_cut_is_there_after_it_and_is_written_once(
    chromium: Browser, house: tuple[Engine, Cable]
) -> None:
    engine, cable = house
    assert cutting.comes_back(chromium, cable, engine, "2.1", 2)


def test_nothing_is_done_in_the_name_of_who_left_when_somebody_else_comes_in_meanwhile(
    chromium: Browser, house: tuple[Engine, Cable]
) -> None:
    engine, cable = house
    assert cutting.somebody_else_comes_back(chromium, cable, engine, "3.1")
