"""The démarches a viewer may open, and what the head of every page says of one."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import (
    Amendment,
    Body,
    BodyInitiative,
    Coverage,
    Initiative,
    Involvement,
    Meeting,
    Organisation,
    Placement,
    ProgressEntry,
    Publication,
    StatusEntry,
    WeatherEntry,
)
from db.queries import reads
from db.rules import dates
from db.rules.initiative import Header, InitiativeChoice, Point
from db.rules.vocabulary import BodyKind, InvolvementRole, PlacementEntry
from db.viewer import UNKNOWN, Viewer, may_read


@reads("initiatives", "rights")
def choices(session: Session, viewer: Viewer) -> tuple[InitiativeChoice, ...]:
    """The démarches this viewer may open, real ones first, by name."""
    i = Initiative
    published = exists().where(Publication.initiative_id == i.id, Publication.archived_at.is_(None))
    rows = session.execute(
        select(i.id, i.code, i.short_name, i.time_zone, i.reference_date, published)
        .where(may_read(viewer))
        .order_by(i.is_fictitious, i.sort_key, i.id)
    )
    return tuple(InitiativeChoice(*row) for row in rows)


@reads("initiative", "directory")
def header(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Header:
    """What the head of every page says of a démarche.

    Raises Refused when the viewer may not read it.
    """
    here = session.scalars(select(Initiative).where(Initiative.id == initiative_id, may_read(viewer))).one_or_none()
    if here is None:
        raise Refused(UNKNOWN)
    amended = session.execute(
        select(Amendment.signed_on, Amendment.new_ends_on)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.signed_on)
    ).all()
    ends = dates.end_in_force(here.ends_on, [(row[0], row[1]) for row in amended], on)
    initial, current = _counts(session, initiative_id, on)
    last, following, committee = _committee(session, initiative_id, on)
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
        contract_ends=tuple(day for day in (here.ends_on, *(row[1] for row in amended)) if day is not None),
        elapsed=dates.share_elapsed(here.starts_on or here.signed_on, ends, on),
        is_fictitious=here.is_fictitious,
        regional_link=here.regional_link,
        sponsors=_involved(session, initiative_id, InvolvementRole.SPONSOR, on),
        signatories=_involved(session, initiative_id, InvolvementRole.SIGNATORY, on),
        territories=_territories(session, initiative_id, on),
        amendments=len(amended),
        point=_point(session, initiative_id, on),
        in_preparation=_in_preparation(session, viewer, initiative_id),
        initial_sheets=initial,
        current_sheets=current,
        last_committee=last,
        next_committee=following,
        committee_name=committee,
    )


def _involved(session: Session, initiative_id: int, role: InvolvementRole, on: date) -> tuple[str, ...]:
    rows = session.execute(
        select(Organisation.name, Involvement.ends_on)
        .join(Involvement, Involvement.organisation_id == Organisation.id)
        .where(Involvement.initiative_id == initiative_id, Involvement.role == role, Involvement.archived_at.is_(None))
        .order_by(Involvement.position, Involvement.id)
    )
    return tuple(name for name, ended in rows if ended is None or ended >= on)


def _territories(session: Session, initiative_id: int, on: date) -> int:
    ended = session.scalars(
        select(Coverage.ends_on).where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
    )
    return sum(day is None or day >= on for day in ended)


def _point(session: Session, initiative_id: int, on: date) -> Point | None:
    row = session.execute(
        select(Publication.id, Publication.name, Publication.as_of)
        .where(Publication.initiative_id == initiative_id, Publication.sheet_id.is_(None))
        .where(Publication.archived_at.is_(None), Publication.as_of <= on)
        .order_by(Publication.as_of.desc(), Publication.id.desc())
        .limit(1)
    ).one_or_none()
    return Point(*row) if row else None


def _in_preparation(session: Session, viewer: Viewer, initiative_id: int) -> int:
    """How many entries of the plan's sheets are in no published point; 0 for who does not prepare."""
    if not viewer.coordinates(initiative_id):
        return 0
    sheets = select(Placement.sheet_id).where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
    counts: list[ColumnElement[int]] = [
        select(func.count())
        .select_from(entry)
        .where(entry.sheet_id.in_(sheets), entry.archived_at.is_(None), entry.publication_id.is_(None))
        .scalar_subquery()
        for entry in (StatusEntry, ProgressEntry, WeatherEntry)
    ]
    return session.execute(select(counts[0] + counts[1] + counts[2])).scalar_one()


def _counts(session: Session, initiative_id: int, on: date) -> tuple[int, int]:
    """How many sheets the contract had when it was signed, and how many the plan has on the day."""
    p = Placement
    rows: Sequence[tuple[PlacementEntry, date | None]] = [
        (entry, until)
        for entry, until in session.execute(
            select(p.entry, p.until).where(and_(p.initiative_id == initiative_id, p.archived_at.is_(None)))
        )
    ]
    initial = sum(entry is PlacementEntry.INITIAL for entry, _ in rows)
    return initial, sum(until is None or until > on for _, until in rows)


def _committee(session: Session, initiative_id: int, on: date) -> tuple[date | None, date | None, str]:
    """The last and the next sitting of the body that steers, and its short name."""
    rows = session.execute(
        select(Meeting.held_on, Body.kind)
        .join(Body, Body.id == Meeting.body_id)
        .join(BodyInitiative, BodyInitiative.body_id == Body.id)
        .where(BodyInitiative.initiative_id == initiative_id, Meeting.archived_at.is_(None))
        .where(Body.kind == BodyKind.COPIL)
        .order_by(Meeting.held_on)
    ).all()
    past = [row.held_on for row in rows if row.held_on <= on]
    coming = [row.held_on for row in rows if row.held_on > on]
    return (past[-1] if past else None), (coming[0] if coming else None), "COPIL"
