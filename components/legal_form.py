"""« Textes de l'installation »: what the legal pages say, and the form in which they are written."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import workspace
from components.formats import plural
from components.forms import Form
from db.rules.forms import Written as Value
from db.rules.legal import LONGEST, LegalText, Written

OPEN = "texte"
HOW = (
    "Écrivez en lignes simples : « # » devant une ligne en fait un titre, « - » un élément de liste, une ligne vide "
    "sépare les paragraphes. Le reste s'affiche comme vous le tapez."
)

Base = Callable[..., Mapping[str, Value]]


def show(texts: Sequence[Written], base: Base, write: Callable[..., Any]) -> None:
    """Each text with where it stands; the one that the address opens, in its form."""
    late = sum(not text.is_ready for text in texts)
    if late:
        st.warning(
            f"{plural(late, 'texte')} à compléter : la loi les demande à qui ouvre un site au public. Remplacez les "
            "passages entre crochets par ce qui est vrai pour vous.",
            icon=":material/edit_note:",
        )
    st.markdown("Ces textes se lisent sans se connecter, au pied de chaque page.")
    for text in texts:
        _one(text, base, write)


def _one(text: Written, base: Base, write: Callable[..., Any]) -> None:
    st.header(text.name.label_fr, anchor=False, divider="gray")
    if st.query_params.get(OPEN) == text.name.value:
        _form(text, base, write)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_standing(text), width="stretch")
        st.link_button("Lire la page", f"/{text.name.value}", icon=":material/open_in_new:")
        st.button(
            "Modifier",
            icon=":material/edit:",
            key=f"legal_{text.name.value}",
            on_click=_open,
            args=(text.name,),
        )


def _standing(text: Written) -> str:
    whose = "Texte fourni avec Balise" if text.is_supplied else "Écrit par cette installation"
    if text.is_ready:
        return f":green[:material/check_circle:] {whose}."
    return f":orange[:material/edit_note:] {whose}, {plural(text.blanks, 'passage')} à compléter."


def _form(text: Written, base: Base, write: Callable[..., Any]) -> None:
    draft = workspace.draft(f"legal:{text.name.value}", lambda session, _viewer: base(session, text.name))
    form = Form(draft)
    with st.container(border=True, key="legal_form"):
        form.resumed()
        form.area("text", text.name.label_fr, max_chars=LONGEST)
        st.caption(HOW)
        form.actions("Enregistrer", partial(_save, draft.key, text.name, draft.base.get("text"), write), _leave)


def _save(key: str, name: LegalText, was: Value, write: Callable[..., Any], values: dict[str, Value]) -> None:
    done = workspace.act(
        write,
        closes=key,
        told=f"« {name.label_fr} » est enregistré.",
        name=name.value,
        text=str(values.get("text") or ""),
        was=str(was or ""),
    )
    if done:
        _leave()


def _open(name: LegalText) -> None:
    st.query_params[OPEN] = name.value


def _leave() -> None:
    for name in (OPEN, workspace.DRAFT):
        st.query_params.pop(name, None)
