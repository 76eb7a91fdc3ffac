"""The directory common to the installation: organisations, their other names, contacts, and who does what."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, ordered, words, writable
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import (
    Amendment,
    Body,
    BodyInitiative,
    Involvement,
    Organisation,
    OrganisationAlias,
    Person,
    PersonDetail,
)
from db.rights import Operation
from db.rules.text import fold, search_text, sort_key
from db.rules.vocabulary import InvolvementRole, OrganisationKind
from db.viewer import UNKNOWN, Viewer, require

OF_A_CONTRACT = frozenset({InvolvementRole.SIGNATORY, InvolvementRole.SPONSOR})


def find_organisation(session: Session, name: str) -> Organisation | None:
    """The organisation that bears exactly this name or alias, accents and case aside; its successor when merged."""
    alias = session.scalars(select(OrganisationAlias).where(OrganisationAlias.search_text == fold(name))).first()
    organisation = session.get(Organisation, alias.organisation_id) if alias else None
    while organisation is not None and organisation.merged_into_id is not None:
        organisation = session.get(Organisation, organisation.merged_into_id)
    return organisation


def find_or_create_organisation(
    session: Session,
    viewer: Viewer,
    name: str,
    kind: OrganisationKind | None = None,
    *,
    acronym: str | None = None,
    initiative_id: int | None = None,
) -> Organisation:
    """The organisation of that exact name or alias, made when there is none.

    Nothing is guessed: an acronym finds an organisation only if it was recorded as one of its names. `initiative_id`
    is the plan in which the viewer writes, which is what opens the common directory to them.
    """
    require(viewer, Operation.WRITE, initiative_id)
    cleaned = words(name, "Le nom de la structure", 300)
    known = find_organisation(session, cleaned)
    if known is not None:
        return known
    with acting(
        session, viewer.actor_id, "find_or_create_organisation", f"Ajout de la structure « {cleaned} »", initiative_id
    ):
        row = Organisation(
            name=cleaned,
            acronym=acronym,
            kind=kind or OrganisationKind.OTHER,
            search_text=search_text(cleaned, acronym),
            sort_key=sort_key(cleaned),
        )
        session.add(row)
        session.flush()
        add_alias(session, viewer, organisation_id=row.id, label=cleaned, initiative_id=initiative_id)
    return row


def add_alias(
    session: Session, viewer: Viewer, *, organisation_id: int, label: str, initiative_id: int | None = None
) -> OrganisationAlias:
    """Record another way of writing an organisation. Its own name is one, so that finding is one look-up.

    `Invalid` when the label already names another organisation.
    """
    require(viewer, Operation.WRITE, initiative_id)
    cleaned = words(label, "L'autre nom de la structure", 300)
    folded = fold(cleaned)
    known = session.scalars(select(OrganisationAlias).where(OrganisationAlias.search_text == folded)).first()
    if known is not None and known.organisation_id != organisation_id:
        raise Invalid(f"« {cleaned} » désigne déjà une autre structure : fusionnez-les ou choisissez un autre nom.")
    if known is not None:
        return known
    with acting(session, viewer.actor_id, "add_alias", f"Autre nom d'une structure : « {cleaned} »", initiative_id):
        alias = OrganisationAlias(organisation_id=organisation_id, label=cleaned, search_text=folded)
        session.add(alias)
        session.flush()
    return alias


def add_person(
    session: Session,
    viewer: Viewer,
    *,
    function: str | None,
    organisation_id: int | None = None,
    initiative_id: int | None = None,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    origin: str = "saisie",
    on: date | None = None,
) -> Person:
    """Add a contact, by function. A name and how to reach it go to the erasable row alone, with origin and day."""
    require(viewer, Operation.WRITE, initiative_id)
    if function is None and name is None:
        raise Invalid("Un contact a au moins une fonction ou un nom : écrivez l'un des deux.")
    if name is not None and on is None:
        raise Invalid("Des coordonnées personnelles sont enregistrées avec leur date : indiquez-la.")
    named = words(name, "Le nom") if name is not None else None
    source = words(origin, "L'origine des coordonnées")
    with acting(session, viewer.actor_id, "add_person", "Ajout d'un contact", initiative_id):
        person = Person(function=function, organisation_id=organisation_id)
        session.add(person)
        session.flush()
        if named is not None and on is not None:
            detail = PersonDetail(
                person_id=person.id, name=named, email=email, phone=phone, origin=source, recorded_on=on
            )
            session.add(detail)
            session.flush()
    return person


def involve(
    session: Session,
    viewer: Viewer,
    *,
    role: InvolvementRole,
    organisation_id: int | None = None,
    person_id: int | None = None,
    sheet_id: int | None = None,
    initiative_id: int | None = None,
    amendment_id: int | None = None,
    body_id: int | None = None,
    function: str | None = None,
    position: int = 0,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Involvement:
    """Give an organisation (or a person) its part in one sheet, initiative, amendment or body.

    The same part given twice is the same row. `Invalid` when a role does not fit its subject.
    """
    home = _home_of_subject(session, viewer, sheet_id, initiative_id, amendment_id, body_id)
    require(viewer, Operation.WRITE, home)
    if organisation_id is None and person_id is None:
        raise Invalid("Indiquez quelle structure, ou quelle personne, tient ce rôle.")
    if role in OF_A_CONTRACT and initiative_id is None and amendment_id is None:
        raise Invalid(f"Le rôle « {role.label_fr} » se tient dans une démarche ou un avenant, pas ailleurs.")
    ordered(starts_on, ends_on)
    part = Involvement(
        role=role,
        organisation_id=organisation_id,
        person_id=person_id,
        sheet_id=sheet_id,
        initiative_id=initiative_id,
        amendment_id=amendment_id,
        body_id=body_id,
        function=function,
        position=position,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    same = _same_part(session, part)
    if same is not None:
        return same
    with acting(session, viewer.actor_id, "involve", f"Ajout d'un rôle : {role.label_fr}", home):
        session.add(part)
        session.flush()
    return part


def _home_of_subject(
    session: Session,
    viewer: Viewer,
    sheet_id: int | None,
    initiative_id: int | None,
    amendment_id: int | None,
    body_id: int | None,
) -> int:
    if sheet_id is not None:
        return writable(session, viewer, sheet_id)
    if amendment_id is not None:
        return found(session, Amendment, amendment_id).initiative_id
    if body_id is not None:
        found(session, Body, body_id)
        initiative_id = session.scalars(
            select(BodyInitiative.initiative_id).where(BodyInitiative.body_id == body_id).order_by(BodyInitiative.id)
        ).first()
    if initiative_id is None:
        raise Refused(UNKNOWN)
    return initiative_id


def _same_part(session: Session, part: Involvement) -> Involvement | None:
    keys = ("role", "organisation_id", "person_id", "sheet_id", "initiative_id", "amendment_id", "body_id", "starts_on")
    same = [getattr(Involvement, key).is_not_distinct_from(getattr(part, key)) for key in keys]
    return session.scalars(select(Involvement).where(Involvement.archived_at.is_(None), *same)).first()
