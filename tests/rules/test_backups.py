from datetime import UTC, datetime, timedelta

import pytest

from db.rules.backups import DAILY, IMPORTS, WEEKLY, Backup, BackupKind, Seal, Shelf, is_due, to_remove

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def made(kind: BackupKind, days: float) -> Backup:
    """A backup made so many days ago."""
    at = NOW - timedelta(days=days)
    return Backup(f"balise-{kind}-{at:%Y%m%d-%H%M%S-%f}.db", kind, at, 1, Seal.SEALED)


def left(backups: list[Backup]) -> list[Backup]:
    gone = to_remove(backups, NOW)
    return [backup for backup in backups if backup not in gone]


def test_fourteen_days_and_eight_weeks_of_automatic_backups_are_kept():
    kept = left([made(BackupKind.AUTOMATIC, days) for days in range(200)])
    ages = [(NOW - backup.at).days for backup in kept]
    assert ages[:DAILY] == list(range(DAILY))
    weeks = {backup.at.date().isocalendar()[:2] for backup in kept}
    assert len(weeks) == WEEKLY
    assert max(ages) <= 7 * WEEKLY
    assert len(kept) == DAILY + WEEKLY - len({b.at.date().isocalendar()[:2] for b in kept[:DAILY]})


def test_days_when_nothing_ran_do_not_empty_the_shelf():
    backups = [made(BackupKind.AUTOMATIC, 300 + days) for days in range(10)]
    assert left(backups) == backups


def test_the_newest_of_a_day_is_the_one_that_stays():
    backups = [made(BackupKind.AUTOMATIC, 3 + hours / 24) for hours in range(5)]
    assert left([made(BackupKind.AUTOMATIC, 0), *backups])[1] == backups[0]


def test_the_last_imports_can_all_be_gone_back_before():
    backups = [made(BackupKind.BEFORE_IMPORT, number / 100) for number in range(40)]
    assert left(backups) == backups[:IMPORTS]


@pytest.mark.parametrize("kind", [BackupKind.BY_HAND, BackupKind.BEFORE_MIGRATION, BackupKind.BEFORE_RESTORE])
def test_what_was_made_by_hand_or_before_a_migration_stays_a_year_however_many(kind: BackupKind):
    recent = [made(kind, days) for days in range(1, 366)]
    assert left([made(BackupKind.AUTOMATIC, 0), *recent, made(kind, 366)]) == [made(BackupKind.AUTOMATIC, 0), *recent]


def test_the_only_backup_stays_however_old():
    assert left([made(BackupKind.BY_HAND, 4000)]) == [made(BackupKind.BY_HAND, 4000)]


def test_a_backup_is_due_a_day_whatever_else_was_saved():
    assert is_due([], NOW.date())
    assert is_due([made(BackupKind.BY_HAND, 0), made(BackupKind.AUTOMATIC, 1)], NOW.date())
    assert not is_due([made(BackupKind.AUTOMATIC, 0.2)], NOW.date())


def test_a_shelf_is_late_after_a_day_and_a_half():
    assert Shelf("", (made(BackupKind.AUTOMATIC, 1.6),)).is_late(NOW)
    assert not Shelf("", (made(BackupKind.BY_HAND, 0.1), made(BackupKind.AUTOMATIC, 9))).is_late(NOW)
    assert not Shelf("", (made(BackupKind.AUTOMATIC, 1.4),)).is_late(NOW)
