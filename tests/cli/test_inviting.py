"""`python -m db invite`: the first access of a shared installation, and a link for who lost theirs."""

import re

import pytest
from sqlalchemy import Engine, select

from db.__main__ import main
from db.cli import inviting, upkeep
from db.commands import ways_in
from db.engine import reading
from db.models import Account, Grant
from db.models.base import now_utc
from db.rules.access import AccountKeyKind, Role
from db.settings import Settings


@pytest.fixture
def shared(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An installation whose public address is known."""
    monkeypatch.setattr(upkeep, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(inviting, "settings", lambda: Settings(public_url="https://balise.exemple.fr/"))
    return sqlite_engine


def link(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What was said, and the secret of the link that was printed."""
    told = capsys.readouterr().out
    found = re.search(r"^https://balise\.exemple\.fr/acces/([\w-]{43})$", told, re.MULTILINE)
    assert found is not None
    return told, found[1]


def test_the_first_access_administers_and_its_link_is_printed(
    shared: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invite", "Claire.Martin", "--function", "Direction"]) == 0
    told, secret = link(capsys)
    assert "7 jours" in told
    with reading(shared) as session:
        key = ways_in.key_told(session, secret, at=now_utc())
        role = session.execute(
            select(Grant.role, Grant.initiative_id)
            .join(Account, Account.id == Grant.account_id)
            .where(Account.login == "claire.martin")
        ).one()
    assert (key.kind, key.login) == (AccountKeyKind.INVITATION, "claire.martin")
    assert tuple(role) == (Role.ADMINISTRATOR, None)


def test_who_lost_their_link_is_made_another(shared: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    main(["invite", "claire.martin", "--function", "Direction", "--role", "coordinator"])
    _, lost = link(capsys)
    assert main(["invite", "claire.martin"]) == 0
    _, secret = link(capsys)
    with reading(shared) as session:
        assert ways_in.key_told(session, secret, at=now_utc()).login == "claire.martin"
        assert list(session.scalars(select(Account.login).order_by(Account.id))) == ["local", "claire.martin"]
    assert lost != secret


@pytest.mark.parametrize(
    ("arguments", "said"), [(["invite", "claire"], "fonction"), (["invite", "x y", "--function", "x"], "espace")]
)
def test_what_is_missing_is_said_and_nobody_is_invited(
    shared: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
    with reading(shared) as session:
        assert list(session.scalars(select(Account.login))) == ["local"]


def test_without_a_public_address_no_link_is_made(
    shared: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "settings", lambda: Settings(public_url=""))
    assert main(["invite", "claire", "--function", "Direction"]) == 1
    assert "PUBLIC_URL" in capsys.readouterr().err
