"""`/export/<kind>/<id>`: every download leaves by here, so that each handler checks the right before it streams.

A handler is given the request and what follows the kind in the address; it runs in a thread, so it may read the
database. It raises `db.errors.Refused` for what its viewer may not have.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from components.server.answers import sentence
from components.server.downloads import archive, backup, person, plan, trial_problems
from db.errors import BaliseError, Refused

Handler = Callable[[Request, str], Response]

EXPORTS: dict[str, Handler] = {
    "plan": plan,
    "essai": trial_problems,
    "sauvegarde": backup,
    "archive": archive,
    "personne": person,
}


async def export(request: Request) -> Response:
    """Answer a download: the handler's file, or a French sentence (404 unknown, 403 refused, 400 impossible)."""
    handler = EXPORTS.get(request.path_params["kind"])
    if handler is None:
        return sentence(404, "Ce document n'existe pas. Revenez à la page qui le propose et reprenez son lien.")
    try:
        response = await run_in_threadpool(handler, request, request.path_params["id"])
    except Refused as refusal:
        return sentence(403, refusal.message)
    except BaliseError as error:
        return sentence(400, error.message)
    response.headers.setdefault("cache-control", "private, no-store")
    return response
