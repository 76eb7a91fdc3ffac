"""Bodies, their meetings and what is decided there."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, next_position, only, words
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import ActionSheet, AgendaItem, Body, BodyInitiative, Decision, DecisionSheet, Meeting
from db.rights import Operation
from db.rules.vocabulary import BodyKind, DecisionForce, DecisionKind, DecisionStatus, MeetingState
from db.viewer import UNKNOWN, Viewer, require

KEPT = frozenset({"id", "version", "archived_at", "name", "kind"})
COUNTS = frozenset({"invited", "present", "excused", "residents_present", "quorum_required", "quorum_reached"})


def add_body(
    session: Session,
    viewer: Viewer,
    *,
    initiative_ids: Iterable[int],
    kind: BodyKind,
    name: str,
    fields: Mapping[str, Any] | None = None,
) -> Body:
    """Add an instance at work for one or several initiatives. `fields` are other columns of `Body`."""
    homes = list(initiative_ids)
    if not homes:
        raise Invalid("Une instance sert au moins une démarche : indiquez laquelle.")
    for home in homes:
        require(viewer, Operation.WRITE, home)
    given = dict(fields or {})
    only(given, Body, KEPT)
    named = words(name, "Le nom de l'instance", 300)
    with acting(session, viewer.actor_id, "add_body", f"Ajout de l'instance « {named} »", homes[0]):
        body = Body(kind=kind, name=named, **given)
        session.add(body)
        session.flush()
        session.add_all([BodyInitiative(body_id=body.id, initiative_id=home) for home in homes])
        session.flush()
    return body


def add_meeting(
    session: Session,
    viewer: Viewer,
    *,
    body_id: int,
    held_on: date,
    state: MeetingState,
    counts: Mapping[str, int | bool | None] | None = None,
) -> Meeting:
    """Add a sitting of a body. `counts` are those of `COUNTS`: numbers of people, and whether there was a quorum."""
    home = _home_of_body(session, viewer, body_id)
    given = dict(counts or {})
    if unknown := given.keys() - COUNTS:
        raise TypeError(f"a meeting counts no {', '.join(sorted(unknown))}")
    if any(isinstance(value, int) and value < 0 for value in given.values()):
        raise Invalid("Un nombre de personnes est positif ou nul.")
    with acting(session, viewer.actor_id, "add_meeting", f"Ajout de la réunion du {held_on:%d/%m/%Y}", home):
        row = Meeting(body_id=body_id, held_on=held_on, state=state, **given)
        session.add(row)
        session.flush()
    return row


def add_agenda_item(
    session: Session,
    viewer: Viewer,
    *,
    meeting_id: int,
    title: str,
    is_presentation: bool = False,
    position: int | None = None,
) -> AgendaItem:
    """Add an item of the agenda, or something that was shown."""
    home = _home_of_meeting(session, viewer, meeting_id)
    if position is None:
        position = next_position(session, AgendaItem.position, AgendaItem.meeting_id == meeting_id)
    row = AgendaItem(
        meeting_id=meeting_id,
        title=words(title, "Le point de l'ordre du jour"),
        is_presentation=is_presentation,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_agenda_item", "Ajout d'un point à l'ordre du jour", home):
        session.add(row)
    return row


def add_decision(
    session: Session,
    viewer: Viewer,
    *,
    meeting_id: int,
    number: str,
    text: str,
    kind: DecisionKind = DecisionKind.RESOLUTION,
    force: DecisionForce | None = None,
    owner_text: str | None = None,
    due_on: date | None = None,
    status: DecisionStatus = DecisionStatus.OPEN,
    status_word: str | None = None,
    closed_on: date | None = None,
    sheet_ids: Iterable[int] = (),
) -> Decision:
    """Add a line of the relevé de décisions, and the sheets it is about."""
    home = _home_of_meeting(session, viewer, meeting_id)
    about = [found(session, ActionSheet, sheet_id) for sheet_id in sheet_ids]
    with acting(session, viewer.actor_id, "add_decision", f"Ajout de la décision {number}", home):
        row = Decision(
            meeting_id=meeting_id,
            number=words(number, "Le numéro de la décision"),
            text=words(text, "Le texte de la décision"),
            kind=kind,
            force=force,
            owner_text=owner_text,
            due_on=due_on,
            status=status,
            status_word=status_word,
            closed_on=closed_on,
        )
        session.add(row)
        session.flush()
        session.add_all([DecisionSheet(decision_id=row.id, sheet_id=sheet.id) for sheet in about])
    return row


def _home_of_meeting(session: Session, viewer: Viewer, meeting_id: int) -> int:
    return _home_of_body(session, viewer, found(session, Meeting, meeting_id).body_id)


def _home_of_body(session: Session, viewer: Viewer, body_id: int) -> int:
    """The first initiative of the body in which the viewer may write."""
    found(session, Body, body_id)
    homes = session.scalars(
        select(BodyInitiative.initiative_id).where(BodyInitiative.body_id == body_id).order_by(BodyInitiative.id)
    )
    for home in homes:
        if viewer.may(Operation.WRITE, home):
            return home
    raise Refused(UNKNOWN)
