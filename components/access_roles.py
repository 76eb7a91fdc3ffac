"""The roles of each access: what they are, one more, their end, and taking one away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import formats, notices, workspace
from components.editing import frame
from components.forms import Form
from components.text import escape
from db.rules.access import FOR_A_STRUCTURE, FOR_A_TIME, Role
from db.rules.forms import Written
from db.rules.initiative import InitiativeChoice
from db.rules.ways_in import PersonTold, RoleTold

OPEN, GIVING, ENDING = "inviter", "donner", "fin"
"""What of the page the address opens: an invitation, one more role for an account, the end of a role. One at a time."""
EVERYWHERE = "Partout"
GONE = 0
"""The id of a démarche that the list no longer holds: it is nobody's, and never everywhere."""
# A link of reading is not an account; a seat in a body is given with the body.
GIVEN = {formats.sentence_case(role.label_fr): role for role in Role if role not in (Role.LINK_GUEST, Role.BODY_MEMBER)}
ENDS_HELP = "31/12/2026, juin 2027, 2028"
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Roles:
    """What roles need: the démarches where they are given, the structures for which some are held, the day, and the
    commands."""

    places: Sequence[InitiativeChoice]
    structures: Callable[[], Sequence[str]]
    on: date
    give: Command
    end: Command
    withdraw: Command


def show(desk: Roles, person: PersonTold) -> None:
    """The roles of an account, the form that the address opens on one of them, and the way to one more."""
    for role in person.roles:
        _role(desk, role)
    if not person.roles:
        st.caption("Aucun rôle : cette personne entre, et ne voit rien.")
    if person.is_disabled:
        return
    if st.query_params.get(GIVING) == str(person.id):
        _giving(desk, person)
        return
    give = partial(open_form, GIVING, str(person.id))
    st.button("Donner un autre rôle", icon=":material/add:", type="tertiary", key=f"give_{person.id}", on_click=give)


def _role(desk: Roles, role: RoleTold) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"role_{role.id}"):
        st.markdown(role_words(role, desk.on), width="stretch")
        with st.container(horizontal=True, width="content", key=f"role_tools_{role.id}"):
            ending = partial(open_form, ENDING, str(role.id))
            st.button("Changer la fin", key=f"end_{role.id}", type="tertiary", on_click=ending)
            withdraw = partial(_withdraw, desk, role)
            st.button("Retirer", key=f"withdraw_{role.id}", type="tertiary", help="Retirer ce rôle", on_click=withdraw)
    if st.query_params.get(ENDING) == str(role.id):
        _ending(desk, role)


def open_form(name: str, key: str) -> None:
    """Have the address open a form of the page, and no other; why another was refused is said no more."""
    notices.forget_refusal()
    close()
    st.query_params[name] = key


def close() -> None:
    """Close the form of the page, whichever it is."""
    for name in (OPEN, GIVING, ENDING, workspace.DRAFT):
        st.query_params.pop(name, None)


def nearest(desk: Roles) -> str:
    """Where a role is first proposed: the démarche that is open."""
    here = workspace.chosen()
    return next((label for label, key in place_labels(desk.places).items() if here and key == here.id), EVERYWHERE)


def fields(form: Form, desk: Roles, ends: str) -> None:
    """As what, where, for whom, until when; `ends` is what that end is called."""
    role = GIVEN.get(form.choice("role", "Rôle", list(GIVEN)) or "")
    form.choice("place", "Où", [EVERYWHERE, *place_labels(desk.places)])
    if role in FOR_A_STRUCTURE:
        form.choice("structure", "Pour quelle structure", desk.structures(), placeholder="Choisir dans l'annuaire")
    hint = " (ce rôle en a toujours une)" if role in FOR_A_TIME else ", si elle est connue"
    form.line("ends", ends + hint, placeholder=ENDS_HELP, width=400)


def told(typed: Mapping[str, Written], desk: Roles) -> dict[str, Any]:
    """What these fields say, as a command that gives a role takes it."""
    places = {EVERYWHERE: None, **place_labels(desk.places)}
    return {
        "role": GIVEN.get(str(typed["role"])),
        "initiative_id": places.get(str(typed["place"]), GONE),
        "structure": typed.get("structure"),
        "ends": typed["ends"],
        "starts_on": desk.on,
    }


def _giving(desk: Roles, person: PersonTold) -> None:
    form = Form(workspace.draft(f"role:{person.id}", lambda *_: {"place": nearest(desk)}))
    with st.container(border=True, key="role_form"):
        form.resumed()
        fields(form, desk, "Fin de ce rôle")

        def save(typed: dict[str, Written]) -> None:
            said = f"Le rôle est donné à {escape(person.function)}."
            if workspace.act(desk.give, account_id=person.id, closes=form.draft.key, told=said, **told(typed, desk)):
                close()

        form.actions("Donner ce rôle", save, close)


def _ending(desk: Roles, role: RoleTold) -> None:
    form = Form(workspace.draft(f"end:{role.id}", lambda *_: {"ends": _written(role.ends_on)}))

    theirs = next((clash.theirs for clash in notices.clashes(form.draft.key)), None)
    with st.container(border=True, key="end_form"):
        form.resumed()
        frame.settle(form, workspace.zone().key, lambda key, typed: _end(desk, role, key, theirs, typed))
        hint = "ce rôle en a toujours un" if role.role in FOR_A_TIME else "rien : sans fin"
        form.line("ends", f"Dernier jour de ce rôle ({hint})", placeholder=ENDS_HELP, width=400)
        form.actions("Enregistrer la fin", partial(_end, desk, role, form.draft.key, form.draft.base["ends"]), close)


def _end(desk: Roles, role: RoleTold, key: str, was: Written, typed: Mapping[str, Written]) -> None:
    """Give a role the end that is typed; `was` is the one that the person has seen."""
    ends = typed["ends"]
    said = "Ce rôle a une autre fin." if ends else "Ce rôle n'a plus de fin."
    if workspace.act(desk.end, grant_id=role.id, ends=ends, was=was, on=desk.on, closes=key, told=said):
        close()


def _written(day: date | None) -> str | None:
    return formats.short_day(day) if day else None


def _withdraw(desk: Roles, role: RoleTold) -> None:
    said = f"Rôle retiré : {formats.sentence_case(role.role.label_fr)}."
    workspace.act(desk.withdraw, grant_id=role.id, version=role.version, on=desk.on, told=said)


def place_labels(places: Sequence[InitiativeChoice]) -> Mapping[str, int]:
    """The démarches by the words of a list; two of the same name are told apart by their code."""
    names = [place.label for place in places]
    return {
        place.label if names.count(place.label) == 1 else f"{place.label} ({place.code})": place.id for place in places
    }


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
