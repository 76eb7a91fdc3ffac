"""Small plans made of facts, without a database: what the rules say of them is theirs."""

from collections.abc import Sequence
from datetime import date

from db.rules import progress
from db.rules.plan import AxisNode, LeadFact, MilestoneFact, PlacementFact, PlanFacts, PlanState, SheetRow, StatusFact
from db.rules.vocabulary import (
    DatePrecision,
    InvolvementRole,
    MilestoneState,
    PlacementEntry,
    Status,
)

ON = date(2026, 10, 1)


def axis(key: int, title: str, parent: AxisNode | None = None) -> AxisNode:
    """An axis numbered by its key, or one under another."""
    path = (*(parent.path if parent else ()), key)
    return AxisNode(key, parent.id if parent else None, "axis", str(key), title, path)


def step(
    label: str, state: MilestoneState = MilestoneState.PLANNED, due: date | None = None, done: date | None = None
) -> MilestoneFact:
    return MilestoneFact(0, label, state, due, DatePrecision.DAY if due else None, done, 1)


def sheet(
    key: int,
    title: str = "Une fiche",
    *,
    under: AxisNode | None = None,
    status: Status | None = Status.ONGOING,
    starts: date | None = date(2024, 3, 1),
    ends: date | None = date(2028, 12, 31),
    steps: Sequence[MilestoneFact] = (),
    percent: int | None = 40,
    declared_on: date = date(2026, 9, 1),
    to_discuss: bool = False,
    entry: PlacementEntry = PlacementEntry.INITIAL,
    lead: str | None = "Structure pilote (fictive)",
    unsettled: int = 0,
    status_on: date | None = None,
    on: date = ON,
) -> SheetRow:
    """A sheet with what the rules say of these facts on a day; the coordinator's lists are made."""
    at = PlacementFact(
        placement_id=key,
        sheet_id=key,
        code=f"{under.code}.{key}" if under else None,
        title=title,
        plain_line=None,
        axis_id=under.id if under else None,
        entry=entry,
        until=None,
        priority=None,
        starts_on=starts,
        starts_precision=DatePrecision.DAY if starts else None,
        ends_on=ends,
        ends_precision=DatePrecision.DAY if ends else None,
        is_continuous=False,
        milestones_tell_all=False,
        search_text=title,
    )
    fact = StatusFact(status, None, to_discuss, None, status_on, None, None)
    facts = PlanFacts(
        paths={under.id: under.path} if under else {},
        statuses={key: fact},
        progress={} if percent is None else {key: (percent, declared_on)},
        weathers={},
        milestones={key: list(steps)},
        leads={key: [LeadFact(7, lead, False, InvolvementRole.LEAD)]} if lead else {},
        terms={},
        places={},
        funders={},
        indicators={},
        unsettled={key: unsettled},
        contract_ends=(),
        coordinates=True,
        on=on,
    )
    return facts.row(at)


def plan(axes: Sequence[AxisNode], sheets: Sequence[SheetRow], on: date = ON) -> PlanState:
    """These sheets under these axes, with the mean of their progress."""
    return PlanState(1, on, tuple(axes), tuple(sheets), progress.roll_up((s.progress for s in sheets), on))
