"""Somebody asks to be erased: on a telephone, all is handed over, then erased, and no page names them any more."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from db.commands.directory import add_person
from db.commands.logbook import note
from db.engine import writing
from tests.conftest import ON, Databases, viewer_in
from tests.e2e.people import drawn, presses, reads, signed_in
from tests.house import ROOT
from tests.serving import Server, serving

pytestmark = pytest.mark.browser
NAME = "Zoé Quémeneur-Blévin"


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    made = databases.copy("sqlite", "demo")
    with writing(made) as session:
        viewer = viewer_in(made)
        add_person(session, viewer, function="Directrice", name=NAME, email="zoe@x.fr", on=date(2020, 3, 1))
        note(session, viewer, initiative_id=1, text=f"{NAME} rappellera", noted_on=ON)
    made.dispose()
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False)) as one:
        yield one


def test_all_that_is_held_of_somebody_is_handed_over_then_erased(chromium: Browser, server: Server) -> None:
    with signed_in(chromium, server, width=390) as page:
        page.goto(f"{server.url}/personnes?demarche=demo")
        drawn(page)
        reads(page, "Un contact attend d'être relu.")
        with page.expect_download() as download:
            page.get_by_role("link", name="Tout ce qui est gardé d'elle").first.click()
        assert NAME in download.value.path().read_text(encoding="utf-8")
        assert json.loads(download.value.path().read_text(encoding="utf-8"))["nomme_ailleurs"]
        presses(page, "Effacer…")
        page.get_by_label("Son nom").fill(NAME)
        page.get_by_label("Le mot EFFACER").fill("EFFACER")
        presses(page, "Effacer sans retour")
        reads(page, "La personne est effacée")
        expect(page.get_by_text(NAME)).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        page.goto(f"{server.url}/carnet?demarche=demo&vue=En+préparation")
        drawn(page)
        reads(page, "rappellera")
        expect(page.get_by_text("Quémeneur")).to_have_count(0)
