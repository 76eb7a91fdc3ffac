"""Publier le point: what would become visible, the form, the points already published, what changed since one."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import changes, workspace
from components.formats import NBSP, agree, day, instant, number, plural, sentence_case, short_day, spelt
from components.forms import Form
from components.text import escape
from db.rules.forms import Written
from db.rules.initiative import Header
from db.rules.plan import PlanState, SheetRow
from db.rules.points import Change, PastPoint, ToPublish, read_point_day
from db.rules.sheet import SheetDetail

PUBLISH_PAGE, SHEET_PAGE, PLAN_PAGE = "publish.py", "sheet.py", "plan.py"
SHEET, SINCE, UNTIL = "fiche", "depuis", "jusque"
PREPARED = "preparation"
NAME, DAY = "name", "day"
MOST_POINTS, LONG = 20, 25
ANCHOR = "nommer-le-point"
LIVE = (
    "Seul ce qui est daté attend un point : statut, avancement, météo, valeurs, cibles, montants et réponses des "
    "financeurs. Les textes d'une fiche, ses dates, ses étapes, ses partenaires se voient dès qu'ils sont enregistrés."
)


def here(**more: str) -> dict[str, str]:
    """The parameters of the address that lead to what is in preparation in the démarche that is open."""
    return {workspace.CHOSEN: workspace.initiative().code, workspace.VIEW: workspace.PREPARATION, **more}


def door(header: Header) -> None:
    """The way to this page from every other, for who prepares: with the number of entries that wait."""
    waiting = header.in_preparation
    if not waiting and not workspace.viewer().coordinates(header.id):
        return
    is_due = waiting or header.point is None
    label = f"Publier le point ({number(waiting)})" if waiting else "Publier le point" if is_due else "Points publiés"
    icon = ":material/publish:" if is_due else ":material/history:"
    st.page_link(PUBLISH_PAGE, label=label, icon=icon, query_params=here(), width="content")


def door_of(sheet: SheetRow, detail: SheetDetail) -> None:
    """The way to publish one fiche, when some of its entries wait."""
    if detail.waiting:
        address = here(**{SHEET: str(sheet.placement_id)})
        label = f"Publier cette fiche ({number(detail.waiting)})"
        st.page_link(PUBLISH_PAGE, label=label, icon=":material/publish:", query_params=address, width="content")


def closed() -> None:
    """For who may not publish."""
    st.title("Publier le point", anchor=False)
    st.info("Publier un point revient à la coordination de la démarche.", icon=":material/lock:")


def elsewhere(show_preparation: Callable[[], None]) -> None:
    """For who may publish and looks at what is published: what is in preparation is in the other view."""
    st.markdown(f"Vous regardez ce qui est publié. Ce qui attend est dans la vue «{NBSP}En préparation{NBSP}».")
    st.button("Passer en préparation", icon=":material/edit_note:", type="primary", on_click=show_preparation)


def sheet_asked(state: PlanState) -> SheetRow | None:
    """The fiche that the address asks to publish alone; one that is not there is told, and stops the page."""
    asked = st.query_params.get(SHEET)
    if asked is None:
        return None
    found = next((sheet for sheet in state.sheets if str(sheet.placement_id) == asked), None)
    if found is None:
        st.title("Publier une fiche", anchor=False)
        st.info("Cette fiche n'existe pas, ou elle ne vous est pas ouverte.")
        st.page_link(PUBLISH_PAGE, label="Publier le point du plan", icon=":material/publish:", query_params=here())
        st.stop()
    return found


def title(sheet: SheetRow | None) -> None:
    """What is about to be published: the plan, or one fiche, with the way back to it."""
    if sheet is None:
        st.title("Publier le point", anchor=False)
        return
    address = here(**{SHEET: str(sheet.placement_id)})
    st.page_link(SHEET_PAGE, label="Revenir à la fiche", icon=":material/arrow_back:", query_params=address)
    st.title("Publier une fiche", anchor=False)
    st.markdown(f"**{escape(sheet.label)}**")


def form_of(header: Header, sheet: SheetRow | None) -> Form:
    """The form of a point, resumed if it was left; its day and its name are proposed until others are typed."""
    form = Form(workspace.draft(f"publish:{header.id}" + (f":{sheet.sheet_id}" if sheet else "")))
    form.propose(DAY, short_day(header.on))
    typed = read_point_day(form.draft.value(DAY)).value or header.on
    what = f"Fiche {sheet.code or ''}".strip() + ", point" if sheet else "Point"
    form.propose(NAME, f"{what} du {day(typed)}".replace(NBSP, " "))
    return form


def day_asked(form: Form, on: date) -> date:
    """The day of the point as it is typed at this moment; today's while it cannot be read or has not come."""
    return min(read_point_day(form.draft.value(DAY)).value or on, on)


