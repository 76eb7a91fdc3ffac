"""Backups as they are listed, and which of them make room for the next: pure, on names and instants."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from db.rules.vocabulary import Labelled

DAILY, WEEKLY, IMPORTS = 14, 8, 14
LONGEST = timedelta(days=365)
LATE = timedelta(hours=36)


class BackupKind(Labelled):
    """Why a backup was made: its code is in the name of its file."""

    AUTOMATIC = "automatique", "automatique"
    BY_HAND = "manuelle", "faite à la main"
    BEFORE_IMPORT = "avant-import", "avant un import"
    BEFORE_MIGRATION = "avant-migration", "avant une mise à jour"
    BEFORE_RESTORE = "avant-restauration", "avant une restauration"
    BEFORE_PURGE = "avant-purge", "avant une suppression définitive"


class Seal(Labelled):
    """What is known of a backup without reading it whole."""

    SEALED = "sealed", "vérifiée"
    CHANGED = "changed", "modifiée depuis"
    UNSEALED = "unsealed", "sans empreinte"


@dataclass(frozen=True, slots=True)
class Backup:
    """A file of the folder of backups; `size` in bytes."""

    name: str
    kind: BackupKind
    at: datetime
    size: int
    seal: Seal


@dataclass(frozen=True, slots=True)
class Shelf:
    """The backups of an installation, the newest first, and why the last automatic one failed, when it did.

    `commands` are those that save and restore a PostgreSQL database, which has no files here.
    """

    folder: str
    backups: tuple[Backup, ...] = ()
    failure: str | None = None
    commands: tuple[str, str] | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether nothing was saved for a day and a half, while a backup is due a day."""
        return not self.backups or now - self.backups[0].at > LATE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gesture on the backups did, or why it did not, in a sentence."""

    told: str
    has_failed: bool = False


def to_remove(backups: Iterable[Backup], now: datetime) -> tuple[Backup, ...]:
    """The backups that rotation takes away.

    Of the automatic ones, the newest of each of the last 14 days and of the last 8 weeks that have one are kept; of
    those made before an import, the last 14. The others stay for a year: nobody's erased details may outlive it. The
    newest of all stays, however old.
    """
    known = sorted(backups, key=lambda backup: (backup.at, backup.name), reverse=True)
    automatic = [backup for backup in known if backup.kind is BackupKind.AUTOMATIC]
    days, weeks = _newest_by(automatic, lambda day: day), _newest_by(automatic, lambda day: day.isocalendar()[:2])
    imports = [backup for backup in known if backup.kind is BackupKind.BEFORE_IMPORT]
    turning = {BackupKind.AUTOMATIC, BackupKind.BEFORE_IMPORT}
    kept = {*days[:DAILY], *weeks[:WEEKLY], *imports[:IMPORTS], *known[:1]}
    kept |= {backup for backup in known if backup.kind not in turning and now - backup.at <= LONGEST}
    return tuple(backup for backup in known if backup not in kept)


def _newest_by(backups: Iterable[Backup], period: Callable[[date], object]) -> list[Backup]:
    """The newest of each period, the newest period first, of backups in that order."""
    found: dict[object, Backup] = {}
    for backup in backups:
        found.setdefault(period(backup.at.astimezone(UTC).date()), backup)
    return list(found.values())


def is_due(backups: Iterable[Backup], today: date) -> bool:
    """Whether no automatic backup was made on this day (UTC)."""
    return not any(b.kind is BackupKind.AUTOMATIC and b.at.astimezone(UTC).date() == today for b in backups)
