"""A plan read from a file against the plan of the database: what would be created, changed, left, and what conflicts.

Three things are held side by side for each field of a sheet: what the file says, what the database holds, and what an
import wrote there last. The file only wins where nobody typed anything in Balise since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from db.exchange import resolve, snapshot
from db.exchange.draft import AxisDraft, PlanDraft, SheetDraft, ToSettle
from db.exchange.fields import AXIS_FIELDS, Field
from db.exchange.matching import Matching
from db.exchange.resolve import ORGANISATION_LISTS, TERM_LISTS, Names
from db.exchange.richer import richer
from db.exchange.tree import KnownAxes
from db.exchange.understood import understood
from db.exchange.values import LISTS, PERSONAL, STATUS_TEXTS, WEATHER_TEXTS, Values, remembered, values_of
from db.models import ImportedValue, Placement, Unsettled
from db.queries import facts
from db.rights import Operation
from db.rules.text import words_of
from db.rules.vocabulary import PlacementRole, Vocabulary
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


class Verdict(StrEnum):
    """What becomes of a field on which the file and the database differ."""

    CHANGE = "change"
    CONFLICT = "conflict"
    KEPT = "kept"


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
    import put aside; `waits` when the sheet itself is left aside by such a question; `blanks` counts its blank cells
    where the database says something.
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
    blanks: int = 0

    @property
    def changes_something(self) -> bool:
        """Whether applying would write anything for this sheet."""
        return self.fate in (Fate.CREATED, Fate.UPDATED) or bool(self.to_settle and not self.waits)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do on a day, worked out before anything is written."""

    draft: PlanDraft
    initiative_id: int | None
    on: date
    sheets: tuple[SheetPlan, ...]
    new_axes: tuple[AxisDraft, ...]
    new_organisations: tuple[str, ...]
    new_terms: tuple[tuple[Vocabulary, str], ...]
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
    known = resolve.names(session, initiative_id, on)
    known = replace(known, amendments=known.amendments | promised)
    read = understood(known, draft)
    plans: tuple[SheetPlan, ...]
    if initiative_id is None:
        plans, axes = tuple(_created(sheet, items) for sheet, items in read), draft.axes
    else:
        here = _Here.of(session, viewer, initiative_id, on, draft)
        read = [(replace(sheet, axis_path=here.axes.own(sheet.axis_path)), items) for sheet, items in read]
        rows = [sheet for sheet, _ in read]
        plans = tuple(here.plan(sheet, items, rows, accepted) for sheet, items in read)
        axes = tuple(axis for axis in draft.axes if here.axes.find(axis.path) is None)
    return ImportPlan(
        draft=draft,
        initiative_id=initiative_id,
        on=on,
        sheets=plans,
        new_axes=axes,
        new_organisations=_new_organisations(known, draft),
        new_terms=_new_terms(known, plans),
        to_settle=tuple(item for plan in plans for item in plan.to_settle),
    )


def _created(sheet: SheetDraft, items: tuple[ToSettle, ...]) -> SheetPlan:
    changes = tuple(Change(f, None, v) for f, v in values_of(sheet).items() if v is not None)
    return SheetPlan(sheet, Fate.CREATED, None, changes, to_settle=items)


def _new_organisations(known: Names, draft: PlanDraft) -> tuple[str, ...]:
    names = (organisation.name for organisation in draft.organisations)
    return tuple(name for name in names if known.organisation(name) is None and not known.bearers(name))


def _new_terms(known: Names, plans: Iterable[SheetPlan]) -> tuple[tuple[Vocabulary, str], ...]:
    """The words that no common list has yet, and that this import would add."""
    found: dict[tuple[Vocabulary, str], str] = {}
    for plan in plans:
        for change in plan.changes:
            vocabulary = TERM_LISTS.get(LISTS.get(change.field, ""))
            for word in change.after if vocabulary else ():
                if vocabulary and known.term(vocabulary, word) is None:
                    found.setdefault((vocabulary, words_of(word)), word)
    return tuple((vocabulary, word) for (vocabulary, _), word in found.items())


