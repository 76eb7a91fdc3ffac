"""The avenants of a contract: one act composes one, whole; another changes it; a third removes it."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands import amendment_parts as parts
from db.commands.common import by_whom, found, ordered, words
from db.errors import Archived, Invalid, Refused
from db.journal import acting
from db.models import Amendment, AmendmentSheet, Initiative, Placement
from db.models.base import now_utc
from db.rights import Operation
from db.rules.contract_form import HIGHEST_NUMBER, OBJECT_LENGTH, AmendmentTerms
from db.rules.vocabulary import AmendmentChange
from db.viewer import UNKNOWN, Viewer, require


def compose_amendment(session: Session, viewer: Viewer, *, initiative_id: int, terms: AmendmentTerms) -> Amendment:
    """Record an avenant with all that it does: end, perimeter, signatories, sheets added, withdrawn and rewritten.

    A sheet « hors contrat initial » that it adds is taken in, and stays in the plan since the day it came. Raises
    Invalid when its days, its number or its sheets do not fit; then nothing is written.
    """
    require(viewer, Operation.WRITE, initiative_id)
    with acting(session, viewer.actor_id, "compose_amendment", f"Avenant n° {terms.number}", initiative_id):
        row = add_amendment(
            session,
            viewer,
            initiative_id=initiative_id,
            number=terms.number,
            signed_on=terms.signed_on,
            object=terms.object,
            new_ends_on=terms.new_ends_on,
        )
        parts.settle(session, viewer, row, terms, was=terms.signed_on)
    return row


def revise_amendment(session: Session, viewer: Viewer, *, amendment_id: int, terms: AmendmentTerms) -> Amendment:
    """Have an avenant say and do this from now on: what it no longer does is put back, as `remove_amendment` does."""
    row = standing_amendment(session, viewer, amendment_id)
    _check(session, row.initiative_id, terms.number, terms.signed_on, terms.new_ends_on, besides=row.id)
    label = f"Modification de l'avenant n° {terms.number}"
    with acting(session, viewer.actor_id, "revise_amendment", label, row.initiative_id):
        was = row.signed_on
        row.number, row.signed_on, row.new_ends_on = terms.number, terms.signed_on, terms.new_ends_on
        row.object = words(terms.object, "L'objet de l'avenant", OBJECT_LENGTH)
        parts.settle(session, viewer, row, terms, was=was)
    return row


def remove_amendment(session: Session, viewer: Viewer, *, amendment_id: int) -> Amendment:
    """Take an avenant out of the contract, with what it did: its sheets are what they were before it (« hors contrat
    initial » where nothing says it), those it withdrew come back, its perimeter and its signatories are no longer.

    Raises Invalid when another avenant takes out a territory that it brought in.
    """
    row = standing_amendment(session, viewer, amendment_id)
    label = f"Suppression de l'avenant n° {row.number}"
    with acting(session, viewer.actor_id, "remove_amendment", label, row.initiative_id):
        parts.put_back(session, viewer, row)
        row.archived_at = now_utc()
        session.flush()
    return row


def add_amendment(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    number: int,
    signed_on: date,
    object: str,
    new_ends_on: date | None = None,
) -> Amendment:
    """Record an avenant: what it is about, and the end it sets when it moves it."""
    require(viewer, Operation.WRITE, initiative_id)
    _check(session, initiative_id, number, signed_on, new_ends_on)
    with acting(session, viewer.actor_id, "add_amendment", f"Ajout de l'avenant n° {number}", initiative_id):
        row = Amendment(
            initiative_id=initiative_id,
            number=number,
            signed_on=signed_on,
            object=words(object, "L'objet de l'avenant", OBJECT_LENGTH),
            new_ends_on=new_ends_on,
        )
        session.add(row)
        session.flush()
    return row


def amend_sheet(
    session: Session,
    viewer: Viewer,
    *,
    amendment_id: int,
    placement_id: int,
    change: AmendmentChange,
    note: str | None = None,
) -> AmendmentSheet:
    """Say what an avenant does to one more sheet of its plan: added, withdrawn (from its signature on) or rewritten."""
    amendment = found(session, Amendment, amendment_id)
    placement = found(session, Placement, placement_id)
    require(viewer, Operation.WRITE, amendment.initiative_id)
    label = f"Avenant n° {amendment.number} : fiche {placement.code or 'sans numéro'} {change.label_fr}"
    with acting(session, viewer.actor_id, "amend_sheet", label, amendment.initiative_id):
        row = parts.change_sheet(session, amendment, placement, change, note, was=amendment.signed_on)
        session.flush()
    return row


def standing_amendment(session: Session, viewer: Viewer, amendment_id: int) -> Amendment:
    """An avenant of a contract that the viewer writes; `Refused` otherwise, `Archived` once somebody removed it."""
    row = session.get(Amendment, amendment_id)
    if row is None:
        raise Refused(UNKNOWN)
    plan = found(session, Initiative, row.initiative_id)
    require(viewer, Operation.WRITE, plan.id)
    if row.archived_at is None:
        return row
    by = by_whom(session, row, plan, "archived_at")
    raise Archived(
        f"L'avenant n° {row.number} a été supprimé{by}. Rien n'a été écrit ; ce que vous avez tapé reste en brouillon. "
        "Pour continuer, annulez cette suppression dans « Derniers actes », puis rouvrez l'avenant."
    )


def _check(
    session: Session,
    initiative_id: int,
    number: int,
    signed_on: date,
    new_ends_on: date | None,
    besides: int | None = None,
) -> None:
    """`Invalid` unless an avenant of this number may be signed that day; `besides` is the one being changed."""
    contract = found(session, Initiative, initiative_id)
    if not 1 <= number <= HIGHEST_NUMBER:
        raise Invalid(f"Le numéro d'un avenant est un nombre entier, de 1 à {HIGHEST_NUMBER} : corrigez le {number}.")
    taken = select(Amendment.id).where(
        Amendment.initiative_id == initiative_id, Amendment.number == number, Amendment.archived_at.is_(None)
    )
    if session.scalars(taken.where(Amendment.id != (besides or 0))).first() is not None:
        raise Invalid(f"L'avenant n° {number} existe déjà : modifiez-le ou donnez un autre numéro.")
    opened = contract.signed_on or contract.starts_on
    if opened is not None and signed_on < opened:
        what = "la signature" if contract.signed_on else "le début"
        raise Invalid(
            f"L'avenant est daté du {signed_on:%d/%m/%Y}, avant {what} du contrat ({opened:%d/%m/%Y}) : "
            "corrigez sa date de signature, ou celle du contrat."
        )
    if new_ends_on is not None and new_ends_on < signed_on:
        raise Invalid(
            f"La nouvelle fin du contrat ({new_ends_on:%d/%m/%Y}) précède la signature de l'avenant "
            f"({signed_on:%d/%m/%Y}) : corrigez l'une des deux dates."
        )
    ordered(contract.starts_on, new_ends_on)
