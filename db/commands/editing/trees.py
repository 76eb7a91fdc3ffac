"""The fields of a fiche that are rows of their own: the tree of its objectives, its étapes."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select

from db.commands.editing.groups import Desk, Group, Values, fuzzy, same, text, tidy_date, word, written_date
from db.errors import Invalid
from db.exchange.shown import date_words
from db.models import ActionSheet, Milestone, Organisation, SheetObjective
from db.models.base import now_utc
from db.rules.dates import FuzzyDate, first_day, last_day
from db.rules.forms import Written
from db.rules.plan import fuzzy as fuzzy_of
from db.rules.vocabulary import MilestoneState, ObjectiveLevel

OBJECTIVE_LENGTH, STEP_LENGTH, HEAVIEST = 2000, 300, 100
OPEN = (MilestoneState.PLANNED.label_fr, MilestoneState.ONGOING.label_fr)
Span = tuple[FuzzyDate | None, FuzzyDate | None]
"""When a fiche begins and ends."""


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
    rows = _rows(values["objectives"], "text", ("code",), "L'objectif {} de la liste n'a pas de texte")
    for position, told in enumerate(rows):
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


def _rows(value: Written, main: str, others: Collection[str], said: str) -> list[dict[str, Any]]:
    """The rows in which something is written. `Invalid` for those without their `main` cell that are there already, or
    of which one of the `others` is filled: nothing typed is left out, and nothing taken away, without a word."""
    rows = [(place, row, _is_blank(row.get(main))) for place, row in enumerate(value or [], 1)]
    filled = [place for place, row, _ in rows if row.get("id") or not all(_is_blank(row.get(name)) for name in others)]
    nameless = [place for place, _, blank in rows if blank and place in filled]
    if nameless:
        told = " ".join(f"{said.format(place)}." for place in nameless)
        raise Invalid(f"{told} Écrivez-le, ou retirez la ligne par sa croix.")
    return [row for _, row, blank in rows if not blank]


def _is_blank(value: Written) -> bool:
    return not str(value if value is not None else "").strip()


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
    filled = ("due", "done", "lead")
    rows = _rows(values["milestones"], "label", filled, "L'étape {} de la liste n'a pas de nom")
    for position, told in enumerate(rows):
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
    starts, ends = span_of(desk.sheet(sheet_id))
    told = f"L'étape « {label} » est à échéance : {date_words(due)}"
    if ends is not None and _is_after(due, ends):
        raise Invalid(f"{told}, après la fin de la fiche ({date_words(ends)}) : changez l'une des deux dates.")
    if starts is not None and _is_before(due, starts):
        raise Invalid(f"{told}, avant le début de la fiche ({date_words(starts)}) : changez l'une des deux dates.")


def span_of(sheet: ActionSheet) -> Span:
    """When a fiche begins and ends, as it was typed."""
    return fuzzy_of(sheet.starts_on, sheet.starts_precision), fuzzy_of(sheet.ends_on, sheet.ends_precision)


def keep_within(desk: Desk, sheet_id: int, before: Span, values: Values) -> None:
    """`Invalid`, naming them, when dates that just moved leave out open steps that were due within those of `before`.

    The steps are those of `values` when the form holds them; a due date typed with the dates is checked by itself.
    """
    held = {row["id"]: row for row in _read_steps(desk, [sheet_id])[sheet_id]["milestones"]}
    steps = values["milestones"] if "milestones" in values else held.values()
    kept = [
        (row["label"], due)
        for row in steps or ()
        if row.get("state") in OPEN
        and (step := held.get(row.get("id"))) is not None
        and same(tidy_date(row.get("due"), end=True), step["due"])
        and (due := fuzzy(step["due"], "", end=True)) is not None
    ]
    for side, out, what, when in ((1, _is_after, "La fin", "avant"), (0, _is_before, "Le début", "après")):
        was, now = before[side], span_of(desk.sheet(sheet_id))[side]
        if now is None:
            continue
        out_now = [(label, due) for label, due in kept if out(due, now) and (was is None or not out(due, was))]
        left = [f"« {label} » ({date_words(due)})" for label, due in out_now]
        if left:
            raise Invalid(
                f"{what} de la fiche ({date_words(now)}) vient {when} l'échéance d'étapes qui restent à franchir : "
                f"{', '.join(left)}. Changez l'une de ces dates."
            )


def _is_after(due: FuzzyDate, ends: FuzzyDate) -> bool:
    return first_day(due) > last_day(ends)


def _is_before(due: FuzzyDate, starts: FuzzyDate) -> bool:
    return last_day(due) < first_day(starts)


def _weight(value: Written, what: str) -> int:
    if value in (None, ""):
        return 1
    if not str(value).strip().isdecimal() or not 1 <= int(str(value)) <= HEAVIEST:
        raise Invalid(f"{what} : le poids est un nombre entier, de 1 à {HEAVIEST}.")
    return int(str(value))


STEPS = Group(fields=("milestones",), tables=("milestone",), read=_read_steps, write=_write_steps)
