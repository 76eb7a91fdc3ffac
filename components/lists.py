"""What the plan's page shows beside the plan: the coordinator's own lists, and what is said when there is nothing."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

import streamlit as st

from components import filters, formats, plan_views, workspace
from db.rules.plan import PlanState, SheetRow
from db.rules.sheet import UnsettledCell

ADDRESS = "liste"
NOTHING_ASKED = "La coordination est vacante : aucune fiche n'est dite sans nouvelles tant que personne n'en demande."
NOTHING_SHARED = (
    "Aucune fiche publiée ne répond à ce que ce lien montre. Demandez-en un autre à la personne qui vous l'a envoyé."
)
NOTHING_PAID = "Votre structure ne finance aucune fiche de ce plan, d'après ce qui est publié."
About = Callable[[SheetRow, date], str]


class View(StrEnum):
    """What the page shows, by its word in the address."""

    PLAN = "plan"
    INCOMPLETE = "completer"
    TO_CHECK = "verifier"
    UNSETTLED = "preciser"
    SILENT = "nouvelles"
    COORDINATION = "coordination"


NAMES = {
    View.PLAN: "Le plan",
    View.INCOMPLETE: "À compléter",
    View.TO_CHECK: "À vérifier",
    View.UNSETTLED: "À préciser",
    View.SILENT: "Sans nouvelles depuis six mois",
    View.COORDINATION: "Portées par la coordination",
}


def choose(state: PlanState, cells: Sequence[UnsettledCell]) -> View:
    """The coordinator's choice between the plan and the lists, each with its count, kept in the address."""
    counts = {
        View.INCOMPLETE: len(incomplete(state)),
        View.TO_CHECK: len(to_check(state)),
        View.UNSETTLED: len(cells),
        View.SILENT: len(silent(state)),
        View.COORDINATION: len(led_by_coordination(state)),
    }
    asked = st.query_params.get(ADDRESS)
    chosen = st.segmented_control(
        "Ce qui est montré",
        list(View),
        format_func=lambda view: f"{NAMES[view]} ({counts[view]})" if view in counts else NAMES[view],
        default=View(asked) if asked in set(View) else View.PLAN,
        required=True,
        key="plan_list",
        on_change=_remember,
        label_visibility="collapsed",
    )
    return chosen or View.PLAN


def _remember() -> None:
    """The list chosen, in the address: a word of its own, since what the control shows has a count in it."""
    chosen = st.session_state["plan_list"]
    if chosen is View.PLAN:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = chosen.value


def incomplete(state: PlanState) -> list[SheetRow]:
    """The sheets that lack something."""
    return [sheet for sheet in state.sheets if sheet.missing]


def to_check(state: PlanState) -> list[SheetRow]:
    """The sheets that their own facts contradict, or whose time runs ahead of their progress."""
    return [sheet for sheet in state.sheets if sheet.findings or sheet.time_note]


def silent(state: PlanState) -> list[SheetRow]:
    """The running sheets without news for six months, the longest silent first."""
    waiting = [sheet for sheet in state.sheets if sheet.needs_news]
    return sorted(waiting, key=lambda sheet: sheet.last_news or date.min)


def led_by_coordination(state: PlanState) -> list[SheetRow]:
    """The sheets whose pilote is the coordination itself."""
    return [sheet for sheet in state.sheets if sheet.led_by_coordination]


def show(view: View, state: PlanState) -> None:
    """One of the lists: its sentence, then what is in it."""
    if view is View.INCOMPLETE:
        _list(incomplete(state), state.on, "manque d'une chose au moins", "manquent d'une chose au moins", missing)
    elif view is View.SILENT and workspace.header().vacant_since is not None:
        st.markdown(NOTHING_ASKED)
    elif view is View.SILENT:
        _list(silent(state), state.on, "attend des nouvelles", "attendent des nouvelles", _silence)
    else:
        found = led_by_coordination(state)
        st.markdown(concentration(len(found), len(state.sheets)))
        _rows(found, state.on, _progress)