def preview(told: ToPublish, as_of: date, sheet: SheetRow | None) -> None:
    """What readers will read that they do not read yet, before anything is asked."""
    for sentence in sentences(told, as_of, sheet):
        st.markdown(sentence)
    if len(told.changes) > LONG:
        st.markdown(f"[Aller au nom, au jour et au bouton](#{ANCHOR})")
    changes.show(told.changes, here(), "to_publish")
    if told.entries > len(told.changes) > 0:
        st.caption("De plusieurs saisies d'une même suite, la dernière est montrée ; l'historique garde les autres.")
    st.caption(LIVE)


def sentences(told: ToPublish, as_of: date, sheet: SheetRow | None) -> list[str]:
    """How much enters the point, how much stays behind, as Markdown."""
    return [line for line in (_entering(told, sheet), _staying(told, as_of)) if line]


def _entering(told: ToPublish, sheet: SheetRow | None) -> str:
    count = sentence_case(spelt(told.entries, "saisie", feminine=True))
    enters = agree(told.entries, "entre", "entrent")
    if not told.entries:
        what = "de cette fiche " if sheet else ""
        seen = f"les lecteurs voient déjà tout ce qui {what}est daté jusqu'à ce jour"
        return f"**Rien de nouveau n'est à publier** : {seen}."
    if not told.changes:
        return f"**{count} {enters} dans ce point**, sans rien changer à ce que les lecteurs voient aujourd'hui."
    sheets = len({change.where.sheet_id for change in told.changes if change.where.sheet_id is not None})
    over = f", sur {spelt(sheets, 'fiche', feminine=True)}" if sheets and sheet is None else ""
    alone = " Cette fiche paraît seule : le reste du plan attend son point." if sheet else ""
    return f"**{count} {enters} dans ce point{over}.** Voici ce que les lecteurs verront de nouveau.{alone}"


def _staying(told: ToPublish, as_of: date) -> str:
    if not told.later:
        return ""
    count = sentence_case(spelt(told.later, "saisie", feminine=True))
    stay = agree(told.later, "datée d'après le {}, reste", "datées d'après le {}, restent").format(day(as_of))
    return f":material/schedule: {count}, {stay} en préparation."


def ask(form: Form, header: Header, told: ToPublish, sheet: SheetRow | None, publish: Callable[..., Any]) -> None:
    """The name and the day of the point, then the button that publishes what was shown (`told`), and that alone."""
    st.header("Le point", anchor=ANCHOR)
    with st.container(border=True, key="publish_form"):
        left, right = st.columns([3, 1])
        with left:
            form.line(NAME, "Nom du point")
        with right:
            typed = form.line(DAY, "Jour du point")
        reason = read_point_day(typed).reason
        if typed and reason is not None:
            st.caption(f":orange[:material/warning: {escape(reason)}]")
        label = "Publier la fiche" if sheet else "Publier le point"
        form.actions(label, partial(_publish, form, header, told, sheet, publish), partial(_leave, sheet))


def _publish(
    form: Form,
    header: Header,
    told: ToPublish,
    sheet: SheetRow | None,
    publish: Callable[..., Any],
    values: dict[str, Written],
) -> None:
    named = escape(str(values[NAME] or ""))
    done = workspace.act(
        publish,
        initiative_id=header.id,
        on=header.on,
        name=values[NAME],
        day=values[DAY],
        sheet_id=sheet.sheet_id if sheet else None,
        seen=told.entering,
        closes=form.draft.key,
        told=f"« {named} » est publié : les lecteurs le voient dès maintenant.",
    )
    if done:
        st.query_params.pop(workspace.DRAFT, None)


def _leave(sheet: SheetRow | None) -> None:
    """The reading chosen in the hall stays: its own widget keeps it."""
    address = {workspace.CHOSEN: workspace.initiative().code}
    if sheet is None:
        st.switch_page(PLAN_PAGE, query_params=address)
    st.switch_page(SHEET_PAGE, query_params={**address, SHEET: str(sheet.placement_id)})


def is_due(told: ToPublish, points: Sequence[PastPoint], sheet: SheetRow | None) -> bool:
    """Whether there is something to publish: entries that wait, or a first point, which may be empty."""
    concerned = [point for point in points if point.sheet_id is None or (sheet and point.sheet_id == sheet.sheet_id)]
    return bool(told.entries or told.later or not concerned)


def nothing(sheet: SheetRow | None) -> None:
    """Everything that was entered is published."""
    of = "sur cette fiche" if sheet else "dans le plan"
    st.markdown(f":green[:material/check_circle:] Rien n'attend : les lecteurs voient tout ce qui a été saisi {of}.")


def lent() -> None:
    """The fiche comes from another plan."""
    st.info("Cette fiche vient d'un autre plan : c'est lui qui la publie.", icon=":material/link:")


