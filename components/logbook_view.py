"""The page « Carnet de bord »: its lines, newest first, what each may become, and the reminders."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from components import formats, logbook, logbook_forms, workspace
from components.filters import kept
from components.logbook import OF_SHEET, OF_STRUCTURE, SHEET_PAGE
from components.logbook_forms import NEW, Carnet, Verb
from components.text import escape
from db.rules.logbook import NoteLine, ReminderLine, matching
from db.rules.text import sort_key

WORDS, PAGE_ASKED = "mots_notes", "page_carnet"
A_PAGE = 20
Command = Callable[..., Any]

NAMES = {
    Verb.WEATHER: ":material/partly_cloudy_day: En faire une météo",
    Verb.MILESTONE: ":material/flag: En faire une étape",
    Verb.REMINDER: ":material/notifications: En faire un rappel",
    Verb.ATTACH: ":material/link: Rattacher",
    Verb.REWRITE: ":material/edit: Modifier",
    Verb.REMOVE: ":material/delete: Retirer",
}


def closed(writes: bool, show_preparation: Callable[[], None]) -> None:
    """For who may not read the carnet, and for who may, but looks at what the committee sees."""
    if not writes:
        st.info("Le carnet de bord est privé : seule la coordination de cette démarche le lit.")
        return
    view = f"«{formats.NBSP}En préparation{formats.NBSP}»"
    st.info(f"Le carnet de bord n'est pas dans ce que voit le comité : il se lit dans la vue {view}.")
    st.button("Passer en préparation", icon=":material/edit_note:", on_click=show_preparation)


def show(carnet: Carnet) -> None:
    """The filters, the lines, the reminders."""
    st.caption(
        "Privé : seule la coordination de la démarche le lit. Rien n'en paraît dans ce qui est publié, dans les "
        "documents ni dans l'historique des fiches."
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _notes(carnet)
    with right:
        _reminders(carnet)


def _notes(carnet: Carnet) -> None:
    if not carnet.notes:
        st.info(
            "Le carnet est vide. Écrivez en bas de n'importe quelle page, en préparation, puis Entrée : un appel, une "
            "promesse, une idée.",
            icon=":material/menu_book:",
        )
        return
    found = _filtered(carnet.notes)
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(st.session_state.get(PAGE_ASKED, 1), pages)
    for day, lines in groupby(found[(page - 1) * A_PAGE : page * A_PAGE], key=lambda note: note.noted_on):
        st.markdown(f"**{formats.sentence_case(formats.day(day))}** :gray[· {formats.ago(day, carnet.state.on)}]")
        for note in lines:
            _note(carnet, note)
    if not found:
        st.info("Aucune ligne ne correspond à ces filtres. Retirez-en un.", icon=":material/filter_alt:")
    if pages > 1:
        st.pagination(pages, key=PAGE_ASKED, bind="query-params")


def _filtered(notes: Sequence[NoteLine]) -> list[NoteLine]:
    """The filters in one line, and the lines they leave."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="logbook_filters"):
        words = st.text_input(
            "Chercher dans le carnet",
            key=WORDS,
            type="search",
            live="500ms",
            bind="query-params",
            placeholder="Chercher",
            label_visibility="collapsed",
            width=165,
        )
        sheet = _filter("Fiche", OF_SHEET, {note.about.sheet for note in notes}, 230)
        structure = _filter("Structure", OF_STRUCTURE, {note.about.organisation for note in notes}, 190)
        found = matching(notes, sheet, structure, words or "")
        st.caption(formats.out_of(len(found), len(notes), "ligne"), width="content")
    return found


def _filter(label: str, key: str, words: set[str | None], width: int) -> str | None:
    named = sorted((word for word in words if word), key=sort_key)
    return st.selectbox(
        label,
        named,
        index=None,
        key=key,
        bind="query-params",
        placeholder=label,
        label_visibility="collapsed",
        width=width,
    )


def _note(carnet: Carnet, note: NoteLine) -> None:
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key=f"note_{note.id}"):
        with st.container(gap="xxsmall"):
            st.markdown(logbook.note_words(note, with_about=note.about.placement_id is None, with_day=False))
            if note.about.placement_id is not None:
                _sheet_link(note)
        st.menu_button(
            "Que faire de cette ligne",
            _verbs(note),
            icon=":material/more_horiz:",
            help="Que faire de cette ligne",
            type="tertiary",
            format_func=lambda verb: NAMES[verb],
            key=_menu(note),
            on_click=_asked,
            args=(note, carnet.acts[Verb.REMOVE]),
        )
    verb = logbook_forms.is_open(str(note.id))
    if verb is not None:
        logbook_forms.of_note(carnet, note, verb)


def _sheet_link(note: NoteLine) -> None:
    address = kept(fiche=str(note.about.placement_id))
    more = f" :gray[· {escape(note.about.organisation)}]" if note.about.organisation else ""
    st.page_link(SHEET_PAGE, label=escape(note.about.sheet or "") + more, query_params=address)


def _verbs(note: NoteLine) -> list[Verb]:
    """What may be done with a line: only a fiche that one may write on receives a météo or a step."""
    onto_sheet = [Verb.WEATHER, Verb.MILESTONE] if note.about.is_writable else []
    return [*onto_sheet, Verb.REMINDER, Verb.ATTACH, Verb.REWRITE, Verb.REMOVE]


def _asked(note: NoteLine, remove: Command) -> None:
    verb = Verb(st.session_state[_menu(note)])
    if verb is Verb.REMOVE:
        workspace.act(remove, note_id=note.id, told="Ligne retirée du carnet.")
    else:
        logbook_forms.open_form(str(note.id), verb)


def _menu(note: NoteLine) -> str:
    return f"icon_note_menu_{note.id}"


def _reminders(carnet: Carnet) -> None:
    waiting = [reminder for reminder in carnet.reminders if reminder.done_on is None]
    done = [reminder for reminder in carnet.reminders if reminder.done_on is not None]
    st.header("Rappels", anchor=False)
    if logbook_forms.is_open(NEW) is Verb.ADD:
        logbook_forms.new_reminder(carnet)
    else:
        st.button(
            "Nouveau rappel",
            icon=":material/add_alert:",
            on_click=logbook_forms.open_form,
            args=(NEW, Verb.ADD),
        )
    if not waiting:
        st.markdown(":gray[Aucun rappel n'est en attente.]")
    for reminder in waiting:
        _waiting(carnet, reminder)
    if done:
        with st.expander(f"Rappels faits ({len(done)})", on_change="rerun", key="reminders_done") as past:
            if past.open:
                st.markdown("\n\n".join(_done_words(reminder) for reminder in done))


def _waiting(carnet: Carnet, reminder: ReminderLine) -> None:
    """A reminder to come: done with one click, or put on another day."""
    line = f"r{reminder.id}"
    move = partial(logbook_forms.open_form, line, Verb.MOVE)
    logbook.reminder_row(reminder, carnet.state.on, carnet.acts[Verb.CLOSE], with_about=True, move=move)
    if logbook_forms.is_open(line) is Verb.MOVE:
        logbook_forms.move_reminder(carnet, reminder)


def _done_words(reminder: ReminderLine) -> str:
    done = formats.day(reminder.done_on) if reminder.done_on else ""
    about = " · ".join([f"fait le {done}", *logbook.about_words(reminder.about)])
    return f":material/check: {escape(reminder.text)}  \n:small[:gray[{about}]]"
