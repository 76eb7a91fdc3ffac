"""The tree of a plan: its axes, renamed, moved and archived, and the order and the numbers of its sheets.

Everything is read again once the act holds the lock that orders acts: two persons who arrange one plan at once are one
after the other, and the second is held against what the first wrote.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.commands.common import last_hand, number, one_line, refuse_archived
from db.commands.plan import LEVELS, TITLE_LENGTH
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Axis, Indicator, Placement
from db.models.base import now_utc
from db.rights import Operation
from db.rules import arranging
from db.rules.arranging import TOP, AxisForm
from db.rules.forms import Clash
from db.viewer import UNKNOWN, Viewer, require

AXIS_FIELDS = {"title": "Intitulé", "code": "Numéro", "parent_id": "Rangé sous"}
KEPT = "Rien n'a été écrasé, et ce que vous avez tapé est gardé : choisissez la valeur à garder, puis enregistrez."


def rewrite_axis(session: Session, viewer: Viewer, *, axis_id: int, title: str, code: str | None) -> Axis:
    """Give an axis, or an objectif of the plan, its title and its number."""
    axis = _axis(session, viewer, axis_id)
    named = one_line(title, "L'intitulé de l'axe", TITLE_LENGTH)
    numbered = number(code)
    with acting(
        session, viewer.actor_id, "rewrite_axis", f"Modification de l'axe « {axis.title} »", axis.initiative_id
    ):
        axis.title, axis.code = named, numbered
        session.flush()
    return axis


def move_axis(
    session: Session, viewer: Viewer, *, axis_id: int, parent_id: int | None, place: int | None = None
) -> Axis:
    """Put an axis under another one, or at the top of the plan; `place` is its rank there from 1, the last without one.

    What stands under it follows, each at the level of its depth. Raises Invalid when it would stand under itself, under
    another plan's axis, or deeper than three levels.
    """
    axis = _axis(session, viewer, axis_id)
    with acting(session, viewer.actor_id, "move_axis", f"Déplacement de l'axe « {axis.title} »", axis.initiative_id):
        tree = _tree_of(session, viewer, axis)
        family = _all_axes(session, axis.initiative_id)
        _check_parent(session, viewer, tree, family, axis, parent_id)
        order = [key for key, other in tree.items() if other.parent_id == parent_id and key != axis_id]
        order.insert(len(order) if place is None else place - 1, axis_id)
        axis.parent_id = parent_id
        set_positions(tree, order, {axis_id})
        _set_levels(family, axis)
        session.flush()
    return axis


def edit_axis(session: Session, viewer: Viewer, *, axis_id: int, typed: AxisForm, seen: AxisForm) -> Axis:
    """Save the form of an axis: what was typed since it was opened is written where nobody else wrote.

    Raises Conflict, with both values, for each field that somebody else changed meanwhile.
    """
    axis = _axis(session, viewer, axis_id)
    mine = [name for name in AXIS_FIELDS if getattr(typed, name) != getattr(seen, name)]
    if not mine:
        return axis
    with acting(session, viewer.actor_id, "edit_axis", f"Modification de l'axe « {axis.title} »", axis.initiative_id):
        tree = _tree_of(session, viewer, axis)
        clashes = [
            _axis_clash(session, tree, axis, name, typed, seen)
            for name in mine
            if getattr(axis, name) not in (getattr(seen, name), getattr(typed, name))
        ]
        if clashes:
            raise conflict(clashes)
        if "parent_id" in mine and axis.parent_id != typed.parent_id:
            move_axis(session, viewer, axis_id=axis_id, parent_id=typed.parent_id)
        title = typed.title if "title" in mine else axis.title
        code = typed.code if "code" in mine else axis.code
        rewrite_axis(session, viewer, axis_id=axis_id, title=title, code=code)
    return axis


def order_axes(session: Session, viewer: Viewer, *, axis_id: int, place: int, seen: Sequence[int]) -> None:
    """Give an axis its rank, from 1, among those that stand under the same one; `seen` is their order as shown.

    The others keep their own order, whatever somebody did of it meanwhile. Raises Conflict when somebody moved this
    axis too.
    """
    axis = _axis(session, viewer, axis_id)
    with acting(session, viewer.actor_id, "order_axes", f"Déplacement de l'axe « {axis.title} »", axis.initiative_id):
        tree = _tree_of(session, viewer, axis)
        now = [key for key, other in tree.items() if other.parent_id == axis.parent_id]
        if axis_id not in seen or (now != list(seen) and axis_id not in arranging.steady(seen, now)):
            hand = last_hand(session, axis, "position")
            by = f" par {hand.author}" if hand else ""
            raise Conflict(f"L'axe « {axis.title} » vient d'être déplacé{by}. Rien n'a été écrit : voici où il en est.")
        order = [key for key in now if key != axis_id]
        order.insert(max(place - 1, 0), axis_id)
        set_positions(tree, order, {axis_id})
        session.flush()


def archive_axis(session: Session, viewer: Viewer, *, axis_id: int) -> Axis:
    """Take an axis out of the plan. Raises Invalid while something stands under it or follows it."""
    axis = _axis(session, viewer, axis_id)
    with acting(session, viewer.actor_id, "archive_axis", f"Axe « {axis.title} » archivé", axis.initiative_id):
        _tree_of(session, viewer, axis)
        held = _held_by(session, axis)
        if held:
            raise Invalid(
                f"L'axe « {axis.title} » ne peut pas être archivé : il contient encore {held}. Déplacez-les sous un "
                "autre axe, ou archivez-les d'abord."
            )
        axis.archived_at = now_utc()
        session.flush()
    return axis


def _axis(session: Session, viewer: Viewer, axis_id: int) -> Axis:
    """The axis, in a plan where the viewer writes; `Refused` otherwise, `Archived` once it is no longer there."""
    axis = session.get(Axis, axis_id)
    if axis is None:
        raise Refused(UNKNOWN)
    if axis.archived_at is not None:
        refuse_archived(session, viewer, axis, axis.initiative_id)
    require(viewer, Operation.WRITE, axis.initiative_id)
    return axis


def live_axes(session: Session, initiative_id: int) -> dict[int, Axis]:
    """The live axes of a plan as they are now, by position."""
    rows = session.scalars(
        select(Axis)
        .where(Axis.initiative_id == initiative_id, Axis.archived_at.is_(None))
        .order_by(Axis.position, Axis.id)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _tree_of(session: Session, viewer: Viewer, axis: Axis) -> dict[int, Axis]:
    """The tree that an axis stands in, once nobody else can change it; `Archived` when the axis just left it."""
    tree = live_axes(session, axis.initiative_id)
    if axis.id not in tree:
        session.refresh(axis)
        refuse_archived(session, viewer, axis, axis.initiative_id)
    return tree


def _all_axes(session: Session, initiative_id: int) -> dict[int, Axis]:
    """The axes of a plan, archived ones too: those that come back stand where they stood."""
    rows = session.scalars(select(Axis).where(Axis.initiative_id == initiative_id).order_by(Axis.id))
    return {row.id: row for row in rows}


def _check_parent(
    session: Session,
    viewer: Viewer,
    tree: Mapping[int, Axis],
    family: Mapping[int, Axis],
    axis: Axis,
    parent_id: int | None,
) -> None:
    """`Invalid` when an axis cannot stand there: under itself, or deeper than the plan goes."""
    if parent_id is None:
        return
    check_axes(session, viewer, tree, [parent_id])
    if axis.id in _line_of(tree, parent_id):
        raise Invalid(
            f"L'axe « {axis.title} » ne peut pas être rangé sous lui-même, ni sous un axe qu'il contient : "
            "choisissez-en un autre, ou le premier niveau du plan."
        )
    depth = len(_line_of(tree, parent_id)) + _height(family, axis.id)
    if depth > len(LEVELS):
        raise Invalid(
            f"Rangé là, « {axis.title} » et ce qu'il contient, objectifs archivés compris, feraient {depth} niveaux. "
            "Un plan en a trois au plus : axe, objectif stratégique, objectif opérationnel."
        )


def check_axes(session: Session, viewer: Viewer, tree: Mapping[int, Axis], axes: Collection[int | None]) -> None:
    """`Invalid` when one of these axes is another plan's, `Archived` when it was archived meanwhile."""
    for key in axes:
        if key is not None and key not in tree:
            _axis(session, viewer, key)
            raise Invalid("Cet axe est celui d'un autre plan : choisissez un axe de celui-ci.")


