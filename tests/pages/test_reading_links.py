"""Sharing a page, and reading by a link: the one page it shows, whatever the address; nothing once it is withdrawn."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from components import reading_room, workspace
from components.server import identity
from db.commands import sessions
from db.commands.reading_links import count_opening, link_behind, revoke_reading_link
from db.engine import reading, writing
from db.models import Placement
from db.models.base import now_utc
from db.rules.access import Role, SharedPage
from db.rules.sharing import ADDRESSES, GONE, LINK_DAYS
from db.settings import Access, settings
from tests.commands.coming_in import account_of, invited
from tests.conftest import viewer_in
from tests.house import ROOT
from tests.pages.opening import on_database, opened, said
from tests.sharing import behind, shared

PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.name != "main.py")
TITLES = {
    SharedPage.OVERVIEW: "Contrat local de santé Durance-Luberon 2024-2028",
    SharedPage.PLAN: "Plan d'action",
    SharedPage.SHEET: "1.1 Animer le CLS",
    SharedPage.CONTRACT: "Contrat et avenants",
}
NUMBER = "1.1"


@pytest.fixture
def base(own_demo: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demonstration, where people sign in."""
    monkeypatch.setattr(settings(), "access", Access.ACCOUNTS)
    monkeypatch.setattr(settings(), "public_url", "https://balise.exemple.fr")
    with on_database(own_demo):
        yield own_demo


def bears(monkeypatch: pytest.MonkeyPatch, **cookies: str) -> None:
    monkeypatch.setattr(
        workspace, "caller", lambda _cookies, *, counts=True: identity.caller(lambda: cookies, counts=counts)
    )


