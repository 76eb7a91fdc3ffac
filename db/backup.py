"""A SQLite database saved as one file with its digest, and brought back without losing the one in place."""

import hashlib
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from db import migrate
from db.errors import Refused

MAGIC = b"SQLite format 3\x00"
ON_POSTGRESQL = (
    "Cette installation est sur PostgreSQL : ses sauvegardes se font avec ses propres outils, "
    "pg_dump pour sauvegarder et pg_restore pour restaurer."
)


def default_path(folder: Path, what: str, at: datetime) -> Path:
    """Where a backup goes when no file is named: its purpose and its instant are in its name."""
    return folder / f"{what}-{at:%Y%m%d-%H%M%S-%f}.db"


def backup(engine: Engine, to: Path) -> int:
    """Save the database while it is in use, with its SHA-256 beside it; returns the size in bytes.

    `Refused` on PostgreSQL, when the file exists already, or when the copy is not sound (it is then removed).
    """
    source = path_of(engine)
    if not source.exists():
        raise Refused(f"Il n'y a pas encore de base à sauvegarder ({source}) : lancez « python -m db init ».")
    if to.exists() or digest_path(to).exists():
        raise Refused(f"{to} existe déjà et n'a pas été touché : donnez un autre nom de fichier.")
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        _copy(source, to)
    except sqlite3.DatabaseError as problem:
        to.unlink(missing_ok=True)
        raise Refused(f"La base est abîmée ({problem}) : rien n'a été sauvegardé. Restaurez une sauvegarde.") from None
    digest_path(to).write_text(f"{_digest(to)}  {to.name}\n", encoding="ascii")
    return to.stat().st_size


def restore(engine: Engine, source: Path, aside: Path) -> Path | None:
    """Put a saved database in the place of the current one, which is first kept in `aside`.

    Returns where the current one was kept, or None when there was none. `Refused`, and nothing touched, when the file
    is missing, truncated, altered since its digest, not Balise's, or made by a newer version.
    """
    current = path_of(engine)
    _refuse_unless_ours(source)
    kept = _keep_aside(engine, current, aside)
    engine.dispose()
    above = _highest_revision(current)
    incoming = current.with_name(f"{current.name}.incoming")
    incoming.unlink(missing_ok=True)
    _copy(source, incoming)
    _raise_revisions(incoming, above)
    for leftover in (f"{current.name}-wal", f"{current.name}-shm"):
        current.with_name(leftover).unlink(missing_ok=True)
    incoming.replace(current)
    migrate.upgrade(engine)
    return kept


def is_known(revision: str) -> bool:
    """Whether this version of Balise has this schema revision; it has not when the database is a newer version's."""
    return revision in {script.revision for script in ScriptDirectory(str(migrate.FOLDER)).walk_revisions()}


def path_of(engine: Engine) -> Path:
    """The file of a SQLite database; `Refused` on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        raise Refused(ON_POSTGRESQL)
    return Path(engine.url.database or "")


def digest_path(path: Path) -> Path:
    """The file that holds a backup's SHA-256, as `sha256sum -c` reads it."""
    return path.with_name(f"{path.name}.sha256")


def _copy(source: Path, to: Path) -> None:
    """Copy by SQLite's own backup, which sees one consistent state, into a single file; verify what was written."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(to)) as copy:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _verify(copy)


def _verify(connection: sqlite3.Connection) -> None:
    verdicts = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    if verdicts != ["ok"]:
        raise sqlite3.DatabaseError(verdicts[0])


def _refuse_unless_ours(source: Path) -> None:
    nothing = "Rien n'a été changé."
    if not source.is_file():
        raise Refused(f"Le fichier {source} n'existe pas. {nothing}")
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Refused(f"{source} n'est pas une sauvegarde de Balise. {nothing}")
    noted = digest_path(source)
    if noted.exists() and noted.read_text(encoding="utf-8", errors="replace").split()[:1] != [_digest(source)]:
        raise Refused(f"{source} a été modifié depuis sa sauvegarde (son empreinte a changé). {nothing}")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            _verify(connection)
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            ours = {"alembic_version", "initiative", "act"} <= tables
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone() if ours else None
    except sqlite3.DatabaseError as problem:
        raise Refused(f"{source} est abîmé ou incomplet ({problem}). {nothing}") from None
    if revision is None:
        raise Refused(f"{source} est une base d'un autre logiciel, pas une sauvegarde de Balise. {nothing}")
    if not is_known(revision[0]):
        raise Refused(f"{source} vient d'une version plus récente de Balise : mettez Balise à jour d'abord. {nothing}")


def _keep_aside(engine: Engine, current: Path, aside: Path) -> Path | None:
    if not current.exists():
        current.parent.mkdir(parents=True, exist_ok=True)
        return None
    try:
        backup(engine, aside)
    except Refused:
        if aside.exists():
            raise
        shutil.copyfile(current, aside)  # damaged: kept as it is, byte for byte
    return aside


def _highest_revision(current: Path) -> int:
    """How far the revisions of the current database have gone; 0 when it cannot say."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(current)) as connection:
        row = connection.execute("SELECT max(n) FROM revision").fetchone()
        return int(row[0] or 0)
    return 0


def _raise_revisions(path: Path, above: int) -> None:
    """No revision comes back to a number that a cache has already seen."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE revision SET n = n + ?", (above,))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
