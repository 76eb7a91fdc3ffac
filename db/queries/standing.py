"""What stands on a day, said once: the sheets of a plan, the meetings that have sat, the last entry of a series."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from db.models import ActionSheet, Meeting, Placement
from db.models.base import Entry
from db.rules.vocabulary import MeetingState


def stands(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The placements in force on a day, as a condition on `Placement`: `until` is the first day without the sheet."""
    p = Placement
    begun = or_(p.since.is_(None), p.since <= on)
    return and_(p.archived_at.is_(None), begun, or_(p.until.is_(None), p.until > on))


def standing(initiative_id: int, on: date) -> Select[Any]:
    """The sheets that stand in the plan on that day, as a subquery of their ids."""
    return (
        select(Placement.sheet_id)
        .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .where(Placement.initiative_id == initiative_id, ActionSheet.archived_at.is_(None), stands(on))
    )


def has_sat(on: date) -> ColumnElement[bool]:
    """The meetings whose decisions are taken by that day, as a condition on `Meeting`: held, and closed."""
    return and_(Meeting.archived_at.is_(None), Meeting.held_on <= on, Meeting.state == MeetingState.CLOSED)


def newest(
    entry: type[Entry],
    subject: InstrumentedAttribute[int],
    columns: Sequence[Any],
    *where: ColumnElement[bool],
    most: int = 1,
) -> Select[Any]:
    """The newest entries of a series for each subject, `most` of them at most: (subject, *columns), newest first.

    Undated entries are the oldest; of two of a day, the one written last is the newest.
    """
    rank = func.row_number().over(
        partition_by=subject, order_by=(func.coalesce(entry.on_date, date(1, 1, 1)).desc(), entry.id.desc())
    )
    ranked = select(subject, *columns, rank.label("rank")).where(*where).subquery()
    kept = select(*[column for column in ranked.c if column.key != "rank"]).where(ranked.c.rank <= most)
    return kept.order_by(ranked.c[subject.key], ranked.c.rank) if most > 1 else kept
