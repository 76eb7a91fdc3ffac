"""Every page, state and role once in a real browser: the rules of accessibility, French, and narrow screens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.audit.visits import Visit, at_least
from tests.audit.walk import Walk, walking
from tests.conftest import Databases

pytestmark = pytest.mark.browser

MOST = 60


@pytest.fixture(scope="module")
def walk(chromium: Browser, databases: Databases) -> Iterator[Walk]:
    with walking(chromium, databases.copy("sqlite", "demo"), databases.copy("sqlite")) as made:
        yield made


@pytest.mark.parametrize("visit", at_least(), ids=str)
def test_nothing_is_in_the_way_of_who_reads_it(walk: Walk, visit: Visit) -> None:
    assert list(dict.fromkeys(map(str, walk.goes_to(visit)))) == []


def test_the_floor_holds_only_what_was_met(walk: Walk) -> None:
    assert len(at_least()) <= MOST
    assert walk.visits < len(at_least()) or walk.not_met() == []
