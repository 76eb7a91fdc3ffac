"""The roles of an account: several of them, their end, one taken away; somebody always administers."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select, update

from db.commands import passwords, roles, ways_in
from db.commands.directory import find_or_create_organisation
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.models import Grant
from db.rules.access import Role
from db.viewer import Viewer
from tests.builders import colleague, plan_in
from tests.commands.coming_in import EVALUATED, NOW, QUICK, account_of, invited, settled, viewer_of
from tests.commands.taking_back import last_act, undo
from tests.conftest import ON

JUNE, LATER = "30/06/2027", "31/12/2027"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHING", QUICK)


def gives(engine: Engine, viewer: Viewer, account: int, role: Role | None, **typed: object) -> None:
    with writing(engine) as session:
        roles.give_role(session, viewer, account_id=account, role=role, starts_on=ON, **typed)  # type: ignore[arg-type]


def ends(engine: Engine, viewer: Viewer, grant: int, typed: str | None, was: str | None = None) -> None:
    with writing(engine) as session:
        roles.end_role(session, viewer, grant_id=grant, ends=typed, was=was, on=ON)


def withdraws(engine: Engine, viewer: Viewer, grant: int, version: int | None = None) -> None:
    with writing(engine) as session:
        roles.withdraw_role(session, viewer, grant_id=grant, on=ON, version=version)


def grants(engine: Engine, account: int) -> list[Grant]:
    with reading(engine) as session:
        mine = select(Grant).where(Grant.account_id == account, Grant.archived_at.is_(None)).order_by(Grant.id)
        return list(session.scalars(mine))


def only(engine: Engine, account: int) -> int:
    (grant,) = grants(engine, account)
    return grant.id


def test_a_person_holds_several_roles_here_and_there_and_for_a_structure(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer).initiative_id
    with writing(engine) as session:
        town = find_or_create_organisation(session, viewer, "Ville de Cavaillon").id
    account = settled(engine, role=Role.EVALUATOR)
    gives(engine, viewer, account, Role.LEAD, initiative_id=plan, structure="ville de cavaillon", ends="juin 2027")
    gives(engine, viewer, account, Role.COORDINATOR, initiative_id=plan)
    assert viewer_of(engine, "claire.martin").roles == (
        (None, Role.EVALUATOR),
        (plan, Role.LEAD),
        (plan, Role.COORDINATOR),
    )
    assert viewer_of(engine, "claire.martin").held_for == ((plan, Role.LEAD, town),)
    assert [grant.ends_on for grant in grants(engine, account)] == [date(2030, 12, 31), date(2027, 6, 30), None]


@pytest.mark.parametrize(
    ("role", "typed", "said"),
    [
        (None, {}, "Choisissez un rôle"),
        (Role.COORDINATOR, {}, "tient déjà ce rôle"),
        (Role.LEAD, {}, "nom de la structure"),
        (Role.LEAD, {"structure": "Ville inconnue"}, "pas une structure connue"),
        (Role.EVALUATOR, {"ends": "bientôt"}, "n'est pas comprise"),
        (Role.EVALUATOR, {"ends": "2020"}, "précède"),
        (Role.EVALUATOR, {}, "a toujours une fin : tapez son dernier jour"),
        (Role.EVALUATOR, {"ends": " "}, "a toujours une fin"),
    ],
)
def test_a_role_that_will_not_do_is_not_given(
    engine: Engine, viewer: Viewer, role: Role | None, typed: dict[str, str], said: str
) -> None:
    account = settled(engine)
    with pytest.raises(Invalid, match=said):
        gives(engine, viewer, account, role, **typed)
    assert len(grants(engine, account)) == 1


def test_a_role_that_ended_is_given_again(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    ends(engine, viewer, only(engine, account), f"{ON:%d/%m/%Y}")
    with pytest.raises(Invalid, match="tient déjà"):
        gives(engine, viewer, account, Role.COORDINATOR)
    with writing(engine) as session:
        roles.give_role(
            session, viewer, account_id=account, role=Role.COORDINATOR, starts_on=date(2026, 11, 2), ends=None
        )
    assert len(grants(engine, account)) == 2


def test_no_role_is_given_to_a_closed_access_nor_in_a_plan_that_is_not_there(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    with pytest.raises(Refused):
        gives(engine, viewer, account, Role.EVALUATOR, initiative_id=0)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=account, on=ON, at=NOW)
    with pytest.raises(Invalid, match="rouvrez"):
        gives(engine, viewer, account, Role.EVALUATOR)


def test_only_who_administers_gives_ends_and_withdraws_roles(engine: Engine) -> None:
    account = settled(engine)
    mine, grant = colleague(engine), only(engine, account)
    for act in (
        lambda: gives(engine, mine, account, Role.EVALUATOR),
        lambda: ends(engine, mine, grant, JUNE),
        lambda: withdraws(engine, mine, grant),
    ):
        with pytest.raises(Refused):
            act()
    assert [(one.role, one.ends_on) for one in grants(engine, account)] == [(Role.COORDINATOR, None)]


def test_the_end_of_a_role_is_set_and_taken_off(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    grant = only(engine, account)
    ends(engine, viewer, grant, "juin 2027")
    assert grants(engine, account)[0].ends_on == date(2027, 6, 30)
    ends(engine, viewer, grant, None, was=JUNE)
    assert grants(engine, account)[0].ends_on is None
    with pytest.raises(Invalid, match="précède"):
        ends(engine, viewer, grant, "2020")


def test_the_end_of_who_evaluates_is_moved_and_never_taken_off(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine, role=Role.EVALUATOR)
    grant = only(engine, account)
    with pytest.raises(Invalid, match="a toujours une fin"):
        ends(engine, viewer, grant, None, was=EVALUATED)
    assert grants(engine, account)[0].ends_on == date(2030, 12, 31)
    ends(engine, viewer, grant, LATER, was=EVALUATED)
    assert grants(engine, account)[0].ends_on == date(2027, 12, 31)


def test_of_two_who_change_the_end_of_a_role_at_once_the_second_is_shown_both(engine: Engine, viewer: Viewer) -> None:
    settled(engine, "direction", role=Role.ADMINISTRATOR)
    account = settled(engine)
    grant, second = only(engine, account), viewer_of(engine, "direction")
    ends(engine, viewer, grant, JUNE)
    with pytest.raises(Conflict) as told:
        ends(engine, second, grant, LATER)
    (clash,) = told.value.clashes
    assert (clash.base, clash.theirs, clash.mine) == (None, JUNE, LATER)
    assert clash.author is not None and clash.author in told.value.message
    assert grants(engine, account)[0].ends_on == date(2027, 6, 30)
    ends(engine, second, grant, JUNE)  # the same end as the first: there is nothing to choose
    ends(engine, second, grant, LATER, was=JUNE)
    assert grants(engine, account)[0].ends_on == date(2027, 12, 31)


def test_of_two_who_change_and_withdraw_a_role_at_once_the_second_is_told(engine: Engine, viewer: Viewer) -> None:
    settled(engine, "direction", role=Role.ADMINISTRATOR)
    account, second = settled(engine), viewer_of(engine, "direction")
    (read,) = grants(engine, account)
    ends(engine, viewer, read.id, JUNE)
    with pytest.raises(Conflict, match=f"il prend fin le {JUNE}"):
        withdraws(engine, second, read.id, read.version)
    assert len(grants(engine, account)) == 1
    withdraws(engine, second, read.id, grants(engine, account)[0].version)
    for late in (lambda: ends(engine, viewer, read.id, LATER, was=JUNE), lambda: withdraws(engine, viewer, read.id)):
        with pytest.raises(Conflict, match="a été retiré par Fonction de direction"):
            late()


def test_the_last_who_administers_keeps_the_role_and_gives_it_no_end(engine: Engine, viewer: Viewer) -> None:
    first = only(engine, settled(engine, "premiere", role=Role.ADMINISTRATOR))
    mine = viewer_of(engine, "premiere")
    invited(engine, "pas.encore", role=Role.ADMINISTRATOR)  # who has no password yet cannot come in
    with pytest.raises(Invalid, match="dernier accès"):
        withdraws(engine, mine, first)
    with pytest.raises(Invalid, match="Un jour, plus personne"):
        ends(engine, mine, first, LATER)
    second = settled(engine, "seconde", role=Role.ADMINISTRATOR)
    ends(engine, mine, first, LATER)
    with pytest.raises(Invalid, match="Un jour, plus personne"):
        withdraws(engine, mine, only(engine, second))
    with pytest.raises(Invalid, match="Un jour, plus personne"):
        ends(engine, mine, only(engine, second), LATER)
    withdraws(engine, viewer, first)
    assert viewer_of(engine, "premiere").roles == ()


def test_no_day_is_left_between_two_who_administer(engine: Engine, viewer: Viewer) -> None:
    first = only(engine, settled(engine, "premiere", role=Role.ADMINISTRATOR))
    account = settled(engine, "seconde", role=Role.SIGNATORY)
    with writing(engine) as session:
        later = date(2027, 7, 2)
        roles.give_role(session, viewer, account_id=account, role=Role.ADMINISTRATOR, starts_on=later)
    with pytest.raises(Invalid, match=r"Le 01/07/2027, plus personne"):
        ends(engine, viewer, first, JUNE)
    assert grants(engine, account_of(engine, "premiere"))[0].ends_on is None
    ends(engine, viewer, first, "1/7/2027")
    with pytest.raises(Invalid, match=r"Le 01/07/2027, plus personne"):
        ends(engine, viewer, first, JUNE, was="1/7/2027")
    with pytest.raises(Invalid, match="Un jour, plus personne"):
        withdraws(engine, viewer, grants(engine, account)[1].id)


def test_the_days_that_one_alone_administers_are_kept_though_others_come_later(engine: Engine, viewer: Viewer) -> None:
    settled(engine, "premiere", role=Role.ADMINISTRATOR)
    first = only(engine, account_of(engine, "premiere"))
    account = settled(engine, "seconde", role=Role.SIGNATORY)
    for starts, last in ((date(2027, 7, 1), LATER), (date(2028, 3, 1), None)):  # nobody in January and February
        with writing(engine) as session:
            roles.give_role(session, viewer, account_id=account, role=Role.ADMINISTRATOR, starts_on=starts, ends=last)
    with engine.begin() as connection:
        connection.execute(update(Grant).where(Grant.id == first).values(ends_on=date(2027, 5, 31)))
    with pytest.raises(Invalid, match=r"Le 01/07/2027, plus personne"):
        withdraws(engine, viewer, grants(engine, account)[1].id)


def test_what_was_done_of_a_role_can_be_taken_back(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    gives(engine, viewer, account, Role.EVALUATOR, ends=LATER)
    undo(engine, viewer, last_act(engine))
    assert [one.role for one in grants(engine, account)] == [Role.COORDINATOR]
    ends(engine, viewer, only(engine, account), JUNE)
    undo(engine, viewer, last_act(engine))
    assert grants(engine, account)[0].ends_on is None
    withdraws(engine, viewer, only(engine, account))
    undo(engine, viewer, last_act(engine))
    assert [one.role for one in grants(engine, account)] == [Role.COORDINATOR]


def test_taking_back_a_role_that_was_given_does_not_leave_nobody_to_administer(engine: Engine, viewer: Viewer) -> None:
    first = only(engine, settled(engine, "premiere", role=Role.ADMINISTRATOR))
    account = settled(engine, "seconde", role=Role.SIGNATORY)
    gives(engine, viewer, account, Role.ADMINISTRATOR)
    given = last_act(engine)
    withdraws(engine, viewer, first)
    with pytest.raises(Invalid, match="dernier accès"):
        undo(engine, viewer, given)
    assert (None, Role.ADMINISTRATOR) in viewer_of(engine, "seconde").roles


def test_who_administers_is_counted_on_the_day_it_is_here_not_in_greenwich(
    engine: Engine, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = only(engine, settled(engine, "premiere", role=Role.ADMINISTRATOR))
    account = settled(engine, "seconde", role=Role.SIGNATORY)
    gives(engine, viewer, account, Role.ADMINISTRATOR, ends=LATER)
    given = last_act(engine)
    with engine.begin() as connection:
        yesterday = date(2026, 9, 30)
        connection.execute(update(Grant).where(Grant.id == first).values(starts_on=yesterday, ends_on=yesterday))
    monkeypatch.setattr("db.commands.undo.now_utc", lambda: datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
    with pytest.raises(Invalid, match="dernier accès"):
        undo(engine, viewer, given)


def test_who_coordinates_takes_back_nothing_that_was_done_of_a_role(engine: Engine, viewer: Viewer) -> None:
    gives(engine, viewer, settled(engine), Role.EVALUATOR, ends=LATER)
    with pytest.raises(Refused):
        undo(engine, colleague(engine), last_act(engine))
