"""The plan: axes, action sheets and where they stand, what a sheet says, its steps."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Findable, Precision, Row, Versioned, code_of, one_of, precise, unique_while_live
from db.rules.vocabulary import (
    AxisLevel,
    DatePrecision,
    GeoScope,
    MilestoneState,
    ObjectiveLevel,
    Participation,
    PlacementEntry,
    PlacementRole,
    Priority,
)


class Axis(Versioned, Base):
    """A node of the plan's tree: axe › objectif stratégique › objectif opérationnel."""

    __tablename__ = "axis"
    __table_args__ = (CheckConstraint("parent_id <> id", name="not_under_itself"),)

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    level: Mapped[AxisLevel] = mapped_column(code_of(AxisLevel))
    code: Mapped[str | None]
    title: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class ActionSheet(Versioned, Findable, Base):
    """A fiche action: what it says of itself. Where it stands is `Placement`; what moves is a dated series."""

    __tablename__ = "action_sheet"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("length(title) BETWEEN 1 AND 300", name="title_length"),
        CheckConstraint("plain_line IS NULL OR length(plain_line) <= 200", name="plain_line_length"),
        precise("starts_on"),
        precise("ends_on"),
    )

    title: Mapped[str]
    plain_line: Mapped[str | None] = mapped_column(String)
    rationale: Mapped[str | None]
    description: Mapped[str | None]
    expected_results: Mapped[str | None]
    starts_on: Mapped[date | None]
    starts_precision: Precision = mapped_column(code_of(DatePrecision, "starts_precision"))
    ends_on: Mapped[date | None]
    ends_precision: Precision = mapped_column(code_of(DatePrecision, "ends_precision"))
    calendar_text: Mapped[str | None]
    priority: Mapped[Priority | None] = mapped_column(code_of(Priority))
    participation: Mapped[Participation | None] = mapped_column(code_of(Participation))
    participation_text: Mapped[str | None]
    geo_scope: Mapped[GeoScope | None] = mapped_column(code_of(GeoScope))
    territory_text: Mapped[str | None]
    target_text: Mapped[str | None]
    is_continuous: Mapped[bool] = mapped_column(default=False)
    milestones_tell_all: Mapped[bool] = mapped_column(default=False)
    lead_service: Mapped[str | None]
    means: Mapped[str | None]
    governance_text: Mapped[str | None]
    indicators_text: Mapped[str | None]
    funding_text: Mapped[str | None]
    regional_link: Mapped[str | None]
    linked_actions: Mapped[str | None]
    previous_action: Mapped[str | None]
    risks: Mapped[str | None]
    levers: Mapped[str | None]
    evaluation_text: Mapped[str | None]
    notes: Mapped[str | None]
    links: Mapped[str | None]


class Placement(Versioned, Base):
    """A sheet in a plan: one owner, any number of guests. Addresses name the placement.

    `validated_on` is the day a committee accepted an action that the contract did not foresee.
    """

    __tablename__ = "placement"
    __table_args__ = (
        unique_while_live("uq_placement_sheet_id_initiative_id", "sheet_id", "initiative_id"),
        unique_while_live("uq_placement_owner", "sheet_id", when="role = 'owner' AND archived_at IS NULL"),
        unique_while_live("uq_placement_initiative_id_code", "initiative_id", "code"),
        CheckConstraint("(entry = 'amendment') = (amendment_id IS NOT NULL)", name="amendment_named"),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="until_after_since"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("axis.id"), index=True)
    code: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[PlacementRole] = mapped_column(code_of(PlacementRole), default=PlacementRole.OWNER)
    entry: Mapped[PlacementEntry] = mapped_column(code_of(PlacementEntry), default=PlacementEntry.INITIAL)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    validated_on: Mapped[date | None]


class SheetObjective(Versioned, Base):
    """A node of what the fiche itself aims at, apart from the plan's tree."""

    __tablename__ = "sheet_objective"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sheet_objective.id"), index=True)
    level: Mapped[ObjectiveLevel] = mapped_column(code_of(ObjectiveLevel))
    code: Mapped[str | None]
    text: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Milestone(Versioned, Base):
    """An étape or sous-action: due, done, how much it weighs. Done may have no known date.

    A step ticked is a fact of the plan, read at once by all, and no entry of a series: the design names what moves
    (météo, freins, declared progress, measurements, amounts), and a date that has passed is not an opinion.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint("weight > 0", name="weight_positive"),
        CheckConstraint("done_on IS NULL OR state = 'done'", name="done_when_dated"),
        precise("due_on"),
        precise("done_on"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    label: Mapped[str]
    state: Mapped[MilestoneState] = mapped_column(code_of(MilestoneState), default=MilestoneState.PLANNED)
    state_word: Mapped[str | None]
    due_on: Mapped[date | None]
    due_precision: Precision = mapped_column(code_of(DatePrecision, "due_precision"))
    done_on: Mapped[date | None]
    done_precision: Precision = mapped_column(code_of(DatePrecision, "done_precision"))
    weight: Mapped[int] = mapped_column(default=1)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)


class SheetTerm(Row, Base):
    """A word of the field attached to a sheet; for determinants, rank 1 is the principal, 2 and 3 secondary.

    The words of a sheet are written as one list: a link is made or removed, never edited, hence no version.
    """

    __tablename__ = "sheet_term"
    __table_args__ = (
        CheckConstraint("rank IS NULL OR rank BETWEEN 1 AND 3", name="rank"),
        Index("uq_sheet_term_sheet_id_term_id", "sheet_id", "term_id", unique=True),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"))
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    rank: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


class SheetPlace(Row, Base):
    """Where, and when when it is known, the sheet takes place: a territory, a setting or a name.

    The places of a sheet are written as one list: a link is made or removed, never edited, hence no version.
    """

    __tablename__ = "sheet_place"
    __table_args__ = (CheckConstraint(one_of("territory_id", "term_id", "label"), name="one_place"), precise("on_date"))

    sheet_id: Mapped[int] = mapped_column(ForeignKey("action_sheet.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    label: Mapped[str | None]
    on_date: Mapped[date | None]
    on_date_precision: Precision = mapped_column(code_of(DatePrecision, "on_date_precision"))
    position: Mapped[int] = mapped_column(default=0)
