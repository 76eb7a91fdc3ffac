"""What every command does before it writes: whose plan this is, and what was typed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Executable, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.errors import Archived, Invalid, Refused
from db.journal import row_key
from db.models import ActionSheet, Actor, Axis, FundingLine, Indicator, Initiative, JournalEntry, Placement
from db.models.base import Base
from db.prepared import prepared
from db.rights import Operation
from db.rules.arranging import CODE_LENGTH
from db.rules.initiative import MAINLAND
from db.rules.text import clean
from db.rules.vocabulary import DatePrecision, PlacementRole
from db.viewer import UNKNOWN, Viewer, leads, require

T = TypeVar("T", bound=Base)


def home_of_sheet(session: Session, sheet_id: int) -> int:
    """The initiative that owns a sheet: the right to write on it comes from there."""
    home: int | None = session.scalars(*_owner(sheet_id)).first()
    if home is None:
        raise Refused(UNKNOWN)
    return home


@prepared("sheet_id")
def _owner(sheet_id: int) -> Executable:
    return select(Placement.initiative_id).where(
        Placement.sheet_id == sheet_id,
        Placement.role == PlacementRole.OWNER,
        Placement.archived_at.is_(None),
    )


def home_of_indicator(session: Session, viewer: Viewer, indicator: Indicator) -> int:
    """The initiative whose sheet, axis or self an indicator follows."""
    if indicator.sheet_id is not None:
        return _home(session, viewer, indicator.sheet_id)
    if indicator.axis_id is not None:
        return found(session, Axis, indicator.axis_id).initiative_id
    return _known(indicator.initiative_id)


def home_of_line(session: Session, viewer: Viewer, line: FundingLine) -> int:
    """The initiative whose sheet, or whose coordination, a funding line pays for."""
    return _home(session, viewer, line.sheet_id) if line.sheet_id is not None else _known(line.initiative_id)


def _known(initiative_id: int | None) -> int:
    if initiative_id is None:
        raise Refused(UNKNOWN)
    return initiative_id


def writable(session: Session, viewer: Viewer, sheet_id: int) -> int:
    """The initiative that owns the sheet; `Refused` unless the viewer may write there, or leads that very sheet.

    `Archived`, with who did it and when, for somebody who could have written on a sheet that was archived meanwhile.
    """
    home = _home(session, viewer, sheet_id)
    if not leads(session, viewer, sheet_id):
        require(viewer, Operation.WRITE, home)
    return home


def _home(session: Session, viewer: Viewer, sheet_id: int) -> int:
    """`home_of_sheet`; to who might write there, an archived sheet is said to be archived."""
    sheet = session.get(ActionSheet, sheet_id)
    if sheet is not None and sheet.archived_at is not None:
        last = select(Placement.initiative_id).where(
            Placement.sheet_id == sheet_id, Placement.role == PlacementRole.OWNER
        )
        refuse_archived(session, viewer, sheet, session.scalars(last.order_by(Placement.id.desc())).first())
    return home_of_sheet(session, sheet_id)


def placed(session: Session, viewer: Viewer, placement_id: int) -> Placement:
    """The place of a sheet in a plan where the viewer writes; `Refused` otherwise, `Archived` once it was left."""
    row = session.get(Placement, placement_id)
    if row is None:
        raise Refused(UNKNOWN)
    if row.archived_at is not None:
        refuse_archived(session, viewer, row, row.initiative_id)
    require(viewer, Operation.WRITE, row.initiative_id)
    return row


def refuse_archived(
    session: Session, viewer: Viewer, row: Axis | ActionSheet | Placement, home: int | None
) -> NoReturn:
    """Raise `Archived` in the words of who could have written there; `Refused`, which tells nothing, to others."""
    plan = found(session, Initiative, _known(home))
    require(viewer, Operation.WRITE, plan.id)
    by = by_whom(session, row, plan, "archived_at")
    if isinstance(row, Axis):
        raise Archived(f"L'axe « {row.title} » a été archivé{by}. Rien n'a été écrit : choisissez un autre axe.")
    sheet = session.get_one(ActionSheet, row.sheet_id) if isinstance(row, Placement) else row
    raise Archived(
        f"La fiche « {sheet.title} » a été archivée{by}. Rien n'a été écrit ; ce que vous avez tapé reste en "
        "brouillon. Pour continuer, remettez-la dans le plan depuis « Organiser le plan »."
    )


class Hand(NamedTuple):
    """Who wrote something, and when."""

    author: str
    at: datetime


def last_hand(session: Session, row: Base, *columns: str) -> Hand | None:
    """Who last wrote one of these columns of a row; None when the journal does not say."""
    lines = session.execute(
        select(JournalEntry.after, Actor.label, JournalEntry.at_utc)
        .join(Actor, Actor.id == JournalEntry.actor_id)
        .where(JournalEntry.table == row.__tablename__, JournalEntry.row_key == row_key(row))
        .order_by(JournalEntry.seq.desc())
    )
    return next((Hand(author, at) for after, author, at in lines if (after or {}).keys() & set(columns)), None)


def by_whom(session: Session, row: Base, plan: Initiative, *columns: str) -> str:
    """« par Claire, le 25/11/2026 à 9 h 05 » with a space before: who last wrote one of these columns, and when in the
    time of the démarche; nothing when the journal does not say."""
    known = last_hand(session, row, *columns)
    if known is None:
        return ""
    at = known.at.astimezone(ZoneInfo(plan.time_zone))
    return f" par {known.author}, le {at:%d/%m/%Y} à {at.hour} h {at:%M}"


def set_numbers_aside(session: Session, placements: Collection[int]) -> None:
    """Free the numbers of these sheets until the next flush writes theirs: a number is borne once at every moment, and
    two that change places would meet. What the session and the journal know of them stays as it is."""
    session.flush()
    session.connection().execute(update(Placement).where(Placement.id.in_(placements)).values(code=None))


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


def one_line(text: str, what: str, most: int) -> str:
    """A title cleaned, on one line; `Invalid` when nothing is left or when it is too long."""
    return " ".join(part for line in words(text, what, most).splitlines() if (part := line.strip()))


def number(text: str | None) -> str | None:
    """A number of the plan cleaned, None when nothing is left; `Invalid` when it is too long to be one."""
    cleaned = clean(text or "")
    if len(cleaned) > CODE_LENGTH:
        raise Invalid(
            f"Un numéro compte {CODE_LENGTH} caractères au plus ; celui-ci en a {len(cleaned)} : raccourcissez."
        )
    return cleaned or None


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


def local_day(session: Session, initiative_id: int | None, at: datetime) -> date:
    """Which day it is at an instant: the one at which a démarche is looked at, or where it is, or on the mainland."""
    plan = session.get(Initiative, initiative_id) if initiative_id is not None else None
    return day_there(plan, at) if plan is not None else at.astimezone(ZoneInfo(MAINLAND)).date()


def day_there(plan: Initiative, at: datetime) -> date:
    """Which day it is for a démarche at an instant: the one at which it is looked at, or where it is."""
    return plan.reference_date or at.astimezone(ZoneInfo(plan.time_zone)).date()


def next_position(session: Session, position: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> int:
    """One more than the last position among the rows that match."""
    last = session.scalar(select(func.max(position)).where(*where))
    return 0 if last is None else last + 1
