"""The plan: its axes, its sheets and where they stand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import dated, found, next_position, number, one_line, only, ordered, placed, words, writable
from db.errors import Invalid
from db.journal import acting
from db.models import ActionSheet, Amendment, Axis, Initiative, Placement
from db.rights import Operation
from db.rules.text import search_text, sort_key
from db.rules.vocabulary import AxisLevel, PlacementEntry, PlacementRole
from db.viewer import Viewer, require

KEPT = frozenset({"id", "version", "archived_at", "search_text", "sort_key"})
LEVELS = (AxisLevel.AXIS, AxisLevel.STRATEGIC, AxisLevel.OPERATIONAL)
SEARCHED = ("title", "plain_line", "rationale", "description", "expected_results", "target_text", "notes")
TITLE_LENGTH, PLAIN_LENGTH = 300, 200


def add_axis(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    title: str,
    code: str | None = None,
    parent_id: int | None = None,
    level: AxisLevel | None = None,
    position: int | None = None,
) -> Axis:
    """Add an axis, or an objectif stratégique or opérationnel under one: three levels at most.

    Without a `level`, it is the one that follows the parent's.
    """
    require(viewer, Operation.WRITE, initiative_id)
    named, numbered = one_line(title, "L'intitulé de l'axe", TITLE_LENGTH), number(code)
    depth = _depth(session, initiative_id, parent_id)
    if position is None:
        position = next_position(
            session, Axis.position, Axis.initiative_id == initiative_id, Axis.parent_id.is_not_distinct_from(parent_id)
        )
    row = Axis(
        initiative_id=initiative_id,
        parent_id=parent_id,
        level=level or LEVELS[depth],
        code=numbered,
        title=named,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_axis", f"Ajout de l'axe « {named} »", initiative_id):
        session.add(row)
        session.flush()
    return row


def _depth(session: Session, initiative_id: int, parent_id: int | None) -> int:
    """How many axes stand above; `Invalid` beyond two, or when the parent is another plan's."""
    depth = 0
    while parent_id is not None:
        parent = found(session, Axis, parent_id)
        if parent.initiative_id != initiative_id:
            raise Invalid("Cet axe est celui d'un autre plan : choisissez un axe de celui-ci.")
        depth, parent_id = depth + 1, parent.parent_id
        if depth >= len(LEVELS):
            raise Invalid("Un plan a trois niveaux au plus : axe, objectif stratégique, objectif opérationnel.")
    return depth


def add_sheet(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    title: str,
    fields: Mapping[str, Any] | None = None,
    axis_id: int | None = None,
    code: str | None = None,
    position: int | None = None,
    entry: PlacementEntry = PlacementEntry.INITIAL,
    amendment_id: int | None = None,
    since: date | None = None,
) -> Placement:
    """Add a fiche action to its home plan. `fields` are other columns of `ActionSheet`.

    A date given without its precision is a day. Returns the placement, which names the sheet (`sheet_id`).
    """
    require(viewer, Operation.WRITE, initiative_id)
    sheet = ActionSheet(**_sheet_fields({**(fields or {}), "title": title}))
    index(sheet)
    placement = Placement(
        initiative_id=initiative_id,
        axis_id=axis_id,
        code=code,
        role=PlacementRole.OWNER,
        entry=entry,
        amendment_id=amendment_id,
        since=since,
    )
    _check_place(session, placement)
    with acting(session, viewer.actor_id, "add_sheet", f"Ajout de la fiche « {sheet.title} »", initiative_id):
        session.add(sheet)
        session.flush()
        placement.sheet_id = sheet.id
        return _place(session, placement, position)


def place_sheet(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    initiative_id: int,
    axis_id: int | None = None,
    code: str | None = None,
    position: int | None = None,
    entry: PlacementEntry = PlacementEntry.INITIAL,
    amendment_id: int | None = None,
    since: date | None = None,
) -> Placement:
    """Have a sheet of another plan appear in this one as well: one truth, two places."""
    require(viewer, Operation.WRITE, initiative_id)
    home = writable(session, viewer, sheet_id)
    sheet = found(session, ActionSheet, sheet_id)
    there = select(Placement.id).where(
        Placement.sheet_id == sheet_id, Placement.initiative_id == initiative_id, Placement.archived_at.is_(None)
    )
    if home == initiative_id or session.scalars(there).first() is not None:
        raise Invalid(f"La fiche « {sheet.title} » est déjà dans ce plan.")
    placement = Placement(
        sheet_id=sheet_id,
        initiative_id=initiative_id,
        axis_id=axis_id,
        code=code,
        role=PlacementRole.GUEST,
        entry=entry,
        amendment_id=amendment_id,
        since=since,
    )
    _check_place(session, placement)
    with acting(session, viewer.actor_id, "place_sheet", f"Reprise de la fiche « {sheet.title} »", initiative_id):
        return _place(session, placement, position)


