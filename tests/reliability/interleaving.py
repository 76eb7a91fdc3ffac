"""Two people, each a form of four steps, in every order that the eight steps can take: 70 orders, 6 promises.

The steps are those of a form: it is opened (what it shows is read), its save begins (the transaction takes its turn),
writes by a command, and ends. A save that finds somebody else writing waits: here it is told at once that the place is
taken, and tries again each time the other has moved, so that an order is played twice alike, without a thread or a
pause. That waits are real, and how long they last, is tested beside this (« full or busy », « undo at once »).
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from db import check, journal
from db.commands.accounts import open_account
from db.commands.editing.save import save_section
from db.commands.plan import add_axis
from db.commands.tree import move_axis
from db.engine import make_engine, reading, writing
from db.errors import BaliseError, Busy
from db.models import Account, Act, Axis, JournalEntry, Placement, ProgressEntry, Revision
from db.rules.access import Role
from db.rules.forms import OpenDraft
from db.rules.sections import Section
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import ON, holds, opens
from tests.conftest import Databases, viewer_in
from tests.reliability.crash import overwritten
from tests.reliability.told import Told

STEPS = 4
ORDERS = tuple(tuple(int(n in mine) for n in range(2 * STEPS)) for mine in combinations(range(2 * STEPS), STEPS))
"""Whose turn it is, 0 or 1, for each of the eight steps."""
DONE, NOTHING = "done", "nothing"
Write = Callable[[Session, Any], None]


class Pair(NamedTuple):
    """The two people, their plan, the database that they are in, and what a case put there first."""

    engine: Engine
    people: tuple[Viewer, Viewer]
    plan: Plan
    prepared: Any = None


@dataclass
class Player:
    """Somebody who goes through the four steps, one at each of their turns, later when they must wait."""

    engine: Engine
    opening: Callable[[], Any]
    write: Write
    clock: Iterator[int]
    at: int = 0
    owed: int = 0
    shown: Any = None
    session: Session | None = None
    outcome: str | None = None
    opened: int = 0
    began: int = 0
    ended: int = 0
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def is_inside(self) -> bool:
        """Whether this save has its turn and has not ended."""
        return self.session is not None

    def moves(self) -> None:
        """Do the steps that are due, as far as the other lets them."""
        while self.owed:
            try:
                (self._opens, self._begins, self._writes, self._ends)[self.at]()
            except Busy:
                return
            self.owed -= 1
            self.at += 1

    def _opens(self) -> None:
        self.shown, self.opened = self.opening(), next(self.clock)

    def _begins(self) -> None:
        self.session = self.stack.enter_context(writing(self.engine))
        self.began = next(self.clock)

    def _writes(self) -> None:
        assert self.session is not None
        try:
            self.write(self.session, self.shown)
            self.outcome = DONE if journal.last_act(self.session) else NOTHING
        except BaliseError as refusal:
            self.outcome = type(refusal).__name__
            self.stack.__exit__(type(refusal), refusal, refusal.__traceback__)
            self.session = None

    def _ends(self) -> None:
        self.stack.close()
        self.session, self.ended = None, next(self.clock)


@dataclass(frozen=True, slots=True)
class Case:
    """A promise: what each of the two does, what becomes of the second to begin, and what must then be true."""

    name: str
    opening: Callable[[Pair, int], Any]
    write: Callable[[Pair, int], Write]
    second: Callable[[bool], str]
    """The second's outcome, according to whether its form was opened before the first had saved."""
    holds: Callable[[Pair, tuple[Player, Player]], bool]
    prepare: Callable[[Pair], Any] | None = None


def played(case: Case, pair: Pair, order: Sequence[int]) -> tuple[Player, Player]:
    """The two, after they have gone through this order."""
    clock = iter(range(1, 100))
    players = tuple(
        Player(pair.engine, partial(case.opening, pair, who), case.write(pair, who), clock) for who in (0, 1)
    )
    for who in order:
        players[who].owed += 1
        for player in (players[who], players[1 - who]):
            player.moves()
        assert not (players[0].is_inside and players[1].is_inside), "two saves had their turn at once"
    assert all(player.at == STEPS for player in players)
    return players[0], players[1]


