"""The shell that a browser loads first, in French, and the headers that arm it.

Streamlit's shell says `lang="en"` and has English sentences, and its server sends no security header. The policy
allows the shell's inline scripts by their hash, computed from the shell itself so that an upgrade cannot part them.
"""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from components.server.script import ADDRESS
from db.settings import settings

STREAMLIT_OWN = ("/_stcore/", "/static/", "/media/", "/component/")
# What is somebody's: a shared computer, or a proxy, must not keep it for the next one.
DATA = ("/export/", "/media/", "/_stcore/upload_file/")
A_YEAR = 31_536_000  # seconds
NOSCRIPT = "<noscript><p>Balise a besoin de JavaScript : activez-le dans votre navigateur, puis rechargez la page.</p>"
# What would make Streamlit answer « not changed » or in part: the page must be read whole to be put in French.
CONDITIONAL = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def inline_script_hashes(html: str) -> list[str]:
    """The CSP sources that allow each inline script of this document and no other."""
    digests = (hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(html: str) -> str:
    """The strictest policy under which Streamlit, Vega and deck.gl draw: no evaluation, nothing from elsewhere.

    Styles stay inline because Streamlit writes its own that way; workers and images come as blobs (maps, downloads).
    """
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *inline_script_hashes(html)],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def security_headers() -> dict[str, str]:
    """The headers of every answer, for the shell of the installed Streamlit; behind TLS, never again without it."""
    secure = {"strict-transport-security": f"max-age={A_YEAR}"} if settings().is_secure else {}
    shell = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    return {
        "content-security-policy": content_security_policy(shell),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "x-robots-tag": "noindex, nofollow",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    } | secure


@lru_cache(maxsize=8)
def in_french(body: bytes) -> bytes:
    """The shell in French, with the page's own script; any other document comes back as it is."""
    html = body.decode("utf-8")
    if '<div id="root">' not in html:
        return body
    html = html.replace('<html lang="en">', '<html lang="fr">').replace(
        "<title>Streamlit</title>", "<title>Balise</title>"
    )
    html = re.sub(r"<noscript>.*?</noscript>", f"{NOSCRIPT}</noscript>", html, flags=re.DOTALL)
    html = re.sub(r"<!--.*?-->\s*", "", html, flags=re.DOTALL)
    html = re.sub(r'<link rel="service-desc"[^>]*>\s*', "", html)
    return html.replace("</head>", f'<script defer src="{ADDRESS}"></script></head>', 1).encode("utf-8")


class Armoured:
    """Middleware: security headers on every answer; documents in French, read whole and never stored; nor is data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and dress what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not scope["path"].startswith(STREAMLIT_OWN):
            kept = [(name, value) for name, value in scope["headers"] if name not in CONDITIONAL]
            scope = {**scope, "headers": kept}
        private = {"cache-control": "private, no-store"} if scope["path"].startswith(DATA) else {}
        await self.app(scope, receive, _Dresser(send, self.headers | private))


class _Dresser:
    """The `send` of one answer: holds a document back until it is whole, lets everything else flow."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self.send = send
        self.headers = headers
        self.held: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif self.held is not None and message["type"] == "http.response.body":
            await self._collect(message)
        else:
            await self.send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in self.headers.items():
            headers[name] = value
        if "strict-transport-security" in self.headers:
            message["headers"] = [_over_tls(name, value) for name, value in message["headers"]]
            headers = MutableHeaders(raw=message["headers"])
        if not _is_document(headers):
            await self.send(message)
            return
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        headers["cache-control"] = "no-store"
        self.held = message

    async def _collect(self, message: Message) -> None:
        self.body += message.get("body", b"")
        if message.get("more_body", False):
            return
        assert self.held is not None
        body = in_french(self.body)
        if self.body:  # a HEAD answer keeps the length it announced
            MutableHeaders(raw=self.held["headers"])["content-length"] = str(len(body))
        await self.send(self.held)
        await self.send({"type": "http.response.body", "body": body})


def _over_tls(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; a cookie, Streamlit's own too, is then only ever sent over TLS."""
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return name, value
    return name, value + b"; Secure"


def _is_document(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
