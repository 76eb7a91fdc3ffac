"""Corrections that the coordinator accepts in one click: never blind, each one act that can be taken back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from db.commands.common import found, placed, writable
from db.commands.editing.groups import Desk, fuzzy
from db.commands.editing.save import held_at, write
from db.commands.logbook import add_reminder
from db.commands.series import declare_progress, declare_status
from db.errors import Conflict, Invalid
from db.exchange.shown import date_words
from db.journal import acting
from db.models import Milestone
from db.queries.corrections import correctable
from db.queries.plan import plan_state
from db.rules.corrections import ASKS, STATUSES, Choice, Seen, may_choose, next_monday, open_steps, seen
from db.rules.dates import late_from
from db.rules.forms import Written
from db.rules.lateness import CONFIRMED
from db.rules.plan import SheetRow
from db.rules.vocabulary import MilestoneState, Outcome, Status
from db.viewer import Viewer

LABELS: Mapping[Choice, str] = {
    Choice.TICK: "étapes cochées",
    Choice.RESUME: "repassée en cours",
    Choice.PAUSE: "mise en pause",
    Choice.START: "passée en cours",
    Choice.FINISH: "passée en terminée (réalisée)",
    Choice.CONFIRM: "avancement confirmé",
    Choice.ASK: "rappel mis pour demander des nouvelles",
    Choice.MOVE_START: "nouvelle date de début",
    Choice.MOVE_UNTIL: "nouvelle date de report",
    Choice.MOVE_END: "nouvelle date de fin",
    Choice.REVISE: "avancement revu",
}
FIELDS: Mapping[Choice, str] = {
    Choice.MOVE_START: "starts",
    Choice.MOVE_UNTIL: "until",
    Choice.MOVE_END: "ends",
    Choice.REVISE: "progress",
}
"""The field that is written with what was typed."""
WITH_UNTIL = ("status", "outcome", "until", "reason", "unblocked_by", "to_discuss")


def correct(
    session: Session,
    viewer: Viewer,
    *,
    placement_id: int,
    choice: Choice,
    as_seen: Seen,
    on: date,
    typed: str | None = None,
) -> None:
    """Write the correction accepted for a sheet, dated `on`; `typed` is the date or the percentage of those that ask.

    Raises Conflict, and writes nothing, when the sheet is no longer as it was seen (`db.rules.corrections.seen`), and
    Invalid when what was typed cannot be kept or would leave the sheet as contradictory as it is.
    """
    placement = placed(session, viewer, placement_id)
    home = writable(session, viewer, placement.sheet_id)
    preparing = replace(viewer, published_only=False)
    sheets = plan_state(session, preparing, placement.initiative_id, on).sheets
    sheet = next((row for row in sheets if row.placement_id == placement_id), None)
    if sheet is None or seen(sheet) != as_seen or not may_choose(sheet, choice):
        raise Conflict(
            f"La fiche « {sheet.label if sheet else placement.code or placement_id} » a changé depuis que cette liste "
            "est affichée. Rien n'a été écrit : relisez-la ci-dessous, puis choisissez de nouveau s'il le faut."
        )
    label = f"Correction de la fiche « {sheet.label} » : {LABELS[choice]}"
    with acting(session, viewer.actor_id, "correct", label, home):
        desk = Desk(session, preparing, home, on)
        if choice in STATUSES:
            _declare(desk, sheet, STATUSES[choice])
        elif choice.is_typed:
            _write_typed(desk, sheet, choice, typed)
        elif choice is Choice.TICK:
            _tick(desk, sheet)
        elif choice is Choice.CONFIRM:
            _confirm(desk, sheet)
        else:
            _ask(desk, sheet, placement.initiative_id)
        session.flush()


def _declare(desk: Desk, sheet: SheetRow, status: Status) -> None:
    """A new status from today; that it is to be discussed in a meeting stays so."""
    declare_status(
        desk.session,
        desk.viewer,
        sheet_id=sheet.sheet_id,
        status=status,
        on=desk.on,
        outcome=Outcome.FULL if status is Status.DONE else None,
        to_discuss=sheet.to_discuss,
    )


def _tick(desk: Desk, sheet: SheetRow) -> None:
    """The open étapes are done, on a day that nobody knows."""
    for step in open_steps(sheet):
        row = found(desk.session, Milestone, step.id)
        row.state, row.state_word = MilestoneState.DONE, None


def _confirm(desk: Desk, sheet: SheetRow) -> None:
    declare_progress(
        desk.session,
        desk.viewer,
        sheet_id=sheet.sheet_id,
        on=desk.on,
        percent=sheet.progress.percent,
        comment=CONFIRMED,
    )


def _ask(desk: Desk, sheet: SheetRow, plan: int) -> None:
    """A reminder of the plan looked at: another that has the sheet has its own."""
    told = correctable(desk.session, desk.viewer, plan, desk.on)
    if told is not None and sheet.sheet_id in told.asked:
        due = told.asked[sheet.sheet_id]
        raise Invalid(f"Un rappel est déjà mis pour le {due:%d/%m/%Y} : rien n'a été ajouté.")
    add_reminder(
        desk.session,
        desk.viewer,
        initiative_id=plan,
        text=ASKS,
        due=next_monday(desk.on),
        sheet_id=sheet.sheet_id,
    )


def _write_typed(desk: Desk, sheet: SheetRow, choice: Choice, typed: str | None) -> None:
    """Write what was typed by the fiche's own form; what leaves the contradiction as it is is refused."""
    name = FIELDS[choice]
    if not (typed or "").strip():
        what = "un pourcentage" if choice is Choice.REVISE else "une date"
        raise Invalid(f"{choice.label_fr} : écrivez {what}.")
    if choice is not Choice.REVISE:
        _to_come(desk, choice, typed)
    fields = WITH_UNTIL if choice is Choice.MOVE_UNTIL else (name,)
    values: dict[str, Written] = {**held_at(desk, [sheet.sheet_id], fields)[sheet.sheet_id], name: typed}
    write(desk, sheet.sheet_id, values, [name])
    if choice is Choice.REVISE and _still_full(desk, sheet):
        raise Invalid("Un avancement de 100 % est celui d'une fiche terminée : écrivez ce qu'il est aujourd'hui.")


def _to_come(desk: Desk, choice: Choice, typed: str | None) -> None:
    read = fuzzy(typed, choice.label_fr, end=choice is not Choice.MOVE_START)
    if read is None:
        raise Invalid(f"{choice.label_fr} : « {typed} » n'est pas une date. Écrivez par exemple mars 2027.")
    if late_from(read) <= desk.on:
        raise Invalid(
            f"{choice.label_fr} : {date_words(read)} est déjà passé. Donnez une date à venir ; ce que vous avez tapé "
            "est gardé."
        )


def _still_full(desk: Desk, sheet: SheetRow) -> bool:
    desk.session.flush()
    held = held_at(desk, [sheet.sheet_id], ["progress"])[sheet.sheet_id]
    return bool(held["progress"] == "100 %")
