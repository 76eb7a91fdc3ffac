"""What partners say without an account: the link of a structure, what comes by it, what the coordination decides."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, words, writable
from db.commands.editing.groups import Desk
from db.commands.editing.news import read_progress, read_weather
from db.commands.editing.save import write
from db.commands.sessions import digest_of
from db.commands.sheets import tick_milestone
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import (
    ActionSheet,
    Actor,
    AnswerLink,
    Milestone,
    Organisation,
    Proposal,
)
from db.models.base import now_utc
from db.queries.facts import led_sheets
from db.rights import Operation
from db.rules.access import ProposalState
from db.rules.proposals import FIELDS, LINK_DAYS
from db.rules.text import clean, fold
from db.rules.vocabulary import ActorKind, MilestoneState
from db.viewer import UNKNOWN, Viewer, require

GONE = (
    "Ce lien ne sert plus : il a été retiré, il est trop ancien, ou il n'a pas été copié en entier. "
    "Ce que vous aviez envoyé est gardé. Demandez un nouveau lien à la coordination."
)
SAME_AS_REFUSED = (
    "La coordination n'a pas retenu cette réponse, et elle n'a pas changé : rien n'est renvoyé. Corrigez-la d'abord."
)
NAME_LENGTH, TEXT_LENGTH, REASON_LENGTH = 150, 4000, 1000


def make_answer_link(
    session: Session, viewer: Viewer, *, initiative_id: int, organisation_id: int, secret: str, on: date
) -> AnswerLink:
    """Make the link of a structure that leads sheets of this plan: 45 days; the one it had no longer opens.

    The secret is shown once by who made it; its digest alone is kept.
    """
    require(viewer, Operation.WRITE, initiative_id)
    structure = found(session, Organisation, organisation_id)
    if not led_sheets(session, initiative_id, organisation_id, on):
        raise Invalid(f"« {structure.name} » ne pilote aucune fiche de ce plan : il n'y a rien à lui demander.")
    with acting(session, viewer.actor_id, "make_answer_link", f"Lien de réponse : {structure.name}", initiative_id):
        _revoke_those_of(session, initiative_id, organisation_id)
        actor = Actor(kind=ActorKind.LINK, label=f"{structure.name}, par lien")
        session.add(actor)
        session.flush()
        link = AnswerLink(
            digest=digest_of(secret),
            initiative_id=initiative_id,
            organisation_id=organisation_id,
            actor_id=actor.id,
            made_by_id=viewer.actor_id,
            made_on=on,
            ends_on=on + timedelta(days=LINK_DAYS),
        )
        session.add(link)
        session.flush()
    return link


def revoke_answer_link(session: Session, viewer: Viewer, *, link_id: int) -> None:
    """Have a link open nothing from now on; what came by it stays."""
    link = found(session, AnswerLink, link_id)
    require(viewer, Operation.WRITE, link.initiative_id)
    structure = session.get_one(Organisation, link.organisation_id)
    label = f"Retrait du lien de réponse : {structure.name}"
    with acting(session, viewer.actor_id, "revoke_answer_link", label, link.initiative_id):
        link.revoked_at = link.revoked_at or now_utc()
        session.flush()


def _revoke_those_of(session: Session, initiative_id: int, organisation_id: int) -> None:
    of = AnswerLink
    mine = (of.initiative_id == initiative_id, of.organisation_id == organisation_id, of.revoked_at.is_(None))
    for link in session.scalars(select(of).where(*mine)):
        link.revoked_at = now_utc()


def find_link(session: Session, secret: str) -> AnswerLink | None:
    """The link of this secret, whether or not it still opens something."""
    return session.scalars(select(AnswerLink).where(AnswerLink.digest == digest_of(secret))).one_or_none()


def link_behind(session: Session, secret: str, on: date) -> AnswerLink:
    """The link of this secret, when it still opens something. Raises Refused, in the same words whatever the reason."""
    link = find_link(session, secret)
    if link is None or link.revoked_at is not None or link.archived_at is not None or link.ends_on < on:
        raise Refused(GONE)
    return link


def propose(
    session: Session,
    *,
    secret: str,
    sheet_id: int,
    typed: Mapping[str, str],
    steps: Collection[int],
    name: str,
    function: str,
    on: date,
) -> Proposal:
    """Keep what a partner says of a sheet, until the coordination decides. The same thing sent twice in a day is said
    once, even if it was accepted meanwhile; what was refused does not come back as it was; what the same person says
    again takes the place of what they had proposed and nobody has decided.

    Raises Refused for a link that no longer opens or a sheet that is not the structure's, Invalid for what cannot be
    kept as it is.
    """
    link = link_behind(session, secret, on)
    if sheet_id not in led_sheets(session, link.initiative_id, link.organisation_id, on):
        raise Refused(UNKNOWN)
    told = _told(session, typed, steps, sheet_id)
    who = words(name, "Votre nom", NAME_LENGTH)
    mine = [row for row in _said_of(session, link.id, sheet_id) if fold(row.name) == fold(who)]
    if mine and _is_same(mine[-1], told, on):
        return mine[-1]
    sheet = session.get_one(ActionSheet, sheet_id)
    with acting(session, link.actor_id, "propose", f"Nouvelles proposées : « {sheet.title} »", link.initiative_id):
        for former in mine:
            if former.state is ProposalState.PROPOSED:
                former.archived_at = now_utc()
        row = Proposal(
            link_id=link.id,
            initiative_id=link.initiative_id,
            sheet_id=sheet_id,
            typed=told,
            name=who,
            function=clean(function)[:NAME_LENGTH] or None,
            on_date=on,
        )
        session.add(row)
        session.flush()
    return row


def _said_of(session: Session, link_id: int, sheet_id: int) -> list[Proposal]:
    """What came of a sheet by a link and was not replaced, the latest last."""
    p = Proposal
    mine = (p.link_id == link_id, p.sheet_id == sheet_id, p.archived_at.is_(None))
    return list(session.scalars(select(p).where(*mine).order_by(p.id)))


def _is_same(row: Proposal, told: Mapping[str, Any], on: date) -> bool:
    """Whether this was said already, that very day: sent twice, or its page asked for again, even once it is accepted
    and its steps are done. Raises Invalid for what was refused and comes back as it was."""
    steps, done = set(told.get("steps", ())), set(row.typed.get("steps", ()))
    alike = all(row.typed.get(field) == told.get(field) for field in FIELDS)
    if row.state is ProposalState.REFUSED and alike and steps == done:
        raise Invalid(SAME_AS_REFUSED)
    is_accepted = row.state is ProposalState.ACCEPTED
    return alike and row.on_date == on and (steps == done or (is_accepted and steps < done))


def _told(session: Session, typed: Mapping[str, str], steps: Collection[int], sheet_id: int) -> dict[str, Any]:
    """What is said, tidied: the fields that say something, and the steps of this sheet that are said to be done."""
    told: dict[str, Any] = {field: text for field in FIELDS if (text := clean(typed.get(field) or ""))}
    long = next((text for text in told.values() if len(text) > TEXT_LENGTH), None)
    if long is not None:
        raise Invalid(f"Un des textes compte {len(long)} caractères, {TEXT_LENGTH} au plus : raccourcissez-le.")
    done = _open_steps(session, sheet_id, steps)
    if not told and not done:
        raise Invalid("Dites au moins une chose : un avancement, une météo, un texte, ou une étape franchie.")
    _checked(told)
    return {**told, **({"steps": done} if done else {})}


def _open_steps(session: Session, sheet_id: int, steps: Collection[int]) -> list[int]:
    """Those of these steps of a sheet that are still to be done."""
    m = Milestone
    still = m.state.not_in([MilestoneState.DONE, MilestoneState.DROPPED])
    return list(
        session.scalars(
            select(m.id).where(m.sheet_id == sheet_id, m.id.in_(steps), m.archived_at.is_(None), still).order_by(m.id)
        )
    )


def _checked(told: Mapping[str, Any]) -> None:
    """Refuse now what could not be written later: a percentage, a word of the météo."""
    if "progress" in told:
        read_progress(told["progress"])
    if "weather" in told:
        read_weather(told["weather"])


def accept_proposal(session: Session, viewer: Viewer, *, proposal_id: int, on: date) -> Proposal:
    """Write what was proposed as news of the sheet, dated the day it was said, signed by who said it; in preparation
    until a point. Raises Conflict once it was decided."""
    row = _to_decide(session, viewer, proposal_id)
    sheet = session.get_one(ActionSheet, row.sheet_id)
    values = {field: row.typed.get(field) for field in FIELDS}
    changed = [field for field in FIELDS if row.typed.get(field)]
    weather = {"weather", "done", "todo", "obstacles", "highlights"} & set(changed)
    home = writable(session, viewer, row.sheet_id)
    with acting(session, viewer.actor_id, "accept_proposal", f"Nouvelles acceptées : « {sheet.title} »", home):
        desk = Desk(session, viewer, home, on)
        told = {**values, "on": f"{row.on_date:%d/%m/%Y}", "signed_by": row.signature if weather else None}
        write(desk, row.sheet_id, told, [*changed, *(["signed_by"] if weather else [])])
        for step in _open_steps(session, row.sheet_id, row.typed.get("steps", ())):
            tick_milestone(session, viewer, milestone_id=step, is_done=True, on=row.on_date)
        _decide(row, viewer, ProposalState.ACCEPTED)
        session.flush()
    return row


def refuse_proposal(session: Session, viewer: Viewer, *, proposal_id: int, reason: str) -> Proposal:
    """Refuse what was proposed, for a reason that who proposed it reads on their link."""
    row = _to_decide(session, viewer, proposal_id)
    why = words(reason, "La raison du refus", REASON_LENGTH)
    sheet = session.get_one(ActionSheet, row.sheet_id)
    label = f"Nouvelles refusées : « {sheet.title} »"
    with acting(session, viewer.actor_id, "refuse_proposal", label, row.initiative_id):
        row.reason = why
        _decide(row, viewer, ProposalState.REFUSED)
        session.flush()
    return row


def _decide(row: Proposal, viewer: Viewer, state: ProposalState) -> None:
    row.state, row.decided_by_id, row.decided_at = state, viewer.actor_id, now_utc()


def _to_decide(session: Session, viewer: Viewer, proposal_id: int) -> Proposal:
    row = session.get(Proposal, proposal_id)
    if row is None:
        raise Refused(UNKNOWN)
    require(viewer, Operation.WRITE, row.initiative_id)
    if row.archived_at is not None:
        raise Conflict("La personne qui avait proposé ces nouvelles les a remplacées : décidez des nouvelles récentes.")
    if row.state is not ProposalState.PROPOSED:
        raise Conflict(f"Cette proposition est déjà {row.state.label_fr}. Rien n'a été écrit.")
    return row
