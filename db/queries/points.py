"""Points: what a plan shows at one of them, what the next one would show, and those that were published.

What readers see at a point is what it published and what those before it did, fiches of other plans included: points
of all plans are numbered in one order. What is in preparation is told to who may publish it, and to nobody else.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select, union_all
from sqlalchemy.orm import Session

from db.errors import Refused
from db.homes import SERIES, entering, how_many, owned_sheets, tally, waiting_for
from db.models import Act, ActionSheet, Actor, JournalEntry, Placement, Publication
from db.models.base import Entry
from db.queries import reads
from db.queries.pictures import Seen, picture_of
from db.queries.published import publishes
from db.rights import Operation
from db.rules.initiative import Point
from db.rules.points import PastPoint, Picture, ToPublish, compare
from db.rules.text import numbered
from db.rules.vocabulary import ChangeKind
from db.viewer import UNKNOWN, Viewer, require, shown

TAKEN_BACK = ("publish_point", "undo_act")
"""The acts that publish a point and nothing else: taking one back withdraws the point alone."""


@reads("initiative", "directory", "reference")
def picture(session: Session, viewer: Viewer, initiative_id: int, on: date, point_id: int | None = None) -> Picture:
    """What readers see of a plan at one of its points; without a point, what the plan prepares as of `on`.

    A dozen queries, whatever the number of sheets. Raises Refused when the viewer may not read the plan, when the
    point is not one of it that stands, and, without a point, when the viewer may not publish.
    """
    require(viewer, Operation.READ, initiative_id)
    if point_id is None:
        if not publishes(viewer, initiative_id):
            raise Refused(UNKNOWN)
        return picture_of(session, initiative_id, _prepared(initiative_id, None, on, on), on)
    point = _point(session, initiative_id, point_id)

    def seen(entry: type[Entry]) -> ColumnElement[bool]:
        return and_(entry.archived_at.is_(None), entry.publication_id <= point.id, _known(entry, on))

    return picture_of(session, initiative_id, seen, point.as_of, point)


@reads("initiative", "directory", "reference")
def to_publish(
    session: Session, viewer: Viewer, initiative_id: int, on: date, as_of: date, sheet_id: int | None = None
) -> ToPublish | None:
    """What a point of the plan, or of this one of its sheets, dated `as_of`, would make visible to readers.

    None for who may not publish, and for a sheet whose home is another plan. Raises Refused when the viewer may not
    read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not publishes(viewer, initiative_id) or not _is_home(session, initiative_id, sheet_id):
        return None
    reader = viewer.as_reader()
    before = picture_of(session, initiative_id, lambda entry: shown(reader, entry, on), on)
    after = picture_of(session, initiative_id, _prepared(initiative_id, sheet_id, on, as_of), on)
    enters = tally(session, lambda entry: entering(entry, initiative_id, sheet_id, as_of))
    waiting = how_many(session, lambda entry: waiting_for(entry, initiative_id, sheet_id))
    return ToPublish(compare(before, after), enters, waiting - sum(rows for rows, _ in enters))


@reads("initiative", "directory")
def points(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[PastPoint, ...]:
    """The points of a plan that stand, the last one first; authors and acts for who may publish alone.

    A point that another one came after has no act to take back: the later one is withdrawn first.

    Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    p, home = Publication, Placement
    place = and_(home.sheet_id == p.sheet_id, home.initiative_id == p.initiative_id, home.archived_at.is_(None))
    rows = session.execute(
        select(p, ActionSheet.title, home.code, Actor.label)
        .join(Actor, Actor.id == p.actor_id)
        .outerjoin(home, place)
        .outerjoin(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None))
        .order_by(p.id.desc())
    ).all()
    held, acts = _held(session, initiative_id), _acts(session, initiative_id)
    tells = viewer.may(Operation.PUBLISH, initiative_id)
    return tuple(
        PastPoint(
            id=row.id,
            name=row.name,
            as_of=row.as_of,
            published_at=row.published_at,
            entries=held.get(row.id, 0),
            sheet_id=row.sheet_id,
            sheet=None if title is None else numbered(code, title),
            author=author if tells else None,
            act_id=acts.get(row.id) if tells and not _is_followed(row, (later for later, *_ in rows)) else None,
        )
        for row, title, code, author in rows
    )


def _point(session: Session, initiative_id: int, point_id: int) -> Point:
    p = Publication
    row = session.execute(
        select(p.id, p.name, p.as_of).where(p.id == point_id, p.initiative_id == initiative_id, p.archived_at.is_(None))
    ).one_or_none()
    if row is None:
        raise Refused(UNKNOWN)
    return Point(*row)


def _known(entry: type[Entry], day: date) -> ColumnElement[bool]:
    return or_(entry.on_date.is_(None), entry.on_date <= day)


def _prepared(initiative_id: int, sheet_id: int | None, on: date, as_of: date) -> Seen:
    """What readers see today, with what a point of the plan (or of the sheet) dated `as_of` would add to it."""

    def seen(entry: type[Entry]) -> ColumnElement[bool]:
        published = and_(entry.publication_id.is_not(None), entry.archived_at.is_(None), _known(entry, on))
        return or_(published, entering(entry, initiative_id, sheet_id, as_of))

    return seen


def _is_home(session: Session, initiative_id: int, sheet_id: int | None) -> bool:
    if sheet_id is None:
        return True
    mine = owned_sheets([initiative_id]).where(Placement.sheet_id == sheet_id)
    return session.scalars(mine).first() is not None


def _is_followed(point: Publication, points: Iterable[Publication]) -> bool:
    """Whether another point stands on this one: a later one, of the plan or of a sheet that both publish."""
    both = (point.sheet_id, None)
    return any(later.id > point.id and (point.sheet_id is None or later.sheet_id in both) for later in points)


def _held(session: Session, initiative_id: int) -> dict[int, int]:
    """How many entries each point of a plan published."""
    mine = select(Publication.id).where(Publication.initiative_id == initiative_id)
    each = union_all(
        *(select(entry.publication_id.label("point")).where(entry.publication_id.in_(mine)) for entry in SERIES)
    ).subquery()
    return dict(session.execute(select(each.c.point, func.count()).group_by(each.c.point)).all())


def _acts(session: Session, initiative_id: int) -> dict[int, int]:
    """The act that put each point of a plan there, where it did nothing else."""
    line = JournalEntry
    mine = select(cast(Publication.id, String)).where(Publication.initiative_id == initiative_id)
    rows = session.execute(
        select(line.row_key, line.act_id, Act.operation)
        .join(Act, Act.id == line.act_id)
        .where(line.table == Publication.__tablename__, line.kind == ChangeKind.INSERT, line.row_key.in_(mine))
        .order_by(line.seq)
    )
    last = {int(key): (act_id, operation) for key, act_id, operation in rows}
    return {key: act_id for key, (act_id, operation) in last.items() if operation in TAKEN_BACK}