def _line_of(tree: Mapping[int, Axis], axis_id: int) -> list[int]:
    """An axis and those above it."""
    line, at = [], tree.get(axis_id)
    while at is not None and at.id not in line:
        line.append(at.id)
        at = tree.get(at.parent_id) if at.parent_id is not None else None
    return line


def _height(tree: Mapping[int, Axis], axis_id: int) -> int:
    """How many levels an axis holds, itself included."""
    return 1 + max((_height(tree, key) for key, other in tree.items() if other.parent_id == axis_id), default=0)


def _set_levels(tree: Mapping[int, Axis], axis: Axis) -> None:
    """Give an axis, and all that stands under it, the level of its depth."""
    axis.level = LEVELS[len(_line_of(tree, axis.id)) - 1]
    for other in tree.values():
        if other.parent_id == axis.id:
            _set_levels(tree, other)


def set_positions(
    rows: Mapping[int, Axis] | Mapping[int, Placement], order: Sequence[int], moved: Collection[int]
) -> None:
    """Write the positions that make this the order, and only those that must change."""
    for key, position in arranging.positions(order, {key: rows[key].position for key in order}, moved).items():
        rows[key].position = position


def _held_by(session: Session, axis: Axis) -> str:
    """What keeps an axis in the plan, in words; empty when nothing does."""
    counts = {
        ("fiche", "fiches"): (Placement.axis_id, Placement.archived_at),
        ("axe ou objectif", "axes ou objectifs"): (Axis.parent_id, Axis.archived_at),
        ("indicateur", "indicateurs"): (Indicator.axis_id, Indicator.archived_at),
    }
    told = []
    for (one, several), (under, archived) in counts.items():
        count = session.scalar(select(func.count()).where(under == axis.id, archived.is_(None))) or 0
        if count:
            told.append(f"{count} {one if count == 1 else several}")
    return " et ".join(told)


def _axis_clash(
    session: Session, tree: Mapping[int, Axis], axis: Axis, name: str, typed: AxisForm, seen: AxisForm
) -> Clash:
    """A field of an axis that two people wrote, in words."""
    base, theirs, mine = (getattr(side, name) for side in (seen, axis, typed))
    if name == "parent_id":
        base, theirs, mine = (tree[key].title if key in tree else TOP for key in (base, theirs, mine))
    hand = last_hand(session, axis, name)
    author, at = (hand.author, hand.at) if hand else (None, None)
    return Clash(name, AXIS_FIELDS[name], base, theirs, mine, author, at)


def conflict(clashes: Sequence[Clash]) -> Conflict:
    """What is raised when others wrote the same values meanwhile: which ones, and who."""
    names = ", ".join(dict.fromkeys(clash.label for clash in clashes))
    who = sorted({clash.author for clash in clashes if clash.author})
    by = f" par {', '.join(who)}" if who else ""
    return Conflict(f"{names} : modifié{by} pendant que vous écriviez. {KEPT}", clashes=tuple(clashes))
