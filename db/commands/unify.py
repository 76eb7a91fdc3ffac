"""Two names for one structure, made one: everything said of the one is said of the other, and can be parted again."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.directory import find_organisation
from db.commands.undoing.leaning import columns_to
from db.errors import Invalid
from db.journal import acting
from db.models import MODELS, Involvement, Organisation, OrganisationAlias
from db.models.base import now_utc
from db.rights import Operation
from db.viewer import Viewer, require

OF_ITSELF = (Organisation.__tablename__, OrganisationAlias.__tablename__)
"""What a structure was merged with, and its other names: these lead to it through the structure that they named."""


def unify_organisations(session: Session, viewer: Viewer, *, initiative_id: int, kept: str, other: str) -> Organisation:
    """Have `other` be another name of `kept`: its parts, its money, its contacts follow; one part twice is one.

    `initiative_id` is the plan in which the viewer writes, which is what opens the common directory to them. Taken back
    as any act. Raises Invalid when a name is not known, or when both name one structure already.
    """
    require(viewer, Operation.WRITE, initiative_id)
    stays, goes = _called(session, kept), _called(session, other)
    if stays.id == goes.id:
        raise Invalid(f"« {kept} » et « {other} » désignent déjà la même structure : rien n'est à réunir.")
    label = f"« {goes.name} » réunie à « {stays.name} »"
    with acting(session, viewer.actor_id, "unify_organisations", label, initiative_id):
        for column in columns_to(Organisation.__tablename__):
            if column.table.name in OF_ITSELF:
                continue
            for row in session.scalars(select(MODELS[column.table.name]).where(column == goes.id)):
                setattr(row, column.name, stays.id)
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
