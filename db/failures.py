"""When the database or its disk fails: the sentence for it, apart from the defects of the application."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from db.errors import BaliseError, Busy, Full, Unavailable

KEPT = "Rien n'a été enregistré, rien de ce qui l'était n'est perdu"
AGAIN = "ce que vous avez tapé est gardé"
BUSY = (
    f"Une autre écriture est en cours depuis plusieurs secondes (un import, par exemple). {KEPT}, et {AGAIN} : "
    "réessayez dans un instant."
)
FULL = (
    f"Il n'y a plus de place sur le disque du serveur. {KEPT}. Prévenez la personne qui administre Balise, "
    "puis réessayez : rien n'est à redémarrer."
)
DISK = f"Le disque du serveur a refusé de lire ou d'écrire. {KEPT}. Prévenez la personne qui administre Balise."
READ_ONLY = (
    f"La base est en lecture seule : le fichier, ou son dossier, est protégé. {KEPT}. "
    "Prévenez la personne qui administre Balise : il faut rendre à Balise le droit d'y écrire."
)
MISSING = (
    "Le fichier de la base n'est plus à sa place. Rien n'a été enregistré. Prévenez la personne qui administre "
    "Balise : il faut arrêter Balise, remettre le fichier ou restaurer une sauvegarde, puis redémarrer."
)
DAMAGED = (
    "Le fichier de la base est abîmé. Rien n'a été enregistré. Prévenez la personne qui administre Balise : il faut "
    "arrêter Balise, restaurer une sauvegarde, puis redémarrer."
)
SILENT = (
    f"Le serveur de la base ne répond pas. {KEPT}. Réessayez dans un instant ; si cela dure, "
    "prévenez la personne qui administre Balise."
)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
OF_SQLITE = {
    "READONLY_DBMOVED": MISSING,
    "CANTOPEN": MISSING,
    "READONLY": READ_ONLY,
    "PERM": READ_ONLY,
    "IOERR": DISK,
    "CORRUPT": DAMAGED,
    "NOTADB": DAMAGED,
}
BUSY_STATES = {"55P03", "40P01", "40001"}  # a lock not had in time, a deadlock, two writers that cannot both be
"""States of PostgreSQL, from its appendix A."""
FULL_STATE, READ_ONLY_STATE, CUT_STATES = "53100", "25006", ("08", "57P")


WHY = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.EEXIST: "un fichier porte le nom du dossier",
    errno.ENOTDIR: "un fichier porte le nom d'un dossier",
    errno.ENOENT: "le dossier n'existe plus",
    errno.EIO: "le disque ne répond pas",
} | dict.fromkeys(NO_ROOM, "plus de place sur le disque")


def why(problem: OSError) -> str:
    """What the system refused, in a few words of French."""
    return WHY.get(problem.errno or 0, f"erreur {problem.errno} du système")


def told_of(problem: BaseException) -> BaliseError | None:
    """The sentence for a failure of the database or of its disk; None for anything else, which is a defect."""
    if isinstance(problem, DBAPIError):
        cause = problem.orig
        if isinstance(cause, sqlite3.Error):
            return _of_sqlite(cause)
        state = getattr(cause, "sqlstate", None)
        is_cut = problem.connection_invalidated or (state is None and isinstance(problem, OperationalError))
        return _of_postgresql(state, is_cut)
    if isinstance(problem, sqlite3.Error):
        return _of_sqlite(problem)
    if isinstance(problem, OSError) and problem.errno in NO_ROOM:
        return Full(FULL)
    return None


@contextmanager
def explained() -> Iterator[None]:
    """Have the failures of the database raised inside come out as sentences."""
    try:
        yield
    except DBAPIError as problem:
        told = told_of(problem)
        if told is None:
            raise
        raise told from problem


def _of_sqlite(problem: sqlite3.Error) -> BaliseError | None:
    """By the name of SQLite's own result: « SQLITE_BUSY_SNAPSHOT » is a « BUSY »."""
    name = str(getattr(problem, "sqlite_errorname", "")).removeprefix("SQLITE_")
    if name.startswith(("BUSY", "LOCKED")):
        return Busy(BUSY)
    if name.startswith("FULL"):
        return Full(FULL)
    for start, sentence in OF_SQLITE.items():
        if name.startswith(start):
            return Unavailable(sentence)
    if str(problem) == "no such table: revision":  # SQLite made an empty file where there was none
        return Unavailable(MISSING)
    return None


def _of_postgresql(state: str | None, is_cut: bool) -> BaliseError | None:
    if state in BUSY_STATES:
        return Busy(BUSY)
    if state == FULL_STATE:
        return Full(FULL)
    if state == READ_ONLY_STATE:
        return Unavailable(READ_ONLY)
    if is_cut or (state or "").startswith(CUT_STATES):
        return Unavailable(SILENT)
    return None
