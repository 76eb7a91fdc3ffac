"""A dry run in the words of a page: what would be created, changed, left, settled, refused."""

from collections.abc import Callable, Iterable, Sequence

from db.exchange.columns import ColumnMatch, IgnoredColumn
from db.exchange.compare import Change, Fate, ImportPlan, SheetPlan
from db.exchange.draft import PlanDraft, SheetDraft, ToSettle
from db.exchange.fields import Field
from db.exchange.remarks import remarks
from db.exchange.shown import shown
from db.exchange.values import values_of
from db.rules.imports import CellLine, ChangeLine, Column, KeptLine, NoteLine, Preview, SheetLine
from db.rules.text import numbered


def preview(plan: ImportPlan) -> Preview:
    """Everything a dry run found, as plain lines in French."""
    draft = plan.draft
    created = [sheet for sheet in plan.sheets if sheet.fate is Fate.CREATED]
    return Preview(
        file=draft.file,
        worksheet=draft.worksheet,
        header_row=draft.header_row,
        is_new=plan.initiative_id is None,
        created=tuple(_sheet(sheet) for sheet in created),
        changed=plan.count(Fate.UPDATED),
        unchanged=plan.count(Fate.UNCHANGED),
        left=tuple(_sheet(sheet) for sheet in plan.sheets if sheet.fate is Fate.LEFT),
        axes=sum(len(axis.path) == 1 for axis in plan.new_axes),
        objectives=sum(len(axis.path) > 1 for axis in plan.new_axes),
        milestones=sum(len(sheet.sheet.milestones) for sheet in created),
        led=sum(bool(sheet.sheet.leads) for sheet in plan.sheets),
        leads=len({lead for sheet in plan.sheets for lead in sheet.sheet.leads}),
        organisations=plan.new_organisations,
        changes=_changes(plan.sheets, lambda sheet: sheet.changes if sheet.fate is Fate.UPDATED else ()),
        conflicts=_changes(plan.sheets, lambda sheet: sheet.conflicts),
        kept=tuple(_kept(sheet) for sheet in plan.sheets if sheet.kept),
        to_settle=tuple(cell_line(item) for item in plan.to_settle),
        refused=tuple(CellLine(p.row, p.column, p.value, p.message) for p in draft.errors),
        notes=tuple(NoteLine(note.row, note.message) for note in (*remarks(plan), *draft.notes)),
        columns=columns(draft),
        can_apply=draft.can_apply,
        changes_something=plan.changes_something,
    )


def columns(draft: PlanDraft) -> tuple[Column, ...]:
    """The columns of the file in their order, read or not."""
    found = [*map(_read, draft.columns), *map(_ignored, draft.ignored_columns)]
    return tuple(sorted(found, key=lambda column: column.index))


def _read(match: ColumnMatch) -> Column:
    field = f"{match.field.label_fr} {match.rank}" if match.rank else match.field.label_fr
    return Column(match.index, match.letter, match.label, field, is_close=not match.confirmed)


def _ignored(column: IgnoredColumn) -> Column:
    return Column(column.index, column.letter, column.label, None, column.reason, filled=column.filled)


def _name(sheet: SheetDraft) -> str:
    return numbered(sheet.code, sheet.title)


def _sheet(plan: SheetPlan) -> SheetLine:
    sheet, values = plan.sheet, values_of(plan.sheet)
    dates = [shown(field, values[field]) if values[field] else "" for field in (Field.STARTS_ON, Field.ENDS_ON)]
    return SheetLine(
        row=sheet.row,
        name=_name(sheet),
        axis=" › ".join(step.title for step in sheet.axis_path),
        status=shown(Field.STATUS, values[Field.STATUS]) if values[Field.STATUS] else "",
        leads=", ".join(sheet.leads),
        dates=" → ".join(dates).strip() if any(dates) else "",
        to_settle=len(plan.to_settle),
    )


def _changes(plans: Iterable[SheetPlan], of: Callable[[SheetPlan], Sequence[Change]]) -> tuple[ChangeLine, ...]:
    return tuple(_change(plan.sheet, change) for plan in plans for change in of(plan))


def _change(sheet: SheetDraft, change: Change) -> ChangeLine:
    field = change.field
    return ChangeLine(
        row=sheet.row,
        sheet=_name(sheet),
        field=field.value,
        label=field.label_fr,
        before=shown(field, change.before),
        after=shown(field, change.after),
    )


def _kept(plan: SheetPlan) -> KeptLine:
    return KeptLine(plan.sheet.row, _name(plan.sheet), tuple(field.label_fr for field in plan.kept))


def cell_line(item: ToSettle) -> CellLine:
    """A cell to be settled, with its choices."""
    return CellLine(item.row, item.column, item.value, item.reason, item.choices)
