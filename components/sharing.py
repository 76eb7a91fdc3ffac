"""« Partager »: the door on each page that a link may show, the form that makes one, the links of the démarche."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from components import formats, shown_once, way_in, workspace
from components.access import secret_for
from components.filters import CARRIED, SHEET
from components.forms import Form
from components.text import escape
from db.rules.access import SharedPage
from db.rules.filtering import NAMES, Filters, as_filters
from db.rules.forms import Written
from db.rules.initiative import Header
from db.rules.plan import PlanState
from db.rules.sharing import ADDRESSES, LINK_DAYS, MOST_DAYS, LinkTold, OpenLink, SharedView

PAGE, SHARED = "reading_links.py", "partager"
MADE = "reading_link"
NOT_SHARED = (
    "Un lien de lecture s'ouvre depuis ailleurs, et cette installation ne s'ouvre que sur la machine où elle tourne. "
    "Pour partager des pages, relancez-la avec ACCESS=accounts et PUBLIC_URL, son adresse."
)
HOW = (
    "Un lien de lecture montre une page, et elle seule, telle qu'elle est publiée : sans compte, sans rien pouvoir y "
    "changer. Ouvrez la page à montrer, puis « Partager », en haut."
)
UNPUBLISHED = (
    "Rien n'est encore publié : ce lien montrera les titres, les textes et les dates, et rien de ce qui bouge."
)
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page needs: the true day, the whole address of a path, and the commands."""

    on: date
    address_of: Callable[[str], str]
    make: Command
    revoke: Command


def page_at(address: str) -> SharedPage | None:
    """The page at this address, when it is one that a link may show."""
    return next((page for page, where in ADDRESSES.items() if where == address), None)


def door(header: Header, page: SharedPage) -> None:
    """The way to share the page that is open, as it is filtered, for who may."""
    if not workspace.viewer().shares(header.id):
        return
    address = {workspace.CHOSEN: header.code, SHARED: page.value}
    if page is SharedPage.SHEET:
        address[SHEET] = st.query_params.get(SHEET, "")
    if page is SharedPage.PLAN and (asked := _asked_now().asked):
        address[CARRIED] = urlencode(asked)
    st.page_link(PAGE, label="Partager", icon=":material/share:", query_params=address, width="content")


def _asked_now() -> Filters:
    """What the plan is filtered by, before its filters are drawn."""
    return as_filters({name: st.session_state.get(name) or st.query_params.get(name) for name in NAMES})


def banner(link: OpenLink) -> None:
    """What who reads by a link is told on the page that it shows; and the way in, for who has an account."""
    asked = link.view.filters
    part = "" if asked.is_empty else f" Elle montre une partie du plan : {asked_words(asked)}."
    until = f"Vous lisez cette page par un lien, jusqu'au {formats.day(link.ends_on)}."
    with st.container(horizontal=True, vertical_alignment="center", key="reading_banner"):
        st.caption(f":material/visibility: {until}{part}", width="stretch")
        way_in.door()


def asked_words(asked: Filters) -> str:
    """« Axe 1, en cours, en retard »: what a plan is narrowed to, as Markdown."""
    words = [f"« {escape(asked.q)} »"] if asked.q else []
    named = (asked.axe, asked.statut, asked.pilote, asked.public, asked.determinant, asked.lieu, asked.financeur)
    words += [escape(word) for word in named if word]
    return ", ".join([*words, *(["en retard"] if asked.retard else [])])


def closed() -> None:
    """For who may not share."""
    st.info("Partager une page revient à qui publie le point de la démarche.", icon=":material/lock:")


def asked_view(state: PlanState) -> tuple[SharedView, str | None] | None:
    """What the address asks to share, with the title of its fiche; None when it asks nothing that is there."""
    named = st.query_params.get(SHARED)
    if named not in set(SharedPage):
        return None
    page = SharedPage(named)
    if page is SharedPage.PLAN:
        return SharedView(page, filters=as_filters(dict(parse_qsl(st.query_params.get(CARRIED, ""))))), None
    if page is not SharedPage.SHEET:
        return SharedView(page), None
    row = next((row for row in state.sheets if str(row.placement_id) == st.query_params.get(SHEET)), None)
    return None if row is None else (SharedView(page, row.placement_id), row.label)


