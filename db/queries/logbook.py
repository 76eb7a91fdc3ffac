"""The carnet de bord and its reminders: told to who coordinates the démarche, and to nobody else."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Executable, Select, and_, func, select, union
from sqlalchemy.orm import Session, aliased

from db.models import ActionSheet, Actor, FundingLine, Involvement, LogbookNote, Organisation, Placement, Reminder
from db.prepared import Question, prepared
from db.queries import facts, reads
from db.rights import Operation
from db.rules.logbook import About, NoteLine, ReminderLine, SheetLogbook
from db.rules.plan import Named
from db.rules.text import numbered
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require

LAST_OF_A_SHEET = 5
DONE_REMINDERS = 100


@reads("initiative", "directory")
def notes(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[NoteLine, ...]:
    """The lines of the carnet, newest first; none for who does not coordinate the démarche.

    Raises Refused when the viewer may not read it.
    """
    if not _may_see(viewer, initiative_id):
        return ()
    return _lines(session, viewer, _of_plan(initiative_id))


@reads("initiative", "directory")
def reminders(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[ReminderLine, ...]:
    """The open reminders, the next first, then the last that were done; none for who does not coordinate."""
    if not _may_see(viewer, initiative_id):
        return ()
    return _told(session, viewer, _open(initiative_id)) + _told(session, viewer, _done(initiative_id))


@reads("initiative", "directory")
def of_sheet(session: Session, viewer: Viewer, initiative_id: int, on: date, sheet_id: int) -> SheetLogbook | None:
    """What the carnet of this démarche says of a sheet; None for who does not coordinate it."""
    if not _may_see(viewer, initiative_id):
        return None
    total = session.scalar(*_how_many_of(initiative_id, sheet_id)) or 0
    lines = _lines(session, viewer, _last_of(initiative_id, sheet_id)) if total else ()
    return SheetLogbook(lines, total, _told(session, viewer, _open_of(initiative_id, sheet_id)))


@reads("initiative", "directory")
def structures(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[Named, ...]:
    """The structures of the plan, by name: those that take part in it, pay for it, or that its carnet names."""
    if not _may_see(viewer, initiative_id):
        return ()
    part, line, noted = Involvement, FundingLine, LogbookNote
    sheets = facts.in_plan(initiative_id)
    met = union(
        select(part.organisation_id).where(part.sheet_id.in_(sheets), part.archived_at.is_(None)),
        select(part.organisation_id).where(part.initiative_id == initiative_id, part.archived_at.is_(None)),
        select(line.funder_id).where(line.sheet_id.in_(sheets), line.archived_at.is_(None)),
        select(noted.organisation_id).where(noted.initiative_id == initiative_id, noted.archived_at.is_(None)),
    ).subquery()
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(met.c[0])), Organisation.archived_at.is_(None))
        .order_by(Organisation.sort_key, Organisation.id)
    )
    return tuple(Named(*row) for row in rows)


def _may_see(viewer: Viewer, initiative_id: int) -> bool:
    require(viewer, Operation.READ, initiative_id)
    return viewer.coordinates(initiative_id)


@prepared("initiative_id")
def _of_plan(initiative_id: int) -> Executable:
    return _notes().where(LogbookNote.initiative_id == initiative_id)


@prepared("initiative_id", "sheet_id")
def _last_of(initiative_id: int, sheet_id: int) -> Executable:
    of = LogbookNote
    return _notes().where(of.initiative_id == initiative_id, of.sheet_id == sheet_id).limit(LAST_OF_A_SHEET)


@prepared("initiative_id", "sheet_id")
def _how_many_of(initiative_id: int, sheet_id: int) -> Executable:
    of = LogbookNote
    mine = and_(of.initiative_id == initiative_id, of.sheet_id == sheet_id, of.archived_at.is_(None))
    return select(func.count()).select_from(of).where(mine)


@prepared("initiative_id")
def _open(initiative_id: int) -> Executable:
    return _waiting().where(Reminder.initiative_id == initiative_id)


@prepared("initiative_id", "sheet_id")
def _open_of(initiative_id: int, sheet_id: int) -> Executable:
    return _waiting().where(Reminder.initiative_id == initiative_id, Reminder.sheet_id == sheet_id)


@prepared("initiative_id")
def _done(initiative_id: int) -> Executable:
    done = _reminders().where(Reminder.initiative_id == initiative_id, Reminder.done_on.is_not(None))
    return done.order_by(Reminder.done_on.desc(), Reminder.id.desc()).limit(DONE_REMINDERS)


def _notes() -> Select[Any]:
    of = LogbookNote
    columns: list[Any] = [of.id, of.text, of.noted_on, Actor.label, of.actor_id, of.became]
    return (
        _with_about(select(*columns), of)
        .join(Actor, Actor.id == of.actor_id)
        .where(of.archived_at.is_(None))
        .order_by(of.noted_on.desc(), of.id.desc())
    )


def _reminders() -> Select[Any]:
    of = Reminder
    columns: list[Any] = [of.id, of.text, of.due_on, of.done_on]
    return _with_about(select(*columns), of).where(of.archived_at.is_(None))


def _waiting() -> Select[Any]:
    """Open reminders, the next first."""
    return _reminders().where(Reminder.done_on.is_(None)).order_by(Reminder.due_on, Reminder.id)


def _with_about(query: Select[Any], of: type[LogbookNote] | type[Reminder]) -> Select[Any]:
    """The query, with what its rows are attached to: the seven columns that `_about` reads."""
    here, home = aliased(Placement), aliased(Placement)
    columns: list[Any] = [
        of.sheet_id, here.code, ActionSheet.title, here.id, home.initiative_id, of.organisation_id, Organisation.name,
    ]  # fmt: skip
    in_plan = and_(here.sheet_id == of.sheet_id, here.initiative_id == of.initiative_id, here.archived_at.is_(None))
    owner = and_(home.sheet_id == of.sheet_id, home.role == PlacementRole.OWNER, home.archived_at.is_(None))
    return (
        query.add_columns(*columns)
        .outerjoin(ActionSheet, ActionSheet.id == of.sheet_id)
        .outerjoin(here, in_plan)
        .outerjoin(home, owner)
        .outerjoin(Organisation, Organisation.id == of.organisation_id)
    )


def _about(viewer: Viewer, row: Iterable[Any]) -> About:
    sheet_id, code, title, placement_id, home, organisation_id, organisation = row
    label = numbered(code, title)
    writable = home is not None and viewer.may(Operation.WRITE, home)
    return About(sheet_id, label, placement_id, writable, organisation_id, organisation)


def _lines(session: Session, viewer: Viewer, asked: Question) -> tuple[NoteLine, ...]:
    return tuple(
        NoteLine(key, text, noted_on, author, actor_id == viewer.actor_id, became, _about(viewer, about))
        for key, text, noted_on, author, actor_id, became, *about in session.execute(*asked)
    )


def _told(session: Session, viewer: Viewer, asked: Question) -> tuple[ReminderLine, ...]:
    return tuple(
        ReminderLine(key, text, due_on, done_on, _about(viewer, about))
        for key, text, due_on, done_on, *about in session.execute(*asked)
    )
