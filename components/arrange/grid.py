"""The order and the numbers of all the sheets in one grid: typed or pasted, said in a sentence, written in one act.

Each cell typed is kept in the person's draft as it is left, with what was shown of its sheet at that moment: a save is
held against that, whatever was done since to the rest of the plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import formats, forms, workspace
from components.arrange import frame
from components.forms import Form
from components.text import escape
from db.rules import arranging
from db.rules.arranging import AXIS, CODE, NO_AXIS, PLACE, WORDS, Arrangement, Asked, PlacedSheet, Seen, Spot
from db.rules.forms import Clash, OpenDraft, Written

TITLE, UNDER = "Titre", "Rangée sous"
COLUMNS = {WORDS[field]: field for field in (AXIS, PLACE, CODE)}
SEEN, ORDER = "seen", "order"
ROW, HEAD, MOST_ROWS, MOST_TOLD = 35, 38, 18, 8
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells typed in a draft, by sheet and column, and what was shown of each sheet when it was typed."""

    typed: Mapping[int, Mapping[str, str]]
    seen: Mapping[int, Seen]


def subject(initiative_id: int) -> str:
    """What the draft of a new order is about."""
    return f"order:{initiative_id}"


def cells_of(draft: OpenDraft) -> Cells:
    """What a draft holds of a grid."""
    typed, seen = {}, {}
    for name, row in draft.typed.items():
        told = row[SEEN]
        seen[int(name)] = Seen(told[AXIS], told[CODE], tuple(told[ORDER]))
        typed[int(name)] = {field: row[field] for field in COLUMNS.values() if field in row}
    return Cells(typed, seen)


def row_of(seen: Seen, cells: Mapping[str, str]) -> Written:
    """A row of a grid as a draft keeps it; None when nothing is typed in it."""
    if not cells:
        return None
    return {**cells, SEEN: {AXIS: seen.axis_id, CODE: seen.code, ORDER: list(seen.order)}}


def show(plan: Arrangement, write: Command) -> None:
    """The grid, the sentence that says what it would write, and the button that does."""
    if not plan.sheets:
        st.markdown("Ce plan n'a pas encore de fiche : ajoutez-en une, ou importez votre plan.")
        return
    here = workspace.initiative()
    form = Form(workspace.draft(subject(here.id)))
    cells = cells_of(form.draft)
    frame.settle(form, partial(_settled, form, plan, write))
    st.markdown(
        "Tapez ou collez axes, places et numéros : rien n'est écrit avant le bouton. Une fiche prend la place qu'on "
        "lui donne, et les autres de son axe se décalent. Sur un téléphone, préférez « Fiche par fiche »."
    )
    _editor(form, plan, cells)
    _gone(form, plan, cells)
    asked = arranging.read_cells(plan, cells.typed, cells.seen)
    _announce(plan, asked)
    if form.draft.typed:
        form.actions("Écrire dans le plan", partial(_save, form, plan, write), _leave)
    with st.expander("Les axes et leurs numéros", icon=":material/account_tree:"):
        st.markdown(axes_told(plan))


def axes_told(plan: Arrangement) -> str:
    """The tree, each axis with the number by which a cell names it, as Markdown."""
    labels = arranging.axis_labels(plan.axes)
    told = [f"{'    ' * (len(node.path) - 1)}- {escape(labels[node.id])}" for node in plan.axes]
    return "\n".join([*told, f"- {NO_AXIS} : la fiche n'est rangée sous aucun axe"])


def _editor(form: Form, plan: Arrangement, cells: Cells) -> None:
    held = shown(plan)
    drawn_with = st.session_state.setdefault(f"{_key(form, plan)}:typed", cells.typed)
    rows = {sheet.placement_id: _row(plan, sheet, held, drawn_with, cells) for sheet in plan.sheets}
    text = st.column_config.TextColumn
    st.data_editor(
        pd.DataFrame.from_dict(rows, orient="index", columns=[*COLUMNS, TITLE, UNDER]),
        hide_index=True,
        num_rows="fixed",
        disabled=[TITLE, UNDER],
        height=HEAD + ROW * min(len(rows), MOST_ROWS),
        column_config={
            WORDS[AXIS]: text(width=70, help="Le numéro de l'axe ou de l'objectif, comme 2.1"),
            WORDS[PLACE]: text(width=70, help="Le rang de la fiche sous son axe : 1 est la première"),
            WORDS[CODE]: text(width=80),
            TITLE: text(width="large"),
            UNDER: text(width="medium"),
        },
        key=_key(form, plan),
        on_change=_typed,
        args=(form, plan),
        alt="Axe, place et numéro de chaque fiche",
    )


