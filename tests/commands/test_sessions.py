"""Signing in and out: who is let in, for how long, how failures are slowed, what is kept of secrets."""

from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, func, select, text

from db.commands import passwords, sessions, ways_in
from db.commands.passwords import keep_password
from db.commands.sessions import TooMany
from db.engine import reading, writing
from db.errors import Refused
from db.models import Act, Credential, Throttle, WebSession
from db.rules.ways_in import FAILURES_FORGOTTEN, IDLE, LONGEST
from tests.commands.coming_in import HOME, MINUTE, NOW, PASSWORD, QUICK, account_of, invited, is_in, settled, signs_in
from tests.conftest import ON, viewer_in


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHING", QUICK)


def fails(engine: Engine, times: int, login: str = "claire.martin", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(Refused):
            signs_in(engine, login, "pas le bon du tout", address=address)


def test_who_chose_a_password_signs_in_with_it_and_out_again(engine: Engine) -> None:
    settled(engine)
    secret = signs_in(engine)
    assert is_in(engine, secret)
    with writing(engine) as session:
        sessions.sign_out(session, secret, at=NOW)
    assert not is_in(engine, secret)


def test_a_login_is_read_whatever_its_capitals_and_a_password_whatever_its_accents_are_made_of(engine: Engine) -> None:
    secret = invited(engine)
    with writing(engine) as session:
        ways_in.choose_password(session, secret=secret, password="été à la rivière", at=NOW)
    assert is_in(engine, signs_in(engine, " Claire.MARTIN ", "e\u0301te\u0301 a\u0300 la rivie\u0300re"))


def test_an_unknown_login_a_wrong_password_a_closed_access_and_the_machine_are_refused_in_the_same_words(
    engine: Engine,
) -> None:
    account = settled(engine)
    settled(engine, "administratrice")
    invited(engine, "pas.encore")
    told = set()
    with writing(engine) as session:
        ways_in.disable_account(session, viewer_in(engine), account_id=account, on=ON, at=NOW)
    attempts = [("inconnue", PASSWORD), ("administratrice", "un autre mot"), ("claire.martin", PASSWORD)]
    for place, (login, password) in enumerate([*attempts, ("pas.encore", PASSWORD), ("local", PASSWORD)]):
        with pytest.raises(Refused) as refusal:
            signs_in(engine, login, password, address=f"192.0.2.{place}")
        told.add(refusal.value.message)
    assert len(told) == 1


def test_the_same_work_is_done_for_a_login_that_nobody_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []

    class Counting(PasswordHash):
        def verify_and_update(self, password: str | bytes, hash: str | bytes) -> tuple[bool, str | None]:
            worked.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify_and_update(password, hash)

    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "HASHING", Counting([Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1)]))
    known = passwords.hashed(PASSWORD)
    assert passwords.proved("autre chose", known)[0] is False
    assert passwords.proved("autre chose", None)[0] is False
    assert passwords.proved("personne n'a ce mot de passe", None)[0] is False
    assert len(worked) == 3
    assert len(set(worked)) == 1


def test_five_failures_on_an_account_make_it_wait_from_wherever_they_came(engine: Engine) -> None:
    settled(engine)
    for place in range(5):
        fails(engine, 1, address=f"192.0.2.{place}")
    with pytest.raises(TooMany, match="une minute"):
        signs_in(engine, address="198.51.100.1")
    assert is_in(engine, signs_in(engine, at=NOW + MINUTE, address="198.51.100.1"))


def test_five_failures_from_an_address_make_it_wait_whichever_account_it_tries(engine: Engine) -> None:
    settled(engine)
    for place in range(5):
        fails(engine, 1, login=f"inconnue{place}")
    with pytest.raises(TooMany):
        signs_in(engine)
    assert is_in(engine, signs_in(engine, address="198.51.100.1"))


def test_attempts_at_the_same_instant_are_counted_before_any_is_tried(engine: Engine) -> None:
    settled(engine)
    with writing(engine) as session:
        for _ in range(5):
            sessions.attempt(session, login="claire.martin", address=HOME, at=NOW)
    with pytest.raises(TooMany):
        signs_in(engine)


def test_signing_in_forgives_the_account_but_leaves_the_address_the_failures_of_others(engine: Engine) -> None:
    settled(engine)
    fails(engine, 3, login="inconnue")
    fails(engine, 1)
    signs_in(engine)
    fails(engine, 1)
    with reading(engine) as session:
        assert sorted(session.scalars(select(Throttle.failures))) == [1, 3, 5]
    with pytest.raises(TooMany):
        signs_in(engine)


