"""The facts of a plan's sheets on a day, one query a question, ready for the rules.

Every list is for one initiative. Nothing is judged here: `db.queries.plan` puts the rules to these facts.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from db.homes import owned_sheets, paid_by
from db.models import (
    ActionSheet,
    Axis,
    FundingLine,
    Indicator,
    Involvement,
    Milestone,
    Organisation,
    Placement,
    ProgressEntry,
    SheetPlace,
    SheetTerm,
    StatusEntry,
    Term,
    Territory,
    Unsettled,
    WeatherEntry,
)
from db.prepared import prepared
from db.queries.standing import newest, stands
from db.rules.lateness import CONFIRMED
from db.rules.plan import AxisNode, LeadFact, MilestoneFact, Named, PlacementFact, StatusFact, WeatherFact
from db.rules.vocabulary import InvolvementRole, OrganisationKind
from db.viewer import Viewer, of_home, shown

SheetEntry = StatusEntry | ProgressEntry | WeatherEntry


def in_plan(initiative_id: int) -> Select[Any]:
    """The sheets of a plan, as a subquery of their ids."""
    return select(Placement.sheet_id).where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))


def axes(session: Session, initiative_id: int) -> list[AxisNode]:
    """The tree of the plan, parents before children, in its own order."""
    rows = session.execute(*_axes(initiative_id)).all()
    children: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)
    nodes: list[AxisNode] = []

    def walk(parent: int | None, path: tuple[int, ...]) -> None:
        for row in children[parent]:
            here = (*path, row.id)
            nodes.append(AxisNode(row.id, row.parent_id, row.level, row.code, row.title, here))
            walk(row.id, here)

    walk(None, ())
    return nodes


@prepared("initiative_id")
def _axes(initiative_id: int) -> Executable:
    return (
        select(Axis.id, Axis.parent_id, Axis.level, Axis.code, Axis.title)
        .where(Axis.initiative_id == initiative_id, Axis.archived_at.is_(None))
        .order_by(Axis.position, Axis.id)
    )


def placements(
    session: Session, initiative_id: int, on: date, payers: frozenset[int] | None = None
) -> list[PlacementFact]:
    """The sheets that stand in the plan on that day, in its order: one to come with an amendment does not yet.

    With `payers`, those alone that one of these structures pays for.
    """
    return [PlacementFact(*row) for row in session.execute(*_placements(initiative_id, on, payers))]


@prepared("initiative_id", "on")
def _placements(initiative_id: int, on: date, payers: frozenset[int] | None) -> Executable:
    sheet = ActionSheet
    columns: list[Any] = [
        Placement.id,
        Placement.sheet_id,
        Placement.code,
        sheet.title,
        sheet.plain_line,
        Placement.axis_id,
        Placement.entry,
        Placement.until,
        sheet.priority,
        sheet.starts_on,
        sheet.starts_precision,
        sheet.ends_on,
        sheet.ends_precision,
        sheet.is_continuous,
        sheet.milestones_tell_all,
        sheet.search_text,
        Placement.role,
        Placement.validated_on,
        Placement.since,
    ]
    return (
        select(*columns)
        .join(sheet, sheet.id == Placement.sheet_id)
        .where(Placement.initiative_id == initiative_id, sheet.archived_at.is_(None), stands(on))
        .where(true() if payers is None else sheet.id.in_(paid_by(payers)))
        .order_by(Placement.position, Placement.id)
    )


def latest(viewer: Viewer, initiative_id: int, entry: type[SheetEntry], on: date, *columns: Any) -> Select[Any]:
    """The newest visible entry of each sheet of the plan: (sheet_id, *columns). Undated entries are the oldest."""
    here = entry.sheet_id.in_(in_plan(initiative_id))
    return newest(entry, entry.sheet_id, columns, here, shown(viewer, entry, on))


@prepared("initiative_id", "on")
def _latest(
    viewer: Viewer, initiative_id: int, entry: type[SheetEntry], on: date, columns: tuple[Any, ...]
) -> Executable:
    return latest(viewer, initiative_id, entry, on, *columns)


def statuses(session: Session, viewer: Viewer, initiative_id: int, on: date) -> dict[int, StatusFact]:
    """The status in force of each sheet that has one entry at least."""
    entry = StatusEntry
    columns = (
        entry.status,
        entry.outcome,
        entry.to_discuss,
        entry.status_word,
        entry.on_date,
        entry.until,
        entry.reason,
        entry.until_precision,
        entry.recorded_at,
    )
    rows = session.execute(*_latest(viewer, initiative_id, entry, on, columns))
    return {row[0]: StatusFact(*row[1:]) for row in rows}


def progress(session: Session, viewer: Viewer, initiative_id: int, on: date) -> dict[int, tuple[int, date | None]]:
    """The percentage last declared for each sheet, with its day; sheets whose last entry is an absence are left out."""
    entry = ProgressEntry
    rows = session.execute(*_latest(viewer, initiative_id, entry, on, (entry.percent, entry.on_date)))
    return {key: (percent, day) for key, percent, day in rows if percent is not None}


def confirmed(session: Session, viewer: Viewer, initiative_id: int, on: date) -> dict[int, date]:
    """The sheets whose last progress is one that somebody looked at again and confirmed, with the day."""
    entry = ProgressEntry
    rows = session.execute(*_latest(viewer, initiative_id, entry, on, (entry.on_date, entry.comment)))
    return {key: day for key, day, comment in rows if comment == CONFIRMED and day is not None}


def weathers(session: Session, viewer: Viewer, initiative_id: int, on: date) -> dict[int, WeatherFact]:
    """The last sign of each sheet, and when its météo was last given: a météo of words alone leaves the sign."""
    return {row[0]: WeatherFact(*row[1:]) for row in session.execute(*_weathers(viewer, initiative_id, on))}


@prepared("initiative_id", "on")
def _weathers(viewer: Viewer, initiative_id: int, on: date) -> Executable:
    entry = WeatherEntry
    here = and_(entry.sheet_id.in_(in_plan(initiative_id)), shown(viewer, entry, on))
    known, day = func.coalesce(entry.on_date, date(1, 1, 1)), entry.on_date
    order = (case((entry.weather.is_(None), 1), else_=0), known.desc(), entry.id.desc())
    rank = func.row_number().over(partition_by=entry.sheet_id, order_by=order).label("rank")
    last = func.max(day).over(partition_by=entry.sheet_id).label("last")
    ranked = select(entry.sheet_id, entry.weather, day, last, rank).where(here).subquery()
    columns: list[Any] = [ranked.c.sheet_id, ranked.c.weather, ranked.c.on_date, ranked.c.last]
    return select(*columns).where(ranked.c.rank == 1)


def milestones(session: Session, initiative_id: int) -> dict[int, list[MilestoneFact]]:
    """The steps of each sheet, in order."""
    rows = session.execute(*_milestones(initiative_id))
    return _grouped((row[0], MilestoneFact(*row[1:])) for row in rows)


@prepared("initiative_id")
def _milestones(initiative_id: int) -> Executable:
    m = Milestone
    return (
        select(m.sheet_id, m.id, m.label, m.state, m.due_on, m.due_precision, m.done_on, m.weight)
        .where(m.sheet_id.in_(in_plan(initiative_id)), m.archived_at.is_(None))
        .order_by(m.sheet_id, m.position, m.id)
    )


def leads(session: Session, initiative_id: int, on: date) -> dict[int, list[LeadFact]]:
    """The organisations that lead each sheet on that day, pilote first."""
    rows = session.execute(*_leads(initiative_id, on))
    coordinating = _sponsors(session, initiative_id, on)
    return _grouped(
        (sheet, LeadFact(key, name, kind is OrganisationKind.COORDINATION or key in coordinating, role))
        for sheet, key, name, kind, role in rows
    )


@prepared("initiative_id", "on")
def _leads(initiative_id: int, on: date) -> Executable:
    link, org = Involvement, Organisation
    return (
        select(link.sheet_id, org.id, org.name, org.kind, link.role)
        .join(org, org.id == link.organisation_id)
        .where(link.sheet_id.in_(in_plan(initiative_id)), link.archived_at.is_(None))
        .where(link.role.in_([InvolvementRole.LEAD, InvolvementRole.CO_LEAD]))
        .where(*in_force(on))
        .order_by(link.sheet_id, link.role.desc(), link.position, link.id)
    )


def in_force(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The parts held on that day, as conditions on `Involvement`."""
    link = Involvement
    return or_(link.starts_on.is_(None), link.starts_on <= on), or_(link.ends_on.is_(None), link.ends_on >= on)


