"""The fields that are columns of the fiche itself, and the two that are columns of its place in its home plan."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select

from db.commands.editing.groups import Desk, Group, Values, fuzzy, text, tidy_date, word, written_date
from db.commands.editing.trees import keep_within, span_of
from db.commands.plan import PLAIN_LENGTH, TITLE_LENGTH, move_placement, rewrite_sheet
from db.errors import Invalid
from db.models import ActionSheet, Placement
from db.queries import facts
from db.rules.forms import Written
from db.rules.plan import AxisNode
from db.rules.sections import LABELS
from db.rules.vocabulary import GeoScope, Participation, PlacementRole, Priority

TEXTS = (
    "title", "plain_line", "rationale", "description", "expected_results", "target_text", "territory_text",
    "participation_text", "regional_link", "calendar_text", "lead_service", "means", "governance_text",
    "linked_actions", "previous_action", "levers", "risks", "evaluation_text", "links", "notes",
)  # fmt: skip
WORDS: dict[str, type[Priority | Participation | GeoScope]] = {
    "priority": Priority,
    "participation": Participation,
    "geo_scope": GeoScope,
}
FLAGS = ("is_continuous", "milestones_tell_all")
DATES = ("starts", "ends")
LENGTHS = {"title": TITLE_LENGTH, "plain_line": PLAIN_LENGTH}


def _read(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    rows = desk.session.scalars(select(ActionSheet).where(ActionSheet.id.in_(sheets)))
    return {row.id: _written(row) for row in rows}


def _written(row: ActionSheet) -> dict[str, Written]:
    values: dict[str, Written] = {name: getattr(row, name) for name in TEXTS}
    values |= {name: member.label_fr if (member := getattr(row, name)) else None for name in WORDS}
    values |= {name: getattr(row, name) for name in FLAGS}
    for name in DATES:
        values[name] = written_date(getattr(row, f"{name}_on"), getattr(row, f"{name}_precision"))
    return values


def _write(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    columns: dict[str, object] = {}
    for name in changed:
        value = values[name]
        if name in DATES:
            typed = fuzzy(value, LABELS[name], end=name == "ends")
            columns[f"{name}_on"] = typed.day if typed else None
            columns[f"{name}_precision"] = typed.precision if typed else None
        elif name in WORDS:
            columns[name] = word(WORDS[name], value, LABELS[name])
        elif name in FLAGS:
            columns[name] = bool(value)
        else:
            columns[name] = text(value, LABELS[name], LENGTHS.get(name))
    before = span_of(desk.sheet(sheet_id))
    rewrite_sheet(desk.session, desk.viewer, sheet_id=sheet_id, fields=columns)
    if not set(DATES).isdisjoint(changed):
        keep_within(desk, sheet_id, before, values)


def _tidy(name: str, value: Written) -> Written:
    return tidy_date(value, end=name == "ends") if name in DATES else value or None


COLUMNS = Group(
    fields=(*TEXTS, *WORDS, *FLAGS, *DATES),
    tables=("action_sheet",),
    read=_read,
    write=_write,
    tidy=_tidy,
    columns={"starts": "starts_on", "ends": "ends_on"},
)


def axis_names(axes: Sequence[AxisNode]) -> dict[int, str]:
    """How each axis of a plan is written: « 2.1 · Réduire le renoncement », with the one above where two are alike."""
    labels = [node.label for node in axes]
    by_id = {node.id: node for node in axes}
    return {
        node.id: f"{node.label} ({by_id[node.parent_id].label})"
        if labels.count(node.label) > 1 and node.parent_id in by_id
        else node.label
        for node in axes
    }


def _read_place(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    named = axis_names(facts.axes(desk.session, desk.initiative_id))
    rows = desk.session.execute(
        select(Placement.sheet_id, Placement.code, Placement.axis_id).where(
            _at_home(desk), Placement.sheet_id.in_(sheets)
        )
    )
    return {sheet: {"code": code, "axis": named.get(axis or 0)} for sheet, code, axis in rows}


def _at_home(desk: Desk) -> ColumnElement[bool]:
    return (
        (Placement.initiative_id == desk.initiative_id)
        & (Placement.role == PlacementRole.OWNER)
        & Placement.archived_at.is_(None)
    )


def _write_place(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    place = desk.session.scalars(select(Placement).where(_at_home(desk), Placement.sheet_id == sheet_id)).one()
    axis_id = place.axis_id
    if "axis" in changed:
        axis_id = _axis_called(desk, values["axis"])
    move_placement(
        desk.session,
        desk.viewer,
        placement_id=place.id,
        axis_id=axis_id,
        code=text(values["code"], LABELS["code"], 20) if "code" in changed else place.code,
    )


def _axis_called(desk: Desk, name: Written) -> int | None:
    if name in (None, ""):
        return None
    named = axis_names(facts.axes(desk.session, desk.initiative_id))
    found = next((key for key, label in named.items() if label == name), None)
    if found is None:
        raise Invalid(f"L'axe « {name} » n'est plus dans ce plan : choisissez-en un autre.")
    return found


PLACE = Group(
    fields=("code", "axis"), tables=("placement",), read=_read_place, write=_write_place, columns={"axis": "axis_id"}
)
