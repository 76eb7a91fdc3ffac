"""« À vérifier »: each thing that a fiche contradicts, what may be accepted in one click, and what it would write."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from components import filters, formats, lists, notices, plan_views, workspace
from components.forms import Form
from components.text import escape
from db.rules.consistency import Discrepancy, Finding
from db.rules.corrections import STATUSES, Choice, Correctable, next_monday, open_steps, proposed, seen
from db.rules.dates import FuzzyDate
from db.rules.forms import Written
from db.rules.lateness import TimeNote
from db.rules.plan import PlanState, SheetRow

OPEN = "corriger"
A_PAGE = 10
A_DATE = "15/03/2027, mars 2027, T2 2027, S1 2027 ou 2027"
Accept = Callable[..., bool]
HELP = {Choice.REVISE: "par exemple 80 %"}


def show(sheets: Sequence[SheetRow], state: PlanState, told: Correctable | None, accept: Accept) -> None:
    """The fiches to check, those of which nothing is left to do but wait for news last.

    The one that was just settled stays in its place as long as that is said: nothing slides under the pointer.
    """
    lists.counted(sheets, "est à vérifier", "sont à vérifier")
    if told is None:
        return
    here, keys = filters.kept(), {sheet.placement_id for sheet in sheets}
    listed = [sheet for sheet in state.sheets if sheet.placement_id in keys or _just_settled(sheet)]
    ordered = sorted(listed, key=lambda sheet: _waits(sheet, told) and not _just_settled(sheet))
    for sheet in ordered[:A_PAGE]:
        with st.container(border=True, gap="small", key=f"check_{sheet.placement_id}"):
            plan_views.sheet_link(sheet, here)
            st.markdown(f"{plan_views.badges(sheet)} &nbsp; {plan_views.leads(sheet)}")
            if _just_settled(sheet):
                st.markdown(":green[:material/check_circle: C'est fait.]")
            if sheet.placement_id in keys:
                of_sheet(sheet, state, told, accept)
    if len(ordered) > A_PAGE:
        rest = formats.plural(len(ordered) - A_PAGE, "autre fiche", "autres fiches")
        st.caption(f"Et {rest}, qui paraîtront à mesure que celles-ci quitteront la liste.")


def box(sheet: SheetRow, state: PlanState, told: Correctable | None, accept: Accept) -> None:
    """What is to be checked in the fiche that is open, folded under its head."""
    if told is not None:
        with st.expander("À vérifier", icon=":material/rule:", expanded=_is_open(sheet)):
            of_sheet(sheet, state, told, accept)


def _is_open(sheet: SheetRow) -> bool:
    """Whether a date or a percentage is being typed for this fiche."""
    asked = st.query_params.get(OPEN)
    return any(asked == _address(sheet, choice) for _, choices in proposed(sheet) for choice in choices)


def _just_settled(sheet: SheetRow) -> bool:
    return notices.done_in(_name(sheet))


def _name(sheet: SheetRow) -> str:
    return f"correct:{sheet.placement_id}"


def _waits(sheet: SheetRow, told: Correctable) -> bool:
    """Whether all that the fiche is asked is news, and somebody is already to ask for them."""
    return sheet.sheet_id in told.asked and all(Choice.ASK in choices for _, choices in proposed(sheet))


def of_sheet(sheet: SheetRow, state: PlanState, told: Correctable, accept: Accept) -> None:
    """Each thing to check in one fiche, with what may be accepted."""
    for thing, choices in proposed(sheet):
        st.markdown(f"**{sentence(thing)}**")
        if sheet.sheet_id in told.lent:
            st.caption("Cette fiche vient d'un autre plan, qui seul la corrige.")
            continue
        for choice in choices:
            if choice is Choice.ASK and sheet.sheet_id in told.asked:
                st.caption(f"Rappel déjà mis : demander des nouvelles le {formats.day(told.asked[sheet.sheet_id])}.")
            elif st.query_params.get(OPEN) == _address(sheet, choice):
                _form(sheet, state, choice, accept)
            else:
                _offer(sheet, state, choice, accept)


def sentence(thing: Finding | TimeNote) -> str:
    """What is to be checked, as Markdown."""
    if isinstance(thing, TimeNote):
        elapsed, done = formats.percent(thing.elapsed), formats.percent(thing.progress)
        return f"{elapsed} du temps écoulé, {done} d'avancement déclaré"
    said = formats.sentence_case(thing.kind.label_fr)
    if thing.open_milestones:
        return f"{said} ({formats.plural(thing.open_milestones, 'étape')})"
    if thing.kind is Discrepancy.ONGOING_WITHOUT_NEWS:
        return (
            f"{said} : les dernières sont du {formats.day(thing.since)}"
            if thing.since
            else f"{said} : il n'y en a jamais eu"
        )
    return f"{said} ({formats.day(thing.since)})" if thing.since else said


def _offer(sheet: SheetRow, state: PlanState, choice: Choice, accept: Accept) -> None:
    """A button, and beside it what it writes."""
    key = _address(sheet, choice)
    revision = workspace.standing().revisions.get(f"initiative:{state.initiative_id}", 0)
    left, right = st.columns([2, 5], vertical_alignment="center", gap="small")
    left.button(
        button(sheet, choice, state.on),
        key=f"accept_{key}",
        on_click=_open if choice.is_typed else _accept,
        args=(key,) if choice.is_typed else (sheet, state.on, choice, accept, f"correct:{key}:{revision}"),
        width="stretch",
    )
    right.markdown(f":gray[{writes(sheet, choice, state.on)}]")


def button(sheet: SheetRow, choice: Choice, on: date) -> str:
    """The words of the button that accepts a correction."""
    match choice:
        case Choice.TICK:
            count = len(open_steps(sheet))
            return "Cocher l'étape" if count == 1 else f"Cocher les {formats.plural(count, 'étape')}"
        case Choice.ASK:
            return f"Demander des nouvelles le {formats.day(next_monday(on))}"
        case Choice.CONFIRM:
            return f"Confirmer l'avancement ({formats.percent(sheet.progress.percent or 0)})"
        case _ if choice.is_typed:
            return f"{choice.label_fr}…"
    return choice.label_fr


def writes(sheet: SheetRow, choice: Choice, on: date) -> str:
    """What accepting a correction writes, said before it is, as Markdown."""
    today = formats.day(on)
    match choice:
        case Choice.TICK:
            names = [f"« {escape(step.label)} »" for step in open_steps(sheet)]
            told = "l'étape passe" if len(names) == 1 else "les étapes passent"
            return f"{formats.sentence_case(told)} à « franchie », sans date : {formats.listing(names)}."
        case Choice.ASK:
            return "Un rappel ce jour-là, dans votre carnet de bord ; la fiche ne change pas."
        case Choice.CONFIRM:
            done = formats.percent(sheet.progress.percent or 0)
            return f"Le même avancement, {done}, déclaré de nouveau au {today}."
        case Choice.FINISH:
            return f"Statut « terminée (réalisée) » au {today}."
        case Choice.RESUME:
            return f"Statut « en cours » au {today} ; les étapes restent ouvertes."
        case Choice.PAUSE:
            return f"Statut « en pause » au {today} ; la fiche n'attend plus de nouvelles."
        case Choice.MOVE_UNTIL:
            return f"{_replaces(sheet.until)} ; le motif reste."
        case Choice.MOVE_START:
            return f"{_replaces(sheet.starts)} ; la fiche reste à venir."
        case Choice.MOVE_END:
            return f"{_replaces(sheet.ends)}."
        case Choice.REVISE:
            return f"L'avancement que vous écrirez, au {today}."
    return f"Statut « {STATUSES[choice].label_fr} » au {today}."


def _replaces(held: FuzzyDate | None) -> str:
    """What a date that is still to be typed takes the place of."""
    return f"La date que vous écrirez remplace « {formats.fuzzy(held.day, held.precision)} »" if held else ""


def _form(sheet: SheetRow, state: PlanState, choice: Choice, accept: Accept) -> None:
    """The date or the percentage of a correction that asks for one."""
    key = _address(sheet, choice)
    form = Form(workspace.draft(f"correct:{key}"))
    with st.container(key=f"form_{key}", width=460):
        form.line("typed", choice.label_fr, placeholder=HELP.get(choice, A_DATE))

        def save(values: dict[str, Written]) -> None:
            done = accept(
                placement_id=sheet.placement_id,
                choice=choice,
                as_seen=seen(sheet),
                on=state.on,
                typed=values["typed"],
                told=_told(sheet, choice),
                closes=form.draft.key,
            )
            if done:
                _close()

        form.actions("Enregistrer", save, _close)


def _address(sheet: SheetRow, choice: Choice) -> str:
    """What the address says of a correction being typed."""
    return f"{choice.value}-{sheet.placement_id}"


def _open(key: str) -> None:
    st.query_params[OPEN] = key
    st.query_params.pop(workspace.DRAFT, None)


def _close() -> None:
    for name in (OPEN, workspace.DRAFT):
        st.query_params.pop(name, None)


def _accept(sheet: SheetRow, on: date, choice: Choice, accept: Accept, once: str) -> None:
    accept(
        placement_id=sheet.placement_id,
        choice=choice,
        as_seen=seen(sheet),
        on=on,
        told=_told(sheet, choice),
        once=once,
        of=_name(sheet),
    )


DONE = {
    Choice.TICK: "les étapes sont cochées",
    Choice.RESUME: "la fiche est de nouveau en cours",
    Choice.PAUSE: "la fiche est en pause",
    Choice.ASK: "le rappel est mis",
    Choice.START: "la fiche est en cours",
    Choice.FINISH: "la fiche est terminée",
    Choice.CONFIRM: "l'avancement est confirmé",
    Choice.MOVE_START: "la date de début est changée",
    Choice.MOVE_UNTIL: "la date de report est changée",
    Choice.MOVE_END: "la date de fin est changée",
    Choice.REVISE: "l'avancement est revu",
}


def _told(sheet: SheetRow, choice: Choice) -> str:
    return f"{escape(sheet.label)} : {DONE[choice]}."