def led_sheets(session: Session, initiative_id: int, organisation_id: int, on: date) -> list[int]:
    """The sheets of a plan, its own, that a structure leads on that day, in no order."""
    part = Involvement
    rows = session.scalars(
        select(part.sheet_id)
        .join(ActionSheet, ActionSheet.id == part.sheet_id)
        .where(part.organisation_id == organisation_id, part.sheet_id.in_(owned_sheets([initiative_id])))
        .where(part.role.in_([InvolvementRole.LEAD, InvolvementRole.CO_LEAD]), part.archived_at.is_(None))
        .where(*in_force(on), ActionSheet.archived_at.is_(None))
    )
    return [key for key in rows if key is not None]


def _sponsors(session: Session, initiative_id: int, on: date) -> set[int]:
    return {key for key in session.scalars(*_sponsor_ids(initiative_id, on)) if key is not None}


@prepared("initiative_id", "on")
def _sponsor_ids(initiative_id: int, on: date) -> Executable:
    return select(Involvement.organisation_id).where(
        Involvement.initiative_id == initiative_id,
        Involvement.role == InvolvementRole.SPONSOR,
        Involvement.archived_at.is_(None),
        *in_force(on),
    )


def terms(session: Session, initiative_id: int) -> dict[int, list[tuple[str, Named]]]:
    """The words attached to each sheet: (vocabulary, word)."""
    rows = session.execute(*_terms(initiative_id))
    return _grouped((sheet, (str(vocabulary), Named(key, label))) for sheet, vocabulary, key, label in rows)