def judged(case: Case, pair: Pair, order: Sequence[int]) -> tuple[tuple[str, str], bool, bool]:
    """What became of each, whether all promises are kept, and whether one overwrote what they had not seen."""
    before = _moved(pair.engine)
    both = played(case, pair, order)
    first, second = sorted(both, key=lambda player: player.began)
    blind = second.opened < first.ended
    kept = (
        first.outcome == DONE
        and second.outcome == case.second(blind)
        and case.holds(pair, both)
        and _accounted_for(pair.engine, before, [player.outcome for player in both].count(DONE))
    )
    overwrote = case is CASES["text"] and blind and second.outcome == DONE
    return (str(both[0].outcome), str(both[1].outcome)), kept, overwrote


def _moved(engine: Engine) -> tuple[int, int, int]:
    """Where the revision of the whole, the acts and the lines of the journal are."""
    with reading(engine) as session:
        revision = session.scalar(select(Revision.n).where(Revision.scope == "all"))
        acts = session.scalar(select(func.count(Act.id)))
        return revision or 0, acts or 0, journal.newest(session)


def _accounted_for(engine: Engine, before: tuple[int, int, int], done: int) -> bool:
    """Each act that was done, and no other, moved the revision and has its lines, in the order of the acts."""
    now = _moved(engine)
    with reading(engine) as session:
        asked = select(JournalEntry.act_id).where(JournalEntry.seq > before[2]).order_by(JournalEntry.seq)
        lines = session.scalars(asked).all()
    return now[0] - before[0] == now[1] - before[1] == len(set(lines)) == done and list(lines) == sorted(lines)


def _as_prepared(pair: Pair, _who: int) -> Any:
    return pair.prepared


def _form(section: Section, sheets: tuple[str, str]) -> Callable[[Pair, int], Any]:
    return lambda pair, who: opens(pair.engine, pair.people[who], pair.plan.sheets[sheets[who]], section)


def _typed(*values: dict[str, str]) -> Callable[[Pair, int], Write]:
    def write(pair: Pair, who: int) -> Write:
        return lambda session, draft: save_section(
            session, pair.people[who], key=draft.key, typed={**draft.base, **values[who]}, on=ON
        )

    return write


def _texts(pair: Pair) -> dict[str, Any]:
    return dict(holds(pair.engine, pair.people[0], pair.plan.sheets["1.1"], Section.RATIONALE))


def _last_text_stands(pair: Pair, both: tuple[Player, Player]) -> bool:
    wrote = [who for who in (0, 1) if both[who].outcome == DONE]
    last = max(wrote, key=lambda who: both[who].began)
    return bool(_texts(pair)["rationale"] == ("Le mien", "Le sien")[last])


def _both_texts(pair: Pair, _both: object) -> bool:
    told = _texts(pair)
    return (told["rationale"], told["description"]) == ("Le mien", "Le sien")


def _numbers(pair: Pair, _both: object) -> bool:
    with reading(pair.engine) as session:
        codes = session.scalars(select(Placement.code).where(Placement.initiative_id == pair.plan.initiative_id)).all()
    return codes.count("1.9") == 1 and len(set(codes)) == len(codes)


def _two_tops(pair: Pair) -> tuple[int, int]:
    """Another axis beside the first."""
    with writing(pair.engine) as session:
        other = add_axis(session, pair.people[0], initiative_id=pair.plan.initiative_id, title="Prévenir", code="2")
        return pair.plan.axis_id, other.id


def _under(pair: Pair, who: int) -> Write:
    """Each puts one of the two axes under the other."""

    def write(session: Session, axes: tuple[int, int]) -> None:
        move_axis(session, pair.people[who], axis_id=axes[who], parent_id=axes[1 - who])

    return write


def _one_under_the_other(pair: Pair, _both: object) -> bool:
    with reading(pair.engine) as session:
        parents = session.scalars(select(Axis.parent_id).where(Axis.initiative_id == pair.plan.initiative_id)).all()
    return parents.count(None) == 1


def _comes_in(pair: Pair, who: int) -> Write:
    """Who administers, in two tabs, opens an access of the same name for two people."""

    def write(session: Session, _shown: object) -> None:
        login, role = f"arrivee-{pair.plan.initiative_id}", Role.COORDINATOR
        open_account(session, pair.people[0], login=login, function=("Un", "Deux")[who], role=role, starts_on=ON)

    return write


