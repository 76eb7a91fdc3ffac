"""« Action imprévue »: three fields, one minute, on a phone, standing; then what a committee still has to validate."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import filters, formats, hall, workspace
from components.forms import Form
from components.text import escape
from db.rules.dates import add_months
from db.rules.forms import Written
from db.rules.initiative import Header
from db.rules.plan import PlanState, SheetRow
from db.rules.vocabulary import PlacementEntry

SHEET_PAGE, PLAN_PAGE, PAGE = "sheet.py", "plan.py", "unplanned.py"
ADDED = "ajoutee"
WIDTH = 640
OTHER = "Autre mois"
Command = Callable[..., Any]


def subject_of(initiative_id: int) -> str:
    """What the draft of an unplanned action is about."""
    return f"unplanned:{initiative_id}"


def door() -> None:
    """The way to the page, for who writes."""
    st.page_link(PAGE, label="Action imprévue", icon=":material/add_circle:", query_params=filters.kept())


def closed() -> None:
    """For who merely reads: what stands here, and the way back."""
    st.info("Seule la coordination ajoute une action au plan.")
    st.page_link(PLAN_PAGE, label="Revenir au plan d'action", icon=":material/arrow_back:", query_params=filters.kept())


def form(add: Command, organisations: Sequence[str], committee: str) -> None:
    """The three fields. `add` is the command that the page hands over."""
    here = workspace.initiative()
    today = workspace.today(here)
    months = [formats.month(today), formats.month(add_months(today, 1))]
    filling = Form(workspace.draft(subject_of(here.id), lambda *_: {"month": months[0]}))
    with st.container(key="unplanned", width=WIDTH):
        filling.line("title", "Quelle action", placeholder="Ateliers nutrition au marché de Cavaillon")
        filling.choice(
            "lead",
            "Qui la pilote",
            organisations,
            placeholder="Choisir, ou écrire un nom",
            accept_new_options=True,
        )
        _start(filling, months)
        st.caption(
            f"Elle entre au plan « hors contrat initial » ; le prochain {committee} aura à la valider. "
            "Le reste se complète plus tard, sur sa fiche."
        )
        filling.actions("Ajouter l'action", partial(_save, add, filling.draft.key), _leave)


def _start(filling: Form, months: Sequence[str]) -> None:
    """When it starts: this month or the next in one touch, any other as a text."""
    held = filling.draft.value("month")
    known = [*months, OTHER] if held in (None, OTHER, *months) else [*months, held, OTHER]
    names = dict(zip(months, ("Ce mois-ci", "Le mois prochain"), strict=True))
    chosen = filling.buttons(
        "month", "Quand elle commence", known, format_func=lambda month: names.get(month, month), width="stretch"
    )
    if chosen == OTHER:
        filling.line("other_month", "Quel mois", placeholder="mars 2027")
    elif chosen is not None:
        st.caption(formats.sentence_case(f"{chosen}."))


def asked(values: Mapping[str, Written]) -> dict[str, str | None]:
    """What a form says, as the command takes it: the month is the one chosen, or the one written."""
    month = values.get("other_month") if values.get("month") == OTHER else values.get("month")
    return {"title": values.get("title"), "lead": values.get("lead"), "month": month}


def _save(add: Command, key: str, values: dict[str, Written]) -> None:
    here = workspace.initiative()
    made: list[int] = st.session_state.setdefault(f"made_{key}", [])  # kept: another click may end this one in between

    def adding(session: Any, viewer: Any, **told: Any) -> None:
        made.append(add(session, viewer, initiative_id=here.id, **told).id)

    told = f"« {escape(str(values.get('title') or ''))} » est dans le plan, hors contrat initial."
    if workspace.act(adding, on=workspace.today(here), **asked(values), closes=key, told=told):
        st.query_params.pop(workspace.DRAFT, None)
        hall.show_preparation()  # what was just written is in preparation: it would otherwise seem half lost
        if made:
            st.query_params[ADDED] = str(made[-1])


def _leave() -> None:
    st.query_params.pop(ADDED, None)


def added(state: PlanState) -> None:
    """The way to the fiche that was just added; nothing once it was taken back."""
    asked_for = st.query_params.get(ADDED)
    row = next((sheet for sheet in state.sheets if str(sheet.placement_id) == asked_for), None)
    if row is not None:
        _link(row, f"Compléter la fiche « {escape(row.title)} »", ":material/edit_note:")


def waiting(state: PlanState, committee: str) -> None:
    """The actions « hors contrat initial » that no committee has validated yet, the last one first."""
    awaited = [sheet for sheet in state.sheets if awaits_validation(sheet)]
    if not awaited:
        return
    st.header(f"À valider par le prochain {committee} ({len(awaited)})", anchor=False)
    for sheet in sorted(awaited, key=lambda sheet: -sheet.placement_id):
        _link(sheet, escape(sheet.label))


def awaits_validation(sheet: SheetRow) -> bool:
    """Whether a committee still has to validate an action that the contract did not foresee."""
    return sheet.entry is PlacementEntry.UNPLANNED and sheet.validated_on is None


def _link(sheet: SheetRow, label: str, icon: str | None = None) -> None:
    kept = filters.kept(fiche=str(sheet.placement_id))
    here = {key: value for key, value in kept.items() if key not in (ADDED, workspace.DRAFT)}
    st.page_link(SHEET_PAGE, label=label, icon=icon, query_params=here)


def validation(sheet: SheetRow, header: Header, validate: Command, forget: Command, *, may_write: bool) -> None:
    """On a fiche « hors contrat initial »: whether a committee validated it and, for who writes, where to note it.

    `validate` and `forget` are commands that the page hands over.
    """
    if sheet.entry is not PlacementEntry.UNPLANNED:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="unplanned_validation"):
        if sheet.validated_on is not None:
            st.markdown(
                f":material/gavel: Hors contrat initial, validée en comité le {formats.day(sheet.validated_on)}",
                width="content",
            )
        else:
            st.markdown(
                f":material/gavel: Hors contrat initial, à valider par le prochain {header.committee_name}",
                width="content",
            )
        if not may_write:
            return
        if sheet.validated_on is not None:
            st.button(
                "Revenir sur cette validation",
                type="tertiary",
                on_click=_forget,
                args=(forget, sheet.placement_id),
            )
            return
        with st.popover("Validée en comité", icon=":material/check:", type="tertiary", width="content"):
            _validated(sheet, header.last_committee, validate)


def _validated(sheet: SheetRow, last_committee: date | None, validate: Command) -> None:
    key = f"validated_{sheet.placement_id}"
    proposed = formats.short_day(_likely(sheet, last_committee))
    st.text_input("Quel jour", value=proposed, key=key, placeholder="23/06/2026")
    st.button("Noter la validation", type="primary", on_click=_validate, args=(validate, sheet, key))


def _likely(sheet: SheetRow, last_committee: date | None) -> date:
    """The last committee, when it sat after the action came; today otherwise."""
    if last_committee is not None and (sheet.since is None or sheet.since <= last_committee):
        return last_committee
    return workspace.today(workspace.initiative())


def _validate(validate: Command, sheet: SheetRow, key: str) -> None:
    on = workspace.today(workspace.initiative())
    told = f"« {escape(sheet.title)} » est validée en comité : elle n'est plus à arbitrer."
    workspace.act(validate, placement_id=sheet.placement_id, day=st.session_state[key], on=on, told=told)


def _forget(forget: Command, placement_id: int) -> None:
    workspace.act(forget, placement_id=placement_id, told="L'action attend de nouveau la validation d'un comité.")
