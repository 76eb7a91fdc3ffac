"""How each field of a file becomes rows: one small writer a field, replacing what the field held."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.import_lists import ListWriter
from db.exchange.compare import Fate, ImportPlan, SheetPlan, settled_field
from db.exchange.draft import AxisPath, SheetDraft
from db.exchange.fields import Field
from db.exchange.resolve import Names
from db.exchange.settling import provenance
from db.exchange.tree import KnownAxes
from db.exchange.values import LISTS, PERSONAL, PLAIN_TEXTS, remembered, values_of
from db.models import (
    ActionSheet,
    Amendment,
    Axis,
    ImportedValue,
    Placement,
    ProgressEntry,
    StatusEntry,
    Unsettled,
    WeatherEntry,
)
from db.models.base import now_utc
from db.queries import facts
from db.rules.dates import FuzzyDate
from db.rules.text import search_text, sort_key
from db.rules.vocabulary import AxisLevel, PlacementEntry

DAY_OF_IMPORT = "Repris d'un classeur, au jour de l'import."
STATIC = {Field.PRIORITY: "priority", Field.PARTICIPATION: "participation", Field.GEO_SCOPE: "geo_scope"}
FLAGS = {Field.IS_CONTINUOUS: "is_continuous", Field.MILESTONES_TELL_ALL: "milestones_tell_all"}


class Writer:
    """Writes the sheets of one import, inside its act."""

    def __init__(
        self, session: Session, initiative_id: int, run_id: int, actor_id: int, on: date, known: Names
    ) -> None:
        self.session = session
        self.initiative_id = initiative_id
        self.run_id = run_id
        self.actor_id = actor_id
        self.on = on
        self.lists = ListWriter(session, on, known)
        self.axes = KnownAxes((), ())
        self.amendments = self._known_amendments()
        self.source = ""

    def write(self, plan: ImportPlan) -> None:
        """Write every sheet that is created or updated, in the order of the file."""
        self.source = f"{plan.draft.file}, feuille « {plan.draft.worksheet} »"
        nodes = facts.axes(self.session, self.initiative_id)
        self.axes = KnownAxes(nodes, (axis.path for axis in plan.draft.axes))
        for axis in plan.draft.axes:
            self._axis(axis.path)
        last = self._last_position()
        made: dict[int, tuple[SheetPlan, ActionSheet]] = {}
        for rank, sheet in enumerate(p for p in plan.sheets if p.fate is Fate.CREATED):
            made[rank] = (sheet, self._new_sheet(sheet.sheet))
        self.session.flush()
        self.lists.fresh = {row.id for _, row in made.values()}
        places = {}
        for rank, (sheet, row) in made.items():
            places[row.id] = self._place(row.id, sheet.sheet, last + 1 + rank)
        self.session.flush()
        for sheet, row in made.values():
            self._fill(sheet, row, places[row.id])
        for sheet in plan.sheets:
            if sheet.fate is Fate.UPDATED and sheet.sheet_id is not None:
                row = self.session.get_one(ActionSheet, sheet.sheet_id)
                self._fill(sheet, row, self._placement(sheet.sheet_id))
        self.lists.remember_spellings(plan.draft.organisations)
        self.session.flush()

    # What a sheet is made of.

    def _new_sheet(self, draft: SheetDraft) -> ActionSheet:
        row = ActionSheet(
            title=draft.title, search_text=search_text(draft.code, draft.title), sort_key=sort_key(draft.title)
        )
        self.session.add(row)
        return row

    def _place(self, sheet_id: int, draft: SheetDraft, position: int) -> Placement:
        row = Placement(
            sheet_id=sheet_id,
            initiative_id=self.initiative_id,
            code=draft.code,
            axis_id=self._axis(draft.axis_path),
            position=position,
        )
        self._enter(row, draft)
        self.session.add(row)
        return row

    def _placement(self, sheet_id: int) -> Placement:
        return self.session.scalars(
            select(Placement).where(
                Placement.sheet_id == sheet_id,
                Placement.initiative_id == self.initiative_id,
                Placement.archived_at.is_(None),
            )
        ).one()

    def _enter(self, placement: Placement, draft: SheetDraft) -> None:
        if draft.entry is not None:
            placement.entry = draft.entry
            known = draft.entry is PlacementEntry.AMENDMENT
            placement.amendment_id = self.amendments[draft.amendment_number or 0] if known else None

    def _fill(self, plan: SheetPlan, row: ActionSheet, placement: Placement) -> None:
        draft, changed = plan.sheet, {change.field for change in plan.changes}
        for field in changed & set(PLAIN_TEXTS):
            setattr(row, field.value, draft.texts[field])
        for field in changed & set(STATIC):
            setattr(row, STATIC[field], getattr(draft, STATIC[field]))
        for field in changed & set(FLAGS):
            setattr(row, FLAGS[field], True)
        self._title_and_place(changed, draft, row, placement)
        self._dates(changed, draft, row)
        self._entries(changed, draft, row.id)
        for field in changed & set(LISTS):
            self.lists.replace(row.id, field, getattr(draft, LISTS[field]))
        wholes: dict[Field, Callable[[int, SheetDraft], None]] = {
            Field.OBJECTIVES: self.lists.objectives,
            Field.MILESTONES: self.lists.milestones,
            Field.FUNDER: self.lists.funders,
            Field.BUDGET: self.lists.budget,
        }
        for field in changed & set(wholes):
            wholes[field](row.id, draft)
        self._unsettled(row.id, plan)
        self._remember(row.id, plan)

    def _title_and_place(self, changed: set[Field], draft: SheetDraft, row: ActionSheet, placement: Placement) -> None:
        row.title = draft.title if Field.TITLE in changed else row.title
        placement.code = draft.code if Field.CODE in changed else placement.code
        if Field.AXIS in changed:
            placement.axis_id = self._axis(draft.axis_path)
        if Field.ENTRY in changed:
            self._enter(placement, draft)
        row.sort_key = sort_key(row.title)
        row.search_text = search_text(placement.code, row.title, row.plain_line, row.description, row.rationale)

    def _dates(self, changed: set[Field], draft: SheetDraft, row: ActionSheet) -> None:
        for field, typed in ((Field.STARTS_ON, draft.starts_on), (Field.ENDS_ON, draft.ends_on)):
            if field in changed and typed is not None:
                stem = field.value.removesuffix("_on")
                setattr(row, field.value, typed.day)
                setattr(row, f"{stem}_precision", typed.precision)

    def _entries(self, changed: set[Field], draft: SheetDraft, sheet_id: int) -> None:
        """What moves becomes an entry of a series, in preparation until somebody publishes it.

        Of a new sheet nobody knows since when: what is dated later, were it before the import, comes after it. What a
        file changes in a sheet that was there is dated the day of the import, so that it comes after what was said.
        """
        is_fresh = sheet_id in self.lists.fresh
        same: dict[str, Any] = {
            "sheet_id": sheet_id,
            "actor_id": self.actor_id,
            "on_date": None if is_fresh else self.on,
            "comment": None if is_fresh else DAY_OF_IMPORT,
        }
        texts = draft.texts
        if Field.STATUS in changed:
            self.session.add(
                StatusEntry(
                    status=draft.status,
                    outcome=draft.outcome,
                    to_discuss=draft.to_discuss,
                    status_word=draft.status_word,
                    until=_day(draft.status_until),
                    until_precision=draft.status_until.precision if draft.status_until else None,
                    reason=texts.get(Field.STATUS_REASON),
                    unblocked_by=texts.get(Field.UNBLOCKED_BY),
                    **same,
                )
            )
        if Field.PROGRESS in changed:
            absence = None if draft.progress is not None else draft.progress_absence
            self.session.add(ProgressEntry(percent=draft.progress, absence=absence, **same))
        if Field.WEATHER in changed:
            self.session.add(
                WeatherEntry(
                    weather=draft.weather,
                    done=texts.get(Field.WEATHER_DONE),
                    todo=texts.get(Field.WEATHER_TODO),
                    obstacles=texts.get(Field.WEATHER_OBSTACLES),
                    highlights=texts.get(Field.WEATHER_HIGHLIGHTS),
                    signed_by=texts.get(Field.WEATHER_SIGNED_BY),
                    **same,
                )
            )

    def _unsettled(self, sheet_id: int, plan: SheetPlan) -> None:
        """Keep what was not understood; a cell that the file no longer has does not wait beside the one it has."""
        fields = {settled_field(item) for item in plan.to_settle}
        former = select(Unsettled).where(
            Unsettled.sheet_id == sheet_id,
            Unsettled.field.in_(fields),
            Unsettled.raw.not_in([item.value for item in plan.still_asked]),
            Unsettled.archived_at.is_(None),
            Unsettled.settled_at.is_(None),
        )
        for row in self.session.scalars(former) if fields and sheet_id not in self.lists.fresh else ():
            row.archived_at = now_utc()
        for item in plan.to_settle:
            self.session.add(
                Unsettled(
                    sheet_id=sheet_id,
                    field=settled_field(item),
                    raw=item.value,
                    reason=item.reason,
                    choices=list(item.choices),
                    source=provenance(self.source, item, plan.sheet),
                )
            )

    def _remember(self, sheet_id: int, plan: SheetPlan) -> None:
        """What this import wrote in each field, so that the next one sees what was typed in Balise since."""
        values = values_of(plan.sheet)
        written = select(ImportedValue).where(ImportedValue.sheet_id == sheet_id)
        is_fresh = sheet_id in self.lists.fresh
        former = {} if is_fresh else {row.field: row for row in self.session.scalars(written)}
        for change in plan.changes:
            if change.field in PERSONAL:
                continue
            row = former.get(change.field.value)
            if row is None:
                row = ImportedValue(sheet_id=sheet_id, field=change.field.value, run_id=self.run_id)
                self.session.add(row)
            row.value, row.run_id = remembered(change.field, values[change.field]), self.run_id

    # The tree.

    def _known_amendments(self) -> dict[int, int]:
        rows = self.session.execute(
            select(Amendment.number, Amendment.id).where(
                Amendment.initiative_id == self.initiative_id, Amendment.archived_at.is_(None)
            )
        )
        return {number: key for number, key in rows.all()}  # noqa: C416

    def _axis(self, path: AxisPath) -> int | None:
        """The axis at the end of the path, made with those above it when they are not there yet."""
        parent: int | None = None
        for depth in range(1, len(path) + 1):
            known = self.axes.find(path[:depth])
            if known is None:
                step = path[depth - 1]
                row = Axis(
                    initiative_id=self.initiative_id,
                    parent_id=parent,
                    level=list(AxisLevel)[depth - 1],
                    code=step.code,
                    title=step.title,
                    position=self.axes.count,
                )
                self.session.add(row)
                self.session.flush()
                self.axes.add(row.id, parent, path[:depth])
                known = row.id
            parent = known
        return parent

    def _last_position(self) -> int:
        positions = self.session.scalars(
            select(Placement.position).where(Placement.initiative_id == self.initiative_id)
        )
        return max(positions, default=-1)


def _day(typed: FuzzyDate | None) -> date | None:
    return typed.day if typed else None
