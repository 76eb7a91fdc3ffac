"""A line of the carnet on which two people write: neither undoes what the other did without a word."""

from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import logbook
from db.commands.directory import find_or_create_organisation
from db.engine import reading, writing
from db.errors import Archived, Conflict, Refused
from db.models import LogbookNote
from db.rules.access import Role
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE
from tests.conftest import ON

SAID = "La directrice promet une salle avant Noël"
WAS = {"text": SAID, "noted_on": "01/10/2026"}
ALONE = {"sheet": None, "organisation": None}


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def claire(engine: Engine, viewer: Viewer) -> Viewer:
    return colleague(engine, CLAIRE)


@pytest.fixture
def line(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    with writing(engine) as session:
        return logbook.note(session, viewer, initiative_id=plan.initiative_id, text=SAID, noted_on=ON).id


def held(engine: Engine, line: int) -> LogbookNote:
    with reading(engine) as session:
        return session.get_one(LogbookNote, line)


def rewritten(engine: Engine, who: Viewer, line: int, **typed: object) -> None:
    """A form opened on the line as it was first written, and saved."""
    with writing(engine) as session:
        logbook.rewrite_note(session, who, note_id=line, **{**WAS, "was": WAS, **typed})  # type: ignore[arg-type]


def attached(engine: Engine, who: Viewer, line: int, **typed: object) -> None:
    with writing(engine) as session:
        logbook.attach_note(session, who, note_id=line, **{"was": ALONE, **typed})  # type: ignore[arg-type]


def test_the_text_of_one_and_the_day_of_the_other_are_both_kept(
    engine: Engine, viewer: Viewer, claire: Viewer, line: int
) -> None:
    rewritten(engine, claire, line, noted_on="25/09/2026")
    rewritten(engine, viewer, line, text="Deux salles")
    row = held(engine, line)
    assert (row.text, row.noted_on) == ("Deux salles", date(2026, 9, 25))


@pytest.mark.parametrize(
    ("field", "theirs", "mine"),
    [("text", "Deux salles", "Aucune salle"), ("noted_on", "25/09/2026", "20/09/2026")],
)
def test_the_same_part_written_twice_is_shown_with_its_author_and_the_one_chosen_is_kept(
    engine: Engine, viewer: Viewer, claire: Viewer, line: int, field: str, theirs: str, mine: str
) -> None:
    rewritten(engine, claire, line, **{field: theirs})
    with pytest.raises(Conflict, match="Rien n'a été écrasé") as found:
        rewritten(engine, viewer, line, **{field: mine})
    (clash,) = found.value.clashes
    assert (clash.field, clash.base, clash.theirs, clash.mine) == (field, WAS[field], theirs, mine)
    assert clash.author == CLAIRE
    assert clash.at is not None
    rewritten(engine, viewer, line, **{field: mine, "was": {**WAS, field: theirs}})
    row = held(engine, line)
    assert mine in (row.text, f"{row.noted_on:%d/%m/%Y}")


def test_the_same_words_from_both_are_no_matter(engine: Engine, viewer: Viewer, claire: Viewer, line: int) -> None:
    for who in (claire, viewer):
        rewritten(engine, who, line, text="Deux salles", noted_on="1er octobre 2026")
    assert held(engine, line).text == "Deux salles"


def test_a_line_attached_meanwhile_to_a_sheet_stays_there_when_a_structure_is_added(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan, line: int
) -> None:
    attached(engine, claire, line, sheet_id=plan.sheets["1.1"])
    with writing(engine) as session:
        who = find_or_create_organisation(session, viewer, "Commune fictive").id
    attached(engine, viewer, line, organisation_id=who)
    row = held(engine, line)
    assert (row.sheet_id, row.organisation_id) == (plan.sheets["1.1"], who)


def test_a_line_attached_to_two_sheets_is_shown_with_both_by_their_names(
    engine: Engine, viewer: Viewer, claire: Viewer, plan: Plan, line: int
) -> None:
    attached(engine, claire, line, sheet_id=plan.sheets["1.1"])
    with pytest.raises(Conflict) as found:
        attached(engine, viewer, line, sheet_id=plan.sheets["1.2"])
    (clash,) = found.value.clashes
    assert (clash.field, clash.label, clash.base) == ("sheet", "Fiche", None)
    assert (clash.theirs, clash.mine, clash.author) == ("1.1 Fiche 1.1", "1.2 Fiche 1.2", CLAIRE)
    attached(engine, viewer, line, sheet_id=plan.sheets["1.2"], was={**ALONE, "sheet": "1.1 Fiche 1.1"})
    assert held(engine, line).sheet_id == plan.sheets["1.2"]


def test_a_line_taken_out_meanwhile_is_said_to_be_by_whom_and_when(
    engine: Engine, viewer: Viewer, claire: Viewer, line: int
) -> None:
    with writing(engine) as session:
        logbook.remove_note(session, claire, note_id=line)
    with pytest.raises(Archived, match=rf"a été retirée par {CLAIRE}, le \d\d/.* reste en brouillon"):
        rewritten(engine, viewer, line, text="Deux salles")
    with pytest.raises(Archived, match="retirée par"), writing(engine) as session:
        logbook.note_to_reminder(session, viewer, note_id=line, text="Rappeler", due="15/10/2026")


def test_who_does_not_coordinate_is_not_told_that_a_line_was_taken_out(
    engine: Engine, viewer: Viewer, plan: Plan, line: int
) -> None:
    with writing(engine) as session:
        logbook.remove_note(session, viewer, note_id=line)
    with pytest.raises(Refused, match="n'existe pas"):
        rewritten(engine, Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),)), line, text="x")
