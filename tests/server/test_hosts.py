import pytest
from starlette.responses import PlainTextResponse

from components.server.hosts import PublicNameOnly
from db.settings import settings
from tests.server.asgi import ask, scope_of

APP = PublicNameOnly(PlainTextResponse("bonjour"))


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "public_url", "https://Balise.ville.example")


@pytest.mark.parametrize("host", ["balise.ville.example", "BALISE.ville.example:443", "balise.ville.example:8501"])
def test_an_installation_answers_to_the_name_of_its_public_address(host: str):
    assert ask(APP, scope_of(headers=(("host", host),)))[0].text == "bonjour"


@pytest.mark.parametrize(
    "headers",
    [
        (("host", "evil.example"),),
        (("host", "balise.ville.example.evil.example"),),
        (("host", "evil.example#balise.ville.example"),),
        (("host", "127.0.0.1:8501"),),
        (("host", ""),),
        (("host", "evil.example"), ("x-forwarded-host", "balise.ville.example")),
        (("host", "balise.ville.example"), ("host", "evil.example")),
        (),
    ],
)
def test_a_request_addressed_to_any_other_name_is_refused_in_french(headers: tuple[tuple[str, str], ...]):
    answer, _ = ask(APP, scope_of(headers=headers))
    assert answer.status == 400
    assert "rien n&#x27;a été lu ni changé" in answer.text


def test_a_websocket_addressed_to_another_name_is_closed_before_it_opens():
    _, sent = ask(APP, scope_of("/_stcore/stream", headers=(("host", "evil.example"),), kind="websocket"))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_without_a_public_address_no_name_is_answered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings(), "public_url", "")
    assert ask(APP, scope_of(headers=(("host", ""),)))[0].status == 400


def test_a_supervisor_asks_for_the_health_by_the_machine_s_own_name():
    assert ask(APP, scope_of("/healthz"))[0].text == "bonjour"
