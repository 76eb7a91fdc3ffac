"""Forms that lose nothing: each field is kept in a draft as it is left, and a save is one act.

A form is drawn from an `OpenDraft` (`workspace.draft`), whose key is in every widget's key: after a cut, or a server
that was killed, the browser sends back what was typed to the draft it was typed on, never to a newer base.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import caution, formats, workspace
from components.text import escape
from db.rules.forms import Clash, OpenDraft, Written
from db.rules.markup import has_markup, without_markup

MINE, THEIRS = "mine", "theirs"
SAVE_KEYS = "Mod+S"


@dataclass
class Form:
    """The fields of one form. `fields` are those drawn so far in this run: what a save sends; `entries` those of them
    that add to a series, and `columns` those made of rows."""

    draft: OpenDraft
    fields: list[str] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def line(self, name: str, label: str, **options: Any) -> str:
        """A text on one line, kept two seconds after the last key."""
        typed = st.text_input(label, value=self._text(name), live="2s", **self._widget(name), **options)
        return typed or ""

    def area(self, name: str, label: str, **options: Any) -> str:
        """A text of several lines, kept when it is left and, by the page's own script, after a pause."""
        height = options.pop("height", "content")
        st.text_area(label, value=self._text(name), height=height, **self._widget(name), **options)
        return self._unmarked(name)

    def choice(self, name: str, label: str, options: Sequence[str], **more: Any) -> str | None:
        """One of these words, or none."""
        held = self.draft.value(name)
        known = list(options) if held in (None, *options) else [*options, held]
        index = known.index(held) if held is not None else None
        more.setdefault("placeholder", "Aucun choix")
        chosen: str | None = st.selectbox(label, known, index=index, **self._widget(name), **more)
        return chosen

    def buttons(self, name: str, label: str, options: Sequence[str], **more: Any) -> str | None:
        """The same as buttons side by side, for few choices: one click each."""
        chosen: str | None = st.segmented_control(
            label, options, default=self.draft.value(name), **self._widget(name), **more
        )
        return chosen

    def several(self, name: str, label: str, options: Sequence[str], *, new: bool = False, **more: Any) -> list[str]:
        """Any number of these words, in the order they were chosen; with `new`, others may be typed."""
        held = list(self.draft.value(name) or [])
        known = [*options, *(word for word in held if word not in options)]
        more.setdefault("placeholder", "Choisir ou écrire" if new else "Choisir")
        more.setdefault("filter_mode", "contains")
        return st.multiselect(
            label, known, default=held, accept_new_options=new, select_all=False, **self._widget(name), **more
        )

    def tick(self, name: str, label: str, **options: Any) -> bool:
        """Yes or no."""
        return st.checkbox(label, value=bool(self.draft.value(name)), **self._widget(name), **options)

    def entry(self, name: str, label: str, **options: Any) -> str:
        """A text on one line that adds to a series: it shows what is being typed, never what was said last."""
        self.entries.add(name)
        typed = st.text_input(label, value=self._typed(name), live="2s", **self._widget(name), **options)
        return typed or ""

    def entry_area(self, name: str, label: str, **options: Any) -> str:
        """The same, of several lines."""
        self.entries.add(name)
        st.text_area(label, value=self._typed(name), **self._widget(name), **options)
        return self._unmarked(name)

    def entry_buttons(self, name: str, label: str, options: Sequence[str], **more: Any) -> str | None:
        """The same, as buttons side by side."""
        self.entries.add(name)
        held = self.draft.typed.get(name)
        chosen: str | None = st.segmented_control(label, options, default=held, **self._widget(name), **more)
        return chosen

    def rows(
        self,
        name: str,
        columns: tuple[str, ...],
        draw: Callable[["Row"], None],
        add: str,
        blank: Mapping[str, Written],
    ) -> None:
        """A field made of rows, each drawn by `draw`; `blank` is what a row that is added holds."""
        self.fields.append(name)
        self.columns[name] = columns
        held = self.draft.value(name) or []
        with st.container(gap="xsmall", key=f"rows_{name}"):
            for place, told in enumerate(held):
                draw(Row(self, name, told, place, len(held)))
        key = f"{self.draft.key}:{name}:add"
        st.button(
            add, icon=":material/add:", type="tertiary", key=key, on_click=self._add_row, args=(name, dict(blank))
        )

    def resumed(self) -> None:
        """Say that what is typed comes from a draft that was left, for as long as this tab holds the form."""
        if st.session_state.setdefault(f"resumed_{self.draft.key}", bool(self.draft.typed)):
            st.caption(":material/edit_note: Brouillon repris : ce qui avait été tapé est là, pas encore enregistré.")

    def values(self) -> dict[str, Written]:
        """What the fields drawn hold at this moment, by name, as it was typed."""
        return {name: self._value(name) for name in self.fields}

    def _value(self, name: str) -> Written:
        if name in self.columns:
            return self.row_values(name)
        held = self.draft.typed.get(name) if name in self.entries else self.draft.value(name)
        return _plain(st.session_state.get(self._key(name), held))

    def row_values(self, name: str) -> list[dict[str, Written]]:
        """The rows of a field, as they are typed."""
        held: list[dict[str, Written]] = self.draft.value(name) or []
        return [
            {
                **row,
                **{c: _plain(st.session_state.get(self.cell(name, row, c), row.get(c))) for c in self.columns[name]},
            }
            for row in held
        ]

    def cell(self, name: str, row: Mapping[str, Written], column: str) -> str:
        """The key of the widget of one cell: it follows its row when rows move."""
        return f"{self.draft.key}:{name}:{row_name(row)}:{column}"

    def keep_rows(self, name: str, rows: list[dict[str, Written]]) -> None:
        """Keep the rows of a field, from a callback."""
        self._followed(workspace.keep(self.draft.key, {name: rows}))

    def _add_row(self, name: str, blank: dict[str, Written]) -> None:
        rows = self.row_values(name)
        fresh = f"new{1 + max((int(row_name(row)[3:]) for row in rows if row.get('id') is None), default=0)}"
        self.keep_rows(name, [*rows, {**dict.fromkeys(self.columns[name]), **blank, "id": None, "new": fresh}])

    def actions(
        self,
        label: str,
        save: Callable[[dict[str, Written]], None],
        leave: Callable[[], None],
        leave_label: str = "Abandonner",
        more: Sequence[tuple[str, str, Callable[[], None]]] = (),
    ) -> None:
        """The button that saves, the one that forgets the draft, and when it was last kept.

        `more` are other buttons beside them: (label, icon, what it does).
        """
        with st.container(horizontal=True, vertical_alignment="center", key="form_actions"):
            pressed = st.button(
                label,
                type="primary",
                key=f"save_{self.draft.key}",
                shortcut=SAVE_KEYS,
                on_click=self._send,
                args=(save,),
            )
            was_sent = st.session_state.pop(self._sent, False)
            if pressed and not was_sent:  # the first click after a cut comes to a session that knew no button yet
                save(self.values())
                st.rerun()
            st.button(leave_label, type="tertiary", key=f"leave_{self.draft.key}", on_click=self._leave, args=(leave,))
            for said, icon, act in more:
                st.button(said, icon=icon, type="tertiary", key=f"{said}_{self.draft.key}", on_click=act)
            if self.draft.typed:
                at = formats.clock(self.draft.kept_at, workspace.zone())
                st.caption(f"Brouillon gardé à {at}", width="content")

    def set(self, name: str, value: Written) -> None:
        """Write a value in a field, from a callback, and keep it."""
        if name in self.columns:  # its cells show it once they have forgotten what was typed in them
            for key in [key for key in st.session_state if str(key).startswith(f"{self._key(name)}:")]:
                del st.session_state[key]
        else:
            st.session_state[self._key(name)] = value
        workspace.keep(self.draft.key, {name: value}, self.entries)

    def propose(self, name: str, value: str) -> None:
        """Show words in a text that has none, before it is drawn, as long as nothing was typed there."""
        if name not in self.draft.typed:
            st.session_state[self._key(name)] = value

    @property
    def _sent(self) -> str:
        return f"sent_{self.draft.key}"

    def _send(self, save: Callable[[dict[str, Written]], None]) -> None:
        st.session_state[self._sent] = True
        save(self.values())

    def _leave(self, leave: Callable[[], None]) -> None:
        workspace.drop(self.draft.key)
        leave()

    def _unmarked(self, name: str) -> str:
        """What the text holds; when it was pasted with the markup of its document, a way to take it off."""
        held = str(self._value(name) or "")
        caution.under(held)
        if has_markup(held):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption("Ce texte a été collé avec des balises de mise en forme.", width="content")
                st.button(
                    "Les retirer",
                    type="tertiary",
                    key=f"{self._key(name)}:plain",
                    on_click=self.set,
                    args=(name, without_markup(held)),
                )
        return held

    def _text(self, name: str) -> str:
        return str(self.draft.value(name) or "")

    def _key(self, name: str) -> str:
        return f"{self.draft.key}:{name}"

    def _widget(self, name: str) -> dict[str, Any]:
        """What makes a widget a field of this draft."""
        self.fields.append(name)
        return {"key": self._key(name), "on_change": self._keep, "args": (name,)}

    def _keep(self, name: str) -> None:
        typed = {name: _plain(st.session_state[self._key(name)])}
        self._followed(workspace.keep(self.draft.key, typed, self.entries))

    def _followed(self, kept: OpenDraft | None) -> None:
        """The form was saved meanwhile from another tab: what is typed here goes on in a draft of its own."""
        if kept is not None and kept.key != self.draft.key:
            workspace.keep(kept.key, self.values(), self.entries)
            st.query_params[workspace.DRAFT] = kept.key

    def _typed(self, name: str) -> str:
        return str(self.draft.typed.get(name) or "")


