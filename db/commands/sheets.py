"""What a sheet is made of: its objectives, its steps, its words, its places."""

from datetime import date
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import by_whom, found, next_position, words, writable
from db.errors import Archived, Conflict, Invalid
from db.journal import acting
from db.models import Initiative, LogbookNote, Milestone, SheetObjective, SheetPlace, SheetTerm, Term, Territory
from db.rights import Operation
from db.rules.vocabulary import DatePrecision, MilestoneState, ObjectiveLevel, Vocabulary
from db.viewer import Viewer, require


def add_objective(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    text: str,
    level: ObjectiveLevel = ObjectiveLevel.OPERATIONAL,
    parent_id: int | None = None,
    code: str | None = None,
    position: int | None = None,
) -> SheetObjective:
    """Add what a sheet aims at, under another of its objectives or on its own."""
    home = writable(session, viewer, sheet_id)
    written = words(text, "L'objectif")
    if parent_id is not None and found(session, SheetObjective, parent_id).sheet_id != sheet_id:
        raise Invalid("Cet objectif est celui d'une autre fiche : choisissez-en un de celle-ci.")
    if position is None:
        position = next_position(session, SheetObjective.position, SheetObjective.sheet_id == sheet_id)
    row = SheetObjective(
        sheet_id=sheet_id, parent_id=parent_id, level=level, code=code, text=written, position=position
    )
    with acting(session, viewer.actor_id, "add_objective", "Ajout d'un objectif", home):
        session.add(row)
        session.flush()
    return row


