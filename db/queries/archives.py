"""What is archived, since when, and what still points to it: for who administers the installation alone."""

from collections import defaultdict
from collections.abc import Callable, Collection

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from db.models import (
    ActionSheet,
    Amendment,
    AmendmentSheet,
    Body,
    Decision,
    DecisionSheet,
    EvaluationQuestion,
    EvaluationQuestionIndicator,
    Indicator,
    Initiative,
    Meeting,
    Placement,
)
from db.queries import reads
from db.rights import Operation
from db.rules.archives import ArchivedFiche
from db.rules.text import numbered
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require


@reads("all")
def archived_fiches(session: Session, viewer: Viewer) -> tuple[ArchivedFiche, ...]:
    """The fiches archived in every démarche, those that have waited longest first. Raises Refused unless the viewer
    administers the installation."""
    require(viewer, Operation.ADMINISTER, None)
    rows = session.execute(
        select(ActionSheet.id, ActionSheet.title, Placement.code, Initiative.short_name, ActionSheet.archived_at)
        .join(Placement, Placement.sheet_id == ActionSheet.id)
        .join(Initiative, Initiative.id == Placement.initiative_id)
        .where(ActionSheet.archived_at.is_not(None), Placement.role == PlacementRole.OWNER)
        .order_by(ActionSheet.archived_at, ActionSheet.id, Placement.id.desc())
    ).all()
    once = {row.id: row for row in reversed(rows)}
    held = holders(session, once)
    return tuple(
        ArchivedFiche(row.id, numbered(row.code, row.title), row.short_name, row.archived_at, held[key])
        for key, row in reversed(once.items())
        if row.archived_at is not None
    )


def holders(session: Session, sheets: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What keeps each of these fiches from being deleted, in words: what was signed, decided or asked of it stays."""
    found: dict[int, list[str]] = defaultdict(list)
    for words, query in _HOLDING:
        for sheet, *facts in session.execute(query(sheets)):
            found[sheet].append(words.format(*facts))
    return {sheet: tuple(dict.fromkeys(found[sheet])) for sheet in sheets}


def _decided(sheets: Collection[int]) -> Executable:
    d = Decision
    return (
        select(DecisionSheet.sheet_id, d.number, Body.name)
        .join(d, d.id == DecisionSheet.decision_id)
        .join(Meeting, Meeting.id == d.meeting_id)
        .join(Body, Body.id == Meeting.body_id)
        .where(DecisionSheet.sheet_id.in_(sheets), d.archived_at.is_(None))
        .order_by(d.id)
    )


def _amended(sheets: Collection[int]) -> Executable:
    a = Amendment
    return (
        select(Placement.sheet_id, a.number)
        .join(AmendmentSheet, AmendmentSheet.placement_id == Placement.id)
        .join(a, a.id == AmendmentSheet.amendment_id)
        .where(Placement.sheet_id.in_(sheets), a.archived_at.is_(None))
        .order_by(a.number)
    )


def _asked(sheets: Collection[int]) -> Executable:
    q = EvaluationQuestion
    return (
        select(Indicator.sheet_id, q.code)
        .join(EvaluationQuestionIndicator, EvaluationQuestionIndicator.indicator_id == Indicator.id)
        .join(q, q.id == EvaluationQuestionIndicator.question_id)
        .where(Indicator.sheet_id.in_(sheets), q.archived_at.is_(None))
        .order_by(q.code)
    )


_HOLDING: tuple[tuple[str, Callable[[Collection[int]], Executable]], ...] = (
    ("la décision {} ({})", _decided),
    ("l'avenant n° {}", _amended),
    ("la question évaluative {}", _asked),
)
"""What a fiche stays for, as it is said, and the fiches that each is about."""
