"""The history of a fiche: each act, who did it and when, and its fields before and after."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats
from components.text import escape
from db.rules.dates import FuzzyDate
from db.rules.history import FieldChange, HistoryPage, PastAct, Reach, RowChange, Said
from db.rules.labels import COLUMNS, TABLES
from db.rules.vocabulary import ChangeKind

CENTS, PUBLICATION = "_cents", "publication_id"
LONGEST, MOST_NAMED = 300, 12
EMPTY = ":gray[—]"


def show(page: HistoryPage, zone: str, reach: Callable[[int], Reach], take_back: Callable[[int], None]) -> None:
    """The acts of the page, newest first; instants in the initiative's own time zone.

    `reach` gives what an act touches, `take_back` takes it back.
    """
    if not page.acts:
        st.markdown("Rien n'a encore été écrit.")
    for act in page.acts:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(said(act, zone), width="stretch")
            if act.may_undo:
                _undo(act, reach, take_back)
        rows = rows_of(act.changes)
        if rows:
            st.table(rows, hide_index=True, hide_header=False, border="horizontal")


def said(act: PastAct, zone: str) -> str:
    """What an act was, when, by whom, on how many fiches, and whether it was taken back since, as Markdown."""
    facts = [_when(act.at, zone), f"par {escape(act.actor)}"]
    if act.sheets > 1:
        facts.append(formats.plural(act.sheets, "fiche"))
    elif act.sheet is not None and not act.changes:
        facts.append(escape(act.sheet.label))
    line = f"**{escape(act.label)}**  \n:gray[{', '.join(facts)}]"
    if act.taken is not None:
        verb = "annulé" if act.taken.is_back else "rétabli"
        part = " en partie" if act.taken.in_part else ""
        line += f"  \n:orange[{verb}{part} {_when(act.taken.at, zone)}, par {escape(act.taken.actor)}]"
    return line


def _undo(act: PastAct, reach: Callable[[int], Reach], take_back: Callable[[int], None]) -> None:
    """The button that takes an act back; one that touches several fiches first says which."""
    label, icon = ("Rétablir", ":material/redo:") if act.is_undo else ("Annuler", ":material/undo:")
    key = f"take_back_{act.id}"
    if act.sheets < 2:
        st.button(label, icon=icon, type="tertiary", key=key, on_click=take_back, args=(act.id,))
        return
    with st.popover(label, icon=icon, type="tertiary", key=f"ask_{key}", on_change="rerun") as asked:
        if asked.open:
            touched = reach(act.id)
            names = [escape(sheet.label) for sheet in touched.sheets[:MOST_NAMED]]
            more = len(touched.sheets) - len(names) + touched.elsewhere
            others = f"\n- … et {formats.plural(more, 'autre fiche', 'autres fiches')}" if more else ""
            st.markdown(
                f"Cet acte touche {formats.plural(act.sheets, 'fiche')} :\n"
                + "".join(f"\n- {n}" for n in names)
                + others
            )
            st.button(f"{label} sur toutes", type="primary", key=key, on_click=take_back, args=(act.id,))


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


def _when(at: datetime, zone: str) -> str:
    return formats.instant(at, ZoneInfo(zone))


def words(column: str, value: Said) -> str:
    """A value of the journal as a reader says it, as Markdown."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, FuzzyDate):
        return formats.fuzzy(value.day, value.precision)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int) and column.endswith(CENTS):
        return formats.money(value)
    return escape(_short(str(value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"
