"""The démarche: its contract, its amendments, the ground it covers."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Findable, Versioned, code_of, unique_while_live
from db.rules.vocabulary import AmendmentChange, InitiativeKind, Phase


class Initiative(Versioned, Findable, Base):
    """A CLS, CLSM, ASV or other démarche. `reference_date` freezes its today (the demonstration's)."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("parent_id <> id", name="not_its_own_part"),
        unique_while_live("uq_initiative_code", "code"),
    )

    code: Mapped[str]
    kind: Mapped[InitiativeKind] = mapped_column(code_of(InitiativeKind))
    name: Mapped[str]
    short_name: Mapped[str]
    contract_number: Mapped[int | None]
    signed_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    phase: Mapped[Phase | None] = mapped_column(code_of(Phase))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    regional_link: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(String, default="Europe/Paris")
    reference_date: Mapped[date | None]
    is_fictitious: Mapped[bool] = mapped_column(default=False)


class Coverage(Versioned, Base):
    """A commune or an EPCI that an initiative covers, from a day to a day."""

    __tablename__ = "coverage"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"), index=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Amendment(Versioned, Base):
    """An avenant: what it is about, and the end date it sets when it moves it."""

    __tablename__ = "amendment"
    __table_args__ = (unique_while_live("uq_amendment_initiative_id_number", "initiative_id", "number"),)

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id"))
    number: Mapped[int]
    signed_on: Mapped[date]
    object: Mapped[str]
    new_ends_on: Mapped[date | None]


class AmendmentSheet(Versioned, Base):
    """What an amendment does to a sheet of the plan.

    `was_initial` and `was_since` are what a sheet that it adds was until then, for the day when it adds it no longer:
    at the initial contract or outside it, and since when. Nobody knows it of one that a file says added.
    """

    __tablename__ = "amendment_sheet"
    __table_args__ = (
        unique_while_live("uq_amendment_sheet_amendment_id_placement_id", "amendment_id", "placement_id"),
    )

    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    change: Mapped[AmendmentChange] = mapped_column(code_of(AmendmentChange))
    note: Mapped[str | None]
    was_initial: Mapped[bool | None]
    was_since: Mapped[date | None]
