"""One value of a fiche, followed through the journal: a field, what was declared, an étape, an indicator, an amount."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, select, true
from sqlalchemy.orm import Session

from db.models import FundingEvent, FundingLine, Indicator, JournalEntry, Measurement, Milestone, Organisation, Target
from db.queries import reads
from db.queries.acts import may_see_sheets, stands_in
from db.queries.sheet import is_paid, payers_of
from db.rules.history import Followed
from db.rules.labels import COLUMNS, DATE_OF, TABLES
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer

SHEET = "action_sheet"
DECLARED = ("status_entry", "progress_entry", "weather_entry")
OF_MONEY = "funding_text"
LONGEST_KEY = 10
"""Digits of a key; what is longer is nothing that a database holds."""
PARTS: dict[str, tuple[type[Any], str]] = {
    Measurement.__tablename__: (Measurement, "indicator_id"),
    Target.__tablename__: (Target, "indicator_id"),
    FundingEvent.__tablename__: (FundingEvent, "line_id"),
}
"""The series of which a fiche has several, and the column that says which."""


@reads("initiative", "directory")
def followed(session: Session, viewer: Viewer, initiative_id: int, on: date, sheet_id: int) -> tuple[Followed, ...]:
    """What can be followed of a fiche, as this viewer reads it; empty where it is not theirs, nor its history. Raises
    Refused when they may not read the plan."""
    payers = payers_of(viewer, initiative_id)
    is_open = may_see_sheets(viewer, initiative_id) and stands_in(session, sheet_id, initiative_id)
    if not is_open or (payers is not None and not is_paid(session, payers, sheet_id)):
        return ()
    fields = [name for name in COLUMNS[SHEET] if name not in DATE_OF and name != "archived_at"]
    own = [name for name in fields if payers is None or name != OF_MONEY]
    steps = session.execute(
        select(Milestone.id, Milestone.label)
        .where(Milestone.sheet_id == sheet_id, Milestone.archived_at.is_(None))
        .order_by(Milestone.position, Milestone.id)
    ).all()
    measured = session.execute(
        select(Indicator.id, Indicator.label)
        .where(Indicator.sheet_id == sheet_id, Indicator.archived_at.is_(None))
        .order_by(Indicator.id)
    ).all()
    paid = (
        select(FundingLine.id, Organisation.name, FundingLine.year)
        .join(Organisation, Organisation.id == FundingLine.funder_id)
        .where(FundingLine.sheet_id == sheet_id, FundingLine.archived_at.is_(None))
        .order_by(FundingLine.year, FundingLine.id)
    )
    money = session.execute(paid if payers is None else paid.where(FundingLine.funder_id.in_(payers)))
    return (
        *(Followed(table, TABLES[table]) for table in DECLARED),
        *(Followed(f"milestone.{key}", f"{TABLES['milestone']} « {label} »") for key, label in steps),
        *(Followed(f"measurement.{key}", f"Valeurs de « {label} »") for key, label in measured),
        *(Followed(f"target.{key}", f"Cibles de « {label} »") for key, label in measured),
        *(Followed(f"funding_event.{key}", _line(name, year)) for key, name, year in money),
        *(Followed(f"{SHEET}.{name}", COLUMNS[SHEET][name]) for name in own),
    )


def _line(funder: str, year: int | None) -> str:
    return f"Montants : {funder}, {year}" if year else f"Montants : {funder}"


def about(value: str) -> ColumnElement[bool]:
    """The lines of the journal about one value of a fiche; all of them for « », none for a key that is nothing."""
    table, _, which = value.partition(".")
    j = JournalEntry
    if not value:
        return true()
    if table in DECLARED and not which:
        return and_(j.table == table, _is_no_point())
    if table == SHEET and which in COLUMNS[SHEET]:
        return and_(j.table == SHEET, or_(*(_holds(column) for column in _with_precision(which))))
    if not (which.isdecimal() and which.isascii() and len(which) < LONGEST_KEY):
        return false()
    if table == Milestone.__tablename__:
        return and_(j.table == table, j.row_key == which)
    return _of_series(table, int(which)) if table in PARTS else false()


def is_asked(value: str, column: str) -> bool:
    """Whether a column is told when this value is followed: of a fiche one field, of the rest the whole row."""
    table, _, which = value.partition(".")
    return table != SHEET or column == which


def _with_precision(column: str) -> tuple[str, ...]:
    return (column, *(said for said, of in DATE_OF.items() if of == column))


def _holds(column: str) -> ColumnElement[bool]:
    """The lines that write a column: it had a value, before or after."""
    return or_(*(side[column].as_string().is_not(None) for side in (JournalEntry.before, JournalEntry.after)))


def _of_series(table: str, subject: int) -> ColumnElement[bool]:
    """The lines about the entries of one indicator or of one funding line, those that are gone included."""
    j = JournalEntry
    model, column = PARTS[table]
    there = select(cast(model.id, String)).where(getattr(model, column) == subject)
    gone = j.before[column].as_integer() == subject
    of_subject = or_(j.row_key.in_(there), gone, j.after[column].as_integer() == subject)
    return and_(j.table == table, of_subject, _is_no_point())


def _is_no_point() -> ColumnElement[bool]:
    """The lines that are not merely a point taking an entry in: its value is what it was."""
    return or_(JournalEntry.kind != ChangeKind.UPDATE, ~_holds("publication_id"))
