"""The contract itself: its days, who signed it first, what it covered then."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, ordered
from db.commands.directory import find_or_create_organisation, involve
from db.errors import Invalid
from db.journal import acting
from db.models import Amendment, Coverage, Initiative, Involvement, Territory
from db.models.base import now_utc
from db.rights import Operation
from db.rules.contract import Opening
from db.rules.contract_form import ContractTerms
from db.rules.vocabulary import InvolvementRole
from db.viewer import Viewer, require


def rewrite_contract(session: Session, viewer: Viewer, *, initiative_id: int, terms: ContractTerms) -> Initiative:
    """Write what the contract said when it was signed; what its avenants did is theirs, and stays.

    Raises Invalid when an avenant would come before the signature, or when the days are not in order.
    """
    require(viewer, Operation.WRITE, initiative_id)
    row = found(session, Initiative, initiative_id)
    ordered(terms.starts_on, terms.ends_on)
    _check_amendments(session, initiative_id, terms)
    with acting(session, viewer.actor_id, "rewrite_contract", "Modification du contrat", initiative_id):
        amended = _days_amended(session, initiative_id)
        was = Opening(row.signed_on, row.starts_on, amended)
        row.signed_on, row.starts_on, row.ends_on = terms.signed_on, terms.starts_on, terms.ends_on
        now = Opening(row.signed_on, row.starts_on, amended)
        _first_signatories(session, viewer, initiative_id, terms.signatories, was, now)
        _first_ground(session, initiative_id, terms.territories, was, now)
        session.flush()
    return row


def _days_amended(session: Session, initiative_id: int) -> frozenset[date]:
    signed = select(Amendment.signed_on).where(Amendment.initiative_id == initiative_id)
    return frozenset(session.scalars(signed.where(Amendment.archived_at.is_(None))))


def _check_amendments(session: Session, initiative_id: int, terms: ContractTerms) -> None:
    first = session.execute(
        select(Amendment.number, Amendment.signed_on)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.signed_on)
    ).first()
    opened = terms.signed_on or terms.starts_on
    if first is not None and opened is not None and first.signed_on < opened:
        raise Invalid(
            f"Le contrat serait signé le {opened:%d/%m/%Y}, après l'avenant n° {first.number} "
            f"({first.signed_on:%d/%m/%Y}) : corrigez l'une des deux dates."
        )


def _first_signatories(
    session: Session, viewer: Viewer, initiative_id: int, names: tuple[str, ...], was: Opening, now: Opening
) -> None:
    wanted = {
        find_or_create_organisation(session, viewer, name, initiative_id=initiative_id).id: position
        for position, name in enumerate(names)
    }
    rows = session.scalars(
        select(Involvement)
        .where(
            Involvement.initiative_id == initiative_id,
            Involvement.role == InvolvementRole.SIGNATORY,
            Involvement.archived_at.is_(None),
        )
        .order_by(Involvement.starts_on.nulls_first(), Involvement.position, Involvement.id)
    ).all()
    held = {row.organisation_id: row for row in rows if was.held(row.starts_on)}
    in_order = list(held) == list(wanted)
    for key, row in held.items():
        if key not in wanted:
            row.archived_at = now_utc()
            continue
        row.starts_on = _since(row.starts_on, now)
        if not in_order:
            row.position = wanted[key]
    for key in wanted.keys() - held.keys():
        involve(
            session,
            viewer,
            role=InvolvementRole.SIGNATORY,
            organisation_id=key,
            initiative_id=initiative_id,
            position=wanted[key],
        )


def _first_ground(
    session: Session, initiative_id: int, territories: tuple[int, ...], was: Opening, now: Opening
) -> None:
    rows = session.scalars(
        select(Coverage).where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
    ).all()
    held = {row.territory_id: row for row in rows if was.held(row.starts_on)}
    for key, row in held.items():
        if key in territories:
            row.starts_on = _since(row.starts_on, now)
        elif row.ends_on is not None:
            name = found(session, Territory, key).name
            raise Invalid(f"« {name} » sort du périmètre par un avenant : modifiez d'abord cet avenant.")
        else:
            row.archived_at = now_utc()
    for key in territories:
        if key not in held:
            found(session, Territory, key)
            session.add(Coverage(initiative_id=initiative_id, territory_id=key))


def _since(starts_on: date | None, now: Opening) -> date | None:
    """The same day, or none, which is the very start, where it would no longer be of it."""
    return starts_on if now.held(starts_on) else None
