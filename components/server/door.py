"""Behind passwords: who opens a page without being signed in is shown the way in, before anything is sent to them."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.contact import SECURITY
from components.server.entrance import ENTER
from components.server.headers import STREAMLIT_OWN
from components.server.health import HEALTH
from components.server.identity import caller
from components.server.posts import OWN_PAGES, READING
from db.rules.legal import FOOTER

OPEN_TO_ALL = frozenset({HEALTH, SECURITY, *OWN_PAGES, *(f"/{name}" for name in FOOTER)})
UNDER = (*STREAMLIT_OWN, "/balise/", "/export/", "/acces/", f"{READING}/", "/reponse")


def is_page(scope: Scope) -> bool:
    """Whether a request is that of a browser that opens a page of Balise."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    if scope["path"] in OPEN_TO_ALL or scope["path"].startswith(UNDER):
        return False
    return "text/html" in Request(scope).headers.get("accept", "")


class SignedInOnly:
    """Middleware that sends to the way in whoever opens a page without a session nor a link of reading. The pages check
    by themselves, at every run, who is there: this only spares a stranger the wait."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or show the way in."""
        if is_page(scope):
            request = Request(scope)
            who = await run_in_threadpool(caller, lambda: request.cookies)
            if who.login is None and (who.link is None or not who.link.is_open):
                target = _way_in(request) if who.link is None else READING
                await RedirectResponse(target, 303)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _way_in(request: Request) -> str:
    """Where one signs in, to come back to what was asked."""
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return ENTER if asked == "/" else f"{ENTER}?next={quote(asked, safe='/')}"
