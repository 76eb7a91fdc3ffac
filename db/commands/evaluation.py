"""Evaluation questions, self-assessment grids, and the marks given to them."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from db.commands.common import found, home_of_indicator, next_position, words
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import AssessmentItem, EvaluationQuestion, EvaluationQuestionIndicator, Indicator, Score
from db.rights import Operation
from db.rules.vocabulary import Absence, EvaluationCriterion
from db.viewer import UNKNOWN, Viewer, require


def add_evaluation_question(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    code: str,
    criterion: EvaluationCriterion,
    question: str,
    sources: str | None = None,
    indicator_ids: Iterable[int] = (),
    position: int | None = None,
) -> EvaluationQuestion:
    """Add a question put to the démarche, with the indicators (of this plan) that help answer it."""
    require(viewer, Operation.WRITE, initiative_id)
    linked = [found(session, Indicator, indicator_id) for indicator_id in indicator_ids]
    if any(home_of_indicator(session, viewer, indicator) != initiative_id for indicator in linked):
        raise Invalid("Cet indicateur est celui d'un autre plan : choisissez-en un de celui-ci.")
    asked = words(question, "La question")
    if position is None:
        position = next_position(
            session, EvaluationQuestion.position, EvaluationQuestion.initiative_id == initiative_id
        )
    with acting(session, viewer.actor_id, "add_evaluation_question", f"Question évaluative {code}", initiative_id):
        row = EvaluationQuestion(
            initiative_id=initiative_id,
            code=code,
            criterion=criterion,
            question=asked,
            sources=sources,
            position=position,
        )
        session.add(row)
        session.flush()
        for indicator in linked:
            session.add(EvaluationQuestionIndicator(question_id=row.id, indicator_id=indicator.id))
    return row


def add_assessment_item(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    grid: str,
    criterion: str,
    item: str | None = None,
    scale: str | None = None,
    position: int = 0,
) -> AssessmentItem:
    """Add a line to a self-assessment grid."""
    require(viewer, Operation.WRITE, initiative_id)
    row = AssessmentItem(
        initiative_id=initiative_id,
        grid=words(grid, "Le nom de la grille"),
        criterion=words(criterion, "Le critère"),
        item=item,
        scale=scale,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_assessment_item", "Ligne de grille ajoutée", initiative_id):
        session.add(row)
        session.flush()
    return row


def add_score(
    session: Session,
    viewer: Viewer,
    *,
    year: int,
    value: int | None = None,
    absence: Absence | None = None,
    question_id: int | None = None,
    item_id: int | None = None,
    scale: str | None = None,
    argument: str | None = None,
) -> Score:
    """Answer a question or a line of a grid for a year: a mark or why there is none yet, with its argument."""
    if (question_id is None) == (item_id is None):
        raise Invalid("Une note porte sur une question ou sur une ligne de grille : indiquez l'une des deux.")
    if (value is None) == (absence is None):
        raise Invalid("Une réponse est une note, ou la raison de son absence : indiquez l'une des deux.")
    home = _home(session, question_id, item_id)
    require(viewer, Operation.WRITE, home)
    row = Score(
        question_id=question_id,
        item_id=item_id,
        year=year,
        value=value,
        absence=absence,
        scale=scale,
        argument=argument or None,
    )
    with acting(session, viewer.actor_id, "add_score", f"Note de {year}", home):
        session.add(row)
    return row


def _home(session: Session, question_id: int | None, item_id: int | None) -> int:
    if question_id is not None:
        return found(session, EvaluationQuestion, question_id).initiative_id
    if item_id is not None:
        return found(session, AssessmentItem, item_id).initiative_id
    raise Refused(UNKNOWN)
