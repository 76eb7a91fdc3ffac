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
from db.rules.contract import held_at_opening
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
        was = _whole(row.signed_on, row.starts_on)
        row.signed_on, row.starts_on, row.ends_on = terms.signed_on, terms.starts_on, terms.ends_on
        now = _whole(row.signed_on, row.starts_on)
        _first_signatories(session, viewer, initiative_id, terms.signatories, was, now)
        _first_ground(session, initiative_id, terms.territories, was, now)
        session.flush()
    return row


def _whole(signed_on: date | None, starts_on: date | None) -> date | None:
    return max((day for day in (signed_on, starts_on) if day is not None), default=None)


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
    session: Session, viewer: Viewer, initiative_id: int, names: tuple[str, ...], was: date | None, now: date | None
) -> None:
    wanted = {
        find_or_create_organisation(session, viewer, name, initiative_id=initiative_id).id: position
        for position, name in enumerate(names)
    }
    rows = session.scalars(
        select(Involvement).where(
            Involvement.initiative_id == initiative_id,
            Involvement.role == InvolvementRole.SIGNATORY,
            Involvement.archived_at.is_(None),
        )
    ).all()
    held = {row.organisation_id: row for row in rows if held_at_opening(row.starts_on, was)}
    for key, row in held.items():
        if key not in wanted:
            row.archived_at = now_utc()
        else:
            row.position, row.starts_on = wanted[key], _at_most(row.starts_on, now)
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
    session: Session, initiative_id: int, territories: tuple[int, ...], was: date | None, now: date | None
) -> None:
    rows = session.scalars(
        select(Coverage).where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
    ).all()
    held = {row.territory_id: row for row in rows if held_at_opening(row.starts_on, was)}
    for key, row in held.items():
        if key in territories:
            row.starts_on = _at_most(row.starts_on, now)
        elif row.ends_on is not None:
            name = found(session, Territory, key).name
            raise Invalid(f"« {name} » sort du périmètre par un avenant : modifiez d'abord cet avenant.")
        else:
            row.archived_at = now_utc()
    for key in territories:
        if key not in held:
            found(session, Territory, key)
            session.add(Coverage(initiative_id=initiative_id, territory_id=key))


def _at_most(starts_on: date | None, now: date | None) -> date | None:
    """The same day, or the contract's new one where it would no longer be of its start."""
    return starts_on if held_at_opening(starts_on, now) else now
