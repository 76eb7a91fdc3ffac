"""« À préciser »: the cells that nobody could read, settled one after the other, by keyboard as well as by mouse.

The fields keep their place from one cell to the next, and so the focus: a value, Ctrl+Entrée, the next value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import filters, formats, notices, plan_views, tables, workspace
from components.forms import SAVE_KEYS, Form
from components.text import escape, paragraphs
from db.rules.forms import Clash, Written
from db.rules.settling import CONTRACT_DAYS, HELD_NOW, Asked, CellQuestion, StepChoice, subject_of
from db.rules.sheet import UnsettledCell

ADDRESS = "cellule"
PLACE = "settle"
CELLS = 100
SHORT = 120
# In a text of several lines, Ctrl+Entrée is what keeps the draft after a pause: there, it must not write.
WRITE_KEYS, SKIP_KEYS, LEAVE_KEYS = "Mod+Enter", "Alt+P", "Alt+L"
TYPED_AT_ONCE = "300ms"
DAYS = {"signed_on": "15/01/2025", "starts_on": "01/03/2025, mars 2025", "ends_on": "31/12/2030, 2030"}
AN_AMOUNT = "12 500, 12,5 k€, NC ou sans objet"


@dataclass(frozen=True, slots=True)
class Desk:
    """What settling needs, that the page hands over: how a cell is asked about, what its field holds, and the two
    commands that answer it."""

    question: Callable[[int], CellQuestion | None]
    base: Callable[..., Mapping[str, Written]]
    settle: Callable[..., Any]
    set_aside: Callable[..., Any]
    on: date


class _Fields(Form):
    """A form whose widgets are those of the cell before: what they show is then put in them."""

    def _key(self, name: str) -> str:
        return f"{PLACE}:{name}"

    def put(self, name: str, empty: Written) -> dict[str, Any]:
        """What makes a widget the field of this cell, shown with what its own draft holds."""
        key, owner = self._key(name), f"{PLACE}:of:{name}"
        if st.session_state.get(owner) != self.draft.key or key not in st.session_state:
            st.session_state[key] = self.draft.value(name) or empty
            st.session_state[owner] = self.draft.key
        return self._widget(name)


def show(cells: Sequence[UnsettledCell], desk: Desk) -> None:
    """The cells of a plan: one that is asked about, and all of them in a table on demand."""
    if not cells:
        st.success("Rien n'est à préciser : tout ce qui a été importé est compris.", icon=":material/check_circle:")
        return
    waits = "attend d'être précisée" if len(cells) == 1 else "attendent d'être précisées"
    said = formats.sentence_case(formats.spelt(len(cells), "cellule", feminine=True))
    st.markdown(f"**{said} {waits}.** Le mot d'origine est gardé ; le champ reste vide en attendant.")
    _one(cells, desk)
    _table(cells, with_sheet=True)


def of_sheet(cells: Sequence[UnsettledCell], placement_id: int, desk: Desk) -> None:
    """The cells of one fiche, on its own page."""
    mine = [cell for cell in cells if cell.placement_id == placement_id]
    if mine:
        st.header("À préciser")
        _one(mine, desk, with_sheet=False)
        if len(mine) > 1:
            _table(mine, with_sheet=False)


def _table(cells: Sequence[UnsettledCell], *, with_sheet: bool) -> None:
    if not st.toggle("Voir toutes les cellules en tableau", key="unsettled_table"):
        return
    rows = [cell_row(cell, with_sheet=with_sheet) for cell in cells[:CELLS]]
    tables.show(rows)
    if len(cells) > CELLS:
        rest = formats.plural(len(cells) - CELLS, "autre cellule", "autres cellules")
        st.caption(f"Et {rest}, qui paraîtront à mesure que celles-ci seront précisées.")


def cell_row(cell: UnsettledCell, *, with_sheet: bool) -> dict[str, str]:
    """A cell to settle as a row of a table: where, what was written, why it was not understood, what it may be."""
    sheet = {"Fiche": escape(cell.sheet) if cell.sheet else "Le plan"} if with_sheet else {}
    return {
        **sheet,
        "Champ": escape(cell.field),
        "Écrit dans le fichier": f"« {escape(cell.raw)} »",
        "Pourquoi": escape(cell.reason),
        "Choix possibles": escape(", ".join(cell.choices)) or ":gray[—]",
        "Provenance": escape(cell.source or "") or ":gray[—]",
    }


def asked_for(cells: Sequence[UnsettledCell], address: str | None) -> int:
    """The place, in the list, of the cell that the address names; the first when it waits no more."""
    return next((place for place, cell in enumerate(cells) if str(cell.id) == address), 0)


def _one(cells: Sequence[UnsettledCell], desk: Desk, *, with_sheet: bool = True) -> None:
    place = asked_for(cells, st.query_params.get(ADDRESS))
    cell = cells[place]
    question = desk.question(cell.id)
    if question is None:
        st.info("Cette cellule n'attend plus d'être précisée.")
        return
    after = cells[(place + 1) % len(cells)].id if len(cells) > 1 else None
    # Each part is in a container of its own, always there: the field keeps its place whatever is said above it.
    with st.container(border=True, gap="small", key=PLACE):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{place + 1} sur {len(cells)}**", width="content")
            _ways(cell, after, desk)
        with st.container(gap="xsmall"):
            _what(question, with_sheet=with_sheet)
        _answer(question, after, desk)


def _ways(cell: UnsettledCell, after: int | None, desk: Desk) -> None:
    """Leave the cell as it is, or go to the next without writing."""
    with st.container(horizontal=True, width="content"):
        st.button(
            "Laisser tel quel",
            key="settle_leave",
            shortcut=LEAVE_KEYS,
            type="tertiary",
            on_click=_set_aside,
            args=(cell, after, desk),
        )
        if after is not None:
            st.button("Passer", key="settle_skip", shortcut=SKIP_KEYS, on_click=_skip, args=(after,))


def _what(question: CellQuestion, *, with_sheet: bool) -> None:
    """Which fiche, which field, what was written there, why it was not understood."""
    cell = question.cell
    field = escape("Dates du contrat" if question.asked is Asked.CONTRACT else cell.field)
    if with_sheet and cell.placement_id is not None:
        here = filters.kept(fiche=str(cell.placement_id))
        st.page_link(plan_views.SHEET_PAGE, label=escape(cell.sheet or ""), query_params=here)
    elif with_sheet:
        st.markdown("Le plan lui-même")
    if len(cell.raw) <= SHORT:
        st.subheader(f"{field} : « {escape(cell.raw)} »", anchor=False)
    else:
        st.subheader(field, anchor=False)
        st.markdown(f"« {paragraphs(cell.raw)} »")
    st.markdown(escape(cell.reason))
    st.caption(escape(cell.source or ""))


def _answer(question: CellQuestion, after: int | None, desk: Desk) -> None:
    cell = question.cell
    if question.asked is Asked.ROW:
        st.markdown(_row_help(question))
        return
    form = _Fields(
        workspace.draft(subject_of(cell.id), partial(desk.base, unsettled_id=cell.id, on=desk.on)),
    )
    send = partial(_settle, cell, after, desk, form)
    if _clash(form, cell, after, desk):
        return
    with st.container(gap="small"):
        step = _step(form, question)
        held = form.draft.base.get(HELD_NOW) if step is not None and step.id is None else None
        if held:
            st.info(f"Le champ contient aujourd'hui : {escape(str(held))}. Ce que vous écrirez le remplacera.")
        if step is not None:
            _choices(question.answers(step.id), send, held, step)
    if step is None:
        return
    with st.container(gap="small"):
        _field(form, question, by_click=bool(question.answers(step.id)))
    next_one = " et passer à la suivante" if after is not None else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Enregistrer{next_one}",
            key="settle_write",
            type="primary",
            shortcut=SAVE_KEYS if question.asked is Asked.TEXT else WRITE_KEYS,
            on_click=_send_typed,
            args=(form, question, send, held, step),
        )
        if form.draft.typed:
            at = formats.clock(form.draft.kept_at, ZoneInfo(workspace.initiative().time_zone))
            st.caption(f"Brouillon gardé à {at}", width="content")


def _row_help(question: CellQuestion) -> str:
    offered = "".join(f"\n- {escape(choice)}" for choice in question.cell.choices)
    return (
        "Cette ligne du fichier a été laissée de côté tout entière. Corrigez le numéro ou le titre, dans le fichier ou "
        "sur la fiche, importez le fichier de nouveau, puis choisissez « Laisser tel quel »."
        + (f"\n\nCe qu'elle peut être :\n{offered}" if offered else "")
    )


def _step(form: _Fields, question: CellQuestion) -> StepChoice | None:
    """What the cell is about: the fiche, or one of its étapes when that is a question; None until it is answered."""
    if not question.steps:
        return StepChoice(None, "")
    names = {str(one.id or ""): one for one in question.steps}
    said = str(question.step.id or "") if question.step else None
    chosen: str | None = st.selectbox(
        "De quoi s'agit-il ?",
        list(names),
        format_func=lambda key: names[key].label,
        index=None,
        placeholder="Choisir la fiche ou l'une de ses étapes",
        **form.put("step", said),
    )
    return names.get(chosen) if chosen is not None else None


def _choices(answers: Sequence[str], send: Callable[..., None], held: Written, step: StepChoice) -> None:
    """One button an answer, with its number on the keyboard."""
    if not answers:
        return
    with st.container(horizontal=True, gap="xsmall", key="settle_choices"):
        for number, answer in enumerate(answers, 1):
            st.button(
                escape(answer),
                key=f"settle_choice_{number}",
                shortcut=f"Alt+{number}" if number <= 9 else None,
                on_click=send,
                args=(answer, held, step.id),
            )


def _field(form: _Fields, question: CellQuestion, *, by_click: bool) -> None:
    """Where the answer is typed."""
    label = "Ou écrire" if by_click else escape(question.cell.field)
    match question.asked:
        case Asked.LINE:
            st.text_input(label, placeholder=question.help, live=TYPED_AT_ONCE, **form.put("line", question.proposed))
        case Asked.TEXT:
            st.text_area(label, **form.put("text", question.proposed))
        case Asked.ONE:
            _names(form, question, label, several=False)
        case Asked.SEVERAL:
            _names(form, question, label, several=True)
        case Asked.AMOUNTS:
            _amounts(form, question)
        case Asked.CONTRACT:
            with st.container(horizontal=True):
                for name, said in CONTRACT_DAYS.items():
                    st.text_input(said, placeholder=DAYS[name], live=TYPED_AT_ONCE, **form.put(name, ""))
    if question.proposed and question.help:
        st.caption(question.help)


def _names(form: _Fields, question: CellQuestion, label: str, *, several: bool) -> None:
    options = list(question.offered)
    held = form.draft.value("names" if several else "name")
    options += [name for name in (held if isinstance(held, list) else [held]) if name and name not in options]
    hint = "Choisir ou écrire" if question.may_be_new else "Choisir"
    if several:
        st.multiselect(
            label,
            options,
            accept_new_options=question.may_be_new,
            placeholder=hint,
            filter_mode="contains",
            select_all=False,
            **form.put("names", []),
        )
    else:
        st.selectbox(label, options, accept_new_options=question.may_be_new, placeholder=hint, **form.put("name", None))


def _amounts(form: _Fields, question: CellQuestion) -> None:
    """A line for each funder whose amount nobody said, and one for another."""
    for name in question.awaited:
        said = f"Montant : {escape(name)}"
        st.text_input(said, placeholder=AN_AMOUNT, live=TYPED_AT_ONCE, **form.put(f"amount:{name}", ""))
    left, right = st.columns(2)
    others = [name for name in question.offered if name not in question.awaited]
    other = form.draft.value("funder")
    with left:
        st.selectbox(
            "Un autre financeur" if question.awaited else "Financeur",
            others if other in (None, *others) else [*others, other],
            index=None,
            accept_new_options=True,
            placeholder="Choisir ou écrire",
            **form.put("funder", None),
        )
    right.text_input("Son montant", placeholder=AN_AMOUNT, live=TYPED_AT_ONCE, **form.put("amount", ""))


def written(question: CellQuestion, values: Mapping[str, Written]) -> Written:
    """What was typed, as the command takes it."""
    match question.asked:
        case Asked.AMOUNTS:
            told = {name: values.get(f"amount:{name}") for name in question.awaited}
            if values.get("funder"):
                told[str(values["funder"])] = values.get("amount")
            return {name: amount for name, amount in told.items() if amount}
        case Asked.CONTRACT:
            return {name: values.get(name) for name in CONTRACT_DAYS}
    names = {Asked.LINE: "line", Asked.TEXT: "text", Asked.ONE: "name", Asked.SEVERAL: "names"}
    return values.get(names[question.asked])


def _clash(form: _Fields, cell: UnsettledCell, after: int | None, desk: Desk) -> bool:
    """When the field was filled meanwhile: both values, and a button for each."""
    clash: Clash | None = next(
        (one for one in notices.clashes(form.draft.key) if one.field == form.draft.subject), None
    )
    if clash is None:
        return False
    who = escape(clash.author or "quelqu'un d'autre")
    when = f", {formats.instant(clash.at, ZoneInfo(workspace.initiative().time_zone))}" if clash.at else ""
    left, right = st.columns(2)
    with left:
        st.markdown(f":gray[Écrit par {who}{when}]  \n{escape(str(clash.theirs))}")
        st.button("Garder cette valeur", key="settle_theirs", on_click=_set_aside, args=(cell, after, desk))
    with right:
        st.markdown(f":gray[Vous, à l'instant]  \n{escape(str(clash.mine))}")
        st.button(
            "Écrire la mienne à la place",
            key="settle_mine",
            on_click=_again,
            args=(form, cell, after, desk, clash),
        )
    return True


def _again(form: _Fields, cell: UnsettledCell, after: int | None, desk: Desk, clash: Clash) -> None:
    """Write what was refused, now that what it takes the place of was seen."""
    kept = form.draft.typed.get("sent") or {}
    _settle(cell, after, desk, form, kept.get("written"), clash.theirs, kept.get("step_id"))


def _send_typed(
    form: _Fields, question: CellQuestion, send: Callable[..., None], held: Written, step: StepChoice
) -> None:
    send(written(question, form.values()), held, step.id)


def _settle(
    cell: UnsettledCell,
    after: int | None,
    desk: Desk,
    form: _Fields,
    answer: Written,
    instead_of: Written,
    step_id: int | None,
) -> None:
    """Write the answer and go to the next cell; what is refused stays as it was typed."""
    workspace.keep(form.draft.key, {"sent": {"written": answer, "step_id": step_id}})
    done = workspace.act(
        desk.settle,
        unsettled_id=cell.id,
        written=answer,
        on=desk.on,
        step_id=step_id,
        instead_of=instead_of,
        told=_told(cell, answer),
        closes=form.draft.key,
    )
    if done:
        _go(after)


def _told(cell: UnsettledCell, answer: Written) -> str:
    """What was written, when it is short enough to be said again."""
    told = ", ".join(map(str, answer)) if isinstance(answer, list) else answer if isinstance(answer, str) else ""
    said = f"« {escape(told)} » est écrit" if 0 < len(told) <= SHORT else "c'est écrit"
    return f"{escape(cell.field)} : {said}."


def _set_aside(cell: UnsettledCell, after: int | None, desk: Desk) -> None:
    told = f"{escape(cell.field)} : « {escape(cell.raw[:SHORT])} » est laissé tel quel."
    if workspace.act(desk.set_aside, unsettled_id=cell.id, told=told):
        _go(after)


def _skip(cell_id: int) -> None:
    """Go to another cell: what was said of this one is no longer to be read."""
    st.session_state.pop(workspace.NOTICE, None)
    _go(cell_id)


def _go(cell_id: int | None) -> None:
    st.query_params.pop(workspace.DRAFT, None)
    if cell_id is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = str(cell_id)
