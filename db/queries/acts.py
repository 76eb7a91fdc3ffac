"""The acts done on a plan: who, when, what, on how many fiches, and whether they were taken back since."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, Integer, and_, cast, exists, func, select, union_all
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import (
    Act,
    ActionSheet,
    Actor,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    JournalEntry,
    Measurement,
    Placement,
    Target,
)
from db.models.base import Base
from db.prepared import prepared
from db.queries import reads
from db.queries.act_words import words_of
from db.queries.disclosure import hidden, told
from db.rights import Operation
from db.rights import Reach as Part
from db.rules.history import UNTOLD, HistoryPage, PastAct, Reach, RowChange, Taken, Touched
from db.rules.text import numbered
from db.rules.vocabulary import ChangeKind
from db.viewer import UNKNOWN, Viewer, leads, require

ACTS_A_PAGE = 20
IN_PART = "%(en partie)"
OF_A_SHEET: tuple[type[Any], ...] = tuple(
    mapper.class_
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__name__)
    if "sheet_id" in mapper.columns
)
SUBJECTS = ("sheet_id", "indicator_id", "line_id")
THROUGH: tuple[tuple[type[Any], str, type[Any]], ...] = (
    (Target, "indicator_id", Indicator),
    (Measurement, "indicator_id", Indicator),
    (FundingDecisionEntry, "line_id", FundingLine),
    (FundingEvent, "line_id", FundingLine),
)


def may_see(viewer: Viewer, initiative_id: int) -> bool:
    """Whether the history of a whole plan is shown to this viewer."""
    return viewer.may(Operation.READ_HISTORY, initiative_id)


def may_see_sheets(viewer: Viewer, initiative_id: int) -> bool:
    """Whether the history of the fiches that they read in a plan is shown to this viewer."""
    return bool(viewer.reaches(Operation.READ_HISTORY, initiative_id))


def stands_in(session: Session, sheet_id: int, initiative_id: int) -> bool:
    """Whether a fiche stands in a plan today, at home or borrowed."""
    here = select(Placement.id).where(Placement.sheet_id == sheet_id, Placement.initiative_id == initiative_id)
    return session.scalars(here.where(Placement.archived_at.is_(None)).limit(1)).first() is not None


@reads("initiative", "directory")
def past_acts(session: Session, viewer: Viewer, initiative_id: int, on: date, page: int = 1) -> HistoryPage:
    """A page of the acts done on a plan, newest first; empty for who may not see its history.

    An act of which this viewer is told no line is not there. Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not may_see(viewer, initiative_id):
        return HistoryPage((), 0)
    mine = _of_plan(viewer, initiative_id)
    total = session.scalar(select(func.count(Act.id)).where(mine)) or 0
    asked = select(Act.id).where(mine).order_by(Act.id.desc()).limit(ACTS_A_PAGE).offset((page - 1) * ACTS_A_PAGE)
    return HistoryPage(acts_told(session, viewer, initiative_id, list(session.scalars(asked))), total)


def _of_plan(viewer: Viewer, initiative_id: int) -> ColumnElement[bool]:
    """The acts done on a plan of which this viewer is told something, as a condition on `Act`."""
    line = select(JournalEntry.seq).where(JournalEntry.act_id == Act.id, told(viewer))
    return and_(Act.initiative_id == initiative_id, exists(line))


@reads("initiative", "directory")
def act_reach(session: Session, viewer: Viewer, initiative_id: int, on: date, act_id: int) -> Reach:
    """The fiches that an act touched, in the order of the plan, those that it added and that are gone included.

    Fiches that stand in other plans alone are counted. Raises Refused when the viewer may not see the history of the
    plan, or when the act was neither done on it nor on a fiche that stands in it, as far as they are told.
    """
    require(viewer, Operation.READ_HISTORY, initiative_id)
    touched = {sheet for _, sheet in _touched(session, viewer, [act_id])}
    here = _here(session, initiative_id, touched)
    stands_here = any(sheet.placement_id is not None for sheet in here.values())
    if not stands_here and not session.scalar(select(Act.id).where(Act.id == act_id, _of_plan(viewer, initiative_id))):
        raise Refused(UNKNOWN)
    gone = _gone(session, initiative_id, act_id, touched - here.keys())
    return Reach((*here.values(), *gone), len(touched) - len(here) - len(gone))


