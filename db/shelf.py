"""The folder of backups: what is in it, what Balise adds to it by itself, and what leaves to make room (SQLite)."""

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.backup import (
    OURS_ALONE,
    PARTIAL,
    TO_RESTORE,
    TO_SAVE,
    backup,
    digest,
    digest_path,
    noted_digest,
    path_of,
    refuse_unless_ours,
)
from db.engine import engine
from db.errors import BaliseError, Refused
from db.failures import why
from db.models.base import now_utc
from db.rights import Operation
from db.rules.backups import Backup, BackupKind, Outcome, Seal, Shelf, is_due, to_remove
from db.settings import settings
from db.viewer import Viewer, require

logger = logging.getLogger("balise.sauvegarde")
FOLDER = "sauvegardes"
STAMP = "%Y%m%d-%H%M%S-%f"
ABANDONED = 3600.0
"""After how many seconds a copy that nobody finished is one that was interrupted."""
UNKNOWN = "Cette sauvegarde n'existe pas, ou n'existe plus. Revenez à la page « Sauvegardes »."
_failures: dict[str, str] = {}
"""Why the last automatic backup of each database failed, for as long as this server runs and none succeeds."""


def folder(of: Engine) -> Path:
    """Where the backups of this database are."""
    return settings().backup_dir or path_of(of).parent / FOLDER


def new_path(of: Engine, kind: BackupKind) -> Path:
    """Where a backup made now goes: the database, why and when are in its name."""
    return folder(of) / f"{path_of(of).stem}-{kind}-{now_utc().strftime(STAMP)}.db"


def kept(of: Engine) -> tuple[Backup, ...]:
    """The backups of this database, the newest first; empty when there is no folder yet."""
    kinds = "|".join(re.escape(kind) for kind in BackupKind)
    named = re.compile(rf"{re.escape(path_of(of).stem)}-({kinds})-(\d{{8}}-\d{{6}}-\d{{6}})\.db")
    found = []
    for path in folder(of).glob("*.db"):
        if match := named.fullmatch(path.name):
            at = datetime.strptime(match[2], STAMP).replace(tzinfo=UTC)
            with suppress(FileNotFoundError):  # another process may be making room at this instant
                found.append(Backup(path.name, BackupKind(match[1]), at, path.stat().st_size, _seal(path)))
    return tuple(sorted(found, key=lambda backup: (backup.at, backup.name), reverse=True))


def save(of: Engine, kind: BackupKind) -> Path:
    """Make a backup, then take away those whose time is over. Raises what `db.backup.backup` raises."""
    path = new_path(of, kind)
    backup(of, path)
    _rotate(of)
    return path


def keep_daily(of: Engine) -> Path | None:
    """Make today's backup unless there is one, whichever process made it; None when there was nothing to do.

    A failure is a sentence in the log and on the page « Sauvegardes », never an error: what it protects goes on.
    """
    if of.dialect.name != "sqlite":
        return None
    try:
        made = _daily(of)
    except (BaliseError, OSError) as problem:
        _note_failure(of, problem, "La sauvegarde automatique du jour n'a pas pu se faire")
        return None
    if made is not None:
        _failures.pop(str(path_of(of)), None)
        logger.info("sauvegarde du jour : %s", made)
    return made


def before_import(of: Engine | None = None) -> str | None:
    """Make the backup that precedes an import; the sentence to show when it could not be made, which stops nothing."""
    base = of or engine()
    if base.dialect.name != "sqlite":
        return None
    try:
        save(base, BackupKind.BEFORE_IMPORT)
    except (BaliseError, OSError) as problem:
        return _note_failure(base, problem, "La sauvegarde d'avant l'import n'a pas pu se faire")
    return None


def before_purge(session: Session) -> str | None:
    """Make the backup without which nothing is deleted for good: its name; None on PostgreSQL, which has its own tools.

    Raises Refused when it cannot be made, and what `db.backup.backup` raises."""
    of = _engine_of(session)
    if of.dialect.name != "sqlite":
        return None
    try:
        return save(of, BackupKind.BEFORE_PURGE).name
    except OSError as problem:
        raise Refused(f"{_words(problem)} Sans sauvegarde, rien n'est supprimé.") from problem


