"""A vacancy noted where no account says it, and its end."""

from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import roles, ways_in
from db.commands.vacancies import declare_vacancy, end_vacancy
from db.engine import writing
from db.errors import Invalid
from db.journal import last_act as act_of
from db.rules.access import Role
from db.rules.vacancy import Span
from db.viewer import Viewer
from tests.builders import plan_in
from tests.commands.coming_in import NOW
from tests.commands.handing import LEAVER, READER, SINCE, coordinated, empty_days, role_of
from tests.commands.taking_back import last_act, undo
from tests.conftest import ON


def test_a_vacancy_is_declared_and_ended_where_nobody_has_an_account(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    with pytest.raises(Invalid, match="coordonne encore"), writing(engine) as session:
        declare_vacancy(session, viewer, initiative_id=plan, starts="1/11/2026", today=ON)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[LEAVER], on=ON, at=NOW)
    assert empty_days(engine, plan) == [Span(ON)]
    with writing(engine) as session:
        declare_vacancy(session, viewer, initiative_id=plan, starts="15/9/2026", today=ON)
    assert empty_days(engine, plan) == [Span(date(2026, 9, 15))]
    with pytest.raises(Invalid, match="déjà notée"), writing(engine) as session:
        declare_vacancy(session, viewer, initiative_id=plan, starts="1/10/2026", today=ON)
    with pytest.raises(Invalid, match="pas vacante"), writing(engine) as session:
        end_vacancy(session, viewer, initiative_id=plan, resumes="15/9/2026", today=ON)
    with writing(engine) as session:
        end_vacancy(session, viewer, initiative_id=plan, resumes="1/10/2026", today=ON)
        act = act_of(session)
    assert empty_days(engine, plan) == [Span(date(2026, 9, 15), date(2026, 9, 30))]
    assert act is not None
    undo(engine, viewer, act)
    assert empty_days(engine, plan) == [Span(date(2026, 9, 15))]