def test_failures_are_forgotten_after_half_a_day(engine: Engine) -> None:
    settled(engine)
    fails(engine, 5)
    signs_in(engine, at=NOW + FAILURES_FORGOTTEN + MINUTE)
    with reading(engine) as session:
        assert session.scalar(select(func.max(Throttle.failures))) == 0


def test_no_session_outlives_its_idle_hour_nor_its_half_day(engine: Engine) -> None:
    settled(engine)
    secret = signs_in(engine)
    assert is_in(engine, secret, NOW + IDLE - MINUTE)
    assert not is_in(engine, secret, NOW + IDLE)
    at = NOW
    while at < NOW + LONGEST:  # somebody who never stops
        with reading(engine) as session:
            found = sessions.presence(session, secret, at=at)
        assert found is not None
        assert found.is_open
        sessions.seen(engine, found, at=at)
        at += IDLE / 2
    assert not is_in(engine, secret, NOW + LONGEST)


def test_being_seen_is_written_once_a_minute(engine: Engine) -> None:
    settled(engine)
    secret = signs_in(engine)
    for seconds in (10, 59, 61, 90):
        at = NOW + timedelta(seconds=seconds)
        with reading(engine) as session:
            found = sessions.presence(session, secret, at=at)
        assert found is not None
        sessions.seen(engine, found, at=at)
    with reading(engine) as session:
        assert session.scalars(select(WebSession.seen_at)).one() == NOW + timedelta(seconds=61)


def test_an_idle_session_still_says_whose_drafts_are_typed_in_and_an_ended_one_does_not(engine: Engine) -> None:
    settled(engine)
    idle, left = signs_in(engine), signs_in(engine)
    with writing(engine) as session:
        sessions.sign_out(session, left, at=NOW)
    with reading(engine) as session:
        found = [sessions.presence(session, secret, at=NOW + IDLE) for secret in (idle, left)]
    assert [(one.is_open, one.was_ended) for one in found if one] == [(False, False), (False, True)]


@pytest.mark.parametrize("forged", ["", "x", "\u00e9", "local", "' OR 1=1 --", "0" * 5000])
def test_a_forged_cookie_opens_nothing(sqlite_engine: Engine, forged: str) -> None:
    settled(sqlite_engine)
    secret = signs_in(sqlite_engine)
    assert not is_in(sqlite_engine, forged)
    assert not is_in(sqlite_engine, secret[:-1])
    with reading(sqlite_engine) as session:
        digest = session.scalars(select(WebSession.digest)).one()
    assert not is_in(sqlite_engine, digest)


def test_the_database_holds_no_secret(sqlite_engine: Engine) -> None:
    key = invited(sqlite_engine)
    with writing(sqlite_engine) as session:
        ways_in.choose_password(session, secret=key, password=PASSWORD, at=NOW)
    secret = signs_in(sqlite_engine)
    held = []
    with sqlite_engine.connect() as connection:
        for (table,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all():
            held.append(repr(connection.execute(text(f'SELECT * FROM "{table}"')).all()))
    assert "claire.martin" in "".join(held)
    assert [word for word in (key, secret, PASSWORD) if word in "".join(held)] == []


def test_a_password_kept_the_old_way_is_kept_the_new_way_at_the_next_sign_in(engine: Engine) -> None:
    account = settled(engine)
    old = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=2048, parallelism=1)]).hash(PASSWORD)
    with writing(engine) as session:
        keep_password(session, account, old)
    assert is_in(engine, signs_in(engine))
    with reading(engine) as session:
        kept = session.get_one(Credential, account).password_hash
    assert kept.startswith("$argon2id$")
    assert kept.split("$")[3] != old.split("$")[3]
    assert is_in(engine, signs_in(engine))


def test_signing_in_writes_no_act(engine: Engine) -> None:
    settled(engine)
    with reading(engine) as session:
        before = session.scalar(select(func.count(Act.id)))
    signs_in(engine)
    with reading(engine) as session:
        assert session.scalar(select(func.count(Act.id))) == before


def test_a_session_may_be_opened_for_who_was_recognised_otherwise(engine: Engine) -> None:
    invited(engine)
    with writing(engine) as session:
        secret = sessions.open_session(session, account_of(engine, "claire.martin"), at=NOW)
    assert is_in(engine, secret)
