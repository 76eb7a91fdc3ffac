"""What changed since an act, row by row and column by column, and how it is said."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import journal
from db.chunks import chunks
from db.commands.undoing.leaning import RowKey
from db.commands.undoing.traces import ORDER, Trace
from db.models import (
    MODELS,
    Act,
    ActionSheet,
    Actor,
    Base,
    FundingLine,
    Indicator,
    JournalEntry,
    Organisation,
    Person,
    Placement,
    Publication,
    Term,
)
from db.rules.labels import COLUMNS, DATE_OF, TABLES
from db.rules.vocabulary import PlacementRole

TITLES = ("title", "name", "label", "text", "object", "code")
NAMED_BY: dict[str, Any] = {"organisation_id": Organisation.name, "term_id": Term.label, "person_id": Person.function}
THROUGH: dict[str, Any] = {"indicator_id": Indicator, "line_id": FundingLine}
PUBLISHED, ARCHIVED = "publication_id", "archived_at"
WITHDRAWN = "archivé depuis"
TOGETHER = (
    frozenset({"parent_id", "level"}),
    frozenset({"entry", "amendment_id"}),
    frozenset({"state", "state_word", "done_on", "done_precision"}),
)
"""Columns that say one thing together, as a date and how precisely it was typed do."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an undo leaves as it is of a row that its act touched: these columns, or (None) all of it."""

    columns: frozenset[str] | None
    reason: str
    about: RowKey | None = None
    """The row of which the reason is told, when it is another."""
    moved: frozenset[str] = frozenset()
    """The columns that somebody wrote since; their author is told."""


def changed(session: Session, traces: Iterable[Trace], rows: Mapping[RowKey, Base]) -> dict[RowKey, Held]:
    """The rows that no longer hold what the act wrote, or whose fiche was withdrawn; the directory's own aside.

    The order in which rows stand is asked for of an act that changed nothing else; after another, it stays as it is.
    """
    own = [trace for trace in traces if not trace.is_shared]
    withdrawn = _withdrawn(session, own, rows)
    found = _followed(session, own)
    is_arranging = all(trace.is_change for trace in own)
    for trace in own:
        row = rows.get(trace.row)
        held = found.get(trace.row)
        if held is None and (row is not None or trace.deleted is None):
            held = _held(session, trace, row, frozenset() if is_arranging else frozenset({ORDER}))
        if held is None and trace.row in withdrawn:
            held = Held(None, WITHDRAWN, (ActionSheet.__tablename__, withdrawn[trace.row]))
        if held is not None:
            found[trace.row] = held
    return found


def _held(session: Session, trace: Trace, row: Base | None, unasked: frozenset[str]) -> Held | None:
    if trace.deleted is not None:
        return Held(None, "existe de nouveau")
    if row is None:
        return Held(None, "n'existe plus")
    if getattr(row, ARCHIVED, None) is not None and ARCHIVED not in trace.before and not trace.after.get(ARCHIVED):
        return Held(None, WITHDRAWN)
    moved = trace.moved(row) - unasked
    if not moved:
        return None
    if moved == {PUBLISHED} and trace.inserted:
        point = session.get(Publication, getattr(row, PUBLISHED) or 0)
        return Held(None, f"publié depuis (« {point.name} »)" if point else "publié depuis")
    told = COLUMNS.get(trace.table, {})
    fields = sorted({told[DATE_OF.get(column, column)] for column in moved if DATE_OF.get(column, column) in told})
    reason = f"changé depuis ({', '.join(fields)})" if fields else "changé depuis"
    return Held(None if trace.inserted else tied(moved), reason, moved=moved)


def tied(columns: Collection[str]) -> frozenset[str]:
    """These columns and those that say one thing with them: « mars 2026 » is one value in two columns."""
    dates = {DATE_OF.get(column, column) for column in columns}
    whole = frozenset(columns) | dates | {said for said, date in DATE_OF.items() if date in dates}
    return whole.union(*(group for group in TOGETHER if group & whole))


def _followed(session: Session, traces: Iterable[Trace]) -> dict[RowKey, Held]:
    """The points of the act that another one came after, with the entries they hold: each stands on those before."""
    traces = list(traces)
    found: dict[RowKey, Held] = {}
    for trace in [trace for trace in traces if trace.model is Publication]:
        values = trace.after if trace.inserted else trace.deleted or {}
        later = select(Publication).where(
            Publication.id > trace.key[0],
            Publication.initiative_id == values["initiative_id"],
            Publication.archived_at.is_(None),
        )
        if (sheet := values.get("sheet_id")) is not None:
            later = later.where(or_(Publication.sheet_id.is_(None), Publication.sheet_id == sheet))
        last = session.scalars(later.order_by(Publication.id.desc())).first()
        if last is None:
            continue
        held = Held(None, f"un point l'a suivi, « {last.name} » : annulez d'abord celui-là", trace.row)
        of_point = (t for t in traces if trace.key[0] in (t.before.get(PUBLISHED), t.after.get(PUBLISHED)))
        found |= {t.row: held for t in (trace, *of_point)}
    return found


