"""Settling a cell when the field was filled meanwhile, when it is settled already, and whose right it is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db import journal
from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_budget_item
from db.commands.initiatives import create_initiative
from db.commands.plan import rewrite_sheet
from db.commands.series import declare_status
from db.commands.settle import set_aside_cell, settle_cell
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.exchange.fields import Field
from db.models import (
    Act,
    BudgetItem,
    JournalEntry,
    Organisation,
    OrganisationAlias,
    PersonDetail,
    Unsettled,
)
from db.rules.access import Role
from db.rules.settling import HELD_NOW
from db.rules.vocabulary import Status
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.importing import imported
from tests.exchange.messy import BUS, WORKSHOPS, Messy, a_messy_plan, messy, plain


@pytest.fixture
def plan(engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(engine, viewer, tmp_path)


@pytest.fixture
def sqlite_plan(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Messy:
    return a_messy_plan(sqlite_engine, viewer, tmp_path)


# Filled meanwhile.


def test_a_field_filled_meanwhile_is_shown_with_its_author_and_not_written_over(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    assert plan.base(cell)[HELD_NOW] is None
    with writing(plan.engine) as session:
        rewrite_sheet(session, plan.viewer, sheet_id=plan.sheets[BUS], fields={"starts_on": date(2026, 5, 4)})
    with pytest.raises(Conflict, match="contient déjà « 04/05/2026 »") as refused:
        plan.settle(cell, "mars 2026")
    (clash,) = refused.value.clashes
    assert (clash.theirs, clash.mine, clash.author) == ("04/05/2026", "mars 2026", "La coordination (ce poste)")
    assert plan.says(Field.STARTS_ON) == "04/05/2026"
    plan.settle(cell, "mars 2026", instead_of="04/05/2026")
    assert plan.says(Field.STARTS_ON) == "mars 2026"


def declared(plan: Messy) -> None:
    with writing(plan.engine) as session:
        declare_status(session, plan.viewer, sheet_id=plan.sheets[BUS], status=Status.ONGOING, on=ON)


def budgeted(plan: Messy) -> None:
    with writing(plan.engine) as session:
        add_budget_item(session, plan.viewer, sheet_id=plan.sheets[BUS], amount_cents=100_00)


def funded(plan: Messy) -> None:
    plan.settle(plan.cell("funder_amount", WORKSHOPS), {"ARS": "1"})
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        cell = session.scalars(select(Unsettled).where(Unsettled.field == "funder_amount")).first()
        assert cell is not None
        cell.sheet_id = plan.sheets[WORKSHOPS]


@pytest.mark.parametrize(
    ("code", "fill", "written", "theirs"),
    [
        ("status", declared, "abandonnée", "en cours"),
        ("budget", budgeted, "350", "100 €"),
        ("weather_done", None, "Quatre sorties", "Trois sorties"),
    ],
)
def test_other_kinds_of_fields_are_not_written_over_either(
    plan: Messy, code: str, fill: Callable[[Messy], None] | None, written: str, theirs: str
) -> None:
    if fill is not None:
        fill(plan)
        cell = plan.cell(code)
    else:
        cell = plan.cell("weather")
        with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
            session.get_one(Unsettled, cell).field = code
    with pytest.raises(Conflict) as refused:
        plan.settle(cell, written)
    (clash,) = refused.value.clashes
    assert plain(clash.theirs) == theirs
    plan.settle(cell, written, instead_of=clash.theirs)
    assert plan.row(cell).settled_as == written


def test_an_amount_said_meanwhile_is_not_written_over(plan: Messy) -> None:
    funded(plan)
    cell = plan.cell("funder_amount", WORKSHOPS)
    with pytest.raises(Conflict) as refused:
        plan.settle(cell, {"ARS": "2"})
    assert plain(refused.value.clashes[0].theirs) == "ARS : 1 €"
    plan.settle(cell, {"ARS": "2"}, instead_of=refused.value.clashes[0].theirs)
    assert plain(plan.says(Field.FUNDER, WORKSHOPS)) == "ARS : 2 €"


def test_a_budget_told_line_by_line_is_not_replaced_by_a_total(plan: Messy) -> None:
    budgeted(plan)
    budgeted(plan)
    with pytest.raises(Conflict) as refused:
        plan.settle(plan.cell("budget"), "350")
    with pytest.raises(Invalid, match="plusieurs lignes"):
        plan.settle(plan.cell("budget"), "350", instead_of=refused.value.clashes[0].theirs)
    assert plan.count(BudgetItem) == 2


def test_a_name_that_two_structures_bear_is_refused_until_one_is_chosen(plan: Messy) -> None:
    with writing(plan.engine) as session:
        for name in ("Mission locale du Comtat", "Mission locale du Luberon"):
            find_or_create_organisation(session, plan.viewer, name)
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        for number, row in enumerate(session.scalars(select(Organisation).where(Organisation.name.like("Mission%")))):
            same = "ML" + "-" * number  # the same words, written otherwise
            session.add(OrganisationAlias(organisation_id=row.id, label=same, search_text=f"ml {number}"))
    with pytest.raises(Invalid, match="Plusieurs structures portent ce nom"):
        plan.settle(plan.cell("lead"), "ML")
    plan.settle(plan.cell("lead"), ["Mission locale du Luberon"])
    assert plan.draft().leads == ("Mission locale du Luberon",)


# Set aside; already settled; whose right it is.


def test_a_cell_left_as_it_is_writes_nothing_and_waits_no_more(plan: Messy) -> None:
    cell, before = plan.cell("starts_on"), plan.draft()
    with writing(plan.engine) as session:
        set_aside_cell(session, plan.viewer, unsettled_id=cell)
        act = journal.last_act(session)
    assert plan.row(cell).settled_as == "laissé tel quel"
    assert plan.draft().starts_on is None
    with writing(plan.engine) as session:
        undo_act(session, plan.viewer, act or 0)
    assert (plan.row(cell).settled_at, plan.row(cell).settled_as) == (None, None)
    assert plan.draft() == before


def test_a_cell_is_settled_once(plan: Messy) -> None:
    cell = plan.cell("priority")
    plan.settle(cell, "haute")
    for again in (lambda: plan.settle(cell, "basse"), lambda: plan.base(cell)):
        with pytest.raises(Invalid, match="quelqu'un l'a déjà précisée"):
            again()
    assert plan.says(Field.PRIORITY) == "haute"


def test_a_settled_cell_is_not_asked_again_by_the_same_file(plan: Messy, tmp_path: Path) -> None:
    plan.settle(plan.cell("priority"), "haute")
    waiting = plan.count(Unsettled)
    imported(plan.engine, plan.viewer, messy(tmp_path), plan.initiative_id)
    assert plan.count(Unsettled) == waiting
    assert plan.says(Field.PRIORITY) == "haute"


def test_who_does_not_write_there_settles_nothing(plan: Messy) -> None:
    with writing(plan.engine) as session:
        other = create_initiative(session, plan.viewer, name="Un autre contrat").id
    for reader in (
        Viewer(plan.viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),)),
        Viewer(plan.viewer.actor_id, ((other, Role.COORDINATOR),)),
    ):
        for cell in (plan.cell("starts_on"), plan.cell("ends_on", None)):
            with writing(plan.engine) as session, pytest.raises(Refused):
                settle_cell(session, reader, unsettled_id=cell, written="2026", on=ON)
            with writing(plan.engine) as session, pytest.raises(Refused):
                set_aside_cell(session, reader, unsettled_id=cell)
    with writing(plan.engine) as session, pytest.raises(Refused):
        settle_cell(session, plan.viewer, unsettled_id=999_999, written="2026", on=ON)


def test_a_field_that_this_release_no_longer_has_is_said_so(plan: Messy) -> None:
    cell = plan.cell("priority")
    with writing(plan.engine) as session, journal.acting(session, plan.viewer.actor_id, "test", "Ailleurs"):
        session.get_one(Unsettled, cell).field = "colonne_perdue"
    assert plan.base(cell) == {HELD_NOW: None}
    with pytest.raises(Invalid, match="n'est plus un champ de Balise"):
        plan.settle(cell, "haute")


# Names of people.


def test_a_name_typed_for_a_person_stays_out_of_the_journal_and_of_the_cell(plan: Messy) -> None:
    cell = plan.cell("lead_contact")
    plan.settle(cell, "Camille Martin")
    assert plan.row(cell).settled_as is None
    with reading(plan.engine) as session:
        assert session.scalars(select(PersonDetail.name)).all() == ["Camille Martin"]
        told = [repr((line.before, line.after)) for line in session.scalars(select(JournalEntry))]
        labels = session.scalars(select(Act.label)).all()
    assert [line for line in (*told, *labels) if "Camille" in line] == []


# The plan itself.
