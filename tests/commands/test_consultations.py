"""What one person did: for that person, and for who administers once they have said why."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from db.commands.accounts import open_account
from db.commands.consultations import consult_acts
from db.commands.plan import rewrite_sheet
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Account, JournalEntry
from db.models.base import now_utc
from db.queries import person_acts
from db.queries.person_acts import acts_consulted, my_acts
from db.rules.access import Role
from db.rules.person_acts import CONSULTED_FOR, PersonActs
from db.viewer import Viewer, viewer_named
from tests.builders import Plan, plan_in
from tests.commands.taking_back import label, last_act, undo

STARTS, ON = date(2024, 3, 29), date(2026, 10, 1)
WHY = "Retrouver qui a changé le budget"


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


@pytest.fixture
def camille(engine: Engine, viewer: Viewer, plan: Plan) -> tuple[Viewer, int]:
    """Who coordinates the plan, and renamed a fiche of it; and the key of her account."""
    with writing(engine) as session:
        open_account(
            session, viewer, login="camille", function="Camille", role=Role.COORDINATOR, starts_on=STARTS,
            initiative_id=plan.initiative_id,
        )  # fmt: skip
    with reading(engine) as session:
        who = viewer_named(session, "camille", ON)
        key = session.scalars(select(Account.id).where(Account.login == "camille")).one()
    with writing(engine) as session:
        rewrite_sheet(session, who, sheet_id=plan.sheets["1.1"], fields={"title": "Un bus"})
    return who, key


def consulted(engine: Engine, viewer: Viewer, key: int, reason: str | None = WHY) -> None:
    with writing(engine) as session:
        consult_acts(session, viewer, account_id=key, reason=reason)


def mine(engine: Engine, who: Viewer, page: int = 1) -> PersonActs | None:
    with reading(engine) as session:
        return my_acts(session, who, page)


def told(engine: Engine, who: Viewer, key: int, later: timedelta = timedelta()) -> PersonActs | None:
    with reading(engine) as session:
        return acts_consulted(session, who, key, now_utc() + later)


def test_one_reads_one_s_own_acts_and_nobody_else_s(engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]):
    who, _ = camille
    found = mine(engine, who)
    assert found is not None and found.function == "Camille" and found.total == 1
    (act,) = found.acts
    assert act.label == "Modification de la fiche « Fiche 1.1 »" and act.initiative
    others = mine(engine, viewer)
    assert others is not None and act.id not in {one.id for one in others.acts}


def test_an_act_that_was_taken_back_says_so(engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]):
    who, _ = camille
    undo(engine, viewer, last_act(engine))
    found = mine(engine, who)
    assert found is not None and [act.is_taken_back for act in found.acts] == [True]


def test_acts_in_a_demarche_that_is_no_longer_open_are_not_told(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]
):
    closed = Viewer(camille[0].actor_id)
    found = mine(engine, closed)
    assert found is not None and found.acts == () and found.total == 0
    assert mine(engine, Viewer(1)) is None


def test_acts_come_a_page_at_a_time(
    engine: Engine, viewer: Viewer, plan: Plan, camille: tuple[Viewer, int], monkeypatch: pytest.MonkeyPatch
):
    who, _ = camille
    for title in ("Deux", "Trois"):
        with writing(engine) as session:
            rewrite_sheet(session, who, sheet_id=plan.sheets["1.1"], fields={"title": title})
    monkeypatch.setattr(person_acts, "ACTS_A_PAGE", 2)
    first, second = mine(engine, who), mine(engine, who, 2)
    assert first is not None and second is not None
    assert (first.total, len(first.acts), len(second.acts)) == (3, 2, 1)
    assert first.acts[0].id > first.acts[1].id > second.acts[0].id


def test_who_administers_reads_somebody_s_acts_once_they_said_why(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]
):
    _, key = camille
    assert told(engine, viewer, key) is None
    consulted(engine, viewer, key)
    found = told(engine, viewer, key)
    assert found is not None and found.total == 1
    assert told(engine, viewer, key, CONSULTED_FOR) is None


def test_a_consultation_opens_nothing_to_another_who_administers(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]
):
    consulted(engine, viewer, camille[1])
    assert told(engine, Viewer(1, ((None, Role.ADMINISTRATOR),)), camille[1]) is None


def test_a_consultation_is_journalled_and_told_to_the_person_with_its_reason(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]
):
    who, key = camille
    consulted(engine, viewer, key)
    done = last_act(engine)
    with reading(engine) as session:
        (line,) = session.scalars(select(JournalEntry).where(JournalEntry.act_id == done))
    assert label(engine, done) == "Consultation des actes : Camille"
    assert line.table == "consultation" and line.after is not None and line.after["reason"] == WHY
    found = mine(engine, who)
    assert found is not None and [one.reason for one in found.consulted] == [WHY]


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_without_a_reason_nothing_is_opened(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int], reason: str | None
):
    with pytest.raises(Invalid, match="La raison"):
        consulted(engine, viewer, camille[1], reason)
    assert told(engine, viewer, camille[1]) is None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_consults_anybody(
    engine: Engine, viewer: Viewer, camille: tuple[Viewer, int], plan: Plan, role: Role
):
    for where in (None, plan.initiative_id):
        other = Viewer(viewer.actor_id, ((where, role),))
        with pytest.raises(Refused):
            consulted(engine, other, camille[1])
        with pytest.raises(Refused):
            told(engine, other, camille[1])
    at_one_plan = Viewer(viewer.actor_id, ((plan.initiative_id, Role.ADMINISTRATOR),))
    with pytest.raises(Refused):
        consulted(engine, at_one_plan, camille[1])


def test_a_consultation_is_never_taken_back(engine: Engine, viewer: Viewer, camille: tuple[Viewer, int]):
    consulted(engine, viewer, camille[1])
    with pytest.raises(Invalid, match="ne s'annule pas"), writing(engine) as session:
        undo_act(session, viewer, last_act(engine))


def test_one_s_own_acts_ask_for_no_reason(engine: Engine, viewer: Viewer):
    with reading(engine) as session:
        key = session.scalars(select(Account.id).where(Account.actor_id == viewer.actor_id)).one()
    with pytest.raises(Invalid, match="Mon accès"):
        consulted(engine, viewer, key)