@dataclass(frozen=True, slots=True)
class _Here:
    """The plan of the database while a draft is held against it."""

    sheets: dict[int, SheetDraft]
    values: dict[int, Values]
    matching: Matching
    imported: dict[tuple[int, str], Any]
    settled: set[tuple[int | None, str, str]]
    axes: KnownAxes
    foreign: frozenset[int]
    richer: frozenset[tuple[int, Field]]
    told: frozenset[Field]

    @classmethod
    def of(cls, session: Session, viewer: Viewer, initiative_id: int, on: date, draft: PlanDraft) -> "_Here":
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
        return cls(
            sheets=sheets,
            values={key: values_of(sheet) for key, sheet in sheets.items()},
            matching=Matching(sheets),
            imported={(key, name): value for key, name, value in written},
            settled={(key, name, raw) for key, name, raw in unsettled},
            axes=KnownAxes(facts.axes(session, initiative_id), (axis.path for axis in draft.axes)),
            foreign=_foreign(session, viewer, mine),
            richer=richer(session, initiative_id),
            told=frozenset(MAIN_FIELD.get(field, field) for field in draft.fields) | {Field.TITLE, Field.CODE},
        )

    def plan(
        self,
        sheet: SheetDraft,
        items: tuple[ToSettle, ...],
        rows: Sequence[SheetDraft],
        accepted: frozenset[tuple[int, Field]],
    ) -> SheetPlan:
        """What would be done of this sheet of the file, `rows` being all of them."""
        found = self.matching.sheet(sheet, rows)
        if found is None:
            return _created(sheet, items)
        if isinstance(found, ToSettle):
            return SheetPlan(sheet, Fate.LEFT, to_settle=(found,), waits=self._is_known(None, found))
        sheet, items = _already_named(sheet, items, self.sheets[found])
        return self._held_against(sheet, found, items, accepted)

    def _held_against(
        self,
        sheet: SheetDraft,
        sheet_id: int,
        items: tuple[ToSettle, ...],
        accepted: frozenset[tuple[int, Field]],
    ) -> SheetPlan:
        said, held = values_of(sheet), self.values[sheet_id]
        found: dict[Verdict, list[Change]] = {verdict: [] for verdict in Verdict}
        for field in self.told & said.keys():
            if said[field] is not None and not alike(field, said[field], held[field]):
                change = Change(field, held[field], said[field])
                found[self._verdict(sheet_id, change, (sheet.row, field) in accepted)].append(change)
        changes, conflicts = (in_order(found[verdict]) for verdict in (Verdict.CHANGE, Verdict.CONFLICT))
        kept = tuple(change.field for change in in_order(found[Verdict.KEPT]))
        if _ends_before_it_starts(held, changes):
            conflicts += [change for change in changes if change.field in DATES]
            changes = [change for change in changes if change.field not in DATES]
        waiting = {MAIN_FIELD.get(field, field) for field in sheet.unsettled}
        blanks = sum(said[f] is None and held[f] is not None for f in (self.told & said.keys()) - waiting)
        if sheet_id in self.foreign:
            return SheetPlan(sheet, Fate.UNCHANGED, sheet_id, (), (*conflicts, *changes), kept, blanks=blanks)
        settle = tuple(item for item in items if not self._is_known(sheet_id, item))
        still = tuple(item for item in items if item not in settle)
        fate = Fate.UPDATED if changes or settle else Fate.UNCHANGED
        return SheetPlan(sheet, fate, sheet_id, tuple(changes), tuple(conflicts), kept, settle, still, blanks=blanks)

    def _verdict(self, sheet_id: int, change: Change, is_accepted: bool) -> Verdict:
        """What becomes of a difference: the file wins where nobody typed anything since, and where what is held says no
        more than a file can; what the file still says as it did is no news."""
        field = change.field
        written = self.imported.get((sheet_id, field.value))
        said, held = remembered(field, change.after), remembered(field, change.before)
        is_old = written is not None and alike(field, said, written)
        if is_accepted:
            return Verdict.CHANGE
        if is_old and not alike(field, said, held):
            return Verdict.KEPT
        if is_old or (sheet_id, field) in self.richer:
            return Verdict.CONFLICT
        return Verdict.CHANGE if _file_wins(field, held, written) else Verdict.CONFLICT

    def _is_known(self, sheet_id: int | None, item: ToSettle) -> bool:
        """Whether this cell already waits to be settled, or was."""
        return (sheet_id, settled_field(item), item.value) in self.settled


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Changes in the order of the fields."""
    ranks = {field: rank for rank, field in enumerate(Field)}
    return sorted(changes, key=lambda change: ranks[change.field])


def _already_named(
    sheet: SheetDraft, items: tuple[ToSettle, ...], held: SheetDraft
) -> tuple[SheetDraft, tuple[ToSettle, ...]]:
    """A name that several organisations bear needs no question where the fiche already has one of them."""
    asked = []
    for item in items:
        name = LISTS.get(item.field, "") if item.field else ""
        mine = [n for n in getattr(held, name) if n in item.choices] if name in ORGANISATION_LISTS else []
        if mine:
            named: dict[str, Any] = {name: (*getattr(sheet, name), *mine)}
            sheet = replace(sheet, **named)
        else:
            asked.append(item)
    return sheet, tuple(asked)


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


def alike(field: Field, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same; names and titles of axes are compared by their words."""
    return bool(_bare(field, one) == _bare(field, other))


def _bare(field: Field, value: Any) -> Any:
    if isinstance(value, list) and field is Field.AXIS:
        return [[code, words_of(title)] for code, title in value]
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return sorted(words_of(item) for item in value)
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping | list | tuple):
        return [_bare(field, item) for item in value]
    return value
