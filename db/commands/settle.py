"""Settling « à préciser »: a cell that nobody could read is written where it belongs, or left as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from db.commands.common import writable
from db.commands.contract import rewrite_contract
from db.commands.contract_typed import read_contract
from db.commands.editing.groups import Desk
from db.commands.editing.save import author_of
from db.commands.settle_writers import HELD, CellWriter, held_words
from db.errors import Conflict, Invalid, Refused
from db.exchange.fields import Field
from db.exchange.settling import written_text
from db.journal import acting, names_people
from db.models import ActionSheet, Unsettled
from db.models.base import now_utc
from db.queries.contract import contract_base
from db.rights import Operation
from db.rules.forms import Clash, Written
from db.rules.settling import AS_IT_IS, CONTRACT_DAYS, FIELD, HELD_NOW
from db.viewer import UNKNOWN, Viewer, require


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that waits: its row, its field when this release still has it, and the plan whose it is."""

    row: Unsettled
    field: Field | None
    home: int

    @property
    def name(self) -> str:
        """How its field is called."""
        return self.field.label_fr if self.field else self.row.field


def settle_cell(
    session: Session,
    viewer: Viewer,
    *,
    unsettled_id: int,
    written: Written,
    on: date,
    step_id: int | None = None,
    instead_of: str | None = None,
) -> None:
    """Write what a cell means in its field, and note that it is settled: one act.

    `written` is read as the import reads a file: a text, a list of names, each funder with its amount, or the days of
    the contract. `step_id` is the étape that the cell is about. What the field holds is replaced only when it is
    `instead_of`, the words that were shown; anything else, written by somebody meanwhile, raises Conflict with both
    values. Raises Invalid, with the reader's own sentence, when the value cannot be understood. What moves is a new
    entry of its series, dated `on`.
    """
    cell = _waiting(session, viewer, unsettled_id)
    about = _about(session, cell)
    with acting(session, viewer.actor_id, "settle_cell", f"Cellule précisée : {cell.name.lower()}{about}", cell.home):
        if cell.row.sheet_id is None:
            _settle_contract(session, viewer, cell, written, on, instead_of)
        else:
            _settle_sheet(session, viewer, cell, written, on, step_id, instead_of)
        _mark(cell.row, written_text(written))
        session.flush()


def set_aside_cell(session: Session, viewer: Viewer, *, unsettled_id: int) -> None:
    """Note that a cell has nothing to say: what its field holds stays as it is."""
    cell = _waiting(session, viewer, unsettled_id)
    label = f"Cellule laissée telle quelle : {cell.name.lower()}{_about(session, cell)}"
    with acting(session, viewer.actor_id, "set_aside_cell", label, cell.home):
        _mark(cell.row, AS_IT_IS)
        session.flush()


def cell_base(session: Session, viewer: Viewer, *, unsettled_id: int, on: date) -> dict[str, Written]:
    """What the field of a cell holds when its form is opened, in words; None when it is empty, as it should be."""
    cell = _waiting(session, viewer, unsettled_id)
    if cell.row.sheet_id is None:
        base = contract_base(session, viewer, initiative_id=cell.home, on=on)
        return {HELD_NOW: _days_words(base), **{name: base.get(name) for name in CONTRACT_DAYS}}
    if cell.field is None:
        return {HELD_NOW: None}
    return {HELD_NOW: held_words(_desk(session, viewer, cell, on), cell.row.sheet_id, cell.field)}


def _waiting(session: Session, viewer: Viewer, unsettled_id: int) -> _Cell:
    """A cell that still waits, of a plan where the viewer writes."""
    row = session.get(Unsettled, unsettled_id)
    if row is None:
        raise Refused(UNKNOWN)
    if row.sheet_id is not None:
        home = writable(session, viewer, row.sheet_id)
    else:
        home = row.initiative_id or 0
        require(viewer, Operation.WRITE, home)
    if row.settled_at is not None or row.archived_at is not None:
        raise Invalid("Cette cellule n'attend plus : quelqu'un l'a déjà précisée. Rien n'a été écrit.")
    return _Cell(row, next((field for field in Field if field == row.field), None), home)


def _about(session: Session, cell: _Cell) -> str:
    if cell.row.sheet_id is None:
        return ""
    return f", fiche « {session.get_one(ActionSheet, cell.row.sheet_id).title} »"


def _mark(row: Unsettled, words: str) -> None:
    """The words chosen are kept beside the source's own, but where they name people: their row alone has the name."""
    row.settled_at = now_utc()
    row.settled_as = None if names_people(row.field) else words


def _desk(session: Session, viewer: Viewer, cell: _Cell, on: date) -> Desk:
    return Desk(session, replace(viewer, published_only=False), cell.home, on)


def _settle_sheet(
    session: Session,
    viewer: Viewer,
    cell: _Cell,
    written: Written,
    on: date,
    step_id: int | None,
    instead_of: str | None,
) -> None:
    if cell.field is None or cell.row.sheet_id is None:
        raise Invalid(
            f"« {cell.name} » n'est plus un champ de Balise : reprenez ce texte sur la fiche, puis choisissez "
            "« Laisser tel quel »."
        )
    writer = CellWriter(_desk(session, viewer, cell, on), cell.row.sheet_id, cell.field, cell.row.raw)
    held = writer.step_words(step_id) if step_id is not None else writer.held(written)
    if held is not None and held != instead_of:
        raise _conflict(session, cell, held, written, instead_of, by_name=step_id is None)
    writer.write(written, step_id)


def _conflict(
    session: Session, cell: _Cell, held: str, written: Written, base: str | None, *, by_name: bool
) -> Conflict:
    """Both values, and who wrote the other when the journal says so."""
    name = next(iter(HELD.get(cell.field, ())), None) if by_name and cell.field else None
    author = author_of(session, cell.row.sheet_id, name, 0) if name and cell.row.sheet_id else None
    clash = Clash(
        f"{FIELD}:{cell.row.id}",
        cell.name,
        base,
        held,
        written_text(written),
        author.label if author else None,
        author.at if author else None,
    )
    return Conflict(
        f"« {cell.name} » contient déjà « {held[:200]} ». Rien n'a été écrit : choisissez ci-dessous ce qui reste.",
        clashes=(clash,),
    )


def _settle_contract(
    session: Session, viewer: Viewer, cell: _Cell, written: Written, on: date, instead_of: str | None
) -> None:
    """The days of the contract, that the title of a file announces; a row left aside is settled by another import."""
    if cell.field is not Field.ENDS_ON:
        raise Invalid(
            "Cette ligne du fichier a été laissée de côté tout entière : corrigez le numéro ou le titre, dans le "
            "fichier ou sur la fiche, importez-le de nouveau, puis choisissez « Laisser tel quel »."
        )
    told = {name: written.get(name) for name in CONTRACT_DAYS} if isinstance(written, Mapping) else {}
    if not any(told.values()):
        raise Invalid("Dites au moins l'une des trois dates du contrat.")
    base = contract_base(session, viewer, initiative_id=cell.home, on=on)
    now = _days_words(base)
    if now is not None and now != instead_of:
        raise _conflict(session, cell, now, told, instead_of, by_name=False)
    terms = read_contract(session, cell.home, {**base, **{name: day for name, day in told.items() if day}})
    rewrite_contract(session, viewer, initiative_id=cell.home, terms=terms)


def _days_words(base: Mapping[str, Written]) -> str | None:
    told = [f"{label.lower()} {base[name]}" for name, label in CONTRACT_DAYS.items() if base.get(name)]
    return ", ".join(told) or None
