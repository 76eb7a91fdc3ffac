"""« Publier le point »: what readers will see is shown first, then one button; and what they find afterwards."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update
from streamlit.testing.v1 import AppTest

from components import workspace
from db.commands.series import declare_weather
from db.engine import engine as engine_in_use
from db.engine import reading, writing
from db.models import Account, Grant, Placement, Publication, WeatherEntry
from db.rules.access import Role
from db.rules.vocabulary import Weather
from db.viewer import LOCAL_LOGIN, Viewer
from tests.conftest import ON, Databases
from tests.pages.opening import on_database, opened, words
from tests.queries.test_sheet import counted

SECRET = "quarante-trois jeunes"
TEXTS = ("Réunion de crise", "Trouver un local", SECRET, "Le collège voisin")


@pytest.fixture
def demo_pages(own_demo: Engine) -> Iterator[Engine]:
    with on_database(own_demo):
        yield own_demo


@pytest.fixture(scope="module")
def reader(databases: Databases) -> Iterator[Engine]:
    """The demonstration where the person at the machine signs the contract, and nothing more."""
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    mine = select(Account.id).where(Account.login == LOCAL_LOGIN)
    with made.begin() as connection:
        connection.execute(update(Grant).where(Grant.account_id.in_(mine)).values(role=Role.SIGNATORY))
    yield made
    made.dispose()


def prepared(page: str | None = "publish.py", **query: str) -> AppTest:
    app = opened(page, vue=workspace.PREPARATION, **query)
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return words(app).replace("\\", "").replace("\u00a0", " ").replace("\u202f", " ")


def place(engine: Engine, number: str) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == number)).one())


def points(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [
            (row.name, row.as_of.isoformat()) for row in session.scalars(select(Publication).order_by(Publication.id))
        ]


def press(app: AppTest, label: str) -> AppTest:
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
    return app


def field(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    [found] = [widget for widget in app.text_input if widget.label == label]
    return found


def publish_all(app: AppTest) -> AppTest:
    return press(app, "Publier le point")


def test_what_readers_will_see_is_shown_before_the_form(demo_pages: Engine):
    app = prepared()
    text = said(app)
    assert "**Cinq saisies entrent dans ce point, sur cinq fiches.**" in text
    assert [part for part in TEXTS if part not in text] == []
    assert "66 % → **79 %**" in text
    assert field(app, "Nom du point").value == "Point du 1er octobre 2026"
    assert field(app, "Jour du point").value == "01/10/2026"
    assert points(demo_pages) == [("Point du 30 septembre 2026", "2026-09-30")]


def test_a_point_is_published_then_taken_back_from_the_notice(demo_pages: Engine):
    app = publish_all(prepared())
    assert points(demo_pages)[-1] == ("Point du 1er octobre 2026", "2026-10-01")
    assert [notice.value for notice in app.success] == [
        "« Point du 1er octobre 2026 » est publié : les lecteurs le voient dès maintenant."
    ]
    assert "Rien n'attend" in said(app)
    assert not app.text_input
    press(app, "Annuler")
    assert len(points(demo_pages)) == 1
    assert "**Cinq saisies entrent dans ce point" in said(app)


def test_the_name_follows_the_day_until_another_is_typed(demo_pages: Engine):
    app = prepared()
    field(app, "Jour du point").set_value("30 septembre 2026").run()
    assert field(app, "Nom du point").value == "Point du 30 septembre 2026"
    field(app, "Nom du point").set_value("Après le COPIL").run()
    field(app, "Jour du point").set_value("1/10/2026").run()
    assert field(app, "Nom du point").value == "Après le COPIL"


def test_what_is_dated_after_the_day_is_counted_and_stays(demo_pages: Engine):
    app = prepared()
    field(app, "Jour du point").set_value("30/09/2026").run()
    assert "Cinq saisies, datées d'après le 30 septembre 2026, restent en préparation." in said(app)
    publish_all(app)
    assert "5 saisies attendent, mais elles sont datées d'après le 30/09/2026" in app.error[0].value
    assert len(points(demo_pages)) == 1


@pytest.mark.parametrize(
    ("day", "refusal"),
    [("octobre 2026", "s'écrit en entier"), ("2/10/2026", "est à venir"), ("01/09/2026", "précède le dernier point")],
)
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(demo_pages: Engine, day: str, refusal: str):
    app = prepared()
    field(app, "Nom du point").set_value("Un nom à garder").run()
    field(app, "Jour du point").set_value(day).run()
    publish_all(app)
    assert refusal in app.error[0].value
    assert (field(app, "Nom du point").value, field(app, "Jour du point").value) == ("Un nom à garder", day)
    assert len(points(demo_pages)) == 1


def test_a_name_too_long_is_refused_and_stays(demo_pages: Engine):
    app = prepared()
    field(app, "Nom du point").set_value("x" * 5000).run()
    publish_all(app)
    assert "Le nom du point compte 5000 caractères ; 200 au plus" in app.error[0].value
    assert field(app, "Nom du point").value == "x" * 5000


def test_a_fiche_is_published_alone_and_says_so(demo_pages: Engine):
    number = place(demo_pages, "3.5")
    assert "Publier cette fiche (1)" in said(prepared("sheet.py", fiche=number))
    app = prepared(fiche=number)
    assert "**Une saisie entre dans ce point.**" in said(app)
    assert "79 %" not in said(app)
    press(app, "Publier la fiche")
    assert points(demo_pages)[-1][0] == "Fiche 3.5, point du 1er octobre 2026"
    for view in (workspace.PUBLISHED, workspace.PREPARATION):
        fiche = said(opened("sheet.py", fiche=number, vue=view))
        assert SECRET in fiche
        assert "fiche publiée le 1er octobre 2026" in fiche
        assert "Publier cette fiche" not in fiche


def test_a_fiche_that_is_not_there_is_told(demo_pages: Engine):
    app = prepared(fiche="99999")
    assert "Cette fiche n'existe pas, ou elle ne vous est pas ouverte." in said(app)
    assert not app.text_input


def test_the_way_to_the_page_counts_what_waits(demo_pages: Engine):
    assert "Publier le point (5)" in said(prepared(None))
    assert "Publier le point" not in said(opened(None, vue=workspace.PUBLISHED))
    publish_all(prepared())
    assert "Points publiés" in said(prepared("plan.py"))


def test_what_is_published_is_looked_at_without_a_word_of_what_waits(demo_pages: Engine):
    app = opened("publish.py", vue=workspace.PUBLISHED)
    assert SECRET not in said(app)
    press(app, "Passer en préparation")
    assert SECRET in said(app)


@pytest.mark.parametrize("query", [{}, {"depuis": "1"}, {"fiche": "15"}])
def test_a_reader_finds_nothing_of_what_is_in_preparation(reader: Engine, query: dict[str, str]):
    with on_database(reader):
        app = opened("publish.py", vue=workspace.PREPARATION, **query)
    assert not app.exception
    text = said(app)
    assert "Publier un point revient à la coordination" in text
    assert SECRET not in text and "Publier le point (" not in text
    assert not app.button


def test_two_points_and_what_is_in_preparation_are_compared(demo_pages: Engine, viewer: Viewer):
    publish_all(prepared())
    with writing(demo_pages) as session:
        sheet_id = session.scalars(select(WeatherEntry.sheet_id)).first()
        assert sheet_id is not None
        declare_weather(session, viewer, sheet_id=sheet_id, on=ON, weather=Weather.SUNNY, done="Une nouveauté")
    app = prepared(depuis="1")
    assert "**Cinq changements.**" in said(app) and "Une nouveauté" not in said(app)
    [until] = [box for box in app.selectbox if box.label == "Jusqu'à"]
    until.select("Ce qui est en préparation").run()
    assert "**Six changements.**" in said(app) and "Une nouveauté" in said(app)


def test_a_point_is_withdrawn_only_once_it_was_confirmed(demo_pages: Engine):
    app = publish_all(prepared())
    press(app, "Dépublier")
    assert len(points(demo_pages)) == 2
    assert "5 saisies repassent en préparation. Les lecteurs liront de nouveau « Point du 30 septembre 2026 »" in said(
        app
    )
    app.button(key="withdraw").click().run()
    assert len(points(demo_pages)) == 1
    assert "est dépublié" in app.success[0].value


def test_a_first_point_is_shown_a_part_at_a_time_with_the_way_to_its_button(demo_pages: Engine):
    app = prepared()
    press(app, "Dépublier")
    app.button(key="withdraw").click().run()
    app.run()
    text = said(app)
    assert "**1 174 saisies entrent dans ce point, sur 23 fiches.**" in text
    assert "[Aller au nom, au jour et au bouton](#nommer-le-point)" in text
    assert "Voir 13 autres fiches" in [box.label.replace("\u00a0", " ") for box in app.expander]
    assert "Aucun point n'est encore publié" in text
    publish_all(app)
    assert points(demo_pages) == [("Point du 1er octobre 2026", "2026-10-01")]


def test_a_point_with_a_name_of_its_own_is_named_in_the_head_of_every_page(demo_pages: Engine):
    app = prepared()
    field(app, "Nom du point").set_value("Après le COPIL").run()
    publish_all(app)
    head = said(opened("plan.py", vue=workspace.PUBLISHED))
    assert "point du 1er octobre 2026, « Après le COPIL »" in head


def test_the_page_read_again_asks_only_where_things_stand(sqlite_demo: Engine):
    with on_database(sqlite_demo):
        app = prepared()
        with counted(engine_in_use()) as asked:
            app.run()
    assert [statement for statement in asked if "FROM status_entry" in statement or "FROM weather" in statement] == []
    assert len(asked) <= 12
