"""Doors of Streamlit that Balise keeps shut: its metrics and the interface for programs."""

from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.answers import sentence

CLOSED_DOORS = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check")


def is_closed(path: str) -> bool:
    """Whether this path, or one hung under a page's address, is one of the closed doors."""
    return any(f"{door}/" in f"{path}/" for door in CLOSED_DOORS)


class ClosedDoors:
    """Middleware that answers 404 there, as if nothing existed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer that there is nothing here."""
        if scope["type"] not in ("http", "websocket") or not is_closed(scope["path"]):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await sentence(404, "Il n'y a rien à cette adresse.")(scope, receive, send)
