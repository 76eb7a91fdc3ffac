"""A SQLite database saved as one file with its digest, and brought back without losing the one in place."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from db import migrate
from db.engine import make_engine
from db.errors import BaliseError, Busy, Full, Refused
from db.failures import told_of, why

MAGIC = b"SQLite format 3\x00"
PARTIAL = ".partiel"
"""What the name of a copy ends with while it is being made: it is never taken for a backup."""
OURS_ALONE = 0o700
"""A folder of backups that Balise makes is opened by its own account alone: they hold everything."""
NOTHING = "Rien n'a été changé."
RUNNING = f"Balise est en marche, ou un autre programme a ouvert la base : arrêtez-les, puis recommencez. {NOTHING}"
TO_SAVE = 'pg_dump --format=custom --file=balise.dump "$DATABASE_URL"'
TO_RESTORE = (
    "pg_restore --clean --if-exists --no-owner --exit-on-error --single-transaction "
    '--dbname="$DATABASE_URL" balise.dump'
)
ON_POSTGRESQL = (
    "Cette installation est sur PostgreSQL : ses sauvegardes se font avec ses propres outils. "
    f"Pour sauvegarder, même en marche : {TO_SAVE} ; pour restaurer, Balise arrêtée : {TO_RESTORE} "
    "(puis « python -m db init » et « python -m db check »). "
    "DATABASE_URL s'y écrit « postgresql://… », sans « +psycopg »."
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database says of itself: how many démarches it holds, and when it was last written in."""

    initiatives: int
    last_act: datetime | None


def backup(engine: Engine, to: Path) -> int:
    """Save the database while it is in use, with its SHA-256 beside it; returns the size in bytes.

    `Refused` on PostgreSQL, when the file exists already, or when the copy is not sound; `Full` when there is no room
    for it. Nothing is then left of it.
    """
    source = path_of(engine)
    if not source.is_file():
        raise Refused(f"Il n'y a pas encore de base à sauvegarder ({source}) : lancez « python -m db init ».")
    if to.exists() or digest_path(to).exists():
        raise Refused(f"{to} existe déjà et n'a pas été touché : donnez un autre nom de fichier.")
    partial = to.with_name(f"{to.name}{PARTIAL}")
    with _nothing_left_of(partial, digest_path(to)):
        to.parent.mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
        _copy(source, partial)
        digest_path(to).write_text(f"{digest(partial)}  {to.name}\n", encoding="ascii")
        partial.replace(to)
    return to.stat().st_size


def restore(engine: Engine, source: Path, aside: Path) -> Path | None:
    """Put a saved database in the place of the current one, which is first kept in `aside`. Nobody else may use it.

    Returns where the current one was kept, or None when there was none. `Refused`, and nothing touched, when the file
    is missing, truncated, altered since its digest, not Balise's, or made by a newer version, or when the current
    database is open elsewhere. Who was signed in signs in again: a session closed since must not come back.
    """
    current = path_of(engine)
    refuse_unless_ours(source)
    engine.dispose()
    _refuse_while_in_use(current)
    kept = _keep_aside(engine, current, aside)
    incoming = current.with_name(f"{current.name}.incoming")
    incoming.unlink(missing_ok=True)
    with _nothing_left_of(incoming):
        _copy(source, incoming)
        _bring_up(incoming, _highest_revision(current))
        for leftover in (f"{current.name}-wal", f"{current.name}-shm"):
            current.with_name(leftover).unlink(missing_ok=True)
        incoming.replace(current)
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


def noted_digest(path: Path) -> str | None:
    """The SHA-256 noted beside a backup; None when there is none, « » when what is there cannot be read as one."""
    noted = digest_path(path)
    if not noted.exists():
        return None
    return next(iter(noted.read_text(encoding="utf-8", errors="replace").split()), "")


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_unless_ours(source: Path) -> None:
    """Raise `Refused`, in a sentence, unless this file is a sound backup that this version can read."""
    if not source.is_file():
        raise Refused(f"Le fichier {source} n'existe pas. {NOTHING}")
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Refused(f"{source} n'est pas une sauvegarde de Balise. {NOTHING}")
    noted = noted_digest(source)
    if noted is not None and noted != digest(source):
        raise Refused(f"{source} a été modifié depuis sa sauvegarde (son empreinte a changé). {NOTHING}")
    try:
        with closing(_reading(source)) as connection:
            _verify(connection)
            revision = _revision(connection)
    except sqlite3.DatabaseError as problem:
        raise Refused(f"{source} est abîmé ou incomplet ({problem}). {NOTHING}") from None
    if revision is None:
        raise Refused(f"{source} est une base d'un autre logiciel, pas une sauvegarde de Balise. {NOTHING}")
    if not is_known(revision):
        raise Refused(f"{source} vient d'une version plus récente de Balise : mettez Balise à jour d'abord. {NOTHING}")


