"""SQLite and PostgreSQL find and sort alike, whatever the accents, the capitals and the apostrophes."""

import pytest
from sqlalchemy import Engine, select, text

from db.commands.plan import add_sheet
from db.engine import reading, writing
from db.models import ActionSheet
from db.rules.text import fold
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import Databases

TITLES = (
    "Œuvrer près des élu·e·s", "Oeuvre commune", "élan", "Éclair", "ete", "Été", "L'été des jeunes", "L’été des aînés",
    "Ça va", "ca ira", "La Poste", "Laposte", "la-poste", "1.10 Bus", "1.2 Bus", "zèbre", "Zébrure", "naïf", "Straße",
)  # fmt: skip
ASKED = {"ete": 4, "OEUVR": 2, "éla": 1, "l’été": 2, "l'ete": 2, "poste": 3, "ça": 2, "ZEBR": 2, "naif": 1}


def found_and_sorted(engine: Engine, viewer: Viewer) -> tuple[list[str], dict[str, list[str]]]:
    plan = plan_in(engine, viewer, sheets=())
    with writing(engine) as session:
        for title in TITLES:
            add_sheet(session, viewer, initiative_id=plan.initiative_id, title=title, axis_id=plan.objective_id)
    with reading(engine) as session:
        rows = session.execute(select(ActionSheet.title, ActionSheet.search_text).order_by(ActionSheet.sort_key)).all()
    return [title for title, _ in rows], {
        words: sorted(title for title, text in rows if fold(words) in text) for words in ASKED
    }


@pytest.mark.postgresql
def test_what_is_found_and_in_which_order_is_the_same_on_both(databases: Databases, viewer: Viewer) -> None:
    told = {kind: found_and_sorted(databases.copy(kind), viewer) for kind in ("sqlite", "postgresql")}
    assert {words: len(titles) for words, titles in told["sqlite"][1].items()} == ASKED
    assert told["sqlite"] == told["postgresql"]


@pytest.mark.postgresql
def test_the_language_of_the_server_changes_no_order(databases: Databases) -> None:
    asked = "SELECT collation_name FROM information_schema.columns WHERE column_name = 'sort_key'"
    with databases.copy("postgresql").connect() as connection:
        assert connection.scalars(text(asked)).all() == ["C"] * 5
