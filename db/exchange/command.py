"""`python -m db import` and `python -m db export`: a workbook in, a workbook out."""

import hashlib
import json
import sys
from argparse import Namespace
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db import shelf
from db.cli.upkeep import existing_database
from db.commands import imports
from db.commands.common import day_there
from db.engine import reading, writing
from db.errors import Refused
from db.exchange.columns import ColumnMatch
from db.exchange.compare import ImportPlan, compare
from db.exchange.draft import PlanDraft
from db.exchange.fields import Field
from db.exchange.gate import UnreadableFile
from db.exchange.held import identity_of
from db.exchange.identity import Identity, differences, read_identity
from db.exchange.report import report, sentences, unreadable_report
from db.exchange.rows import understand
from db.exchange.workbook import Workbook, read_workbook
from db.models import Initiative
from db.models.base import now_utc
from db.viewer import local_viewer, may_read

DONE, UNREADABLE, FORBIDDEN = 0, 2, 3
HOME = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it was read: its plan, what it says of the démarche, and the columns left to be confirmed."""

    draft: PlanDraft
    identity: Identity | None
    to_confirm: tuple[ColumnMatch, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a file goes: an initiative (None: a new one), its code, its today, and why when that was not asked for."""

    initiative_id: int | None
    code: str | None
    on: date
    why: str | None = None


def import_file(args: Namespace) -> int:
    """Import a workbook, or say what importing it would do; returns the exit code.

    0: applied, or it could be; 2: the file cannot be read; 3: its errors forbid applying.
    """
    path: Path = args.file
    try:
        incoming = _read(path, args.sheet, args.accept_close)
    except UnreadableFile as problem:
        if args.json:
            nowhere = {"initiative": args.initiative, "is_new_initiative": args.initiative is None, "applied": False}
            _print_json(unreadable_report(path.name, str(problem)) | nowhere)
        print(problem, file=sys.stderr)
        return UNREADABLE
    database = existing_database()
    with reading(database) as session:
        landing = _landing(session, args, incoming.digest)
        incoming = _with_differences(session, incoming, landing)
    applies = incoming.draft.can_apply and not args.dry_run
    unsaved = shelf.before_import(database) if applies else None
    if unsaved is not None:
        print(unsaved, file=sys.stderr)
    plan, code = _apply(database, incoming, landing) if applies else _rehearse(database, incoming, landing)
    if args.json:
        _print_json(report(plan, to_confirm=incoming.to_confirm) | _where(landing, code, applies))
    else:
        _print_sentences(plan, incoming, landing, code, applies)
    return DONE if incoming.draft.can_apply else FORBIDDEN


def _read(path: Path, sheet: str | None, accept_close: bool) -> Incoming:
    if not path.is_file():
        raise UnreadableFile(f"Le fichier « {path} » n'existe pas.", "Vérifiez son nom et son dossier.")
    workbook = read_workbook(path)
    draft, to_confirm = _understood(workbook, sheet, accept_close)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Incoming(draft, read_identity(workbook), to_confirm, digest)


def _understood(workbook: Workbook, sheet: str | None, accept_close: bool) -> tuple[PlanDraft, tuple[ColumnMatch, ...]]:
    """The plan without the columns that nobody confirmed, the titles aside: without them there is no plan to show."""
    draft = understand(workbook, sheet)
    close = [column for column in draft.columns if not column.confirmed]
    if accept_close or not close:
        return draft, ()
    titles = frozenset(column.index for column in close if column.field is Field.TITLE)
    to_confirm = tuple(column for column in close if column.index not in titles)
    return understand(workbook, sheet, titles), to_confirm


def _with_differences(session: Session, incoming: Incoming, landing: Landing) -> Incoming:
    """With a note for each thing the file says otherwise of a démarche that exists: reported, never applied."""
    said = incoming.identity
    if said is None:
        return incoming
    held = identity_of(session, landing.initiative_id, landing.on) if landing.initiative_id is not None else None
    notes = (*incoming.draft.notes, *said.notes, *(differences(said, held) if held else ()))
    return replace(incoming, draft=replace(incoming.draft, notes=notes))