def facts(path: Path) -> Facts | None:
    """What a database says of itself; None when it cannot be read."""
    if not path.is_file():
        return None
    with suppress(sqlite3.DatabaseError, ValueError), closing(sqlite3.connect(path)) as connection:
        count = "SELECT count(*) FROM initiative WHERE archived_at IS NULL"
        (initiatives,), (last,) = (
            connection.execute(query).fetchone() for query in (count, "SELECT max(at_utc) FROM act")
        )
        return Facts(initiatives, datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None)
    return None


@contextmanager
def _nothing_left_of(*paths: Path) -> Iterator[None]:
    """Remove these files when what is done inside fails, and say why."""
    try:
        yield
    except BaseException as problem:
        for path in paths:
            for leftover in (path, path.with_name(f"{path.name}-journal"), path.with_name(f"{path.name}-wal")):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)
        if isinstance(problem, sqlite3.Error | OSError):
            raise _failure(problem) from problem
        raise


def _failure(problem: sqlite3.Error | OSError) -> BaliseError:
    told = told_of(problem)
    if isinstance(told, Full):
        return Full(
            f"Il n'y a pas assez de place sur le disque : la copie n'est pas faite. {NOTHING} Libérez de la place."
        )
    if isinstance(problem, OSError):
        return Refused(
            f"La copie n'a pas pu être écrite ({why(problem)}) : rien n'a été sauvegardé. Vérifiez le dossier."
        )
    if isinstance(problem, sqlite3.OperationalError) and told is not None:
        return told
    return Refused(f"La base est abîmée ({problem}) : rien n'a été sauvegardé. Restaurez une sauvegarde.")


def _copy(source: Path, to: Path) -> None:
    """Copy by SQLite's own backup, which sees one consistent state, into a single file; verify what was written."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(to)) as copy:
        origin.backup(copy)
        _as_one_file(copy)
        _verify(copy)
        revision = _revision(copy)
    if revision is None or not is_known(revision):
        raise Refused("Cette base n'est pas celle d'une version connue de Balise : rien n'a été sauvegardé.")


def _as_one_file(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=DELETE")


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, not even a file beside this one."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _verify(connection: sqlite3.Connection) -> None:
    verdicts = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    if verdicts != ["ok"]:
        raise sqlite3.DatabaseError(verdicts[0])
    stray = connection.execute("PRAGMA foreign_key_check").fetchone()
    if stray is not None:
        raise sqlite3.DatabaseError(f"une ligne de {stray[0]} renvoie à une ligne de {stray[2]} qui n'existe pas")


def _revision(connection: sqlite3.Connection) -> str | None:
    """The schema revision of a database of Balise; None when it is another software's."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "initiative", "act"} <= tables:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _refuse_while_in_use(current: Path) -> None:
    """Leaving the WAL asks SQLite for the whole file: it says no while anybody else has it open."""
    if not current.exists():
        return
    try:
        with closing(sqlite3.connect(current, timeout=1)) as connection:
            _as_one_file(connection)
    except sqlite3.DatabaseError as problem:
        if isinstance(told_of(problem), Busy):
            raise Refused(RUNNING) from None


def _keep_aside(engine: Engine, current: Path, aside: Path) -> Path | None:
    if not current.exists():
        current.parent.mkdir(parents=True, exist_ok=True)
        return None
    try:
        backup(engine, aside)
    except Full:
        raise
    except BaliseError:
        if aside.exists():
            raise
        with _nothing_left_of(aside):
            shutil.copyfile(current, aside)  # damaged: kept as it is, byte for byte
    engine.dispose()
    return aside


def _highest_revision(current: Path) -> int:
    """How far the revisions of the current database have gone; 0 when it cannot say."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(current)) as connection:
        row = connection.execute("SELECT max(n) FROM revision").fetchone()
        return int(row[0] or 0)
    return 0


def _bring_up(path: Path, above: int) -> None:
    """Bring a copy to this version's schema, before it takes anybody's place. No revision comes back to a number that
    a cache has already seen, nor a session or a key to one that was closed since."""
    fresh = make_engine(f"sqlite:///{path}")
    migrate.upgrade(fresh)
    fresh.dispose()
    with closing(sqlite3.connect(path)) as connection:
        with connection:
            connection.execute("UPDATE revision SET n = n + ?", (above,))
            connection.execute("DELETE FROM web_session")
            connection.execute("DELETE FROM account_key")
        _as_one_file(connection)
        _verify(connection)
