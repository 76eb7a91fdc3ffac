"""Deleting for good what was archived: asked for by who administers, after a backup, and never taken back.

The journal keeps its lines, and those of the deletion hold each row whole: the base could be rebuilt from it.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Column, delete, select
from sqlalchemy.orm import Session

from db import shelf
from db.chunks import chunks
from db.commands.undoing.leaning import columns_to
from db.errors import Invalid
from db.homes import last_homes
from db.journal import acting
from db.models import MODELS, ActionSheet, Base, Draft
from db.queries.archives import holders
from db.rights import Operation
from db.rules.archives import WORD
from db.viewer import Viewer, require

STAYS = frozenset({"logbook_note.sheet_id", "reminder.sheet_id"})
"""What is the coordination's own and was only attached to a fiche: it stays, attached to nothing."""
RANK = {table.name: rank for rank, table in enumerate(Base.metadata.sorted_tables)}
Rows = dict[str, set[int]]


def purge_sheets(session: Session, viewer: Viewer, *, sheets: Collection[int], word: str | None) -> int:
    """Delete archived fiches for good, with all that hangs on them; gives how many rows went.

    One act for each démarche whose fiches go, so that each is told of its own. A backup is made before, which the acts
    name (SQLite); elsewhere they say that Balise made none. Raises Invalid when `word` is not the one asked for, when
    no fiche is chosen, and when one is not archived, or is held by a decision, an amendment or a question of
    evaluation; Refused unless the viewer administers the installation. A backup that fails stops everything.
    """
    require(viewer, Operation.ADMINISTER, None)
    if (word or "").strip() != WORD:
        raise Invalid(f"Pour supprimer définitivement, tapez {WORD} en majuscules. Rien n'a été supprimé.")
    chosen = _archived(session, sheets)
    homes = last_homes(session, [sheet.id for sheet in chosen])
    saved = shelf.before_purge(session)
    after = f"sauvegarde {saved}" if saved else "sans sauvegarde faite par Balise"
    gone = 0
    for home in sorted(set(homes.values())):
        own = [sheet for sheet in chosen if homes[sheet.id] == home]
        named = f"« {own[0].title} »" if len(own) == 1 else f"{len(own)} fiches"
        with acting(session, viewer.actor_id, "purge_sheets", f"Purge de {named} ({after})", home):
            gone += _purge(session, {sheet.id for sheet in own})
    return gone


def _purge(session: Session, sheets: set[int]) -> int:
    for sheet in sheets:
        session.execute(delete(Draft).where(Draft.subject.like(f"sheet:{sheet}:%")))
    _detach(session, sheets)
    return _delete(session, _hanging(session, sheets))


def _archived(session: Session, sheets: Collection[int]) -> list[ActionSheet]:
    """These fiches, all of which may go; Invalid when there is none, or when one stays, naming what holds it."""
    found = list(session.scalars(select(ActionSheet).where(ActionSheet.id.in_(sheets)).order_by(ActionSheet.id)))
    if not found or len(found) < len(set(sheets)):
        raise Invalid("Choisissez les fiches à supprimer dans la liste : l'une d'elles n'y est plus. Rien n'a changé.")
    for sheet in found:
        if sheet.archived_at is None:
            raise Invalid(f"« {sheet.title} » n'est pas archivée : archivez-la d'abord. Rien n'a été supprimé.")
    held = holders(session, [sheet.id for sheet in found])
    for sheet in found:
        if held[sheet.id]:
            raise Invalid(
                f"« {sheet.title} » reste archivée à cause de {', '.join(held[sheet.id])} : ce qui a été décidé, signé "
                "ou demandé d'elle doit garder son objet. Rien n'a été supprimé."
            )
    return found


def _hanging(session: Session, sheets: set[int]) -> Rows:
    """These fiches and every row that points to them, or to one that does, by the schema's own keys."""
    found: Rows = defaultdict(set)
    waiting = [(ActionSheet.__tablename__, sheets)]
    while waiting:
        table, keys = waiting.pop()
        new = keys - found[table]
        found[table] |= new
        for column in columns_to(table) if new else ():
            if f"{column.table.name}.{column.name}" not in STAYS:
                waiting.append((column.table.name, _pointing(session, column, new)))
    return found


def _pointing(session: Session, column: Column[int], keys: set[int]) -> set[int]:
    (own,) = column.table.primary_key.columns
    return {key for some in chunks(keys) for key in session.scalars(select(own).where(column.in_(some)))}


def _detach(session: Session, sheets: set[int]) -> None:
    for place in STAYS:
        table, column = place.split(".")
        model = MODELS[table]
        for row in session.scalars(select(model).where(getattr(model, column).in_(sheets))):
            setattr(row, column, None)
    session.flush()


def _delete(session: Session, rows: Rows) -> int:
    """Delete rows one by one, so that the journal keeps each; those that point before those that are pointed to."""
    for table in sorted(rows, key=lambda name: -RANK[name]):
        model = MODELS[table]
        loaded = {key: session.get_one(model, key) for key in rows[table]}
        own = [key.parent.name for key in model.__table__.foreign_keys if key.column.table.name == table]
        while loaded:
            parents = {getattr(row, name) for row in loaded.values() for name in own}
            for key in [key for key in loaded if key not in parents] or list(loaded):
                session.delete(loaded.pop(key))
            session.flush()
    return sum(len(keys) for keys in rows.values())