def past(points: Sequence[PastPoint], zone: str, undo: Callable[..., Any]) -> None:
    """The points that stand, the last one first: when, by whom, how much; what changed since, and the way back."""
    st.header("Points publiés", anchor=False)
    if not points:
        st.markdown("Aucun point n'est encore publié : les lecteurs ne voient ni statut, ni avancement, ni météo.")
        return
    for point in points[:MOST_POINTS]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"point_{point.id}"):
            st.markdown(_told(point, zone), width="stretch")
            st.button(
                "Voir ce qui a changé depuis",
                type="tertiary",
                icon=":material/compare_arrows:",
                key=f"since_{point.id}",
                on_click=_compare_from,
                args=(point,),
            )
            if point.act_id is not None and st.button(
                "Dépublier", type="tertiary", icon=":material/undo:", key=f"withdraw_{point.id}"
            ):
                _ask_withdrawal(point, points, undo)
    if len(points) > MOST_POINTS:
        st.caption(f"Et {plural(len(points) - MOST_POINTS, 'point plus ancien', 'points plus anciens')}.")


def _compare_from(point: PastPoint) -> None:
    st.query_params[SINCE] = str(point.id)
    st.query_params.pop(UNTIL, None)


def _told(point: PastPoint, zone: str) -> str:
    what = f"fiche {escape(point.sheet)}" if point.sheet else "tout le plan"
    author = f", par {escape(point.author)}" if point.author else ""
    when = instant(point.published_at, ZoneInfo(zone))
    facts = f"{day(point.as_of)} · {what} · {plural(point.entries, 'saisie')}"
    return f"**{escape(point.name)}** · {facts}  \n:gray[publié le {when}{author}]"


@st.dialog("Dépublier un point", icon=":material/undo:")
def _ask_withdrawal(point: PastPoint, points: Sequence[PastPoint], undo: Callable[..., Any]) -> None:
    """Nothing is withdrawn before this was answered."""
    st.markdown(withdrawal(point, points))
    with st.container(horizontal=True):
        if st.button("Dépublier", type="primary", key="withdraw", on_click=_withdraw, args=(point, undo)):
            st.rerun()
        if st.button("Garder publié"):
            st.rerun()


def withdrawal(point: PastPoint, points: Sequence[PastPoint]) -> str:
    """What readers will see once a point is withdrawn, as Markdown."""
    entries = f"{plural(point.entries, 'saisie')} {agree(point.entries, 'repasse', 'repassent')} en préparation"
    same = (None, point.sheet_id)
    before = next((other for other in points if other.id < point.id and other.sheet_id in same), None)
    if before is not None:
        reading = f"Les lecteurs liront de nouveau « {escape(before.name)} » ({day(before.as_of)})."
    else:
        reading = "Les lecteurs ne verront plus ni statut, ni avancement, ni météo."
    return f"Dépublier « {escape(point.name)} » ? {entries}. {reading} Rien n'est effacé."


def _withdraw(point: PastPoint, undo: Callable[..., Any]) -> None:
    told = f"« {escape(point.name)} » est dépublié : ce qu'il publiait est de nouveau en préparation."
    workspace.act(undo, point.act_id, told=told, once=f"undo:{point.act_id}")


def since_asked(points: Sequence[PastPoint]) -> PastPoint | None:
    """The point that the address asks to compare from."""
    asked = st.query_params.get(SINCE)
    return next((point for point in points if str(point.id) == asked), None)


def until(points: Sequence[PastPoint], since: PastPoint, *, prepares: bool) -> str | None:
    """What the point is compared to, chosen: the id of a later point, or what is in preparation; None for nothing."""
    st.page_link(PUBLISH_PAGE, label="Points publiés", icon=":material/arrow_back:", query_params=here())
    st.title(f"Ce qui a changé depuis « {escape(since.name)} »", anchor=False)
    later = {str(point.id): _short(point) for point in points if point.id > since.id}
    options = {**later, **({PREPARED: "Ce qui est en préparation"} if prepares else {})}
    if not options:
        st.markdown("C'est le dernier point publié.")
        return None
    asked = st.query_params.get(UNTIL)
    chosen: str | None = st.selectbox(
        "Jusqu'à",
        list(options),
        index=list(options).index(asked) if asked in options else 0,
        format_func=options.__getitem__,
        key=f"until_{since.id}",
        on_change=_remember_until,
        args=(since,),
        width=480,
    )
    return chosen


def _remember_until(since: PastPoint) -> None:
    st.query_params[UNTIL] = st.session_state[f"until_{since.id}"]


def _short(point: PastPoint) -> str:
    return f"{point.name} ({short_day(point.as_of)}{', une fiche' if point.sheet else ''})"


def point_of(chosen: str) -> int | None:
    """The point that was chosen to compare to; None for what is in preparation."""
    return None if chosen == PREPARED else int(chosen)


def comparison(found: Sequence[Change]) -> None:
    """What differs, or that nothing does."""
    if not found:
        st.markdown("Rien n'a changé entre les deux.")
        return
    count = sentence_case(spelt(len(found), "changement"))
    st.markdown(f"**{count}.**")
    changes.show(found, here(), "compared")
