"""Passing the coordination: what ends, what begins, what passes, what is refused, what is taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from db.commands import drafts, passwords, ways_in
from db.commands.governance import add_body
from db.commands.handover import close_taking_over, receive
from db.commands.persons import export_person
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Act, BodyMember, Draft, Grant, Handover, JournalEntry
from db.rules.access import Role
from db.rules.vacancy import Span
from db.rules.vocabulary import BodyKind
from db.viewer import Viewer
from tests.commands.coming_in import NOW, QUICK, settled
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
    subject_in,
    whose,
)
from tests.commands.taking_back import last_act, undo
from tests.conftest import ON

DAY = timedelta(days=1)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def desk(engine: Engine, viewer: Viewer) -> Desk:
    return coordinated(engine, viewer)


def coordinates(engine: Engine, desk: Desk, login: str, on: date = ON) -> bool:
    return as_person(engine, login, on).coordinates(desk.plan.initiative_id)


def test_the_post_passes_on_its_day_and_neither_before_nor_after(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, starts="1/11/2026")
    assert coordinates(engine, desk, LEAVER, NOVEMBER - DAY)
    assert not coordinates(engine, desk, TAKER, NOVEMBER - DAY)
    assert not coordinates(engine, desk, LEAVER, NOVEMBER)
    assert coordinates(engine, desk, TAKER, NOVEMBER)
    assert empty_days(engine, desk.plan.initiative_id) == []


def test_what_was_held_passes_in_the_same_act(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    key = passes(engine, viewer, desk)
    taker = as_person(engine, TAKER).actor_id
    assert whose(engine, desk) == {
        "reminders": [taker],
        "drafts": [taker],
        "links": [taker],
        "decisions": ["Fonction de reprise", "Ville", None],
    }
    with reading(engine) as session:
        act = session.scalars(select(Act).order_by(Act.id.desc())).first()
        assert act is not None and act.operation == "hand_over"
        assert FUNCTION not in act.label
        tables = set(session.scalars(select(JournalEntry.table).where(JournalEntry.act_id == act.id)))
    assert tables == {"grant", "handover", "reminder", "answer_link", "decision"}
    assert handover_of(engine, key).received_at is not None


def test_a_draft_passes_with_what_it_was_typed_on(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    with reading(engine) as session:
        before = session.execute(select(Draft.key, Draft.base, Draft.base_seq, Draft.typed)).one()
    passes(engine, viewer, desk)
    taker = as_person(engine, TAKER)
    with reading(engine) as session:
        found = drafts.find_draft(session, taker, subject_in(desk))
        _, seq = drafts.draft_of(session, taker, before.key)
        assert drafts.find_draft(session, as_person(engine, LEAVER), subject_in(desk)) is None
    assert found is not None
    assert (found.key, dict(found.base), dict(found.typed)) == (before.key, before.base, before.typed)
    assert seq == before.base_seq


def test_what_is_held_in_another_demarche_stays(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        other = drafts.start_draft(session, as_person(engine, LEAVER), "note:999:new:", {})
        drafts.keep(session, as_person(engine, LEAVER), other.key, {"text": "Ailleurs"})
        own = drafts.start_draft(session, as_person(engine, LEAVER), f"handover:{desk.plan.initiative_id}", {})
        drafts.keep(session, as_person(engine, LEAVER), own.key, {"word": "Le formulaire lui-même"})
    passes(engine, viewer, desk)
    assert whose(engine, desk)["drafts"] == [as_person(engine, LEAVER).actor_id] * 2


def test_one_passes_on_ones_own_post_and_nobody_elses(engine: Engine, desk: Desk) -> None:
    plan = desk.plan.initiative_id
    second = account_for(engine, "seconde", Role.COORDINATOR, plan)
    with pytest.raises(Refused, match="propre poste"):
        passes(engine, as_person(engine, "seconde"), desk, READER)
    for login in (READER, TAKER):
        with pytest.raises(Refused):
            passes(engine, as_person(engine, login), desk, READER)
    mine = as_person(engine, LEAVER)
    with pytest.raises(Refused, match="pas d'accès à cette démarche"):
        passes(engine, mine, desk, TAKER)
    with pytest.raises(Refused, match="met fin à un accès"):
        passes(engine, mine, desk, READER, closes_access=True)
    passes(engine, mine, desk, READER)
    assert coordinates(engine, desk, READER)
    assert not coordinates(engine, desk, LEAVER)
    assert second


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"to": LEAVER}, "tient déjà le poste"),
        ({"starts": ""}, "manque"),
        ({"starts": "bientôt"}, "Le jour du passage"),
        ({"starts": "1/1/2036"}, "plus d'un an"),
        ({"starts": "1/1/2020"}, "précède le début"),
        ({"starts": "1/1/2025"}, "ne coordonne que depuis le 01/01/2025"),
        ({"ends": "1/9/2026"}, "avant de commencer"),
        ({"to": None, "ends": "1/12/2026"}, "demande quelqu'un"),
        ({"word": "x" * 4001}, "raccourcissez"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_moves(
    engine: Engine, viewer: Viewer, desk: Desk, typed: dict[str, str], said: str
) -> None:
    holds(engine, desk)
    before, act = whose(engine, desk), last_act(engine)
    with pytest.raises(Invalid, match=said):
        passes(engine, viewer, desk, **typed)  # type: ignore[arg-type]
    assert (whose(engine, desk), last_act(engine)) == (before, act)
    assert coordinates(engine, desk, LEAVER)


def test_an_access_that_is_closed_takes_nothing(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[TAKER], on=ON, at=NOW)
    with pytest.raises(Invalid, match="rouvrez"):
        passes(engine, viewer, desk)


def test_a_post_held_everywhere_does_not_pass_for_one_plan(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    everywhere = account_for(engine, "partout", Role.COORDINATOR, None)
    with pytest.raises(Invalid, match="toutes les démarches"):
        passes(engine, viewer, desk, from_account_id=everywhere)
    passes(engine, viewer, desk, from_account_id=everywhere, closes_access=True)
    assert as_person(engine, "partout").roles == ()
    other = as_person(engine, TAKER, NOVEMBER).roles[0][0]
    assert empty_days(engine, other or 0) == []  # « reprise » still coordinates it


def test_two_administrators_at_once_pass_it_once(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    account_for(engine, "chef", Role.ADMINISTRATOR, None)
    passes(engine, viewer, desk, TAKER)
    act = last_act(engine)
    for to in (TAKER, READER, None):
        with pytest.raises(Conflict, match="déjà passée"):
            passes(engine, as_person(engine, "chef"), desk, to)
        with pytest.raises(Conflict, match="déjà passée"):
            passes(engine, as_person(engine, "chef"), desk, to, starts="1/11/2026")
    assert last_act(engine) == act


def test_two_administrators_at_the_same_instant_pass_it_once(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    def attempt(to: str) -> bool:
        try:
            passes(engine, viewer, desk, to)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        done = list(people.map(attempt, [TAKER, READER]))
    assert sorted(done) == [False, True]
    assert [coordinates(engine, desk, login) for login in (TAKER, READER)] == done


def test_without_a_successor_the_post_is_vacant_and_what_was_held_waits(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    holds(engine, desk)
    plan, before = desk.plan.initiative_id, whose(engine, desk)
    passes(engine, viewer, desk, None, starts="1/11/2026", word="Le dossier vert est dans l'armoire")
    assert empty_days(engine, plan) == [Span(NOVEMBER)]
    assert whose(engine, desk) == before
    key = passes(engine, viewer, desk, starts="4/1/2027", today=date(2027, 1, 4))
    assert empty_days(engine, plan) == [Span(NOVEMBER, date(2027, 1, 3))]
    taker = as_person(engine, TAKER).actor_id
    held = whose(engine, desk)
    assert [held["reminders"], held["drafts"], held["links"]] == [[taker]] * 3
    with reading(engine) as session:
        assert all(row.received_at is not None for row in session.scalars(select(Handover)))
    assert handover_of(engine, key).moved["reminder"]


def test_who_takes_a_vacant_post_needs_not_say_from_whom(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    with pytest.raises(Invalid, match="pas vacante"):
        passes(engine, viewer, desk, from_account_id=None)
    passes(engine, viewer, desk, None)
    passes(engine, viewer, desk, starts="15/10/2026", from_account_id=None, today=date(2026, 10, 15))
    assert whose(engine, desk)["drafts"] == [as_person(engine, TAKER).actor_id]


def test_with_a_second_coordinator_the_post_is_vacant_when_the_last_one_leaves(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    plan = desk.plan.initiative_id
    second = account_for(engine, "seconde", Role.COORDINATOR, plan)
    passes(engine, viewer, desk, None)
    assert empty_days(engine, plan) == []
    passes(engine, viewer, desk, None, from_account_id=second, starts="1/11/2026")
    assert empty_days(engine, plan) == [Span(NOVEMBER)]


def test_the_day_after_an_interim_nobody_holds_the_post(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    plan = desk.plan.initiative_id
    passes(engine, viewer, desk, starts="1/10/2026", ends="31/12/2026")
    assert coordinates(engine, desk, TAKER, date(2026, 12, 31))
    assert not coordinates(engine, desk, TAKER, date(2027, 1, 1))
    assert empty_days(engine, plan) == [Span(date(2027, 1, 1))]
    taken = passes(
        engine, viewer, desk, READER, from_account_id=desk.accounts[TAKER], starts="1/3/2027", today=date(2027, 3, 1)
    )
    assert empty_days(engine, plan) == [Span(date(2027, 1, 1), date(2027, 2, 28))]
    assert taken


def test_a_successor_named_during_the_interim_leaves_no_vacancy(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, ends="31/12/2026")
    passes(engine, viewer, desk, READER, from_account_id=desk.accounts[TAKER], starts="1/12/2026")
    assert empty_days(engine, desk.plan.initiative_id) == []


def test_inviting_a_coordinator_ends_a_vacancy_and_keeps_its_dates(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    plan = desk.plan.initiative_id
    passes(engine, viewer, desk, None)
    with writing(engine) as session:
        ways_in.invite(
            session, viewer, login="nouvelle", function="Nouvelle", role=Role.COORDINATOR, secret="s",
            starts_on=date(2026, 10, 20), initiative_id=plan,
        )  # fmt: skip
    assert empty_days(engine, plan) == [Span(ON, date(2026, 10, 19))]


def test_what_was_to_pass_later_passes_when_the_successor_signs_in(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    leaver, taker = as_person(engine, LEAVER).actor_id, as_person(engine, TAKER).actor_id
    passes(engine, viewer, desk, starts="1/11/2026")
    for at, holder in (
        (datetime(2026, 10, 31, 22, tzinfo=UTC), leaver),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), taker),
    ):
        with writing(engine) as session:
            receive(session, account_id=desk.accounts[TAKER], at=at)
        assert whose(engine, desk)["drafts"] == [holder]
    act = last_act(engine)
    with writing(engine) as session:
        receive(session, account_id=desk.accounts[TAKER], at=datetime(2026, 11, 2, tzinfo=UTC))
    assert last_act(engine) == act


def test_an_undo_gives_everything_back_drafts_included(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    before = whose(engine, desk)
    passes(engine, viewer, desk)
    after = whose(engine, desk)
    back = undo(engine, viewer, last_act(engine))
    assert whose(engine, desk) == before
    assert coordinates(engine, desk, LEAVER)
    assert not coordinates(engine, desk, TAKER)
    undo(engine, viewer, back)
    assert whose(engine, desk) == after
    assert coordinates(engine, desk, TAKER)


def test_a_draft_taken_up_since_stays_with_who_types_in_it(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    passes(engine, viewer, desk)
    act, taker = last_act(engine), as_person(engine, TAKER)
    with writing(engine) as session:
        key = session.scalars(select(Draft.key)).one()
        drafts.keep(session, taker, key, {"rationale": "Ce que je reprends"})
    undo(engine, viewer, act)
    assert whose(engine, desk)["drafts"] == [taker.actor_id]


def test_an_undo_of_a_vacancy_has_it_never_have_been(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    passes(engine, viewer, desk, None)
    undo(engine, viewer, last_act(engine))
    assert empty_days(engine, desk.plan.initiative_id) == []
    assert coordinates(engine, desk, LEAVER)


def test_who_passed_the_post_does_not_take_it_back_without_who_administers(engine: Engine, desk: Desk) -> None:
    mine = as_person(engine, LEAVER)
    passes(engine, mine, desk, READER, starts="1/11/2026")
    act = last_act(engine)
    with pytest.raises(Refused, match="administre Balise"), writing(engine) as session:
        undo_act(session, as_person(engine, LEAVER), act)
    assert coordinates(engine, desk, READER, NOVEMBER)


def test_an_access_ends_whole_but_never_the_last_that_administers(
    engine: Engine, viewer: Viewer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "HASHING", QUICK)
    first = settled(engine, "premiere", role=Role.ADMINISTRATOR)
    with pytest.raises(Invalid, match="dernier accès"):
        passes(engine, viewer, desk, from_account_id=first, closes_access=True)
    assert as_person(engine, "premiere").roles
    settled(engine, "seconde", role=Role.ADMINISTRATOR)
    passes(engine, viewer, desk, from_account_id=first, closes_access=True, starts="2/10/2026")
    assert as_person(engine, "premiere", ON).roles
    assert as_person(engine, "premiere", ON + DAY).roles == ()


def test_an_access_that_ends_leaves_its_other_posts_vacant(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    other = as_person(engine, TAKER).roles[0][0] or 0
    with writing(engine) as session, acting(session, viewer.actor_id, "grant", "Un second poste"):
        session.add(
            Grant(account_id=desk.accounts[TAKER], initiative_id=desk.plan.initiative_id, role=Role.COORDINATOR,
                  starts_on=date(2025, 1, 1))
        )  # fmt: skip
    passes(engine, viewer, desk, None, from_account_id=desk.accounts[TAKER], closes_access=True, starts="1/11/2026")
    assert empty_days(engine, other) == [Span(NOVEMBER)]
    assert empty_days(engine, desk.plan.initiative_id) == []  # « depart » still holds it


def test_drafts_of_a_post_that_waits_outlive_the_ninety_days(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    holds(engine, desk)
    passes(engine, viewer, desk, None)
    old = datetime(2026, 1, 1, tzinfo=UTC)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(Draft).values(kept_at=old))
    with writing(engine) as session:
        drafts.start_draft(session, viewer, "note:1:new:", {})
        assert session.scalars(select(Draft.id).where(Draft.kept_at == old)).all()
    passes(engine, viewer, desk, starts="2/10/2026", from_account_id=None, today=ON + DAY)
    with writing(engine) as session:
        drafts.start_draft(session, viewer, "note:1:new:", {})
        assert session.scalars(select(Draft.id).where(Draft.kept_at == old)).all() == []


def test_only_who_took_the_post_closes_its_first_page(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    key = passes(engine, viewer, desk)
    for other in (viewer, as_person(engine, READER)):
        with pytest.raises(Refused), writing(engine) as session:
            close_taking_over(session, other, handover_id=key)
    with writing(engine) as session:
        close_taking_over(session, as_person(engine, TAKER), handover_id=key)
    assert handover_of(engine, key).read_at is not None


def test_a_seat_in_a_body_ends_with_the_access(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with writing(engine) as session:
        body = add_body(session, viewer, initiative_ids=[desk.plan.initiative_id], kind=BodyKind.COPIL, name="COPIL")
        with acting(session, viewer.actor_id, "seat", "Un siège"):
            session.add(BodyMember(body_id=body.id, account_id=desk.accounts[LEAVER]))
    passes(engine, viewer, desk, closes_access=True)
    assert as_person(engine, LEAVER, ON).roles == ()


def test_what_is_held_of_a_person_tells_the_posts_they_passed_and_took(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    passes(engine, viewer, desk, word="Le dossier vert")
    for login in (LEAVER, TAKER):
        with reading(engine) as session:
            (told,) = export_person(session, viewer, who=login)["passages_de_main"]
        assert (told["word"], told["starts_on"]) == ("Le dossier vert", "2026-10-01")
