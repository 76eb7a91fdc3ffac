"""The history of a fiche, from the journal: who, when, what, before and after."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Date, Enum, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from db.journal import is_digest
from db.models import (
    Act,
    ActionSheet,
    Actor,
    Amendment,
    Axis,
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
    Organisation,
    Person,
    Placement,
    ProgressEntry,
    Publication,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    StatusEntry,
    Target,
    Term,
    Territory,
    Unsettled,
    WeatherEntry,
)
from db.models.base import Base, Entry
from db.queries import reads
from db.rights import Operation
from db.rules.history import MASKED, FieldChange, HistoryPage, PastAct, RowChange, Said
from db.rules.labels import COLUMNS
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, disclosed, of_home, require

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
TABLES = {model.__tablename__: model.__table__ for model in FOLLOWED}
# Rows of these are deleted, not archived: once gone, only the journal knows whose they were.
DELETED = ("sheet_term", "sheet_place")
FIGURES = frozenset({"value", "text_value", "numerator", "denominator", "sample_size"})


class Line(NamedTuple):
    """A line of the journal, as far as the history reads it."""

    act_id: int
    table: str
    row_key: str
    kind: ChangeKind
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def may_see(viewer: Viewer, initiative_id: int) -> bool:
    """Whether the history of a plan's fiches is shown to this viewer."""
    return viewer.may(Operation.READ_HISTORY, initiative_id)