def acts_told(
    session: Session,
    viewer: Viewer,
    initiative_id: int,
    acts: Collection[int],
    changes: dict[int, list[RowChange]] | None = None,
    of_sheet: int | None = None,
) -> tuple[PastAct, ...]:
    """These acts, in the order given, as this viewer is told of them through a plan: by whom, where they are told
    authors. `of_sheet` is the fiche whose history it is, when it is one's: who leads it is told authors too."""
    rows = session.execute(
        select(Act.id, Act.label, Act.operation, Act.at_utc, Actor.label, Act.initiative_id, Act.undoes_id)
        .join(Actor, Actor.id == Act.actor_id)
        .where(Act.id.in_(acts))
    )
    is_led = of_sheet is not None and _reads_authors_of(session, viewer, initiative_id, of_sheet)
    whole = viewer.reads_only(initiative_id) is None
    touched: dict[int, set[int]] = {act: set() for act in acts}
    for act, sheet in _touched(session, viewer, acts):
        if whole or sheet == of_sheet:
            touched[act].add(sheet)
    alone = _here(
        session, initiative_id, {sheet for sheets in touched.values() if len(sheets) == 1 for sheet in sheets}
    )
    taken = taken_back(session, acts)
    untold = _untold(session, viewer, acts)
    found = {}
    for key, label, operation, at, actor, home, undoes in rows:
        is_named = is_led or viewer.reads_authors(initiative_id if home is None else home)
        is_untold = key in untold or not _may_name(viewer, home)
        found[key] = PastAct(
            id=key,
            label=UNTOLD if is_untold else words_of(viewer, initiative_id, operation, label, is_named=is_named),
            at=at,
            actor=actor if is_named else None,
            sheets=len(touched[key]),
            taken=_told_taken(taken.get(key), is_named),
            is_undo=undoes is not None,
            may_undo=key not in taken and _may_undo(viewer, home),
            changes=tuple((changes or {}).get(key, ())),
            sheet=alone.get(next(iter(touched[key]))) if len(touched[key]) == 1 else None,
        )
    return tuple(found[act] for act in acts)


def _told_taken(taken: Taken | None, is_named: bool) -> Taken | None:
    return taken if taken is None or is_named else replace(taken, actor=None)


def _reads_authors_of(session: Session, viewer: Viewer, initiative_id: int, sheet_id: int) -> bool:
    """Whether the viewer is told authors of what they lead, and leads this fiche."""
    is_theirs = Part.LED in viewer.reaches(Operation.READ_AUTHORS, initiative_id) and not viewer.published_only
    return is_theirs and leads(session, viewer, sheet_id)


def _may_name(viewer: Viewer, home: int | None) -> bool:
    """Whether an act is called by its own words, which may name what is in its plan alone: an axis, another fiche."""
    return home is None or viewer.may(Operation.READ, home)


def _may_undo(viewer: Viewer, home: int | None) -> bool:
    """Whether taking back is offered: to who may write in the act's plan, and looks at what is being prepared."""
    return not viewer.published_only and viewer.may(Operation.WRITE, home)


def taken_back(session: Session, acts: Collection[int]) -> dict[int, Taken]:
    """Of these acts, those that were taken back: when last, by whom, or since when they stand again."""
    found: dict[int, Taken] = {}
    first = {act: act for act in acts}
    while first:
        rows = session.execute(
            select(Act.undoes_id, Act.id, Act.at_utc, Actor.label, Act.label.like(IN_PART))
            .join(Actor, Actor.id == Act.actor_id)
            .where(Act.undoes_id.in_(first))
        ).all()
        for undone, _, at, actor, in_part in rows:
            act = first[undone or 0]
            found[act] = Taken(at, actor, not (act in found and found[act].is_back), bool(in_part))
        first = {key: first[undone or 0] for undone, key, *_ in rows}
    return found