def test_a_role_withdrawn_leaves_the_post_vacant_until_somebody_is_given_it(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    with writing(engine) as session:
        roles.withdraw_role(session, viewer, grant_id=role_of(session, desk.accounts[LEAVER]), on=ON)
    assert empty_days(engine, plan) == [Span(ON)]
    with writing(engine) as session:
        roles.give_role(
            session, viewer, account_id=desk.accounts[READER], role=Role.COORDINATOR, starts_on=date(2026, 10, 11),
            initiative_id=plan,
        )  # fmt: skip
    assert empty_days(engine, plan) == [Span(ON, date(2026, 10, 10))]


def test_a_role_that_will_end_says_from_when_the_post_is_vacant(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    with writing(engine) as session:
        own = role_of(session, desk.accounts[LEAVER])
        roles.end_role(session, viewer, grant_id=own, ends="31/12/2026", was=None, on=ON)
    assert empty_days(engine, desk.plan.initiative_id) == [Span(date(2027, 1, 1))]
    with writing(engine) as session:
        roles.end_role(session, viewer, grant_id=own, ends=None, was="31/12/2026", on=ON)
    assert empty_days(engine, desk.plan.initiative_id) == []


def test_an_access_opened_again_takes_its_post_up(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[LEAVER], on=ON, at=NOW)
    with writing(engine) as session:
        ways_in.enable_account(session, viewer, account_id=desk.accounts[LEAVER], on=date(2026, 10, 3))
    assert empty_days(engine, desk.plan.initiative_id) == [Span(ON, date(2026, 10, 2))]


def gives(
    engine: Engine, viewer: Viewer, account: int, plan: int, starts_on: date = ON, ends: str | None = None
) -> int:
    """Somebody is given the coordination; gives the act."""
    with writing(engine) as session:
        roles.give_role(
            session, viewer, account_id=account, role=Role.COORDINATOR, starts_on=starts_on, ends=ends,
            initiative_id=plan,
        )  # fmt: skip
    return last_act(engine)


def withdraws(engine: Engine, viewer: Viewer, account: int, on: date = ON) -> int:
    """The only role of somebody is withdrawn; gives the act."""
    with writing(engine) as session:
        roles.withdraw_role(session, viewer, grant_id=role_of(session, account), on=on)
    return last_act(engine)


def test_a_role_said_afterwards_to_have_ended_leaves_the_post_vacant_since_then(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    with writing(engine) as session:
        own = role_of(session, desk.accounts[LEAVER])
        roles.end_role(session, viewer, grant_id=own, ends="31/8/2026", was=None, on=ON)
    assert empty_days(engine, desk.plan.initiative_id) == [Span(date(2026, 9, 1))]
    with writing(engine) as session:
        roles.end_role(session, viewer, grant_id=own, ends="31/12/2026", was="31/8/2026", on=ON)
    assert empty_days(engine, desk.plan.initiative_id) == [Span(date(2027, 1, 1))]


def test_an_only_coordinator_until_a_day_leaves_the_post_vacant_after_it_and_never_before(
    engine: Engine, viewer: Viewer
) -> None:
    desk = coordinated(engine, viewer)
    first, second = (plan_in(engine, viewer, name=name, sheets=()).initiative_id for name in ("Troisième", "Quatrième"))
    with writing(engine) as session:
        ways_in.invite(
            session, viewer, login="x.y", function="Coordinatrice", role=Role.COORDINATOR, secret="s", starts_on=ON,
            ends="31/12/2026", initiative_id=first,
        )  # fmt: skip
    assert empty_days(engine, first) == [Span(date(2027, 1, 1))]
    gives(engine, viewer, desk.accounts[READER], second, date(2026, 11, 1), "31/12/2026")
    assert empty_days(engine, second) == [Span(date(2027, 1, 1))]


def test_every_gap_between_roles_is_a_vacancy(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    gives(engine, viewer, desk.accounts[READER], plan, date(2026, 11, 1), "30/11/2026")
    gives(engine, viewer, desk.accounts[READER], plan, date(2027, 1, 1))
    assert empty_days(engine, plan) == []
    withdraws(engine, viewer, desk.accounts[LEAVER])
    assert empty_days(engine, plan) == [
        Span(ON, date(2026, 10, 31)),
        Span(date(2026, 12, 1), date(2026, 12, 31)),
    ]


def test_closing_the_access_of_who_coordinated_once_says_nothing_of_today(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer, name="Troisième", sheets=()).initiative_id
    with writing(engine) as session:
        account = ways_in.invite(
            session, viewer, login="z.y", function="Ancienne", role=Role.COORDINATOR, secret="s", starts_on=SINCE,
            ends="31/12/2025", initiative_id=plan,
        ).id  # fmt: skip
        end_vacancy(session, viewer, initiative_id=plan, resumes="1/9/2026", today=ON)
    known = [Span(date(2026, 1, 1), date(2026, 8, 31))]
    assert empty_days(engine, plan) == known
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=account, on=ON, at=NOW)
    assert empty_days(engine, plan) == known
    with writing(engine) as session:
        ways_in.enable_account(session, viewer, account_id=account, on=ON)
    assert empty_days(engine, plan) == known


def test_a_role_taken_back_after_the_other_coordinator_left_leaves_the_post_vacant(
    engine: Engine, viewer: Viewer
) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    given = gives(engine, viewer, desk.accounts[READER], plan, date(2026, 10, 5))
    withdraws(engine, viewer, desk.accounts[LEAVER], date(2026, 10, 10))
    assert empty_days(engine, plan) == []
    back = undo(engine, viewer, given)
    assert empty_days(engine, plan) == [Span(date(2026, 10, 5))]
    undo(engine, viewer, back)
    assert empty_days(engine, plan) == []


def test_an_end_taken_back_fills_the_days_that_another_left_meanwhile(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    gives(engine, viewer, desk.accounts[READER], plan)
    with writing(engine) as session:
        own = role_of(session, desk.accounts[LEAVER])
        roles.end_role(session, viewer, grant_id=own, ends="31/12/2026", was=None, on=ON)
    ended = last_act(engine)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[READER], on=ON, at=NOW)
    assert empty_days(engine, plan) == [Span(date(2027, 1, 1))]
    undo(engine, viewer, ended)
    assert empty_days(engine, plan) == []


def test_an_access_opened_again_and_taken_back_leaves_the_post_vacant(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[LEAVER], on=ON, at=NOW)
    gives(engine, viewer, desk.accounts[READER], plan, date(2027, 6, 1))
    with writing(engine) as session:
        ways_in.enable_account(session, viewer, account_id=desk.accounts[LEAVER], on=date(2027, 6, 1))
    opened = last_act(engine)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[READER], on=date(2027, 7, 1), at=NOW)
    assert empty_days(engine, plan)[-1].ends_on == date(2027, 5, 31)
    undo(engine, viewer, opened)
    assert empty_days(engine, plan)[-1].ends_on is None


def test_a_role_taken_back_invents_no_vacancy_where_none_was_noted(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = plan_in(engine, viewer, name="Troisième", sheets=()).initiative_id
    given = gives(engine, viewer, desk.accounts[READER], plan)
    undo(engine, viewer, given)
    assert empty_days(engine, plan) == []