def _landing(session: Session, args: Namespace, digest: str) -> Landing:
    today = now_utc().astimezone(HOME).date()
    if args.initiative is not None:
        row = _initiative(session, args.initiative, today)
        return Landing(row.id, row.code, day_there(row, now_utc()))
    known = None if args.new else imports.imported_before(session, local_viewer(session, today), digest)
    if known is None:
        return Landing(None, None, today)
    row = session.get_one(Initiative, known)
    why = f"Ce même fichier a déjà été importé dans « {row.short_name} » ({row.code}) : il y retourne (sinon : --new)."
    return Landing(row.id, row.code, day_there(row, now_utc()), why)


def _initiative(session: Session, code: str, today: date) -> Initiative:
    open_to_me = may_read(local_viewer(session, today))
    row = session.scalars(select(Initiative).where(open_to_me, Initiative.code == code)).one_or_none()
    if row is None:
        codes = session.scalars(select(Initiative.code).where(open_to_me).order_by(Initiative.sort_key)).all()
        known = f"Codes connus : {', '.join(codes)}." if codes else "Il n'y en a encore aucune."
        raise Refused(f"Aucune démarche n'a le code « {code} » : rien n'a été fait. {known}")
    return row


def _rehearse(database: Engine, incoming: Incoming, landing: Landing) -> tuple[ImportPlan, str | None]:
    promised = (
        incoming.identity.amendment_numbers if incoming.identity and landing.initiative_id is None else frozenset()
    )
    with reading(database) as session:
        viewer = local_viewer(session, landing.on)
        plan = compare(session, viewer, incoming.draft, landing.initiative_id, landing.on, promised=promised)
    return plan, landing.code


def _apply(database: Engine, incoming: Incoming, landing: Landing) -> tuple[ImportPlan, str]:
    with writing(database) as session:
        viewer = local_viewer(session, landing.on)
        done = imports.apply_import(
            session,
            viewer,
            incoming.draft,
            digest=incoming.digest,
            on=landing.on,
            initiative_id=landing.initiative_id,
            identity=incoming.identity,
        )
    return done.plan, done.initiative_code


def _where(landing: Landing, code: str | None, applied: bool) -> dict[str, Any]:
    return {"initiative": code, "is_new_initiative": landing.initiative_id is None, "applied": applied}


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False))


def _print_sentences(plan: ImportPlan, incoming: Incoming, landing: Landing, code: str | None, applied: bool) -> None:
    if landing.why:
        print(landing.why)
    for line in sentences(plan, applied=applied, to_confirm=incoming.to_confirm):
        print(line)
    if not incoming.draft.can_apply:
        print("Rien n'a été importé : corrigez les lignes refusées, puis recommencez.", file=sys.stderr)
    elif applied:
        print(f"Démarche : {code}.")
    else:
        name = imports.initiative_name(incoming.draft, incoming.identity)
        target = f"dans la démarche {code}" if code else f"dans une nouvelle démarche, « {name} »"
        print(f"Essai à blanc : rien n'a été écrit. L'import se ferait {target}.")


def export_file(args: Namespace) -> int:
    """Write the plan of an initiative in a workbook; returns the exit code."""
    from db.exchange.export import plan_workbook

    database = existing_database()
    with reading(database) as session:
        row = _asked_for(session, args.initiative)
        on = day_there(row, now_utc())
        content = plan_workbook(session, local_viewer(session, on), row.id, on)
    path: Path = args.file or Path(f"{row.code}-{on.isoformat()}.xlsx")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(
            f"Le classeur n'a pas pu être écrit dans {path} ({error.strerror}) : choisissez un autre chemin."
        ) from error
    if args.json:
        _print_json({"file": str(path), "initiative": row.code, "bytes": len(content)})
    else:
        print(f"Le plan « {row.short_name} » est écrit dans {path}.")
    return DONE


def _asked_for(session: Session, code: str | None) -> Initiative:
    today = now_utc().astimezone(HOME).date()
    if code is not None:
        return _initiative(session, code, today)
    rows = session.scalars(
        select(Initiative).where(may_read(local_viewer(session, today))).order_by(Initiative.sort_key)
    ).all()
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise Refused("Il n'y a pas encore de démarche à exporter : importez d'abord un classeur.")
    raise Refused(f"Il y a plusieurs démarches ; dites laquelle avec --initiative : {', '.join(r.code for r in rows)}.")