def _one_access(pair: Pair, _both: object) -> bool:
    with reading(pair.engine) as session:
        login = f"arrivee-{pair.plan.initiative_id}"
        return session.scalar(select(func.count(Account.id)).where(Account.login == login)) == 1


def _one_form(pair: Pair) -> OpenDraft:
    """The form of one person, open in two tabs; what it says is added to a series, so that nothing else stops it."""
    return opens(pair.engine, pair.people[0], pair.plan.sheets["1.1"], Section.NEWS)


def _sends(pair: Pair, _who: int) -> Write:
    return lambda session, draft: save_section(
        session, pair.people[0], key=draft.key, typed={"progress": "40 %"}, on=ON
    )


def _one_entry(pair: Pair, _both: object) -> bool:
    with reading(pair.engine) as session:
        mine = ProgressEntry.sheet_id == pair.plan.sheets["1.1"]
        return session.scalar(select(func.count(ProgressEntry.id)).where(mine)) == 1


ONE, BOTH_SHEETS = ("1.1", "1.1"), ("1.1", "1.2")
CASES = {
    case.name: case
    for case in (
        Case(
            "text",
            _form(Section.RATIONALE, ONE),
            _typed({"rationale": "Le mien"}, {"rationale": "Le sien"}),
            lambda blind: "Conflict" if blind else DONE,
            _last_text_stands,
        ),
        Case(
            "fields",
            _form(Section.RATIONALE, ONE),
            _typed({"rationale": "Le mien"}, {"description": "Le sien"}),
            lambda _blind: DONE,
            _both_texts,
        ),
        Case(
            "number",
            _form(Section.IDENTITY, BOTH_SHEETS),
            _typed({"code": "1.9"}, {"code": "1.9"}),
            lambda _blind: "Invalid",
            _numbers,
        ),
        Case("tree", _as_prepared, _under, lambda _blind: "Invalid", _one_under_the_other, _two_tops),
        Case("access", _as_prepared, _comes_in, lambda _blind: "Invalid", _one_access),
        Case("once", _as_prepared, _sends, lambda _blind: NOTHING, _one_entry, _one_form),
    )
}


def interleaved(engine: Engine, orders: Sequence[Sequence[int]] = ORDERS) -> tuple[Told, dict[str, list[Any]]]:
    """Play these orders of every case; what was seen, and what became of the two in each order, case by case."""
    people = (viewer_in(engine), colleague(engine, "Claire, coordination"))
    impatient = _impatient(engine)
    lost = overwrites = 0
    outcomes: dict[str, list[Any]] = {}
    for case in CASES.values():
        for order in orders:
            pair = Pair(impatient, people, plan_in(engine, people[0]))
            pair = pair._replace(prepared=case.prepare(pair) if case.prepare else None)
            outcome, kept, overwrote = judged(case, pair, order)
            if not kept:
                print(case.name, order, outcome, file=sys.stderr)
            lost, overwrites = lost + (not kept), overwrites + overwrote
            outcomes.setdefault(case.name, []).append(outcome)
    impatient.dispose()
    lost += len(check.problems(engine))
    acknowledged = sum(pair.count(DONE) for told in outcomes.values() for pair in told)
    cases = len(CASES) * len(orders)
    return Told(
        "interleavings", engine.dialect.name, acknowledged, 0, lost, overwrites + overwritten(engine), cases
    ), outcomes


def _impatient(engine: Engine) -> Engine:
    """An engine on the same database that is told at once when the place is taken."""
    made = make_engine(engine.url.render_as_string(hide_password=False))
    wait = {"sqlite": "PRAGMA busy_timeout=0", "postgresql": "SET lock_timeout = 1"}[engine.dialect.name]

    def hurry(connection: Any, _record: object) -> None:
        connection.execute(wait)
        connection.commit()

    event.listen(made, "connect", hurry)
    return made


def at_length(kind: str) -> Told:
    """All 70 orders of the six cases."""
    with Databases.apart() as made:
        engine = made.copy(kind, to_be_broken=True)
        told, _ = interleaved(engine)
        engine.dispose()
    return told
