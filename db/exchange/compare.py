"""A plan read from a file against the plan of the database: what would be created, changed, left, and what conflicts.

Three things are held side by side for each field of a sheet: what the file says, what the database holds, and what an
import wrote there last. The file only wins where nobody typed anything in Balise since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from db.exchange import resolve, snapshot
from db.exchange.draft import AxisDraft, PlanDraft, SheetDraft, ToSettle
from db.exchange.fields import AXIS_FIELDS, Field
from db.exchange.resolve import Names
from db.exchange.understood import understood
from db.exchange.values import PERSONAL, STATUS_TEXTS, WEATHER_TEXTS, Values, values_of
from db.models import ImportedValue, Placement, Unsettled
from db.queries import facts
from db.rights import Operation
from db.rules.text import words_of
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer

DATES = (Field.STARTS_ON, Field.ENDS_ON)
MAIN_FIELD = (
    dict.fromkeys(AXIS_FIELDS, Field.AXIS)
    | dict.fromkeys((*STATUS_TEXTS, Field.STATUS_UNTIL, Field.TO_DISCUSS), Field.STATUS)
    | dict.fromkeys(WEATHER_TEXTS, Field.WEATHER)
    | dict.fromkeys((Field.SUB_ACTION, Field.DONE_ON, Field.WEIGHT), Field.MILESTONES)
    | dict.fromkeys(
        (Field.GENERAL_OBJECTIVE, Field.SPECIFIC_OBJECTIVES, Field.OPERATIONAL_OBJECTIVES), Field.OBJECTIVES
    )
    | {Field.FUNDER_AMOUNT: Field.FUNDER}
)
"""The field whose value holds this one's."""


