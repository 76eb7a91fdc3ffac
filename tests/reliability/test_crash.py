"""A server that is killed while people write loses nothing of what it had acknowledged."""

import pytest
from sqlalchemy import Engine

from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import BOTH, Databases
from tests.reliability.crash import crash


@pytest.fixture(params=BOTH)
def apart(request: pytest.FixtureRequest, databases: Databases) -> Engine:
    """A database with nothing of the tests' shared plumbing: other processes write in it."""
    return databases.copy(request.param)


def test_what_was_acknowledged_before_a_kill_is_there_and_whole(apart: Engine, viewer: Viewer) -> None:
    plan_in(apart, viewer)
    told = crash(apart, kills=2, writers=3, acts=120, seed=7)
    assert told.acknowledged > 120
    assert told.lost == 0
