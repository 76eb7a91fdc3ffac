"""Where the funding lines of a plan stand with their funders: the last entry of each, on a day or as it is prepared."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, or_, select

from db.models import FundingDecisionEntry, FundingLine
from db.queries.standing import newest
from db.rules.vocabulary import FundingDecision, FundingStage
from db.viewer import Viewer, shown

GIVEN = (FundingStage.GRANTED, FundingStage.CONTRACTED, FundingStage.PAID)
"""The stages at which a funder gives: a line that it refused reaches none of them."""


def last_decisions(viewer: Viewer, lines: ColumnElement[bool], on: date) -> Subquery:
    """The decision in force for each of these lines that has one, as this viewer sees it on that day.

    Columns: line_id, decision, answer_expected_on, on_date. Undated entries are the oldest. `lines` is a condition on
    `FundingLine`; a line that is not here is merely foreseen by the plan (`is_foreseen`).
    """
    return decisions_among(lines, shown(viewer, FundingDecisionEntry, on))


def decisions_among(lines: ColumnElement[bool], seen: ColumnElement[bool]) -> Subquery:
    """The same among the entries that are `seen`, a condition on `FundingDecisionEntry`."""
    return _last(FundingDecisionEntry.line_id.in_(select(FundingLine.id).where(lines)), seen)


def is_foreseen(decisions: Subquery) -> ColumnElement[bool]:
    """The lines, outer-joined to their decisions, that the plan foresees and that nobody has asked for yet."""
    decision = decisions.c.decision
    return or_(decision.is_(None), decision == FundingDecision.NOT_ASKED)


def foreseen_lines(sheet_id: int) -> Select[Any]:
    """The lines of a sheet, as a subquery of their ids, that the plan merely foresees, preparation included."""
    line, entry = FundingLine, FundingDecisionEntry
    of_sheet = select(line.id).where(line.sheet_id == sheet_id)
    last = _last(entry.line_id.in_(of_sheet), entry.archived_at.is_(None))
    return (
        select(line.id)
        .outerjoin(last, last.c.line_id == line.id)
        .where(line.sheet_id == sheet_id, line.archived_at.is_(None), is_foreseen(last))
    )


def decided_lines(decision: FundingDecision) -> Select[Any]:
    """The lines, as a subquery of their ids, whose last entry says this, preparation included."""
    last = _last(FundingDecisionEntry.archived_at.is_(None))
    return select(last.c.line_id).where(last.c.decision == decision)


def _last(*where: ColumnElement[bool]) -> Subquery:
    entry = FundingDecisionEntry
    columns = [entry.decision, entry.answer_expected_on, entry.on_date]
    return newest(entry, entry.line_id, columns, *where).subquery()
