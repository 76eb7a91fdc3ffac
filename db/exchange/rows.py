"""From a table's rows to a plan: which row is a fiche, a sub-action, an axis, a total; then every fiche read."""

import re

from db.exchange.axes import AxisTree
from db.exchange.draft import AxisPath, PlanDraft
from db.exchange.fields import AXIS_FIELDS, Field
from db.exchange.grid import GridRow, Log, grid_rows
from db.exchange.header import Table, find_table
from db.exchange.people import unify
from db.exchange.sheets import Block, Readers, SheetReader, names_of, sheet_of
from db.exchange.workbook import Workbook, collector_paused
from db.rules.reading import text_of
from db.rules.reading_outline import opens_axis, read_axis_label, read_code, read_code_and_title
from db.rules.text import words_of
from db.rules.vocabulary import AxisLevel, InitiativeKind

MAX_TITLE = 300
MAX_CODE = 20
MAX_TOTAL_FIELDS = 8  # beyond, a row is a fiche whatever its first word

_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)(?: general| generaux| axe.*| des? .*| du .*| \d.*)?")
_KINDS = [
    (re.compile(r"\bclsm\b|conseil local (?:de|en) sante mentale"), InitiativeKind.CLSM),
    (re.compile(r"\bcls ?\d*\b|contrat local de sante"), InitiativeKind.CLS),
    (re.compile(r"\basv\b|atelier sante ville"), InitiativeKind.ASV),
]
_NUMBER = re.compile(
    r"\b(?:cls|contrat local de sante)(?: n| no)? ?(\d{1,2})\b|\b(\d)e (?:cls|contrat local de sante)\b"
)
_YEARS = re.compile(r"\b(20\d\d) (?:a )?(20\d\d)\b")


@collector_paused()
def understand(workbook: Workbook, sheet: str | None = None, accepted: frozenset[int] | None = None) -> PlanDraft:
    """The plan a workbook holds, as far as it can be understood; `sheet` names the sheet to read, `accepted` the
    columns (from 0) whose label is only close and was confirmed (None reads them all).

    Raises UnreadableFile when no header row is found. Nothing is written anywhere.
    """
    table = find_table(workbook, sheet, accepted)
    title = words_of(table.title or "")
    kind = next((kind for pattern, kind in _KINDS if pattern.search(title)), None)
    log, tree = Log(notes=list(table.notes)), AxisTree()
    blocks = _Sorter(table, log, tree).blocks()
    readers = Readers.of(table.columns)
    for block in blocks:
        SheetReader(block, log, readers).read()
    if not blocks and not log.errors:
        message = "La ligne d'en-têtes est trouvée, mais aucune fiche n'est écrite en dessous."
        log.error(table.header + 1, "", "", message)
    _one_code_each(blocks, log)
    directory = unify((name for block in blocks for name in names_of(block.values)), kind)
    for organisation in directory.organisations:
        if organisation.spellings:
            others = ", ".join(f"« {spelling} »" for spelling in organisation.spellings)
            log.note(0, f"{others} : compris comme « {organisation.name} ».")
    number, years = _NUMBER.search(title), _YEARS.search(title)
    return PlanDraft(
        file=workbook.name,
        worksheet=table.worksheet.name,
        header_row=table.header + 1,
        title=table.title,
        kind=kind,
        contract_number=int(number[1] or number[2]) if number else None,
        years=(int(years[1]), int(years[2])) if years and years[1] <= years[2] else None,
        columns=table.columns,
        ignored_columns=table.ignored,
        axes=tuple(tree.drafts.values()),
        sheets=tuple(sheet_of(block, directory) for block in blocks),
        organisations=directory.organisations,
        to_settle=tuple(sorted(log.to_settle, key=lambda item: item.row)),
        errors=tuple(sorted(log.errors, key=lambda item: item.row)),
        notes=tuple(sorted([*log.notes, *tree.notes], key=lambda item: item.row)),
    )


