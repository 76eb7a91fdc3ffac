"""The routes and the middleware of the server, in the order in which a request meets them."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from components.server import entrance, legal, readings, replies
from components.server.closed import ClosedDoors
from components.server.contact import SECURITY, security_txt
from components.server.door import SignedInOnly
from components.server.errors import Explained
from components.server.exports import export
from components.server.headers import Armoured
from components.server.health import HEALTH, health
from components.server.hosts import PublicNameOnly
from components.server.local import LocalOnly
from components.server.posts import READING
from components.server.script import ADDRESS, page_script
from db.rules.legal import SITE_MAP, LegalText
from db.settings import settings

# Armoured is outermost: refusals carry the headers too.
MIDDLEWARE: Sequence[Middleware] = (
    Middleware(Armoured),
    Middleware(Explained),
    *((Middleware(PublicNameOnly), Middleware(SignedInOnly)) if settings().by_accounts else (Middleware(LocalOnly),)),
    Middleware(ClosedDoors),
)

ROUTES: Sequence[BaseRoute] = (
    Route(HEALTH, health, methods=["GET"]),
    Route(SECURITY, security_txt, methods=["GET"]),
    Route(ADDRESS, page_script, methods=["GET"]),
    *(Route(f"/{name.value}", legal.legal_page, methods=["GET"]) for name in LegalText),
    Route(f"/{SITE_MAP[0]}", legal.site_map, methods=["GET"]),
    Route("/export/{kind}/{id:path}", export, methods=["GET"]),
    Route(entrance.ENTER, entrance.enter, methods=["GET", "POST"]),
    Route(entrance.LEAVE, entrance.leave, methods=["GET", "POST"]),
    Route(entrance.KEY, entrance.use_key, methods=["GET", "POST"]),
    Route(entrance.KEY + "/{secret}", entrance.take_key, methods=["GET"]),
    Route(replies.REPLY, replies.reply, methods=["GET", "POST"]),
    Route(replies.REPLY + "/{secret}", replies.take_link, methods=["GET"]),
    Route(READING, readings.read_page, methods=["GET", "POST"]),
    Route(READING + "/{secret}", readings.take_reading, methods=["GET"]),
    Route(entrance.PASSWORD, entrance.change_password, methods=["GET", "POST"]),
)
