"""Links of reading: who makes them, until when, what ends them, what the journal and an undo keep of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from db.commands.reading_links import count_opening, link_behind, make_reading_link, revoke_reading_link
from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.models import Actor, Grant, Initiative, JournalEntry, ReadingLink, Revision
from db.queries.reading_links import reading_links
from db.rules.access import Role, SharedPage
from db.rules.filtering import Filters
from db.rules.sharing import LINK_DAYS, MOST_DAYS, OpenLink
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.taking_back import last_act, undo

ON = date(2026, 10, 1)
NOON = datetime(2026, 10, 1, 10, tzinfo=UTC)
SECRET = "un-secret-de-deux-cent-cinquante-six-bits"


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def made(engine: Engine, viewer: Viewer, plan: Plan, secret: str = SECRET, **more: object) -> int:
    told = {"page": SharedPage.OVERVIEW, "for_whom": "Mme Exemple", "until": None, "on": ON, **more}
    with writing(engine) as session:
        return make_reading_link(session, viewer, initiative_id=plan.initiative_id, secret=secret, **told).id  # type: ignore[arg-type]


def behind(engine: Engine, secret: str = SECRET, at: datetime = NOON) -> OpenLink | None:
    with reading(engine) as session:
        return link_behind(session, secret, at=at)


def opens(engine: Engine, secret: str = SECRET, at: datetime = NOON) -> bool:
    found = behind(engine, secret, at)
    return found is not None and found.is_open


def test_a_link_shows_its_page_for_thirty_days_the_last_one_included(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    made(engine, viewer, plan)
    last = NOON + timedelta(days=LINK_DAYS)
    assert [opens(engine, at=at) for at in (NOON, last, last + timedelta(days=1))] == [True, True, False]


def test_the_last_day_ends_at_midnight_where_the_démarche_is(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    with writing(engine) as session:
        session.connection().execute(update(Initiative).values(time_zone="Indian/Reunion"))
    made(engine, viewer, plan, until="10/10/2026")
    before = datetime(2026, 10, 10, 19, 59, tzinfo=UTC)
    assert opens(engine, at=before)
    assert not opens(engine, at=before + timedelta(minutes=1))


@pytest.mark.parametrize("typed", ["30/12/2026", "1er octobre 2026", "octobre 2026"])
def test_an_end_within_ninety_days_is_kept(engine: Engine, viewer: Viewer, plan: Plan, typed: str) -> None:
    made(engine, viewer, plan, until=typed)
    assert opens(engine)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"until": "31/12/2026"}, f"{MOST_DAYS} jours au plus"),
        ({"until": "30/09/2026"}, "est passé"),
        ({"until": "bientôt"}, "pas compris"),
        ({"for_whom": "  "}, "ne peut pas être vide"),
        ({"page": SharedPage.PLAN, "filters": {"completer": True}}, "ne se partage pas"),
        ({"page": SharedPage.PLAN, "filters": {"q": "x" * 400}}, "raccourcissez"),
    ],
)
def test_what_will_not_do_is_said_and_makes_no_link(
    engine: Engine, viewer: Viewer, plan: Plan, told: dict[str, object], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        made(engine, viewer, plan, **told)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(ReadingLink)) == 0


def test_a_link_that_was_withdrawn_shows_nothing_at_once(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = made(engine, viewer, plan)
    with writing(engine) as session:
        revoke_reading_link(session, viewer, link_id=key)
    assert not opens(engine)
    with reading(engine) as session:
        assert reading_links(session, viewer, plan.initiative_id, ON) == ()


@pytest.mark.parametrize("secret", ["", "autre", SECRET[:-1], SECRET + "x", SECRET.upper(), "é", "0" * 5000])
def test_a_secret_that_was_forged_or_cut_is_no_link_s(engine: Engine, viewer: Viewer, plan: Plan, secret: str) -> None:
    made(engine, viewer, plan)
    assert behind(engine, secret) is None


def test_a_link_ends_with_its_démarche(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    made(engine, viewer, plan)
    with writing(engine) as session:
        session.connection().execute(update(Initiative).values(archived_at=NOON))
    assert not opens(engine)


def test_a_link_ends_with_its_fiche_and_comes_back_with_it(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    made(engine, viewer, plan, page=SharedPage.SHEET, placement_id=plan.placements["1.1"])
    with writing(engine) as session:
        archive_sheet(session, viewer, placement_id=plan.placements["1.1"])
    assert not opens(engine)
    with reading(engine) as session:
        assert reading_links(session, viewer, plan.initiative_id, ON) == ()
    undo(engine, viewer, last_act(engine))
    assert opens(engine)


@pytest.mark.parametrize(
    ("page", "number"), [(SharedPage.SHEET, None), (SharedPage.OVERVIEW, "1.1"), (SharedPage.SHEET, "ailleurs")]
)
def test_a_fiche_that_does_not_stand_there_is_not_shared(
    engine: Engine, viewer: Viewer, plan: Plan, page: SharedPage, number: str | None
) -> None:
    other = plan_in(engine, viewer, name="Un autre contrat").placements["1.1"]
    place = other if number == "ailleurs" else plan.placements[number] if number else None
    with pytest.raises(Refused):
        made(engine, viewer, plan, page=page, placement_id=place)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_who_does_not_publish_neither_makes_a_link_nor_withdraws_one_nor_sees_any(
    engine: Engine, viewer: Viewer, plan: Plan, role: Role
) -> None:
    key, other = made(engine, viewer, plan), Viewer(1, ((plan.initiative_id, role),))
    with pytest.raises(Refused):
        made(engine, other, plan, secret="autre")
    with pytest.raises(Refused), writing(engine) as session:
        revoke_reading_link(session, other, link_id=key)
    with reading(engine) as session:
        assert reading_links(session, other, plan.initiative_id, ON) == ()
    assert opens(engine)


def test_a_coordinator_of_another_démarche_does_not_either(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = made(engine, viewer, plan)
    other = Viewer(1, ((plan_in(engine, viewer, name="Ailleurs").initiative_id, Role.COORDINATOR),))
    with pytest.raises(Refused), writing(engine) as session:
        revoke_reading_link(session, other, link_id=key)
    with pytest.raises(Refused):
        made(engine, other, plan, secret="autre")


def test_who_made_a_link_and_lost_their_role_no_longer_withdraws_it_and_whoever_coordinates_does(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    former = colleague(engine)
    key = made(engine, former, plan)
    with writing(engine) as session:
        session.connection().execute(update(Grant).where(Grant.account_id != 1).values(role=Role.SIGNATORY))
    demoted = Viewer(former.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused), writing(engine) as session:
        revoke_reading_link(session, demoted, link_id=key)
    with reading(engine) as session:
        label = session.scalars(select(Actor.label).where(Actor.id == former.actor_id)).one()
        assert [link.made_by for link in reading_links(session, viewer, plan.initiative_id, ON)] == [label]
    with writing(engine) as session:
        revoke_reading_link(session, viewer, link_id=key)
    assert not opens(engine)


def test_openings_are_counted_beside_the_journal_and_move_no_revision(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    key = made(engine, viewer, plan)

    def trace() -> tuple[int | None, list[tuple[str, int]]]:
        with reading(engine) as session:
            lines = session.scalar(select(func.count()).select_from(JournalEntry))
            revisions = session.execute(select(Revision.scope, Revision.n).order_by(Revision.scope))
            return lines, [tuple(row) for row in revisions]

    before = trace()
    for minute in range(3):
        count_opening(engine, key, at=NOON + timedelta(minutes=minute))
    assert trace() == before
    with reading(engine) as session:
        (link,) = reading_links(session, viewer, plan.initiative_id, ON)
    assert (link.openings, link.last_opening_at) == (3, NOON + timedelta(minutes=2))


def test_the_journal_keeps_neither_the_secret_nor_for_whom_it_is(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    made(engine, viewer, plan)
    with reading(engine) as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.table == ReadingLink.__tablename__)).all()
    said = str([(line.before, line.after) for line in lines])
    assert lines and SECRET not in said and "Exemple" not in said


def test_a_link_that_was_opened_is_unmade_all_the_same_and_does_not_come_back(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    key = made(engine, viewer, plan)
    count_opening(engine, key, at=NOON)
    taken_back = undo(engine, viewer, last_act(engine))
    assert behind(engine) is None
    with pytest.raises(Conflict):
        undo(engine, viewer, taken_back)
    assert behind(engine) is None


def test_a_withdrawal_that_was_a_slip_is_taken_back(engine: Engine, viewer: Viewer, plan: Plan) -> None:
    key = made(engine, viewer, plan)
    with writing(engine) as session:
        revoke_reading_link(session, viewer, link_id=key)
    undo(engine, viewer, last_act(engine))
    assert opens(engine)


def test_the_filters_of_the_plan_are_kept_as_they_were_typed_and_of_no_other_page(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    asked = {"axe": "\u2003Un axe", "retard": True, "inconnu": "x"}
    made(engine, viewer, plan, page=SharedPage.PLAN, filters=asked)
    made(engine, viewer, plan, secret="autre", page=SharedPage.CONTRACT, filters=asked)
    kept = [link.view.filters for link in (behind(engine), behind(engine, "autre")) if link]
    assert kept == [Filters(axe="\u2003Un axe", retard=True), Filters()]


def test_a_link_taken_back_is_not_made_again_and_the_sentence_says_what_to_do(
    engine: Engine, viewer: Viewer, plan: Plan
) -> None:
    made(engine, viewer, plan)
    undone = undo(engine, viewer, last_act(engine))
    with pytest.raises(Conflict) as refusal:
        undo(engine, viewer, undone)
    assert "faites-en un autre" in refusal.value.message and "données personnelles" not in refusal.value.message
    assert not opens(engine)
