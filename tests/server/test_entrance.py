"""The ways in, asked of a real server as a browser asks: what is answered, what cookies are set, what stays unsaid."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import Engine

from components.server.posts import device_of, local_path
from db.commands import ways_in
from db.engine import writing
from tests.commands.coming_in import PASSWORD, account_of
from tests.conftest import ON, Databases, viewer_in
from tests.house import ROOT
from tests.serving import Server, serving

SESSION = "balise_session"


@dataclass(frozen=True, slots=True)
class House:
    """A shared installation that runs, and its database."""

    server: Server
    engine: Engine


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, follows nothing by itself, and says where a form comes from."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def asks(self, path: str, typed: dict[str, str] | None = None, **headers: str) -> http.client.HTTPResponse:
        host = urlsplit(self.url).netloc
        sent = {"Accept": "text/html", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **self.headers}
        if typed is not None:
            sent |= {"Origin": self.url, "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(host, timeout=30)
        body = urlencode(typed) if typed is not None else None
        connection.request("GET" if typed is None else "POST", path, body, {k: v for k, v in sent.items() if v})
        answer = connection.getresponse()
        self.body = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("set-cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        connection.close()
        return answer

    def goes(self, path: str, typed: dict[str, str] | None = None, **headers: str) -> tuple[int, str | None]:
        answer = self.asks(path, typed, **headers)
        return answer.status, answer.headers.get("location")


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield House(one, made)


def invited(house: House, login: str) -> str:
    """The path of the link of somebody who is invited."""
    from db.commands.sessions import new_secret
    from db.rules.access import Role

    secret = new_secret()
    with writing(house.engine) as session:
        ways_in.invite(
            session, viewer_in(house.engine), login=login, function=login, role=Role.COORDINATOR, secret=secret,
            starts_on=ON,
        )  # fmt: skip
    return f"/acces/{secret}"


def settled(house: House, login: str) -> Browser:
    """Somebody who chose a password, in their own browser."""
    one = Browser(house.server.url)
    one.goes(invited(house, login))
    assert one.goes("/acces", {"password": PASSWORD, "again": PASSWORD}) == (303, "/entrer?fait=choisi")
    return one


def signed_in(house: House, login: str) -> Browser:
    one = settled(house, login)
    assert one.goes("/entrer", {"login": login, "password": PASSWORD, "next": "/plan"}) == (303, "/plan")
    return one


class Inputs(HTMLParser):
    """The fields of a document, and the labels that name them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str | None]] = []
        self.labelled: set[str | None] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.inputs.append(dict(attrs))
        if tag == "label":
            self.labelled.add(dict(attrs).get("for"))


def test_a_link_changes_nothing_when_it_is_opened_and_leaves_the_address(house: House) -> None:
    link = invited(house, "ouvre.deux.fois")
    for scanner in (Browser(house.server.url), Browser(house.server.url)):
        assert scanner.goes(link) == (303, "/acces")
        assert scanner.goes("/acces")[0] == 200
        assert link.rpartition("/")[2] not in scanner.body
    one = Browser(house.server.url)
    one.goes(link)
    assert one.goes("/acces", {"password": PASSWORD, "again": PASSWORD})[0] == 303


def test_a_link_that_served_is_refused_to_whoever_kept_it(house: House) -> None:
    link = invited(house, "rejouee")
    first, second = Browser(house.server.url), Browser(house.server.url)
    first.goes(link)
    second.goes(link)
    first.goes("/acces", {"password": PASSWORD, "again": PASSWORD})
    assert second.goes("/acces", {"password": PASSWORD, "again": PASSWORD})[0] == 404
    assert "déjà servi" in second.body


def test_what_will_not_do_as_a_password_is_said_beside_the_form(house: House) -> None:
    one = Browser(house.server.url)
    one.goes(invited(house, "essaie"))
    for typed, said in (("court", "12"), ("motdepasse2026", "en premier")):
        assert one.goes("/acces", {"password": typed, "again": typed})[0] == 400
        assert 'role="alert"' in one.body
        assert said in one.body
        assert typed not in one.body
    assert one.goes("/acces", {"password": PASSWORD, "again": PASSWORD + "x"})[0] == 400
    assert "deux fois" in one.body


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_have(house: House) -> None:
    one = settled(house, "cookie")
    answer = one.asks("/entrer", {"login": "cookie", "password": PASSWORD, "next": "/"})
    (cookie,) = [line for line in answer.headers.get_all("set-cookie") or [] if line.startswith(SESSION)]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/"}
    assert len(cookie.partition(";")[0].partition("=")[2]) >= 43


