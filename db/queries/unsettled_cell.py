"""One cell that waits to be settled, with all that answering it needs."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.exchange.export import CHOICES
from db.exchange.fields import AXIS_FIELDS, CellKind, Field
from db.exchange.settling import STEP_FIELDS, STEPS_ONLY, of_step
from db.exchange.shown import entry_words
from db.models import Amendment, FundingEvent, FundingLine, Milestone, Organisation, Unsettled
from db.queries import facts, reads
from db.queries.choices import edit_choices
from db.queries.funding import foreseen_lines
from db.queries.unsettled import unsettled_cells
from db.rules.settling import Asked, CellQuestion, StepChoice
from db.rules.sheet import UnsettledCell
from db.rules.vocabulary import FundingStage, MilestoneState, PlacementEntry, Vocabulary
from db.viewer import Viewer

THE_SHEET = StepChoice(None, "La fiche elle-même")
A_DATE = "15/03/2027, mars 2027, T2 2027, S1 2027 ou 2027"
HELP: dict[Field | CellKind, str] = {
    Field.DONE_ON: "La date écrite ici coche l'étape.",
    Field.PLAIN_LINE: "200 signes au plus.",
    CellKind.DATE: A_DATE,
    CellKind.PERIOD: "2025-2027, de mars 2025 à juin 2026, T2 2025",
    CellKind.AMOUNT: "12 500, 12,5 k€, NC ou sans objet",
    CellKind.PERCENT: "45 %, NC ou sans objet",
}
TERMS = {
    Field.TARGET_GROUPS: Vocabulary.TARGET_GROUP,
    Field.DETERMINANTS: Vocabulary.DETERMINANT,
    Field.THEMES: Vocabulary.THEME,
    Field.SETTINGS: Vocabulary.SETTING,
    Field.LINKED_SCHEMES: Vocabulary.LINKED_SCHEME,
}
STRUCTURES = (Field.LEAD, Field.CO_LEAD, Field.PARTNER, Field.BENEFICIARY, Field.FUNDER)
PEOPLE = (Field.LEAD_CONTACT, Field.ELECTED_LEAD)
LONG = (CellKind.TEXT, CellKind.STRUCTURE)
SHORT_TEXTS = (Field.LEAD_SERVICE, Field.UNBLOCKED_BY, Field.WEATHER_SIGNED_BY)
ASKED = {
    **{field: Asked.TEXT for field in Field if field.kind in LONG and field not in SHORT_TEXTS},
    **dict.fromkeys((*TERMS, *STRUCTURES, *PEOPLE, Field.PLACES), Asked.SEVERAL),
    **dict.fromkeys(AXIS_FIELDS, Asked.ONE),
    Field.FUNDER_AMOUNT: Asked.AMOUNTS,
}
MENDED = (Field.PLAIN_LINE, Field.STATUS_UNTIL, Field.DONE_ON)
"""What the file wrote there can be read: it is to be shortened, or to go with something else."""
STATES = tuple(state.label_fr for state in MilestoneState)
AT_ONCE = 9
"""The answers that a click each gives: beyond, they are a list."""


@reads("initiative", "directory", "reference")
def cell_to_settle(session: Session, viewer: Viewer, initiative_id: int, on: date, cell_id: int) -> CellQuestion | None:
    """A cell of a plan as it is asked about; None when it no longer waits, or not for who looks.

    Raises Refused when the viewer may not read the plan.
    """
    waiting = unsettled_cells(session, viewer, initiative_id, on)
    cell = next((one for one in waiting if one.id == cell_id), None)
    row = session.get(Unsettled, cell_id) if cell is not None else None
    if cell is None or row is None:
        return None
    field = next((one for one in Field if one == row.field), None)
    if row.sheet_id is None:
        return CellQuestion(cell, Asked.CONTRACT if field is Field.ENDS_ON else Asked.ROW)
    if field is None:
        return CellQuestion(cell, Asked.ROW)
    steps, step = _steps(session, row, field, cell)
    at_once = cell.choices if len(cell.choices) <= AT_ONCE else ()
    if not at_once or at_once == STATES:
        at_once = _words(session, initiative_id, field)
    asked = ASKED.get(field, Asked.LINE)
    return CellQuestion(
        cell,
        asked,
        choices=at_once,
        of_step=STATES if field is Field.STATUS else (),
        offered=_names(session, viewer, initiative_id, on, field),
        may_be_new=field is not Field.DETERMINANTS,
        awaited=_awaited(session, row.sheet_id) if asked is Asked.AMOUNTS else (),
        steps=steps,
        step=step,
        help=HELP.get(field) or HELP.get(field.kind),
        proposed=row.raw if field in MENDED else "",
    )


def _names(session: Session, viewer: Viewer, initiative_id: int, on: date, field: Field) -> tuple[str, ...]:
    """The names that exist for a field that holds names."""
    if field in AXIS_FIELDS:
        return tuple(node.label for node in facts.axes(session, initiative_id))
    if field not in (*TERMS, *STRUCTURES, Field.FUNDER_AMOUNT, Field.PLACES):
        return ()
    known = edit_choices(session, viewer, initiative_id, on)
    if field is Field.PLACES:
        return known.places
    return known.words(TERMS[field]) if field in TERMS else known.organisations


def _words(session: Session, initiative_id: int, field: Field) -> tuple[str, ...]:
    """The words of a closed list; how a fiche came in, by the avenants that there are."""
    if field is not Field.ENTRY:
        return CHOICES.get(field, ())
    numbers = session.scalars(
        select(Amendment.number)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.number)
    )
    amendments = tuple(entry_words(PlacementEntry.AMENDMENT, number) for number in numbers)
    return (PlacementEntry.INITIAL.label_fr, *amendments, PlacementEntry.UNPLANNED.label_fr)


def _awaited(session: Session, sheet_id: int) -> tuple[str, ...]:
    """The funders of a fiche whose amount the plan does not say yet."""
    told = select(FundingEvent.line_id).where(
        FundingEvent.stage == FundingStage.PLANNED, FundingEvent.archived_at.is_(None)
    )
    rows = session.scalars(
        select(Organisation.name)
        .join(FundingLine, FundingLine.funder_id == Organisation.id)
        .where(FundingLine.id.in_(foreseen_lines(sheet_id)), FundingLine.id.not_in(told))
        .order_by(FundingLine.position, FundingLine.id)
    )
    return tuple(dict.fromkeys(rows))


def _steps(
    session: Session, row: Unsettled, field: Field, cell: UnsettledCell
) -> tuple[tuple[StepChoice, ...], StepChoice | None]:
    """What the cell may be about, when that is a question, and what the file says that it is about."""
    if field not in STEP_FIELDS:
        return (), None
    found = session.execute(
        select(Milestone.id, Milestone.label, Milestone.state_word)
        .where(Milestone.sheet_id == row.sheet_id, Milestone.archived_at.is_(None))
        .order_by(Milestone.position, Milestone.id)
    ).all()
    steps = [StepChoice(key, label) for key, label, _ in found]
    options = tuple(steps) if field in STEPS_ONLY else (THE_SHEET, *steps)
    said = [one for one in steps if (cell.source or "").endswith(of_step(one.label))]
    if not said and field is Field.STATUS and cell.choices == STATES:
        said = [one for one, (_, _, word) in zip(steps, found, strict=True) if word == row.raw]
    if said:
        return options, said[0] if len(said) == 1 else None
    if field in STEPS_ONLY:
        return options, steps[0] if len(steps) == 1 else None
    return (options, THE_SHEET) if steps else ((), None)
