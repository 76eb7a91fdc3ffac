import re
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from components.server.door import is_page
from components.server.legal import ADDRESSES, PAGES
from components.server.stack import MIDDLEWARE, ROUTES
from db.commands.texts import write_text
from db.engine import writing
from db.rules.legal import LegalText
from tests.conftest import viewer_in
from tests.house import ROOT
from tests.pages.opening import on_database
from tests.payloads import TEXTS
from tests.server.asgi import ask, scope_of

APP = Starlette(routes=ROUTES, middleware=MIDDLEWARE)
OF_WHO_IS_SIGNED_IN = {
    "/fiche", "/sauvegardes", "/textes", "/comptes", "/personnes", "/mon-acces", "/qui-voit-quoi",
}  # fmt: skip
"""Pages that are reached from others, or that are about oneself and the installation."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_legal_page_leads_to_all_the_others_and_back(sqlite_engine: Engine, address: str):
    with on_database(sqlite_engine):
        answer, _ = ask(APP, scope_of(address))
    assert answer.status == 200
    assert '<html lang="fr">' in answer.text
    assert {f"/{path.strip('/')}" for path in re.findall(r'href="(/[^"]*)"', answer.text)} >= {*ADDRESSES, "/"}
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_they_are_read_without_signing_in(address: str):
    accepts = (("accept", "text/html"),)
    assert not is_page(scope_of(address, headers=accepts))
    assert is_page(scope_of("/plan", headers=accepts))


def test_a_text_still_to_be_filled_in_says_so_until_it_is(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        before, _ = ask(APP, scope_of("/mentions-legales"))
        with writing(sqlite_engine) as session:
            write_text(session, viewer_in(sqlite_engine), name="mentions-legales", text="# Éditeur\nVille de Test")
        after, _ = ask(APP, scope_of("/mentions-legales"))
    assert "restent à compléter" in before.text
    assert "à compléter" not in after.text
    assert "<h2>Éditeur</h2>\n<p>Ville de Test</p>" in after.text


def test_whatever_is_typed_in_a_text_is_never_markup(sqlite_engine: Engine):
    typed = "\n\n".join([*TEXTS, *(f"# {text}" for text in TEXTS), *(f"- {text}" for text in TEXTS)])
    with on_database(sqlite_engine):
        with writing(sqlite_engine) as session:
            write_text(session, viewer_in(sqlite_engine), name=LegalText.COOKIES.value, text=typed)
        answer, _ = ask(APP, scope_of("/cookies"))
    inside = answer.text.split("<h1>Cookies</h1>")[1].split("<footer>")[0]
    assert set(re.findall(r"<\s*/?\s*([a-zA-Z!][\w-]*)", inside)) == {"h2", "p", "ul", "li", "a", "main"}
    assert re.findall(r"<a [^>]*>", inside) == ['<a href="/">']


def test_the_site_map_names_every_page_that_has_an_address_of_its_own():
    hall = Path(ROOT, "pages", "main.py").read_text(encoding="utf-8")
    addresses = {f"/{path}" for path in re.findall(r'url_path="([\w-]+)"', hall)} | {"/"}
    assert {path for pages in PAGES.values() for path in pages} == addresses - OF_WHO_IS_SIGNED_IN