def view_words(view: SharedView, sheet: str | None) -> str:
    """« Plan d'action : axe 1, en cours »: what a link shows, as Markdown."""
    more = escape(sheet) if sheet else asked_words(view.filters)
    return f"**{view.page.label_fr}**" + (f" : {more}" if more else "")


def form(asked: tuple[SharedView, str | None], header: Header, desk: Desk) -> None:
    """For whom, and until when; then the link is made."""
    view, sheet = asked
    until = f"{desk.on + timedelta(days=LINK_DAYS):%d/%m/%Y}"
    # Another page, another fiche or other filters are another form: what was typed for one is not for the other.
    subject = f"share:{view.page.value}:{view.placement_id or ''}:{urlencode(view.filters.asked)}"
    drawn = Form(workspace.draft(subject, lambda *_: {"until": until}))
    with st.container(border=True, key="share_form"):
        drawn.resumed()
        st.markdown(view_words(view, sheet))
        st.caption(UNPUBLISHED if header.point is None else f"Tel que publié : {escape(header.point.name)}.")
        drawn.line("for_whom", "Pour qui (seule la coordination le lit)", placeholder="Bureau du COPIL")
        drawn.line("until", f"Jusqu'au (dernier jour ; {MOST_DAYS} jours au plus)", width=280)
        drawn.actions("Faire le lien", partial(_make, drawn, asked, header, desk), _leave)


def _make(
    drawn: Form, asked: tuple[SharedView, str | None], header: Header, desk: Desk, typed: dict[str, Written]
) -> None:
    view, sheet = asked
    whom, secret = str(typed["for_whom"] or ""), secret_for(drawn.draft.key)
    done = workspace.act(
        desk.make,
        closes=drawn.draft.key,
        told="Le lien est fait : copiez-le maintenant, il ne sera plus montré.",
        initiative_id=header.id,
        page=view.page,
        placement_id=view.placement_id,
        filters=view.filters.asked,
        for_whom=whom,
        until=typed["until"],
        secret=secret,
        on=desk.on,
    )
    if done:
        said = f"{view_words(view, sheet)}, pour {escape(whom)}, à lui envoyer :"
        shown_once.keep(MADE, (said, desk.address_of(f"/lecture/{secret}")))
        _leave()


def _leave() -> None:
    for name in (SHARED, SHEET, CARRIED, workspace.DRAFT):
        st.query_params.pop(name, None)


def links(told: Sequence[LinkTold], desk: Desk) -> None:
    """The links of the démarche that show something, each with its use, and the way to withdraw it."""
    made: tuple[str, str] | None = shown_once.kept(MADE)
    if made is not None:
        shown_once.show(MADE, *made, "Qui a ce lien lit la page : envoyez-le à la personne, et à elle seule.")
    st.header("Liens ouverts", anchor=False)
    if not told:
        st.write("Aucun lien de lecture n'est ouvert dans cette démarche.")
    for link in told:
        with st.container(horizontal=True, vertical_alignment="center", key=f"reading_link_{link.id}"):
            st.markdown(link_words(link), width="stretch")
            st.button(
                "Retirer",
                icon=":material/link_off:",
                type="tertiary",
                key=f"unlink_{link.id}",
                on_click=partial(_revoke, link, desk),
            )


def link_words(link: LinkTold) -> str:
    """What a link shows, for whom, until when, and how often it was opened, as Markdown."""
    used = "jamais ouvert"
    if link.last_opening_at is not None:
        last = formats.instant(link.last_opening_at, workspace.zone())
        times = formats.spelt(link.openings, "fois", "fois", feminine=True)
        used = f"ouvert {times}, {'le' if link.openings == 1 else 'la dernière le'} {last}"
    made = f"fait par {escape(link.made_by)} le {formats.day(link.made_on)}"
    return (
        f"{view_words(link.view, link.sheet)} · pour {escape(link.for_whom)}  \n"
        f":gray[Jusqu'au {formats.day(link.ends_on)} · {used} · {made}]"
    )


def _revoke(link: LinkTold, desk: Desk) -> None:
    workspace.act(desk.revoke, link_id=link.id, told="Ce lien n'ouvre plus rien, même à qui l'avait déjà ouvert.")
