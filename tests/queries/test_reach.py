"""What a role reaches of a plan: the whole of it, what a structure leads or pays, the titles, the card."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands.drafts import start_draft
from db.commands.editing.save import save_section, section_base
from db.commands.plan import rewrite_sheet
from db.commands.series import declare_weather
from db.engine import reading, writing
from db.errors import Refused
from db.models import FundingLine, Involvement, Organisation, Placement
from db.queries.initiatives import choices, header
from db.queries.overview import overview
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.rights import RIGHTS, Operation, Reach
from db.rules.access import Role
from db.rules.sections import Section, subject_of
from db.rules.vocabulary import InvolvementRole, Status
from db.viewer import Viewer
from tests.builders import colleague
from tests.conftest import Databases

ON = date(2026, 10, 1)
DEMO = 1
SECRET = "le local ferme en décembre"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def demo(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    made = databases.copy(request.param, "demo")
    yield made
    made.dispose()


def a_structure(engine: Engine, query: Any) -> int:
    with reading(engine) as session:
        return session.scalars(query.limit(1)).one()


@pytest.fixture(scope="module")
def pilot(demo: Engine) -> Viewer:
    """Somebody who writes for a structure that leads one fiche of the demonstration at least."""
    part = Involvement
    who = a_structure(
        demo,
        select(part.organisation_id)
        .join(Placement, Placement.sheet_id == part.sheet_id)
        .where(part.role == InvolvementRole.LEAD, Placement.code == "2.2", part.archived_at.is_(None)),
    )
    return Viewer(1, ((DEMO, Role.LEAD),), held_for=((DEMO, Role.LEAD, who),))


@pytest.fixture(scope="module")
def payer(demo: Engine) -> Viewer:
    """Somebody of a structure that pays for some fiches of the demonstration, and not for all."""
    line = FundingLine
    who = a_structure(demo, select(line.funder_id).where(line.sheet_id.is_not(None)).order_by(line.id))
    return Viewer(1, ((DEMO, Role.FUNDER),), held_for=((DEMO, Role.FUNDER, who),))


def place(session: Session, code: str) -> tuple[int, int]:
    row = session.execute(select(Placement.id, Placement.sheet_id).where(Placement.code == code)).first()
    assert row is not None
    return row[0], row[1]


def test_the_table_says_of_every_role_what_it_may_do() -> None:
    assert set(RIGHTS) == set(Role)
    for role, rights in RIGHTS.items():
        assert set(rights) <= set(Operation), role
    assert RIGHTS[Role.LINK_GUEST] == {Operation.READ: Reach.VIEW}


def test_who_leads_a_fiche_writes_it_and_no_other(demo: Engine, pilot: Viewer) -> None:
    with reading(demo) as session:
        led, other = place(session, "2.2")[1], place(session, "1.1")[1]
    with writing(demo) as session:
        rewrite_sheet(session, pilot, sheet_id=led, fields={"means": "Un bus"})
    with pytest.raises(Refused), writing(demo) as session:
        rewrite_sheet(session, pilot, sheet_id=other, fields={"means": "Un bus"})


def test_a_role_of_pilote_held_for_no_structure_writes_nothing(demo: Engine) -> None:
    with reading(demo) as session:
        led = place(session, "2.2")[1]
    with pytest.raises(Refused), writing(demo) as session:
        rewrite_sheet(session, Viewer(1, ((DEMO, Role.LEAD),)), sheet_id=led, fields={"means": "Un bus"})


def test_a_role_held_in_another_plan_writes_nothing_here(demo: Engine, pilot: Viewer) -> None:
    who = pilot.held_for[0][2]
    elsewhere = Viewer(1, ((DEMO + 1, Role.LEAD),), held_for=((DEMO + 1, Role.LEAD, who),))
    with reading(demo) as session:
        led = place(session, "2.2")[1]
    with pytest.raises(Refused), writing(demo) as session:
        rewrite_sheet(session, elsewhere, sheet_id=led, fields={"means": "Un bus"})


def test_who_leads_a_fiche_saves_its_news_as_a_coordinator_does(demo: Engine, pilot: Viewer) -> None:
    with reading(demo) as session:
        led = place(session, "2.2")[1]
    with writing(demo) as session:
        base = section_base(session, pilot, sheet_id=led, section=Section.NEWS, on=ON)
        draft = start_draft(session, pilot, subject_of(led, Section.NEWS), base)
        save_section(session, pilot, key=draft.key, typed={"done": "Une tournée"}, on=ON)
    with reading(demo) as session:
        detail = sheet_detail(session, pilot, DEMO, ON, place(session, "2.2")[0])
    assert detail is not None and detail.may_write
    assert detail.weathers[0].done == "Une tournée"


def test_what_is_in_preparation_is_shown_to_who_leads_that_fiche_alone(demo: Engine, pilot: Viewer) -> None:
    coordinator = colleague(demo)
    with reading(demo) as session:
        led, other = place(session, "2.2"), place(session, "1.1")
    with writing(demo) as session:
        for _, sheet_id in (led, other):
            declare_weather(session, coordinator, sheet_id=sheet_id, on=ON, weather=None, obstacles=SECRET)
    with reading(demo) as session:
        mine = sheet_detail(session, pilot, DEMO, ON, led[0])
        theirs = sheet_detail(session, pilot, DEMO, ON, other[0])
        as_reader = sheet_detail(session, pilot.as_reader(), DEMO, ON, led[0])
    assert mine is not None and theirs is not None and as_reader is not None
    assert SECRET in str(mine.weathers) and mine.may_write
    assert SECRET not in str(theirs.weathers) and not theirs.may_write
    assert SECRET not in str(as_reader.weathers) and not as_reader.may_write


def test_who_pays_has_the_fiches_it_pays_and_its_own_lines(demo: Engine, payer: Viewer) -> None:
    who = payer.held_for[0][2]
    line = FundingLine
    with reading(demo) as session:
        state = plan_state(session, payer, DEMO, ON)
        paid = set(session.scalars(select(line.sheet_id).where(line.funder_id == who, line.sheet_id.is_not(None))))
        name = session.get_one(Organisation, who).name
        details = [sheet_detail(session, payer, DEMO, ON, sheet.placement_id) for sheet in state.sheets]
    assert {sheet.sheet_id for sheet in state.sheets} == paid
    assert all(sheet.funders == () for sheet in state.sheets)
    assert {money.funder for detail in details if detail for money in detail.money} == {name}
    assert all(detail is not None and detail.needs == () and detail.text.funding_text is None for detail in details)


def test_a_fiche_that_a_payer_does_not_pay_does_not_exist_for_it(demo: Engine, payer: Viewer) -> None:
    with reading(demo) as session:
        mine = {sheet.placement_id for sheet in plan_state(session, payer, DEMO, ON).sheets}
        others = session.scalars(select(Placement.id).where(Placement.initiative_id == DEMO, Placement.id.not_in(mine)))
        told = [sheet_detail(session, payer, DEMO, ON, key) for key in others]
    assert told and all(detail is None for detail in told)


def test_an_inhabitant_has_titles_statuses_and_plain_lines_and_nothing_else(demo: Engine) -> None:
    inhabitant = Viewer(1, ((DEMO, Role.RESIDENT_MEMBER),))
    with reading(demo) as session:
        state = plan_state(session, inhabitant, DEMO, ON)
        whole = plan_state(session, Viewer(1, ((DEMO, Role.SIGNATORY),)), DEMO, ON)
        with pytest.raises(Refused):
            sheet_detail(session, inhabitant, DEMO, ON, state.sheets[0].placement_id)
        with pytest.raises(Refused):
            overview(session, inhabitant, DEMO, ON)
    assert [(s.code, s.title, s.status, s.plain_line) for s in state.sheets] == [
        (s.code, s.title, s.status, s.plain_line) for s in whole.sheets
    ]
    for sheet in state.sheets:
        assert (
            sheet.progress.percent == (100 if sheet.status is Status.DONE else None)
            and sheet.weather is None
            and sheet.leads == ()
            and sheet.funders == ()
        )
        assert sheet.starts is None and sheet.ends is None and sheet.milestones == () and not sheet.lateness.reasons
        assert sheet.status_word is None and sheet.status_reason is None


def test_a_project_officer_has_the_card_alone(demo: Engine) -> None:
    officer = Viewer(1, ((DEMO, Role.PROJECT_OFFICER),))
    with reading(demo) as session:
        assert [choice.id for choice in choices(session, officer)] == [DEMO]
        assert header(session, officer, DEMO, ON).id == DEMO
        with pytest.raises(Refused):
            plan_state(session, officer, DEMO, ON)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_a_demarche_when_it_reads_something_of_it(demo: Engine, role: Role) -> None:
    with reading(demo) as session:
        opened = [choice.id for choice in choices(session, Viewer(1, ((DEMO, role),)))]
    reads_something = Operation.READ in RIGHTS[role] and role is not Role.LINK_GUEST  # whose link says what
    assert opened == ([DEMO] if reads_something else [])


def test_the_widest_of_two_rights_is_the_one_that_counts(demo: Engine) -> None:
    both = Viewer(1, ((DEMO, Role.RESIDENT_MEMBER), (DEMO, Role.SIGNATORY)))
    assert both.reaches(Operation.READ, DEMO) == {Reach.TITLES, Reach.PLAN}
    with reading(demo) as session:
        assert any(sheet.weather for sheet in plan_state(session, both, DEMO, ON).sheets)
