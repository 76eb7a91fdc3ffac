"""Start-up and shutdown: what the first reader would otherwise wait for is done before the door opens."""

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from db.engine import engine, reading


def warm_up() -> None:
    """Import what pages are made of and open the database, so that the first view is as fast as the next."""
    import components

    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    with reading() as session:
        session.connection()


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up, then set aside for ever what the collector would walk through again and again; close at the end."""
    warm_up()
    gc.collect()
    gc.freeze()
    yield {}
    engine().dispose()