def test_a_stranger_is_shown_the_way_in_and_then_what_they_had_asked(house: House) -> None:
    one = settled(house, "suite")
    status, where = one.goes("/plan?demarche=demo")
    assert (status, where) == (303, "/entrer?next=/plan%3Fdemarche%3Ddemo")
    one.goes(str(where))
    held = next(told["value"] for told in Inputs(one.body).inputs if told.get("name") == "next")
    assert held == "/plan?demarche=demo"
    assert one.goes("/entrer", {"login": "suite", "password": PASSWORD, "next": held}) == (303, held)
    assert one.goes("/plan?demarche=demo")[0] == 200
    assert one.goes("/entrer") == (303, "/")


def test_the_link_of_a_page_comes_back_to_it(house: House) -> None:
    one = Browser(house.server.url)
    one.goes("/entrer", Referer=f"{house.server.url}/fiche?fiche=3&brouillon=a1")
    assert 'value="/fiche?fiche=3&amp;brouillon=a1"' in one.body
    one.goes("/entrer", Referer="https://ailleurs.example/fiche?fiche=3")
    assert 'value="/"' in one.body


@pytest.mark.parametrize("broken", ["", "x", "é", "balise", "0" * 3000])
def test_a_cookie_that_was_forged_or_cut_opens_nothing(house: House, broken: str) -> None:
    good = signed_in(house, f"forge.{len(broken)}.{broken[:1]!r}".replace("'", "")).cookies[SESSION]
    for value in (broken, good[:-1], good + "0", good.swapcase()):
        one = Browser(house.server.url, {SESSION: value.encode().decode("latin-1")})
        assert one.goes("/plan")[0] == 303
        assert one.goes("/export/plan/demo")[0] == 403


def test_the_cookie_of_another_installation_opens_nothing(house: House, databases: Databases) -> None:
    cookies = dict(signed_in(house, "d.ailleurs").cookies)
    other = databases.copy("sqlite", "demo")
    with serving(
        ROOT / "app.py", database_url=other.url.render_as_string(hide_password=False), by_accounts=True
    ) as two:
        assert Browser(two.url, cookies).goes("/plan")[0] == 303
    assert Browser(house.server.url, cookies).goes("/plan")[0] == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(house: House) -> None:
    one = signed_in(house, "part")
    kept = dict(one.cookies)
    assert one.goes("/sortir")[0] == 200
    assert one.goes("/sortir", {}) == (303, "/entrer?fait=parti")
    assert Browser(house.server.url, kept).goes("/plan")[0] == 303


def test_signing_in_again_ends_the_session_that_the_browser_had(house: House) -> None:
    one = signed_in(house, "encore")
    kept = dict(one.cookies)
    one.goes("/entrer", {"login": "encore", "password": PASSWORD})
    assert Browser(house.server.url, kept).goes("/plan")[0] == 303
    assert one.goes("/plan")[0] == 200


def test_a_download_asks_who_is_there_and_a_closed_access_has_none(house: House) -> None:
    one = signed_in(house, "telecharge")
    assert one.goes("/export/plan/demo")[0] == 200
    account = account_of(house.engine, "telecharge")
    with writing(house.engine) as session:
        ways_in.disable_account(session, viewer_in(house.engine), account_id=account, on=ON)
    assert one.goes("/export/plan/demo")[0] == 403
    assert "connecté" in one.body


