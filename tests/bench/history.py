"""A journal of more than 100,000 lines about many fiches, written by the commands; what its history then costs.

The cost of the two queries is that of the first reader after a write: nothing is kept ready but the statements.
"""

import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.initiatives import create_initiative
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.series import declare_progress
from db.engine import reading, writing
from db.journal import acting
from db.models import JournalEntry
from db.queries.acts import past_acts
from db.queries.history import sheet_history
from db.rules.access import Role
from db.viewer import Viewer, local_viewer

LINES = 100_000
PLANS, FICHES, LONG, A_POINT = 10, 40, 1_000, 5
AS_OF, TIMES = date(2026, 9, 30), 15
Query = Callable[..., Any]


def fill(engine: Engine) -> tuple[int, int]:
    """Ten plans of 40 fiches, their progress declared and published again and again until the journal holds more than
    100,000 lines, and on one fiche a thousand acts besides: gives that one's plan, and its key."""
    with reading(engine) as session:
        viewer = local_viewer(session, AS_OF)
    plans = dict(_plan(engine, viewer, number) for number in range(PLANS))
    turn = 0
    while lines(engine) < LINES:
        for plan, sheets in plans.items():
            for _ in range(A_POINT):
                turn += 1
                _declare(engine, viewer, plan, sheets, turn % 100)
            _publish(engine, viewer, plan, f"Point {turn}")
    plan, (sheet_id, *_) = next(iter(plans.items()))
    for number in range(LONG):
        with writing(engine) as session:
            rewrite_sheet(session, viewer, sheet_id=sheet_id, fields={"means": f"{number} postes"})
    return plan, sheet_id


def _plan(engine: Engine, viewer: Viewer, number: int) -> tuple[int, list[int]]:
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import du plan"):
        plan = create_initiative(session, viewer, name=f"Contrat à la longue histoire {number}").id
        titles = [f"Action {n}" for n in range(FICHES)]
        return plan, [add_sheet(session, viewer, initiative_id=plan, title=title).sheet_id for title in titles]


def _declare(engine: Engine, viewer: Viewer, plan: int, sheets: list[int], percent: int) -> None:
    what = f"Avancement : {FICHES} fiches"
    with writing(engine) as session, acting(session, viewer.actor_id, "change_sheets", what, plan):
        for sheet_id in sheets:
            declare_progress(session, viewer, sheet_id=sheet_id, on=AS_OF, percent=percent)


def _publish(engine: Engine, viewer: Viewer, plan: int, name: str) -> None:
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan, name=name, as_of=AS_OF)


def lines(engine: Engine) -> int:
    """How many lines the journal holds."""
    with reading(engine) as session:
        return session.scalar(select(func.count(JournalEntry.seq))) or 0


def costs_ms(engine: Engine, plan: int, sheet: int) -> dict[str, float]:
    """Milliseconds of the history of the longest fiche and of the acts of its plan, for who prepares and who reads."""
    with reading(engine) as session:
        preparing = local_viewer(session, AS_OF)
    readers = {"qui prépare": preparing, "qui lit": Viewer(preparing.actor_id, ((plan, Role.SIGNATORY),))}
    asked: dict[str, tuple[Query, tuple[Any, ...]]] = {
        "historique d'une fiche": (sheet_history, (sheet,)),
        "une valeur suivie": (sheet_history, (sheet, 1, "action_sheet.means")),
        "derniers actes": (past_acts, ()),
    }
    return {
        f"{name}, {who}": _ms(engine, lambda s, q=query, v=viewer, m=more: q(s, v, plan, AS_OF, *m))  # type: ignore[misc]
        for name, (query, more) in asked.items()
        for who, viewer in readers.items()
    }


def _ms(engine: Engine, ask: Callable[[Session], Any]) -> float:
    taken = []
    for _ in range(TIMES):
        with reading(engine) as session:
            start = time.perf_counter()
            ask(session)
            taken.append(1000 * (time.perf_counter() - start))
    return median(taken)
