"""Two names for one structure, made one: everything said of the one is said of the other, and can be parted again."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.commands.directory import find_organisation
from db.commands.undoing.leaning import columns_to
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import (
    MODELS,
    Amendment,
    Axis,
    BodyInitiative,
    Involvement,
    Organisation,
    OrganisationAlias,
    Placement,
)
from db.models.base import Base, now_utc
from db.rights import Operation
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require

OF_ITSELF = (Organisation.__tablename__, OrganisationAlias.__tablename__)
"""What a structure was merged with, and its other names: these lead to it through the structure that they named."""
HOME_OF: dict[str, tuple[Any, Select[Any]]] = {
    "sheet_id": (Placement.sheet_id, select(Placement.initiative_id).where(Placement.role == PlacementRole.OWNER)),
    "axis_id": (Axis.id, select(Axis.initiative_id)),
    "amendment_id": (Amendment.id, select(Amendment.initiative_id)),
    "body_id": (BodyInitiative.body_id, select(BodyInitiative.initiative_id)),
}
"""The démarches of what a row is about, where the row names none itself."""


def unify_organisations(session: Session, viewer: Viewer, *, initiative_id: int, kept: str, other: str) -> Organisation:
    """Have `other` be another name of `kept`: its parts, its money, its contacts follow; one part twice is one.

    `initiative_id` is the plan in which the viewer writes, which is what opens the common directory to them. Taken back
    as any act. Raises Invalid when a name is not known, or when both name one structure already; Refused when `other`
    is or was used in a démarche where the viewer does not write.
    """
    require(viewer, Operation.WRITE, initiative_id)
    stays, goes = _called(session, kept), _called(session, other)
    if stays.id == goes.id:
        raise Invalid(f"« {kept} » et « {other} » désignent déjà la même structure : rien n'est à réunir.")
    label = f"« {goes.name} » réunie à « {stays.name} »"
    with acting(session, viewer.actor_id, "unify_organisations", label, initiative_id):
        leading = [
            (row, column.name)
            for column in columns_to(Organisation.__tablename__)
            if column.table.name not in OF_ITSELF
            for row in session.scalars(select(MODELS[column.table.name]).where(column == goes.id))
        ]
        _require_everywhere(session, viewer, goes, [row for row, _ in leading])
        for row, name in leading:
            setattr(row, name, stays.id)
        session.flush()
        _once_each(session, stays.id)
        goes.merged_into_id = stays.id
        session.flush()
    return stays


def _called(session: Session, name: str) -> Organisation:
    found = find_organisation(session, name)
    if found is None:
        raise Invalid(f"Aucune structure ne s'appelle « {name} » : choisissez-la dans la liste.")
    return found


def _require_everywhere(session: Session, viewer: Viewer, goes: Organisation, rows: Iterable[Base]) -> None:
    """`Refused` unless the viewer may write in every démarche that these rows are of; none of them is named."""
    closed = sum(not viewer.may(Operation.WRITE, home) for home in _homes(session, rows))
    if closed:
        where = f"{closed} démarches" if closed > 1 else "une démarche"
        raise Refused(
            f"« {goes.name} » sert ou a servi dans {where} où vous n'écrivez pas. Rien n'a été changé ; demandez à la "
            "personne qui administre Balise de réunir ces deux noms."
        )


def _homes(session: Session, rows: Iterable[Base]) -> set[int]:
    """The démarches that rows are of: the one that each names, else those of what it is about."""
    homes: set[int] = set()
    about: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        named: int | None = getattr(row, "initiative_id", None)
        if named is not None:
            homes.add(named)
            continue
        for column in HOME_OF:
            if (about_it := getattr(row, column, None)) is not None:
                about[column].add(about_it)
    for column, keys in about.items():
        key_of, home = HOME_OF[column]
        homes.update(session.scalars(home.where(key_of.in_(keys))))
    return homes


def _once_each(session: Session, organisation_id: int) -> None:
    """A structure that now has the same part twice in one thing keeps the first."""
    known: set[tuple[Any, ...]] = set()
    parts = select(Involvement).where(
        Involvement.organisation_id == organisation_id,
        Involvement.archived_at.is_(None),
        Involvement.person_id.is_(None),
    )
    for part in session.scalars(parts.order_by(Involvement.id)):
        what = (part.role, part.sheet_id, part.initiative_id, part.amendment_id, part.body_id, part.starts_on)
        if what in known:
            part.archived_at = now_utc()
        known.add(what)
