"""Who may come in, as who administers is told of it; one's own sessions."""

from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import passwords, roles, ways_in
from db.engine import reading, writing
from db.errors import Refused
from db.queries import accounts
from db.rules.access import AccountKeyKind, Role
from db.rules.ways_in import IDLE, KEY_LASTS, PersonTold
from tests.builders import colleague
from tests.commands.coming_in import MINUTE, NOW, QUICK, account_of, invited, settled, signs_in, viewer_of
from tests.conftest import ON, viewer_in


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHING", QUICK)


def people(engine: Engine) -> dict[str, PersonTold]:
    with reading(engine) as session:
        return {one.login: one for one in accounts.people(session, viewer_in(engine), at=NOW)}


def test_everybody_is_told_with_their_role_their_link_and_when_they_last_came(engine: Engine) -> None:
    settled(engine, "claire.martin")
    invited(engine, "jean.dupont", role=Role.EVALUATOR)
    signs_in(engine, at=NOW - MINUTE)
    told = people(engine)
    assert list(told) == ["claire.martin", "jean.dupont"]
    claire, jean = told.values()
    assert (claire.has_password, claire.invited_until, claire.last_seen) == (True, None, NOW - MINUTE)
    invitation = NOW + KEY_LASTS[AccountKeyKind.INVITATION]
    assert (jean.has_password, jean.invited_until, jean.last_seen) == (False, invitation, None)
    (role,) = jean.roles
    assert (role.role, role.initiative, role.starts_on, role.ends_on) == (
        Role.EVALUATOR,
        None,
        date(2026, 10, 1),
        date(2030, 12, 31),
    )


def test_a_closed_access_comes_last_and_a_withdrawn_role_is_not_told(engine: Engine) -> None:
    settled(engine, "a.ferme")
    settled(engine, "b.ouvert")
    viewer = viewer_in(engine)
    (role,) = people(engine)["b.ouvert"].roles
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=account_of(engine, "a.ferme"), on=ON, at=NOW)
        roles.withdraw_role(session, viewer, grant_id=role.id, on=ON)
    told = people(engine)
    assert [(one.login, one.is_disabled, len(one.roles)) for one in told.values()] == [
        ("b.ouvert", False, 0),
        ("a.ferme", True, 1),
    ]


def test_only_who_administers_is_told_of_others(engine: Engine) -> None:
    mine = colleague(engine)
    with pytest.raises(Refused), reading(engine) as session:
        accounts.people(session, mine, at=NOW)


def test_one_is_told_of_one_s_own_open_sessions_the_last_used_first(engine: Engine) -> None:
    settled(engine, "claire.martin")
    settled(engine, "jean.dupont")
    for ago in (2, 1, 0):
        signs_in(engine, at=NOW - ago * IDLE / 2 + MINUTE)
    signs_in(engine, "jean.dupont")
    with reading(engine) as session:
        mine = accounts.my_sessions(session, viewer_of(engine, "claire.martin"), at=NOW + MINUTE * 2)
    assert [one.seen_at for one in mine] == [NOW + MINUTE, NOW - IDLE / 2 + MINUTE]
    assert {one.device for one in mine} == {"Firefox sur Linux"}
