"""The history of a fiche, and the acts of a plan: each act, who did it and when, what it changed, how it is undone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats, notices, tables, workspace
from components.filters import kept
from components.formats import NBSP
from components.history_words import LongText, told, value_words
from components.notice import Notice
from components.plan_views import SHEET_PAGE
from components.text import escape, paragraphs
from db.rules.history import Followed, HistoryPage, PastAct, Reach, RowChange

DONE = "history_done"
"""The act that was just taken back in the dialog, which then closes."""
ALL_ACTS = (
    "Tout ce qui a été écrit sur cette démarche, le plus récent d'abord. Annuler remet comme avant, et l'annulation "
    "s'annule aussi ; ce qui a changé depuis n'est jamais écrasé."
)
ACTS_READ = "Ce qui a changé de ce que vous lisez dans cette démarche, avec sa date, le plus récent d'abord."
NOTHING = ":gray[*rien*]"
AT_ONCE = 8
TALL = 320
"""Pixels of a list of fiches, beyond which it scrolls."""


def show(page: HistoryPage, zone: str, reach: Callable[[int], Reach]) -> None:
    """The acts of the page, newest first; instants in the initiative's own time zone. `reach` gives what an act
    touches."""
    if not page.acts:
        st.markdown("Rien n'a encore été écrit.")
    elif workspace.viewer().published_only and workspace.prepares():
        st.caption(f"Vous lisez ce qui est publié. Pour annuler un acte, passez «{NBSP}En préparation{NBSP}».")
    for act in page.acts:
        with st.container(gap="xsmall", key=f"act_{act.id}"):
            _head(act, zone, reach)
            _changes(act)


def _head(act: PastAct, zone: str, reach: Callable[[int], Reach]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said(act, zone), width="stretch")
        if act.may_undo and st.button(
            notices.verb(act.is_undo),
            icon=notices.icon(act.is_undo),
            type="tertiary",
            key=f"take_back_{act.id}",
            help=f"{notices.verb(act.is_undo)} cet acte : rien n'est fait avant d'avoir confirmé",
        ):
            _ask(act, reach)


def said(act: PastAct, zone: str) -> str:
    """What an act was, when, by whom if that is told, on how many fiches, whether it was taken back since: Markdown."""
    facts = [_when(act.at, zone), *_by(act.actor)]
    if act.sheets > 1:
        facts.append(formats.plural(act.sheets, "fiche"))
    line = f"**{escape(act.label)}**  \n:gray[{', '.join(facts)}]"
    if act.taken is not None:
        verb, color = ("annulé", "orange") if act.taken.is_back else ("rétabli", "gray")
        part = " en partie" if act.taken.in_part else ""
        when = ", ".join([_when(act.taken.at, zone), *_by(act.taken.actor)])
        line += f"  \n:{color}-badge[{verb}{part}] :gray[{when}]"
    return line


def _by(actor: str | None) -> list[str]:
    return [] if actor is None else [f"par {escape(actor)}"]


def _when(at: datetime, zone: str) -> str:
    return formats.instant(at, ZoneInfo(zone))


def _changes(act: PastAct) -> None:
    """What the act changed of the fiche looked at; among the acts of a plan, the way to its one fiche."""
    if act.sheet is not None and not act.changes:
        _way(act)
        return
    words = told(act.changes)
    _list(words.sentences[:AT_ONCE])
    if len(words.sentences) > AT_ONCE:
        label = f"Voir {formats.plural(len(words.sentences) - AT_ONCE, 'autre ligne', 'autres lignes')}"
        with st.expander(label, on_change="rerun", key=f"more_{act.id}") as more:
            if more.open:
                _list(words.sentences[AT_ONCE:])
    if words.rows:
        tables.show(words.rows)
    if words.long:
        _whole(act, words.long)


def _list(sentences: Sequence[str]) -> None:
    if sentences:
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def _way(act: PastAct) -> None:
    if act.sheet is None or act.sheet.placement_id is None:
        st.markdown(f":gray[{escape(act.sheet.label)}]" if act.sheet else "")
        return
    address = kept(fiche=str(act.sheet.placement_id))
    st.page_link(SHEET_PAGE, label=escape(act.sheet.label), query_params=address)


def _whole(act: PastAct, texts: Sequence[LongText]) -> None:
    """The texts that were cut short, whole, on demand."""
    labels = formats.listing(list(dict.fromkeys(text.label for text in texts)))
    with st.expander(f"Lire en entier : {escape(labels)}", on_change="rerun", key=f"whole_{act.id}") as whole:
        if whole.open:
            for text in texts:
                st.markdown(f"**{escape(text.label)}**")
                sides = [(title, body) for title, body in (("Avant", text.before), ("Après", text.after)) if body]
                for column, (title, body) in zip(st.columns(2, gap="medium"), sides, strict=False):
                    column.markdown(f":gray[{title}]\n\n{paragraphs(body) or NOTHING}")


@st.dialog("Revenir sur un acte", icon=":material/undo:", width="medium")
def _ask(act: PastAct, reach: Callable[[int], Reach]) -> None:
    """What taking an act back touches, before it is done; what changed since, when it cannot be done whole."""
    if st.session_state.pop(DONE, None) == act.id:
        st.rerun()
    st.markdown(f"**{escape(act.label)}**")
    place, notice = st.container(), _refusal()
    is_held = notice is not None and notice.rest == act.id
    label = f"{notices.verb(act.is_undo)} {'tout le reste' if is_held else 'cet acte'}"
    with st.container(horizontal=True):
        clicked = st.button(
            label, icon=notices.icon(act.is_undo), key="history_undo", on_click=_back, args=(act, is_held)
        )
        if st.button("Laisser comme c'est", key="history_leave", on_click=_leave):
            st.rerun()
    with place:
        if notice is not None and (is_held or clicked):
            st.error(notices.body(notice))
        else:
            _touched(reach(act.id))


def _back(act: PastAct, keep_changed: bool) -> None:
    workspace.take_back(act.id, is_redo=act.is_undo, keep_changed=keep_changed)
    if _refusal() is None:
        st.session_state[DONE] = act.id


def _refusal() -> Notice | None:
    """What the last act was refused for, when it was."""
    notice: Notice | None = st.session_state.get(workspace.NOTICE)
    return notice if notice is not None and notice.is_refusal else None


def _leave() -> None:
    """What was refused in the dialog was read there."""
    if _refusal() is not None:
        del st.session_state[workspace.NOTICE]


def _touched(reach: Reach) -> None:
    """« Cet acte touche 25 fiches », and which."""
    count = len(reach.sheets) + reach.elsewhere
    if count == 0:
        st.markdown("Cet acte ne touche aucune fiche.")
        return
    st.markdown(f"Cet acte touche {formats.plural(count, 'fiche')} :" if count > 1 else "Cet acte touche une fiche :")
    names = [f"- {escape(sheet.label)}" for sheet in reach.sheets]
    if reach.elsewhere:
        names.append(f"- {formats.plural(reach.elsewhere, 'fiche')} d'une autre démarche")
    with st.container(height=TALL if len(names) > 10 else "content"):
        st.markdown("\n".join(names))


def chosen_value(followed: Callable[[], Sequence[Followed]], sheet_id: int) -> str:
    """The key of the one value that the reader follows; « » for the whole history."""
    labels = {value.key: value.label for value in followed()}
    return st.selectbox(
        "Suivre une seule valeur",
        ["", *labels],
        format_func=lambda key: labels.get(key, "Tout l'historique"),
        key=f"history_value_{sheet_id}",
    )


def values(page: HistoryPage, zone: str) -> None:
    """The values that one thing had, newest first, each with its day; by whom, where authors are told."""
    rows = [_value(act, change, zone) for act in page.acts for change in act.changes]
    if rows:
        tables.show(rows)
    else:
        st.markdown("Aucune valeur n'a encore été écrite ici.")


def _value(act: PastAct, change: RowChange, zone: str) -> dict[str, str]:
    by = {"Par": escape(act.actor)} if act.actor is not None else {}
    return {"Écrit le": _when(act.at, zone), "Ce qui a été écrit": value_words(change), **by}


def page_asked(about: int | str) -> int:
    """The page that the reader asked for, of the history of this fiche or of these acts."""
    return int(st.session_state.get(_key(about), 1))


def pages(page: HistoryPage, acts_a_page: int, about: int | str) -> None:
    """The way to older acts, when there are more than a page of them."""
    number = -(-page.total // acts_a_page)
    if number > 1:
        st.pagination(number, key=_key(about))


def _key(about: int | str) -> str:
    return f"history_page_{about}"
