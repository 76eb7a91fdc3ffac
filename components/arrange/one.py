"""A sheet on its own: its number, its axis, its place, up and down; copied, archived. Without a grid, for a phone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components import filters, forms, workspace
from components.arrange import frame
from components.arrange.frame import View
from components.forms import Form
from components.text import escape
from db.rules import arranging
from db.rules.arranging import AXIS, CODE, PLACE, Arrangement, PlacedSheet, Seen, Spot
from db.rules.forms import Clash, Written

Command = Callable[..., Any]
NOWHERE, ORDER = "sans axe", "order"
CHOICE = "arrange_sheet"


@dataclass(frozen=True, slots=True)
class Commands:
    """What is done to a sheet of the plan: commands, that the page hands over."""

    order: Command
    copy: Command
    archive: Command


def show(plan: Arrangement, commands: Commands) -> None:
    """The sheet that is chosen, and its form."""
    if not plan.sheets:
        st.markdown("Ce plan n'a pas encore de fiche : ajoutez-en une, ou importez votre plan.")
        return
    sheet = _chosen(plan)
    if sheet is None:
        st.caption("Choisissez une fiche : tapez les premières lettres de son titre, ou son numéro.")
        return
    seen = plan.seen()[sheet.placement_id]
    rank, among = seen.place_of(sheet.placement_id) or 0, len(seen.order)
    st.markdown(_where(plan, sheet, rank, among))
    held = {CODE: sheet.code, AXIS: _axis_key(sheet.axis_id), PLACE: str(rank), ORDER: list(seen.order)}
    form = Form(frame.draft(f"place:{sheet.placement_id}", held))
    with st.container(border=True, key="one_sheet"):
        frame.settle(form, partial(_settled, form, held, sheet, commands.order))
        _fields(plan, form, seen)
        form.actions(
            "Enregistrer", partial(_save, form, sheet, commands.order), _leave, more=_tools(sheet, seen, commands)
        )
    _open_link(sheet)


def _chosen(plan: Arrangement) -> PlacedSheet | None:
    """The sheet that the address names, chosen in a list that is searched by its words."""
    sheets = {str(sheet.placement_id): sheet for sheet in plan.sheets}
    asked = st.query_params.get(frame.SHEET)
    st.session_state[CHOICE] = asked if asked in sheets else None
    chosen = st.selectbox(
        "Fiche",
        list(sheets),
        format_func=lambda key: sheets[key].label,
        index=None,
        key=CHOICE,
        placeholder="Choisir une fiche",
        on_change=_remember,
    )
    return sheets.get(chosen or "")


def _remember() -> None:
    chosen = st.session_state[CHOICE]
    frame.open_view(View.ONE, **({frame.SHEET: chosen} if chosen else {}))


def _where(plan: Arrangement, sheet: PlacedSheet, rank: int, among: int) -> str:
    """« 2.1 Réduire le renoncement · place 2 sur 3 »."""
    labels = arranging.axis_labels(plan.axes)
    path = next((node.path for node in plan.axes if node.id == sheet.axis_id), ())
    axis = " › ".join(escape(labels[key]) for key in path) or "Sans axe"
    lent = "" if sheet.is_home else " · reprise d'un autre plan"
    return f"{axis} · **place {rank} sur {among}**{lent}"


def _axis_key(axis_id: int | None) -> str:
    return NOWHERE if axis_id is None else str(axis_id)


def _axis_id(key: Written) -> int | None:
    return None if key in (None, NOWHERE) else int(key)


def _fields(plan: Arrangement, form: Form, seen: Seen) -> None:
    axes = {str(key): label for key, label in arranging.axis_labels(plan.axes).items()} | {NOWHERE: "Sans axe"}
    chosen = form.choice(AXIS, "Axe", list(axes), format_func=lambda key: axes.get(str(key), "un axe archivé"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form.line(CODE, "Numéro", width=110)
        form.choice(PLACE, "Place", _ranks(plan, seen, _axis_id(chosen)), width=110)


def _ranks(plan: Arrangement, seen: Seen, axis_id: int | None) -> list[str]:
    """The places that a sheet may take under an axis: one more than it has, unless it is there already."""
    there = axis_id == seen.axis_id
    among = len(seen.order) if there else len(plan.orders().get(axis_id, ())) + 1
    return [str(rank) for rank in range(1, among + 1)]


def _tools(sheet: PlacedSheet, seen: Seen, commands: Commands) -> list[tuple[str, str, Callable[[], None]]]:
    """What is done with a sheet at a click; at an end of its axis it does not go further."""
    rank = seen.place_of(sheet.placement_id) or 0
    move = partial(_move, commands.order, sheet, seen, frame.drawn_once())
    tools: list[tuple[str, str, Callable[[], None]]] = []
    if rank > 1:
        tools.append(("Monter", ":material/arrow_upward:", partial(move, rank - 1)))
    if rank < len(seen.order):
        tools.append(("Descendre", ":material/arrow_downward:", partial(move, rank + 1)))
    copy = partial(_copy, commands.copy, sheet, frame.drawn_once())
    tools.append(("Dupliquer", ":material/content_copy:", copy))
    said = "Archiver" if sheet.is_home else "Retirer de ce plan"
    return [*tools, (said, ":material/archive:", partial(_archive, commands.archive, sheet, frame.drawn_once()))]


def _move(order: Command, sheet: PlacedSheet, seen: Seen, once: str, place: int) -> None:
    told = f"« {escape(sheet.title)} » est à la place {place} sur {len(seen.order)}."
    _order(order, sheet, Spot(seen.axis_id, seen.code, place), seen, told=told, once=f"{once}:{place}")


def _order(order: Command, sheet: PlacedSheet, spot: Spot, seen: Seen, **options: str) -> bool:
    key, here = sheet.placement_id, workspace.initiative()
    return workspace.act(order, initiative_id=here.id, wanted={key: spot}, seen={key: seen}, **options)


def _copy(copy: Command, sheet: PlacedSheet, once: str) -> None:
    """The copy is opened: its title and its dates are the first things to write."""
    on = workspace.today(workspace.initiative())
    told = f"La copie de « {escape(sheet.title)} » est dans le plan, sans numéro ni date : ouvrez-la pour les écrire."
    frame.opens_what(copy, placement_id=sheet.placement_id, on=on, told=told, once=once)


def _archive(archive: Command, sheet: PlacedSheet, once: str) -> None:
    told = f"« {escape(sheet.title)} » {'est archivée' if sheet.is_home else 'ne figure plus dans ce plan'}."
    if workspace.act(archive, placement_id=sheet.placement_id, told=told, once=once):
        frame.open_view(View.ONE)


def _save(form: Form, sheet: PlacedSheet, order: Command, values: dict[str, Written]) -> None:
    base = form.draft.base
    seen = Seen(_axis_id(base[AXIS]), base[CODE], tuple(base[ORDER]))
    axis_id, place = _axis_id(values.get(AXIS)), values.get(PLACE)
    moved = axis_id != seen.axis_id and place == base[PLACE]
    spot = Spot(axis_id, values.get(CODE), None if moved or place is None else int(place))
    if _order(order, sheet, spot, seen, closes=form.draft.key, told=workspace.saved_now()):
        _leave()


def _leave() -> None:
    st.query_params.pop(workspace.DRAFT, None)


def _settled(
    form: Form,
    held: Mapping[str, Written],
    sheet: PlacedSheet,
    order: Command,
    clashes: Sequence[Clash],
    chosen: Mapping[str, str],
) -> None:
    """What was chosen is what is typed, on what the others wrote; then the form is saved."""
    workspace.rebase(form.draft.key, held)
    for clash in clashes:
        field = clash.field.partition(":")[2]
        if chosen[clash.field] == forms.THEIRS:
            form.set(field, held[field])
    again = Form(workspace.draft(f"place:{sheet.placement_id}"), form.fields)
    _save(again, sheet, order, again.values())


def _open_link(sheet: PlacedSheet) -> None:
    st.page_link(
        frame.SHEET_PAGE,
        label="Ouvrir la fiche",
        icon=":material/open_in_new:",
        query_params=filters.kept(fiche=str(sheet.placement_id)),
    )