def move_placement(
    session: Session,
    viewer: Viewer,
    *,
    placement_id: int,
    axis_id: int | None,
    code: str | None,
    position: int | None = None,
) -> Placement:
    """Give a sheet another axis or number in its plan; its position stays unless another is given."""
    placement = placed(session, viewer, placement_id)
    _check_axis(session, placement.initiative_id, axis_id)
    if code != placement.code:
        _check_code(session, placement.initiative_id, code)
    with acting(session, viewer.actor_id, "move_placement", "Déplacement d'une fiche", placement.initiative_id):
        placement.axis_id, placement.code = axis_id, code
        placement.position = placement.position if position is None else position
        session.flush()
    return placement


def rewrite_sheet(session: Session, viewer: Viewer, *, sheet_id: int, fields: Mapping[str, Any]) -> ActionSheet:
    """Write these columns of a sheet, its search words following. Columns left out stay as they are."""
    home = writable(session, viewer, sheet_id)
    sheet = found(session, ActionSheet, sheet_id)
    given = _sheet_fields(fields)
    ordered(given.get("starts_on", sheet.starts_on), given.get("ends_on", sheet.ends_on))
    with acting(session, viewer.actor_id, "rewrite_sheet", f"Modification de la fiche « {sheet.title} »", home):
        for name, value in given.items():
            setattr(sheet, name, value)
        index(sheet)
        session.flush()
    return sheet


def _sheet_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    only(fields, ActionSheet, KEPT)
    given = dated(fields, "starts", "ends")
    if "title" in given:
        given["title"] = words(given["title"], "Le titre de la fiche", TITLE_LENGTH)
    if given.get("plain_line") is not None:
        given["plain_line"] = words(given["plain_line"], "La ligne « En clair »", PLAIN_LENGTH)
    ordered(given.get("starts_on"), given.get("ends_on"))
    return given


def index(sheet: ActionSheet) -> None:
    """Have the words by which a sheet is found and sorted follow what it says."""
    sheet.search_text = search_text(*(getattr(sheet, name) for name in SEARCHED))
    sheet.sort_key = sort_key(sheet.title)


def _check_place(session: Session, placement: Placement) -> None:
    """`Invalid` when the placement cannot stand there; before anything is written."""
    found(session, Initiative, placement.initiative_id)
    _check_axis(session, placement.initiative_id, placement.axis_id)
    _check_code(session, placement.initiative_id, placement.code)
    if (placement.entry is PlacementEntry.AMENDMENT) != (placement.amendment_id is not None):
        raise Invalid("Une fiche ajoutée par avenant nomme son avenant, et elle seule : indiquez lequel.")
    if placement.amendment_id is not None:
        amendment = found(session, Amendment, placement.amendment_id)
        if amendment.initiative_id != placement.initiative_id:
            raise Invalid("Cet avenant est celui d'un autre plan : choisissez un avenant de celui-ci.")


def _place(session: Session, placement: Placement, position: int | None) -> Placement:
    if position is None:
        position = next_position(session, Placement.position, Placement.initiative_id == placement.initiative_id)
    placement.position = position
    session.add(placement)
    session.flush()
    return placement


def _check_axis(session: Session, initiative_id: int, axis_id: int | None) -> None:
    if axis_id is not None and found(session, Axis, axis_id).initiative_id != initiative_id:
        raise Invalid("Cet axe est celui d'un autre plan : choisissez un axe de celui-ci.")


def _check_code(session: Session, initiative_id: int, code: str | None) -> None:
    taken = (
        select(ActionSheet.title)
        .join(Placement, Placement.sheet_id == ActionSheet.id)
        .where(Placement.initiative_id == initiative_id, Placement.code == code, Placement.archived_at.is_(None))
    )
    other = session.scalars(taken).first() if code is not None else None
    if other is not None:
        raise Invalid(f"Le numéro {code} est déjà celui de la fiche « {other} » : choisissez-en un autre.")
