"""An import as one act: all of it or nothing, journalled, and taken back whole by `undo_act`.

The comparison is made again inside the transaction, so that what is written is what the database then allows.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from db.commands.import_identity import new_initiative
from db.commands.import_writers import Writer
from db.errors import Conflict, Invalid
from db.exchange import resolve
from db.exchange.compare import Fate, ImportPlan, compare
from db.exchange.draft import PlanDraft
from db.exchange.fields import Field
from db.exchange.identity import Identity
from db.journal import acting
from db.models import ImportRun, Initiative, JournalEntry, Unsettled
from db.rights import Operation
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer, may_read, require

MAX_NAME = 300


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the act to take back (None: there was nothing to write), the initiative it landed in, and
    what it had worked out."""

    act_id: int | None
    initiative_id: int
    initiative_code: str
    plan: ImportPlan


def apply_import(
    session: Session,
    viewer: Viewer,
    draft: PlanDraft,
    *,
    digest: str,
    on: date,
    initiative_id: int | None = None,
    name: str | None = None,
    identity: Identity | None = None,
    accepted: frozenset[tuple[int, Field]] = frozenset(),
    expected: tuple[int, int, int] | None = None,
) -> Imported:
    """Write a plan read from a file into an initiative, or into a new one named `name`, else from the file.

    `identity` is what the file says of the démarche itself: it serves a new one, never one that exists. `expected` is
    what the dry run announced (created, updated, left): when the plan moved meanwhile, Conflict is raised and nothing
    is written. A file that changes nothing leaves no act. Raises Invalid when the draft has errors, Refused without
    the right.
    """
    if draft.errors:
        raise Invalid("Ce fichier contient des lignes qui ne peuvent pas être reprises : rien n'a été importé.")
    require(viewer, Operation.IMPORT, initiative_id)
    if initiative_id is not None:
        foreseen = compare(session, viewer, draft, initiative_id, on, accepted)
        if not foreseen.changes_something:
            _as_announced(foreseen, expected)
            return Imported(None, initiative_id, session.get_one(Initiative, initiative_id).code, foreseen)
    with acting(session, viewer.actor_id, "import_plan", f"Import de {draft.file}", initiative_id) as act:
        is_new = initiative_id is None
        if initiative_id is None:
            given = name or initiative_name(draft, identity)
            initiative_id = new_initiative(session, viewer, draft, identity, given)
            act.initiative_id = initiative_id
            session.flush()
        plan = compare(session, viewer, draft, initiative_id, on, accepted)
        _as_announced(plan, expected)
        run = _remember(session, act.id, initiative_id, draft, digest, plan)
        known = resolve.names(session, initiative_id, on)
        writer = Writer(session, initiative_id, run.id, viewer.actor_id, on, known)
        writer.write(plan)
        _settle_later(session, initiative_id, draft, plan, _years(draft, identity) if is_new else None)
    code = session.get_one(Initiative, initiative_id).code
    return Imported(act.id, initiative_id, code, plan)


def _as_announced(plan: ImportPlan, expected: tuple[int, int, int] | None) -> None:
    if expected is not None and expected != fates(plan):
        raise Conflict("Le plan a changé depuis l'essai à blanc. Rien n'a été importé : refaites l'essai.")


def _years(draft: PlanDraft, identity: Identity | None) -> str | None:
    """The years that the title announces, when nothing says the démarche's dates better."""
    if draft.years is None or (identity and identity.ends_on):
        return None
    return f"{draft.years[0]}-{draft.years[1]}"


def fates(plan: ImportPlan) -> tuple[int, int, int]:
    """How many sheets would be created, updated and left: what a dry run announces."""
    return plan.count(Fate.CREATED), plan.count(Fate.UPDATED), plan.count(Fate.LEFT)


def initiative_name(draft: PlanDraft, identity: Identity | None) -> str:
    """The name of the initiative a file creates: that of Balise's own sheet, the title above its header, the file's."""
    if identity is not None and identity.name:
        return identity.name
    name = draft.title or draft.file.rsplit(".", 1)[0].replace("_", " ").strip() or "Plan importé"
    return name[:MAX_NAME]


def imported_before(session: Session, viewer: Viewer, digest: str) -> int | None:
    """The initiative that an earlier import of this very file made, among those this viewer may import into; None when
    there is none. One that the file merely updated is not the file's own: it goes there only when asked."""
    made = (
        select(JournalEntry.seq)
        .where(JournalEntry.act_id == ImportRun.act_id, JournalEntry.table == Initiative.__tablename__)
        .where(JournalEntry.kind == ChangeKind.INSERT, JournalEntry.row_key == cast(Initiative.id, String))
    )
    rows = session.scalars(
        select(ImportRun.initiative_id)
        .join(Initiative, Initiative.id == ImportRun.initiative_id)
        .where(ImportRun.file_digest == digest, Initiative.archived_at.is_(None), may_read(viewer), made.exists())
        .order_by(ImportRun.id.desc())
    )
    return next((key for key in rows if viewer.may(Operation.IMPORT, key)), None)


def _remember(
    session: Session, act_id: int, initiative_id: int, draft: PlanDraft, digest: str, plan: ImportPlan
) -> ImportRun:
    created, updated, left = fates(plan)
    report: dict[str, Any] = {
        "sheets": len(draft.sheets),
        "created": created,
        "updated": updated,
        "left": left,
        "axes": len(draft.axes),
        "to_settle": len(plan.to_settle),
    }
    run = ImportRun(
        act_id=act_id,
        initiative_id=initiative_id,
        file_name=draft.file,
        file_digest=digest,
        worksheet=draft.worksheet,
        header=", ".join(column.label for column in draft.columns)[:2000],
        report=report,
    )
    session.add(run)
    session.flush()
    return run


def _settle_later(session: Session, initiative_id: int, draft: PlanDraft, plan: ImportPlan, years: str | None) -> None:
    """What belongs to no sheet that was written: rows left aside, and the dates a title announces."""
    known = select(Unsettled.field, Unsettled.raw).where(
        Unsettled.initiative_id == initiative_id, Unsettled.archived_at.is_(None)
    )
    waiting = {(field, raw) for field, raw in session.execute(known)}
    items = [
        (item.field.value if item.field else item.column, item.value, item.reason, list(item.choices), item.row)
        for sheet in plan.sheets
        if sheet.fate is Fate.LEFT
        for item in sheet.to_settle
    ]
    if years is not None:
        reason = f"Le titre du fichier annonce {years} : les dates de signature, de début et de fin sont à donner."
        items.append(("ends_on", years, reason, [], 1))
    for field, raw, reason, choices, row in items:
        if (field, raw) not in waiting:
            session.add(
                Unsettled(
                    initiative_id=initiative_id,
                    field=field,
                    raw=raw,
                    reason=reason,
                    choices=choices,
                    source=f"{draft.file}, feuille « {draft.worksheet} », ligne {row}",
                )
            )
