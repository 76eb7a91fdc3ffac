"""The démarches a viewer may open, and what the head of every page says of one."""

from datetime import date

from sqlalchemy import ColumnElement, Executable, and_, exists, select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import (
    ActionSheet,
    Amendment,
    Body,
    BodyInitiative,
    Coverage,
    Initiative,
    Involvement,
    Meeting,
    Organisation,
    Placement,
    Publication,
)
from db.posts import vacancies
from db.prepared import prepared
from db.queries import reads
from db.queries.published import waiting_on
from db.queries.standing import stands
from db.rules import dates
from db.rules.initiative import Header, InitiativeChoice, Point
from db.rules.vacancy import vacant_since
from db.rules.vocabulary import BodyKind, InvolvementRole, MeetingState, PlacementEntry
from db.viewer import UNKNOWN, Viewer, may_open


@reads("initiatives", "rights")
def choices(session: Session, viewer: Viewer) -> tuple[InitiativeChoice, ...]:
    """The démarches this viewer may open, real ones first, by name."""
    return tuple(InitiativeChoice(*row) for row in session.execute(*_choices(viewer)))


@prepared()
def _choices(viewer: Viewer) -> Executable:
    i = Initiative
    published = exists().where(Publication.initiative_id == i.id, _of_plan())
    return (
        select(i.id, i.code, i.short_name, i.time_zone, i.reference_date, published)
        .where(may_open(viewer))
        .order_by(i.is_fictitious, i.sort_key, i.id)
    )


@reads("initiative", "directory")
def header(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Header:
    """What the head of every page says of a démarche.

    Raises Refused when the viewer may not read it.
    """
    here = readable(session, viewer, initiative_id)
    signed = _signed(session, initiative_id, on)
    ends = dates.end_in_force(here.ends_on, signed, on)
    initial, current = _counts(session, initiative_id, on)
    last, following, committee = committees(session, initiative_id, on)
    return Header(
        on=on,
        id=here.id,
        code=here.code,
        kind=here.kind,
        name=here.name,
        short_name=here.short_name,
        contract_number=here.contract_number,
        signed_on=here.signed_on,
        starts_on=here.starts_on,
        ends_on=ends,
        contract_ends=_ends(here, signed),
        elapsed=dates.share_elapsed(here.starts_on or here.signed_on, ends, on),
        is_fictitious=here.is_fictitious,
        regional_link=here.regional_link,
        sponsors=_involved(session, initiative_id, InvolvementRole.SPONSOR, on),
        signatories=_involved(session, initiative_id, InvolvementRole.SIGNATORY, on),
        territories=_territories(session, initiative_id, on),
        amendments=len(signed),
        point=last_point(session, initiative_id),
        in_preparation=waiting_on(session, viewer, initiative_id),
        initial_sheets=initial,
        current_sheets=current,
        last_committee=last,
        next_committee=following,
        committee_name=committee,
        vacant_since=vacant_since(vacancies(session, initiative_id), on),
    )


def contract_ends(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[date, ...]:
    """The end dates that a démarche has had by that day: the contract's, then those its amendments moved it to.

    Raises Refused when the viewer may not read it.
    """
    return _ends(readable(session, viewer, initiative_id), _signed(session, initiative_id, on))


def readable(session: Session, viewer: Viewer, initiative_id: int) -> Initiative:
    """The démarche, when this viewer may open it, were it for its card alone; raises Refused else."""
    here: Initiative | None = session.scalars(*_readable(viewer, initiative_id)).one_or_none()
    if here is None:
        raise Refused(UNKNOWN)
    return here


@prepared("initiative_id")
def _readable(viewer: Viewer, initiative_id: int) -> Executable:
    return select(Initiative).where(Initiative.id == initiative_id, may_open(viewer))


def _signed(session: Session, initiative_id: int, on: date) -> list[tuple[date, date | None]]:
    """The amendments signed by a day: when, and the end that each sets."""
    return [(day, end) for day, end in session.execute(*_amended(initiative_id)) if day <= on]


@prepared("initiative_id")
def _amended(initiative_id: int) -> Executable:
    return (
        select(Amendment.signed_on, Amendment.new_ends_on)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.signed_on)
    )


def _ends(here: Initiative, signed: list[tuple[date, date | None]]) -> tuple[date, ...]:
    return tuple(day for day in (here.ends_on, *(end for _, end in signed)) if day is not None)


def _involved(session: Session, initiative_id: int, role: InvolvementRole, on: date) -> tuple[str, ...]:
    rows = session.execute(*_parts(initiative_id, role))
    return tuple(name for name, started, ended in rows if dates.in_force(started, ended, on))


@prepared("initiative_id", "role")
def _parts(initiative_id: int, role: InvolvementRole) -> Executable:
    return (
        select(Organisation.name, Involvement.starts_on, Involvement.ends_on)
        .join(Involvement, Involvement.organisation_id == Organisation.id)
        .where(Involvement.initiative_id == initiative_id, Involvement.role == role, Involvement.archived_at.is_(None))
        .order_by(Involvement.position, Involvement.id)
    )


def _territories(session: Session, initiative_id: int, on: date) -> int:
    return sum(dates.in_force(starts, ends, on) for starts, ends in session.execute(*_coverage(initiative_id)))


@prepared("initiative_id")
def _coverage(initiative_id: int) -> Executable:
    return select(Coverage.starts_on, Coverage.ends_on).where(
        Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None)
    )


