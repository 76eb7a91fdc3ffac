"""Money: what is needed, who is asked, and every dated amount. Whole cents only."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Entry, Versioned, code_of, one_of
from db.rules.vocabulary import Absence, FundingDecision, FundingNature, FundingRegime, FundingStage


class BudgetItem(Versioned, Base):
    """A line of the provisional budget: with it, and only with it, the need of a sheet is known."""

    __tablename__ = "budget_item"
    __table_args__ = (
        CheckConstraint(one_of("amount_cents", "absence"), name="value_or_absence"),
        CheckConstraint("amount_cents >= 0", name="amount_positive"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    year: Mapped[int | None]
    label: Mapped[str | None]
    nature: Mapped[FundingNature] = mapped_column(code_of(FundingNature), default=FundingNature.CASH)
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))
    position: Mapped[int] = mapped_column(default=0)


class FundingLine(Versioned, Base):
    """Sheet (or coordination) × funder × beneficiary × scheme × year × nature × regime.

    What its funder decides moves: it is told by `FundingDecisionEntry`, and a line without one is merely foreseen.
    """

    __tablename__ = "funding_line"
    __table_args__ = (CheckConstraint(one_of("sheet_id", "initiative_id"), name="one_subject"),)

    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    beneficiary_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    scheme_label: Mapped[str | None]
    frame: Mapped[str | None]
    year: Mapped[int | None]
    nature: Mapped[FundingNature] = mapped_column(code_of(FundingNature), default=FundingNature.CASH)
    regime: Mapped[FundingRegime | None] = mapped_column(code_of(FundingRegime))
    reference: Mapped[str | None]
    note: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class FundingDecisionEntry(Entry, Base):
    """Where a line stands with its funder from a day: asked, granted or refused. Undated: « date inconnue »."""

    __tablename__ = "funding_decision"
    __table_args__ = (
        CheckConstraint("answer_expected_on IS NULL OR decision = 'pending'", name="answer_expected_when_pending"),
        Index("ix_funding_decision_line_id_on_date", "line_id", "on_date"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("funding_line.id"))
    decision: Mapped[FundingDecision] = mapped_column(code_of(FundingDecision))
    answer_expected_on: Mapped[date | None]


class FundingEvent(Entry, Base):
    """An amount at a stage; the amount of a stage is the sum of its events to a day. Undated: « date inconnue »."""

    __tablename__ = "funding_event"
    __table_args__ = (
        CheckConstraint(one_of("amount_cents", "absence"), name="value_or_absence"),
        CheckConstraint("amount_cents >= 0 OR is_correction", name="negative_only_to_correct"),
        CheckConstraint("NOT is_correction OR reason IS NOT NULL", name="correction_has_reason"),
        Index("ix_funding_event_line_id_stage", "line_id", "stage"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("funding_line.id"))
    stage: Mapped[FundingStage] = mapped_column(code_of(FundingStage))
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))
    is_correction: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]
    reference: Mapped[str | None]
