"""`python -m db pack` and `python -m db adopt`: a démarche carried from one installation to another in a file."""

import json
import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import shelf
from db.cli.upkeep import existing_database
from db.commands import adoption
from db.engine import reading, writing
from db.errors import Refused
from db.exchange.gate import UnreadableFile
from db.failures import why
from db.models.base import now_utc
from db.portable import box, packing
from db.rules.portable import Held, Welcome, contents
from db.viewer import Viewer, local_viewer

DONE, UNREADABLE = 0, 2
OURS_ALONE = 0o600
"""Whoever packs a démarche opens its file alone: it holds everything of it."""


def pack(args: Namespace) -> int:
    """Write the archive of a démarche."""
    with reading(existing_database()) as session:
        packed = packing.pack(session, _viewer(session), args.code)
    path: Path = args.file or Path(packed.name)
    _write(path, packed.content)
    if args.json:
        _print_json({"file": str(path), "bytes": len(packed.content)} | _as_json(packed.held))
    else:
        print(f"La démarche « {packed.held.short_name} » est emportée dans {path}.")
        _print_sentences(packed.held)
    return DONE


def adopt(args: Namespace) -> int:
    """Take in the démarche of an archive, or say what it holds; returns the exit code."""
    path: Path = args.file
    if not path.is_file():
        print(f"Le fichier {path} n'existe pas. Rien n'a été importé.", file=sys.stderr)
        return UNREADABLE
    try:
        parcel = box.read(path.read_bytes())
    except UnreadableFile as problem:
        print(problem, file=sys.stderr)
        return UNREADABLE
    except OSError as problem:
        print(f"Le fichier {path} n'a pas pu être lu ({why(problem)}). Rien n'a été importé.", file=sys.stderr)
        return UNREADABLE
    database = existing_database()
    with reading(database) as session:
        told = adoption.welcome(session, _viewer(session), parcel)
    if told.refusal is not None:
        raise Refused(told.refusal)
    if not args.dry_run:
        unsaved = shelf.before_import(database)
        if unsaved is not None:
            print(unsaved, file=sys.stderr)
        with writing(database) as session:
            adoption.adopt_initiative(session, _viewer(session), parcel=parcel)
    _say(told, args)
    return DONE


def _say(told: Welcome, args: Namespace) -> None:
    held = told.held
    if args.json:
        about = {"organisations_known": told.known, "organisations_added": told.added, "adopted": not args.dry_run}
        _print_json(_as_json(held) | about)
        return
    if args.dry_run:
        print(f"Essai à blanc : rien n'a été écrit. L'archive contient « {held.short_name} » ({held.code}).")
    else:
        print(f"La démarche « {held.short_name} » est accueillie (code {held.code}). Donnez-y les accès qu'il faut.")
    _print_sentences(held)
    print(f"Structures : {told.known} déjà connues ici, {told.added} ajoutées.")


def _print_sentences(held: Held) -> None:
    for sentence in (*contents(held), *held.remarks):
        print(f"- {sentence}")


def _as_json(held: Held) -> dict[str, Any]:
    counts = {table: count for table, count in held.counts.items() if count}
    return {
        "initiative": held.code,
        "made_at": held.made_at.isoformat(),
        "counts": counts,
        "contacts": held.contacts,
        "remarks": list(held.remarks),
    }


def _print_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False))


def _viewer(session: Session) -> Viewer:
    return local_viewer(session, now_utc().date())


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OURS_ALONE), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused(f"{path} existe déjà et n'a pas été touché : donnez un autre nom de fichier.") from None
    except OSError as problem:
        raise Refused(
            f"L'archive n'a pas pu être écrite dans {path} ({why(problem)}) : choisissez un autre chemin."
        ) from problem
