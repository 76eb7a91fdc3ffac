import asyncio
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from components.server import lifespan


@contextmanager
def memory() -> Iterator[Session]:
    with Session(create_engine("sqlite://")) as session:
        yield session


@pytest.fixture
def thawed() -> Iterator[None]:
    """What a test freezes is given back to the collector."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
def test_what_pages_are_made_of_is_imported_and_set_aside_before_the_first_reader(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lifespan, "reading", memory)
    monkeypatch.setattr(lifespan, "engine", lambda: create_engine("sqlite://"))

    async def start_and_stop() -> int:
        async with lifespan.lifespan(None):
            return gc.get_freeze_count()

    gc.unfreeze()
    assert asyncio.run(start_and_stop()) > 0
    assert {"components.theme", "components.formats", "components.workspace"} <= set(sys.modules)
