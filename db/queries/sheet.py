"""A fiche action in a plan: everything its page shows beside what the plan already says of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Executable, Select, func, select
from sqlalchemy.orm import Session, aliased

from db.errors import Refused
from db.homes import paid_by
from db.models import (
    ActionSheet,
    Amendment,
    Body,
    Decision,
    DecisionSheet,
    FundingLine,
    Initiative,
    Involvement,
    Meeting,
    Milestone,
    Organisation,
    Person,
    PersonDetail,
    Placement,
    ProgressEntry,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    StatusEntry,
    Term,
    Territory,
    WeatherEntry,
)
from db.prepared import prepared
from db.queries import reads, sheet_figures
from db.queries.facts import in_force
from db.queries.published import published_apart, waiting_on
from db.queries.standing import has_sat
from db.rights import Operation, Reach
from db.rules.access import SharedPage
from db.rules.plan import fuzzy
from db.rules.sheet import (
    Appearance,
    DecisionNote,
    Gathered,
    Objective,
    Part,
    PlaceOf,
    SheetDetail,
    SheetText,
    SheetWord,
    StatusNote,
    Step,
    WeatherNote,
    gathered,
)
from db.rules.vocabulary import InvolvementRole, PlacementRole, Vocabulary
from db.viewer import UNKNOWN, Viewer, leads, may_read, shown

WEATHERS = 12
TEXTS = tuple(SheetText.__dataclass_fields__)


@reads("all")
def initiative_of_placement(session: Session, viewer: Viewer, placement_id: int) -> str | None:
    """The code of the plan in which a fiche stands; None when there is none that this viewer may open."""
    return session.scalars(*_code_of_plan(viewer, placement_id)).one_or_none()


@prepared("placement_id")
def _code_of_plan(viewer: Viewer, placement_id: int) -> Executable:
    return (
        select(Initiative.code)
        .join(Placement, Placement.initiative_id == Initiative.id)
        .where(Placement.id == placement_id, Placement.archived_at.is_(None), may_read(viewer))
    )


@reads("initiative", "directory", "reference", "initiatives", "rights")
def sheet_detail(
    session: Session, viewer: Viewer, initiative_id: int, on: date, placement_id: int
) -> SheetDetail | None:
    """What a fiche says and what happens in it, on that day, as this viewer sees it: nineteen queries.

    Who reads what a structure pays for has its money alone, and nothing of what the fiche needs; who reads by a link
    that shows a fiche has that one alone.

    None when no fiche stands there in this plan, or not for them. Raises Refused when the viewer may not read the plan.
    """
    payers = payers_of(viewer, initiative_id)
    if viewer.view is not None and viewer.view.placement_id != placement_id:
        return None
    found = session.execute(*_standing_there(initiative_id, placement_id)).one_or_none()
    if found is None or (payers is not None and not is_paid(session, payers, found[0].id)):
        return None
    sheet, role, amendment = found
    is_home = role is PlacementRole.OWNER
    writes = (is_home and viewer.coordinates(initiative_id)) or leads(session, viewer, sheet.id)
    return SheetDetail(
        sheet_id=sheet.id,
        amendment=amendment,
        is_home=is_home,
        may_write=writes and not viewer.published_only,
        text=_text(sheet, payers),
        elsewhere=_elsewhere(session, viewer, sheet.id, placement_id),
        objectives=_objectives(session, sheet.id),
        words=_words(session, sheet.id),
        places=_places(session, sheet.id),
        steps=_steps(session, sheet.id),
        status=_status(session, viewer, sheet.id, on),
        weathers=_weathers(session, viewer, sheet.id, on, named=viewer.may(Operation.READ_NAMES, initiative_id)),
        parts=_parts(session, sheet.id, on, named=viewer.coordinates(initiative_id)),
        indicators=sheet_figures.indicators(session, viewer, sheet.id, on),
        needs=sheet_figures.needs(session, sheet.id) if payers is None else (),
        money=sheet_figures.money(session, viewer, sheet.id, on, payers),
        decisions=_decisions(session, sheet.id, on),
        published_on=published_apart(session, initiative_id, sheet.id),
        waiting=waiting_on(session, viewer, initiative_id, sheet.id),
        progress_gathered=_progress_gathered(session, viewer, sheet.id, on),
    )


@prepared("initiative_id", "placement_id")
def _standing_there(initiative_id: int, placement_id: int) -> Executable:
    return (
        select(ActionSheet, Placement.role, Amendment.number)
        .join(Placement, Placement.sheet_id == ActionSheet.id)
        .outerjoin(Amendment, Amendment.id == Placement.amendment_id)
        .where(Placement.id == placement_id, Placement.initiative_id == initiative_id)
        .where(Placement.archived_at.is_(None), ActionSheet.archived_at.is_(None))
    )


def payers_of(viewer: Viewer, initiative_id: int) -> frozenset[int] | None:
    """The structures whose money alone the viewer reads there; None for who reads all of a fiche. Raises Refused for
    who reads neither."""
    if viewer.reads_page(SharedPage.SHEET, initiative_id):
        return None
    if Reach.PAID not in viewer.reaches(Operation.READ, initiative_id):
        raise Refused(UNKNOWN)
    return viewer.structures(Operation.READ, Reach.PAID, initiative_id)


def is_paid(session: Session, payers: frozenset[int], sheet_id: int) -> bool:
    """Whether one of these structures is asked to pay for a fiche, or pays."""
    return session.scalars(paid_by(payers).where(FundingLine.sheet_id == sheet_id).limit(1)).first() is not None


def _text(sheet: ActionSheet, payers: frozenset[int] | None) -> SheetText:
    told = SheetText(**{name: getattr(sheet, name) for name in TEXTS})
    return told if payers is None else replace(told, funding_text=None)


def _elsewhere(session: Session, viewer: Viewer, sheet_id: int, placement_id: int) -> tuple[Appearance, ...]:
    rows = session.execute(*_placed_elsewhere(viewer, sheet_id, placement_id))
    return tuple(Appearance(*row) for row in rows)


@prepared("sheet_id", "placement_id")
def _placed_elsewhere(viewer: Viewer, sheet_id: int, placement_id: int) -> Executable:
    p, i = Placement, Initiative
    return (
        select(p.id, i.code, i.short_name, p.code, p.role)
        .join(i, i.id == p.initiative_id)
        .where(p.sheet_id == sheet_id, p.id != placement_id, p.archived_at.is_(None), may_read(viewer))
        .order_by(p.role.desc(), i.sort_key, p.id)
    )


def _objectives(session: Session, sheet_id: int) -> tuple[Objective, ...]:
    rows = session.scalars(*_said_objectives(sheet_id)).all()
    return tuple(_tree(rows))


@prepared("sheet_id")
def _said_objectives(sheet_id: int) -> Executable:
    return (
        select(SheetObjective)
        .where(SheetObjective.sheet_id == sheet_id, SheetObjective.archived_at.is_(None))
        .order_by(SheetObjective.position, SheetObjective.id)
    )


def _tree(rows: Iterable[SheetObjective]) -> list[Objective]:
    """The objectives, parents before children; one whose parent is gone stands at the top."""
    kept = list(rows)
    known = {row.id for row in kept}
    children: dict[int | None, list[SheetObjective]] = defaultdict(list)
    for row in kept:
        children[row.parent_id if row.parent_id in known else None].append(row)
    listed: list[Objective] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in children[parent]:
            listed.append(Objective(row.level, row.code, row.text, depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return listed


def _words(session: Session, sheet_id: int) -> tuple[SheetWord, ...]:
    rows = session.execute(*_attached_words(sheet_id))
    return tuple(SheetWord(*row) for row in rows)


@prepared("sheet_id")
def _attached_words(sheet_id: int) -> Executable:
    family = aliased(Term)
    return (
        select(Term.vocabulary, Term.label, family.label, SheetTerm.rank)
        .join(Term, Term.id == SheetTerm.term_id)
        .outerjoin(family, family.id == Term.parent_id)
        .where(SheetTerm.sheet_id == sheet_id)
        .order_by(func.coalesce(SheetTerm.rank, 9), SheetTerm.position, SheetTerm.id)
    )


def _places(session: Session, sheet_id: int) -> tuple[PlaceOf, ...]:
    rows = session.execute(*_where(sheet_id))
    return tuple(
        PlaceOf(
            label=territory or setting or label or "",
            kind=kind.label_fr if kind else Vocabulary.SETTING.label_fr if setting else "",
            on=fuzzy(day, precision),
        )
        for territory, kind, setting, label, day, precision in rows
    )


@prepared("sheet_id")
def _where(sheet_id: int) -> Executable:
    s = SheetPlace
    return (
        select(Territory.name, Territory.kind, Term.label, s.label, s.on_date, s.on_date_precision)
        .outerjoin(Territory, Territory.id == s.territory_id)
        .outerjoin(Term, Term.id == s.term_id)
        .where(s.sheet_id == sheet_id)
        .order_by(s.position, s.id)
    )


def _steps(session: Session, sheet_id: int) -> tuple[Step, ...]:
    return tuple(
        Step(key, label, state, word, fuzzy(due, due_precision), fuzzy(done, done_precision), lead)
        for key, label, state, word, due, due_precision, done, done_precision, lead in session.execute(
            *_foreseen_steps(sheet_id)
        )
    )


@prepared("sheet_id")
def _foreseen_steps(sheet_id: int) -> Executable:
    m = Milestone
    columns: list[Any] = [m.id, m.label, m.state, m.state_word]
    columns += [m.due_on, m.due_precision, m.done_on, m.done_precision, Organisation.name]
    return (
        select(*columns)
        .outerjoin(Organisation, Organisation.id == m.lead_id)
        .where(m.sheet_id == sheet_id, m.archived_at.is_(None))
        .order_by(m.position, m.id)
    )


def _status(session: Session, viewer: Viewer, sheet_id: int, on: date) -> StatusNote | None:
    row = session.execute(*_last_status(viewer, sheet_id, on)).one_or_none()
    return (
        StatusNote(row.reason, row.unblocked_by, row.comment, gathered(row.gathered, row.gathered_on)) if row else None
    )


@prepared("sheet_id", "on")
def _last_status(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    e = StatusEntry
    return _newest(e, viewer, sheet_id, on, e.reason, e.unblocked_by, e.comment, e.gathered, e.gathered_on)


def _progress_gathered(session: Session, viewer: Viewer, sheet_id: int, on: date) -> Gathered | None:
    row = session.execute(*_last_progress(viewer, sheet_id, on)).one_or_none()
    return gathered(*row) if row else None


@prepared("sheet_id", "on")
def _last_progress(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    return _newest(ProgressEntry, viewer, sheet_id, on, ProgressEntry.gathered, ProgressEntry.gathered_on)


def _newest(
    entry: type[StatusEntry] | type[ProgressEntry], viewer: Viewer, sheet_id: int, on: date, *columns: Any
) -> Select[Any]:
    """The entry of a fiche in force on that day, as this viewer sees it."""
    return (
        select(*columns)
        .where(entry.sheet_id == sheet_id, shown(viewer, entry, on))
        .order_by(func.coalesce(entry.on_date, date(1, 1, 1)).desc(), entry.id.desc())
        .limit(1)
    )


def _weathers(session: Session, viewer: Viewer, sheet_id: int, on: date, *, named: bool) -> tuple[WeatherNote, ...]:
    """The last météos, newest first; who signed them to who may be told names."""
    rows = session.scalars(*_last_weathers(viewer, sheet_id, on))
    return tuple(
        WeatherNote(
            weather=row.weather,
            on=row.on_date,
            done=row.done,
            todo=row.todo,
            obstacles=row.obstacles,
            highlights=row.highlights,
            comment=row.comment,
            signed_by=row.signed_by if named else None,
            in_preparation=row.publication_id is None,
            gathered=gathered(row.gathered, row.gathered_on),
        )
        for row in rows
    )


@prepared("sheet_id", "on")
def _last_weathers(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    entry = WeatherEntry
    return (
        select(entry)
        .where(entry.sheet_id == sheet_id, shown(viewer, entry, on))
        .order_by(func.coalesce(entry.on_date, date(1, 1, 1)).desc(), entry.id.desc())
        .limit(WEATHERS)
    )


def _parts(session: Session, sheet_id: int, on: date, *, named: bool) -> tuple[Part, ...]:
    """Who takes part: an organisation by name; a person by name for who coordinates, else by function, and those of
    whom no function is known by their number."""
    rows = session.execute(*_taking_part(sheet_id, on)).all()
    names = _names(session, [row.person_id for row in rows if row.person_id and not row.name]) if named else {}
    nameless: dict[InvolvementRole, int] = Counter()
    parts: dict[tuple[InvolvementRole, object], Part] = {}
    for key, (role, organisation, function, said, person) in enumerate(rows):
        name = organisation or names.get(person)
        if name or function or said:
            parts[role, key] = Part(role, name or function or said, (said or function) if name else None)
        else:
            nameless[role] += 1
            count = nameless[role]
            parts[role, None] = Part(role, "une personne" if count == 1 else f"{count} personnes", None)
    return tuple(parts.values())


@prepared("sheet_id", "on")
def _taking_part(sheet_id: int, on: date) -> Executable:
    link = Involvement
    columns: list[Any] = [link.role, Organisation.name, Person.function, link.function.label("said"), link.person_id]
    return (
        select(*columns)
        .outerjoin(Organisation, Organisation.id == link.organisation_id)
        .outerjoin(Person, Person.id == link.person_id)
        .where(link.sheet_id == sheet_id, link.archived_at.is_(None), *in_force(on))
        .order_by(link.position, link.id)
    )


def _names(session: Session, people: Collection[int]) -> dict[int, str]:
    """The names of these persons; those that were erased are left out."""
    if not people:
        return {}
    detail = PersonDetail
    rows = session.execute(select(detail.person_id, detail.name).where(detail.person_id.in_(people)))
    return {row.person_id: row.name for row in rows}


def _decisions(session: Session, sheet_id: int, on: date) -> tuple[DecisionNote, ...]:
    """What bodies that have sat decided about the fiche, newest first."""
    rows = session.execute(*_decided(sheet_id, on))
    return tuple(DecisionNote(*row) for row in rows)


@prepared("sheet_id", "on")
def _decided(sheet_id: int, on: date) -> Executable:
    return (
        select(Decision.number, Decision.text, Body.name, Meeting.held_on, Decision.due_on, Decision.status)
        .join(DecisionSheet, DecisionSheet.decision_id == Decision.id)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .join(Body, Body.id == Meeting.body_id)
        .where(DecisionSheet.sheet_id == sheet_id, Decision.archived_at.is_(None), has_sat(on))
        .order_by(Meeting.held_on.desc(), Decision.id)
    )
