"""« Textes de l'installation », and the last line of every page."""

import pytest
from sqlalchemy import Engine

from components.footer import FOOTER
from db.engine import reading
from db.queries.texts import legal_text
from db.rules.legal import LegalText
from tests.pages.opening import on_database, opened, words

PAGES = ("overview.py", "plan.py", "contract.py", "week.py", "exchange.py", "guide.py", "acts.py", "legal.py")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_ends_with_the_links_that_the_law_asks_for(sqlite_demo: Engine, page: str):
    with on_database(sqlite_demo):
        app = opened(page, demarche="demo")
    assert "".join(f"[{title}](/{path})" for path, title in FOOTER.items()) in words(app).replace("  ·  ", "")


def test_they_are_there_too_when_a_page_stops_before_its_end(sqlite_demo: Engine):
    with on_database(sqlite_demo):
        app = opened("sheet.py", demarche="demo", fiche="999999")
    assert "[Mentions légales](/mentions-legales)" in words(app)


def test_the_administrator_is_told_which_texts_are_to_be_completed_and_writes_one(own_demo: Engine):
    with on_database(own_demo):
        app = opened("legal.py")
        assert "3\u00a0textes à compléter" in app.warning[0].value
        assert "Texte fourni avec Balise, 4\u00a0passages à compléter" in words(app)
        app.button(key=f"legal_{LegalText.NOTICES.value}").click().run()
        app.text_area[0].set_value("# Éditeur\nVille de Test").run()
        next(button for button in app.button if button.label == "Enregistrer").click().run()
        assert "2\u00a0textes à compléter" in app.warning[0].value
        with reading(own_demo) as session:
            assert legal_text(session, LegalText.NOTICES).text == "# Éditeur\nVille de Test"
