"""What stands on a day, said once: the sheets of a plan, and the meetings that have sat."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from db.models import ActionSheet, Meeting, Placement
from db.rules.vocabulary import MeetingState


def stands(on: date) -> ColumnElement[bool]:
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
