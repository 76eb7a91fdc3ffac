"""`python -m db backup` and `python -m db restore`: a copy of the database, and a copy put back after two answers."""

import json
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from db import backup as backups
from db import shelf
from db.engine import engine
from db.errors import Refused
from db.rules.backups import BackupKind

WORD = "RESTAURER"
NOT_DONE = "Rien n'a été changé."
NOBODY = f"Personne ne répond : ajoutez --yes pour restaurer sans être questionné. {NOT_DONE}"


def backup(args: Namespace) -> int:
    """Save the database in one file."""
    base = engine()
    if args.file is None:
        to = shelf.save(base, BackupKind.BY_HAND)
    else:
        to = args.file
        backups.backup(base, to)
    size = to.stat().st_size
    if args.json:
        print(json.dumps({"file": str(to), "bytes": size}, ensure_ascii=False))
    else:
        beside = backups.digest_path(to).name
        print(f"Sauvegarde faite et vérifiée : {to} ({_size(size)}), avec son empreinte {beside}.")
    return 0


def restore(args: Namespace) -> int:
    """Put a backup in the place of the database, kept aside, once two questions were answered (`--yes`: none)."""
    base, source = engine(), args.file
    backups.path_of(base)
    backups.refuse_unless_ours(source)
    if not args.yes:
        _ask_twice(base, source)
    kept = backups.restore(base, source, shelf.new_path(base, BackupKind.BEFORE_RESTORE))
    where = f" La base précédente est gardée : {kept}." if kept else ""
    print(f"La sauvegarde {source} est restaurée.{where} Vous pouvez relancer Balise.")
    return 0


def _ask_twice(base: Engine, source: Path) -> None:
    """Say what comes back and what it replaces, then wait for « oui » and for the word. Refused otherwise."""
    made = datetime.fromtimestamp(source.stat().st_mtime)
    print(f"La sauvegarde {source}, fichier du {_instant(made)} : {_said(backups.facts(source))}.")
    if backups.noted_digest(source) is None:
        print("Elle n'a pas d'empreinte à côté d'elle : elle est lisible, mais rien ne prouve qu'elle est d'origine.")
    current = backups.path_of(base)
    if current.exists():
        print(f"Elle remplacera {current} : {_said(backups.facts(current))}.")
        print("Ce qui a été écrit depuis n'y sera plus. La base en place est d'abord sauvegardée.")
    if _answer("Continuer ? (oui ou non) ").lower() not in ("oui", "o"):
        raise Refused(f"La restauration est abandonnée. {NOT_DONE}")
    if _answer(f"Tapez {WORD} pour remplacer la base : ") != WORD:
        raise Refused(f"Le mot n'est pas {WORD} : la restauration est abandonnée. {NOT_DONE}")


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise Refused(NOBODY) from None


def _said(facts: backups.Facts | None) -> str:
    """« 3 démarches, dernier acte le 24/11/2026 à 14 h 32 », on the clock of this machine."""
    if facts is None:
        return "illisible"
    held = f"{facts.initiatives} démarche{'s' if facts.initiatives > 1 else ''}"
    if facts.last_act is None:
        return f"{held}, aucun acte"
    return f"{held}, dernier acte le {_instant(facts.last_act.astimezone())}"


def _instant(at: datetime) -> str:
    return f"{at:%d/%m/%Y} à {at.hour} h {at:%M}"


def _size(count: int) -> str:
    """Bytes as a person reads them: « 22,4 Mo »."""
    return f"{count / 1_000_000:.1f} Mo".replace(".", ",")
