import json

import pytest
from sqlalchemy import Engine, select

from db.commands.publish import publish_point
from db.engine import reading, writing
from db.models import Initiative
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import ON
from tests.pages.opening import on_database, opened, words


@pytest.fixture
def demonstration(sqlite_demo: Engine):
    with on_database(sqlite_demo):
        yield sqlite_demo


def test_the_overview_of_the_demonstration_opens_without_an_exception(demonstration):
    app = opened()
    assert not app.exception
    assert [title.value for title in app.title] == [
        r"Contrat local de santé Durance\-Luberon 2024\-2028 \(démonstration\)"
    ]


def test_the_five_tiles_say_their_figures(demonstration):
    figures = {metric.label: metric.value for metric in opened().metric}
    assert figures["Fiches actions"] == "23"
    assert figures["Avancement déclaré"] == "52\u202f%"
    assert figures["Financements 2026"] == "462\u202f100\u00a0€"
    assert list(figures) == ["Fiches actions", "Avancement déclaré", "Indicateurs", "Financements 2026", "Décisions"]


def test_the_late_sheets_are_one_link_away(demonstration):
    assert any("4 en retard" in link.value for link in opened().page_link)


def test_the_headings_of_the_page_have_no_gap(demonstration):
    app = opened()
    assert len(app.title) == 1
    assert [header.value for header in app.header] == [
        "À arbitrer par le COPIL (4)",
        "Depuis le dernier COPIL (23\u00a0juin 2026)",
        "L'avancement par axe",
        "Le plan dans le temps",
    ]
    assert not app.subheader


def test_each_chart_has_a_sentence_and_a_table_that_is_made_once_opened(demonstration):
    app = opened()
    charts = app.get("vega_lite_chart")
    assert len(charts) == 2
    assert all(len(chart.proto.alt) >= 40 for chart in charts)
    assert all(json.loads(chart.proto.spec)["config"]["locale"] for chart in charts)
    assert not app.table


def test_a_reader_is_not_told_what_is_in_preparation(demonstration):
    published, prepared = words(opened()), words(opened(vue="En préparation"))
    assert published != prepared
    assert "1 mise en pause ou bloquée" in published
    assert "2 mises en pause ou bloquées" in prepared


def test_without_any_plan_there_is_one_sentence_and_two_doors(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        app = opened()
        assert not app.exception
        assert [button.label for button in app.button] == ["Importer votre plan", "Voir la démonstration"]


def test_the_second_door_shows_the_demonstration(sqlite_engine: Engine):
    with on_database(sqlite_engine):
        app = opened()
        app.button[1].click().run()
        assert not app.exception
        assert "Durance" in app.title[0].value


def test_an_empty_plan_says_so_section_by_section(sqlite_engine: Engine, viewer: Viewer):
    plan_in(sqlite_engine, viewer, sheets=())
    with on_database(sqlite_engine):
        app = opened()
        said = words(app)
        assert not app.exception
        assert "Rien n'attend de décision" in said
        assert "Aucune séance du COPIL n'est encore enregistrée" in said
        assert "Le plan ne contient encore aucune fiche action" in said
        assert "Aucune fiche n'a encore de dates" in said


def test_a_title_full_of_markup_is_shown_as_typed(sqlite_engine: Engine, viewer: Viewer):
    plan_in(sqlite_engine, viewer, name="CLS *de* :red[Test] $x$", code="essai")
    with on_database(sqlite_engine):
        assert opened().title[0].value == r"CLS \*de\* \:red\[Test\] \$x\$"


def test_a_write_is_seen_at_the_next_view(own_demo: Engine, viewer: Viewer):
    with on_database(own_demo):
        app = opened()
        with reading(own_demo) as session:
            key = session.scalars(select(Initiative.id)).one()
        with writing(own_demo) as session:
            publish_point(session, viewer, initiative_id=key, name="Point du 1er octobre 2026", as_of=ON)
        app.run()
        assert "2 mises en pause ou bloquées" in words(app)
