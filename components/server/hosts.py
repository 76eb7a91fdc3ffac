"""The names under which a shared installation answers: that of its public address, and no other.

A request addressed to another name comes from a page that gave its own name this server's address (DNS rebinding), or
wants links made with that name.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.answers import sentence
from components.server.health import HEALTH
from components.server.local import host_name
from db.settings import settings

REFUSAL = (
    "Balise ne répond pas à cette adresse : rien n'a été lu ni changé. Ouvrez-la à l'adresse que vous a donnée la "
    "personne qui l'administre."
)


def public_name() -> str:
    """The name in `PUBLIC_URL`, without scheme, port nor case; empty when it says none."""
    return (urlsplit(settings().public_url).hostname or "").lower()


class PublicNameOnly:
    """Middleware of a shared installation: 400 to, and no websocket for, any other name. A supervisor asks for the
    health by the machine's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it."""
        if scope["type"] not in ("http", "websocket") or _is_known(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await sentence(400, REFUSAL)(scope, receive, send)


def _is_known(scope: Scope) -> bool:
    if scope["type"] == "http" and scope["path"] == HEALTH:
        return True
    given = Headers(scope=scope).getlist("host")
    return len(given) == 1 and bool(public_name()) and host_name(given[0]) == public_name()