def add_milestone(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    label: str,
    state: MilestoneState = MilestoneState.PLANNED,
    state_word: str | None = None,
    due_on: date | None = None,
    due_precision: DatePrecision | None = None,
    done_on: date | None = None,
    done_precision: DatePrecision | None = None,
    weight: int = 1,
    lead_id: int | None = None,
    position: int | None = None,
) -> Milestone:
    """Add a step. A date given without its precision is a day; only a step that is done has a date of doing."""
    home = writable(session, viewer, sheet_id)
    if done_on is not None and state is not MilestoneState.DONE:
        raise Invalid("Une étape qui porte sa date de réalisation est franchie : changez son état ou retirez la date.")
    if weight < 1:
        raise Invalid("Le poids d'une étape est un nombre entier, à partir de 1.")
    if position is None:
        position = next_position(session, Milestone.position, Milestone.sheet_id == sheet_id)
    row = Milestone(
        sheet_id=sheet_id,
        label=words(label, "Le nom de l'étape"),
        state=state,
        state_word=state_word,
        due_on=due_on,
        due_precision=(due_precision or DatePrecision.DAY) if due_on else None,
        done_on=done_on,
        done_precision=(done_precision or DatePrecision.DAY) if done_on else None,
        weight=weight,
        lead_id=lead_id,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_milestone", f"Ajout de l'étape « {row.label} »", home):
        session.add(row)
    return row


def tick_milestone(
    session: Session,
    viewer: Viewer,
    *,
    milestone_id: int,
    is_done: bool,
    on: date,
    was: MilestoneState | None = None,
) -> Milestone:
    """Tick a step, done that day, or untick it: it is then to come. Ticking what is ticked changes nothing.

    `was` is the state in which the step was seen. Raises Conflict when somebody gave it yet another one meanwhile, and
    Archived when it was taken away.
    """
    row = session.get(Milestone, milestone_id)
    if row is not None and row.archived_at is not None:
        home = writable(session, viewer, row.sheet_id)
        refuse_removed(session, viewer, row, home, f"L'étape « {row.label} »", "Rien n'a été coché.")
    row = found(session, Milestone, milestone_id)
    home = writable(session, viewer, row.sheet_id)
    wanted = MilestoneState.DONE if is_done else MilestoneState.PLANNED
    if row.state is wanted or (was in (None, row.state) and (row.state is MilestoneState.DONE) == is_done):
        return row
    if was not in (None, row.state):
        by = by_whom(session, row, found(session, Initiative, home), "state")
        raise Conflict(
            f"L'étape « {row.label} » est maintenant « {row.state.label_fr} »{by}. Rien n'a été coché : relisez-la, "
            "puis recommencez s'il le faut."
        )
    with acting(session, viewer.actor_id, "tick_milestone", f"Étape « {row.label} » : {wanted.label_fr}", home):
        row.state, row.state_word = wanted, None
        row.done_on, row.done_precision = (on, DatePrecision.DAY) if is_done else (None, None)
        session.flush()
    return row


def refuse_removed(
    session: Session, viewer: Viewer, row: Milestone | LogbookNote, home: int, what: str, then: str
) -> NoReturn:
    """Raise `Archived` for a row that somebody took away: who, when, and what follows (`then`); `Refused`, which tells
    nothing, to who may not write there."""
    require(viewer, Operation.WRITE, home)
    by = by_whom(session, row, found(session, Initiative, home), "archived_at")
    raise Archived(f"{what} a été retirée{by}. {then}")


def attach_term(
    session: Session, viewer: Viewer, *, sheet_id: int, term_id: int, rank: int | None = None, position: int = 0
) -> SheetTerm:
    """Attach a word of the field (public, determinant, dispositif, milieu…) to a sheet; twice is once.

    `rank` is for determinants: 1 the principal, 2 and 3 the secondary ones; None when nobody ranked them.
    """
    home = writable(session, viewer, sheet_id)
    term = found(session, Term, term_id)
    known = session.scalars(
        select(SheetTerm).where(SheetTerm.sheet_id == sheet_id, SheetTerm.term_id == term_id)
    ).first()
    if known is not None and known.rank == rank:
        return known
    if rank is not None:
        _check_rank(session, sheet_id, term, rank)
    with acting(session, viewer.actor_id, "attach_term", f"{term.vocabulary.label_fr} : {term.label}", home):
        row = known or SheetTerm(sheet_id=sheet_id, term_id=term_id, position=position)
        row.rank = rank
        session.add(row)
        session.flush()
    return row


def _check_rank(session: Session, sheet_id: int, term: Term, rank: int) -> None:
    if term.vocabulary is not Vocabulary.DETERMINANT or not 1 <= rank <= 3:
        raise Invalid("Seuls les déterminants ont un rang : un principal, deux secondaires au plus.")
    taken = select(SheetTerm.id).where(
        SheetTerm.sheet_id == sheet_id, SheetTerm.rank == rank, SheetTerm.term_id != term.id
    )
    if session.scalars(taken).first() is not None:
        which = "un déterminant principal" if rank == 1 else "ce déterminant secondaire"
        raise Invalid(f"La fiche a déjà {which} : changez d'abord celui-là.")


def attach_place(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    territory_id: int | None = None,
    term_id: int | None = None,
    label: str | None = None,
    on_date: date | None = None,
    precision: DatePrecision | None = None,
    position: int = 0,
) -> SheetPlace:
    """Say where a sheet takes place: a territory, a milieu, or a name when neither is known. One of the three."""
    home = writable(session, viewer, sheet_id)
    if sum(part is not None for part in (territory_id, term_id, label)) != 1:
        raise Invalid("Un lieu est un territoire, un milieu ou un nom : indiquez-en un seul.")
    if territory_id is not None:
        found(session, Territory, territory_id)
    row = SheetPlace(
        sheet_id=sheet_id,
        territory_id=territory_id,
        term_id=term_id,
        label=words(label, "Le nom du lieu", 300) if label is not None else None,
        on_date=on_date,
        on_date_precision=(precision or DatePrecision.DAY) if on_date else None,
        position=position,
    )
    with acting(session, viewer.actor_id, "attach_place", "Ajout d'un lieu", home):
        session.add(row)
    return row
