import pytest
from starlette.responses import PlainTextResponse

from components.server.local import LocalOnly, is_local
from tests.server.asgi import LOCAL_HOST, ask, scope_of

APP = LocalOnly(PlainTextResponse("bonjour"))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.53", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:80", "[::1]:8501"])
def test_a_browser_on_this_machine_is_let_in(peer: str, host: str):
    assert is_local(scope_of(headers=(("host", host),), client=(peer, 1)))


@pytest.mark.parametrize("peer", ["192.168.1.12", "10.0.0.1", "2001:db8::1", "", "unix"])
def test_another_machine_is_kept_out(peer: str):
    assert not is_local(scope_of(client=(peer, 1)))


def test_a_request_without_a_peer_is_kept_out():
    assert not is_local(scope_of(client=None))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.12:8501", "", "0.0.0.0"])
def test_a_request_addressed_to_another_name_is_kept_out(host: str):
    assert not is_local(scope_of(headers=(("host", host),)))


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_a_request_passed_on_by_a_proxy_is_kept_out(name: str):
    assert not is_local(scope_of(headers=(*LOCAL_HOST, (name, "127.0.0.1"))))


def test_a_refusal_says_in_french_what_to_do():
    answer, _ = ask(APP, scope_of(client=("192.168.1.12", 1)))
    assert answer.status == 403
    assert "Rien n&#x27;a été lu ni changé" in answer.text


def test_a_websocket_from_elsewhere_is_closed_before_it_opens():
    _, sent = ask(APP, scope_of("/_stcore/stream", client=("192.168.1.12", 1), kind="websocket"))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_request_from_this_machine_is_answered():
    answer, _ = ask(APP, scope_of())
    assert (answer.status, answer.text) == (200, "bonjour")
