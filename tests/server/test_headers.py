import base64
import hashlib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from streamlit import file_util

from components.server import headers
from db.settings import settings
from tests.server.asgi import LOCAL_HOST, ask, scope_of

SHELL = Path(file_util.get_static_dir()) / "index.html"
SEVEN = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
)
APP = headers.Armoured(
    Starlette(
        routes=[
            Route("/", lambda _: FileResponse(SHELL)),
            Route("/data", lambda _: JSONResponse({"lang": '<html lang="en">'})),
            Route("/own", lambda _: HTMLResponse("<html lang='fr'><title>Streamlit</title>")),
            Route("/stream", lambda _: StreamingResponse(iter(["a", "b"]), media_type="text/csv")),
        ]
    )
)


def test_the_shell_is_in_french_and_names_balise():
    answer, _ = ask(APP, scope_of("/"))
    assert '<html lang="fr">' in answer.text
    assert "<title>Balise</title>" in answer.text
    assert "Balise a besoin de JavaScript" in answer.text
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_the_shell_no_longer_points_programs_to_a_closed_door():
    answer, _ = ask(APP, scope_of("/"))
    assert "agent" not in answer.text


def test_the_shell_is_never_stored_nor_answered_from_a_cache():
    first, _ = ask(APP, scope_of("/"))
    again, _ = ask(APP, scope_of("/", headers=(*LOCAL_HOST, ("If-None-Match", "*"), ("Range", "bytes=0-9"))))
    assert first.headers["cache-control"] == "no-store"
    assert "etag" not in first.headers
    assert (again.status, again.body) == (200, first.body)


def test_what_streamlit_serves_as_files_keeps_its_conditional_requests():
    seen: list[bytes] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.extend(name for name, _ in scope["headers"])

    for path in ("/static/js/index.js", "/plan"):
        seen.append(path.encode())
        ask(headers.Armoured(app), scope_of(path, headers=(("If-None-Match", "x"), ("Accept-Encoding", "gzip"))))
    assert seen == [b"/static/js/index.js", b"if-none-match", b"accept-encoding", b"/plan"]


@pytest.mark.parametrize("path", ["/", "/data", "/own", "/stream", "/nowhere"])
def test_every_answer_carries_the_seven_headers(path: str):
    answer, _ = ask(APP, scope_of(path))
    assert [name for name in SEVEN if name not in answer.headers] == []


def test_the_policy_allows_no_evaluation_and_nothing_from_elsewhere():
    policy = headers.security_headers()["content-security-policy"]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe" not in script
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_policy_allows_the_inline_scripts_of_the_shell_as_it_is_served():
    answer, _ = ask(APP, scope_of("/"))
    hashes = headers.inline_script_hashes(answer.text)
    assert hashes
    assert all(source in answer.headers["content-security-policy"] for source in hashes)


def test_an_inline_script_is_allowed_by_its_own_digest_and_a_served_one_needs_none():
    expected = base64.b64encode(hashlib.sha256(b"alert(1)").digest()).decode()
    hashes = headers.inline_script_hashes("<script>alert(1)</script><script src='x'></script>")
    assert hashes == [f"'sha256-{expected}'"]


def test_what_is_not_the_shell_is_left_as_it_is():
    assert ask(APP, scope_of("/own"))[0].text == "<html lang='fr'><title>Streamlit</title>"
    assert "en" in ask(APP, scope_of("/data"))[0].text


def test_a_file_flows_without_being_held_back():
    answer, sent = ask(APP, scope_of("/stream"))
    assert answer.text == "ab"
    assert len([message for message in sent if message.get("body")]) == 2


def test_a_head_request_announces_a_document_without_sending_it():
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/html"), (b"content-length", b"12")],
        }
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    answer, _ = ask(headers.Armoured(app), scope_of("/", method="HEAD"))
    assert (answer.headers["content-length"], answer.body) == ("12", b"")


def test_behind_tls_a_browser_is_told_never_to_come_back_without_it(monkeypatch: pytest.MonkeyPatch):
    assert "strict-transport-security" not in headers.security_headers()
    monkeypatch.setattr(settings(), "public_url", "https://balise.ville.example")
    assert headers.security_headers()["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/export/plan/x", "/media/abc.png", "/_stcore/upload_file/s/1"])
def test_data_is_kept_by_no_cache(path: str):
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("x", headers={"cache-control": "public"})(scope, receive, send)

    assert ask(headers.Armoured(app), scope_of(path))[0].headers["cache-control"] == "private, no-store"
    assert ask(headers.Armoured(app), scope_of("/static/x.js"))[0].headers["cache-control"] == "public"


@pytest.mark.parametrize(("given", "sent"), [("a=1; Path=/", "a=1; Path=/; Secure"), ("a=1; Secure", "a=1; Secure")])
def test_behind_tls_no_cookie_travels_without_it(monkeypatch: pytest.MonkeyPatch, given: str, sent: str):
    monkeypatch.setattr(settings(), "public_url", "https://balise.ville.example")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("x", headers={"set-cookie": given})(scope, receive, send)

    assert ask(headers.Armoured(app), scope_of("/"))[0].headers["set-cookie"] == sent
