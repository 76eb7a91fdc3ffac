"""One request put to an ASGI application in memory, and what it answers."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope

LOCAL_HOST = (("host", "127.0.0.1:8501"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status (0 when the connection was accepted or passed on without one), headers and a body."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def scope_of(
    path: str = "/",
    *,
    headers: tuple[tuple[str, str], ...] = LOCAL_HOST,
    client: tuple[str, int] | None = ("127.0.0.1", 50000),
    kind: str = "http",
    method: str = "GET",
) -> Scope:
    """The scope of a request from a browser on this machine, unless said otherwise."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": raw,
        "client": client,
        "server": ("127.0.0.1", 8501),
    }


def ask(app: ASGIApp, scope: Scope) -> tuple[Answer, list[Message]]:
    """Put one request without a body, and gather the messages sent back."""
    sent: list[Message] = []

    requests: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()  # the browser stays and says no more
        return requests.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = next((message for message in sent if message["type"] == "http.response.start"), {})
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start.get("status", 0), Headers(raw=start.get("headers", [])), body), sent
