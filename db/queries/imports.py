"""Imports: the dry run of one, the démarches it may be a new version of, and those that stand."""

from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db.chunks import chunks
from db.models import Act, ActionSheet, Actor, ImportRun, Initiative, JournalEntry, Placement
from db.queries import reads
from db.rights import Operation
from db.rules.imports import PastImport, Resemblance
from db.rules.text import sort_key
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, may_read, require

SHARE = 0.5


@reads("all")
def resembling(
    session: Session, viewer: Viewer, digest: str, titles: tuple[str, ...], code: str | None = None
) -> tuple[Resemblance, ...]:
    """The démarches that a file may be a new version of, the likeliest first, among those the viewer may import into.

    One that an earlier import of this very file (its SHA-256) went to, that it says by its `code` to be an export of
    (and holds one of its titles at least), or that holds at least half of its titles.
    """
    earlier = session.scalars(
        select(ImportRun.initiative_id).where(ImportRun.file_digest == digest).order_by(ImportRun.id.desc())
    ).all()
    alike = _titles(session, viewer, titles)
    enough = {key: count for key, count in alike.items() if count >= SHARE * len(titles)}
    rows = session.execute(select(Initiative.id, Initiative.code).where(may_read(viewer)))
    readable = {row.id: row.code for row in rows}
    own = [key for key in alike if code is not None and readable.get(key) == code]
    found = [
        Resemblance(key, alike.get(key, 0), key in earlier, key in own)
        for key in dict.fromkeys([*earlier, *own, *sorted(enough, key=lambda key: -enough[key])])
        if key in readable and viewer.may(Operation.IMPORT, key)
    ]
    return tuple(found)


def _titles(session: Session, viewer: Viewer, titles: tuple[str, ...]) -> dict[int, int]:
    """How many of these titles each démarche holds."""
    counts: dict[int, int] = {}
    for some in chunks({sort_key(title) for title in titles}):
        rows = session.execute(
            select(Placement.initiative_id, func.count())
            .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
            .join(Initiative, Initiative.id == Placement.initiative_id)
            .where(may_read(viewer), Placement.archived_at.is_(None), ActionSheet.archived_at.is_(None))
            .where(ActionSheet.sort_key.in_(some))
            .group_by(Placement.initiative_id)
        )
        for initiative_id, count in rows:
            counts[initiative_id] = counts.get(initiative_id, 0) + count
    return counts


@reads("initiative")
def past_imports(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[PastImport, ...]:
    """The imports into a démarche that were not taken back, newest first; none for who may not import there.

    Raises Refused when the viewer may not read the démarche.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.may(Operation.IMPORT, initiative_id):
        return ()
    undone = select(Act.undoes_id).where(Act.undoes_id.is_not(None))
    opening = exists().where(
        JournalEntry.act_id == ImportRun.act_id,
        JournalEntry.table == Initiative.__tablename__,
        JournalEntry.kind == ChangeKind.INSERT,
    )
    rows = session.execute(
        select(ImportRun, Act.at_utc, Actor.label, opening)
        .join(Act, Act.id == ImportRun.act_id)
        .join(Actor, Actor.id == Act.actor_id)
        .where(ImportRun.initiative_id == initiative_id, ImportRun.act_id.not_in(undone))
        .order_by(ImportRun.id.desc())
    )
    return tuple(
        PastImport(
            act_id=run.act_id,
            at_utc=at,
            author=author,
            file=run.file_name,
            worksheet=run.worksheet,
            in_file=run.report.get("sheets", 0),
            created=run.report.get("created", 0),
            updated=run.report.get("updated", 0),
            left=run.report.get("left", 0),
            axes=run.report.get("axes", 0),
            to_settle=run.report.get("to_settle", 0),
            is_opening=is_opening,
        )
        for run, at, author, is_opening in rows
    )