@prepared("initiative_id")
def _terms(initiative_id: int) -> Executable:
    return (
        select(SheetTerm.sheet_id, Term.vocabulary, Term.id, Term.label)
        .join(Term, Term.id == SheetTerm.term_id)
        .where(SheetTerm.sheet_id.in_(in_plan(initiative_id)))
        .order_by(SheetTerm.sheet_id, SheetTerm.rank.nulls_last(), SheetTerm.position)
    )


def places(session: Session, initiative_id: int) -> dict[int, list[str]]:
    """Where each sheet takes place, by name."""
    rows = session.execute(*_places(initiative_id))
    return _grouped((sheet, str(name)) for sheet, name in rows)


@prepared("initiative_id")
def _places(initiative_id: int) -> Executable:
    return (
        select(SheetPlace.sheet_id, func.coalesce(Territory.name, Term.label, SheetPlace.label))
        .outerjoin(Territory, Territory.id == SheetPlace.territory_id)
        .outerjoin(Term, Term.id == SheetPlace.term_id)
        .where(SheetPlace.sheet_id.in_(in_plan(initiative_id)))
        .order_by(SheetPlace.sheet_id, SheetPlace.position, SheetPlace.id)
    )


def funders(session: Session, initiative_id: int) -> dict[int, list[Named]]:
    """Who is asked to pay for each sheet, or pays."""
    rows = session.execute(*_funders(initiative_id))
    return _grouped((sheet, Named(key, name)) for sheet, key, name in rows)


@prepared("initiative_id")
def _funders(initiative_id: int) -> Executable:
    return (
        select(FundingLine.sheet_id, Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == FundingLine.funder_id)
        .where(FundingLine.sheet_id.in_(in_plan(initiative_id)), FundingLine.archived_at.is_(None))
        .distinct()
        .order_by(FundingLine.sheet_id, Organisation.name)
    )


def indicator_counts(session: Session, initiative_id: int) -> dict[int, int]:
    """How many indicators follow each sheet."""
    rows = session.execute(*_indicator_counts(initiative_id))
    return {key: count for key, count in rows if key is not None}


@prepared("initiative_id")
def _indicator_counts(initiative_id: int) -> Executable:
    return (
        select(Indicator.sheet_id, func.count())
        .where(Indicator.sheet_id.in_(in_plan(initiative_id)), Indicator.archived_at.is_(None))
        .group_by(Indicator.sheet_id)
    )


def unsettled_counts(session: Session, viewer: Viewer, initiative_id: int) -> dict[int, int]:
    """How many cells of each sheet still wait to be settled; only those of sheets whose home the viewer prepares."""
    rows = session.execute(*_unsettled_counts(viewer, initiative_id))
    return {key: count for key, count in rows if key is not None}


@prepared("initiative_id")
def _unsettled_counts(viewer: Viewer, initiative_id: int) -> Executable:
    return (
        select(Unsettled.sheet_id, func.count())
        .where(Unsettled.sheet_id.in_(in_plan(initiative_id)), Unsettled.archived_at.is_(None))
        .where(Unsettled.settled_at.is_(None), of_home(viewer, Unsettled.sheet_id))
        .group_by(Unsettled.sheet_id)
    )


def _grouped(pairs: Iterable[tuple[int | None, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        if key is not None:
            groups[key].append(value)
    return dict(groups)
