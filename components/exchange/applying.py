"""The button that imports, the one that takes an import back, and what is said after each."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import streamlit as st

from components import overview, workspace
from components.cards import Link, follow
from components.exchange.door import close_door
from components.formats import agree, instant, listing, plural, sentence_case
from components.notice import Notice
from components.text import escape
from db.rules.imports import PastImport, Preview
from db.rules.initiative import InitiativeChoice
from db.rules.overview import understood
from db.rules.plan import PlanState

DONE = "exchange_done"
"""The act of the import that was just made, while its result is shown."""
PLAN, OVERVIEW = "plan.py", "overview.py"


class Once(Protocol):
    """Sees to it that a dry run is applied once."""

    def once(self, token: str, write: Callable[[], Any]) -> Any:
        """What `write` gave, the one time it was called for this token."""


Typed = Callable[[], dict[str, Any]]
"""What was typed of a new démarche, as it stands when the button is pressed."""
Save = Callable[[], str | None]
"""Makes a backup; says why when it could not, which stops nothing."""


def button(preview: Preview, token: str, trials: Once, command: Callable[..., Any], typed: Typed, save: Save) -> None:
    """The one button that writes; `command` is run once for a token, however many times it is clicked.

    `save` makes the backup that precedes it. `command(session, viewer, **typed())` gives an `Imported`.
    """
    if not preview.can_apply or not preview.changes_something:
        return
    st.button(
        _verb(preview),
        type="primary",
        icon=":material/upload:",
        key="exchange_apply",
        on_click=_apply,
        args=(token, trials, command, typed, save),
    )


def _verb(preview: Preview) -> str:
    """« Importer les 29 fiches », « Mettre à jour 3 fiches »."""
    count = len(preview.created)
    if preview.changed and count:
        return f"Importer {plural(count + preview.changed, 'fiche')}"
    if count:
        return f"Importer {agree(count, 'la', 'les')} {plural(count, 'fiche')}" if count > 1 else "Importer la fiche"
    return f"Mettre à jour {plural(preview.changed, 'fiche')}" if preview.changed else "Importer les axes"


def _apply(token: str, trials: Once, command: Callable[..., Any], typed: Typed, save: Save) -> None:
    told = typed()
    unsaved: list[str | None] = []

    def write() -> Any:
        unsaved.append(save())
        made: list[Any] = []
        done = workspace.act(lambda session, viewer: made.append(command(session, viewer, **told)))
        return made[0] if done else None

    # A second click may interrupt this callback wherever it touches the session: it then finds what was written.
    with st.spinner("Import en cours… Un plan de plusieurs milliers de fiches peut demander une minute."):
        made = trials.once(token, write)
    if made is None:
        return
    if unsaved and unsaved[0] is not None:
        st.session_state[workspace.NOTICE] = Notice(f"L'import est fait. {unsaved[0]}", is_refusal=True)
    st.session_state[workspace.CHOSEN] = made.initiative_code
    st.session_state[DONE] = made.act_id
    st.session_state[workspace.VIEW] = workspace.PREPARATION
    close_door()


def forget() -> None:
    """The result of the last import is no longer what the page is about."""
    st.session_state.pop(DONE, None)


def result(imports: Sequence[PastImport], state: PlanState, here: InitiativeChoice, undo: Callable[..., Any]) -> None:
    """What the import just made has written, where to see it, and how to take it back."""
    made = next((item for item in imports if item.act_id == st.session_state.get(DONE)), None)
    if made is None:
        return
    with st.container(border=True):
        st.header(":material/check_circle: Le plan est importé", anchor=False)
        st.markdown("\n".join(f"- {line}" for line in _said(made, state)))
        st.markdown(f"**{overview.FIRST_READING}**")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Voir la vue d'ensemble", type="primary", icon=":material/space_dashboard:"):
                st.switch_page(OVERVIEW, query_params={workspace.CHOSEN: here.code})
            if made.to_settle:
                cells = f"{plural(made.to_settle, 'cellule')} à préciser"
                follow(Link(PLAN, cells, {workspace.CHOSEN: here.code, "liste": "preciser"}, ":material/rule:"))
            _undo_button(made, here.label, undo, "Annuler cet import")


def _said(made: PastImport, state: PlanState) -> list[str]:
    """What was understood of a plan that came whole; only what was written of one that was brought up to date."""
    is_whole = made.created == len(state.sheets)
    return overview.understood_lines(understood(state), made.file) if is_whole else [written(made)]


def written(made: PastImport) -> str:
    """« 29 fiches créées, 2 modifiées et 1 ligne laissée de côté »."""
    parts = [
        f"{plural(made.created, 'fiche')} {agree(made.created, 'créée', 'créées')}" if made.created else "",
        f"{plural(made.updated, 'fiche')} {agree(made.updated, 'modifiée', 'modifiées')}" if made.updated else "",
        f"{plural(made.left, 'ligne')} {agree(made.left, 'laissée', 'laissées')} de côté" if made.left else "",
    ]
    return listing([part for part in parts if part]) or "Aucune fiche changée"


def past(imports: Sequence[PastImport], label: str, zone: str, undo: Callable[..., Any]) -> None:
    """The imports that stand in a démarche, the last one first."""
    st.header("Imports de cette démarche", anchor=False)
    if not imports:
        st.markdown(f"Aucun import n'a encore été fait dans « {escape(label)} ».")
        return
    for made in imports[:10]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"exchange_past_{made.act_id}"):
            when = instant(made.at_utc, ZoneInfo(zone))
            st.markdown(
                f"**{escape(made.file)}** · {written(made)}  \n:gray[{when} · {escape(made.author)}]", width="stretch"
            )
            _undo_button(made, label, undo, "Annuler")
    st.caption("Annuler retire tout ce qu'un import a écrit. Ce qui a été modifié depuis n'est jamais écrasé.")


def _undo_button(made: PastImport, label: str, undo: Callable[..., Any], words: str) -> None:
    pressed = st.button(
        words,
        type="tertiary",
        icon=":material/undo:",
        key=f"exchange_undo_{words}_{made.act_id}",
        help=f"Retirer tout ce que l'import de « {escape(made.file)} » a écrit",
    )
    if pressed:
        _ask(made, label, undo)


@st.dialog("Annuler un import", icon=":material/undo:")
def _ask(made: PastImport, label: str, undo: Callable[..., Any]) -> None:
    """Nothing is taken back before this was answered."""
    st.markdown(f"{_taken_back(made, escape(label))} Le fichier « {escape(made.file)} » reste chez vous.")
    with st.container(horizontal=True):
        if st.button("Retirer", type="primary", key="exchange_undo", on_click=_undo, args=(made, undo)):
            st.rerun()
        if st.button("Garder"):
            st.rerun()


def _taken_back(made: PastImport, label: str) -> str:
    """« Retirer les 29 fiches créées et la démarche « CLS » ? »."""
    count, updated = made.created, made.updated
    created = "la fiche créée" if count == 1 else f"les {plural(count, 'fiche')}"
    parts = [
        f"retirer {created}" if count else "",
        f"remettre {plural(updated, 'fiche')} comme avant" if updated else "",
        f"{'' if count else 'retirer '}la démarche « {label} »" if made.is_opening else "",
    ]
    whole = listing([part for part in parts if part]) or "remettre le plan comme avant cet import"
    return f"{sentence_case(whole)} ?"


def _undo(made: PastImport, undo: Callable[..., Any]) -> None:
    told = (
        f"L'import de « {escape(made.file)} » est annulé : tout ce qu'il avait écrit est retiré. "
        "Pour le reprendre, déposez à nouveau le fichier."
    )
    if not workspace.act(undo, made.act_id, told=told, once=f"undo:{made.act_id}"):
        return
    forget()
    codes = {choice.code for choice in workspace.choices()}
    if st.session_state.get(workspace.CHOSEN) not in codes:
        st.session_state.pop(workspace.CHOSEN, None)


def export(code: str, label: str, sheets: int) -> None:
    """The way out: the plan as a workbook that can be imported back."""
    st.header("Exporter le plan", anchor=False)
    st.markdown(
        f"Un classeur de {plural(sheets, 'fiche')} pour « {escape(label)} » : une ligne par fiche, ses étapes en "
        "dessous, et un onglet sur la démarche. Complétez-le à plusieurs puis déposez-le ici : seules les différences "
        "sont reprises."
    )
    st.link_button("Exporter le plan (.xlsx)", f"/export/plan/{code}", icon=":material/download:")
