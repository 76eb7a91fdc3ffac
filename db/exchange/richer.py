"""What the database holds beyond what a file can say: there, a difference is asked, never written over."""

from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.exchange.fields import Field
from db.models import BudgetItem, FundingDecisionEntry, FundingEvent, FundingLine, SheetPlace, SheetTerm
from db.queries.facts import in_plan
from db.rules.vocabulary import FundingNature, FundingStage


def richer(session: Session, initiative_id: int) -> frozenset[tuple[int, Field]]:
    """The fields, by sheet, that hold more than a workbook's columns: a line of money with its year, scheme,
    beneficiary or amounts beyond the planned one; a budget in several lines; ranked determinants; dated places."""
    mine = in_plan(initiative_id)
    term, place = SheetTerm, SheetPlace
    found: dict[Field, Iterable[int | None]] = {
        Field.FUNDER: [*_lines(session, initiative_id), *_amounts(session, initiative_id)],
        Field.BUDGET: _budgets(session, initiative_id),
        Field.DETERMINANTS: session.scalars(
            select(term.sheet_id).where(term.sheet_id.in_(mine), term.rank.is_not(None))
        ),
        Field.PLACES: session.scalars(
            select(place.sheet_id).where(place.sheet_id.in_(mine), place.on_date.is_not(None))
        ),
    }
    return frozenset((key, field) for field, keys in found.items() for key in keys if key is not None)


def _lines(session: Session, initiative_id: int) -> Iterable[int | None]:
    """The sheets with a line that says more than a funder."""
    line, entry = FundingLine, FundingDecisionEntry
    told = (
        line.year, line.beneficiary_id, line.scheme_id, line.scheme_label, line.frame, line.regime, line.reference,
        line.note,
    )  # fmt: skip
    decided = select(entry.line_id).where(entry.archived_at.is_(None))
    beyond = [line.id.in_(decided), line.nature != FundingNature.CASH, *(column.is_not(None) for column in told)]
    lines = select(line.sheet_id).where(line.sheet_id.in_(in_plan(initiative_id)), line.archived_at.is_(None))
    return session.scalars(lines.where(or_(*beyond)))


def _amounts(session: Session, initiative_id: int) -> Iterable[int | None]:
    """The sheets with a line whose amounts are more than one planned amount without a date."""
    line, event = FundingLine, FundingEvent
    beyond = or_(event.stage != FundingStage.PLANNED, event.on_date.is_not(None), event.comment.is_not(None))
    amounts = (
        select(line.sheet_id)
        .join(event, event.line_id == line.id)
        .where(line.sheet_id.in_(in_plan(initiative_id)), line.archived_at.is_(None), event.archived_at.is_(None))
    )
    several = amounts.group_by(line.sheet_id, line.id).having(func.count() > 1)
    return [*session.scalars(amounts.where(beyond)), *session.scalars(several)]


def _budgets(session: Session, initiative_id: int) -> Iterable[int]:
    """The sheets whose provisional budget is more than one total."""
    item = BudgetItem
    items = select(item.sheet_id).where(item.sheet_id.in_(in_plan(initiative_id)), item.archived_at.is_(None))
    beyond = or_(item.year.is_not(None), item.label.is_not(None), item.nature != FundingNature.CASH)
    several = items.group_by(item.sheet_id).having(func.count() > 1)
    return [*session.scalars(items.where(beyond)), *session.scalars(several)]
