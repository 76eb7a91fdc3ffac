"""Creating, filling, checking, saving and restoring the database from the command line."""

import json
import sys
from argparse import Namespace
from pathlib import Path

from sqlalchemy import Engine, select

from db import backup as backups
from db import migrate
from db.engine import engine, reading
from db.errors import Refused
from db.models import Initiative
from db.models.base import now_utc
from db.settings import settings

NEWER = "Cette base vient d'une version plus récente de Balise : rien n'a été changé. Mettez Balise à jour."
NO_BASE = "Il n'y a pas encore de base : lancez « python -m db init »."


def init(args: Namespace) -> int:
    """Create or migrate the database, install its reference, and the demonstration when it is asked for and empty."""
    from db.commands import reference

    database = engine()
    _bring_up_to_date(database)
    reference.install(database)
    if args.demo_if_empty and _is_empty(database):
        return demo(args)
    print("La base est prête.")
    return 0


def demo(_args: Namespace) -> int:
    """Load the demonstration."""
    from db.commands import demo as demonstration

    database = existing_database()
    demonstration.load(database)
    print(f"La démonstration est chargée : {demonstration.SHORT_NAME}. Elle est fictive.")
    return 0


def check(args: Namespace) -> int:
    """Say what is wrong; 1 when something is."""
    from db.check import problems

    found = problems(existing_database())
    if args.json:
        print(json.dumps({"ok": not found, "problems": found}, ensure_ascii=False))
        return 1 if found else 0
    for sentence in found:
        print(f"- {sentence}")
    print(f"{len(found)} problème(s)." if found else "Tout est en ordre.", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


def backup(args: Namespace) -> int:
    """Save the database in one file."""
    to: Path = args.file or backups.default_path(settings().backup_dir, "balise", now_utc())
    size = backups.backup(engine(), to)
    if args.json:
        print(json.dumps({"file": str(to), "bytes": size}, ensure_ascii=False))
    else:
        print(
            f"Sauvegarde faite et vérifiée : {to} ({_size(size)}), avec son empreinte {backups.digest_path(to).name}."
        )
    return 0


def restore(args: Namespace) -> int:
    """Put a backup in the place of the database, kept aside."""
    aside = backups.default_path(settings().backup_dir, "avant-restauration", now_utc())
    kept = backups.restore(engine(), args.file, aside)
    where = f" La base précédente est gardée : {kept}." if kept else ""
    print(f"La sauvegarde {args.file} est restaurée.{where} Relancez Balise si elle tournait.")
    return 0


def _bring_up_to_date(database: Engine) -> None:
    at = migrate.current(database)
    if at is not None and not backups.is_known(at):
        raise Refused(NEWER)
    if at is not None and at != migrate.head() and database.dialect.name == "sqlite":
        saved = backups.default_path(settings().backup_dir, "avant-migration", now_utc())
        backups.backup(database, saved)
        print(f"La base est sauvegardée avant sa mise à jour : {saved}.")
    if at != migrate.head():
        migrate.upgrade(database)


def _is_empty(database: Engine) -> bool:
    with reading(database) as session:
        return session.scalars(select(Initiative.id).limit(1)).first() is None


def existing_database() -> Engine:
    """The database, which is at this version's schema; `Refused` otherwise."""
    database = engine()
    if database.dialect.name == "sqlite" and not backups.path_of(database).exists():
        raise Refused(NO_BASE)
    at = migrate.current(database)
    if at is None:
        raise Refused(NO_BASE)
    if not backups.is_known(at):
        raise Refused(NEWER)
    return database


def _size(count: int) -> str:
    """Bytes as a person reads them: « 22,4 Mo »."""
    return f"{count / 1_000_000:.1f} Mo".replace(".", ",")