def place(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalars(select(Placement.id).where(Placement.code == NUMBER)).one()


def reads_by_link(engine: Engine, monkeypatch: pytest.MonkeyPatch, page: SharedPage, **more: object) -> str:
    """Somebody whose browser bears a link that was opened; gives its secret."""
    at = {"placement_id": place(engine)} if page is SharedPage.SHEET else {}
    secret = shared(engine, page, **at, **more)  # type: ignore[arg-type]
    bears(monkeypatch, **{identity.reading_cookie(): secret})
    return secret


def told(page: str | None = None, **query: str) -> AppTest:
    app = opened(page, **query)
    assert not app.exception
    return app


def signs_in(engine: Engine, monkeypatch: pytest.MonkeyPatch, role: Role = Role.COORDINATOR) -> None:
    invited(engine, "moi", role=role, at=now_utc())
    with writing(engine) as session:
        secret = sessions.open_session(session, account_of(engine, "moi"), at=now_utc())
    bears(monkeypatch, **{identity.session_cookie(): secret})


@pytest.mark.parametrize("page", list(SharedPage))
def test_a_link_shows_its_page_and_every_other_answers_as_if_it_did_not_exist(
    base: Engine, monkeypatch: pytest.MonkeyPatch, page: SharedPage
) -> None:
    reads_by_link(base, monkeypatch, page)
    key, closed = str(place(base)), []
    asked = PAGES if page is SharedPage.SHEET else sorted({*reading_room.SCRIPTS.values(), "exchange.py"})
    for script in asked:
        app = told(script, demarche="demo", fiche=key, vue=workspace.PREPARATION)
        if reading_room.NOTHING_ELSE in said(app):
            assert [title.value for title in app.title] == ["Il n'y a rien ici"]
            assert "Durance" not in said(app) and "Animer" not in said(app)
            closed.append(script)
        else:
            assert TITLES[page] in said(app)
            assert "Vous lisez cette page par un lien, jusqu'au" in said(app)
            assert not app.page_link and not app.get("chat_input")
            assert workspace.CHOSEN not in [box.key for box in app.selectbox]
            assert [button.key for button in app.button if not str(button.key).startswith("day_")] == []
    assert [script for script in asked if script not in closed] == [reading_room.SCRIPTS[page]]


def test_another_fiche_and_another_démarche_answer_as_what_does_not_exist(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_by_link(base, monkeypatch, SharedPage.SHEET)
    key = place(base)
    for asked in ({"fiche": str(key + 1)}, {"fiche": "99999"}, {"fiche": "-1"}, {}, {"demarche": "ailleurs"}):
        app = told("sheet.py", **{"fiche": str(key), **asked} if "demarche" in asked else asked)
        assert reading_room.NOTHING_ELSE in said(app), asked
        assert "Animer" not in said(app)


def test_the_link_of_a_part_of_the_plan_says_so_and_shows_no_more_when_its_address_is_changed(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_by_link(base, monkeypatch, SharedPage.PLAN, filters={"statut": "en pause"})
    for asked in ({"statut": "en pause"}, {}, {"statut": "terminée"}):
        app = told("plan.py", demarche="demo", **asked)
        assert "Elle montre une partie du plan : en pause." in said(app)
        assert "1.1" not in said(app) and "en pause" in said(app)


def test_the_link_of_a_part_in_which_nothing_is_left_says_so_and_never_shows_more(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_by_link(base, monkeypatch, SharedPage.PLAN, filters={"axe": "Un axe qui a changé de nom"})
    app = told("plan.py", demarche="demo")
    assert "ne répond à ce que ce lien montre" in said(app)
    assert "n'a pas encore de fiche" not in said(app) and "1.1" not in said(app)


@pytest.mark.parametrize("page", list(SharedPage))
def test_a_link_that_is_withdrawn_closes_the_page_that_is_open(
    base: Engine, monkeypatch: pytest.MonkeyPatch, page: SharedPage
) -> None:
    secret = reads_by_link(base, monkeypatch, page)
    app = told(reading_room.SCRIPTS[page], demarche="demo", fiche=str(place(base)))
    assert TITLES[page] in said(app)
    with writing(base) as session:
        revoke_reading_link(session, viewer_in(base), link_id=behind(base, secret).id)
    app.run()
    assert [title.value for title in app.title] == ["Ce lien ne sert plus"]
    assert GONE in said(app) and "Durance" not in said(app) and not app.button


def test_a_link_that_is_over_shows_nothing(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    made_on = now_utc().date() - timedelta(days=LINK_DAYS + 2)
    reads_by_link(base, monkeypatch, SharedPage.OVERVIEW, on=made_on)
    assert [title.value for title in told().title] == ["Ce lien ne sert plus"]


def test_who_is_signed_in_keeps_their_own_rights_whatever_link_their_browser_holds(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = shared(base, SharedPage.CONTRACT)
    invited(base, "moi", role=Role.COORDINATOR, at=now_utc())
    with writing(base) as session:
        secret = sessions.open_session(session, account_of(base, "moi"), at=now_utc())
    bears(monkeypatch, **{identity.session_cookie(): secret, identity.reading_cookie(): link})
    app = told("plan.py", demarche="demo")
    assert "Plan d'action" in said(app) and "par un lien" not in said(app)


@pytest.mark.parametrize("page", list(SharedPage))
def test_who_publishes_shares_the_page_that_is_open_and_is_shown_its_link_once(
    base: Engine, monkeypatch: pytest.MonkeyPatch, page: SharedPage
) -> None:
    signs_in(base, monkeypatch)
    app = told(reading_room.SCRIPTS[page], demarche="demo", fiche=str(place(base)))
    (door,) = [link for link in app.get("page_link") if link.proto.label == "Partager"]
    app = told("reading_links.py", demarche="demo", **_parameters(door.proto.query_string))
    next(box for box in app.text_input if box.label.startswith("Pour qui")).input("Presse locale").run()
    next(button for button in app.button if button.label == "Faire le lien").click().run()
    assert not app.exception
    (address,) = [code.value for code in app.code]
    with reading(base) as session:
        link = link_behind(session, address.rpartition("/")[2], at=now_utc())
    assert link is not None and link.view.page is page
    assert link.view.placement_id == (place(base) if page is SharedPage.SHEET else None)
    count_opening(base, link.id, at=now_utc())
    app.button(key="reading_link_copied").click().run()
    assert not app.code
    assert "pour Presse locale" in said(app) and "ouvert une fois, le" in said(app)
    app.button(key=f"unlink_{link.id}").click().run()
    assert "Presse locale" not in said(app)
    assert not behind(base, address.rpartition("/")[2]).is_open


def _parameters(query_string: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(query_string) if name != "demarche"}


def test_the_plan_is_shared_as_it_is_filtered(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    signs_in(base, monkeypatch)
    app = told("plan.py", demarche="demo", statut="en cours", retard="true")
    (door,) = [link for link in app.get("page_link") if link.proto.label == "Partager"]
    app = told("reading_links.py", demarche="demo", **_parameters(door.proto.query_string))
    assert "Plan d'action** : en cours, en retard" in said(app)


def test_what_is_typed_badly_stays_with_the_reason(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    signs_in(base, monkeypatch)
    app = told("reading_links.py", demarche="demo", partager="overview")
    next(box for box in app.text_input if box.label.startswith("Pour qui")).input("Presse locale").run()
    next(box for box in app.text_input if box.label.startswith("Jusqu'au")).input("2031").run()
    next(button for button in app.button if button.label == "Faire le lien").click().run()
    assert not app.code
    assert any("90 jours au plus" in error.value for error in app.error)
    assert "Presse locale" in [box.value for box in app.text_input]


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.EVALUATOR, Role.BODY_MEMBER])
def test_nobody_else_is_offered_to_share_nor_told_of_links(
    base: Engine, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    shared(base)
    signs_in(base, monkeypatch, role)
    assert "Partager" not in [link.proto.label for link in told("plan.py", demarche="demo").get("page_link")]
    app = told("reading_links.py", demarche="demo", partager="overview")
    assert "revient à qui publie" in said(app)
    assert "Bureau du COPIL" not in said(app) and not app.text_input


def test_on_one_s_own_machine_the_page_says_that_links_need_a_shared_installation(own_demo: Engine) -> None:
    with on_database(own_demo):
        app = told("reading_links.py", demarche="demo", partager="overview")
        assert "ACCESS=accounts" in said(app) and not app.text_input


def test_every_page_that_may_be_shared_is_where_the_address_says() -> None:
    main = (ROOT / "pages" / "main.py").read_text(encoding="utf-8")
    for page, address in ADDRESSES.items():
        script = reading_room.SCRIPTS[page]
        where = f'url_path="{address}"' if address else "default=True"
        assert any(f'"{script}"' in line and where in line for line in main.splitlines()), page
