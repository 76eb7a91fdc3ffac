"""Every query, asked by every role: of another plan, and of this one while something is in preparation."""

import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db import queries
from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line, record_amount
from db.commands.initiatives import create_initiative
from db.commands.plan import place_sheet
from db.commands.series import declare_weather
from db.engine import reading, writing
from db.errors import Refused
from db.exchange.export import plan_workbook
from db.models import Axis, Placement, Publication
from db.queries import SCOPES_READ, history
from db.queries.sheet import sheet_detail
from db.rights import RIGHTS, Operation, Reach, allows
from db.rules.access import Role
from db.rules.history import HistoryPage
from db.rules.vocabulary import FundingStage
from db.viewer import Viewer
from tests.commands.taking_back import last_act, undo
from tests.conftest import Databases, viewer_in

ON = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
DEMO = 1
DEMONSTRATION = 4  # the act that loads it
PREPARED = ("3.5", "5.3", "1.3", "2.5", "4.2")
FORESEEN, UNDONE = 7_654_300, "un désaccord entre deux élus"
SECRETS = (
    "quarante-trois jeunes", "percent=79", "643700", "69.8", "cuisine pédagogique est fermée", f"={FORESEEN}", UNDONE,
)  # fmt: skip
EXPORTED = ("quarante-trois jeunes", "cuisine pédagogique est fermée", str(FORESEEN // 100))
"""What is in preparation in the demonstration, as the queries tell it, and what of it the plan's workbook holds."""
READERS = [role for role in RIGHTS if not allows(role, Operation.READ_PREPARATION)]
TOLD_IN_PART = {"choices", "header", "plan_state", "sheet_detail"}
"""What is told of a démarche to who reads a part of it: tests/queries/test_reach.py says which."""
NOTHING = (None, (), [], {}, 0, False, HistoryPage((), 0))


def readers() -> list[Callable[..., Any]]:
    """Every query that says what it reads."""
    found = []
    for module in pkgutil.iter_modules(queries.__path__, "db.queries."):
        for function in vars(importlib.import_module(module.name)).values():
            if inspect.isfunction(function) and function.__module__ == module.name and hasattr(function, SCOPES_READ):
                found.append(function)
    return found


def asked(
    query: Callable[..., Any], session: Session, viewer: Viewer, sheet_id: int, placement_id: int, plan: int = DEMO
) -> Any:
    """The query asked about a fiche of a plan, or about the whole of it."""
    known = {
        "placement_id": placement_id,
        "sheet_id": sheet_id,
        "page": 1,
        "value": "",
        "act_id": DEMONSTRATION,
        "digest": "x",
        "code": "demo",
        "initiative_id": plan,
        "on": ON,
        "at": NOW,
        "day": ON,
        "days": ((DEMO, ON),),
        "titles": ("Animer le CLS et ses instances",),
        "as_of": ON,
        "point_id": 1,
        "cell_id": 1,
        "account_id": 1,
    }
    names = [name for name in inspect.signature(query).parameters if name not in ("session", "viewer")]
    return query(session, viewer, *(known[name] for name in names))


def places(session: Session, *codes: str, plan: int = DEMO) -> dict[str, tuple[int, int]]:
    """The ids of fiches and of where they stand in a plan, by number."""
    p = Placement
    rows = session.execute(
        select(p.code, p.sheet_id, p.id).where(p.initiative_id == plan, p.code.in_(codes), p.archived_at.is_(None))
    )
    return {str(code): (sheet_id, key) for code, sheet_id, key in rows}


@pytest.fixture(scope="module")
def two_plans(databases: Databases) -> Iterator[tuple[Engine, int]]:
    """The demonstration beside another plan, and the id of that one."""
    made = databases.copy("sqlite", "demo")
    with writing(made) as session:
        other = create_initiative(session, viewer_in(made), name="Un autre contrat").id
    yield made, other
    made.dispose()


@pytest.fixture(scope="module")
def lent(databases: Databases) -> Iterator[tuple[Engine, int]]:
    """The demonstration with more in preparation, its fiches lent to another plan, and the id of that one."""
    made = databases.copy("sqlite", "demo")
    viewer = viewer_in(made)
    with writing(made) as session:
        other = create_initiative(session, viewer, name="Un contrat qui emprunte").id
        for code, (sheet_id, _) in places(session, *PREPARED).items():
            place_sheet(session, viewer, sheet_id=sheet_id, initiative_id=other, code=code)
        first = places(session, PREPARED[0])[PREPARED[0]][0]
        funder = find_or_create_organisation(session, viewer, "Financeur d'essai")
        line = add_funding_line(session, viewer, sheet_id=first, funder_id=funder.id, year=2027)
        record_amount(session, viewer, line_id=line.id, stage=FundingStage.PLANNED, on=None, amount_cents=FORESEEN)
        declare_weather(session, viewer, sheet_id=first, on=ON, weather=None, obstacles=UNDONE)
    undo(made, viewer, last_act(made))
    yield made, other
    made.dispose()


def answer(query: Callable[..., Any], engine: Engine, viewer: Viewer) -> Any:
    """What the query answers about the demonstration; None when it refuses."""
    with reading(engine) as session:
        try:
            return asked(query, session, viewer, *places(session, "2.2")["2.2"])
        except Refused:
            return None


def test_the_product_has_queries_to_ask() -> None:
    assert len(readers()) >= 10


def test_a_query_says_what_it_reads_and_takes_its_viewer_second() -> None:
    for query in readers():
        assert list(inspect.signature(query).parameters)[:2] == ["session", "viewer"], query.__name__


@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_nothing_is_told_to_who_was_given_nothing(query: Callable[..., Any], two_plans: tuple[Engine, int]) -> None:
    assert answer(query, two_plans[0], Viewer(actor_id=1)) in NOTHING


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_a_plan_is_closed_to_every_role_of_another(
    query: Callable[..., Any], role: Role, two_plans: tuple[Engine, int]
) -> None:
    engine, other = two_plans
    told = answer(query, engine, Viewer(actor_id=1, roles=((other, role),)))
    if query.__name__ == "choices":
        assert {choice.id for choice in told} <= {other}
    else:
        assert told in NOTHING


@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_who_administers_is_told_something_by_every_query_that_has_something_to_tell(
    query: Callable[..., Any], two_plans: tuple[Engine, int]
) -> None:
    told = answer(query, two_plans[0], Viewer(actor_id=1, roles=((None, Role.ADMINISTRATOR),)))
    nothing_yet = {"past_imports", "unsettled_cells", "notes", "reminders", "of_sheet", "left_drafts", "cell_to_settle"}
    nothing_yet |= {"people", "my_sessions", "proposals", "reading_links", "persons_held", "posts_to_take"}
    nothing_yet |= {"taking_over", "my_acts", "acts_consulted", "archived_fiches"}
    assert told not in NOTHING or query.__name__ in nothing_yet


def told_or_refused(*question: Any) -> Any:
    """What a query answers, or the sentence of its refusal."""
    try:
        return asked(*question)
    except Refused as refusal:
        return refusal.message


def everything_told(engine: Engine, viewer: Viewer, plan: int = DEMO) -> str:
    """Every answer about the fiches that have something in preparation, looked at in a plan, as text."""
    said = []
    with reading(engine) as session:
        for place in places(session, *PREPARED, plan=plan).values():
            said += [repr(told_or_refused(query, session, viewer, *place, plan)) for query in readers()]
    return "\n".join(said)


@pytest.mark.parametrize("role", READERS)
def test_a_reader_is_told_nothing_that_is_in_preparation(role: Role, lent: tuple[Engine, int]) -> None:
    said = everything_told(lent[0], Viewer(actor_id=1, roles=((DEMO, role),)))
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_reading_of_what_is_published_tells_nothing_that_is_in_preparation(lent: tuple[Engine, int]) -> None:
    administrator = Viewer(actor_id=1, roles=((None, Role.ADMINISTRATOR),))
    said = everything_told(lent[0], administrator.as_reader())
    assert [secret for secret in SECRETS if secret in said] == []


@pytest.mark.parametrize("role", [role for role in RIGHTS if role not in READERS])
def test_who_prepares_is_told_all_that_is_in_preparation(role: Role, lent: tuple[Engine, int]) -> None:
    said = everything_told(lent[0], Viewer(actor_id=1, roles=((DEMO, role),)))
    assert [secret for secret in SECRETS if secret not in said] == []


@pytest.mark.parametrize("role", list(Role))
def test_a_plan_that_borrows_fiches_is_told_nothing_of_their_home(role: Role, lent: tuple[Engine, int]) -> None:
    engine, other = lent
    with reading(engine) as session:
        axes = session.scalars(select(Axis.title).where(Axis.initiative_id == DEMO)).all()
        points = session.scalars(select(Publication.name).where(Publication.initiative_id == DEMO)).all()
    said = everything_told(engine, Viewer(actor_id=1, roles=((other, role),)), other)
    assert [secret for secret in (*SECRETS, *axes, *points) if secret in said] == []


def exported(engine: Engine, viewer: Viewer, plan: int = DEMO) -> str:
    """Every cell of a plan's workbook, as text."""
    with reading(engine) as session:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(plan_workbook(session, viewer, plan, ON)))
    return "\n".join(str(cell) for name in workbook.sheet_names for cell in _cells(workbook, name))


def _cells(workbook: CalamineWorkbook, name: str) -> Iterator[Any]:
    for row in workbook.get_sheet_by_name(name).to_python():
        yield from row


@pytest.mark.parametrize("role", [role for role in READERS if allows(role, Operation.READ)])
def test_a_reader_carries_away_nothing_that_is_in_preparation(role: Role, lent: tuple[Engine, int]) -> None:
    read = exported(lent[0], Viewer(actor_id=1, roles=((DEMO, role),)))
    assert [text for text in EXPORTED if text in read] == []


def test_who_prepares_carries_away_what_is_in_preparation_at_home_alone(lent: tuple[Engine, int]) -> None:
    engine, other = lent
    home, borrower = (Viewer(actor_id=1, roles=((plan, Role.COORDINATOR),)) for plan in (DEMO, other))
    assert [text for text in EXPORTED if text not in exported(engine, home)] == []
    assert [text for text in EXPORTED if text in exported(engine, borrower, other)] == []


@pytest.mark.parametrize("role", [role for role in READERS if not allows(role, Operation.READ)])
@pytest.mark.parametrize("query", readers(), ids=lambda query: query.__name__)
def test_who_does_not_read_the_whole_plan_is_told_by_few_queries(
    query: Callable[..., Any], role: Role, two_plans: tuple[Engine, int]
) -> None:
    told = answer(query, two_plans[0], Viewer(actor_id=1, roles=((DEMO, role),)))
    assert told in NOTHING or query.__name__ in TOLD_IN_PART


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_may_not_read_is_refused_a_fiche(role: Role, sqlite_demo: Engine) -> None:
    viewer = Viewer(actor_id=1, roles=((DEMO, role),))
    with reading(sqlite_demo) as session:
        sheet_id, placement_id = places(session, "2.2")["2.2"]
        if viewer.may(Operation.READ, DEMO):
            assert sheet_detail(session, viewer, DEMO, ON, placement_id) is not None
            return
        if Reach.PAID in viewer.reaches(Operation.READ, DEMO):  # for no structure: there is no such fiche
            assert sheet_detail(session, viewer, DEMO, ON, placement_id) is None
            assert history.sheet_history(session, viewer, DEMO, ON, sheet_id) == HistoryPage((), 0)
            return
        for query, key in ((sheet_detail, placement_id), (history.sheet_history, sheet_id)):
            with pytest.raises(Refused):
                query(session, viewer, DEMO, ON, key)
