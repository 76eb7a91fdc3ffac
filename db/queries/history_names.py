"""The lines of the journal read back: codes as words, references as names, dates as precisely as they were typed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Date, Enum, func, null, select, tuple_
from sqlalchemy.orm import Session

from db.journal import is_digest
from db.models import (
    Amendment,
    Axis,
    FundingLine,
    Indicator,
    Initiative,
    Involvement,
    JournalEntry,
    Measurement,
    Milestone,
    Organisation,
    Person,
    Publication,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    Target,
    Term,
    Territory,
)
from db.models.base import Base
from db.rights import Operation, Reach
from db.rules.dates import FuzzyDate
from db.rules.history import MASKED, FieldChange, RowChange, Said
from db.rules.labels import COLUMNS, DATE_OF
from db.rules.vocabulary import ChangeKind, DatePrecision, InvolvementRole, Vocabulary
from db.viewer import Viewer

TABLES = Base.metadata.tables
FIGURED = ("measurement", "target")
FIGURES = frozenset({"value", "text_value", "numerator", "denominator", "sample_size"})
PRECISION_OF = {of: precision for precision, of in DATE_OF.items()}
NAMED: dict[str, tuple[type[Any], Any]] = {
    "organisation": (Organisation, Organisation.name),
    "axis": (Axis, Axis.title),
    "term": (Term, Term.label),
    "territory": (Territory, Territory.name),
    "initiative": (Initiative, Initiative.short_name),
    "amendment": (Amendment, Amendment.object),
    "publication": (Publication, Publication.name),
    "person": (Person, func.coalesce(Person.function, "une personne")),
    "sheet_objective": (SheetObjective, SheetObjective.text),
    "milestone": (Milestone, Milestone.label),
    "indicator": (Indicator, Indicator.label),
}
PLAN_OF: dict[str, Any] = {
    "axis": Axis.initiative_id,
    "initiative": Initiative.id,
    "amendment": Amendment.initiative_id,
    "publication": Publication.initiative_id,
}
"""What belongs to one plan, and is named to who may read that plan alone."""
GONE = "(retiré)"
ELSEWHERE = "(autre démarche)"
# Items of a list: named by what they attach to the fiche, not by a name of their own.
ITEMS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "sheet_term": (SheetTerm, ("term_id",)),
    "sheet_place": (SheetPlace, ("territory_id", "term_id", "label")),
    "involvement": (Involvement, ("organisation_id", "person_id")),
}
THROUGH = {"indicator_id": "indicator", "line_id": "funding_line"}


class Line(NamedTuple):
    """What an act did to a row, as far as the history reads it; `seq` is the last line of the journal that says it."""

    act_id: int
    table: str
    row_key: str
    kind: ChangeKind
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    seq: int

    def after_another(self, first: "Line") -> "Line":
        """This line and one that came before it in the same act, as one; nothing of a row added then removed."""
        if first.kind is ChangeKind.INSERT:
            is_gone = self.kind is ChangeKind.DELETE
            after = None if is_gone else {**(first.after or {}), **(self.after or {})}
            return first._replace(after=after, seq=self.seq)
        if self.kind is ChangeKind.DELETE:
            return self._replace(before={**(self.before or {}), **(first.before or {})})
        before = {**(self.before or {}), **(first.before or {})}
        return self._replace(before=before, after={**(first.after or {}), **(self.after or {})})

    @property
    def row(self) -> tuple[str, str]:
        return self.table, self.row_key


class Names:
    """What lines of the journal point to, by name, and the indicators whose figures are not told."""

    def __init__(self, session: Session, viewer: Viewer, lines: Iterable[Line], sheet_id: int) -> None:
        lines = list(lines)
        self.items = _items(session, lines)
        self.dates = _Dates(session, lines)
        self.names, self.lists = _names(session, viewer, lines, self.items.values())
        plain = select(Indicator.id).where(Indicator.is_sensitive.is_(False), Indicator.sheet_id == sheet_id)
        self.plain = set(session.scalars(plain))
        self.plain_rows = {
            (model.__tablename__, str(key))
            for model in (Measurement, Target)
            for key in session.scalars(select(model.id).where(model.indicator_id.in_(plain)))
        }

    def change(self, line: Line) -> RowChange:
        """A line of the journal, its values read back; columns that nobody reads are left out."""
        before, after = line.before or {}, line.after or {}
        written = {DATE_OF.get(column, column) for column in {*before, *after}}
        fields = tuple(
            FieldChange(column, self._said(line, column, before), self._said(line, column, after))
            for column in COLUMNS[line.table]
            if column in written and column not in DATE_OF
        )
        values = {**self.items.get(line.row, {}), **before, **after}
        return RowChange(line.table, line.kind, self._subject(line, values), fields, self._group(line.table, values))

    def _subject(self, line: Line, values: Mapping[str, Any]) -> str | None:
        if line.table in ITEMS:
            parts = [self._named(line.table, column, values[column]) for column in _attached(line.table, values)]
            return " · ".join(str(part) for part in parts) or None
        own = self.names.get(line.table, {}).get(int(line.row_key))
        if own is not None:
            return own
        through = next((target for column, target in THROUGH.items() if values.get(column)), None)
        if through is not None:
            key = values["indicator_id" if through == "indicator" else "line_id"]
            return self.names.get(through, {}).get(key)
        return values.get("text") or values.get("label")

    def _group(self, table: str, values: Mapping[str, Any]) -> str | None:
        """The list that an item belongs to: « publics », « partenaire »."""
        if table == "involvement" and values.get("role"):
            return InvolvementRole(values["role"]).label_fr
        if table == "sheet_term":
            return self.lists.get(values.get("term_id") or 0)
        return None

    def _said(self, line: Line, column: str, values: dict[str, Any]) -> Said:
        if column in PRECISION_OF:
            return self._dated(line, column, values)
        value = values.get(column)
        if value is None:
            return None
        if is_digest(line.table, column, value) or (
            line.table in FIGURED and column in FIGURES and self._is_secret(line)
        ):
            return MASKED
        return self._named(line.table, column, value)

    def _is_secret(self, line: Line) -> bool:
        """Whether a figure is of a sensitive indicator, or of one that nothing says not to be."""
        of = {**(line.before or {}), **(line.after or {})}.get("indicator_id")
        return line.row not in self.plain_rows and of not in self.plain

    def _named(self, table: str, column: str, value: Any) -> Said:
        target = _target(table, column)
        if target is not None:
            return self.names.get(target, {}).get(value) or GONE
        return _read_back(table, column, value)

    def _dated(self, line: Line, column: str, values: dict[str, Any]) -> Said:
        """A date as it was typed; where the line tells half of it alone, the other half is what the row then held."""
        if not values:
            return None
        precision = PRECISION_OF[column]
        day = values[column] if column in values else self.dates.held(line, column)
        said = values[precision] if precision in values else self.dates.held(line, precision)
        if day is None:
            return None
        return FuzzyDate(date.fromisoformat(day), DatePrecision(said or DatePrecision.DAY))


class _Dates:
    """What the two halves of the dates of these rows held after each line: the day, and how precisely it was typed."""

    def __init__(self, session: Session, lines: Iterable[Line]) -> None:
        half = {line.row for line in lines if _tells_half(line)}
        j = JournalEntry
        later = (
            select(j.table, j.row_key, j.seq, j.before)
            .where(tuple_(j.table, j.row_key).in_(half), j.kind != ChangeKind.INSERT)
            .order_by(j.seq)
        )
        self.later: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for table, key, seq, before in session.execute(later) if half else ():
            self.later[table, key].append((seq, before or {}))
        self.now = {
            row: values for table in {table for table, _ in half} for row, values in _live(session, table, half).items()
        }

    def held(self, line: Line, column: str) -> Any:
        """What the column held once the line was written: what the next line that changes it says it was, else now."""
        for seq, before in self.later[line.row]:
            if seq > line.seq and column in before:
                return before[column]
        return self.now.get(line.row, {}).get(column)


def _tells_half(line: Line) -> bool:
    """Whether a line changes a date and not how precisely it was typed, or the contrary."""
    after = line.after or {}
    return line.kind is ChangeKind.UPDATE and any((day in after) != (said in after) for said, day in DATE_OF.items())


def _live(session: Session, table: str, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The dates that rows of a table hold now, as the journal writes them."""
    columns = TABLES[table].columns
    names = [name for pair in DATE_OF.items() for name in pair if name in columns]
    keys = [int(key) for name, key in rows if name == table]
    query = select(columns["id"], *(columns[name] for name in names)).where(columns["id"].in_(keys))
    return {
        (table, str(row[0])): {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in zip(names, row[1:], strict=True)
        }
        for row in session.execute(query)
    }


