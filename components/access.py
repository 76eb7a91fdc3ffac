"""Accès: who may come in, as what, until when; inviting, a new link, closing."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

import streamlit as st

from components import formats, notices, workspace
from components.access_link import Link, keep_link
from components.forms import Form
from components.text import escape
from db.rules.forms import Written
from db.rules.initiative import InitiativeChoice
from db.rules.vocabulary import AccountKeyKind, Role
from db.rules.ways_in import PersonTold, RoleTold

OPEN, NEW = "inviter", "nouveau"
EVERYWHERE = "Partout"
A_PAGE = 25
GONE = 0
"""The id of a démarche that the list no longer holds: it is nobody's, and never everywhere."""
# A link of reading is not an account; a seat in a body is given with the body.
INVITED_AS = tuple(role for role in Role if role not in (Role.LINK_GUEST, Role.BODY_MEMBER))
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of accesses needs: the people, the démarches where a role is given, the day, and the commands."""

    people: Sequence[PersonTold]
    places: Sequence[InitiativeChoice]
    on: date
    invite: Command
    new_link: Command
    close: Command
    open_again: Command
    withdraw: Command


def show(desk: Desk) -> None:
    """The form that the address opens, then everybody, a page at a time."""
    if st.query_params.get(OPEN) == NEW:
        _invitation(desk)
    else:
        st.button("Inviter quelqu'un", icon=":material/person_add:", type="primary", key="invite", on_click=_open)
    if not desk.people:
        st.write("Personne n'a encore d'accès : invitez quelqu'un, son lien vous sera montré une fois.")
    pages = max(1, -(-len(desk.people) // A_PAGE))
    page = st.pagination(pages, key="access_page") if pages > 1 else 1
    for person in desk.people[(page - 1) * A_PAGE : page * A_PAGE]:
        _card(desk, person)


def _open() -> None:
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[OPEN] = NEW


def _close() -> None:
    for name in (OPEN, workspace.DRAFT):
        st.query_params.pop(name, None)


def _invitation(desk: Desk) -> None:
    """Who, as what, where, until when."""
    places = {EVERYWHERE: None, **place_labels(desk.places)}
    roles = {formats.sentence_case(role.label_fr): role for role in INVITED_AS}
    here = workspace.chosen()
    nearest = next((label for label, key in places.items() if here is not None and key == here.id), EVERYWHERE)
    form = Form(workspace.draft("access", lambda *_: {"place": nearest}))
    with st.container(border=True, key="access_form"):
        form.resumed()
        form.line("function", "Fonction, qui la nomme dans l'historique", placeholder="Coordinatrice du CLS")
        form.line("login", "Identifiant", placeholder="prenom.nom, ou une adresse électronique")
        form.choice("role", "Rôle", list(roles))
        form.choice("place", "Où", list(places))
        form.line("structure", "Structure, pour un pilote ou un financeur", placeholder="Son nom, tel qu'au plan")
        form.line("ends", "Fin de l'accès, si elle est connue", placeholder="31/12/2026, juin 2027, 2028", width=280)

        def save(typed: dict[str, Written]) -> None:
            function = str(typed["function"] or "")
            done = workspace.act(
                desk.invite,
                closes=form.draft.key,
                function=function,
                login=typed["login"] or "",
                role=roles.get(str(typed["role"])),
                initiative_id=places.get(str(typed["place"]), GONE),
                structure=typed["structure"],
                ends=typed["ends"],
                starts_on=desk.on,
                secret=secret_for(form.draft.key),
            )
            if done:
                keep_link(Link(function, secret_for(form.draft.key), AccountKeyKind.INVITATION))
                _close()

        form.actions("Inviter", save, _close)


def place_labels(places: Sequence[InitiativeChoice]) -> Mapping[str, int]:
    """The démarches by the words of a list; two of the same name are told apart by their code."""
    names = [place.label for place in places]
    return {
        place.label if names.count(place.label) == 1 else f"{place.label} ({place.code})": place.id for place in places
    }


def secret_for(what: str) -> str:
    """The secret of a link that is about to be made: the same for a form that is sent twice."""
    made: str = st.session_state.setdefault(f"access_secret_{what}", secrets.token_urlsafe(32))
    return made


def _card(desk: Desk, person: PersonTold) -> None:
    with st.container(border=True, key=f"person_{person.id}"):
        with st.container(horizontal=True, vertical_alignment="top"):
            me = " · :gray[c'est vous]" if person.is_me else ""
            st.markdown(
                f"**{escape(person.function)}** · {escape(person.login)}{me}  \n{state_words(person)}", width="stretch"
            )
            _tools(desk, person)
        for role in person.roles:
            _role(desk, role)
        if not person.roles:
            st.caption("Aucun rôle : cette personne entre, et ne voit rien.")


def _role(desk: Desk, role: RoleTold) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"role_{role.id}"):
        st.markdown(role_words(role, desk.on), width="stretch")
        withdraw = partial(_act, desk.withdraw, grant_id=role.id, on=desk.on)
        st.button("Retirer", key=f"withdraw_{role.id}", type="tertiary", help="Retirer ce rôle", on_click=withdraw)


def _tools(desk: Desk, person: PersonTold) -> None:
    if person.is_disabled:
        again = partial(_act, desk.open_again, account_id=person.id)
        st.button("Rouvrir l'accès", key=f"again_{person.id}", on_click=again)
        return
    st.button("Nouveau lien", key=f"link_{person.id}", on_click=_new_link, args=(desk, person))
    with st.popover("Fermer l'accès", key=f"close_{person.id}"):
        st.markdown("Ses connexions prennent fin aussitôt. Ce qu'elle a écrit reste, et ses brouillons l'attendent.")
        close = partial(_closed, desk, person)
        st.button("Fermer cet accès", key=f"closing_{person.id}", type="primary", on_click=close)


def _act(command: Command, **named: Any) -> None:
    workspace.act(command, **named)


def _new_link(desk: Desk, person: PersonTold) -> None:
    secret = secrets.token_urlsafe(32)
    if workspace.act(desk.new_link, account_id=person.id, secret=secret):
        kind = AccountKeyKind.RESET if person.has_password else AccountKeyKind.INVITATION
        keep_link(Link(person.function, secret, kind))


def _closed(desk: Desk, person: PersonTold) -> None:
    if workspace.act(desk.close, account_id=person.id, on=desk.on):
        notices.say(f"L'accès de {escape(person.function)} est fermé : il peut être rouvert ici.")


def state_words(person: PersonTold) -> str:
    """Whether somebody can come in, and when they last did."""
    zone = workspace.zone()
    if person.is_disabled:
        return ":red-badge[accès fermé]"
    parts = []
    if not person.has_password:
        parts.append("n'a pas encore choisi son mot de passe")
    if person.invited_until is not None:
        parts.append(f"lien valable jusqu'au {formats.instant(person.invited_until, zone)}")
    elif not person.has_password:
        parts.append("son lien ne sert plus")
    if person.last_seen is not None:
        parts.append(f"vu pour la dernière fois le {seen_words(person.last_seen)}")
    return f":gray[{' ; '.join(parts) or 'ne s’est pas connecté depuis un mois'}]"


def seen_words(at: datetime) -> str:
    """« 1er octobre 2026 à 14 h 32 »."""
    return formats.instant(at, workspace.zone())


def role_words(role: RoleTold, on: date) -> str:
    """« Coordinateur, CLS Durance, depuis le 1er octobre 2026 »."""
    where = escape(role.initiative) if role.initiative else "toutes les démarches"
    parts = [f"{formats.sentence_case(role.role.label_fr)}, {where}"]
    if role.organisation:
        parts.append(f"pour {escape(role.organisation)}")
    if role.starts_on > on:
        parts.append(f"à partir du {formats.day(role.starts_on)}")
    if role.ends_on is not None:
        ended = role.ends_on < on
        parts.append(f"{'terminé depuis le' if ended else 'jusqu’au'} {formats.day(role.ends_on)}")
    return ", ".join(parts)
