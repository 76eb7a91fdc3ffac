"""Links of reading, asked of a real server as a browser asks: opened by a button, closed to all but their page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from db.commands.reading_links import revoke_reading_link
from db.engine import reading, writing
from db.models import Initiative, ReadingLink
from db.models.base import now_utc
from db.rules.access import SharedPage
from db.rules.sharing import LINK_DAYS
from tests.commands.coming_in import PASSWORD
from tests.conftest import Databases, viewer_in
from tests.house import ROOT
from tests.server.test_entrance import Browser, House, signed_in
from tests.serving import serving
from tests.sharing import behind, shared

LINK, READER = "balise_lien", "balise_lecture"
GONE = "Ce lien de lecture ne sert plus"


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[House]:
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield House(one, made)


def openings(engine: Engine, secret: str) -> int:
    with reading(engine) as session:
        return session.get_one(ReadingLink, behind(engine, secret).id).openings


def follows(house: House, secret: str) -> Browser:
    """Somebody who followed a link, and is shown its button."""
    one = Browser(house.server.url)
    assert one.goes(f"/lecture/{secret}") == (303, "/lecture")
    return one


def reader(house: House, page: SharedPage = SharedPage.PLAN) -> tuple[Browser, str]:
    """Somebody who opened a link, and its secret."""
    secret = shared(house.engine, page)
    one = follows(house, secret)
    assert one.goes("/lecture", {})[0] == 303
    return one, secret


def test_following_a_link_changes_nothing_and_takes_its_secret_out_of_the_address(house: House) -> None:
    secret = shared(house.engine, SharedPage.PLAN)
    for _ in range(3):
        scanner = follows(house, secret)
        assert scanner.goes("/lecture")[0] == 200
        assert "Plan d&#x27;action" in scanner.body and secret not in scanner.body
        assert READER not in scanner.cookies
        assert scanner.goes("/plan?demarche=demo")[0] == 303
    assert openings(house.engine, secret) == 0


def test_its_button_opens_the_page_counts_it_and_hands_a_cookie_that_no_script_reads(house: House) -> None:
    secret = shared(house.engine, SharedPage.PLAN, filters={"statut": "en cours"})
    one = follows(house, secret)
    answer = one.asks("/lecture", {})
    assert (answer.status, answer.headers["location"]) == (303, "/plan?demarche=demo&statut=en+cours")
    (cookie,) = [line for line in answer.headers.get_all("set-cookie") or [] if line.startswith(READER)]
    attributes = {part.strip().lower().partition("=")[0] for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite", "path", "max-age"} <= attributes
    assert one.goes("/plan?demarche=demo")[0] == 200
    assert openings(house.engine, secret) == 1
    one.goes(f"/lecture/{secret}")
    one.goes("/lecture", {})
    assert openings(house.engine, secret) == 2


def test_no_answer_is_indexed_and_none_gives_its_address_to_another_site(house: House) -> None:
    one, secret = reader(house)
    for path in (f"/lecture/{secret}", "/lecture", "/plan?demarche=demo"):
        answer = one.asks(path)
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "no-store" in answer.headers.get("cache-control", "no-store")


def test_a_form_of_another_site_opens_nothing(house: House) -> None:
    secret = shared(house.engine, SharedPage.PLAN)
    one = follows(house, secret)
    assert one.goes("/lecture", {}, Origin="https://ailleurs.example")[0] == 403
    assert one.goes("/lecture", {}, Sec_Fetch_Site="cross-site")[0] == 403
    assert READER not in one.cookies and openings(house.engine, secret) == 0


@pytest.mark.parametrize("change", ["revoked", "expired", "archived"])
def test_a_link_that_shows_nothing_more_says_so_and_its_cookie_is_forgotten(house: House, change: str) -> None:
    one, secret = reader(house)
    late = follows(house, secret)
    with writing(house.engine) as session:
        if change == "revoked":
            revoke_reading_link(session, viewer_in(house.engine), link_id=behind(house.engine, secret).id)
        elif change == "expired":
            past = now_utc().date() - timedelta(days=LINK_DAYS)
            old = update(ReadingLink).where(ReadingLink.id == behind(house.engine, secret).id)
            session.connection().execute(old.values(made_on=past, ends_on=now_utc().date() - timedelta(days=2)))
        else:
            session.connection().execute(update(Initiative).values(archived_at=now_utc()))
    try:
        assert late.goes("/lecture", {})[0] == 404 and GONE in late.body
        assert one.goes("/plan?demarche=demo") == (303, "/lecture")
        assert one.goes("/lecture")[0] == 404 and GONE in one.body
        assert one.cookies[READER] == ""
        assert one.goes("/plan?demarche=demo")[1] == "/entrer?next=/plan%3Fdemarche%3Ddemo"
    finally:
        with writing(house.engine) as session:
            session.connection().execute(update(Initiative).values(archived_at=None))


@pytest.mark.parametrize("broken", ["x", "\u00e9", "cut", "longer", "0" * 3000])
def test_a_secret_that_was_forged_or_cut_opens_nothing(house: House, broken: str) -> None:
    secret = shared(house.engine, SharedPage.PLAN)
    forged = {"cut": secret[:-1], "longer": f"{secret}x"}.get(broken, broken)
    one = Browser(house.server.url, cookies={LINK: forged, READER: forged} if broken.isascii() else {})
    assert one.goes("/lecture")[0] == 404 and GONE in one.body
    assert one.goes("/lecture", {})[0] == 404
    assert Browser(house.server.url, cookies={READER: "x" if not broken.isascii() else forged}).goes("/plan")[0] == 303


def test_the_secret_of_a_link_is_no_session_and_that_of_a_session_no_link(house: House) -> None:
    _, secret = reader(house)
    assert Browser(house.server.url, cookies={"balise_session": secret}).goes("/plan")[0] == 303
    session = signed_in(house, "croise").cookies["balise_session"]
    assert Browser(house.server.url, cookies={READER: session}).goes("/plan")[0] == 303


@pytest.mark.parametrize("path", ["/export/plan/demo", "/export/essai/x", "/export/sauvegarde/x.db"])
def test_a_reader_downloads_nothing(house: House, path: str) -> None:
    one, _ = reader(house)
    assert one.goes(path)[0] == 403
    assert "aucun téléchargement" in one.body


def test_who_is_signed_in_reads_the_page_with_their_own_rights(house: House) -> None:
    one, secret = signed_in(house, "lit.un.lien"), shared(house.engine, SharedPage.CONTRACT)
    one.goes(f"/lecture/{secret}")
    one.goes("/lecture")
    assert "vos propres droits" in one.body
    assert one.goes("/lecture", {}) == (303, "/contrat?demarche=demo")
    assert not one.cookies.get(READER)
    assert one.goes("/plan?demarche=demo")[0] == 200


def test_who_is_signed_in_and_may_not_read_the_démarche_is_told_what_to_do(house: House) -> None:
    from db.models import Account, Grant

    one, secret = signed_in(house, "sans.role"), shared(house.engine, SharedPage.CONTRACT)
    with writing(house.engine) as session:
        mine = session.query(Account.id).where(Account.login == "sans.role").scalar_subquery()
        session.connection().execute(update(Grant).where(Grant.account_id == mine).values(archived_at=now_utc()))
    one.goes(f"/lecture/{secret}")
    assert one.goes("/lecture")[0] == 404 and "fenêtre privée" in one.body
    assert openings(house.engine, secret) == 0


def test_who_signs_in_lets_the_link_go_and_finds_the_way_in_again_when_they_leave(house: House) -> None:
    (one, _), known = reader(house), signed_in(house, "arrive.par.lien")
    known.cookies[READER] = one.cookies[READER]
    known.goes("/entrer", {"login": "arrive.par.lien", "password": PASSWORD})
    assert known.cookies[READER] == ""
    known.goes("/sortir", {})
    assert known.goes("/")[1] == "/entrer"


def test_a_link_that_was_copied_badly_leaves_the_reading_that_is_open(house: House) -> None:
    one, secret = reader(house)
    one.goes(f"/lecture/{secret[:-3]}")
    assert one.goes("/lecture")[0] == 404
    assert one.goes("/plan?demarche=demo")[0] == 200


def test_no_log_holds_the_secret_of_a_link(house: House) -> None:
    _, secret = reader(house)
    assert secret not in house.server.log.read_text(errors="replace")
