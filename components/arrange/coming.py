"""A new sheet, in four fields; and the sheets that were archived, each with its way back."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import filters, formats, workspace
from components.arrange import frame
from components.forms import Form
from components.text import escape
from db.rules import arranging
from db.rules.arranging import ArchivedSheet, Arrangement
from db.rules.forms import Written

Command = Callable[..., Any]
UNPLANNED_PAGE = "unplanned.py"
MOST = 50


def new(plan: Arrangement, organisations: Sequence[str], create: Command) -> None:
    """The form of a new sheet. `create` is the command that the page hands over."""
    here = workspace.initiative()
    axes = {str(key): label for key, label in arranging.axis_labels(plan.axes).items()}
    form = Form(workspace.draft(f"sheet:new:{here.id}"))
    with st.container(border=True, key="new_sheet"):
        form.line("title", "Titre")
        form.choice("axis", "Axe", list(axes), format_func=lambda key: axes.get(str(key), "un axe archivé"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            form.line("code", "Numéro", width=110)
            form.choice(
                "lead",
                "Pilote",
                organisations,
                placeholder="Choisir, ou écrire un nom",
                accept_new_options=True,
                width="stretch",
            )
        form.actions("Ajouter la fiche", partial(_create, form, create, here.id), _leave)
    st.caption("Elle entre au contrat initial. Une action décidée depuis la signature est une action imprévue.")
    st.page_link(UNPLANNED_PAGE, label="Action imprévue", icon=":material/add_circle:", query_params=filters.kept())


def _create(form: Form, create: Command, initiative_id: int, values: dict[str, Written]) -> None:
    axis, title = values.get("axis"), values.get("title") or ""
    frame.opens_what(
        create,
        initiative_id=initiative_id,
        title=title,
        axis_id=int(axis) if axis else None,
        code=values.get("code"),
        lead=values.get("lead"),
        closes=form.draft.key,
        told=f"« {escape(title)} » est dans le plan. Ouvrez la fiche pour la compléter.",
    )


def _leave() -> None:
    st.query_params.pop(workspace.DRAFT, None)


def archived(plan: Arrangement, restore: Command) -> None:
    """The sheets that were archived, the last one first."""
    if not plan.archived:
        st.success("Aucune fiche de ce plan n'est archivée.", icon=":material/check_circle:")
        return
    st.markdown("Une fiche archivée garde tout ce qu'elle contient ; elle ne compte plus dans le plan.")
    once = frame.drawn_once()
    for sheet in plan.archived[:MOST]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"archived_{sheet.placement_id}"):
            st.markdown(_told(plan, sheet), width="stretch")
            st.button(
                "Remettre dans le plan",
                icon=":material/unarchive:",
                key=f"restore_{sheet.placement_id}",
                on_click=_restore,
                args=(plan, sheet, restore, once),
            )
    if len(plan.archived) > MOST:
        rest = formats.plural(len(plan.archived) - MOST, "autre fiche", "autres fiches")
        st.caption(f"Et {rest}, qui paraîtront à mesure que celles-ci seront remises dans le plan.")


def _told(plan: Arrangement, sheet: ArchivedSheet) -> str:
    """What the sheet is, who archived it and when, and whether it will find its number again."""
    number = f"**{escape(sheet.code)}** " if sheet.code else ""
    when = formats.instant(sheet.at, ZoneInfo(workspace.initiative().time_zone))
    what = "archivée" if sheet.is_home else "retirée de ce plan"
    by = f", par {escape(sheet.author)}" if sheet.author else ""
    taken = _taken_by(plan, sheet)
    lost = f"  \n:gray[Le n° {escape(sheet.code or '')} est depuis celui de « {escape(taken)} » : " if taken else ""
    return f"{number}{escape(sheet.title)}  \n:gray[{what} le {when}{by}]" + (
        f"{lost}elle reviendra sans numéro.]" if taken else ""
    )


def _taken_by(plan: Arrangement, sheet: ArchivedSheet) -> str | None:
    """The title of the sheet that bears the number of an archived one."""
    bearers = (other.title for other in plan.sheets if sheet.code is not None and other.code == sheet.code)
    return next(bearers, None)


def _restore(plan: Arrangement, sheet: ArchivedSheet, restore: Command, once: str) -> None:
    taken = _taken_by(plan, sheet)
    told = f"« {escape(sheet.title)} » est de retour dans le plan"
    without = f", sans numéro : le {escape(sheet.code or '')} est celui de « {escape(taken or '')} »"
    said = f"{told}{without if taken else ''}."
    workspace.act(restore, placement_id=sheet.placement_id, told=said, once=f"{once}:{sheet.placement_id}")
