"""The plan: axes, sheets and where they stand."""

from sqlalchemy import Engine

from db.commands.initiatives import create_initiative
from db.engine import writing
from db.viewer import Viewer


def test_a_code_is_made_from_the_name_and_numbered_when_it_is_taken(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        first = create_initiative(session, viewer, name="Contrat local de santé d'Élancourt")
        second = create_initiative(session, viewer, name="Contrat local de santé d'Élancourt")
        assert (first.code, second.code) == (
            "contrat-local-de-sante-d-elancourt",
            "contrat-local-de-sante-d-elancourt-2",
        )
