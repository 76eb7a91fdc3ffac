"""Evaluation questions and self-assessment grids, with their dated scores."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Row, Versioned, code_of, one_of
from db.rules.vocabulary import Absence, EvaluationCriterion


class EvaluationQuestion(Versioned, Base):
    """A question put to the démarche, with the criterion it belongs to."""

    __tablename__ = "evaluation_question"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    code: Mapped[str]
    criterion: Mapped[EvaluationCriterion] = mapped_column(code_of(EvaluationCriterion))
    question: Mapped[str]
    sources: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class EvaluationQuestionIndicator(Row, Base):
    """An indicator that helps answer a question."""

    __tablename__ = "evaluation_question_indicator"
    __table_args__ = (UniqueConstraint("question_id", "indicator_id"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("evaluation_question.id"))
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"), index=True)


class AssessmentItem(Versioned, Base):
    """A line of a self-assessment grid (« 4 critères », « sept caractéristiques »)."""

    __tablename__ = "assessment_item"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    grid: Mapped[str]
    criterion: Mapped[str]
    item: Mapped[str | None]
    scale: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class Score(Versioned, Base):
    """What was answered one year to a question or to a grid line: a mark or why there is none, and its argument."""

    __tablename__ = "score"
    __table_args__ = (
        CheckConstraint(one_of("question_id", "item_id"), name="one_subject"),
        CheckConstraint(one_of("value", "absence"), name="value_or_absence"),
    )

    question_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation_question.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_item.id"), index=True)
    year: Mapped[int]
    value: Mapped[int | None]
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))
    scale: Mapped[str | None]
    argument: Mapped[str | None]
