"""Accès: who may come in, as what, until when; inviting, a new link, closing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from components import access_roles, formats, notices, person_acts, workspace
from components.access_link import Link, keep_link
from components.access_roles import Command, Roles
from components.forms import Form
from components.text import escape
from db.rules.access import AccountKeyKind
from db.rules.forms import Written
from db.rules.ways_in import PersonTold

NEW = "nouveau"
A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of accesses needs: the people, what roles need, and the commands."""

    people: Sequence[PersonTold]
    roles: Roles
    invite: Command
    new_link: Command
    close: Command
    open_again: Command


def show(desk: Desk) -> None:
    """The form that the address opens, then everybody, a page at a time."""
    if st.query_params.get(access_roles.OPEN) == NEW:
        _invitation(desk)
    else:
        invite = partial(access_roles.open_form, access_roles.OPEN, NEW)
        st.button("Inviter quelqu'un", icon=":material/person_add:", type="primary", key="invite", on_click=invite)
    if not desk.people:
        st.write("Personne n'a encore d'accès : invitez quelqu'un, son lien vous sera montré une fois.")
    pages = max(1, -(-len(desk.people) // A_PAGE))
    page = st.pagination(pages, key="access_page") if pages > 1 else 1
    for person in desk.people[(page - 1) * A_PAGE : page * A_PAGE]:
        _card(desk, person)


def _invitation(desk: Desk) -> None:
    """Who, as what, where, until when."""
    form = Form(workspace.draft("access", lambda *_: {"place": access_roles.nearest(desk.roles)}))
    with st.container(border=True, key="access_form"):
        form.resumed()
        form.line("function", "Fonction, qui la nomme dans l'historique", placeholder="Coordinatrice du CLS")
        form.line("login", "Identifiant", placeholder="prenom.nom, ou une adresse électronique")
        access_roles.fields(form, desk.roles, "Fin de l'accès")

        def save(typed: dict[str, Written]) -> None:
            function = str(typed["function"] or "")
            done = workspace.act(
                desk.invite,
                closes=form.draft.key,
                function=function,
                login=typed["login"] or "",
                **access_roles.told(typed, desk.roles),
                secret=secret_for(form.draft.key),
            )
            if done:
                keep_link(Link(function, secret_for(form.draft.key), AccountKeyKind.INVITATION))
                access_roles.close()

        form.actions("Inviter", save, access_roles.close)


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
        access_roles.show(desk.roles, person)


def _tools(desk: Desk, person: PersonTold) -> None:
    if not person.is_me:
        st.button("Ses actes", key=f"acts_{person.id}", type="tertiary", on_click=partial(person_acts.ask, person.id))
    if person.is_disabled:
        again = partial(_opened_again, desk, person)
        st.button("Rouvrir l'accès", key=f"again_{person.id}", on_click=again)
        return
    st.button("Nouveau lien", key=f"link_{person.id}", on_click=_new_link, args=(desk, person))
    with st.popover("Fermer l'accès", key=f"close_{person.id}"):
        st.markdown("Ses connexions prennent fin aussitôt. Ce qu'elle a écrit reste, et ses brouillons l'attendent.")
        close = partial(_closed, desk, person)
        st.button("Fermer cet accès", key=f"closing_{person.id}", type="primary", on_click=close)


def _opened_again(desk: Desk, person: PersonTold) -> None:
    if workspace.act(desk.open_again, account_id=person.id, on=desk.roles.on):
        notices.say(f"L'accès de {escape(person.function)} est rouvert, avec les rôles et le mot de passe qu'il avait.")


def _new_link(desk: Desk, person: PersonTold) -> None:
    secret = secrets.token_urlsafe(32)
    if workspace.act(desk.new_link, account_id=person.id, secret=secret):
        kind = AccountKeyKind.RESET if person.has_password else AccountKeyKind.INVITATION
        keep_link(Link(person.function, secret, kind))


def _closed(desk: Desk, person: PersonTold) -> None:
    if workspace.act(desk.close, account_id=person.id, on=desk.roles.on):
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
