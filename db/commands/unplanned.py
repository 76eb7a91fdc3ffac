"""Actions that the contract did not foresee: written down in one act, then validated by a committee."""

from datetime import date

from sqlalchemy.orm import Session

from db.commands.common import found, number, placed, words
from db.commands.directory import find_or_create_organisation, involve
from db.commands.plan import TITLE_LENGTH, add_sheet
from db.commands.series import declare_status
from db.errors import Invalid
from db.journal import acting
from db.models import Initiative, Placement
from db.rights import Operation
from db.rules.dates import FuzzyDate, first_day
from db.rules.reading_dates import read_date
from db.rules.text import clean
from db.rules.vocabulary import DatePrecision, InvolvementRole, PlacementEntry, Status
from db.viewer import Viewer, require


def add_unplanned(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    title: str | None,
    lead: str | None,
    month: str | None,
    on: date,
    code: str | None = None,
) -> Placement:
    """Add an action « hors contrat initial », in the plan from `on`, to be validated by the next committee.

    `month` is when it starts, as people write it: one already begun is « en cours », another « à venir », declared on
    `on` and in preparation. The structure of that name leads it, made when there is none; nobody when none is said.
    Raises Invalid for a value that cannot be kept, and then writes nothing.
    """
    require(viewer, Operation.WRITE, initiative_id)
    starts = _start(month)
    named = words(" ".join(clean(title or "").split()), "Le titre de l'action", TITLE_LENGTH)
    numbered = number(code)
    leader = " ".join(clean(lead or "").split())
    with acting(session, viewer.actor_id, "add_unplanned", f"Action imprévue « {named} »", initiative_id):
        placement = add_sheet(
            session,
            viewer,
            initiative_id=initiative_id,
            title=named,
            code=numbered,
            entry=PlacementEntry.UNPLANNED,
            since=on,
            fields={"starts_on": starts.day, "starts_precision": starts.precision},
        )
        if leader:
            organisation = find_or_create_organisation(session, viewer, leader, initiative_id=initiative_id)
            involve(
                session,
                viewer,
                role=InvolvementRole.LEAD,
                organisation_id=organisation.id,
                sheet_id=placement.sheet_id,
            )
        status = Status.ONGOING if first_day(starts) <= on else Status.PLANNED
        declare_status(session, viewer, sheet_id=placement.sheet_id, status=status, on=on)
    return placement


def _start(month: str | None) -> FuzzyDate:
    typed = clean(month or "")
    read = read_date(typed)
    if read.reason is not None:
        raise Invalid(f"Le début : « {typed} ». {read.reason}")
    if read.value is None:
        raise Invalid("Dites quand l'action commence : un mois suffit, par exemple mars 2027.")
    return read.value


def validate_unplanned(session: Session, viewer: Viewer, *, placement_id: int, day: str | None, on: date) -> Placement:
    """Note that a committee accepted, on the day typed, an action that the contract did not foresee.

    Raises Invalid for a day that cannot be read, is still to come or came before the contract, and for a sheet that has
    nothing to be validated.
    """
    row = _unplanned(session, viewer, placement_id)
    validated_on = _sitting(day, on)
    _within_contract(session, row.initiative_id, validated_on)
    label = f"Validation en comité de l'action hors contrat initial, le {validated_on:%d/%m/%Y}"
    with acting(session, viewer.actor_id, "validate_unplanned", label, row.initiative_id):
        row.validated_on = validated_on
        session.flush()
    return row


def forget_validation(session: Session, viewer: Viewer, *, placement_id: int) -> Placement:
    """Have the action await its validation again: it was noted by mistake."""
    row = _unplanned(session, viewer, placement_id)
    with acting(session, viewer.actor_id, "forget_validation", "Validation en comité retirée", row.initiative_id):
        row.validated_on = None
        session.flush()
    return row


def _unplanned(session: Session, viewer: Viewer, placement_id: int) -> Placement:
    row = placed(session, viewer, placement_id)
    if row.entry is not PlacementEntry.UNPLANNED:
        raise Invalid("Cette fiche est au contrat, initial ou par avenant : elle n'a pas à être validée en comité.")
    return row


def _sitting(day: str | None, on: date) -> date:
    typed = clean(day or "")
    read = read_date(typed)
    if read.reason is not None:
        raise Invalid(f"Le jour du comité : « {typed} ». {read.reason}")
    if read.value is None or read.value.precision is not DatePrecision.DAY:
        raise Invalid("Dites quel jour le comité l'a validée, par exemple 23/06/2026.")
    if read.value.day > on:
        raise Invalid(f"Le {read.value.day:%d/%m/%Y} est à venir : notez la validation une fois le comité réuni.")
    return read.value.day


def _within_contract(session: Session, initiative_id: int, day: date) -> None:
    """`Invalid` for a day on which the contract neither was signed nor ran: no committee of it had sat."""
    contract = found(session, Initiative, initiative_id)
    first = min((day for day in (contract.signed_on, contract.starts_on) if day is not None), default=None)
    if first is not None and day < first:
        raise Invalid(f"Le {day:%d/%m/%Y} vient avant le début du contrat ({first:%d/%m/%Y}) : vérifiez le jour.")
