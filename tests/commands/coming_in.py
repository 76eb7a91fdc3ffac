"""Somebody invited, their password chosen, and their sessions, at instants that the tests give."""

from datetime import UTC, date, datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, select

from db.commands import sessions, ways_in
from db.engine import reading, writing
from db.models import Account
from db.rules.access import Role
from db.viewer import Viewer, viewer_named
from tests.conftest import ON, viewer_in

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
PASSWORD = "quatre mots sans rapport"
EVALUATED = "31/12/2030"
"""The end of the role of who evaluates, which is never without one."""
HOME = "192.0.2.7"
MINUTE = timedelta(minutes=1)
QUICK = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1)])
"""The same way of keeping passwords, made light: hundreds of them are chosen and tried here."""


def invited(
    engine: Engine,
    login: str = "claire.martin",
    *,
    role: Role = Role.COORDINATOR,
    secret: str | None = None,
    starts_on: date = ON,
    at: datetime = NOW,
) -> str:
    """Invite somebody; gives the secret of their link."""
    secret = secret or sessions.new_secret()
    ends = EVALUATED if role is Role.EVALUATOR else None
    with writing(engine) as session:
        ways_in.invite(
            session, viewer_in(engine), login=login, function=f"Fonction de {login}", role=role, secret=secret,
            starts_on=starts_on, ends=ends, at=at,
        )  # fmt: skip
    return secret


def settled(engine: Engine, login: str = "claire.martin", *, role: Role = Role.COORDINATOR) -> int:
    """Somebody invited who chose a password; gives their account."""
    secret = invited(engine, login, role=role)
    with writing(engine) as session:
        ways_in.choose_password(session, secret=secret, password=PASSWORD, at=NOW)
    return account_of(engine, login)


def account_of(engine: Engine, login: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(Account.id).where(Account.login == login)).one()


def viewer_of(engine: Engine, login: str) -> Viewer:
    with reading(engine) as session:
        return viewer_named(session, login, ON)


def signs_in(
    engine: Engine, login: str = "claire.martin", password: str = PASSWORD, *, at: datetime = NOW, address: str = HOME
) -> str:
    """The secret of the cookie of a new session, as the route that signs in opens it."""
    with writing(engine) as session:
        tried = sessions.attempt(session, login=login, address=address, at=at)
    tried = sessions.prove(tried, password)
    with writing(engine) as session:
        return sessions.sign_in(session, tried, at=at, device="Firefox sur Linux")


def is_in(engine: Engine, secret: str, at: datetime = NOW) -> bool:
    with reading(engine) as session:
        found = sessions.presence(session, secret, at=at)
    return found is not None and found.is_open