def _key(form: Form, plan: Arrangement) -> str:
    """The key of the grid: another one when the sheets, or their order, are no longer those that it shows, and when
    what it holds was settled elsewhere."""
    order = hash(tuple(sheet.placement_id for sheet in plan.sheets))
    return f"{form.draft.key}:grid:{st.session_state.get(_turn(form), 0)}:{order}"


def _turn(form: Form) -> str:
    return f"{form.draft.key}:turn"


def shown(plan: Arrangement) -> dict[int, dict[str, str]]:
    """What the cells of each sheet hold before anything is typed."""
    names, seen = arranging.axis_numbers(plan.axes), plan.seen()
    return {
        sheet.placement_id: {
            AXIS: names.get(sheet.axis_id or 0, NO_AXIS),
            PLACE: str(seen[sheet.placement_id].place_of(sheet.placement_id)),
            CODE: sheet.code or "",
        }
        for sheet in plan.sheets
    }


def _row(
    plan: Arrangement,
    sheet: PlacedSheet,
    held: Mapping[int, Mapping[str, str]],
    drawn_with: Mapping[int, Mapping[str, str]],
    cells: Cells,
) -> list[str]:
    """A row as the grid is given it: what was typed before it was first drawn, on what the plan holds.

    What is typed since is the grid's own: a value given back to it would be sent again, and that message would stop
    what a click made meanwhile had begun.
    """
    values = {**held[sheet.placement_id], **drawn_with.get(sheet.placement_id, {})}
    typed = cells.typed.get(sheet.placement_id, {})
    axis_id = arranging.axis_named(plan.axes, typed[AXIS]) if AXIS in typed else sheet.axis_id
    under = next((node.title for node in plan.axes if node.id == axis_id), "")
    title = sheet.title if sheet.stands else f"{sheet.title} (hors du plan à ce jour)"
    return [*(values[field] for field in COLUMNS.values()), title, under]


def _typed(form: Form, plan: Arrangement) -> None:
    _keep(form, plan)


def _keep(form: Form, plan: Arrangement) -> OpenDraft:
    """Keep what the grid holds that the draft does not yet; a cell typed back as it was is no longer typed."""
    state: Mapping[int, Mapping[str, str | None]] = st.session_state[_key(form, plan)]["edited_rows"]
    held, seen, now = shown(plan), plan.seen(), cells_of(form.draft)
    rows: dict[str, Written] = {}
    for rank, edits in state.items():
        key = plan.sheets[int(rank)].placement_id
        written = {COLUMNS[column]: value or "" for column, value in edits.items() if column in COLUMNS}
        cells = {**now.typed.get(key, {}), **written}
        cells = {field: text for field, text in cells.items() if text.strip() != held[key][field]}
        rows[str(key)] = row_of(now.seen.get(key, seen[key]), cells)
    kept = workspace.keep(form.draft.key, rows) if rows else form.draft
    return kept or form.draft


def _gone(form: Form, plan: Arrangement, cells: Cells) -> None:
    """What was typed for sheets that were archived since: it is told, and can be set aside from the rest."""
    gone = sorted(cells.typed.keys() - {sheet.placement_id for sheet in plan.sheets})
    if not gone:
        return
    titles = {sheet.placement_id: sheet.title for sheet in plan.archived}
    named = formats.listing([f"« {escape(titles[key])} »" for key in gone if key in titles])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            f"Vous aviez changé {named or 'une fiche'}, qui n'est plus dans le plan. Remettez-la depuis « Fiches "
            "archivées », ou écartez ce que vous aviez tapé pour elle.",
            icon=":material/archive:",
            width="stretch",
        )
        rows: dict[str, Written] = {str(key): None for key in gone}
        st.button("Écarter", key=f"{form.draft.key}:gone", on_click=_set_aside, args=(form, rows))


def _set_aside(form: Form, rows: dict[str, Written]) -> None:
    workspace.keep(form.draft.key, rows)


def _announce(plan: Arrangement, asked: Asked) -> None:
    """What the button would write, or what stands in its way."""
    if asked.problems:
        st.warning("\n\n".join(map(escape, asked.problems)), icon=":material/edit_off:")
    elif asked.wanted:
        told = changes(plan, asked)
        more = [f"et {formats.plural(len(told) - MOST_TOLD, 'autre')}"] if len(told) > MOST_TOLD else []
        st.markdown(f"**{sentence(asked)}**  \n" + "  \n".join([*told[:MOST_TOLD], *more]))


def sentence(asked: Asked) -> str:
    """« 3 fiches changent de numéro, 2 de place et 1 d'axe. »"""
    counts = {CODE: 0, PLACE: 0, AXIS: 0}
    for key, spot in asked.wanted.items():
        fields = arranging.changed(key, spot, asked.seen[key])
        for field in (CODE, AXIS if AXIS in fields else PLACE):
            counts[field] += field in fields
    words = {CODE: "de numéro", PLACE: "de place", AXIS: "d'axe"}
    met = [(words[field], count) for field, count in counts.items() if count]
    if not met:
        return "Rien ne change : ces valeurs sont déjà celles du plan."
    (first, count), *rest = met
    verb = formats.agree(count, "change", "changent")
    parts = [f"{formats.plural(count, 'fiche')} {verb} {first}", *(f"{count} {word}" for word, count in rest)]
    return f"{formats.listing(parts)}."


def changes(plan: Arrangement, asked: Asked) -> list[str]:
    """Each sheet that changes, with what it leaves and what it takes, as Markdown, in the order of the plan."""
    names = arranging.axis_numbers(plan.axes)
    asked_for = [sheet for sheet in plan.sheets if sheet.placement_id in asked.wanted]
    moves = [
        (sheet, _moves(key, asked.wanted[key], asked.seen[key], names))
        for sheet in asked_for
        if (key := sheet.placement_id)
    ]
    return [f"{escape(sheet.title)} : {', '.join(said)}" for sheet, said in moves if said]


def _moves(key: int, spot: Spot, seen: Seen, names: Mapping[int, str]) -> list[str]:
    fields = arranging.changed(key, spot, seen)
    none = "sans numéro"
    said = []
    if CODE in fields:
        said.append(f"n° {escape(seen.code or none)} → {escape(spot.code or none)}")
    if AXIS in fields:
        before, after = (escape(names.get(axis or 0, NO_AXIS)) for axis in (seen.axis_id, spot.axis_id))
        said.append(f"axe {before} → {after}, {f'place {spot.place}' if spot.place else 'en dernier'}")
    elif PLACE in fields:
        said.append(f"place {seen.place_of(key)} → {spot.place or 'la dernière'}")
    return said


def _save(form: Form, plan: Arrangement, write: Command, _values: dict[str, Written]) -> None:
    """Write what the grid holds at this moment: the last cell may have been left by the click itself."""
    _write(plan, write, _keep(form, plan))


def _write(plan: Arrangement, write: Command, draft: OpenDraft) -> None:
    here, cells = workspace.initiative(), cells_of(draft)
    told = sentence(arranging.read_cells(plan, cells.typed, cells.seen))
    if workspace.act(
        write,
        initiative_id=here.id,
        typed=cells.typed,
        seen=cells.seen,
        on=workspace.today(here),
        closes=draft.key,
        told=f"C'est écrit : {told}",
    ):
        _leave()


def _leave() -> None:
    st.query_params.pop(workspace.DRAFT, None)


def _settled(
    form: Form, plan: Arrangement, write: Command, clashes: Sequence[Clash], chosen: Mapping[str, str]
) -> None:
    """What was chosen: a value of theirs is no longer typed, one of mine stands on what is there now."""
    cells, now = cells_of(form.draft), plan.seen()
    typed = {key: dict(row) for key, row in cells.typed.items()}
    seen = dict(cells.seen)
    for clash in clashes:
        name, _, field = clash.field.partition(":")
        key = int(name)
        if chosen[clash.field] == forms.THEIRS:
            typed[key].pop(field, None)
        seen[key] = now.get(key, seen[key])
    rows = {str(key): row_of(seen[key], typed[key]) for key in typed}
    kept = workspace.keep(form.draft.key, rows)
    st.session_state[_turn(form)] = st.session_state.get(_turn(form), 0) + 1
    if kept is not None and kept.typed:
        _write(plan, write, kept)
    else:
        workspace.drop(form.draft.key)