@dataclass(frozen=True)
class Row:
    """One row of a field: its cells, and what moves it or takes it away."""

    form: Form
    field: str
    told: Mapping[str, Written]
    place: int
    of: int

    def line(self, column: str, label: str, **options: Any) -> None:
        """A text on one line."""
        held = str(self.told.get(column) or "")
        st.text_input(f"{label} {self.place + 1}", value=held, live="2s", **self._widget(column), **options)

    def choice(self, column: str, label: str, options: Sequence[str], **more: Any) -> None:
        """One of these words, or none."""
        held = self.told.get(column)
        known = list(options) if held in (None, *options) else [*options, held]
        index = known.index(held) if held is not None else None
        st.selectbox(f"{label} {self.place + 1}", known, index=index, **self._widget(column), **more)

    def tools(self) -> None:
        """Up, down, away: buttons that a keyboard reaches."""
        key = f"{self.form.draft.key}:{self.field}:{row_name(self.told)}"
        moves = [("up", ":material/arrow_upward:", "Monter", -1), ("down", ":material/arrow_downward:", "Descendre", 1)]
        with st.container(horizontal=True, gap="xsmall", wrap=False):
            for name, icon, said, step in moves:
                blocked = not 0 <= self.place + step < self.of
                st.button(
                    said, icon=icon, help=said, type="tertiary", key=f"icon_{key}:{name}", disabled=blocked,
                    on_click=self._move, args=(step,),
                )  # fmt: skip
            st.button(
                "Retirer", icon=":material/close:", help="Retirer", type="tertiary", key=f"icon_{key}:away",
                on_click=self._remove,
            )  # fmt: skip

    def _widget(self, column: str) -> dict[str, Any]:
        return {
            "key": self.form.cell(self.field, self.told, column),
            "label_visibility": "collapsed",
            "on_change": self._keep,
        }

    def _keep(self) -> None:
        self.form.keep_rows(self.field, self.form.row_values(self.field))

    def _move(self, step: int) -> None:
        rows = self.form.row_values(self.field)
        rows.insert(self.place + step, rows.pop(self.place))
        self.form.keep_rows(self.field, rows)

    def _remove(self) -> None:
        rows = self.form.row_values(self.field)
        del rows[self.place]
        self.form.keep_rows(self.field, rows)


