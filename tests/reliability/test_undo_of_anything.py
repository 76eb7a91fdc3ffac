"""Acts in any order, taken back in any order, whole or in part: every promise of the plan holds at each step."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from db import check
from db.commands.directory import find_or_create_organisation, involve
from db.commands.funding import add_funding_line, decide_funding, record_amount
from db.commands.plan import add_axis, add_sheet, move_placement, place_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_status
from db.commands.sheet_life import archive_sheet, duplicate_sheet, restore_sheet
from db.commands.sheets import add_milestone, add_objective, attach_term, tick_milestone
from db.commands.tree import archive_axis, move_axis
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import BaliseError, Refused
from db.journal import acting
from db.models import Act, ActionSheet, Axis, FundingLine, Milestone, Placement, SheetObjective, SheetTerm
from db.models.base import Base
from db.rules.vocabulary import FundingDecision, FundingStage, InvolvementRole, Status, Vocabulary
from db.viewer import Viewer
from tests.builders import plan_in
from tests.conftest import ON

ACTS, RECENT, SEEDS = 40, 20, 6


class Somebody:
    """A person who does whatever, with the right to."""

    def __init__(self, session: Session, viewer: Viewer, plans: list[int], chance: random.Random) -> None:
        self.session, self.viewer, self.plans, self.chance = session, viewer, plans, chance
        self.who = session, viewer

    def a(self, model: type[Base], *where: ColumnElement[bool]) -> int:
        keys = list(self.session.scalars(select(model.id).where(*where)))
        if not keys:
            raise Refused("none yet")
        return self.chance.choice(keys)

    def maybe(self, model: type[Base]) -> int | None:
        return self.a(model) if self.chance.random() < 0.5 else None

    @property
    def sheet(self) -> int:
        return self.a(ActionSheet)

    @property
    def place(self) -> int:
        return self.a(Placement)

    @property
    def plan(self) -> int:
        return self.chance.choice(self.plans)

    @property
    def day(self) -> date:
        return ON - timedelta(days=self.chance.randint(0, 400))

    def word(self, *names: str) -> str:
        return self.chance.choice(names)

    def text(self) -> str:
        return f"Texte {self.chance.randint(0, 10**6)}"


def detach(who: Somebody) -> None:
    with acting(who.session, who.viewer.actor_id, "detach_term", "Mot retiré", who.plan):
        who.session.delete(who.session.get_one(SheetTerm, who.a(SheetTerm)))


def exchange_numbers(who: Somebody) -> None:
    first, second = (who.session.get_one(Placement, who.place) for _ in range(2))
    wanted = (second.code, first.code)
    with acting(who.session, who.viewer.actor_id, "exchange", "Numéros échangés", who.plan):
        move_placement(*who.who, placement_id=first.id, axis_id=first.axis_id, code=None)
        for row, code in ((second, wanted[1]), (first, wanted[0])):
            move_placement(*who.who, placement_id=row.id, axis_id=row.axis_id, code=code)


def rank(who: Somebody) -> None:
    label = who.word("Habitat", "Isolement", "Revenus")
    word = find_or_create_term(*who.who, vocabulary=Vocabulary.DETERMINANT, label=label)
    attach_term(*who.who, sheet_id=who.sheet, term_id=word.id, rank=who.chance.choice([None, 1, 2]))


def partner(who: Somebody) -> None:
    name = find_or_create_organisation(*who.who, who.word("CPAM", "Mission locale", "CCAS"))
    involve(*who.who, role=InvolvementRole.PARTNER, organisation_id=name.id, sheet_id=who.sheet)


def funding(who: Somebody) -> None:
    funder = find_or_create_organisation(*who.who, who.word("CPAM", "CAF"))
    line = add_funding_line(*who.who, sheet_id=who.sheet, funder_id=funder.id, year=2026)
    record_amount(*who.who, line_id=line.id, stage=FundingStage.GRANTED, amount_cents=100_00, on=who.day)


def answer(who: Somebody) -> None:
    decision = who.chance.choice([FundingDecision.GRANTED, FundingDecision.PENDING])
    decide_funding(*who.who, line_id=who.a(FundingLine), decision=decision, on=who.day)


DONE: tuple[Callable[[Somebody], object], ...] = (
    lambda who: add_sheet(
        *who.who, initiative_id=who.plan, title=who.text(), axis_id=who.maybe(Axis), code=who.word("1", "2", "3")
    ),
    lambda who: rewrite_sheet(*who.who, sheet_id=who.sheet, fields={"title": who.text(), "starts_on": who.day}),
    lambda who: rewrite_sheet(*who.who, sheet_id=who.sheet, fields={"means": who.text(), "ends_on": who.day}),
    lambda who: move_placement(
        *who.who, placement_id=who.place, axis_id=who.maybe(Axis), code=who.word("1", "2", "3", "4")
    ),
    exchange_numbers,
    lambda who: add_axis(*who.who, initiative_id=who.plan, title=who.text(), parent_id=who.maybe(Axis)),
    lambda who: move_axis(*who.who, axis_id=who.a(Axis), parent_id=who.maybe(Axis)),
    lambda who: archive_axis(*who.who, axis_id=who.a(Axis)),
    lambda who: archive_sheet(*who.who, placement_id=who.place),
    lambda who: restore_sheet(*who.who, placement_id=who.place),
    lambda who: duplicate_sheet(*who.who, placement_id=who.place, on=ON),
    lambda who: place_sheet(*who.who, sheet_id=who.sheet, initiative_id=who.plan),
    lambda who: declare_status(*who.who, sheet_id=who.sheet, status=who.chance.choice(list(Status)), on=who.day),
    lambda who: declare_progress(*who.who, sheet_id=who.sheet, percent=who.chance.randint(0, 100), on=who.day),
    lambda who: publish_point(*who.who, initiative_id=who.plan, name=who.text(), as_of=ON),
    lambda who: publish_point(*who.who, initiative_id=who.plan, name=who.text(), as_of=ON, sheet_id=who.sheet),
    lambda who: add_milestone(*who.who, sheet_id=who.sheet, label=who.text()),
    lambda who: tick_milestone(*who.who, milestone_id=who.a(Milestone), is_done=who.chance.random() < 0.6, on=ON),
    lambda who: add_objective(*who.who, sheet_id=who.sheet, text=who.text(), parent_id=who.maybe(SheetObjective)),
    rank,
    detach,
    partner,
    funding,
    answer,
)


def several(who: Somebody) -> None:
    """A bulk edit, an import: many things in one act."""
    with acting(who.session, who.viewer.actor_id, "several", "Plusieurs choses", who.plan):
        for _ in range(who.chance.randint(2, 5)):
            who.chance.choice(DONE)(who)
            who.session.flush()


def take_back(who: Somebody) -> None:
    last = who.session.scalar(select(func.max(Act.id))) or 0
    act_id = who.chance.randint(max(1, last - RECENT), last)
    undo_act(*who.who, act_id, keep_changed=who.chance.random() < 0.6)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_is_done_and_taken_back_every_promise_holds(sqlite_engine: Engine, viewer: Viewer, seed: int):
    plans = [plan_in(sqlite_engine, viewer, code=code).initiative_id for code in ("un", "deux")]
    chance, undone = random.Random(seed), 0
    for _ in range(ACTS):
        act = chance.choices([take_back, several, chance.choice(DONE)], [4, 2, 4])[0]
        try:
            with writing(sqlite_engine) as session:
                act(Somebody(session, viewer, plans, chance))
            undone += act is take_back
        except BaliseError:
            continue
        assert check.problems(sqlite_engine) == []
    with reading(sqlite_engine) as session:
        assert session.scalar(select(func.count(Act.id)).where(Act.undoes_id.is_not(None))) == undone > 0