def listing(session: Session, viewer: Viewer) -> Shelf:
    """The backups, for the page that shows them. Raises Refused for whoever does not administer."""
    require(viewer, Operation.ADMINISTER, None)
    of = _engine_of(session)
    if of.dialect.name != "sqlite":
        return Shelf("", commands=(TO_SAVE, TO_RESTORE))
    return Shelf(str(folder(of)), kept(of), _failures.get(str(path_of(of))))


def save_now(session: Session, viewer: Viewer) -> Outcome:
    """Make a backup by hand. Raises Refused for whoever does not administer; any other trouble is told."""
    require(viewer, Operation.ADMINISTER, None)
    try:
        made = save(_engine_of(session), BackupKind.BY_HAND)
    except (BaliseError, OSError) as problem:
        return Outcome(_words(problem), has_failed=True)
    return Outcome(f"Sauvegarde faite et vérifiée : {made.name}.")


def verify_all(session: Session, viewer: Viewer) -> Outcome:
    """Read every backup whole again. Raises Refused for whoever does not administer."""
    require(viewer, Operation.ADMINISTER, None)
    of = _engine_of(session)
    wrong = []
    for item in kept(of):
        try:
            refuse_unless_ours(folder(of) / item.name)
        except (BaliseError, OSError) as problem:
            wrong.append(_words(problem).removesuffix(" Rien n'a été changé."))
    if wrong:
        return Outcome(" ".join(wrong), has_failed=True)
    return Outcome("Toutes les sauvegardes sont lisibles, entières et telles qu'elles ont été faites.")


def file_of(session: Session, viewer: Viewer, name: str) -> Path:
    """The file of a backup, to be downloaded. Raises Refused for whoever does not administer, and for any other name
    than those of the list: no path leads elsewhere."""
    require(viewer, Operation.ADMINISTER, None)
    of = _engine_of(session)
    if of.dialect.name != "sqlite" or name not in {item.name for item in kept(of)}:
        raise Refused(UNKNOWN)
    return folder(of) / name


def _daily(of: Engine) -> Path | None:
    today = now_utc().date()
    if not path_of(of).is_file() or not is_due(kept(of), today):
        return None
    folder(of).mkdir(mode=OURS_ALONE, parents=True, exist_ok=True)
    with _alone(folder(of) / f"{path_of(of).stem}-{today:%Y%m%d}{PARTIAL}") as is_alone:
        if not is_alone or not is_due(kept(of), today):
            return None
        return save(of, BackupKind.AUTOMATIC)


@contextmanager
def _alone(claim: Path) -> Iterator[bool]:
    """Whether no other process is at this; the file that says so goes at the end, and is not believed for ever."""
    with suppress(FileNotFoundError):
        if time.time() - claim.stat().st_mtime > ABANDONED:
            claim.unlink()
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        claim.unlink(missing_ok=True)


def _rotate(of: Engine) -> None:
    for old in to_remove(kept(of), now_utc()):
        path = folder(of) / old.name
        for leaving in (path, digest_path(path)):
            with suppress(OSError):
                leaving.unlink(missing_ok=True)
    for interrupted in folder(of).glob(f"{path_of(of).stem}-*{PARTIAL}"):
        with suppress(OSError):
            if time.time() - interrupted.stat().st_mtime > ABANDONED:
                interrupted.unlink()


def _seal(path: Path) -> Seal:
    """What the digest says, worked out again only when the file seems to have been touched since."""
    noted = digest_path(path)
    if not noted.is_file():
        return Seal.UNSEALED
    written = path.stat()
    if written.st_size and written.st_mtime_ns <= noted.stat().st_mtime_ns:
        return Seal.SEALED
    is_same = _digest_at(path, written.st_mtime_ns, written.st_size) == noted_digest(path)
    return Seal.SEALED if is_same else Seal.CHANGED


@lru_cache(maxsize=256)
def _digest_at(path: Path, _written: int, _size: int) -> str:
    """A digest, kept for as long as the file stays as it is; the instant and the size are there for the key alone."""
    return digest(path)


def _note_failure(of: Engine, problem: BaliseError | OSError, what: str) -> str:
    told = f"{what}. {_words(problem)}"
    _failures[str(path_of(of))] = told
    logger.error("%s", told)
    return told


def _words(problem: BaliseError | OSError) -> str:
    if isinstance(problem, BaliseError):
        return problem.message
    return f"Le dossier des sauvegardes n'a pas pu être lu ou écrit ({why(problem)})."


def _engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine
