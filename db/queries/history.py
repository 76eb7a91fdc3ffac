"""The history of a fiche, from the journal: who, when, what, before and after."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from db.models import (
    Act,
    ActionSheet,
    BudgetItem,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Initiative,
    Involvement,
    JournalEntry,
    Measurement,
    Milestone,
    Placement,
    ProgressEntry,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    StatusEntry,
    Target,
    Unsettled,
    WeatherEntry,
)
from db.models.base import Base, Entry
from db.prepared import prepared
from db.queries import acts, history_values, reads
from db.queries.history_names import Line, Names
from db.queries.sheet import is_paid, payers_of
from db.rules.history import HistoryPage, RowChange
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, disclosed, may_read, of_home

ACTS_A_PAGE = 10
OF_THE_SHEET: tuple[type[Base], ...] = (
    Placement,
    SheetObjective,
    Milestone,
    SheetTerm,
    SheetPlace,
    Involvement,
    StatusEntry,
    ProgressEntry,
    WeatherEntry,
    Indicator,
    BudgetItem,
    FundingLine,
    Unsettled,
)
FOLLOWED: tuple[type[Base], ...] = (ActionSheet, *OF_THE_SHEET, Target, Measurement, FundingDecisionEntry, FundingEvent)
# Rows of these are deleted, not archived: once gone, only the journal knows whose they were.
DELETED = ("sheet_term", "sheet_place")
# What is told to who reads the whole plan: not to who reads what a structure pays for.
HOME_S: tuple[type[Base], ...] = (Placement, BudgetItem, Unsettled)
OF_OTHERS = ("funding_text",)
OWN_TABLES = [model.__tablename__ for model in OF_THE_SHEET]


@reads("initiative", "directory")
def sheet_history(
    session: Session, viewer: Viewer, initiative_id: int, on: date, sheet_id: int, page: int = 1, value: str = ""
) -> HistoryPage:
    """A page of what was done on a fiche, newest first; empty for who may not see it.

    `value` is the key of one of its values (`history_values.followed`): that one alone is then followed.

    Entries in preparation, and cells to be settled, are left out for who does not prepare the fiche's home plan; parts
    of an indicator always, and the figures of an indicator that is sensitive, since a difference between two of them
    would tell; and where the fiche stands in plans that the viewer may not read. Who reads what a structure pays for is
    told of its money alone, where it pays. Raises Refused when they may not read this one.
    """
    payers = payers_of(viewer, initiative_id)
    is_open = acts.may_see_sheets(viewer, initiative_id) and acts.stands_in(session, sheet_id, initiative_id)
    if not is_open or not (payers is None or is_paid(session, payers, sheet_id)):
        return HistoryPage((), 0)
    about = viewer, sheet_id, payers, value
    newest = session.execute(*_newest(*about, (page - 1) * ACTS_A_PAGE, ACTS_A_PAGE)).all()
    asked, total = [act for act, _ in newest], newest[0].total if newest else 0
    lines = _lines(session.execute(*_lines_of(*about, asked)))
    changes = _changes(Names(session, viewer, lines, sheet_id), lines, value, OF_OTHERS if payers is not None else ())
    return HistoryPage(acts.acts_told(session, viewer, initiative_id, asked, changes, sheet_id), total)


@prepared("sheet_id", "first")
def _newest(
    viewer: Viewer, sheet_id: int, payers: frozenset[int] | None, value: str, first: int, many: int
) -> Executable:
    """A page of the acts, each with how many there are in all."""
    return (
        select(JournalEntry.act_id, func.count().over().label("total"))
        .where(*_asked_of(viewer, sheet_id, payers, value))
        .group_by(JournalEntry.act_id)
        .order_by(func.max(JournalEntry.seq).desc())
        .limit(many)
        .offset(first)
    )


@prepared("sheet_id", "acts")
def _lines_of(viewer: Viewer, sheet_id: int, payers: frozenset[int] | None, value: str, acts: list[int]) -> Executable:
    j = JournalEntry
    return (
        select(j.act_id, j.table, j.row_key, j.kind, j.before, j.after, j.seq)
        .where(j.act_id.in_(acts), *_asked_of(viewer, sheet_id, payers, value))
        .order_by(j.seq)
    )


def _asked_of(
    viewer: Viewer, sheet_id: int, payers: frozenset[int] | None, value: str
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _about(viewer, sheet_id, payers), history_values.about(value)


def _about(viewer: Viewer, sheet_id: int, payers: frozenset[int] | None) -> ColumnElement[bool]:
    """The lines of the journal about a fiche and the rows that hang on it; of the money, that of `payers` alone."""
    indicators = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    paid = and_(FundingLine.sheet_id == sheet_id, FundingLine.funder_id.in_(payers) if payers is not None else true())
    money = select(FundingLine.id).where(paid)
    hanging = [model for model in OF_THE_SHEET if model is not FundingLine and (payers is None or model not in HOME_S)]
    keys: list[tuple[type[Any], ColumnElement[bool]]] = [
        (ActionSheet, ActionSheet.id == sheet_id),
        (FundingLine, paid),
        *((model, model.sheet_id == sheet_id) for model in hanging),  # type: ignore[attr-defined]
        (Target, and_(Target.indicator_id.in_(indicators), Target.breakdown_id.is_(None))),
        (Measurement, and_(Measurement.indicator_id.in_(indicators), Measurement.breakdown_id.is_(None))),
        (FundingDecisionEntry, FundingDecisionEntry.line_id.in_(money)),
        (FundingEvent, FundingEvent.line_id.in_(money)),
    ]
    j = JournalEntry
    kept = [select(j.seq).where(j.table == m.__tablename__, _keys(viewer, m, where)) for m, where in keys]
    removed = select(j.seq).where(
        j.table.in_(DELETED), j.kind == ChangeKind.DELETE, j.before["sheet_id"].as_integer() == sheet_id
    )
    # Each part by its own index: one condition made of all of them would read the whole journal.
    return j.seq.in_(union_all(*kept, removed, _taken_away(viewer, sheet_id)))


def _keys(viewer: Viewer, model: type[Any], where: ColumnElement[bool]) -> ColumnElement[bool]:
    rows: Select[Any] = select(cast(model.id, String)).where(where)
    if issubclass(model, Entry):
        rows = rows.where(disclosed(viewer, model))
    if model is Unsettled:
        rows = rows.where(of_home(viewer, model.sheet_id))
    if model is Placement:
        rows = rows.where(Placement.initiative_id.in_(select(Initiative.id).where(may_read(viewer))))
    return JournalEntry.row_key.in_(rows)


def _taken_away(viewer: Viewer, sheet_id: int) -> Select[Any]:
    """The lines about rows of a fiche that an undo took away: from the act that added them to that undo.

    Told to who prepares the fiche's home alone: nothing that is published is ever taken away.
    """
    j, gone, undo = JournalEntry, aliased(JournalEntry), select(Act.id).where(Act.undoes_id.is_not(None))
    indicators = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    money = select(FundingLine.id).where(FundingLine.sheet_id == sheet_id)
    # Read as an expression, so that SQLite goes by the acts, which are few, and not by the table's every line.
    table = cast(gone.table, String)
    of_the_sheet = or_(
        and_(table.in_(OWN_TABLES), gone.before["sheet_id"].as_integer() == sheet_id),
        and_(
            table.in_((Target.__tablename__, Measurement.__tablename__)),
            gone.before["indicator_id"].as_integer().in_(indicators),
            gone.before["breakdown_id"].as_integer().is_(None),
        ),
        and_(
            table.in_((FundingDecisionEntry.__tablename__, FundingEvent.__tablename__)),
            gone.before["line_id"].as_integer().in_(money),
        ),
    )
    of_undo = and_(gone.act_id.in_(undo), gone.kind == ChangeKind.DELETE, of_the_sheet)
    rows = select(gone.table, gone.row_key).where(of_undo).distinct().subquery()
    its_lines = and_(j.table == rows.c.table, j.row_key == rows.c.row_key)
    return select(j.seq).join(rows, its_lines).where(of_home(viewer, cast(sheet_id, Integer)))


def _lines(rows: Iterable[Any]) -> list[Line]:
    """What these acts did to each row of the fiche, the lines about one row in one."""
    found: dict[tuple[int, str, str], Line] = {}
    for row in rows:
        line = Line(*row)
        key = line.act_id, line.table, line.row_key
        found[key] = line.after_another(found[key]) if key in found else line
    return [line for line in found.values() if line.before or line.after]


def _changes(names: Names, lines: Iterable[Line], value: str, hidden: Collection[str]) -> dict[int, list[RowChange]]:
    """What each act changed, read back; what it wrote and wrote back in one go is left out."""
    changes: dict[int, list[RowChange]] = defaultdict(list)
    for line in lines:
        change = names.change(line)
        fields = (field for field in change.fields if field.before != field.after and field.column not in hidden)
        told = tuple(field for field in fields if history_values.is_asked(value, field.column))
        if told:
            changes[line.act_id].append(replace(change, fields=told))
    return changes
