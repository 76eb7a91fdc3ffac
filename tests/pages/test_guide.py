import pytest
from sqlalchemy import Engine

from components import guide
from tests.pages.opening import on_database, opened, words


@pytest.mark.parametrize(
    "notion",
    ["retard", "météo", "déclaré", "personnes différentes", "masqué", "à trouver", "à compléter", "publié",
     "non renseigné", "sans objet", "non disponible", "cumul", "sauvegarder", "importer", "exporter", "QPV"],
)  # fmt: skip
def test_the_guide_tells_of_every_notion(notion):
    assert guide.found(guide.THEMES, notion)


def test_a_search_ignores_accents_and_case():
    plain, typed = guide.found(guide.THEMES, "METEO"), guide.found(guide.THEMES, "météo")
    assert plain == typed != ()


def test_a_search_keeps_the_sections_that_hold_every_word():
    [theme] = guide.found(guide.THEMES, "baisse hausse depart")
    assert [section.title for section in theme.sections] == ["L'atteinte de la cible"]


def test_a_verb_finds_what_is_said_with_its_noun_or_its_past_and_titles_come_first():
    first = guide.found(guide.THEMES, "publier")[0]
    assert first.title == "En préparation, publié"
    assert guide.found(guide.THEMES, "publication")[0] == first


def test_an_acronym_finds_what_speaks_of_what_it_stands_for():
    titles = [theme.title for theme in guide.found(guide.THEMES, "copil")]
    assert {"En préparation, publié", "Sigles"} <= set(titles)


def test_words_in_full_find_their_acronym():
    theme = guide.parse("# Thème\n\n## Où\n\nDans chaque QPV.\n\n## Quand\n\nChaque année.")
    [kept] = guide.found((theme,), "quartier prioritaire")
    assert [section.title for section in kept.sections] == ["Où"]


def test_a_search_for_nothing_keeps_everything():
    assert guide.found(guide.THEMES, "  ") == guide.THEMES


def test_a_search_without_an_answer_keeps_nothing():
    assert guide.found(guide.THEMES, "xylophone") == ()


def test_every_theme_has_its_own_anchor_and_sections():
    anchors = [theme.anchor for theme in guide.THEMES]
    assert len(set(anchors)) == len(anchors) >= 8
    assert all(" " not in anchor and theme.sections for anchor, theme in zip(anchors, guide.THEMES, strict=True))


def test_no_line_of_the_guide_may_begin_with_a_closing_mark():
    bodies = [section.body for theme in guide.THEMES for section in theme.sections]
    assert bodies and not any(" »" in body or "« " in body for body in bodies)


def test_the_guide_opens_even_without_any_plan(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        app = opened("guide.py")
        assert not app.exception
        assert app.title[0].value == "Aide"
        assert len(app.header) == len(guide.THEMES)


def test_typing_a_word_shows_only_what_holds_it(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        app = opened("guide.py")
        app.text_input[0].set_value("masqués").run()
        assert [header.value for header in app.header] == ["Indicateurs"]
        assert "1\u00a0rubrique" in words(app)


def test_a_search_that_finds_nothing_says_what_to_do(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        app = opened("guide.py")
        app.text_input[0].set_value("xylophone").run()
        assert "essayez avec un seul" in words(app)
