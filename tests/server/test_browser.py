import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.serving import Server, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(Path(__file__).parent / "scratch" / "app.py") as running:
        yield running


def opened(chromium: Browser, server: Server, scheme: str = "light") -> tuple[Page, list[str]]:
    """The page with its chart drawn, and the list where its console writes what went wrong."""
    page = chromium.new_context(color_scheme=scheme, locale="fr-FR").new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: None if request.url.startswith((server.url, "data:")) else wrong.append(request.url)
    )
    page.goto(server.url)
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stCaptionContainer")).to_have_css("opacity", "0.82")
    expect(page.get_by_role("button", name="Casser")).to_be_visible()
    return page, wrong


def test_the_document_is_french_on_the_first_visit_and_on_the_next(chromium: Browser, server: Server):
    page, _ = opened(chromium, server)
    first = page.evaluate("document.documentElement.lang")
    page.reload()
    expect(page.get_by_role("heading", name="Essai")).to_be_visible()
    assert (first, page.evaluate("document.documentElement.lang")) == ("fr", "fr")


def test_charts_and_grids_draw_under_the_policy_and_nothing_is_asked_elsewhere(chromium: Browser, server: Server):
    page, wrong = opened(chromium, server)
    expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_readable_in_both_appearances(chromium: Browser, server: Server, scheme: str):
    page, _ = opened(chromium, server, scheme)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert [(violation["id"], violation["nodes"]) for violation in found.response["violations"]] == []


def test_a_failure_is_told_in_french_without_what_failed(chromium: Browser, server: Server):
    page, _ = opened(chromium, server)
    page.get_by_role("button", name="Casser").click()
    expect(page.get_by_text("Ce qui était enregistré l'est toujours")).to_be_visible()
    expect(page.get_by_text("une panne")).to_have_count(0)


ELSEWHERE = "https://ailleurs.example"
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}


def answered(server: Server, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by name in small letters, and the beginning of the body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    body = b"" if answer.status == 101 else answer.read(500)
    connection.close()
    return answer.status, told, body


@pytest.mark.parametrize(("origin", "status"), [(None, 101), (ELSEWHERE, 403), ("null", 403)])
def test_the_pages_of_another_site_open_no_websocket(server: Server, origin: str | None, status: int):
    assert answered(server, "GET", "/_stcore/stream", **WEBSOCKET, Origin=origin or server.url)[0] == status


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/_stcore/host-config", "/export/plan/1"])
def test_another_site_reads_nothing_of_what_is_answered(server: Server, path: str):
    allowed = answered(server, "GET", path, Origin=ELSEWHERE)[1].get("access-control-allow-origin")
    assert allowed in (None, server.url)


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.env",
        "/data/balise.db",
        "/..%2f..%2fapp.py",
        "/media/..%2f..%2fapp.py",
        "/static/..%5c..%5capp.py",
        "/component/..%2fapp.py",
        "/%00",
        "/C:%5cWindows%5cwin.ini",
        "/%5c%5cailleurs.example%5cfichier",
    ],
)
def test_no_address_leads_to_a_file_of_the_server(server: Server, path: str):
    status, _, body = answered(server, "GET", path)
    assert status in (400, 404) or (status == 200 and body.lstrip().lower().startswith(b"<!doctype html>"))


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE"])
def test_a_page_is_read_and_nothing_else(server: Server, method: str):
    assert answered(server, method, "/")[0] == 405
