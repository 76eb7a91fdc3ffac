"""The routes and the middleware of the server, in the order in which a request meets them."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from components.server.closed import ClosedDoors
from components.server.exports import export
from components.server.headers import Armoured
from components.server.health import health
from components.server.local import LocalOnly
from components.server.script import ADDRESS, draft_script

# Armoured is outermost: refusals carry the headers too.
MIDDLEWARE: Sequence[Middleware] = (Middleware(Armoured), Middleware(LocalOnly), Middleware(ClosedDoors))

ROUTES: Sequence[BaseRoute] = (
    Route("/sante", health, methods=["GET"]),
    Route(ADDRESS, draft_script, methods=["GET"]),
    Route("/export/{kind}/{id:path}", export, methods=["GET"]),
)