def _untold(session: Session, viewer: Viewer, acts: Collection[int]) -> set[int]:
    """The acts of which something is not told to this viewer: their own words might tell it."""
    if viewer.prepared is None:
        return set()
    return set(session.scalars(*_hiding(viewer, list(acts))))


@prepared("acts")
def _hiding(viewer: Viewer, acts: Collection[int]) -> Executable:
    return select(JournalEntry.act_id).where(JournalEntry.act_id.in_(acts), hidden(viewer)).distinct()


def _touched(session: Session, viewer: Viewer, acts: Collection[int]) -> Iterable[tuple[int, int]]:
    """(act, fiche): the fiches about which these acts wrote something that this viewer is told of; one query."""
    return [(act, sheet) for act, sheet in session.execute(*_fiches_of(viewer, list(acts)))]


@prepared("acts")
def _fiches_of(viewer: Viewer, acts: Collection[int]) -> Executable:
    """A line that adds or removes a row holds the fiche; of a row that was changed, the row itself does."""
    j = JournalEntry
    subjects = {name: func.coalesce(*(_whole(side, name) for side in (j.after, j.before))) for name in SUBJECTS}
    lines = (
        select(
            j.act_id, j.table, j.kind, cast(j.row_key, Integer).label("key"), *(s.label(n) for n, s in subjects.items())
        )
        .where(j.act_id.in_(acts), told(viewer))
        .cte()
    )
    parts = [
        select(lines.c.act_id, lines.c.key.label("sheet")).where(lines.c.table == ActionSheet.__tablename__),
        select(lines.c.act_id, lines.c.sheet_id),
    ]
    for parent, column in ((Indicator, lines.c.indicator_id), (FundingLine, lines.c.line_id)):
        parts.append(select(lines.c.act_id, parent.sheet_id).join(parent, parent.id == column))
    changed = lines.c.kind == ChangeKind.UPDATE
    for model in OF_A_SHEET:
        rows = select(lines.c.act_id, model.sheet_id).join(model, model.id == lines.c.key)
        parts.append(rows.where(changed, lines.c.table == model.__tablename__))
    for model, name, parent in THROUGH:
        rows = select(lines.c.act_id, parent.sheet_id).join(model, model.id == lines.c.key)
        rows = rows.join(parent, parent.id == getattr(model, name))
        parts.append(rows.where(changed, lines.c.table == model.__tablename__))
    whole = union_all(*parts).subquery()
    return select(whole.c.act_id, whole.c.sheet).where(whole.c.sheet.is_not(None)).distinct()


def _whole(side: Any, name: str) -> ColumnElement[int]:
    number: ColumnElement[int] = side[name].as_integer()
    return number


def _here(session: Session, initiative_id: int, sheets: Collection[int]) -> dict[int, Touched]:
    """Those of these fiches that stand, or stood, in this plan, in its order."""
    p = Placement
    rows = session.execute(
        select(p.sheet_id, p.id, p.code, ActionSheet.title, p.archived_at.is_(None))
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.sheet_id.in_(sheets))
        .order_by(p.position, p.id)
    )
    found: dict[int, Touched] = {}
    for sheet, place, code, title, is_there in rows:
        if is_there or sheet not in found:
            found[sheet] = Touched(numbered(code, title), place if is_there else None)
    return found


def _gone(session: Session, initiative_id: int, act_id: int, sheets: set[int]) -> list[Touched]:
    """The fiches that an act of this plan added or removed, and that are no longer anywhere."""
    still = set(session.scalars(select(ActionSheet.id).where(ActionSheet.id.in_(sheets))))
    lines = session.execute(
        select(JournalEntry.before, JournalEntry.after)
        .join(Act, Act.id == JournalEntry.act_id)
        .where(JournalEntry.act_id == act_id, Act.initiative_id == initiative_id)
        .where(JournalEntry.table == ActionSheet.__tablename__, JournalEntry.kind != ChangeKind.UPDATE)
        .where(JournalEntry.row_key.in_([str(key) for key in sheets - still]))
        .order_by(JournalEntry.seq)
    )
    return [Touched((after or before or {})["title"], None) for before, after in lines]
