"""The tree of axes: each opens in its place, to be renamed, moved up or down, put under another one, archived."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components import formats, forms, workspace
from components.arrange import frame
from components.forms import Form
from components.text import escape
from db.rules import arranging
from db.rules.arranging import Arrangement, AxisForm
from db.rules.forms import Clash, Written
from db.rules.plan import AxisNode
from db.rules.vocabulary import AxisLevel

Command = Callable[..., Any]
TOP, NEW, UNDER = "plan", "nouveau", "sous-"
INDENT = "&emsp;&emsp;"
DEPTH = len(AxisLevel)


@dataclass(frozen=True, slots=True)
class Commands:
    """What is done to axes: commands, that the page hands over."""

    add: Command
    edit: Command
    order: Command
    archive: Command


def show(plan: Arrangement, commands: Commands) -> None:
    """The tree, and the form of the axis that is open."""
    st.markdown(_sentence(plan))
    asked = st.query_params.get(frame.AXIS)
    counts = _counts(plan)
    with st.container(gap="xxsmall", key="axis_tree"):
        for node in plan.axes:
            _line(plan, node, counts.get(node.id, 0), is_open=asked == str(node.id))
            if asked == str(node.id):
                _form(plan, node, commands)
            elif asked == f"{UNDER}{node.id}":
                _new(plan, node, commands.add)
    if asked == NEW:
        _new(plan, None, commands.add)
    else:
        st.button("Nouvel axe", icon=":material/add:", key="axis_new", on_click=_open, args=(NEW,))


def _sentence(plan: Arrangement) -> str:
    tops = sum(node.parent_id is None for node in plan.axes)
    if not tops:
        return "Ce plan n'a pas encore d'axe. Ajoutez le premier ; les objectifs se rangent dessous."
    under = len(plan.axes) - tops
    said = formats.plural(tops, "axe", "axes") + (f" et {formats.plural(under, 'objectif')}" if under else "")
    return f"**{said}.** Ouvrez-en un pour le renommer, le déplacer, lui ajouter un objectif ou l'archiver."


def _counts(plan: Arrangement) -> dict[int, int]:
    """How many sheets stand somewhere under each axis."""
    paths = {node.id: node.path for node in plan.axes}
    counts: dict[int, int] = {}
    for sheet in plan.sheets:
        for key in paths.get(sheet.axis_id or 0, ()):
            counts[key] = counts.get(key, 0) + 1
    return counts


def _line(plan: Arrangement, node: AxisNode, sheets: int, *, is_open: bool) -> None:
    """An axis of the tree: a button that opens it, or closes it."""
    title = escape(node.label)
    said = f"**{title}**" if node.parent_id is None else title
    count = formats.plural(sheets, "fiche") if sheets else "aucune fiche"
    mark = ":material/expand_more:" if is_open else ":material/chevron_right:"
    st.button(
        f"{INDENT * (len(node.path) - 1)}{mark} {said} :gray[({count})]",
        type="tertiary",
        key=f"axis_{node.id}",
        on_click=_close if is_open else _open,
        args=() if is_open else (str(node.id),),
    )


def _open(asked: str) -> None:
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[frame.AXIS] = asked


def _close() -> None:
    for name in (frame.AXIS, workspace.DRAFT):
        st.query_params.pop(name, None)


def _form(plan: Arrangement, node: AxisNode, commands: Commands) -> None:
    """The form of an axis, then what is done with it at once."""
    held = {"title": node.title, "code": node.code, "parent": _parent(node.parent_id)}
    form = Form(frame.draft(f"axis:{node.id}", held))
    with st.container(border=True, key="axis_form"):
        frame.settle(form, partial(_settled, form, held, node.id, commands.edit))
        _fields(plan, form, node.id)
        form.actions(
            "Enregistrer", partial(_save, form, node.id, commands.edit), _close, more=_tools(plan, node, commands)
        )


def _fields(plan: Arrangement, form: Form, axis_id: int | None) -> None:
    form.line("title", "Intitulé")
    places = _places(plan, axis_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form.line("code", "Numéro", width=110)
        form.choice(
            "parent",
            "Rangé sous",
            list(places),
            format_func=lambda key: places.get(str(key), "un axe archivé"),
            width="stretch",
        )


def _places(plan: Arrangement, axis_id: int | None) -> dict[str, str]:
    """Where an axis may stand: at the top, or under any other that has a level left; what it holds is left out."""
    inside = {node.id for node in plan.axes if axis_id in node.path}
    labels = arranging.axis_labels(plan.axes)
    free = (node.id for node in plan.axes if node.id not in inside and len(node.path) < DEPTH)
    return {TOP: arranging.TOP, **{str(key): labels[key] for key in free}}


def _tools(plan: Arrangement, node: AxisNode, commands: Commands) -> list[tuple[str, str, Callable[[], None]]]:
    """What is done with an axis at a click: those at an end of their list do not go further."""
    sisters = plan.sisters(node.id)
    rank = sisters.index(node.id) + 1
    move = partial(_move, commands.order, node, sisters, frame.drawn_once())
    tools: list[tuple[str, str, Callable[[], None]]] = []
    if rank > 1:
        tools.append(("Monter", ":material/arrow_upward:", partial(move, rank - 1)))
    if rank < len(sisters):
        tools.append(("Descendre", ":material/arrow_downward:", partial(move, rank + 1)))
    if len(node.path) < DEPTH:
        tools.append(("Ajouter dessous", ":material/add:", partial(_open, f"{UNDER}{node.id}")))
    return [*tools, ("Archiver", ":material/archive:", partial(_archive, commands.archive, node, frame.drawn_once()))]


def _move(order: Command, node: AxisNode, sisters: Sequence[int], once: str, place: int) -> None:
    told = f"« {escape(node.title)} » est à la place {place} sur {len(sisters)}."
    workspace.act(order, axis_id=node.id, place=place, seen=sisters, told=told, once=f"{once}:{place}")


def _archive(archive: Command, node: AxisNode, once: str) -> None:
    if workspace.act(archive, axis_id=node.id, told=f"L'axe « {escape(node.title)} » est archivé.", once=once):
        _close()


def _save(form: Form, axis_id: int, edit: Command, values: dict[str, Written]) -> None:
    typed, seen = _axis_form(values), _axis_form(form.draft.base)
    if workspace.act(edit, axis_id=axis_id, typed=typed, seen=seen, closes=form.draft.key, told=workspace.saved_now()):
        _close()


def _axis_form(values: Mapping[str, Written]) -> AxisForm:
    parent = values.get("parent")
    return AxisForm(values.get("title") or "", values.get("code"), None if parent in (None, TOP) else int(parent))


def _parent(parent_id: int | None) -> str:
    return TOP if parent_id is None else str(parent_id)


def _settled(
    form: Form,
    held: Mapping[str, Written],
    axis_id: int,
    edit: Command,
    clashes: Sequence[Clash],
    chosen: Mapping[str, str],
) -> None:
    """What was chosen is what is typed, on what the others wrote; then the form is saved."""
    fields = {"title": "title", "code": "code", "parent_id": "parent"}
    for clash in clashes:
        name = fields[clash.field]
        workspace.rebase(form.draft.key, {name: held[name]})
        if chosen[clash.field] == forms.THEIRS:
            form.set(name, held[name])
    again = Form(workspace.draft(f"axis:{axis_id}"), form.fields)
    _save(again, axis_id, edit, again.values())


def _new(plan: Arrangement, above: AxisNode | None, add: Command) -> None:
    """The form of an axis to come, at the top of the plan or under another."""
    here = workspace.initiative()
    subject = f"axis:new:{here.id}:{above.id if above else TOP}"
    form = Form(frame.draft(subject, {"title": None, "code": None, "parent": _parent(above.id if above else None)}))
    with st.container(border=True, key="axis_form"):
        st.markdown(f"**Nouvel objectif sous « {escape(above.title)} »**" if above else "**Nouvel axe**")
        _fields(plan, form, None)
        form.actions("Ajouter au plan", partial(_add, form, add, here.id), _close)


def _add(form: Form, add: Command, initiative_id: int, values: dict[str, Written]) -> None:
    typed = _axis_form(values)
    told = f"« {escape(typed.title)} » est dans le plan."
    if workspace.act(
        add,
        initiative_id=initiative_id,
        title=typed.title,
        code=typed.code,
        parent_id=typed.parent_id,
        closes=form.draft.key,
        told=told,
    ):
        _close()
