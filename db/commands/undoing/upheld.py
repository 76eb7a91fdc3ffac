"""The promises of the plan that the schema cannot hold (`db.check`), looked at on the rows that an undo just wrote."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db.chunks import chunks
from db.commands.undoing.leaning import RowKey
from db.commands.undoing.since import ARCHIVED, Held, values_of
from db.commands.undoing.traces import Trace
from db.models import (
    MODELS,
    ActionSheet,
    Axis,
    Base,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Placement,
    SheetTerm,
)
from db.queries.funding import decided_lines
from db.rules.vocabulary import AxisLevel, FundingDecision, FundingStage, PlacementRole

LEVELS = len(AxisLevel)
GIVEN = (FundingStage.GRANTED, FundingStage.CONTRACTED, FundingStage.PAID)
TREES = {"axis": "parent_id", "sheet_objective": "parent_id", "term": "parent_id", "initiative": "parent_id"}
TREES["organisation"] = "merged_into_id"
# Withdrawn, these are no longer where something can stand.
PLACES = frozenset({"axis", "sheet_objective", "amendment", "action_sheet", "initiative", "indicator", "funding_line"})

Written = Mapping[RowKey, frozenset[str]]


def broken(
    session: Session,
    traces: Sequence[Trace],
    rows: Mapping[RowKey, Base],
    written: Written,
    gone: Collection[RowKey],
) -> dict[RowKey, Held]:
    """The rows that cannot stand as they were just written (these columns) or removed, each with the reason."""
    touched = {trace.row: values_of(trace, rows) for trace in traces if trace.row in written or trace.row in gone}
    found: dict[RowKey, Held] = {}
    found.update(_homeless(session, touched))
    found.update(_in_a_ring(session, written))
    found.update(_nowhere(session, written))
    found.update(_ranked_twice(session, written))
    found.update(_refused_and_granted(session, touched))
    return found


def _homeless(session: Session, touched: Mapping[RowKey, Mapping[str, Any]]) -> Iterator[tuple[RowKey, Held]]:
    """A live fiche has its home plan: it comes back with its place, or not at all."""
    about: dict[int, list[RowKey]] = defaultdict(list)
    for row, values in touched.items():
        if row[0] == ActionSheet.__tablename__:
            about[row[1]].append(row)
        elif row[0] == Placement.__tablename__:
            about[values["sheet_id"]].append(row)
    home = select(Placement.sheet_id).where(Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None))
    alive = select(ActionSheet.id).where(ActionSheet.archived_at.is_(None), ActionSheet.id.not_in(home))
    for key in _among(session, alive, ActionSheet.id, about):
        yield from ((row, Held(None, "la fiche et sa place dans le plan vont ensemble")) for row in about[key])


def _in_a_ring(session: Session, written: Written) -> Iterator[tuple[RowKey, Held]]:
    """Nothing stands under itself, and a plan has three levels."""
    for table, parent in TREES.items():
        moved = [row for row, columns in written.items() if row[0] == table and parent in columns]
        if not moved:
            continue
        model: Any = MODELS[table]
        above = {row[0]: row[1] for row in session.execute(select(model.id, getattr(model, parent)))}
        deepest = LEVELS if model is Axis else len(above)
        astray = {key for key in above if _depth(above, key) > deepest}
        for row in moved:
            if any(row[1] in _way_up(above, key) for key in astray):
                yield row, Held(None, "il se retrouverait sous lui-même, ou trop bas dans le plan")


def _way_up(above: Mapping[int, int | None], key: int) -> list[int]:
    """A node and those above it; all of a ring, once."""
    way: list[int] = []
    at: int | None = key
    while at is not None and at not in way:
        way.append(at)
        at = above.get(at)
    return way


def _depth(above: Mapping[int, int | None], key: int) -> int:
    """How deep a node stands, 1 for a root; deeper than all for one that leads back to itself."""
    way = _way_up(above, key)
    return len(way) if above.get(way[-1]) is None else len(above) + 1


def _nowhere(session: Session, written: Written) -> Iterator[tuple[RowKey, Held]]:
    """What comes back stands under something that is still there."""
    for table, column, target in _places():
        wrote = [row[1] for row, columns in written.items() if row[0] == table and column in columns]
        if not wrote:
            continue
        model: Any = MODELS[table]
        place: Any = aliased(MODELS[target])
        own = next(iter(model.__table__.primary_key))
        astray = select(own).join(place, place.id == getattr(model, column)).where(place.archived_at.is_not(None))
        if ARCHIVED in model.__table__.columns:
            astray = astray.where(model.archived_at.is_(None))
        for key in _among(session, astray, own, wrote):
            yield (table, key), Held(None, "ce à quoi il se rattachait a été retiré depuis")


def _places() -> Iterator[tuple[str, str, str]]:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in PLACES:
                yield table.name, key.parent.name, key.column.table.name


def _ranked_twice(session: Session, written: Written) -> Iterator[tuple[RowKey, Held]]:
    """A fiche has each rank of determinant once."""
    ranked = [row for row, columns in written.items() if row[0] == SheetTerm.__tablename__ and "rank" in columns]
    if not ranked:
        return
    sheet, rank = SheetTerm.sheet_id, SheetTerm.rank
    twice = select(sheet, rank).where(rank.is_not(None)).group_by(sheet, rank).having(func.count() > 1)
    found = {(row.sheet_id, row.rank) for row in session.execute(twice)}
    for row in ranked:
        link = session.get_one(SheetTerm, row[1])
        if (link.sheet_id, link.rank) in found:
            yield row, Held(None, "la fiche a depuis un autre déterminant de ce rang")


def _refused_and_granted(
    session: Session, touched: Mapping[RowKey, Mapping[str, Any]]
) -> Iterator[tuple[RowKey, Held]]:
    """A line that was refused was granted nothing."""
    about: dict[int, list[RowKey]] = defaultdict(list)
    for row, values in touched.items():
        if row[0] in (FundingEvent.__tablename__, FundingDecisionEntry.__tablename__):
            about[values["line_id"]].append(row)
    granted = (
        select(FundingLine.id)
        .join(FundingEvent, FundingEvent.line_id == FundingLine.id)
        .where(FundingLine.id.in_(decided_lines(FundingDecision.REFUSED)), FundingLine.archived_at.is_(None))
        .where(FundingEvent.stage.in_(GIVEN), FundingEvent.archived_at.is_(None))
        .group_by(FundingLine.id)
        .having(func.sum(FundingEvent.amount_cents) > 0)
    )
    for key in _among(session, granted, FundingLine.id, about):
        yield from ((row, Held(None, "la ligne ne peut pas être à la fois refusée et accordée")) for row in about[key])


def _among(session: Session, query: Any, own: Any, keys: Collection[int]) -> list[int]:
    """The keys that a query gives, among these."""
    return [key for some in chunks(keys) for key in session.scalars(query.where(own.in_(some)))]
