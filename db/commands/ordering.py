"""The order and the numbers of a plan's sheets: several changed at once, by several people at once, as one act."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import last_hand, number, placed, set_numbers_aside
from db.commands.tree import check_axes, conflict, live_axes, set_positions
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import ActionSheet, Placement
from db.queries import facts
from db.queries.arranging import arrangement
from db.rights import Operation
from db.rules import arranging
from db.rules.arranging import AXIS, CODE, NO_AXIS, PLACE, WORDS, Seen, Spot
from db.rules.forms import Clash, Written
from db.viewer import UNKNOWN, Viewer, require

COLUMNS = {CODE: ("code",), AXIS: ("axis_id",), PLACE: ("position", "axis_id")}


def order_plan(
    session: Session, viewer: Viewer, *, initiative_id: int, wanted: Mapping[int, Spot], seen: Mapping[int, Seen]
) -> None:
    """Give sheets, by placement, another number, axis or place, all in one act; `seen` is what was shown of each.

    Sheets that nobody else moved or numbered meanwhile are written where they are asked, among the others as they are
    now. Raises Conflict, with both values, for those that somebody did, and Invalid when two would bear one number.
    """
    require(viewer, Operation.WRITE, initiative_id)
    asked = {key: fields for key, spot in wanted.items() if (fields := arranging.changed(key, spot, seen[key]))}
    if not asked:
        return
    with acting(session, viewer.actor_id, "order_plan", _order_label(asked), initiative_id):
        rows = live_placements(session, initiative_id)
        for key in asked.keys() - rows.keys():
            _refuse_gone(session, viewer, key)
        tree = live_axes(session, initiative_id)
        orders = _orders(rows)
        clashes = [
            _clash(session, rows[key], orders, field, wanted[key], seen[key])
            for key, fields in asked.items()
            for field in sorted(fields)
            if not _holds(rows[key], orders[rows[key].axis_id], field, wanted[key], seen[key])
        ]
        if clashes:
            raise conflict(clashes)
        check_axes(session, viewer, tree, [wanted[key].axis_id for key in asked if AXIS in asked[key]])
        _set_codes(session, rows, {key: number(wanted[key].code) for key in asked if CODE in asked[key]})
        _set_places(rows, asked, wanted)
        session.flush()


def order_cells(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    typed: Mapping[int, Mapping[str, str]],
    seen: Mapping[int, Seen],
    on: date,
) -> None:
    """`order_plan`, from the cells of a grid as they were typed.

    Raises Invalid with each one that cannot be read, and Archived for a sheet that left the plan meanwhile.
    """
    plan = arrangement(session, viewer, initiative_id, on)
    if plan is None:
        raise Refused(UNKNOWN)
    for key in typed.keys() - {sheet.placement_id for sheet in plan.sheets}:
        _refuse_gone(session, viewer, key)
    asked = arranging.read_cells(plan, typed, seen)
    if asked.problems:
        raise Invalid("\n\n".join(asked.problems))
    order_plan(session, viewer, initiative_id=initiative_id, wanted=asked.wanted, seen=asked.seen)


def _refuse_gone(session: Session, viewer: Viewer, placement_id: int) -> NoReturn:
    """A sheet that is not in the plan: `Archived` when it left it, `Refused` when it never was there."""
    placed(session, viewer, placement_id)
    raise Refused(UNKNOWN)


def live_placements(session: Session, initiative_id: int) -> dict[int, Placement]:
    """The places of a plan as they are now, in its order."""
    rows = session.scalars(
        select(Placement)
        .where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
        .order_by(Placement.position, Placement.id)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _set_codes(session: Session, rows: Mapping[int, Placement], codes: Mapping[int, str | None]) -> None:
    """Number these sheets, whichever numbers they take from one another. `Invalid` when two would bear one."""
    new = {key: code for key, code in codes.items() if rows[key].code != code}
    bearers: dict[str, list[int]] = {}
    for key, row in rows.items():
        code = new.get(key, row.code) if key in new else row.code
        if code is not None:
            bearers.setdefault(code, []).append(key)
    shared = [arranging.twice(code, _titles(session, rows, keys)) for code, keys in bearers.items() if len(keys) > 1]
    if shared:
        raise Invalid("\n\n".join(shared))
    if new:
        set_numbers_aside(session, new.keys())
    for key, code in new.items():
        rows[key].code = code


def _titles(session: Session, rows: Mapping[int, Placement], keys: Sequence[int]) -> list[str]:
    return [session.get_one(ActionSheet, rows[key].sheet_id).title for key in keys]


def _set_places(
    rows: Mapping[int, Placement], asked: Mapping[int, Collection[str]], wanted: Mapping[int, Spot]
) -> None:
    """Stand these sheets where they are asked, among the others as they are now."""
    moves = {
        key: Spot(
            wanted[key].axis_id if AXIS in fields else rows[key].axis_id,
            None,
            wanted[key].place if PLACE in fields else None,
        )
        for key, fields in asked.items()
        if {AXIS, PLACE} & set(fields)
    }
    orders = arranging.rearranged(_orders(rows), moves)
    for key, spot in moves.items():
        rows[key].axis_id = spot.axis_id
    for axis_id in {spot.axis_id for spot in moves.values()}:
        set_positions(rows, orders[axis_id], moves.keys())


def _orders(rows: Mapping[int, Placement]) -> dict[int | None, list[int]]:
    orders: dict[int | None, list[int]] = {}
    for key, row in rows.items():
        orders.setdefault(row.axis_id, []).append(key)
    return orders


def _order_label(asked: Mapping[int, Collection[str]]) -> str:
    """« Ordre et numéros du plan : 3 fiches »."""
    return f"Ordre et numéros du plan : {len(asked)} {'fiche' if len(asked) == 1 else 'fiches'}"


def _holds(row: Placement, order: Sequence[int], field: str, spot: Spot, seen: Seen) -> bool:
    """Whether nobody changed meanwhile what is asked to change of a sheet, or changed it to the same.

    In an axis that it is asked to join, a place is nobody's yet.
    """
    if field == CODE:
        return row.code in (seen.code, spot.code)
    if field == AXIS:
        return row.axis_id in (seen.axis_id, spot.axis_id)
    if row.axis_id != seen.axis_id:
        return spot.axis_id != seen.axis_id
    if spot.axis_id != seen.axis_id or tuple(order) == seen.order:
        return True
    return order.index(row.id) + 1 == spot.place or row.id in arranging.steady(seen.order, order)


def _clash(
    session: Session,
    row: Placement,
    orders: Mapping[int | None, Sequence[int]],
    field: str,
    spot: Spot,
    seen: Seen,
) -> Clash:
    """What somebody else did meanwhile of a sheet, beside what is asked, in words."""
    names = arranging.axis_numbers(facts.axes(session, row.initiative_id))
    base: Written
    theirs: Written
    mine: Written
    if field == CODE:
        base, theirs, mine = seen.code, row.code, spot.code
    elif field == AXIS:
        base, theirs, mine = (names.get(axis or 0, NO_AXIS) for axis in (seen.axis_id, row.axis_id, spot.axis_id))
    else:
        elsewhere = f" ({names.get(row.axis_id or 0, NO_AXIS)})" if row.axis_id != seen.axis_id else ""
        base, theirs, mine = seen.place_of(row.id), f"{orders[row.axis_id].index(row.id) + 1}{elsewhere}", spot.place
    sheet = session.get_one(ActionSheet, row.sheet_id)
    hand = last_hand(session, row, *COLUMNS[field])
    author, at = (hand.author, hand.at) if hand else (None, None)
    label = f"Fiche « {sheet.title} », {WORDS[field]}"
    return Clash(f"{row.id}:{field}", label, base, theirs, mine, author, at)
