"""A file as a page receives it: bytes and a name, read in the child process, understood, or a sentence."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from db.commands.import_words import Settled
from db.commands.imports import initiative_name
from db.exchange.draft import PlanDraft, SheetDraft, ToSettle
from db.exchange.fields import CellKind, Field
from db.exchange.gate import UnreadableFile
from db.exchange.identity import Identity, read_identity
from db.exchange.preview import cell_line, columns
from db.exchange.rows import understand
from db.exchange.workbook import Workbook, read_workbook
from db.rules.imports import Answers, Reading, Unreadable


def read_bytes(content: bytes, name: str) -> Workbook | Unreadable:
    """The cells of a file whose user knows it by `name`; nothing of it stays on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "classeur"
        path.write_bytes(content)
        try:
            return read_workbook(path, name)
        except UnreadableFile as problem:
            return Unreadable(str(problem))


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as understood: its plan, what it says of the démarche when Balise made it, and the words chosen."""

    draft: PlanDraft
    identity: Identity | None
    settled: Settled = ()

    @property
    def name(self) -> str:
        """The name of the démarche that the file would create."""
        return initiative_name(self.draft, self.identity)


def understand_book(
    book: Workbook, worksheet: str | None, accepted: frozenset[int] | None, answers: Answers = frozenset()
) -> Reading[Incoming] | Unreadable:
    """The plan that a workbook holds, `accepted` being the columns whose close label was confirmed (None: all).

    A cell that was answered is read as the word chosen; the word of the file is kept beside it.
    """
    try:
        asked = understand(book, worksheet, accepted)
        settled = tuple(_settled(asked, answers))
        draft = asked
        if settled:
            draft = _with_words(understand(_answered(book, asked, settled), asked.worksheet, accepted), settled)
    except UnreadableFile as problem:
        return Unreadable(str(problem))
    return Reading(
        draft=Incoming(draft, read_identity(book), settled),
        worksheet=draft.worksheet,
        worksheets=tuple(ws.name for ws in book.worksheets if ws.visible or ws.name == draft.worksheet),
        columns=columns(draft),
        has_titles=Field.TITLE in draft.fields,
        to_choose=tuple(cell_line(item) for item in draft.to_settle if _is_word(item)),
    )


def _settled(draft: PlanDraft, answers: Answers) -> Iterator[tuple[ToSettle, str]]:
    words = {(row, column): word for row, column, word in answers}
    for item in draft.to_settle:
        if _is_word(item) and (word := words.get((item.row, item.column))) in item.choices:
            yield item, str(word)


def _is_word(item: ToSettle) -> bool:
    return bool(item.choices) and item.field is not None and item.field.kind is CellKind.WORD


def _answered(book: Workbook, draft: PlanDraft, settled: Settled) -> Workbook:
    """The workbook with the word chosen in each cell that was answered."""
    places = {column.label: column.index for column in draft.columns}
    rows = [list(row) for sheet in book.worksheets if sheet.name == draft.worksheet for row in sheet.rows]
    for item, word in settled:
        rows[item.row - 1][places[item.column]] = word
    read = tuple(tuple(row) for row in rows)
    sheets = (replace(sheet, rows=read) if sheet.name == draft.worksheet else sheet for sheet in book.worksheets)
    return replace(book, worksheets=tuple(sheets))


def _with_words(draft: PlanDraft, settled: Settled) -> PlanDraft:
    """The draft with the file's own words beside the states that were chosen."""
    words = {item.row: item.value for item, _ in settled if item.field is Field.STATUS}
    return replace(draft, sheets=tuple(_with_word(sheet, words) for sheet in draft.sheets))


def _with_word(sheet: SheetDraft, words: dict[int, str]) -> SheetDraft:
    steps = tuple(replace(step, state_word=words[step.row]) if step.row in words else step for step in sheet.milestones)
    return replace(sheet, milestones=steps, status_word=words.get(sheet.row, sheet.status_word))
