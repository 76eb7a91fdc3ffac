"""Whatever statement the database fails at, an act is whole or is not: and it is a sentence that says so."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from db import check
from db.commands.amendments import compose_amendment
from db.commands.drafts import start_draft
from db.commands.editing.bulk import change_sheets, seen_by
from db.commands.editing.save import save_section, section_base
from db.commands.logbook import note
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.series import declare_progress, declare_weather
from db.commands.sheet_life import archive_sheet, duplicate_sheet
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import BaliseError
from db.journal import last_act
from db.models import Base, Draft
from db.rules.contract_form import AmendmentTerms
from db.rules.sections import Section, subject_of
from db.rules.vocabulary import Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.conftest import ON
from tests.exchange.files import plan_of_rows
from tests.exchange.importing import imported

Act = Callable[[Session, Viewer, Plan], Any]
SQLITE = {"SQLITE_IOERR": 10, "SQLITE_BUSY": 5, "SQLITE_FULL": 13}


def _saves(session: Session, viewer: Viewer, plan: Plan) -> None:
    key = session.scalars(select(Draft.key)).one()
    save_section(session, viewer, key=key, typed={"rationale": "Un constat"}, on=ON)


def _changes_two(session: Session, viewer: Viewer, plan: Plan) -> None:
    sheets = tuple(plan.sheets.values())
    seen, since = seen_by(session, viewer, plan.initiative_id, ON, sheets, ("status",))
    change_sheets(
        session, viewer, initiative_id=plan.initiative_id, seen=seen, since=since, values={"status": "en cours"}, on=ON
    )


ACTS: dict[str, Act] = {
    "a text": lambda s, v, p: rewrite_sheet(s, v, sheet_id=p.sheets["1.1"], fields={"means": "Un bus"}),
    "a section": _saves,
    "a progress": lambda s, v, p: declare_progress(s, v, sheet_id=p.sheets["1.1"], on=ON, percent=40),
    "a météo": lambda s, v, p: declare_weather(s, v, sheet_id=p.sheets["1.1"], on=ON, weather=Weather.SUNNY),
    "a new fiche": lambda s, v, p: add_sheet(
        s, v, initiative_id=p.initiative_id, title="Bus", axis_id=p.axis_id, code="1.3"
    ),
    "a copy": lambda s, v, p: duplicate_sheet(s, v, placement_id=p.placements["1.1"], on=ON),
    "an archive": lambda s, v, p: archive_sheet(s, v, placement_id=p.placements["1.2"]),
    "several fiches": _changes_two,
    "a point": lambda s, v, p: publish_point(s, v, initiative_id=p.initiative_id, name="Point", as_of=ON),
    "an avenant": lambda s, v, p: compose_amendment(
        s,
        v,
        initiative_id=p.initiative_id,
        terms=AmendmentTerms(1, date(2026, 3, 1), "Prolongation", withdrawn=(p.placements["1.2"],)),
    ),
    "a line of the carnet": lambda s, v, p: note(s, v, initiative_id=p.initiative_id, text="Appel", noted_on=ON),
    "an undo": lambda s, v, p: undo_act(s, v, _first_act(s)),
}
FIRST: dict[str, int] = {}


def _first_act(session: Session) -> int:
    return FIRST[str(session.get_bind().url)]  # type: ignore[union-attr]


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    """A plan in which something was done, and a form is open."""
    made = plan_in(engine, viewer)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=made.sheets["1.2"], fields={"means": "Deux vélos"})
        FIRST[str(engine.url)] = last_act(session) or 0
        declare_progress(session, viewer, sheet_id=made.sheets["1.2"], on=ON, percent=10)
        base = section_base(session, viewer, sheet_id=made.sheets["1.1"], section=Section.RATIONALE, on=ON)
        start_draft(session, viewer, subject_of(made.sheets["1.1"], Section.RATIONALE), base)
    return made


def failure(engine: Engine, kind: str) -> Exception:
    """What the driver raises when the disk, a lock or the server fails."""
    if engine.dialect.name == "postgresql":
        return psycopg.OperationalError("the connection is lost")
    problem = sqlite3.OperationalError(kind.lower())
    problem.sqlite_errorname, problem.sqlite_errorcode = kind, SQLITE[kind]
    return problem


@contextmanager
def failing_at(engine: Engine, n: int, kind: str) -> Iterator[list[int]]:
    """Fail at the n-th statement sent to the database; gives how many were sent."""
    sent = [0]

    def fail(_cursor: Any, _statement: str, *_rest: Any) -> None:
        sent[0] += 1
        if sent[0] == n:
            raise failure(engine, kind)

    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        event.listen(engine, name, fail)
    try:
        yield sent
    finally:
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.remove(engine, name, fail)


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All the rows of all the tables."""
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(table.select())))
            for name, table in Base.metadata.tables.items()
            if not name.startswith("territory")
        }


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_act_that_fails_at_any_statement_leaves_everything_as_it_was(
    engine: Engine, viewer: Viewer, plan: Plan, act: Act
) -> None:
    before = everything(engine)
    kinds, n = list(SQLITE), 0
    while True:
        n += 1
        with failing_at(engine, n, kinds[n % len(kinds)]) as sent:
            try:
                with writing(engine) as session:
                    act(session, viewer, plan)
            except BaliseError as refusal:
                assert "Rien n'a été enregistré" in refusal.message, (n, refusal.message)
                assert everything(engine) == before, n
                continue
        assert sent[0] == n - 1, "the act had fewer statements than were failed"
        break
    assert n > 5
    assert everything(engine) != before
    assert check.problems(engine) == []


def test_the_failure_of_a_read_is_a_sentence_too(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with pytest.raises(BaliseError), failing_at(engine, 1, "SQLITE_IOERR"), reading(engine) as session:
        session.scalars(select(Draft.key)).all()


def test_an_import_that_fails_leaves_nothing_of_its_plan(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    before = everything(sqlite_engine)
    for n in (30, 60, 90, 120):
        with failing_at(sqlite_engine, n, "SQLITE_FULL"):
            try:
                imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Statut"], ["Bus", "En cours"]]))
            except BaliseError:
                assert everything(sqlite_engine) == before, n
            else:
                break
