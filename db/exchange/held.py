"""What the database holds of a démarche itself, in the shape that a workbook says it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.exchange.identity import AmendmentDraft, Ground, Identity
from db.models import Amendment, Coverage, Initiative, Involvement, Organisation, Territory
from db.rules.vocabulary import InvolvementRole


def identity_of(session: Session, initiative_id: int, on: date) -> Identity | None:
    """The démarche as it says itself on a day; None when there is none."""
    row = session.get(Initiative, initiative_id)
    if row is None or row.archived_at is not None:
        return None
    return Identity(
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        contract_number=row.contract_number,
        signed_on=row.signed_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        phase=row.phase,
        sponsors=_involved(session, initiative_id, InvolvementRole.SPONSOR, on),
        signatories=_involved(session, initiative_id, InvolvementRole.SIGNATORY, on),
        regional_link=row.regional_link,
        time_zone=row.time_zone,
        grounds=_grounds(session, initiative_id),
        amendments=_amendments(session, initiative_id),
    )


def _involved(session: Session, initiative_id: int, role: InvolvementRole, on: date) -> tuple[str, ...]:
    link = Involvement
    rows = session.execute(
        select(Organisation.name, link.ends_on)
        .join(link, link.organisation_id == Organisation.id)
        .where(link.initiative_id == initiative_id, link.role == role, link.archived_at.is_(None))
        .order_by(link.position, link.id)
    )
    return tuple(dict.fromkeys(name for name, ended in rows if ended is None or ended >= on))


def _grounds(session: Session, initiative_id: int) -> tuple[Ground, ...]:
    rows = session.execute(
        select(Territory.kind, Territory.code, Territory.name, Coverage.starts_on, Coverage.ends_on)
        .join(Coverage, Coverage.territory_id == Territory.id)
        .where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
        .order_by(Coverage.id)
    )
    return tuple(Ground(*row) for row in rows)


def _amendments(session: Session, initiative_id: int) -> tuple[AmendmentDraft, ...]:
    rows = session.execute(
        select(Amendment.number, Amendment.signed_on, Amendment.object, Amendment.new_ends_on)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.number)
    )
    return tuple(AmendmentDraft(*row) for row in rows)
