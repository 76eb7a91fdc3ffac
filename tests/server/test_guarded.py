"""What a server refuses to start with, and what being behind TLS changes."""

import os

import pytest
from starlette.responses import Response
from streamlit import config

from components.server import configuration, cookies, identity
from components.server.configuration import NotReady, refuse_unless_guarded
from db.settings import Access, Settings


def told(monkeypatch: pytest.MonkeyPatch, **said: str) -> None:
    settings = Settings(_env_file=None, **said)  # type: ignore[call-arg, arg-type]
    for place in (configuration, cookies, identity):
        monkeypatch.setattr(place, "settings", lambda: settings)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets there is put back."""
    monkeypatch.setenv(configuration.BELIEVED, "before")


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "[::1]", "127.0.0.9"])
def test_without_passwords_the_machine_alone_is_listened_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    told(monkeypatch)
    monkeypatch.setattr(config, "get_option", lambda _: address)
    refuse_unless_guarded()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.12", "balise.exemple.fr", "", None])
def test_without_passwords_no_other_address_is_and_the_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    told(monkeypatch)
    monkeypatch.setattr(config, "get_option", lambda _: address)
    with pytest.raises(NotReady, match="ACCESS=accounts"):
        refuse_unless_guarded()


def test_with_passwords_any_address_is_and_no_proxy_is_believed_but_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(config, "get_option", lambda _: "0.0.0.0")
    told(monkeypatch, access=Access.ACCOUNTS, public_url="https://balise.exemple.fr")
    refuse_unless_guarded()
    assert os.environ[configuration.BELIEVED] == ""
    told(monkeypatch, access=Access.ACCOUNTS, public_url="https://balise.exemple.fr/", trusted_proxy="10.0.0.2")
    refuse_unless_guarded()
    assert os.environ[configuration.BELIEVED] == "10.0.0.2"


@pytest.mark.parametrize(
    "url", ["", "balise.exemple.fr", "ftp://x.fr", "https://", "https://x.fr/balise", "https://x.fr?a"]
)
def test_with_passwords_the_address_that_people_type_must_be_known(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    told(monkeypatch, access=Access.ACCOUNTS, public_url=url)
    with pytest.raises(NotReady, match="PUBLIC_URL"):
        refuse_unless_guarded()


@pytest.mark.parametrize(
    ("url", "name", "is_secure"),
    [("https://balise.exemple.fr", "__Host-balise_session", True), ("http://10.0.0.5:8501", "balise_session", False)],
)
def test_behind_tls_the_cookie_is_of_this_host_alone_and_never_in_clear(
    monkeypatch: pytest.MonkeyPatch, url: str, name: str, is_secure: bool
) -> None:
    told(monkeypatch, access=Access.ACCOUNTS, public_url=url)
    answer = Response()
    cookies.hand(answer, identity.session_cookie(), "secret")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{name}=secret;")
    assert ("Secure" in cookie, "HttpOnly" in cookie, "Path=/" in cookie, "Domain" in cookie) == (
        is_secure,
        True,
        True,
        False,
    )


def test_in_local_mode_the_person_at_the_machine_needs_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch)
    assert identity.caller(dict).login == "local"


def test_the_tests_own_cookie_names_nobody_where_people_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, access=Access.ACCOUNTS, public_url="https://x.fr", test_sign_in="true")
    assert identity.caller(lambda: {identity.TEST_COOKIE: "local"}).login is None
