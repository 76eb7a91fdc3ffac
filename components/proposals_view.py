"""Réponses des pilotes: what partners propose, to accept or to refuse with a reason; and the link of each structure."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import caution, formats, plan_views, shown_once, workspace
from components.filters import HEARD, OPEN, kept
from components.forms import Form
from components.text import escape, item
from db.rules.forms import Written
from db.rules.proposals import LINK_DAYS, LeadLink, ProposalTold
from db.rules.reading import read_percent
from db.rules.sections import LABELS, Section
from db.rules.vocabulary import Gathering

REFUSING = "refuser"
MADE = "answer_link"
NOT_PUBLIC = "Cette installation n'a pas d'adresse publique : ce lien ne s'ouvre que sur cette machine."
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page needs: the day, the whole address of a path, and the commands."""

    on: date
    address_of: Callable[[str], str]
    accept: Command
    refuse: Command
    make: Command
    revoke: Command


def closed(writes: bool, show_preparation: Callable[[], None]) -> None:
    """For who does not coordinate the plan, or looks at what is published of it: who decides, and where."""
    if not writes:
        st.info("Les réponses des pilotes se décident par la coordination de la démarche.", icon=":material/lock:")
        return
    view = f"«{formats.NBSP}En préparation{formats.NBSP}»"
    st.info(f"Les réponses des pilotes se décident dans la vue {view}.", icon=":material/rule:")
    st.button("Passer en préparation", icon=":material/edit_note:", on_click=show_preparation)


def waiting(told: Sequence[ProposalTold], desk: Desk) -> None:
    """What waits to be decided, the oldest first."""
    if not told:
        st.success("Aucune réponse n'attend votre décision.", icon=":material/check_circle:")
        return
    st.markdown(
        f"**{formats.sentence_case(formats.spelt(len(told), 'réponse attend', 'réponses attendent', feminine=True))} "
        f"votre décision.** Personne d'autre ne {'les' if len(told) > 1 else 'la'} voit."
    )
    for proposal in told:
        with st.container(border=True, key=f"proposal_{proposal.id}"):
            _proposal(proposal, desk)


def _proposal(told: ProposalTold, desk: Desk) -> None:
    if told.placement_id is None:
        st.markdown(f"**{escape(told.sheet)}**")
    else:
        address = kept(fiche=str(told.placement_id))
        st.page_link(plan_views.SHEET_PAGE, label=escape(told.sheet), query_params=address)
    who = ", ".join(escape(word) for word in (told.name, told.function, told.organisation) if word)
    st.markdown(f":gray[{who} · {formats.day(told.on_date)}]")
    said = [f"- **{LABELS[name]}** : {_as_read(name, str(text))}" for name, text in told.typed.items()]
    said += [f"- **Étape franchie** : {escape(step)}" for step in told.steps]
    st.markdown("\n".join(said))
    caution.under(*(str(text) for text in told.typed.values()))
    if st.query_params.get(REFUSING) == str(told.id):
        _refusal(told, desk)
        return
    with st.container(horizontal=True):
        st.button(
            "Accepter",
            type="primary",
            icon=":material/check:",
            key=f"accept_{told.id}",
            on_click=_accept,
            args=(told, desk),
        )
        st.button(
            "Refuser…",
            type="tertiary",
            icon=":material/close:",
            key=f"refuse_{told.id}",
            on_click=_ask,
            args=(told.id,),
        )


def _as_read(field: str, text: str) -> str:
    """What was typed; a percentage with its sign, which is often left out."""
    percent = read_percent(text).value if field == "progress" else None
    return item(text) if percent is None else formats.percent(float(percent))


def _accept(told: ProposalTold, desk: Desk) -> None:
    said = f"Les nouvelles de « {escape(told.sheet)} » sont enregistrées, en préparation."
    workspace.act(desk.accept, proposal_id=told.id, on=desk.on, told=said, once=f"accept:{told.id}")


def _ask(key: int) -> None:
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[REFUSING] = str(key)


def _leave() -> None:
    for name in (REFUSING, workspace.DRAFT):
        st.query_params.pop(name, None)