def concentration(led: int, sheets: int) -> str:
    """How much of the plan the coordination leads itself, and what that means, as Markdown."""
    if not led:
        return "Aucune fiche n'est portée par la coordination elle-même."
    share = f"soit {formats.percent(100 * led / sheets)} du plan"
    verb = "est portée" if led == 1 else "sont portées"
    said = formats.sentence_case(formats.spelt(led, "fiche", feminine=True))
    return (
        f"**{said} sur {sheets} {verb} par la coordination elle-même**, {share}. "
        "Chaque fiche qui trouve un pilote parmi les partenaires rend le plan moins dépendant d'une seule équipe."
    )


def _list(sheets: Sequence[SheetRow], on: date, one: str, several: str, about: About) -> None:
    counted(sheets, one, several)
    if sheets:
        _rows(sheets, on, about)


def counted(sheets: Sequence[SheetRow], one: str, several: str) -> None:
    """How many fiches are in a list, in a sentence; that there is none is good news."""
    count = formats.sentence_case(formats.spelt(len(sheets), "fiche", feminine=True))
    if sheets:
        st.markdown(f"**{count} {one if len(sheets) == 1 else several}.**")
    else:
        st.success(f"{count} {formats.denied(one)} aujourd'hui.", icon=":material/check_circle:")


def _rows(sheets: Sequence[SheetRow], on: date, about: About) -> None:
    here = filters.kept()
    with plan_views.rows("list"):
        for sheet in sheets[: plan_views.A_PAGE]:
            plan_views.sheet_link(sheet, here)
            st.markdown(f"{plan_views.badges(sheet)} &nbsp; {plan_views.leads(sheet)}  \n{about(sheet, on)}")
    if len(sheets) > plan_views.A_PAGE:
        rest = formats.plural(len(sheets) - plan_views.A_PAGE, "autre fiche", "autres fiches")
        st.caption(f"Et {rest}, qui paraîtront à mesure que celles-ci quitteront la liste.")


def missing(sheet: SheetRow, on: date) -> str:
    """What a sheet lacks, as Markdown."""
    return f"Il manque : {formats.listing([thing.label_fr for thing in sheet.missing])}"


def _progress(sheet: SheetRow, on: date) -> str:
    return plan_views.progress_line(sheet)


def _silence(sheet: SheetRow, on: date) -> str:
    if sheet.last_news is None:
        return "Jamais de nouvelles depuis l'entrée dans le plan"
    return f"Dernières nouvelles {formats.ago(sheet.last_news, on)}, le {formats.day(sheet.last_news)}"


def elsewhere(show_preparation: Callable[[], None]) -> None:
    """For who coordinates and looks at what is published: where the lists are, and the way there."""
    with st.container(horizontal=True, vertical_alignment="center", key="lists_elsewhere"):
        view = f"«{formats.NBSP}En préparation{formats.NBSP}»"
        st.caption(f"Les listes de la coordination sont dans la vue {view}.", width="content")
        st.button("Passer en préparation", icon=":material/edit_note:", type="tertiary", on_click=show_preparation)


def no_sheet(writes: bool, *, pays: bool = False) -> None:
    """The plan has no fiche yet: one sentence, and a door for who may fill it. By a link that shows a part of a plan,
    or to who reads what their structure pays (`pays`), that nothing of it is there."""
    if workspace.link() is not None:
        st.info(NOTHING_SHARED, icon=":material/filter_alt:")
        return
    if pays:
        st.info(NOTHING_PAID, icon=":material/filter_alt:")
        return
    st.info("Ce plan n'a pas encore de fiche action.", icon=":material/view_list:")
    if writes:
        st.page_link(
            "exchange.py", label="Importer votre plan", icon=":material/upload_file:", query_params=filters.kept()
        )


def nothing_found() -> None:
    """No fiche meets the filters."""
    st.info(
        "Aucune fiche ne correspond à ces filtres. Retirez-en un, ou effacez-les tous.", icon=":material/filter_alt:"
    )