class Fate(StrEnum):
    """What an import does of a sheet of the file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would change: what the database holds, what the file says."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What would be done of one sheet.

    `conflicts` are left as they are unless the file's value is chosen; `still_asked` are its cells that an earlier
    import put aside; `waits` when the sheet itself is left aside by such a question.
    """

    sheet: SheetDraft
    fate: Fate
    sheet_id: int | None = None
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Change, ...] = ()
    kept: tuple[Field, ...] = ()
    to_settle: tuple[ToSettle, ...] = ()
    still_asked: tuple[ToSettle, ...] = ()
    waits: bool = False

    @property
    def changes_something(self) -> bool:
        """Whether applying would write anything for this sheet."""
        return self.fate in (Fate.CREATED, Fate.UPDATED) or bool(self.to_settle and not self.waits)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do, worked out before anything is written."""

    draft: PlanDraft
    initiative_id: int | None
    sheets: tuple[SheetPlan, ...]
    new_axes: tuple[AxisDraft, ...]
    new_organisations: tuple[str, ...]
    to_settle: tuple[ToSettle, ...]

    def count(self, fate: Fate) -> int:
        """How many sheets of the file have this fate."""
        return sum(sheet.fate is fate for sheet in self.sheets)

    @property
    def changes_something(self) -> bool:
        """Whether applying would write anything."""
        return bool(self.new_axes or any(sheet.changes_something for sheet in self.sheets))


def compare(
    session: Session,
    viewer: Viewer,
    draft: PlanDraft,
    initiative_id: int | None,
    on: date,
    accepted: frozenset[tuple[int, Field]] = frozenset(),
    promised: frozenset[int] = frozenset(),
) -> ImportPlan:
    """What importing this draft into the initiative (None: a new one) would do today.

    `accepted` are the conflicts, by sheet row and field, where the file's value was chosen; `promised` the numbers of
    the avenants that a new initiative will be given along with the plan.
    """
    known = resolve.names(session, initiative_id)
    known = replace(known, amendments=known.amendments | promised)
    read = understood(known, draft)
    if initiative_id is None:
        fresh = tuple(_created(sheet, items) for sheet, items in read)
        settle = tuple(item for plan in fresh for item in plan.to_settle)
        return ImportPlan(draft, None, fresh, draft.axes, _new_organisations(known, draft), settle)
    here = _Here.of(session, viewer, initiative_id, on)
    plans = tuple(here.plan(sheet, items, draft, accepted) for sheet, items in read)
    settle = tuple(item for plan in plans for item in plan.to_settle)
    axes = tuple(axis for axis in draft.axes if _axis_key(axis) not in here.axes)
    return ImportPlan(draft, initiative_id, plans, axes, _new_organisations(known, draft), settle)


def _created(sheet: SheetDraft, items: tuple[ToSettle, ...]) -> SheetPlan:
    changes = tuple(Change(f, None, v) for f, v in values_of(sheet).items() if v is not None)
    return SheetPlan(sheet, Fate.CREATED, None, changes, to_settle=items)


def _new_organisations(known: Names, draft: PlanDraft) -> tuple[str, ...]:
    return tuple(o.name for o in draft.organisations if known.organisation(o.name) is None)


def _axis_key(axis: AxisDraft) -> tuple[str, ...]:
    return tuple(words_of(step.title) for step in axis.path)


@dataclass(frozen=True, slots=True)
class _Here:
    """The plan of the database while a draft is held against it."""

    sheets: dict[int, SheetDraft]
    values: dict[int, Values]
    by_code: dict[str, int]
    by_title: dict[str, int]
    imported: dict[tuple[int, str], Any]
    settled: set[tuple[int | None, str, str]]
    axes: frozenset[tuple[str, ...]]
    foreign: frozenset[int]

    @classmethod
    def of(cls, session: Session, viewer: Viewer, initiative_id: int, on: date) -> "_Here":
        sheets = snapshot.sheets_of(session, viewer, initiative_id, on)
        mine = select(Placement.sheet_id).where(Placement.initiative_id == initiative_id)
        written = session.execute(
            select(ImportedValue.sheet_id, ImportedValue.field, ImportedValue.value).where(
                ImportedValue.sheet_id.in_(mine)
            )
        )
        u = Unsettled
        unsettled = session.execute(
            select(u.sheet_id, u.field, u.raw).where(
                or_(u.sheet_id.in_(mine), u.initiative_id == initiative_id), u.archived_at.is_(None)
            )
        )
        nodes = facts.axes(session, initiative_id)
        titles = {node.id: words_of(node.title) for node in nodes}
        return cls(
            sheets=sheets,
            values={key: values_of(sheet) for key, sheet in sheets.items()},
            by_code={code_key(sheet.code): key for key, sheet in sheets.items() if sheet.code},
            by_title={words_of(sheet.title): key for key, sheet in sheets.items()},
            imported={(key, name): value for key, name, value in written},
            settled={(key, name, raw) for key, name, raw in unsettled},
            axes=frozenset(tuple(titles[key] for key in node.path) for node in nodes),
            foreign=_foreign(session, viewer, mine),
        )

    def plan(
        self,
        sheet: SheetDraft,
        items: tuple[ToSettle, ...],
        draft: PlanDraft,
        accepted: frozenset[tuple[int, Field]],
    ) -> SheetPlan:
        """What would be done of this sheet of the file."""
        by_code = self.by_code.get(code_key(sheet.code)) if sheet.code else None
        by_title = self.by_title.get(words_of(sheet.title))
        if by_code is not None and by_title is not None and by_code != by_title:
            return self._left(sheet, self._two_sheets(sheet, by_code, by_title))
        sheet_id = by_code if by_code is not None else by_title
        if sheet_id is None:
            return _created(sheet, items)
        if self._is_another(sheet, sheet_id, by_code, draft):
            return self._left(sheet, self._renamed_or_new(sheet, sheet_id))
        return self._held_against(sheet, sheet_id, items, draft, accepted)

    def _left(self, sheet: SheetDraft, question: ToSettle) -> SheetPlan:
        return SheetPlan(sheet, Fate.LEFT, to_settle=(question,), waits=self._is_known(None, question))

    def _is_another(self, sheet: SheetDraft, sheet_id: int, by_code: int | None, draft: PlanDraft) -> bool:
        """Whether another row of the file designates the same sheet, through its other sign."""
        here = self.sheets[sheet_id]
        others = [other for other in draft.sheets if other is not sheet and other.row != sheet.row]
        if by_code is not None and words_of(here.title) != words_of(sheet.title):
            return any(words_of(other.title) == words_of(here.title) for other in others)
        if by_code is None and sheet.code and here.code:
            return any(other.code and code_key(other.code) == code_key(here.code) for other in others)
        return False

    def _two_sheets(self, sheet: SheetDraft, by_code: int, by_title: int) -> ToSettle:
        numbered, titled = self.sheets[by_code], self.sheets[by_title]
        return ToSettle(
            row=sheet.row,
            column=Field.CODE.label_fr,
            value=f"{sheet.code} {sheet.title}",
            reason=f"Le numéro {sheet.code} est celui de « {numbered.title} », mais le titre est celui de la fiche "
            f"{titled.code or 'sans numéro'} : renumérotée ou renommée ? La ligne est laissée de côté.",
            choices=(f"Renumérotée : {titled.title}", f"Renommée : {numbered.title}"),
            field=Field.CODE,
        )

    def _renamed_or_new(self, sheet: SheetDraft, sheet_id: int) -> ToSettle:
        here = self.sheets[sheet_id]
        return ToSettle(
            row=sheet.row,
            column=Field.CODE.label_fr,
            value=f"{sheet.code or ''} {sheet.title}".strip(),
            reason=f"Cette ligne et une autre du fichier désignent la même fiche, « {here.title} », l'une par son "
            "numéro, l'autre par son titre : la ligne est laissée de côté.",
            choices=("Une nouvelle fiche", f"La fiche « {here.title} »"),
            field=Field.CODE,
        )

    def _held_against(
        self,
        sheet: SheetDraft,
        sheet_id: int,
        items: tuple[ToSettle, ...],
        draft: PlanDraft,
        accepted: frozenset[tuple[int, Field]],
    ) -> SheetPlan:
        said, held = values_of(sheet), self.values[sheet_id]
        told = {MAIN_FIELD.get(field, field) for field in draft.fields} | {Field.TITLE, Field.CODE}
        changes: list[Change] = []
        conflicts: list[Change] = []
        kept: list[Field] = []
        for field, value in said.items():
            if field not in told or value is None or alike(field, value, held[field]):
                continue
            change = Change(field, held[field], value)
            written = self.imported.get((sheet_id, field.value))
            if written is not None and alike(field, value, written):
                kept.append(field)
            elif (sheet.row, field) in accepted or _file_wins(field, held[field], written):
                changes.append(change)
            else:
                conflicts.append(change)
        if _ends_before_it_starts(held, changes):
            conflicts += [change for change in changes if change.field in DATES]
            changes = [change for change in changes if change.field not in DATES]
        if sheet_id in self.foreign:
            return SheetPlan(sheet, Fate.UNCHANGED, sheet_id, (), (*conflicts, *changes), tuple(kept))
        settle = tuple(item for item in items if not self._is_known(sheet_id, item))
        still = tuple(item for item in items if item not in settle)
        fate = Fate.UPDATED if changes or settle else Fate.UNCHANGED
        return SheetPlan(sheet, fate, sheet_id, tuple(changes), tuple(conflicts), tuple(kept), settle, still)

    def _is_known(self, sheet_id: int | None, item: ToSettle) -> bool:
        """Whether this cell already waits to be settled, or was."""
        return (sheet_id, settled_field(item), item.value) in self.settled


def _foreign(session: Session, viewer: Viewer, mine: Select[int]) -> frozenset[int]:
    """The sheets of the plan that another plan lends it, and that this viewer may not write."""
    owners = session.execute(
        select(Placement.sheet_id, Placement.initiative_id).where(
            Placement.sheet_id.in_(mine), Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None)
        )
    )
    return frozenset(sheet_id for sheet_id, home in owners if not viewer.may(Operation.WRITE, home))


def _file_wins(field: Field, held: Any, written: Any) -> bool:
    """Nothing is held, nobody touched what an import wrote, or imports do not remember this field."""
    if held is None or field in PERSONAL:
        return True
    return field in (Field.TITLE, Field.CODE) if written is None else alike(field, held, written)


def _ends_before_it_starts(held: Values, changes: list[Change]) -> bool:
    """Whether one new date and one that the database keeps would go against each other."""
    values = held | {change.field: change.after for change in changes}
    starts, ends = (values[field] for field in DATES)
    return bool(starts and ends and ends[0] < starts[0])


def settled_field(item: ToSettle) -> str:
    """What a cell to be settled is about, as it is kept: a field's code, else its column."""
    return item.field.value if item.field else item.column


def code_key(code: str) -> str:
    """What numbers of fiches are compared by: punctuation counts (1.1 is not 1-1), case does not."""
    return " ".join(code.casefold().split())


def alike(field: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same; names and titles of axes are compared by their words."""
    return bool(_bare(field, one) == _bare(field, other))


def _bare(field: Field, value: Any) -> Any:
    if isinstance(value, list) and field is Field.AXIS:
        return [words_of(title) for _code, title in value]
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return sorted(words_of(item) for item in value)
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping | list | tuple):
        return [_bare(field, item) for item in value]
    return value
