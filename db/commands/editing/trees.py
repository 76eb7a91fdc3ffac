"""The fields of a fiche that are rows of their own: the tree of its objectives, its étapes."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from db.commands.editing.groups import Desk, Group, Values, fuzzy, text, word, written_date
from db.errors import Invalid
from db.exchange.shown import date_words
from db.models import Milestone, Organisation, SheetObjective
from db.models.base import now_utc
from db.rules.dates import FuzzyDate, first_day, last_day
from db.rules.forms import Written
from db.rules.plan import fuzzy as fuzzy_of
from db.rules.sections import LABELS
from db.rules.vocabulary import MilestoneState, ObjectiveLevel

OBJECTIVE_LENGTH, STEP_LENGTH, HEAVIEST = 2000, 300, 100


def _read_objectives(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    rows = desk.session.scalars(
        select(SheetObjective)
        .where(SheetObjective.sheet_id.in_(sheets), SheetObjective.archived_at.is_(None))
        .order_by(SheetObjective.position, SheetObjective.id)
    )
    found: dict[int, list[dict[str, Written]]] = {sheet: [] for sheet in sheets}
    for row in rows:
        found[row.sheet_id].append({"id": row.id, "level": row.level.label_fr, "code": row.code, "text": row.text})
    return {sheet: {"objectives": nodes} for sheet, nodes in found.items()}


def _write_objectives(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    """The rows in their order; each stands under the last one above it of a wider level."""
    held = {row.id: row for row in desk.session.scalars(_objectives_of(sheet_id))}
    above: dict[ObjectiveLevel, int] = {}
    levels = list(ObjectiveLevel)
    for position, told in enumerate(_rows(values["objectives"], "text")):
        level = word(ObjectiveLevel, told.get("level"), "Niveau de l'objectif") or ObjectiveLevel.OPERATIONAL
        row = held.pop(told.get("id") or 0, None) or SheetObjective(sheet_id=sheet_id)
        row.level, row.position = level, position
        row.text = text(told["text"], "Objectif", OBJECTIVE_LENGTH) or ""
        row.code = text(told.get("code"), "Numéro de l'objectif", 20)
        wider = [above[other] for other in levels[: levels.index(level)] if other in above]
        row.parent_id = wider[-1] if wider else None
        desk.session.add(row)
        desk.session.flush()
        above = {other: key for other, key in above.items() if levels.index(other) < levels.index(level)}
        above[level] = row.id
    for row in held.values():
        row.archived_at = now_utc()


def _objectives_of(sheet_id: int) -> Select[SheetObjective]:
    return select(SheetObjective).where(SheetObjective.sheet_id == sheet_id, SheetObjective.archived_at.is_(None))


def _rows(value: Written, main: str) -> list[dict[str, Any]]:
    """The rows in which something is written."""
    return [row for row in value or [] if str(row.get(main) or "").strip()]


OBJECTIVES = Group(fields=("objectives",), tables=("sheet_objective",), read=_read_objectives, write=_write_objectives)


def _read_steps(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    m = Milestone
    rows = desk.session.execute(
        select(m, Organisation.name)
        .outerjoin(Organisation, Organisation.id == m.lead_id)
        .where(m.sheet_id.in_(sheets), m.archived_at.is_(None))
        .order_by(m.position, m.id)
    )
    found: dict[int, list[dict[str, Written]]] = {sheet: [] for sheet in sheets}
    for row, lead in rows:
        found[row.sheet_id].append(
            {
                "id": row.id,
                "label": row.label,
                "state": row.state.label_fr,
                "due": written_date(row.due_on, row.due_precision),
                "done": written_date(row.done_on, row.done_precision),
                "lead": lead,
                "weight": row.weight,
            }
        )
    return {sheet: {"milestones": steps} for sheet, steps in found.items()}


def _write_steps(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    """The steps in their order. One whose due date changed must fall within the fiche."""
    of_sheet = select(Milestone).where(Milestone.sheet_id == sheet_id, Milestone.archived_at.is_(None))
    held = {row.id: row for row in desk.session.scalars(of_sheet)}
    for position, told in enumerate(_rows(values["milestones"], "label")):
        row = held.pop(told.get("id") or 0, None) or Milestone(sheet_id=sheet_id)
        row.label = text(told["label"], "Nom de l'étape", STEP_LENGTH) or ""
        what = f"Étape « {row.label} »"
        due = fuzzy(told.get("due"), f"{what}, échéance", end=True)
        if due is not None and fuzzy_of(row.due_on, row.due_precision) != due:
            within(desk, sheet_id, row.label, due)
        state = word(MilestoneState, told.get("state"), what) or MilestoneState.PLANNED
        done = fuzzy(told.get("done"), f"{what}, date de réalisation") if state is MilestoneState.DONE else None
        row.state_word = row.state_word if row.state is state else None
        row.state, row.position, row.weight = state, position, _weight(told.get("weight"), what)
        row.due_on, row.due_precision = (due.day, due.precision) if due else (None, None)
        row.done_on, row.done_precision = (done.day, done.precision) if done else (None, None)
        row.lead_id = desk.organisation(told["lead"], f"{what}, responsable") if told.get("lead") else None
        desk.session.add(row)
    for row in held.values():
        row.archived_at = now_utc()
    desk.session.flush()


def within(desk: Desk, sheet_id: int, label: str, due: FuzzyDate) -> None:
    """`Invalid` when a step is due before its fiche begins or after it ends."""
    sheet = desk.sheet(sheet_id)
    starts = fuzzy_of(sheet.starts_on, sheet.starts_precision)
    ends = fuzzy_of(sheet.ends_on, sheet.ends_precision)
    told = f"L'étape « {label} » est à échéance : {date_words(due)}"
    if ends is not None and first_day(due) > last_day(ends):
        raise Invalid(f"{told}, après la fin de la fiche ({date_words(ends)}) : changez l'une des deux dates.")
    if starts is not None and last_day(due) < first_day(starts):
        raise Invalid(f"{told}, avant le début de la fiche ({date_words(starts)}) : changez l'une des deux dates.")


def _weight(value: Written, what: str) -> int:
    if value in (None, ""):
        return 1
    if not str(value).strip().isdigit() or not 1 <= int(str(value)) <= HEAVIEST:
        raise Invalid(f"{what} : le poids est un nombre entier, de 1 à {HEAVIEST}.")
    return int(str(value))


STEPS = Group(
    fields=("milestones",),
    tables=("milestone",),
    read=_read_steps,
    write=_write_steps,
    columns={"milestones": LABELS["milestones"]},
)