def _items(session: Session, lines: Iterable[Line]) -> dict[tuple[str, str], dict[str, Any]]:
    """What the items of lists that are still there attach, for the lines that do not say it."""
    keys: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if line.table in ITEMS and line.kind is ChangeKind.UPDATE:
            keys[line.table].add(int(line.row_key))
    found = {}
    for table, wanted in keys.items():
        model, columns = ITEMS[table]
        names = [*columns, "role"] if table == "involvement" else list(columns)
        query = select(model.id, *(getattr(model, name) for name in names)).where(model.id.in_(wanted))
        for row in session.execute(query):
            found[table, str(row[0])] = dict(zip(names, row[1:], strict=True))
    return found


def _attached(table: str, values: Mapping[str, Any]) -> list[str]:
    return [column for column in ITEMS[table][1] if values.get(column)]


def _names(
    session: Session, viewer: Viewer, lines: Iterable[Line], items: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, dict[int, str]], dict[int, str]]:
    """The names of all that the lines speak of, by table and key; and, of words, the list that each belongs to."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        if line.table in NAMED:
            wanted[line.table].add(int(line.row_key))
        for values in (line.before, line.after):
            _note(wanted, line.table, values or {})
    for item in items:
        for table in ITEMS:
            _note(wanted, table, item)
    names = {table: _named(session, viewer, table, ids) for table, ids in wanted.items() if table in NAMED}
    names["funding_line"] = _funders(session, wanted["funding_line"])
    words = session.execute(select(Term.id, Term.vocabulary).where(Term.id.in_(wanted["term"])))
    return names, {key: Vocabulary(vocabulary).label_fr for key, vocabulary in words}


def _note(wanted: dict[str, set[int]], table: str, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        known = value is not None and column in TABLES[table].columns
        target = _target(table, column) or ("funding_line" if column == "line_id" else None) if known else None
        if target is not None:
            wanted[target].add(value)


def _named(session: Session, viewer: Viewer, table: str, ids: set[int]) -> dict[int, str]:
    model, name = NAMED[table]
    rows = session.execute(select(model.id, name, PLAN_OF.get(table, null())).where(model.id.in_(ids)))
    return {key: said if plan is None or _is_open(viewer, plan) else ELSEWHERE for key, said, plan in rows}


def _is_open(viewer: Viewer, plan: int) -> bool:
    """Whether the viewer reads fiches of a plan: of the whole of it, or those that a structure pays for."""
    return not viewer.reaches(Operation.READ, plan).isdisjoint({Reach.PLAN, Reach.PAID})


def _funders(session: Session, lines: set[int]) -> dict[int, str]:
    """Funding lines by their funder and their year."""
    query = select(FundingLine.id, Organisation.name, FundingLine.year)
    rows = session.execute(
        query.join(Organisation, Organisation.id == FundingLine.funder_id).where(FundingLine.id.in_(lines))
    )
    return {key: f"{name}, {year}" if year else name for key, name, year in rows}


def _target(table: str, column: str) -> str | None:
    """The table that a column points to, when what it points to has a name."""
    keys = TABLES[table].columns[column].foreign_keys
    return next((key.column.table.name for key in keys if key.column.table.name in NAMED), None)


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
