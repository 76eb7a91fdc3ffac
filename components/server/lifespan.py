"""Start-up and shutdown: what the first reader would otherwise wait for is done before the door opens."""

import asyncio
import gc
import importlib
import logging
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.concurrency import run_in_threadpool

from db import shelf
from db.engine import engine, reading

logger = logging.getLogger("balise.sauvegarde")
FIRST, BETWEEN = 60.0, 3600.0
"""Seconds before a server first looks whether today's backup is made, and from one look to the next."""


def warm_up() -> None:
    """Import what pages are made of and open the database, so that the first view is as fast as the next."""
    import components

    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)
    with reading() as session:
        session.connection()


async def keep_backups(first: float = FIRST, between: float = BETWEEN) -> None:
    """For as long as the server runs, have today's backup made, away from the loop that answers readers."""
    await asyncio.sleep(first)
    while True:
        try:
            await run_in_threadpool(shelf.keep_daily, engine())
        except Exception:  # whatever happens to a backup, readers are served
            logger.exception("la sauvegarde du jour n'a pas pu se faire")
        await asyncio.sleep(between)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up, then set aside for ever what the collector would walk through again and again; close at the end."""
    warm_up()
    gc.collect()
    gc.freeze()
    keeping = asyncio.create_task(keep_backups())
    yield {}
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    engine().dispose()