class _Sorter:
    """Tells what each row is."""

    def __init__(self, table: Table, log: Log, tree: AxisTree) -> None:
        self.table = table
        self.log = log
        self.tree = tree
        self.found: list[Block] = []
        self.by_title: dict[str, list[Block]] = {}
        self.last: Block | None = None
        self.labels = {words_of(label) for label in table.labels if label}

    def blocks(self) -> list[Block]:
        for row in grid_rows(self.table, self.log):
            self._sort(row)
        return self.found

    def _sort(self, row: GridRow) -> None:
        title, axes = row.text(Field.TITLE), row.axis_labels
        if self._is_header_again(row, title):
            self.log.note(row.row, "Ligne d'en-têtes répétée : laissée de côté.")
        elif self._is_total(row, title, axes):
            self.log.note(row.row, "Ligne de total laissée de côté : Balise calcule ses totaux.")
        elif (labels := self._axis_opened(row, title, axes)) is not None:
            self.tree.open(row.row, labels)
        elif not row.has(Field.TITLE):
            self._untitled(row)
        else:
            self._titled(row, title, axes)

    def _is_header_again(self, row: GridRow, title: str) -> bool:
        if len(title) >= 80 or words_of(title) not in self.labels:
            return False
        texts = [text_of(cell.value) for cell in row.filled()]
        same = sum(words_of(text) in self.labels for text in texts if len(text) < 80)
        return len(texts) >= 2 and same * 5 >= len(texts) * 4

    def _is_total(self, row: GridRow, title: str, axes: list[str]) -> bool:
        shown = [text for text in (*axes, row.text(Field.CODE), title) if text][:2]
        says_total = any(len(text) < 80 and _TOTAL.fullmatch(words_of(text)) for text in shown)
        return says_total and len(row.fields) <= MAX_TOTAL_FIELDS

    def _axis_opened(self, row: GridRow, title: str, axes: list[str]) -> list[str] | None:
        """The labels of a row that only opens an axis: axis cells alone, or one lone cell that names one."""
        if row.has(Field.TITLE):
            if not opens_axis(title):
                return None
        elif row.fields <= frozenset(AXIS_FIELDS):
            return axes if any(read_axis_label(label) for label in axes) else None
        filled = row.filled()
        if len(filled) != 1:
            return None
        text = text_of(filled[0].value)
        label = read_axis_label(text) if opens_axis(text) and len(text) <= MAX_TITLE else None
        if label is None:
            return None
        second = label.level is AxisLevel.STRATEGIC or words_of(text).startswith("sous axe")
        depth = 2 if label.level is AxisLevel.OPERATIONAL else 1 if second else 0
        return [text if place == depth else "" for place in range(3)]

    def _untitled(self, row: GridRow) -> None:
        if row.has(Field.SUB_ACTION) and self.last is not None:
            self.last.steps.append(row)
            return
        filled = row.filled()
        value = text_of(filled[0].value)[:200]
        if len(filled) == 1:
            self.log.note(
                row.row, f"Texte isolé, sans titre de fiche, laissé de côté : « {value} ».", filled[0].match.label
            )
            return
        message = "Cette ligne est remplie mais n'a pas de titre : écrire un titre, ou vider la ligne."
        self.log.error(row.row, self._title_label(), value, message)

    def _titled(self, row: GridRow, written: str, axes: list[str]) -> None:
        path = self.tree.place(row.row, axes, row.axis_is_merged)
        if row.merged and self.last is not None and row.all(Field.TITLE)[0].merged:
            if row.has(Field.SUB_ACTION):
                self.last.steps.append(row)
            else:
                self.last.cells.absorb(row)
            return
        coded = read_code_and_title(written)
        title = " ".join(coded.title.split())
        if not self._title_is_kept(row, title):
            return
        key = words_of(title) or title
        code = self._code(row) or coded.code
        same = self._same(key, code, path, is_step=row.has(Field.SUB_ACTION))
        if row.has(Field.SUB_ACTION) and same is not None:
            same.steps.append(row)
        elif same is not None:
            message = (
                f"Le titre « {title[:80]} » est déjà celui de la ligne {same.cells.row} : "
                "garder une seule des deux lignes, ou leur donner deux numéros."
            )
            self.log.error(row.row, self._title_label(), written, message)
        else:
            self._new_block(row, key, code, title, path)

    def _same(self, key: str, code: str | None, path: AxisPath, *, is_step: bool) -> Block | None:
        """The fiche met already that this row is: of its title, unless both have a number and these, or their axes,
        differ. A sub-action joins the nearest."""
        for block in reversed(self.by_title.get(key, [])):
            if code is None or block.code is None:
                return block
            if block.code.casefold() == code.casefold() and (is_step or block.path == path):
                return block
        return None

    def _new_block(self, row: GridRow, key: str, code: str | None, title: str, path: AxisPath) -> None:
        block = Block(row, code, title, path)
        if row.has(Field.SUB_ACTION):
            block.step_only = True
            block.steps.append(row)
            self.log.note(row.row, "Sous-action sans ligne pour sa fiche : la fiche est créée depuis cette ligne.")
        for twin in self.by_title.setdefault(key, [])[-1:]:
            both = f"deux fiches, n° {twin.code} et n° {code}"
            self.log.note(row.row, f"Le titre « {title[:80]} » est aussi celui de la ligne {twin.cells.row} : {both}.")
        self.by_title[key].append(block)
        self.found.append(block)
        self.last = block

    def _title_is_kept(self, row: GridRow, title: str) -> bool:
        if len(title) > MAX_TITLE:
            message = f"Le titre compte {len(title)} caractères ; la limite est de {MAX_TITLE} : le raccourcir."
            self.log.error(row.row, self._title_label(), title, message)
            return False
        if not words_of(title):
            message = "Le titre ne contient aucune lettre ni aucun chiffre : écrire un titre, ou vider la ligne."
            self.log.error(row.row, self._title_label(), title, message)
            return False
        return True

    def _code(self, row: GridRow) -> str | None:
        value = row.value(Field.CODE)
        code = read_code(text_of(value)) if value is not None else None
        if code is not None and len(code) > MAX_CODE:
            self.log.settle(row.all(Field.CODE)[0], f"Un numéro de fiche compte au plus {MAX_CODE} caractères.")
            return None
        return code

    def _title_label(self) -> str:
        return next(column.label for column in self.table.columns if column.field is Field.TITLE)


def _one_code_each(blocks: list[Block], log: Log) -> None:
    """A number designates one fiche: the second to bear it is kept without, and its number is to be settled."""
    seen: dict[str, Block] = {}
    for block in blocks:
        if block.code is None:
            continue
        first = seen.setdefault(block.code.casefold(), block)
        if first is not block:
            cell = block.cells.first(Field.CODE) or block.cells.all(Field.TITLE)[0]
            reason = f"Le numéro {block.code} est déjà celui de la ligne {first.cells.row} : donner un autre numéro."
            log.settle(cell, reason)
            block.unsettled.add(Field.CODE)
            block.code = None
