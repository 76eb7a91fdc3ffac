"""The carnet de bord wherever it is met: the line at the foot of every page, its rows, its part of a fiche."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from components import filters, formats, theme, workspace
from components.text import escape, paragraphs
from db.rules.initiative import InitiativeChoice
from db.rules.logbook import About, NoteLine, ReminderLine, SheetLogbook
from db.rules.plan import PlanState, SheetRow

PAGE, ADDRESS, SHEET_PAGE = "logbook.py", "carnet", "sheet.py"
LINE = "logbook_line"
PLACE = 18
"""How many characters say where the line goes: the whole fits on a phone."""
OF_SHEET, OF_STRUCTURE = "fiche_notee", "structure_notee"
Command = Callable[..., Any]
Plan = Callable[..., PlanState]


@dataclass(frozen=True, slots=True)
class Target:
    """What the line is about to be attached to: as it is asked, in few words, and as it is said once it is done."""

    asked: str
    said: str
    sheet_id: int | None = None
    organisation_id: int | None = None


def line(note: Command, plan_state: Plan, address: str, *, everywhere: bool) -> None:
    """One line and Enter, at the foot of the page, for who coordinates and looks at what is being prepared.

    It goes to the fiche of the page, or to the structure that the plan is filtered by; else to the démarche.
    `everywhere`: the page is of no démarche in particular, so that no reading of one is chosen there.
    """
    here = workspace.chosen()
    if here is None or not _is_open(here, everywhere):
        return
    target = _target(plan_state, address) or _plan(here)
    place = target.asked if len(target.asked) <= PLACE else f"{target.asked[: PLACE - 1].rstrip()}…"
    st.bottom.chat_input(f"Noter au carnet, {place} · Entrée", key=LINE, on_submit=_noted, args=(note, here, target))


def _is_open(here: InitiativeChoice, everywhere: bool) -> bool:
    return here in workspace.writes_in() if everywhere else workspace.viewer().coordinates(here.id)


def _target(plan_state: Plan, address: str) -> Target | None:
    """The fiche or the structure of the page, from the plan that the page itself reads; None when there is none."""
    if address == "fiche":
        asked = st.query_params.get("fiche")
        return _sheet(row for row in workspace.read(plan_state).sheets if str(row.placement_id) == asked)
    if address == "plan" and (name := filters.structure()):
        return _structure(workspace.read(plan_state), name)
    if address == ADDRESS and (label := chosen(OF_SHEET)):
        return _sheet(row for row in workspace.read(plan_state).sheets if row.label == label)
    return None


def chosen(name: str) -> str | None:
    """The word chosen in one of the carnet's filters, before they are drawn."""
    return st.session_state.get(name) or st.query_params.get(name)


def _sheet(found: Any) -> Target | None:
    row: SheetRow | None = next(found, None)
    if row is None:
        return None
    name = f"fiche {row.code}" if row.code else row.title
    return Target(name, f"sur la fiche « {escape(row.label)} »", sheet_id=row.sheet_id)


def _structure(state: PlanState, name: str) -> Target | None:
    known = {who.label: who.id for sheet in state.sheets for who in sheet.funders}
    known |= {who.label: who.id for sheet in state.sheets for who in sheet.leads}
    return Target(name, f"sur « {escape(name)} »", organisation_id=known[name]) if name in known else None


def _plan(here: InitiativeChoice) -> Target:
    return Target("démarche" if len(workspace.writes_in()) == 1 else here.label, f"sur « {escape(here.label)} »")


def _noted(note: Command, here: InitiativeChoice, target: Target) -> None:
    """Write the line; refused, it is back where it was typed."""
    text = st.session_state[LINE]
    done = workspace.act(
        note,
        initiative_id=here.id,
        text=text,
        noted_on=workspace.today(here),
        sheet_id=target.sheet_id,
        organisation_id=target.organisation_id,
        told=f"Noté au carnet, {target.said}.",
    )
    if not done:
        st.session_state[LINE] = text


def of_sheet(told: SheetLogbook | None, sheet: SheetRow, close: Command) -> None:
    """What the carnet says of a fiche, on its page: its open reminders, its last lines, the way to the others."""
    if told is None or not (told.total or told.reminders):
        return
    st.header("Carnet de bord")
    on = workspace.today(workspace.initiative())
    for reminder in told.reminders:
        reminder_row(reminder, on, close, with_about=False)
    for note in told.notes:
        st.markdown(note_words(note, with_about=False, with_day=True))
    rest = told.total - len(told.notes)
    label = f"Les {told.total} lignes de cette fiche" if rest > 0 else "Ouvrir au carnet"
    address = filters.kept(**{OF_SHEET: sheet.label})
    st.page_link(PAGE, label=label, icon=":material/menu_book:", query_params=address)


def note_words(note: NoteLine, *, with_about: bool, with_day: bool) -> str:
    """A line of the carnet, what it became, what it is about and who wrote it when it is somebody else, as Markdown."""
    day = f"**{formats.day(note.noted_on)}** · " if with_day else ""
    badge = f" :green-badge[devenue {note.became.label_fr}]" if note.became else ""
    about = about_words(note.about) if with_about else []
    facts = " · ".join([*about, *([] if note.is_mine else [f"par {escape(note.author)}"])])
    return f"{day}{paragraphs(note.text)}{badge}" + (f"  \n:small[:gray[{facts}]]" if facts else "")


def about_words(about: About) -> list[str]:
    """What a line or a reminder is about, in words."""
    sheet = [f"fiche {escape(about.sheet)}"] if about.sheet else []
    return [*sheet, *([escape(about.organisation)] if about.organisation else [])]


def reminder_row(
    reminder: ReminderLine, on: date, close: Command, *, with_about: bool, move: Callable[[], None] | None = None
) -> None:
    """An open reminder, past or to come, the button that says it is done, and where `move` is given that moves it."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"reminder_{reminder.id}"):
        st.markdown(reminder_words(reminder, on, with_about=with_about), width="stretch")
        done_button(reminder.id, on, close)
        if move is not None:
            st.button(
                "Changer de jour",
                icon=":material/event:",
                help="Changer de jour",
                type="tertiary",
                key=f"icon_reminder_move_{reminder.id}",
                on_click=move,
            )


def reminder_words(reminder: ReminderLine, on: date, *, with_about: bool) -> str:
    """What a reminder says and when, as Markdown; in the colour of what is late once its day has passed."""
    when = f"{formats.day(reminder.due_on)}, {formats.ago(reminder.due_on, on)}"
    late = reminder.done_on is None and reminder.due_on < on
    about = about_words(reminder.about) if with_about else []
    facts = f":{theme.LATE.markdown if late else 'gray'}[{when}]"
    more = f" :gray[· {' · '.join(about)}]" if about else ""
    return f":material/notifications: {paragraphs(reminder.text)}  \n:small[{facts}{more}]"


def done_button(reminder_id: int, on: date, close: Command) -> None:
    """« Fait »: the reminder is done, on that day."""
    st.button(
        "Fait",
        icon=":material/check:",
        type="tertiary",
        key=f"reminder_done_{reminder_id}",
        on_click=_close,
        args=(close, reminder_id, on),
    )


def _close(close: Command, reminder_id: int, on: date) -> None:
    workspace.act(close, reminder_id=reminder_id, on=on, told="Rappel fait.")
