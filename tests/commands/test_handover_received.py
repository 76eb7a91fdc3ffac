"""Who may be given a post; what was to pass later, when the post is lost meanwhile; how the whole is taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select

from db.commands import drafts, roles, ways_in
from db.commands.handover import close_taking_over, receive
from db.engine import reading, writing
from db.errors import ChangedSince, Conflict, Invalid, Refused
from db.models import Draft, Grant, Handover
from db.queries.handover import post, unheld
from db.queries.taking_over import posts_to_take
from db.rules.access import Role
from db.rules.vacancy import Span
from db.viewer import Viewer
from tests.commands.coming_in import NOW
from tests.commands.handing import (
    FUNCTION,
    LEAVER,
    READER,
    TAKER,
    Desk,
    account_for,
    as_person,
    coordinated,
    empty_days,
    handover_of,
    holds,
    passes,
    role_of,
    subject_in,
    whose,
)
from tests.commands.taking_back import last_act, undo
from tests.conftest import ON

LATER, THE_DAY = "15/10/2026", date(2026, 10, 15)
NEXT = date(2026, 10, 16)


@pytest.fixture
def desk(engine: Engine, viewer: Viewer) -> Desk:
    made = coordinated(engine, viewer)
    holds(engine, made)
    return made


def signs_in(engine: Engine, desk: Desk, login: str, day: date = NEXT) -> int:
    """Somebody signs in at noon; gives the act done last."""
    with writing(engine) as session:
        receive(session, account_id=desk.accounts[login], at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    return last_act(engine)


def withdraws_post(engine: Engine, viewer: Viewer, desk: Desk, login: str, on: date) -> None:
    with writing(engine) as session:
        mine = select(Grant.id).where(Grant.account_id == desk.accounts[login], Grant.role == Role.COORDINATOR)
        (key,) = session.scalars(mine.where(Grant.initiative_id == desk.plan.initiative_id))
        roles.withdraw_role(session, viewer, grant_id=key, on=on)


def holder_of(engine: Engine, desk: Desk) -> set[int]:
    """Whose the reminder, the draft and the link are."""
    held = whose(engine, desk)
    return {*held["reminders"], *held["drafts"], *held["links"]}


def test_a_role_that_is_over_reopens_nothing_without_who_administers(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    was = account_for(engine, "evaluateur", Role.EVALUATOR, desk.plan.initiative_id)
    with writing(engine) as session:
        roles.end_role(session, viewer, grant_id=role_of(session, was), ends="31/12/2025", was=None, on=ON)
    there = Desk(desk.plan, {**desk.accounts, "evaluateur": was})
    with pytest.raises(Refused, match="pas d'accès à cette démarche"):
        passes(engine, as_person(engine, LEAVER), there, "evaluateur", starts="2/10/2026")
    assert as_person(engine, "evaluateur", NEXT).roles == ()
    passes(engine, viewer, there, "evaluateur", starts="2/10/2026")
    assert as_person(engine, "evaluateur", NEXT).coordinates(desk.plan.initiative_id)


def test_nothing_passes_to_who_lost_the_post_before_its_day(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    before = whose(engine, desk)
    key = passes(engine, viewer, desk, READER, starts=LATER, word="Le dossier vert")
    withdraws_post(engine, viewer, desk, READER, date(2026, 10, 6))
    act = last_act(engine)
    assert signs_in(engine, desk, READER) == act
    assert whose(engine, desk) == before
    assert empty_days(engine, desk.plan.initiative_id) == [Span(THE_DAY)]
    reader = as_person(engine, READER, NEXT)
    with reading(engine) as session:
        assert drafts.find_draft(session, reader, subject_in(desk)) is None
        assert posts_to_take(session, reader, ((desk.plan.initiative_id, NEXT),)) == ()
        told = post(session, viewer, desk.plan.initiative_id, NEXT)
    assert told is not None
    assert [one.function for one in told.holders] == [FUNCTION]
    assert handover_of(engine, key).to_account_id is None
    passes(engine, viewer, desk, TAKER, starts="20/10/2026", from_account_id=None, today=date(2026, 10, 20))
    assert holder_of(engine, desk) == {as_person(engine, TAKER).actor_id}


def test_what_waits_passes_to_who_was_given_the_role_meanwhile(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    plan = desk.plan.initiative_id
    passes(engine, viewer, desk, None)
    with writing(engine) as session:
        roles.give_role(
            session, viewer, account_id=desk.accounts[TAKER], role=Role.COORDINATOR, starts_on=THE_DAY,
            initiative_id=plan,
        )  # fmt: skip
    with reading(engine) as session:
        told = post(session, viewer, plan, THE_DAY)
    assert told is not None
    assert [one.function for one in told.holders] == ["Fonction de reprise", FUNCTION]
    passes(engine, viewer, desk, TAKER, starts="16/10/2026", today=NEXT)
    assert holder_of(engine, desk) == {as_person(engine, TAKER).actor_id}
    with pytest.raises(Conflict, match="déjà passée"):
        passes(engine, viewer, desk, READER, starts="17/10/2026", today=NEXT)


def test_a_withdrawal_taken_back_has_it_pass_again(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, READER, starts=LATER)
    withdraws_post(engine, viewer, desk, READER, date(2026, 10, 6))
    undo(engine, viewer, last_act(engine))
    signs_in(engine, desk, READER)
    assert holder_of(engine, desk) == {as_person(engine, READER).actor_id}


def test_a_vacant_post_that_was_to_be_taken_is_so_no_more(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, None)
    key = passes(engine, viewer, desk, READER, starts=LATER, from_account_id=None)
    withdraws_post(engine, viewer, desk, READER, date(2026, 10, 6))
    assert handover_of(engine, key).archived_at is not None
    assert empty_days(engine, desk.plan.initiative_id) == [Span(ON)]


def test_an_access_closed_for_a_while_receives_once_it_is_open(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, TAKER, starts=LATER)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[TAKER], on=ON, at=NOW)
        ways_in.enable_account(session, viewer, account_id=desk.accounts[TAKER], on=ON)
    signs_in(engine, desk, TAKER)
    assert holder_of(engine, desk) == {as_person(engine, TAKER).actor_id}


def test_an_interim_that_nobody_began_leaves_all_to_who_comes_after(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    before, january = whose(engine, desk), date(2027, 1, 4)
    passes(engine, viewer, desk, TAKER, starts=LATER, ends="31/12/2026")
    act = last_act(engine)
    assert signs_in(engine, desk, TAKER, january) == act
    assert whose(engine, desk) == before
    with reading(engine) as session:
        told = post(session, viewer, desk.plan.initiative_id, january)
    assert told is not None
    assert FUNCTION in {one.function for one in told.holders}
    passes(engine, viewer, desk, READER, starts="4/1/2027", from_account_id=None, today=january)
    assert holder_of(engine, desk) == {as_person(engine, READER).actor_id}


def test_a_handover_and_the_taking_of_the_post_are_taken_back_as_one(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    plan, before = desk.plan.initiative_id, whose(engine, desk)
    key = passes(engine, viewer, desk, starts=LATER)
    handed = last_act(engine)
    signs_in(engine, desk, TAKER)
    with writing(engine) as session:
        close_taking_over(session, as_person(engine, TAKER, NEXT), handover_id=key)
    after = whose(engine, desk)
    back = undo(engine, viewer, handed)
    assert whose(engine, desk) == before
    assert as_person(engine, LEAVER, NEXT).coordinates(plan)
    assert not as_person(engine, TAKER, NEXT).coordinates(plan)
    assert signs_in(engine, desk, TAKER) == back
    again = undo(engine, viewer, back)
    assert whose(engine, desk) == after
    assert as_person(engine, TAKER, NEXT).coordinates(plan)
    undo(engine, viewer, again)
    assert whose(engine, desk) == before


def test_a_handover_done_again_goes_with_the_taking_that_follows(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    before = whose(engine, desk)
    passes(engine, viewer, desk, starts=LATER)
    again = undo(engine, viewer, undo(engine, viewer, last_act(engine)))
    signs_in(engine, desk, TAKER)
    undo(engine, viewer, again)
    assert whose(engine, desk) == before


def test_after_an_undo_the_post_passes_again_on_the_same_day(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, starts=LATER)
    handed = last_act(engine)
    signs_in(engine, desk, TAKER)
    undo(engine, viewer, handed)
    passes(engine, viewer, desk, READER, starts=LATER)
    signs_in(engine, desk, READER)
    assert holder_of(engine, desk) == {as_person(engine, READER).actor_id}
    with reading(engine) as session:
        told = unheld(session, viewer, desk.plan.initiative_id, NEXT)
        assert session.scalars(select(Handover.starts_on)).all() == [THE_DAY]
    assert told is not None and told.uncoordinated is None


@pytest.mark.parametrize("login", [TAKER, "local"])
def test_the_taking_of_a_post_is_not_taken_back_alone(engine: Engine, viewer: Viewer, desk: Desk, login: str) -> None:
    passes(engine, viewer, desk, starts=LATER)
    taken, after = signs_in(engine, desk, TAKER), whose(engine, desk)
    for keep_changed in (False, True):
        with pytest.raises(Invalid, match=r"« Prise de poste » ne s'annule pas : .*annule ce passage de main"):
            undo(engine, as_person(engine, login, NEXT), taken, keep_changed=keep_changed)
    assert (whose(engine, desk), last_act(engine)) == (after, taken)


def test_a_handover_changed_since_is_not_taken_back_in_part(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, starts=LATER)
    handed = last_act(engine)
    signs_in(engine, desk, TAKER)
    passes(engine, viewer, desk, READER, from_account_id=desk.accounts[TAKER], starts="1/11/2026")
    after, act = whose(engine, desk), last_act(engine)
    for keep_changed in (False, True):
        with pytest.raises(Conflict, match=r"Prise de poste.*administre Balise annule d'abord") as told:
            undo(engine, viewer, handed, keep_changed=keep_changed)
        assert not isinstance(told.value, ChangedSince)
        assert told.value.details
    assert (whose(engine, desk), last_act(engine)) == (after, act)
    undo(engine, viewer, act)
    undo(engine, viewer, handed)
    assert as_person(engine, LEAVER, NEXT).coordinates(desk.plan.initiative_id)


def typed_in(engine: Engine, who: Viewer) -> None:
    """Somebody types in the draft that there is."""
    with writing(engine) as session:
        drafts.keep(session, who, session.scalars(select(Draft.key)).one(), {"rationale": "Encore un mot"})


def test_what_was_typed_between_the_two_goes_back(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    leaver = as_person(engine, LEAVER)
    passes(engine, viewer, desk, starts=LATER)
    handed = last_act(engine)
    typed_in(engine, leaver)
    signs_in(engine, desk, TAKER)
    undo(engine, viewer, handed)
    assert whose(engine, desk)["drafts"] == [leaver.actor_id]


def test_a_draft_taken_up_with_the_post_stays_with_who_types_in_it(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    taker = as_person(engine, TAKER, NEXT)
    key = passes(engine, viewer, desk, starts=LATER)
    handed = last_act(engine)
    signs_in(engine, desk, TAKER)
    typed_in(engine, taker)
    with writing(engine) as session:
        close_taking_over(session, taker, handover_id=key)
    undo(engine, viewer, handed)
    held = whose(engine, desk)
    assert (held["drafts"], held["reminders"]) == ([taker.actor_id], [as_person(engine, LEAVER).actor_id])
