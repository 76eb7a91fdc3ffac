"""Indicators, their targets and their measurements: two dated series."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Entry, Precision, Versioned, code_of, one_of, precise, unique_while_live
from db.rules.vocabulary import (
    Absence,
    AbsenceReason,
    Accumulation,
    CountedPeople,
    DatePrecision,
    Direction,
    Frequency,
    IndicatorKind,
    MeasurementStatus,
    ValueType,
)

FIGURE = Numeric(18, 4)


class Indicator(Versioned, Base):
    """The identity card of an indicator. How it adds up comes before its attainment (`db.rules.attainment`)."""

    __tablename__ = "indicator"
    __table_args__ = (
        CheckConstraint(one_of("sheet_id", "axis_id", "initiative_id"), name="one_subject"),
        CheckConstraint(one_of("baseline", "baseline_absence"), name="baseline_or_absence"),
        precise("baseline_on"),
        precise("applicable_from_on"),
    )

    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    code: Mapped[str | None]
    label: Mapped[str]
    definition: Mapped[str | None]
    kind: Mapped[IndicatorKind | None] = mapped_column(code_of(IndicatorKind))
    unit: Mapped[str | None]
    value_type: Mapped[ValueType] = mapped_column(code_of(ValueType))
    accumulation: Mapped[Accumulation | None] = mapped_column(code_of(Accumulation))
    counts: Mapped[CountedPeople | None] = mapped_column(code_of(CountedPeople))
    is_sensitive: Mapped[bool] = mapped_column(default=False)
    decimals: Mapped[int | None]
    lower_bound: Mapped[Decimal | None] = mapped_column(FIGURE)
    upper_bound: Mapped[Decimal | None] = mapped_column(FIGURE)
    direction: Mapped[Direction] = mapped_column(code_of(Direction))
    band_low: Mapped[Decimal | None] = mapped_column(FIGURE)
    band_high: Mapped[Decimal | None] = mapped_column(FIGURE)
    frequency: Mapped[Frequency | None] = mapped_column(code_of(Frequency))
    school_year: Mapped[bool] = mapped_column(default=False)
    delay_days: Mapped[int | None]
    source: Mapped[str | None]
    verification: Mapped[str | None]
    limits: Mapped[str | None]
    target_reason: Mapped[str | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    baseline: Mapped[Decimal | None] = mapped_column(FIGURE)
    baseline_absence: Mapped[Absence | None] = mapped_column(code_of(Absence, "baseline_absence"))
    baseline_on: Mapped[date | None]
    baseline_precision: Precision = mapped_column(code_of(DatePrecision, "baseline_precision"))
    applicable_from_on: Mapped[date | None]
    applicable_from_precision: Precision = mapped_column(code_of(DatePrecision, "applicable_from_precision"))
    applicable_to: Mapped[date | None]
    note: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class Breakdown(Versioned, Base):
    """A part of an indicator: dimension « sexe », part « femmes »; with its territory when the part is a place."""

    __tablename__ = "breakdown"
    __table_args__ = (unique_while_live("uq_breakdown_part", "indicator_id", "dimension", "part"),)

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    dimension: Mapped[str]
    part: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Target(Entry, Base):
    """What is aimed at for a day; a revised target is a later row, `on_date` being when it was set."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint(one_of("value", "text_value", "absence"), name="value_or_absence"),
        Index("ix_target_indicator_id_due_on", "indicator_id", "due_on"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    breakdown_id: Mapped[int | None] = mapped_column(ForeignKey("breakdown.id"), index=True)
    due_on: Mapped[date]
    due_precision: Mapped[DatePrecision] = mapped_column(code_of(DatePrecision, "due_precision"))
    value: Mapped[Decimal | None] = mapped_column(FIGURE)
    text_value: Mapped[str | None]
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))


class Measurement(Entry, Base):
    """A value over a period: of the whole, or of a part when `breakdown_id` is set. `on_date` is the measuring day."""

    __tablename__ = "measurement"
    __table_args__ = (
        CheckConstraint(one_of("value", "text_value", "absence"), name="value_or_absence"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("absence_reason IS NULL OR absence IS NOT NULL", name="reason_of_absence"),
        CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name="both_terms"),
        Index("ix_measurement_indicator_id_ends_on", "indicator_id", "ends_on"),
    )

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    breakdown_id: Mapped[int | None] = mapped_column(ForeignKey("breakdown.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    value: Mapped[Decimal | None] = mapped_column(FIGURE)
    text_value: Mapped[str | None]
    absence: Mapped[Absence | None] = mapped_column(code_of(Absence))
    absence_reason: Mapped[AbsenceReason | None] = mapped_column(code_of(AbsenceReason))
    numerator: Mapped[Decimal | None] = mapped_column(FIGURE)
    denominator: Mapped[Decimal | None] = mapped_column(FIGURE)
    sample_size: Mapped[int | None]
    status: Mapped[MeasurementStatus] = mapped_column(code_of(MeasurementStatus))
    source: Mapped[str | None]
    evidence_url: Mapped[str | None]
