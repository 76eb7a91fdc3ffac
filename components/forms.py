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

from components import formats, workspace
from components.text import escape
from db.rules.forms import Clash, OpenDraft, Written

MINE, THEIRS = "mine", "theirs"
SAVE_KEYS = "Mod+S"


@dataclass
class Form:
    """The fields of one form. `fields` are those drawn so far in this run: what a save sends."""

    draft: OpenDraft
    fields: list[str] = field(default_factory=list)

    def line(self, name: str, label: str, **options: Any) -> str:
        """A text on one line, kept two seconds after the last key."""
        typed = st.text_input(label, value=self._text(name), live="2s", **self._widget(name), **options)
        return typed or ""

    def area(self, name: str, label: str, **options: Any) -> str:
        """A text of several lines, kept when it is left and, by the page's own script, after a pause."""
        height = options.pop("height", "content")
        return st.text_area(label, value=self._text(name), height=height, **self._widget(name), **options) or ""

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
        return st.multiselect(label, known, default=held, accept_new_options=new, **self._widget(name), **more)

    def tick(self, name: str, label: str, **options: Any) -> bool:
        """Yes or no."""
        return st.checkbox(label, value=bool(self.draft.value(name)), **self._widget(name), **options)

    def values(self) -> dict[str, Written]:
        """What the fields drawn hold at this moment, by name, as it was typed."""
        return {name: _plain(st.session_state.get(self._key(name), self.draft.value(name))) for name in self.fields}

    def actions(self, label: str, save: Callable[[dict[str, Written]], None], leave: Callable[[], None]) -> None:
        """« Enregistrer » and « Abandonner », and when the draft was last kept."""
        with st.container(horizontal=True, vertical_alignment="center", key="form_actions"):
            st.button(
                label,
                type="primary",
                key=f"save_{self.draft.key}",
                shortcut=SAVE_KEYS,
                on_click=self._send,
                args=(save,),
            )
            st.button("Abandonner", type="tertiary", key=f"leave_{self.draft.key}", on_click=self._leave, args=(leave,))
            if self.draft.typed:
                at = formats.clock(self.draft.kept_at, ZoneInfo(workspace.initiative().time_zone))
                st.caption(f"Brouillon gardé à {at}", width="content")

    def set(self, name: str, value: Written) -> None:
        """Write a value in a field, from a callback, and keep it."""
        st.session_state[self._key(name)] = value
        workspace.keep(self.draft.key, {name: value})

    def _send(self, save: Callable[[dict[str, Written]], None]) -> None:
        save(self.values())

    def _leave(self, leave: Callable[[], None]) -> None:
        workspace.drop(self.draft.key)
        leave()

    def _text(self, name: str) -> str:
        return str(self.draft.value(name) or "")

    def _key(self, name: str) -> str:
        return f"{self.draft.key}:{name}"

    def _widget(self, name: str) -> dict[str, Any]:
        """What makes a widget a field of this draft."""
        self.fields.append(name)
        return {"key": self._key(name), "on_change": self._keep, "args": (name,)}

    def _keep(self, name: str) -> None:
        kept = workspace.keep(self.draft.key, {name: _plain(st.session_state[self._key(name)])})
        if kept is not None and kept.key != self.draft.key:
            self._follow(kept)

    def _follow(self, kept: OpenDraft) -> None:
        """The form was saved meanwhile from another tab: what is typed here goes on in a draft of its own."""
        workspace.keep(kept.key, self.values())
        st.query_params[workspace.DRAFT] = kept.key


def choose(form: Form, clashes: Sequence[Clash], labels: Mapping[str, str], zone: str) -> dict[str, str]:
    """Show each field that two people wrote, both values with their authors, and give what is chosen, by field."""
    chosen: dict[str, str | None] = {}
    for clash in clashes:
        with st.container(border=True, key=f"clash_{clash.field}"):
            st.markdown(f"**{escape(labels.get(clash.field, clash.label))}** : qui garde-t-on ?")
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
