"""The history of a fiche: each act, who did it and when, and its fields before and after."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats
from components.text import escape
from db.rules.history import FieldChange, HistoryPage, PastAct, RowChange, Said
from db.rules.labels import COLUMNS, TABLES
from db.rules.vocabulary import ChangeKind

CENTS, PUBLICATION = "_cents", "publication_id"
LONGEST = 300
EMPTY = ":gray[—]"


def show(page: HistoryPage, zone: str) -> None:
    """The acts of the page, newest first; instants in the initiative's own time zone."""
    if not page.acts:
        st.markdown("Rien n'a encore été écrit sur cette fiche.")
    for act in page.acts:
        st.markdown(f"**{escape(act.label)}**  \n:gray[{_when(act, zone)}, par {escape(act.actor)}]")
        rows = rows_of(act.changes)
        if rows:
            st.table(rows, hide_index=True, hide_header=False, border="horizontal")


def rows_of(changes: Sequence[RowChange]) -> list[dict[str, str]]:
    """What an act changed, as rows of a table: a row a field changed, one for all that was added to (or removed from)
    a table, one for all that was published."""
    published = [change for change in changes if _is_published(change)]
    rows = [_row(change, field) for change in changes if change not in published for field in _changed(change)]
    for kind in (ChangeKind.INSERT, ChangeKind.DELETE):
        by_table: dict[str, list[RowChange]] = {}
        for change in changes:
            if change.kind is kind:
                by_table.setdefault(change.table, []).append(change)
        rows += [_whole_rows(table, kind, found) for table, found in by_table.items()]
    return [*rows, *_published(published)]


def _is_published(change: RowChange) -> bool:
    return change.kind is ChangeKind.UPDATE and [field.column for field in change.fields] == [PUBLICATION]


def _changed(change: RowChange) -> tuple[FieldChange, ...]:
    return change.fields if change.kind is ChangeKind.UPDATE else ()


def _row(change: RowChange, field: FieldChange) -> dict[str, str]:
    subject = f" « {escape(_short(change.subject))} »" if change.subject else ""
    return {
        "Quoi": TABLES[change.table] + subject,
        "Champ": COLUMNS[change.table][field.column],
        "Avant": words(field.column, field.before),
        "Après": words(field.column, field.after),
    }


def _whole_rows(table: str, kind: ChangeKind, changes: Sequence[RowChange]) -> dict[str, str]:
    count = f" ({len(changes)})" if len(changes) > 1 else ""
    between = "  \n" if table == "action_sheet" else " · "
    told = "  \n".join(between.join(_told(change)) for change in changes)
    before, after = (EMPTY, told) if kind is ChangeKind.INSERT else (told, EMPTY)
    return {"Quoi": TABLES[table] + count, "Champ": kind.label_fr, "Avant": before, "Après": after}


def _told(change: RowChange) -> list[str]:
    """Each field of a row added or removed; what only says how a date was typed, or « non », is left out."""
    fields = [(field, field.after if change.kind is ChangeKind.INSERT else field.before) for field in change.fields]
    return [
        f":gray[{COLUMNS[change.table][field.column]} :] {words(field.column, value)}"
        for field, value in fields
        if value not in (None, "", False) and not field.column.endswith("_precision")
    ]


def _published(changes: Sequence[RowChange]) -> list[dict[str, str]]:
    if not changes:
        return []
    counts = Counter(TABLES[change.table] for change in changes)
    told = ", ".join(f"{table} ({count})" for table, count in counts.items())
    field = changes[0].fields[0]
    before, after = words(PUBLICATION, field.before), words(PUBLICATION, field.after)
    return [{"Quoi": told, "Champ": "Point publié", "Avant": before, "Après": after}]


def page_asked(sheet_id: int) -> int:
    """The page of the history that the reader asked for, on this fiche."""
    return int(st.session_state.get(_key(sheet_id), 1))


def pages(page: HistoryPage, acts_a_page: int, sheet_id: int) -> None:
    """The way to older acts, when there are more than a page of them."""
    number = -(-page.total // acts_a_page)
    if number > 1:
        st.pagination(number, key=_key(sheet_id))


def _key(sheet_id: int) -> str:
    return f"history_page_{sheet_id}"


def _when(act: PastAct, zone: str) -> str:
    return formats.instant(act.at, ZoneInfo(zone))


def words(column: str, value: Said) -> str:
    """A value of the journal as a reader says it, as Markdown."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int) and column.endswith(CENTS):
        return formats.money(value)
    return escape(_short(str(value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
