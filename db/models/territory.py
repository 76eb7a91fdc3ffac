"""Where: regions, départements, EPCI, communes, priority districts, and their outlines."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Findable, Row, code_of
from db.rules.vocabulary import TerritoryKind


class Territory(Row, Findable, Base):
    """A place with an official code; population is the reference's, never a file's."""

    __tablename__ = "territory"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    kind: Mapped[TerritoryKind] = mapped_column(code_of(TerritoryKind))
    code: Mapped[str]
    name: Mapped[str]
    commune_code: Mapped[str | None] = mapped_column(index=True)
    intercommunality_code: Mapped[str | None] = mapped_column(index=True)
    department_code: Mapped[str | None] = mapped_column(index=True)
    region_code: Mapped[str | None]
    population: Mapped[int | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]


class TerritoryOutline(Base):
    """The simplified contour of a territory, as GeoJSON geometry; about a hundred communes have none."""

    __tablename__ = "territory_outline"

    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    geometry: Mapped[str]
