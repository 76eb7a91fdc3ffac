import pytest
from starlette.responses import PlainTextResponse

from components.server.closed import ClosedDoors
from tests.server.asgi import ask, scope_of

APP = ClosedDoors(PlainTextResponse("ouvert"))


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/mcp",
        "/_stcore/agent/openapi.json",
        "/plan/_stcore/agent/interact",
        "/_stcore/script-health-check",
    ],
)
def test_a_door_for_programs_is_shut(path: str):
    answer, _ = ask(APP, scope_of(path))
    assert answer.status == 404


@pytest.mark.parametrize("path", ["/", "/plan", "/_stcore/health", "/_stcore/host-config", "/_stcore/metricsx"])
def test_what_a_browser_needs_stays_open(path: str):
    answer, _ = ask(APP, scope_of(path))
    assert answer.text == "ouvert"


def test_a_shut_door_takes_no_websocket():
    _, sent = ask(APP, scope_of("/_stcore/agent/mcp", kind="websocket"))
    assert sent == [{"type": "websocket.close", "code": 1008}]