def test_changing_one_s_password_asks_for_the_one_they_have(house: House) -> None:
    one, new = signed_in(house, "change"), "une autre suite de mots"
    wrong = {"current": "pas celui-là du tout", "password": new, "again": new}
    assert one.goes("/mot-de-passe", wrong)[0] == 400
    assert "actuel" in one.body
    assert one.goes("/mot-de-passe", wrong | {"current": PASSWORD}) == (303, "/mon-acces?fait=change")
    assert one.goes("/plan")[0] == 200
    other = Browser(house.server.url, headers={})
    assert other.goes("/entrer", {"login": "change", "password": PASSWORD})[0] == 401
    assert other.goes("/entrer", {"login": "change", "password": new})[0] == 303
    assert Browser(house.server.url).goes("/mot-de-passe") == (303, "/entrer?next=/mot-de-passe")


@pytest.mark.parametrize(
    "sender",
    [{"Origin": "https://ailleurs.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec_Fetch_Site": "cross-site"},
     {"Sec_Fetch_Site": "same-site"}],
)  # fmt: skip
def test_a_form_sent_from_elsewhere_does_nothing(house: House, sender: dict[str, str]) -> None:
    one = signed_in(house, f"ailleurs.{abs(hash(tuple(sender.items())))}")
    for path in ("/entrer", "/sortir", "/acces", "/mot-de-passe"):
        assert one.goes(path, {}, **sender)[0] == 403
    assert one.goes("/plan")[0] == 200


def test_a_form_too_long_to_be_one_is_refused(house: House) -> None:
    one = Browser(house.server.url)
    assert one.goes("/entrer", {"login": "x" * 20_000, "password": "x"})[0] == 400


def test_documents_need_no_script_say_what_each_field_is_and_are_never_stored(house: House) -> None:
    one = signed_in(house, "lit")
    fresh = Browser(house.server.url)
    fresh.goes(invited(house, "arrive"))
    for reader, path in ((fresh, "/entrer"), (fresh, "/acces"), (one, "/sortir"), (one, "/mot-de-passe")):
        answer = reader.asks(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src" in answer.headers["content-security-policy"]
        assert "<script" not in reader.body
        assert '<html lang="fr">' in reader.body
        told = Inputs(reader.body)
        shown = [one for one in told.inputs if one.get("type") != "hidden"]
        assert all(one["id"] in told.labelled and one["autocomplete"] for one in shown)
        assert all(one["type"] == "password" for one in shown if "password" in str(one["autocomplete"]))


def test_nothing_secret_is_logged(house: House) -> None:
    link = invited(house, "journal")
    one = Browser(house.server.url)
    one.goes(link)
    one.goes("/acces", {"password": PASSWORD, "again": PASSWORD})
    one.goes("/entrer", {"login": "journal", "password": "pas le bon du tout"})
    one.goes("/entrer", {"login": "journal", "password": PASSWORD})
    log = house.server.log.read_text(errors="replace")
    assert "sign-in refused" in log
    for secret in (link.rpartition("/")[2], PASSWORD, "pas le bon", one.cookies[SESSION]):
        assert secret not in log


def test_five_failures_make_an_address_wait_and_say_how_long(databases: Databases) -> None:
    made = databases.copy("sqlite")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        guesser = Browser(one.url)
        typed = {"login": "claire.martin", "password": "au hasard"}
        told = [guesser.goes("/entrer", typed, X_Forwarded_For=f"192.0.2.{turn}")[0] for turn in range(7)]
        assert told == [401] * 5 + [429] * 2
        assert "Réessayez dans une minute" in guesser.body


@pytest.mark.parametrize(
    "asked",
    [None, "", "https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example", "\\\\x", "javascript:alert(1)",
     "/plan\r\nSet-Cookie: x=1", "/entrer?next=/entrer", "/sortir", "/acces/x", "///x", "plan", "/ /x\t"],
)  # fmt: skip
def test_what_follows_is_an_address_of_balise_or_its_first_page(asked: str | None) -> None:
    assert local_path(asked) == "/"


@pytest.mark.parametrize("asked", ["/", "/plan?demarche=demo", "/fiche?fiche=3&brouillon=ab", "/semaine"])
def test_what_was_asked_is_what_follows(asked: str) -> None:
    assert local_path(asked) == asked


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox sur Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/129.0 Safari/537.36 Edg/129.0", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36", "Chrome sur Android"),
        ("curl/8.5.0", None),
    ],
)
def test_a_browser_is_told_as_its_owner_knows_it(agent: str, said: str | None) -> None:
    assert device_of(agent) == said
