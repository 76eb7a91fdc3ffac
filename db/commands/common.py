"""What every command does before it writes: whose plan this is, and what was typed."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.errors import Invalid, Refused
from db.models import Axis, FundingLine, Indicator, Placement
from db.models.base import Base
from db.rights import Operation
from db.rules.text import clean
from db.rules.vocabulary import DatePrecision, PlacementRole
from db.viewer import UNKNOWN, Viewer, require

T = TypeVar("T", bound=Base)


def home_of_sheet(session: Session, sheet_id: int) -> int:
    """The initiative that owns a sheet: the right to write on it comes from there."""
    home = session.scalars(
        select(Placement.initiative_id).where(
            Placement.sheet_id == sheet_id,
            Placement.role == PlacementRole.OWNER,
            Placement.archived_at.is_(None),
        )
    ).first()
    if home is None:
        raise Refused(UNKNOWN)
    return home


def home_of_indicator(session: Session, indicator: Indicator) -> int:
    """The initiative whose sheet, axis or self an indicator follows."""
    if indicator.sheet_id is not None:
        return home_of_sheet(session, indicator.sheet_id)
    if indicator.axis_id is not None:
        return found(session, Axis, indicator.axis_id).initiative_id
    return _known(indicator.initiative_id)


def home_of_line(session: Session, line: FundingLine) -> int:
    """The initiative whose sheet, or whose coordination, a funding line pays for."""
    return home_of_sheet(session, line.sheet_id) if line.sheet_id is not None else _known(line.initiative_id)


def _known(initiative_id: int | None) -> int:
    if initiative_id is None:
        raise Refused(UNKNOWN)
    return initiative_id


def writable(session: Session, viewer: Viewer, sheet_id: int) -> int:
    """The initiative that owns the sheet; `Refused` unless the viewer may write there."""
    home = home_of_sheet(session, sheet_id)
    require(viewer, Operation.WRITE, home)
    return home


def found(session: Session, table: type[T], key: int) -> T:
    """The row with this key, archived rows left out; `Refused`, in the same words as a missing right, without one."""
    row = session.get(table, key)
    if row is None or getattr(row, "archived_at", None) is not None:
        raise Refused(UNKNOWN)
    return row


def words(text: str | None, what: str, most: int | None = None) -> str:
    """The text cleaned; `Invalid` when nothing is left, or when it is longer than `most` characters."""
    cleaned = clean(text or "")
    if not cleaned:
        raise Invalid(f"{what} ne peut pas être vide : écrivez quelques mots.")
    if most is not None and len(cleaned) > most:
        raise Invalid(f"{what} compte {len(cleaned)} caractères ; {most} au plus : raccourcissez.")
    return cleaned


def ordered(first: date | None, last: date | None) -> None:
    """`Invalid` when the end comes before the start."""
    if first is not None and last is not None and last < first:
        raise Invalid(f"La fin ({last:%d/%m/%Y}) précède le début ({first:%d/%m/%Y}) : corrigez l'une des deux dates.")


def dated(fields: Mapping[str, Any], *stems: str) -> dict[str, Any]:
    """The fields, each date of these stems having a precision (the day, unless another is given), and only a date."""
    result = dict(fields)
    for stem in stems:
        if f"{stem}_on" in result:
            given = result[f"{stem}_on"] is not None
            precision = result.get(f"{stem}_precision") or DatePrecision.DAY
            result[f"{stem}_precision"] = precision if given else None
    return result


def only(fields: Mapping[str, Any], table: type[Base], kept: frozenset[str]) -> None:
    """`TypeError` when a field is not a column of the table, or is one of those that commands keep themselves."""
    unknown = [name for name in fields if name not in table.__table__.columns or name in kept]
    if unknown:
        raise TypeError(f"{table.__name__} has no field to fill named {', '.join(unknown)}")


def next_position(session: Session, position: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> int:
    """One more than the last position among the rows that match."""
    last = session.scalar(select(func.max(position)).where(*where))
    return 0 if last is None else last + 1
