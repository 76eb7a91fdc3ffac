"""Every page, opened by every role: what is in preparation is told by none of them, and none of them breaks."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select, update
from streamlit.testing.v1 import AppTest

from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line, record_amount
from db.commands.series import declare_progress, declare_weather
from db.engine import reading, writing
from db.models import Account, FundingLine, Grant, Involvement, Organisation, Placement
from db.rights import RIGHTS, Operation, Reach, allows
from db.rules.access import Role
from db.rules.vocabulary import FundingStage, InvolvementRole, Weather
from db.viewer import LOCAL_LOGIN
from tests.conftest import Databases, viewer_in
from tests.house import ROOT
from tests.pages.opening import on_database, opened, said

DEMO, ON = 1, date(2026, 10, 1)
OBSTACLE, PERCENT, CENTS = "le local ferme en décembre", 87, 7_654_300
SECRETS = (OBSTACLE, f"{PERCENT} %", "76 543")
"""A météo, an obstacle, a percentage and an amount, none of them in a published point."""
SHEET = "1.1"
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.name != "main.py")
ROLES = [role for role in RIGHTS if not allows(role, Operation.READ_PREPARATION)]


@pytest.fixture(scope="module")
def prepared(databases: Databases) -> Iterator[Engine]:
    """The demonstration, with four entries in preparation on one fiche."""
    made = databases.copy("sqlite", "demo", to_be_broken=True)
    viewer = viewer_in(made)
    with writing(made) as session:
        sheet_id = session.scalars(select(Placement.sheet_id).where(Placement.code == SHEET)).one()
        declare_weather(session, viewer, sheet_id=sheet_id, on=ON, weather=Weather.STORM, obstacles=OBSTACLE)
        declare_progress(session, viewer, sheet_id=sheet_id, on=ON, percent=PERCENT)
        funder = find_or_create_organisation(session, viewer, "Financeur d'essai")
        line = add_funding_line(session, viewer, sheet_id=sheet_id, funder_id=funder.id, year=2031)
        record_amount(session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=ON, amount_cents=CENTS)
    yield made
    made.dispose()


def acts_as(engine: Engine, role: Role) -> None:
    """The person at the machine holds this role in the demonstration, and no other; for a structure that has a part."""
    part, line = Involvement, FundingLine
    with reading(engine) as session:
        prepared = select(Placement.sheet_id).where(Placement.code == SHEET)
        there = select(part.organisation_id).where(part.sheet_id.in_(prepared))
        led = select(part.organisation_id).where(
            part.role == InvolvementRole.LEAD, part.sheet_id.is_not(None), part.organisation_id.not_in(there)
        )
        paid = select(line.funder_id).where(line.sheet_id.is_not(None))
        who = session.scalars((paid.order_by(line.id) if role is Role.FUNDER else led.order_by(part.id)).limit(1)).one()
    mine = select(Account.id).where(Account.login == LOCAL_LOGIN)
    with engine.begin() as connection:
        connection.execute(
            update(Grant)
            .where(Grant.account_id.in_(mine))
            .values(role=role, initiative_id=DEMO, organisation_id=who if role in (Role.FUNDER, Role.LEAD) else None)
        )


def place(engine: Engine, code: str) -> str:
    with reading(engine) as session:
        return str(session.scalars(select(Placement.id).where(Placement.code == code)).one())


def everything(app: AppTest) -> str:
    told = [said(app), *(table.value.to_string() for table in app.table)]
    told += [str(box.value) for box in [*app.success, *app.warning]]
    return "\n".join(told).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("role", ROLES)
def test_no_page_tells_a_role_what_is_in_preparation(prepared: Engine, role: Role) -> None:
    acts_as(prepared, role)
    with on_database(prepared):
        for page in PAGES:
            app = opened(page, demarche="demo", vue="En préparation", fiche=place(prepared, SHEET))
            assert not app.exception, page
            told = everything(app)
            assert [secret for secret in SECRETS if secret in told] == [], page


def test_who_coordinates_finds_them_so_that_the_search_is_not_vain(prepared: Engine) -> None:
    acts_as(prepared, Role.COORDINATOR)
    with on_database(prepared):
        app = opened("sheet.py", demarche="demo", vue="En préparation", fiche=place(prepared, SHEET))
        told = everything(app)
    assert [secret for secret in SECRETS if secret not in told] == []


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.SIGNATORY, "Contrat local de santé Durance-Luberon 2024-2028"),
        (Role.FUNDER, "Plan d'action"),
        (Role.RESIDENT_MEMBER, "Plan d'action"),
        (Role.PROJECT_OFFICER, "Mes démarches"),
    ],
)
def test_each_role_lands_on_what_is_open_to_it(prepared: Engine, role: Role, title: str) -> None:
    acts_as(prepared, role)
    with on_database(prepared):
        app = opened(demarche="demo")
        assert not app.exception
        assert title in said(app)


def test_who_pays_nothing_of_a_plan_is_told_so(prepared: Engine) -> None:
    acts_as(prepared, Role.FUNDER)
    with prepared.begin() as connection:
        idle = select(Organisation.id).where(Organisation.id.not_in(select(FundingLine.funder_id)))
        payer = connection.scalar(idle.limit(1))
        connection.execute(update(Grant).where(Grant.role == Role.FUNDER).values(organisation_id=payer))
    with on_database(prepared):
        app = opened("plan.py", demarche="demo")
    told = " ".join(box.value for box in app.info)
    assert "Votre structure ne finance aucune fiche de ce plan" in told


def test_an_inhabitant_reads_titles_statuses_and_plain_lines(prepared: Engine) -> None:
    acts_as(prepared, Role.RESIDENT_MEMBER)
    with on_database(prepared):
        told = everything(opened("plan.py", demarche="demo"))
    assert "23 fiches. Le reste du plan n'est pas ouvert à votre accès." in told
    assert "1.1 Animer le CLS" in told and "Pour que les communes" in told
    assert "avancement" not in told and "étapes" not in told


def test_a_fiche_that_is_not_yours_answers_as_one_that_does_not_exist(prepared: Engine) -> None:
    acts_as(prepared, Role.RESIDENT_MEMBER)
    with on_database(prepared):
        closed = everything(opened("sheet.py", demarche="demo", fiche=place(prepared, SHEET)))
        absent = everything(opened("sheet.py", demarche="demo", fiche="99999"))
    assert "ne vous est pas ouverte" in closed and "ne vous est pas ouverte" in absent


def test_an_evaluator_is_told_no_name(prepared: Engine) -> None:
    told = {}
    for role in (Role.SIGNATORY, Role.EVALUATOR):
        acts_as(prepared, role)
        with on_database(prepared):
            told[role] = everything(opened("sheet.py", demarche="demo", fiche=place(prepared, SHEET)))
    signature = "15 septembre 2026, Coordination du CLS"
    assert signature in told[Role.SIGNATORY] and signature not in told[Role.EVALUATOR]


def test_the_page_of_rights_says_every_role_in_words(prepared: Engine) -> None:
    acts_as(prepared, Role.RESIDENT_MEMBER)
    with on_database(prepared):
        told = everything(opened("who_sees.py"))
    for role in Role:
        assert role.label_fr in told.lower() or role.label_fr.lower() in told.lower(), role
    assert Reach.PAID.value not in told


def test_a_pilot_chooses_what_is_shown_and_edits_its_own_fiche_alone(prepared: Engine) -> None:
    with reading(prepared) as session:
        part = Involvement
        who = session.scalars(
            select(part.organisation_id).where(part.role == InvolvementRole.LEAD, part.sheet_id == 13).limit(1)
        ).one()
        mine, other = (
            str(session.scalars(select(Placement.id).where(Placement.sheet_id == key)).one()) for key in (13, 1)
        )
    acts_as(prepared, Role.LEAD)
    with prepared.begin() as connection:
        connection.execute(update(Grant).values(organisation_id=who))
    with on_database(prepared):
        for fiche, doors in ((mine, 1), (other, 0)):
            app = opened("sheet.py", demarche="demo", vue="En préparation", fiche=fiche)
            assert not app.exception
            assert len([button for button in app.button if button.label == "Donner des nouvelles"]) == doors
            assert "Ce qui est montré" in [choice.label for choice in app.button_group]
