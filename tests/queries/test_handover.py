"""Who holds a post and what, what nobody holds, what a vacancy suspends, what who takes a post is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from db.commands import logbook, roles, series, ways_in
from db.commands.directory import find_or_create_organisation, involve
from db.commands.handover import close_taking_over
from db.commands.sheets import add_milestone
from db.engine import reading, writing
from db.models import AnswerLink
from db.queries.handover import post, unheld
from db.queries.initiatives import header
from db.queries.plan import plan_state
from db.queries.proposals import asking
from db.queries.taking_over import posts_to_take, taking_over
from db.queries.week import my_week
from db.rules.access import Role
from db.rules.handover import ComingKind, Held, Post, TakingOver, Unheld
from db.rules.vacancy import Span
from db.rules.vocabulary import InvolvementRole, Status
from db.rules.week import Week
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
    holds,
    passes,
    role_of,
)
from tests.conftest import ON

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def desk(engine: Engine, viewer: Viewer) -> Desk:
    made = coordinated(engine, viewer)
    holds(engine, made)
    return made


def the_post(engine: Engine, viewer: Viewer, desk: Desk, on: date = ON) -> Post | None:
    with reading(engine) as session:
        return post(session, viewer, desk.plan.initiative_id, on)


def nobody(engine: Engine, viewer: Viewer, desk: Desk, on: date = ON) -> Unheld:
    with reading(engine) as session:
        told = unheld(session, viewer, desk.plan.initiative_id, on)
    assert told is not None
    return told


def week(engine: Engine, viewer: Viewer, desk: Desk, on: date = ON) -> Week:
    with reading(engine) as session:
        told = my_week(session, viewer, ((desk.plan.initiative_id, on),))
    assert told is not None
    return told


def first_page(engine: Engine, login: str, desk: Desk, on: date = ON) -> TakingOver | None:
    with reading(engine) as session:
        return taking_over(session, as_person(engine, login, on), desk.plan.initiative_id, on)


def running(engine: Engine, viewer: Viewer, desk: Desk, code: str, since: date) -> None:
    with writing(engine) as session:
        series.declare_status(session, viewer, sheet_id=desk.plan.sheets[code], status=Status.ONGOING, on=since)


def test_before_the_act_one_is_told_what_would_pass(engine: Engine, desk: Desk) -> None:
    told = the_post(engine, as_person(engine, LEAVER), desk)
    assert told is not None
    (mine,) = told.holders
    assert (mine.function, mine.is_me, mine.held) == (FUNCTION, True, Held(1, 1, 1, 1))
    assert {one.account_id for one in told.candidates} == {desk.accounts[LEAVER], desk.accounts[READER]}
    assert not told.administers


def test_a_role_that_is_over_makes_nobody_a_successor(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        own = role_of(session, desk.accounts[READER])
        roles.end_role(session, viewer, grant_id=own, ends="31/8/2026", was=None, on=ON)
    told = the_post(engine, as_person(engine, LEAVER), desk)
    assert told is not None
    assert {one.account_id for one in told.candidates} == {desk.accounts[LEAVER]}


def test_who_administers_sees_every_post_and_may_name_anybody(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    account_for(engine, "seconde", Role.COORDINATOR, desk.plan.initiative_id)
    told = the_post(engine, viewer, desk)
    assert told is not None
    assert [one.function for one in told.holders] == [FUNCTION, "Fonction de seconde"]
    assert desk.accounts[TAKER] in {one.account_id for one in told.candidates}
    mine = the_post(engine, as_person(engine, "seconde"), desk)
    assert mine is not None
    assert [one.function for one in mine.holders] == ["Fonction de seconde"]


def test_nobody_else_is_told_anything(engine: Engine, desk: Desk) -> None:
    reader = as_person(engine, READER)
    assert the_post(engine, reader, desk) is None
    with reading(engine) as session:
        assert unheld(session, reader, desk.plan.initiative_id, ON) is None


def test_while_the_post_is_vacant_what_was_held_is_shown_with_who_left_it(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    passes(engine, viewer, desk, None)
    told = the_post(engine, viewer, desk)
    assert told is not None
    (left,) = told.holders
    assert (left.function, left.starts_on, left.ends_on) == (FUNCTION, None, ON - timedelta(days=1))
    assert told.vacancies == (Span(ON),)


def test_who_held_an_interim_that_ended_hands_over_after_it(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, ends="31/12/2026")
    told = the_post(engine, viewer, desk, date(2027, 1, 1))
    assert told is not None
    assert [(one.function, one.ends_on) for one in told.holders] == [("Fonction de reprise", date(2026, 12, 31))]
    assert nobody(engine, viewer, desk, date(2027, 1, 1)).uncoordinated == date(2027, 1, 1)
    assert nobody(engine, viewer, desk, ON).uncoordinated == date(2027, 1, 1)


def test_what_nobody_holds_is_listed(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    told = nobody(engine, viewer, desk)
    assert [sheet.label for sheet in told.sheets] == ["1.2 Fiche 1.2"]
    assert [(one.number, one.owner) for one in told.decisions] == [("3", None)]
    assert (told.reminders, told.uncoordinated, told.unadministered) == (0, None, None)
    with writing(engine) as session:
        who = find_or_create_organisation(session, viewer, "CCAS d'essai").id
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=who, sheet_id=desk.plan.sheets["1.2"])
        ways_in.disable_account(session, viewer, account_id=desk.accounts[LEAVER], on=ON, at=NOW)
    told = nobody(engine, viewer, desk)
    assert told.sheets == ()
    assert [(one.number, one.owner) for one in told.decisions] == [("1", "coordinatrice du cls"), ("3", None)]
    assert told.reminders == 1


def test_a_fiche_that_is_over_needs_no_pilote(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        series.declare_status(session, viewer, sheet_id=desk.plan.sheets["1.2"], status=Status.DONE, on=ON)
    assert nobody(engine, viewer, desk).sheets == ()


def test_from_when_nobody_administers_is_told_to_who_does(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        ways_in.invite(
            session, viewer, login="cheffe", function="Cheffe", role=Role.ADMINISTRATOR, secret="s",
            starts_on=ON, ends="31/12/2026",
        )  # fmt: skip
    assert nobody(engine, viewer, desk).unadministered == date(2027, 1, 1)
    assert nobody(engine, as_person(engine, LEAVER), desk).unadministered is None


def test_every_reader_is_told_since_when_the_post_is_vacant(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, None, starts="1/11/2026")
    plan = desk.plan.initiative_id
    with reading(engine) as session:
        said = [
            header(session, who, plan, on).vacant_since
            for who in (as_person(engine, READER), viewer.as_reader())
            for on in (NOVEMBER - timedelta(days=1), NOVEMBER, NOVEMBER + timedelta(days=60))
        ]
    assert said == [None, NOVEMBER, NOVEMBER] * 2


def test_a_partner_who_answers_by_a_link_is_told_that_nobody_coordinates(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    passes(engine, viewer, desk, None)
    with reading(engine) as session:
        link = session.scalars(select(AnswerLink)).one()
        assert [asking(session, link, day).vacant_since for day in (ON - timedelta(days=1), ON)] == [None, ON]


def test_a_vacancy_suspends_silence_and_never_what_is_past_due(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    running(engine, viewer, desk, "1.1", date(2026, 1, 1))
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=desk.plan.sheets["1.1"], label="Recruter", due_on=date(2026, 9, 1))
    before = week(engine, viewer, desk)
    assert (before.silent.total, before.overdue.total) == (1, 1)
    passes(engine, viewer, desk, None)
    told = week(engine, viewer, desk)
    assert (told.silent.total, told.overdue.total) == (0, 1)
    assert [(one.initiative_id, one.since) for one in told.vacant] == [(desk.plan.initiative_id, ON)]
    with reading(engine) as session:
        state = plan_state(session, viewer, desk.plan.initiative_id, ON)
    first = next(sheet for sheet in state.sheets if sheet.code == "1.1")
    assert not first.needs_news and not first.findings
    assert first.is_late


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2027, 2, 1), date(2027, 8, 1)])
def test_the_week_and_the_plan_measure_silence_alike_after_a_vacancy(
    engine: Engine, viewer: Viewer, desk: Desk, on: date
) -> None:
    for code, since in (("1.1", date(2026, 5, 20)), ("1.2", date(2026, 9, 1))):
        running(engine, viewer, desk, code, since)
    passes(engine, viewer, desk, None)
    passes(engine, viewer, desk, starts="1/12/2026", today=date(2026, 12, 1))
    with reading(engine) as session:
        state = plan_state(session, viewer, desk.plan.initiative_id, on)
    told = {silent.sheet.sheet_id for silent in week(engine, viewer, desk, on).silent.items}
    assert told == {sheet.sheet_id for sheet in state.sheets if sheet.needs_news}
    assert len(told) == {date(2026, 12, 1): 0, date(2027, 2, 1): 1, date(2027, 8, 1): 2}[on]


def test_no_reminder_leaves_during_a_vacancy_and_none_is_lost(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, None)
    during = date(2026, 10, 20)
    told = week(engine, viewer, desk, during)
    assert not told.overdue.total and not told.coming.total
    assert [one.reminders for one in told.vacant] == [1]
    passes(engine, viewer, desk, starts="1/11/2026", today=NOVEMBER)
    with writing(engine) as session:
        logbook.add_reminder(
            session,
            as_person(engine, TAKER, NOVEMBER),
            initiative_id=desk.plan.initiative_id,
            text="Le mien",
            due="1/11/2026",
        )
    due = week(engine, as_person(engine, TAKER, date(2026, 11, 3)), desk, date(2026, 11, 3)).overdue.items
    assert [(one.label, one.in_vacancy) for one in due] == [("Relancer la CPTS", True), ("Le mien", False)]


def test_another_demarche_keeps_its_reminders(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    other = as_person(engine, TAKER).roles[0][0] or 0
    with writing(engine) as session:
        logbook.add_reminder(session, viewer, initiative_id=other, text="Ailleurs", due="15/10/2026")
    passes(engine, viewer, desk, None)
    with reading(engine) as session:
        told = my_week(session, viewer, ((desk.plan.initiative_id, date(2026, 10, 20)), (other, date(2026, 10, 20))))
    assert told is not None
    assert [due.label for due in told.overdue.items] == ["Ailleurs"]


def test_who_takes_a_post_is_told_what_they_received_until_they_close_it(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    running(engine, viewer, desk, "1.1", date(2026, 1, 1))
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=desk.plan.sheets["1.1"], label="Recruter", due_on=date(2026, 12, 1))
    passes(engine, viewer, desk, None, starts="1/10/2026", word="Le dossier vert")
    key = passes(engine, viewer, desk, starts="1/11/2026", today=NOVEMBER)
    plan, taker = desk.plan.initiative_id, as_person(engine, TAKER, NOVEMBER)
    with reading(engine) as session:
        assert posts_to_take(session, taker, ((plan, NOVEMBER - timedelta(days=1)),)) == ()
        assert len(posts_to_take(session, taker, ((plan, NOVEMBER),))) == 1
        assert posts_to_take(session, viewer, ((plan, NOVEMBER),)) == ()
    told = first_page(engine, TAKER, desk, NOVEMBER)
    assert told is not None
    got = told.received
    assert (got.predecessor, got.word, got.held, got.elapsed) == (FUNCTION, "Le dossier vert", Held(1, 1, 1, 1), 1)
    assert (told.silent, told.decisions.open, dict(told.statuses)[Status.ONGOING]) == (1, 3, 1)
    assert [(one.kind, one.when.day) for one in told.coming] == [
        (ComingKind.MILESTONE, date(2026, 12, 1)),
        (ComingKind.CONTRACT, date(2028, 12, 31)),
    ]
    assert not got.is_read
    with writing(engine) as session:
        close_taking_over(session, taker, handover_id=key)
    with reading(engine) as session:
        assert posts_to_take(session, taker, ((plan, NOVEMBER),)) == ()
    again = first_page(engine, TAKER, desk, NOVEMBER)
    assert again is not None and again.received.is_read


def test_the_three_next_dates_are_told_reminders_among_them(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        for day in (date(2026, 10, 2), date(2026, 10, 30), date(2026, 9, 1)):
            add_milestone(session, viewer, sheet_id=desk.plan.sheets["1.1"], label=f"Le {day:%d/%m}", due_on=day)
    passes(engine, viewer, desk)
    told = first_page(engine, TAKER, desk)
    assert told is not None
    assert [one.label for one in told.coming] == [
        "Le 02/10 (1.1 Fiche 1.1)",
        "Relancer la CPTS",
        "Le 30/10 (1.1 Fiche 1.1)",
    ]


@pytest.mark.parametrize("login", [LEAVER, READER, "local"])
def test_who_took_no_post_has_no_first_page(engine: Engine, viewer: Viewer, desk: Desk, login: str) -> None:
    passes(engine, viewer, desk, starts="2/10/2026")
    assert first_page(engine, login, desk) is None