def row_name(row: Mapping[str, Written]) -> str:
    """What tells a row from the others of its field while it is typed: its key, or its own mark when it is new."""
    return str(row["id"] if row.get("id") is not None else row["new"])


def choose(form: Form, clashes: Sequence[Clash], labels: Mapping[str, str], zone: str) -> dict[str, str]:
    """Show each field that two people wrote, both values with their authors, and give what is chosen, by field."""
    chosen: dict[str, str | None] = {}
    for clash in clashes:
        with st.container(border=True, key=f"clash_{clash.field}"):
            st.markdown(f"**{escape(labels.get(clash.field, clash.label))}** : quelle valeur garder ?")
            who = escape(clash.author or "Quelqu'un d'autre")
            when = f", {formats.instant(clash.at, ZoneInfo(zone))}" if clash.at else ""
            left, right = st.columns(2)
            left.markdown(f":gray[{who}{when}]  \n{shown(clash.theirs)}")
            right.markdown(f":gray[Vous, à l'instant]  \n{shown(clash.mine)}")
            chosen[clash.field] = st.radio(
                "Valeur à garder",
                [THEIRS, MINE],
                format_func=partial(_side, who),
                index=None,
                horizontal=True,
                key=f"choice_{form.draft.key}_{clash.field}",
                label_visibility="collapsed",
            )
    return {name: side for name, side in chosen.items() if side is not None}


def _side(who: str, side: str) -> str:
    return f"Garder celle de {who}" if side == THEIRS else "Garder la mienne"


def shown(value: Written) -> str:
    """A written value as Markdown, to be compared with another."""
    if value in (None, "", [], {}):
        return ":gray[*rien*]"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "  \n".join(shown(item) for item in value)
    if isinstance(value, dict):
        return " · ".join(shown(item) for item in value.values() if item not in (None, "", [], False))
    return escape(str(value))


def _plain(value: Any) -> Written:
    """A widget's value as JSON keeps it."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if value != "" else None
