"""The contract as signed and as it is, on the demonstration and on contracts made for the test."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from db.commands.amendments import compose_amendment
from db.commands.plan import add_sheet
from db.commands.series import declare_progress, declare_status
from db.commands.sheet_life import archive_sheet, restore_sheet
from db.engine import reading, writing
from db.errors import Refused
from db.models import Initiative
from db.queries.contract import comparison, contract, contract_choices
from db.queries.initiatives import header
from db.queries.plan import plan_state
from db.rights import Operation, allows
from db.rules.access import Role
from db.rules.contract import Comparison, Contract
from db.rules.contract_form import AmendmentTerms
from db.rules.vocabulary import PlacementEntry, Status, TerritoryKind
from db.viewer import Viewer
from tests.commands.amending import FIRST, GORDES, ROBION, SECOND, Signed, composed, signed_contract
from tests.conftest import ON, viewer_in
from tests.counting import counted

INITIAL, AMENDED, UNPLANNED = PlacementEntry.INITIAL, PlacementEntry.AMENDMENT, PlacementEntry.UNPLANNED
BEFORE_FIRST, AT_FIRST = date(2024, 12, 11), date(2024, 12, 12)


def the_demo(engine: Engine, day: date, *, reader: bool = True) -> Comparison:
    who = viewer_in(engine)
    with reading(engine) as session:
        key = session.scalars(select(Initiative.id)).one()
        return comparison(session, who.as_reader() if reader else who, key, ON, day)


def compared(engine: Engine, viewer: Viewer, signed: Signed, day: date) -> Comparison:
    with reading(engine) as session:
        return comparison(session, viewer, signed.id, ON, day)


# The demonstration has 20 sheets at its contract; 2.5 and 5.2 came by the avenant of 12 December 2024, and 3.3 outside
# it, on 17 September 2024. Nothing was withdrawn, and no avenant moved the end, the perimeter or the signatories.


@pytest.mark.parametrize(
    ("day", "entries"),
    [
        (date(2024, 9, 16), {INITIAL: 20}),
        (date(2024, 9, 17), {INITIAL: 20, UNPLANNED: 1}),
        (BEFORE_FIRST, {INITIAL: 20, UNPLANNED: 1}),
        (AT_FIRST, {INITIAL: 20, AMENDED: 2, UNPLANNED: 1}),
        (ON, {INITIAL: 20, AMENDED: 2, UNPLANNED: 1}),
    ],
)
def test_the_sheets_of_the_demonstration_are_counted_by_how_they_came(
    demo: Engine, day: date, entries: dict[PlacementEntry, int]
) -> None:
    told = the_demo(demo, day)
    assert (told.signed.sheets, told.signed.withdrawn) == (20, 0)
    assert told.now.by_entry == entries
    assert (told.now.sheets, told.now.withdrawn) == (sum(entries.values()), 0)


def test_the_progress_of_the_demonstration_today_is_that_computed_by_hand(demo: Engine) -> None:
    told = the_demo(demo, ON)
    # 1.1 to 5.4, without 2.6, which is abandoned; 1.4 is finished, and 5.1 is told by its steps (3 of 8: 38).
    signed = [58, 62, 45, 100, 60, 30, 55, 50, 55, 60, 50, 65, 52, 57, 48, 44, 38, 66, 5]
    now = [*signed, 35, 75, 42]  # and 2.5, 3.3, 5.2
    assert told.signed.progress.mean == pytest.approx(sum(signed) / 19)
    assert told.now.progress.mean == pytest.approx(sum(now) / 22)
    assert [(side.progress.known, side.progress.of) for side in (told.signed, told.now)] == [(19, 19), (22, 22)]
    # 2.3, 4.3 and 4.4 were last declared before 1 April 2026; so was 3.3.
    assert [side.progress.older_than_six_months for side in (told.signed, told.now)] == [3, 4]


def test_the_progress_of_the_demonstration_on_the_day_of_its_second_amendment(demo: Engine) -> None:
    told = the_demo(demo, date(2026, 3, 16))
    # 1.4 by its steps: the first of two was done in January 2026, the other would be in September.
    signed = [45, 40, 40, 50, 50, 25, 55, 30, 45, 45, 40, 50, 35, 38, 48, 44, 38, 48, 0]
    assert told.signed.progress.mean == pytest.approx(sum(signed) / 19)
    assert told.now.progress.mean == pytest.approx((sum(signed) + 25 + 75 + 32) / 22)


def test_the_progress_of_the_demonstration_around_its_first_amendment(demo: Engine) -> None:
    before, at = the_demo(demo, BEFORE_FIRST), the_demo(demo, AT_FIRST)
    # 1.2, 1.3, 2.1, 2.2, 2.3, 3.2, 4.3, 5.3 had declared; 1.4 and 5.1 are at 0 by their steps.
    declared = [25, 10, 20, 10, 20, 20, 15, 25, 0, 0]
    assert before.signed.progress.mean == pytest.approx(sum(declared) / 10)
    assert [(side.progress.known, side.progress.of) for side in (before.signed, before.now)] == [(10, 20), (10, 21)]
    # 1.1 declares 20 % on the very day.
    assert at.signed.progress.mean == at.now.progress.mean == pytest.approx((sum(declared) + 20) / 11)
    assert [(side.progress.known, side.progress.of) for side in (at.signed, at.now)] == [(11, 20), (11, 23)]


def test_the_time_the_signatories_and_the_ground_of_the_demonstration_have_not_moved(demo: Engine) -> None:
    told = the_demo(demo, ON)
    assert told.signed.elapsed == told.now.elapsed == pytest.approx(916 / 1738)
    assert (told.signed.signatories, told.now.signatories) == (10, 10)
    assert told.signed.territories == told.now.territories == {TerritoryKind.COMMUNE: 6}
    assert told.amendments == 2


def test_the_contract_as_it_is_today_agrees_with_the_overview(demo: Engine) -> None:
    who = viewer_in(demo)
    told = the_demo(demo, ON, reader=False)
    with reading(demo) as session:
        state, head = plan_state(session, who, 1, ON), header(session, who, 1, ON)
    assert told.now.progress == state.roll_up
    assert (told.now.sheets, told.signed.sheets) == (head.current_sheets, head.initial_sheets)
    assert (told.now.elapsed, told.now.ends_on) == (head.elapsed, head.ends_on)


def test_a_reader_is_told_of_published_progress_alone(demo: Engine) -> None:
    # 5.3 declares 79 % on 1 October, in preparation; 66 % is published.
    prepared, published = the_demo(demo, ON, reader=False), the_demo(demo, ON)
    assert prepared.signed.progress.mean == pytest.approx((1000 - 66 + 79) / 19)
    assert published.signed.progress.mean == pytest.approx(1000 / 19)


# A contract made for the test: 1.1, 1.2 and 1.3 at its signature, 1.4 outside it since 15 January 2025.


@pytest.fixture
def amended(engine: Engine, viewer: Viewer) -> Signed:
    """Amended twice: on 1 March 2025 everything moves; on 1 March 2026 Gordes leaves again."""
    signed = signed_contract(engine, viewer)
    with writing(engine) as session:
        for code, percent in (("1.1", 60), ("1.2", 20), ("1.4", 50)):
            sheet = signed.plan.sheets[code]
            declare_status(session, viewer, sheet_id=sheet, status=Status.ONGOING, on=date(2025, 2, 1))
            declare_progress(session, viewer, sheet_id=sheet, percent=percent, on=date(2025, 2, 1))
    first = AmendmentTerms(
        number=1,
        signed_on=FIRST,
        object="Un",
        new_ends_on=date(2030, 12, 31),
        added=(signed.place("1.4"),),
        withdrawn=(signed.place("1.2"),),
        entering=(signed.towns[GORDES],),
        leaving=(signed.towns[ROBION],),
        signatories=("Caisse",),
    )
    composed(engine, viewer, signed, first)
    composed(engine, viewer, signed, AmendmentTerms(2, SECOND, "Deux", leaving=(signed.towns[GORDES],)))
    return signed


def test_the_day_before_an_amendment_nothing_of_it_counts(engine: Engine, viewer: Viewer, amended: Signed) -> None:
    told = compared(engine, viewer, amended, date(2025, 2, 28))
    assert told.amendments == 0
    assert told.now.by_entry == {INITIAL: 3, UNPLANNED: 1}
    assert told.now.progress.mean == pytest.approx((60 + 20 + 50) / 3)
    assert told.signed.progress.mean == pytest.approx((60 + 20) / 2)
    assert told.now.ends_on == told.signed.ends_on == date(2028, 12, 31)
    assert (told.now.signatories, told.now.territories) == (2, {TerritoryKind.COMMUNE: 2})


def test_on_its_day_an_amendment_counts_and_what_was_signed_stays(
    engine: Engine, viewer: Viewer, amended: Signed
) -> None:
    told = compared(engine, viewer, amended, FIRST)
    assert told.amendments == 1
    assert told.now.by_entry == {INITIAL: 2, AMENDED: 1}
    assert (told.now.withdrawn, told.signed.withdrawn, told.signed.sheets) == (1, 1, 3)
    assert told.now.progress.mean == pytest.approx((60 + 50) / 2)
    assert told.signed.progress.mean == pytest.approx((60 + 20) / 2)
    assert (told.signed.elapsed, told.now.elapsed) == (pytest.approx(337 / 1738), pytest.approx(337 / 2468))
    assert (told.signed.signatories, told.now.signatories) == (2, 3)
    assert told.now.territories == told.signed.territories == {TerritoryKind.COMMUNE: 2}


def test_later_amendments_move_the_present_and_never_what_was_signed(
    engine: Engine, viewer: Viewer, amended: Signed
) -> None:
    told = compared(engine, viewer, amended, SECOND)
    assert told.now.territories == {TerritoryKind.COMMUNE: 1}
    assert told.signed.territories == {TerritoryKind.COMMUNE: 2}
    assert told.amendments == 2


def test_an_amendment_to_be_signed_is_told_and_does_not_count_yet(sqlite_engine: Engine, viewer: Viewer) -> None:
    signed = signed_contract(sqlite_engine, viewer)
    later = AmendmentTerms(1, date(2026, 12, 1), "À signer", added=(signed.place("1.4"),))
    composed(sqlite_engine, viewer, signed, later)
    assert compared(sqlite_engine, viewer, signed, ON).now.by_entry == {INITIAL: 3, UNPLANNED: 1}
    assert compared(sqlite_engine, viewer, signed, date(2026, 12, 1)).now.by_entry == {INITIAL: 3, AMENDED: 1}
    with reading(sqlite_engine) as session:
        assert [one.object for one in contract(session, viewer, signed.id, ON).amendments] == ["À signer"]


def test_a_sheet_that_a_file_says_added_by_an_amendment_is_told_with_it(sqlite_engine: Engine, viewer: Viewer) -> None:
    signed = signed_contract(sqlite_engine, viewer)
    with writing(sqlite_engine) as session:
        key = compose_amendment(session, viewer, initiative_id=signed.id, terms=AmendmentTerms(1, FIRST, "Un")).id
        add_sheet(session, viewer, initiative_id=signed.id, title="Venue", entry=AMENDED, amendment_id=key)
    with reading(sqlite_engine) as session:
        [amendment] = contract(session, viewer, signed.id, ON).amendments
    assert [sheet.label for sheet in amendment.added] == ["Venue"]
    assert compared(sqlite_engine, viewer, signed, date(2025, 2, 28)).now.sheets == 4
    assert compared(sqlite_engine, viewer, signed, FIRST).now.sheets == 5


def test_a_sheet_archived_counts_on_neither_side_and_one_withdrawn_stays_as_signed(
    sqlite_engine: Engine, viewer: Viewer
) -> None:
    signed = signed_contract(sqlite_engine, viewer)
    composed(sqlite_engine, viewer, signed, AmendmentTerms(1, FIRST, "Retrait", withdrawn=(signed.place("1.2"),)))
    with writing(sqlite_engine) as session:
        archive_sheet(session, viewer, placement_id=signed.place("1.1"))
    told = compared(sqlite_engine, viewer, signed, ON)
    assert (told.signed.sheets, told.signed.withdrawn) == (2, 1)
    assert told.now.by_entry == {INITIAL: 1, UNPLANNED: 1}
    with writing(sqlite_engine) as session:
        restore_sheet(session, viewer, placement_id=signed.place("1.1"))
    assert compared(sqlite_engine, viewer, signed, ON).signed.sheets == 3


def test_the_forms_offer_the_sheets_of_the_plan_and_the_territories_around(
    sqlite_engine: Engine, viewer: Viewer
) -> None:
    signed = signed_contract(sqlite_engine, viewer)
    with reading(sqlite_engine) as session:
        told = contract_choices(session, viewer, signed.id, ON)
    assert [sheet.label for sheet in told.sheets] == [f"1.{n} Fiche 1.{n}" for n in (1, 2, 3, 4)]
    assert {"Gordes (84050)", "CA Luberon Monts de Vaucluse (200040442)"} <= set(told.territories)


@pytest.mark.parametrize("role", list(Role))
def test_every_reader_reads_the_contract_and_no_other_role_does(sqlite_demo: Engine, role: Role) -> None:
    viewer = Viewer(1, ((1, role),))
    reads = allows(role, Operation.READ)
    with reading(sqlite_demo) as session:
        if reads:
            assert isinstance(contract(session, viewer, 1, ON), Contract)
            assert bool(contract_choices(session, viewer, 1, ON).sheets) is allows(role, Operation.WRITE)
            return
        for query in (contract, contract_choices):
            with pytest.raises(Refused):
                query(session, viewer, 1, ON)


def test_the_comparison_costs_twelve_queries_whatever_the_contract(sqlite_demo: Engine) -> None:
    with counted(sqlite_demo) as asked:
        the_demo(sqlite_demo, ON)
    of_viewer = (" FROM account", " FROM grant", "body_member")
    own = [statement for statement in asked if not any(table in statement for table in of_viewer)]
    assert len([s for s in own if s.startswith("SELECT")]) <= 12 + 3
