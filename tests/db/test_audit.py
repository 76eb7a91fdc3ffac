from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import shelf
from db.audit import weaknesses
from db.commands.accounts import open_account
from db.commands.texts import write_text
from db.engine import writing
from db.models import Credential
from db.rules.access import Role
from db.rules.backups import BackupKind
from db.rules.legal import LegalText
from db.settings import Access, Settings
from db.viewer import Viewer
from tests.conftest import ON

HTTPS = "https://balise.ville.example"


def told(engine: Engine, at: datetime | None = None, **settings: object) -> list[str]:
    given = {"access": Access.ACCOUNTS, "public_url": HTTPS, **settings}
    return [one.code for one in weaknesses(engine, Settings(**given), at or datetime.now(UTC))]


@pytest.fixture
def sound(sqlite_engine: Engine, viewer: Viewer) -> Engine:
    """An installation in which nothing is weak."""
    for name in LegalText:
        with writing(sqlite_engine) as session:
            write_text(session, viewer, name=name.value, text="Ville de Test")
    with writing(sqlite_engine) as session:
        account = open_account(
            session, viewer, login="camille", function="Direction", role=Role.ADMINISTRATOR, starts_on=ON
        )
        session.add(Credential(account_id=account.id, password_hash="$argon2id$x"))
    base = Path(str(sqlite_engine.url.database))
    shelf.save(sqlite_engine, BackupKind.BY_HAND)
    for path in (base, *base.parent.glob(f"{base.name}-*")):
        path.chmod(0o600)
    shelf.folder(sqlite_engine).chmod(0o700)
    return sqlite_engine


def test_nothing_is_said_of_a_sound_installation(sound: Engine):
    assert told(sound) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"test_sign_in": True}, "test_sign_in"),
        ({"public_url": "http://balise.ville.example"}, "no_tls"),
        ({"trusted_proxy": "*"}, "any_proxy"),
        ({"trusted_proxy": "10.0.0.2, 0.0.0.0/0"}, "any_proxy"),
    ],
)
def test_a_weak_setting_is_told(sound: Engine, settings: dict[str, object], code: str):
    assert told(sound, **settings) == [code]


def test_a_machine_of_one_s_own_needs_neither_tls_nor_legal_texts(sqlite_engine: Engine):
    found = told(sqlite_engine, access=Access.LOCAL, public_url="")
    assert set(found) & {"no_tls", "legal_text", "no_administrator"} == set()


def test_a_base_or_backups_that_others_may_read_are_told(sound: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("db.audit._is_shut_above", lambda _path: False)
    base = Path(str(sound.url.database))
    base.chmod(0o644)
    assert told(sound) == ["open_file"]
    base.chmod(0o600)
    shelf.folder(sound).chmod(0o750)
    assert told(sound) == ["open_file"]


def test_backups_that_are_missing_or_old_are_told(sound: Engine):
    assert told(sound, at=datetime.now(UTC) + timedelta(days=3)) == ["old_backup"]
    for path in shelf.folder(sound).iterdir():
        path.unlink()
    assert told(sound) == ["no_backup"]


def test_an_installation_that_nobody_administers_with_a_password_is_told(sound: Engine):
    with writing(sound) as session:
        session.query(Credential).delete()
    assert told(sound) == ["no_administrator", "no_password"]


def test_each_legal_text_still_to_be_completed_is_told(sound: Engine, viewer: Viewer):
    with writing(sound) as session:
        write_text(session, viewer, name=LegalText.NOTICES.value, text="[à compléter : l'éditeur]")
    assert told(sound) == ["legal_text"]


def test_whatever_is_told_says_in_french_what_to_do(sqlite_engine: Engine):
    settings = Settings(access=Access.ACCOUNTS, public_url="http://x.example", trusted_proxy="*", test_sign_in=True)
    found = weaknesses(sqlite_engine, settings, datetime.now(UTC))
    assert len(found) >= 6
    assert all(one.found.endswith(".") and one.todo.endswith((".", "».")) for one in found)
    assert [one.is_grave for one in found] == sorted((one.is_grave for one in found), reverse=True)
