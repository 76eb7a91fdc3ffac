"""The démarche that an import makes, filled with what the file says of it."""

from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.amendments import add_amendment
from db.commands.directory import find_or_create_organisation, involve
from db.commands.initiatives import create_initiative, set_coverage
from db.exchange.draft import PlanDraft
from db.exchange.identity import Identity
from db.models import Territory
from db.rules.vocabulary import InitiativeKind, InvolvementRole
from db.viewer import Viewer


def new_initiative(session: Session, viewer: Viewer, draft: PlanDraft, identity: Identity | None, name: str) -> int:
    """Open the démarche of a plan read from a file; gives its id."""
    told = identity or Identity()
    fields: dict[str, Any] = {
        "contract_number": told.contract_number or draft.contract_number,
        "signed_on": told.signed_on,
        "starts_on": told.starts_on,
        "ends_on": told.ends_on,
        "phase": told.phase,
        "regional_link": told.regional_link,
    }
    if told.time_zone and told.time_zone in available_timezones():
        fields["time_zone"] = told.time_zone
    made = create_initiative(
        session,
        viewer,
        kind=told.kind or draft.kind or InitiativeKind.OTHER,
        name=name,
        short_name=told.short_name,
        fields=fields,
    )
    _involve(session, viewer, made.id, InvolvementRole.SPONSOR, told.sponsors)
    _involve(session, viewer, made.id, InvolvementRole.SIGNATORY, told.signatories)
    for amendment in told.amendments:
        add_amendment(
            session,
            viewer,
            initiative_id=made.id,
            number=amendment.number,
            signed_on=amendment.signed_on,
            object=amendment.object,
            new_ends_on=amendment.new_ends_on,
        )
    _cover(session, viewer, made.id, told)
    return made.id


def _involve(
    session: Session, viewer: Viewer, initiative_id: int, role: InvolvementRole, names: tuple[str, ...]
) -> None:
    for rank, name in enumerate(names):
        bearer = find_or_create_organisation(session, viewer, name, initiative_id=initiative_id)
        involve(session, viewer, role=role, organisation_id=bearer.id, initiative_id=initiative_id, position=rank)


def _cover(session: Session, viewer: Viewer, initiative_id: int, told: Identity) -> None:
    """A code that the reference does not have is left out: a territory is official, or it is not one."""
    for ground in told.grounds:
        territory = session.scalars(
            select(Territory.id).where(Territory.kind == ground.kind, Territory.code == ground.code)
        ).one_or_none()
        if territory is not None:
            set_coverage(
                session,
                viewer,
                initiative_id=initiative_id,
                territory_id=territory,
                starts_on=ground.starts_on,
                ends_on=ground.ends_on,
            )