def _of_plan() -> ColumnElement[bool]:
    """The points that are those of a whole plan and still stand, as a condition on `Publication`."""
    return and_(Publication.sheet_id.is_(None), Publication.archived_at.is_(None))


def last_point(session: Session, initiative_id: int) -> Point | None:
    """The last point of the whole plan that still stands."""
    row = session.execute(*_last_point(initiative_id)).one_or_none()
    return Point(*row) if row else None


@prepared("initiative_id")
def _last_point(initiative_id: int) -> Executable:
    return (
        select(Publication.id, Publication.name, Publication.as_of)
        .where(Publication.initiative_id == initiative_id, _of_plan())
        .order_by(Publication.as_of.desc(), Publication.id.desc())
        .limit(1)
    )


def _counts(session: Session, initiative_id: int, on: date) -> tuple[int, int]:
    """How many sheets the contract had when it was signed, and how many the plan has on the day."""
    rows = session.execute(*_entries(initiative_id, on)).all()
    return sum(entry is PlacementEntry.INITIAL for entry, _ in rows), sum(bool(here) for _, here in rows)


@prepared("initiative_id", "on")
def _entries(initiative_id: int, on: date) -> Executable:
    p = Placement
    return (
        select(p.entry, stands(on))
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None), ActionSheet.archived_at.is_(None))
    )


def committees(session: Session, initiative_id: int, on: date) -> tuple[date | None, date | None, str]:
    """The last and the next sitting of the body that steers, and its short name.

    One of the day itself is still to come until it is closed: it looks at what happened since the one before.
    """
    rows = session.execute(*_sittings(initiative_id)).all()
    past = [held_on for held_on, state in rows if held_on < on or (held_on == on and state is MeetingState.CLOSED)]
    coming = [held_on for held_on, _ in rows[len(past) :]]
    return (past[-1] if past else None), (coming[0] if coming else None), "COPIL"


@prepared("initiative_id")
def _sittings(initiative_id: int) -> Executable:
    return (
        select(Meeting.held_on, Meeting.state)
        .join(Body, Body.id == Meeting.body_id)
        .join(BodyInitiative, BodyInitiative.body_id == Body.id)
        .where(BodyInitiative.initiative_id == initiative_id, Meeting.archived_at.is_(None))
        .where(Body.kind == BodyKind.COPIL)
        .order_by(Meeting.held_on)
    )
