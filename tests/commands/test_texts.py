import pytest
from sqlalchemy import Engine, select

from db.commands.texts import write_text
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import last_act
from db.models import JournalEntry
from db.queries.texts import legal_text, legal_texts
from db.rules.legal import SUPPLIED, LegalText
from db.viewer import Viewer
from tests.builders import colleague

NAME = LegalText.NOTICES.value


def said(engine: Engine) -> str:
    with reading(engine) as session:
        return legal_text(session, LegalText.NOTICES).text


def test_a_text_is_the_one_supplied_until_the_administrator_writes_another(engine: Engine, viewer: Viewer):
    assert said(engine) == SUPPLIED[LegalText.NOTICES]
    with writing(engine) as session:
        write_text(session, viewer, name=NAME, text="  Ville de Test  ")
    with reading(engine) as session:
        told = legal_texts(session)
        kept = session.scalars(select(JournalEntry.after).where(JournalEntry.table == "installation_text")).one()
    assert [text.name for text in told] == list(LegalText)
    assert [text.is_supplied for text in told] == [False, True, True, True]
    assert (told[0].text, kept["text"]) == ("Ville de Test", "Ville de Test")


def test_what_was_written_can_be_taken_back(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        write_text(session, viewer, name=NAME, text="Ville de Test")
    with writing(engine) as session:
        write_text(session, viewer, name=NAME, text="Ville de Rien")
        act = last_act(session)
    assert act is not None
    with writing(engine) as session:
        undo_act(session, viewer, act)
    assert said(engine) == "Ville de Test"


def test_the_same_text_again_leaves_no_trace(engine: Engine, viewer: Viewer):
    for _ in range(2):
        with writing(engine) as session:
            write_text(session, viewer, name=NAME, text="Ville de Test")
            done = last_act(session)
    assert done is None


def test_a_text_that_somebody_wrote_meanwhile_is_not_written_over(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        write_text(session, viewer, name=NAME, text="Ville de Test", was=SUPPLIED[LegalText.NOTICES])
    with writing(engine) as session, pytest.raises(Conflict, match="reste en brouillon"):
        write_text(session, viewer, name=NAME, text="Autre", was=SUPPLIED[LegalText.NOTICES])
    assert said(engine) == "Ville de Test"


def test_only_the_administrator_writes_it(engine: Engine):
    somebody = colleague(engine)
    with writing(engine) as session, pytest.raises(Refused):
        write_text(session, somebody, name=NAME, text="Ville de Test")


@pytest.mark.parametrize(
    ("name", "text"), [(NAME, " \n "), (NAME, "x" * 20_001), ("plan-du-site", "x"), ("../etc", "x")]
)
def test_a_text_that_cannot_be_kept_is_refused_in_french(engine: Engine, viewer: Viewer, name: str, text: str):
    with writing(engine) as session, pytest.raises(Invalid):
        write_text(session, viewer, name=name, text=text)
