"""Creating, filling and checking the database from the command line."""

import json
import sys
from argparse import Namespace

from sqlalchemy import Engine, select

from db import backup as backups
from db import migrate, shelf
from db.engine import engine, reading
from db.errors import Refused
from db.models import Initiative
from db.rules.backups import BackupKind

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


def _bring_up_to_date(database: Engine) -> None:
    at = migrate.current(database)
    if at is not None and not backups.is_known(at):
        raise Refused(NEWER)
    if at is not None and at != migrate.head() and database.dialect.name == "sqlite":
        saved = shelf.save(database, BackupKind.BEFORE_MIGRATION)
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