def sheets_of(session: Session, traces: Iterable[Trace], rows: Mapping[RowKey, Base]) -> dict[RowKey, int]:
    """The fiche that each row is about, itself or through its indicator or its funding line."""
    found: dict[RowKey, int] = {}
    through: dict[str, dict[RowKey, int]] = {column: {} for column in THROUGH}
    for trace in traces:
        values = values_of(trace, rows)
        if trace.model is ActionSheet:
            found[trace.row] = trace.key[0]
        elif values.get("sheet_id"):
            found[trace.row] = values["sheet_id"]
        for column in THROUGH:
            if values.get(column):
                through[column][trace.row] = values[column]
    for column, model in THROUGH.items():
        keys = set(through[column].values())
        sheets = dict(_pairs(session, model.id, model.sheet_id, keys))
        found |= {row: sheets[key] for row, key in through[column].items() if sheets.get(key)}
    return found


def homes_of(session: Session, traces: Iterable[Trace], rows: Mapping[RowKey, Base]) -> set[int]:
    """The démarches in which the rows are: the plan of a placement, else the home of the fiche, else what it names."""
    traces = list(traces)
    sheets = sheets_of(session, (trace for trace in traces if trace.model is not Placement), rows)
    owners = select(Placement.sheet_id, Placement.initiative_id).where(Placement.role == PlacementRole.OWNER)
    found = set()
    for some in chunks(set(sheets.values())):
        found |= {row.initiative_id for row in session.execute(owners.where(Placement.sheet_id.in_(some)))}
    others = [values_of(trace, rows).get("initiative_id") for trace in traces if trace.row not in sheets]
    return found | {key for key in others if key is not None}


def values_of(trace: Trace, rows: Mapping[RowKey, Base]) -> dict[str, Any]:
    """What a row holds, or held before it went."""
    row = rows.get(trace.row)
    return journal.row_values(row) if row is not None else trace.deleted or trace.after


def _withdrawn(session: Session, traces: list[Trace], rows: Mapping[RowKey, Base]) -> dict[RowKey, int]:
    """The rows about a fiche that was archived since by another act, each with that fiche."""
    by_the_act = {trace.key[0] for trace in traces if trace.model is ActionSheet and ARCHIVED in trace.before}
    about = sheets_of(session, traces, rows)
    sheets = set(about.values()) - by_the_act
    gone = {key for key, archived in _pairs(session, ActionSheet.id, ActionSheet.archived_at, sheets) if archived}
    return {row: sheet for row, sheet in about.items() if sheet in gone}


def _pairs(session: Session, key: Any, value: Any, keys: Collection[int]) -> list[tuple[Any, Any]]:
    asked = select(key, value)
    return [(row[0], row[1]) for some in chunks(keys) for row in session.execute(asked.where(key.in_(some)))]


def sentences(
    session: Session, undo: Act, held: Mapping[RowKey, Held], traces: Iterable[Trace], rows: Mapping[RowKey, Base]
) -> list[str]:
    """One sentence a row: what it is, what happened to it since, and by whom. `undo` is the act that is held back."""
    reasons = {(why.about or row, why.reason): why.moved for row, why in held.items()}
    authors = _authors(session, undo, {row: moved for (row, _), moved in reasons.items()})
    values = {trace.row: values_of(trace, rows) for trace in traces}
    return [
        f"{_named(session, row, values.get(row) or _now(session, row))} : {reason}"
        + (f", par {authors[row]}" if row in authors else "")
        for row, reason in reasons
    ]


def _now(session: Session, row: RowKey) -> dict[str, Any]:
    return journal.row_values(session.get_one(MODELS[row[0]], row[1]))


def _named(session: Session, row: RowKey, values: Mapping[str, Any]) -> str:
    """A row as a reader knows it: what it is, its title or its day, and the fiche it belongs to."""
    table = row[0]
    titles = (values[key] for key in TITLES if values.get(key) and not journal.is_digest(table, key, values[key]))
    title = next(titles, None) or _through(session, values)
    said = f"{TABLES[table]} « {title} »" if title else f"{TABLES[table]} {_day(values) or f'n° {row[1]}'}"
    sheet = session.get(ActionSheet, values["sheet_id"]) if values.get("sheet_id") else None
    return f"{said} (fiche « {sheet.title} »)" if sheet else said


def _through(session: Session, values: Mapping[str, Any]) -> str | None:
    """The name of the structure, the word or the function that a row attaches."""
    for column, name in NAMED_BY.items():
        if values.get(column) and (found := session.scalar(select(name).where(name.class_.id == values[column]))):
            return str(found)
    return None


def _day(values: Mapping[str, Any]) -> str | None:
    if not values.get("on_date"):
        return None
    year, month, day = str(values["on_date"]).split("-")
    return f"du {day}/{month}/{year}"


def _authors(session: Session, undo: Act, moved: Mapping[RowKey, frozenset[str]]) -> dict[RowKey, str]:
    """Who last wrote these columns of each row (none: anything of it) between the act and the undo."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for table, key in moved:
        by_table[table].append(str(key))
    j, found = JournalEntry, {}
    for table, keys in by_table.items():
        lines = select(j.row_key, j.before, j.after, Actor.label).join(Actor, Actor.id == j.actor_id)
        lines = lines.where(j.act_id > undo.undoes_id, j.act_id < undo.id, j.table == table).order_by(j.seq)
        for some in chunks(keys):
            for key, before, after, label in session.execute(lines.where(j.row_key.in_(some))):
                row = table, int(key)
                if not moved[row] or moved[row] & {*(before or {}), *(after or {})}:
                    found[row] = label
    return found
