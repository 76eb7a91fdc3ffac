"""Local mode: whoever sits at this machine, and nobody else.

There is no password then, so the machine's own session is the key. Three things betray a request that comes from
elsewhere: its peer is not loopback, it was addressed to another name (DNS rebinding), or a proxy passed it on.
"""

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.answers import sentence

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDING_HEADERS = frozenset(
    {
        "forwarded",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-original-forwarded-for",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    }
)
REFUSAL = (
    "Cette installation de Balise ne s'ouvre que depuis la machine où elle tourne, à l'adresse http://127.0.0.1. "
    "Rien n'a été lu ni changé. Pour la partager, demandez à la personne qui l'administre."
)


def is_local(scope: Scope) -> bool:
    """Whether this HTTP or websocket request comes straight from this machine, addressed to it."""
    headers = Headers(scope=scope)
    if any(name in FORWARDING_HEADERS for name in headers):
        return False
    client = scope.get("client")
    return client is not None and _is_loopback(client[0]) and host_name(headers.get("host", "")) in LOCAL_NAMES


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """The name in a Host header, without its port and the brackets of an IPv6 address."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


class LocalOnly:
    """Middleware that answers 403 to, and closes the websockets of, anybody who is not on this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through or refuse it."""
        if scope["type"] not in ("http", "websocket") or is_local(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await sentence(403, REFUSAL)(scope, receive, send)
