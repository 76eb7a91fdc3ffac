"""A sheet comes into the plan, is copied, leaves it and comes back: nothing is erased."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from db.commands.common import found, number, one_line, placed
from db.commands.directory import find_or_create_organisation, involve
from db.commands.ordering import live_placements
from db.commands.plan import TITLE_LENGTH, add_sheet
from db.commands.tree import set_positions
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import ActionSheet, Axis, Involvement, Milestone, Placement, SheetObjective, SheetPlace, SheetTerm
from db.models.base import Base, now_utc
from db.rights import Operation
from db.rules.vocabulary import InvolvementRole, MilestoneState, PlacementEntry, PlacementRole
from db.viewer import UNKNOWN, Viewer, require

T = TypeVar("T", bound=Base)

COPY = " (copie)"
OF_THE_ROW = frozenset({"id", "version", "archived_at"})
OF_THE_SHEET = frozenset({"title", "starts_on", "starts_precision", "ends_on", "ends_precision"})
TO_DO = (MilestoneState.PLANNED, MilestoneState.ONGOING)


def create_sheet(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    title: str,
    axis_id: int | None = None,
    code: str | None = None,
    lead: str | None = None,
) -> Placement:
    """Add a sheet to the contract's own, with the structure that leads it when it is named.

    Raises Invalid when the title is empty or too long, or when the number is another sheet's.
    """
    require(viewer, Operation.WRITE, initiative_id)
    named = one_line(title, "Le titre de la fiche", TITLE_LENGTH)
    with acting(session, viewer.actor_id, "create_sheet", f"Ajout de la fiche « {named} »", initiative_id):
        place = add_sheet(session, viewer, initiative_id=initiative_id, title=named, axis_id=axis_id, code=number(code))
        if lead:
            pilote = find_or_create_organisation(session, viewer, lead, initiative_id=initiative_id)
            involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=pilote.id, sheet_id=place.sheet_id)
    return place


def duplicate_sheet(session: Session, viewer: Viewer, *, placement_id: int, on: date) -> Placement:
    """Copy a sheet, below it, in the plan it is looked at in: « … (copie) », without a number.

    The copy says what the sheet says (texts, objectives, words, places, who takes part) and has its étapes that are
    still to be done. It has no date, since none of them is its own, and nothing that was declared, measured or paid.
    """
    origin = placed(session, viewer, placement_id)
    source = found(session, ActionSheet, origin.sheet_id)
    title = source.title[: TITLE_LENGTH - len(COPY)].rstrip() + COPY
    unplanned = origin.entry is not PlacementEntry.INITIAL
    label = f"Copie de la fiche « {source.title} »"
    with acting(session, viewer.actor_id, "duplicate_sheet", label, origin.initiative_id):
        copy = add_sheet(
            session,
            viewer,
            initiative_id=origin.initiative_id,
            title=title,
            fields=_values(source, OF_THE_SHEET | {"search_text", "sort_key"}),
            axis_id=origin.axis_id,
            entry=PlacementEntry.UNPLANNED if unplanned else PlacementEntry.INITIAL,
            since=on if unplanned else None,
        )
        _copy_rows(session, source.id, copy.sheet_id, on)
        _stand_below(session, copy, origin)
        session.flush()
    return copy


def archive_sheet(session: Session, viewer: Viewer, *, placement_id: int) -> None:
    """Take a sheet out of the plan: from its home it leaves every plan, from another one that plan alone."""
    place = placed(session, viewer, placement_id)
    sheet = session.get_one(ActionSheet, place.sheet_id)
    at_home = place.role is PlacementRole.OWNER
    label = f"Fiche « {sheet.title} » {'archivée' if at_home else 'retirée de ce plan'}"
    with acting(session, viewer.actor_id, "archive_sheet", label, place.initiative_id):
        session.refresh(place)
        placed(session, viewer, placement_id)
        now = now_utc()
        for row in _placements_of(session, sheet.id) if at_home else [place]:
            row.archived_at = now
        if at_home:
            sheet.archived_at = now
        session.flush()


def restore_sheet(session: Session, viewer: Viewer, *, placement_id: int) -> Placement:
    """Put a sheet back where it stood, in every plan that it left with its home.

    A number that another sheet took meanwhile stays with it, and an axis that was archived is not come back to: the
    sheet then has none. Raises Invalid when it is in the plan already, or when its home is where it is put back.
    """
    place = session.get(Placement, placement_id)
    if place is None:
        raise Refused(UNKNOWN)
    require(viewer, Operation.WRITE, place.initiative_id)
    sheet = session.get_one(ActionSheet, place.sheet_id)
    at_home = place.role is PlacementRole.OWNER
    with acting(
        session, viewer.actor_id, "restore_sheet", f"Retour de la fiche « {sheet.title} »", place.initiative_id
    ):
        session.refresh(place)
        session.refresh(sheet)
        _check_return(session, place, sheet)
        left_at = place.archived_at
        everywhere = session.scalars(select(Placement).where(Placement.sheet_id == sheet.id)).all()
        coming = [row for row in everywhere if row.archived_at == left_at] if at_home else [place]
        if at_home:
            sheet.archived_at = None
        for row in coming:
            _come_back(session, row)
        session.flush()
    return place


def _values(row: Base, left_out: frozenset[str]) -> dict[str, Any]:
    """The columns of a row, without what is its own."""
    columns = (column.key for column in inspect(type(row)).column_attrs)
    return {key: getattr(row, key) for key in columns if key not in OF_THE_ROW | left_out}


def _copies(rows: Iterable[T], **changes: Any) -> list[T]:
    return [type(row)(**{**_values(row, frozenset()), **changes}) for row in rows]


def _copy_rows(session: Session, source_id: int, copy_id: int, on: date) -> None:
    """What hangs on a sheet and says what it is, copied under another one."""
    _copy_objectives(session, source_id, copy_id)
    steps = select(Milestone).where(Milestone.sheet_id == source_id, Milestone.archived_at.is_(None))
    undated = dict.fromkeys(("due_on", "due_precision", "done_on", "done_precision", "state_word"))
    to_do = session.scalars(steps.where(Milestone.state.in_(TO_DO)))
    parts = select(Involvement).where(Involvement.sheet_id == source_id, Involvement.archived_at.is_(None))
    in_force = parts.where(or_(Involvement.ends_on.is_(None), Involvement.ends_on >= on))
    words = session.scalars(select(SheetTerm).where(SheetTerm.sheet_id == source_id))
    places = session.scalars(select(SheetPlace).where(SheetPlace.sheet_id == source_id))
    session.add_all(
        [
            *_copies(to_do, sheet_id=copy_id, state=MilestoneState.PLANNED, **undated),
            *_copies(words, sheet_id=copy_id),
            *_copies(places, sheet_id=copy_id, on_date=None, on_date_precision=None),
            *_copies(session.scalars(in_force), sheet_id=copy_id, starts_on=None, ends_on=None),
        ]
    )
    session.flush()


def _copy_objectives(session: Session, source_id: int, copy_id: int) -> None:
    """The tree of objectives, parents before children."""
    rows = session.scalars(
        select(SheetObjective).where(SheetObjective.sheet_id == source_id, SheetObjective.archived_at.is_(None))
    ).all()
    live = {row.id for row in rows}
    waiting = list(rows)
    copied: dict[int | None, int] = {}
    while waiting:
        ready = [row for row in waiting if row.parent_id in copied or row.parent_id not in live]
        for row in ready or waiting:
            (copy,) = _copies([row], sheet_id=copy_id, parent_id=copied.get(row.parent_id))
            session.add(copy)
            session.flush()
            copied[row.id] = copy.id
        waiting = [row for row in waiting if row.id not in copied]


def _stand_below(session: Session, copy: Placement, origin: Placement) -> None:
    rows = live_placements(session, origin.initiative_id)
    order = [key for key, row in rows.items() if row.axis_id == origin.axis_id and key != copy.id]
    order.insert(order.index(origin.id) + 1, copy.id)
    set_positions(rows, order, {copy.id})


def _placements_of(session: Session, sheet_id: int) -> list[Placement]:
    rows = select(Placement).where(Placement.sheet_id == sheet_id, Placement.archived_at.is_(None))
    return list(session.scalars(rows))


def _check_return(session: Session, place: Placement, sheet: ActionSheet) -> None:
    here = (other.initiative_id == place.initiative_id for other in _placements_of(session, sheet.id))
    if place.archived_at is None or any(here):
        raise Invalid(f"La fiche « {sheet.title} » est déjà dans le plan : il n'y a rien à remettre.")
    if place.role is not PlacementRole.OWNER and sheet.archived_at is not None:
        raise Invalid(
            f"La fiche « {sheet.title} » est archivée dans son plan d'origine : c'est là qu'elle se remet, et elle "
            "reviendra ici avec lui."
        )


def _come_back(session: Session, place: Placement) -> None:
    """A place in a plan is taken again, without the number or the axis that is no longer there for it."""
    taken = select(Placement.id).where(
        Placement.initiative_id == place.initiative_id,
        Placement.code == place.code,
        Placement.archived_at.is_(None),
    )
    if place.code is not None and session.scalars(taken).first() is not None:
        place.code = None
    axis = session.get(Axis, place.axis_id) if place.axis_id is not None else None
    if axis is not None and axis.archived_at is not None:
        place.axis_id = None
    place.archived_at = None