def _refusal(told: ProposalTold, desk: Desk) -> None:
    form = Form(workspace.draft(f"refuse:{told.id}"))
    form.area("reason", "Pourquoi (la personne le lira sur son lien)")

    def save(typed: dict[str, Written]) -> None:
        said = "La réponse est refusée : sa raison se lit sur le lien."
        if workspace.act(
            desk.refuse, proposal_id=told.id, reason=typed["reason"] or "", closes=form.draft.key, told=said
        ):
            _leave()

    form.actions("Refuser la réponse", save, _leave)


def links(told: Sequence[LeadLink], desk: Desk) -> None:
    """The structures that lead fiches, and the link by which each answers."""
    st.header("Liens de réponse", anchor=False)
    st.markdown(
        f"Un lien par structure pilote : {LINK_DAYS} jours, sans compte, sur un téléphone. Qui l'ouvre ne voit que les "
        "fiches de sa structure ; ce qu'il envoie attend votre accord."
    )
    _shown()
    if not told:
        st.write("Aucune structure ne pilote de fiche : ajoutez un pilote à une fiche, son lien se fera ici.")
    for lead in told:
        with st.container(horizontal=True, vertical_alignment="center", key=f"lead_{lead.organisation_id}"):
            st.markdown(_lead(lead), width="stretch")
            with st.container(horizontal=True, width="content", key=f"tools_{lead.organisation_id}"):
                _tools(lead, desk)


def _tools(lead: LeadLink, desk: Desk) -> None:
    if not lead.waiting:
        _by_phone(lead)
    label, make = "Nouveau lien" if lead.link_id else "Faire le lien", partial(_make, lead, desk)
    key = lead.organisation_id
    st.button(label, icon=":material/link:", type="tertiary", key=f"link_{key}", on_click=make)
    if lead.link_id is not None:
        revoke = partial(_revoke, lead, desk)
        st.button("Retirer", icon=":material/link_off:", type="tertiary", key=f"unlink_{key}", on_click=revoke)


def _by_phone(lead: LeadLink) -> None:
    """The way to write what a structure that did not answer tells on the telephone, fiche by fiche."""
    with st.popover("Par téléphone", icon=":material/call:", type="tertiary", key=f"phone_{lead.organisation_id}"):
        st.markdown("Écrire ce qu'elle vous dit :")
        said = {OPEN: Section.NEWS.value, HEARD: Gathering.PHONE.value}
        for sheet in lead.sheets:
            here = kept(fiche=str(sheet.placement_id), **said)
            st.page_link(plan_views.SHEET_PAGE, label=escape(sheet.label), query_params=here)


def _lead(lead: LeadLink) -> str:
    state = f"lien ouvert jusqu'au {formats.day(lead.ends_on)}" if lead.ends_on else "pas de lien"
    waits = f" · {formats.plural(lead.waiting, 'réponse')} à décider" if lead.waiting else ""
    return f"**{escape(lead.organisation)}** · {formats.plural(len(lead.sheets), 'fiche')}  \n:gray[{state}{waits}]"


def _make(lead: LeadLink, desk: Desk) -> None:
    secret = secrets.token_urlsafe(32)
    here = workspace.initiative()
    shown_once.keep(MADE, (lead.organisation, desk.address_of(f"/reponse/{secret}")))
    done = workspace.act(
        desk.make,
        initiative_id=here.id,
        organisation_id=lead.organisation_id,
        secret=secret,
        on=desk.on,
        told=f"Le lien de « {escape(lead.organisation)} » est fait : copiez-le maintenant, il ne sera plus montré.",
    )
    if not done:
        shown_once.forget(MADE)


def _revoke(lead: LeadLink, desk: Desk) -> None:
    said = f"Le lien de « {escape(lead.organisation)} » n'ouvre plus rien ; ce qui en est venu reste."
    workspace.act(desk.revoke, link_id=lead.link_id, told=said)


def _shown() -> None:
    """The link that was just made, once."""
    made: tuple[str, str] | None = shown_once.kept(MADE)
    if made is not None:
        organisation, address = made
        note = NOT_PUBLIC if address.startswith("/") else None
        shown_once.show(MADE, f"**Lien de {escape(organisation)}**, à lui envoyer :", address, note)