@reads("initiative", "directory")
def sheet_history(
    session: Session, viewer: Viewer, initiative_id: int, on: date, sheet_id: int, page: int = 1
) -> HistoryPage:
    """A page of what was done on a fiche, newest first; empty for who may not see it.

    Entries in preparation, and cells to be settled, are left out for who does not prepare the fiche's home plan; parts
    of an indicator always, and the figures of an indicator that is sensitive, since a difference between two of them
    would tell. Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not may_see(viewer, initiative_id) or not _stands_in(session, sheet_id, initiative_id):
        return HistoryPage((), 0)
    mine = _about(viewer, sheet_id)
    total = session.scalar(select(func.count(JournalEntry.act_id.distinct())).where(mine)) or 0
    newest = (
        select(JournalEntry.act_id)
        .where(mine)
        .group_by(JournalEntry.act_id)
        .order_by(func.max(JournalEntry.seq).desc())
        .limit(ACTS_A_PAGE)
        .offset((page - 1) * ACTS_A_PAGE)
    )
    acts = list(session.scalars(newest))
    return HistoryPage(_told(session, acts, _lines(session, acts, mine), sheet_id), total)


def _stands_in(session: Session, sheet_id: int, initiative_id: int) -> bool:
    here = select(Placement.id).where(Placement.sheet_id == sheet_id, Placement.initiative_id == initiative_id)
    return session.scalars(here.where(Placement.archived_at.is_(None))).first() is not None


def _about(viewer: Viewer, sheet_id: int) -> ColumnElement[bool]:
    """The lines of the journal about a fiche and the rows that hang on it."""
    indicators = select(Indicator.id).where(Indicator.sheet_id == sheet_id)
    money = select(FundingLine.id).where(FundingLine.sheet_id == sheet_id)
    keys: list[tuple[type[Any], ColumnElement[bool]]] = [
        (ActionSheet, ActionSheet.id == sheet_id),
        *((model, model.sheet_id == sheet_id) for model in OF_THE_SHEET),  # type: ignore[attr-defined]
        (Target, and_(Target.indicator_id.in_(indicators), Target.breakdown_id.is_(None))),
        (Measurement, and_(Measurement.indicator_id.in_(indicators), Measurement.breakdown_id.is_(None))),
        (FundingDecisionEntry, FundingDecisionEntry.line_id.in_(money)),
        (FundingEvent, FundingEvent.line_id.in_(money)),
    ]
    kept = [and_(JournalEntry.table == m.__tablename__, _keys(viewer, m, where)) for m, where in keys]
    gone = and_(
        JournalEntry.table.in_(DELETED),
        JournalEntry.kind == ChangeKind.DELETE,
        JournalEntry.before["sheet_id"].as_integer() == sheet_id,
    )
    return or_(*kept, gone)


def _keys(viewer: Viewer, model: type[Any], where: ColumnElement[bool]) -> ColumnElement[bool]:
    rows: Select[Any] = select(cast(model.id, String)).where(where)
    if issubclass(model, Entry):
        rows = rows.where(disclosed(viewer, model))
    if model is Unsettled:
        rows = rows.where(of_home(viewer, model.sheet_id))
    return JournalEntry.row_key.in_(rows)


def _lines(session: Session, acts: list[int], mine: ColumnElement[bool]) -> list[Line]:
    j = JournalEntry
    rows = session.execute(
        select(j.act_id, j.table, j.row_key, j.kind, j.before, j.after).where(j.act_id.in_(acts), mine).order_by(j.seq)
    )
    return [Line(*row) for row in rows]


def _told(session: Session, acts: list[int], lines: list[Line], sheet_id: int) -> tuple[PastAct, ...]:
    names = _Names(session, lines, sheet_id)
    changes: dict[int, list[RowChange]] = defaultdict(list)
    for line in lines:
        change = names.change(line)
        if change.fields:
            changes[line.act_id].append(change)
    rows = session.execute(
        select(Act.id, Act.label, Act.at_utc, Actor.label).join(Actor, Actor.id == Act.actor_id).where(Act.id.in_(acts))
    )
    told = {row[0]: PastAct(*row, tuple(changes[row[0]])) for row in rows}
    return tuple(told[act] for act in acts)


NAMED: dict[str, tuple[type[Any], Any]] = {
    "organisation": (Organisation, Organisation.name),
    "axis": (Axis, Axis.title),
    "term": (Term, Term.label),
    "territory": (Territory, Territory.name),
    "initiative": (Initiative, Initiative.short_name),
    "amendment": (Amendment, Amendment.object),
    "publication": (Publication, Publication.name),
    "person": (Person, Person.function),
    "sheet_objective": (SheetObjective, SheetObjective.text),
    "milestone": (Milestone, Milestone.label),
    "indicator": (Indicator, Indicator.label),
}


class _Names:
    """What lines of the journal point to, by name, and the indicators whose figures are not told."""

    def __init__(self, session: Session, lines: Iterable[Line], sheet_id: int) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            if line.table in NAMED:
                wanted[line.table].add(int(line.row_key))
            for values in (line.before, line.after):
                for column, target in _references(line.table, values or {}):
                    wanted[target].add(column)
        self.names = {table: self._named(session, table, ids) for table, ids in wanted.items() if table in NAMED}
        secret = Indicator.is_sensitive.is_(True) & (Indicator.sheet_id == sheet_id)
        self.secret = {
            (model.__tablename__, str(key))
            for model in (Measurement, Target)
            for key in session.scalars(
                select(model.id).join(Indicator, Indicator.id == model.indicator_id).where(secret)
            )
        }

    @staticmethod
    def _named(session: Session, table: str, ids: set[int]) -> dict[int, str]:
        model, name = NAMED[table]
        return {row[0]: row[1] for row in session.execute(select(model.id, name).where(model.id.in_(ids)))}

    def change(self, line: Line) -> RowChange:
        """A line of the journal, its values read back; columns that nobody reads are left out."""
        before, after = line.before or {}, line.after or {}
        columns = [column for column in COLUMNS[line.table] if column in before or column in after]
        fields = [
            FieldChange(column, self._said(line, column, before), self._said(line, column, after)) for column in columns
        ]
        subject = self.names.get(line.table, {}).get(int(line.row_key)) or self._through(line)
        return RowChange(line.table, line.kind, subject, tuple(f for f in fields if f.before != f.after))

    def _through(self, line: Line) -> str | None:
        """The indicator that a value or a target is of, when the line says it."""
        key = ((line.after or {}) | (line.before or {})).get("indicator_id")
        return None if key is None else self.names.get("indicator", {}).get(key)

    def _said(self, line: Line, column: str, values: dict[str, Any]) -> Said:
        value = values.get(column)
        if value is None:
            return None
        if is_digest(line.table, column, value) or (column in FIGURES and (line.table, line.row_key) in self.secret):
            return MASKED
        target = _target(line.table, column)
        if target is not None:
            return self.names.get(target, {}).get(value) or "(retiré)"
        return _read_back(line.table, column, value)


def _target(table: str, column: str) -> str | None:
    """The table that a column points to, when what it points to has a name."""
    keys = TABLES[table].columns[column].foreign_keys
    return next((key.column.table.name for key in keys if key.column.table.name in NAMED), None)


def _references(table: str, values: dict[str, Any]) -> Iterable[tuple[int, str]]:
    for column, value in values.items():
        target = _target(table, column) if value is not None and column in TABLES[table].columns else None
        if target is not None:
            yield value, target


def _read_back(table: str, column: str, value: Any) -> Said:
    """A value of the journal as its column means it."""
    kind = TABLES[table].columns[column].type
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return str(getattr(kind.enum_class(value), "label_fr", value))
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return value  # type: ignore[no-any-return]
