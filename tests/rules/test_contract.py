from dataclasses import replace
from datetime import date

import pytest

from db.rules.contract import (
    AmendmentTold,
    Contract,
    Ground,
    Opening,
    PlacedSheet,
    Signatory,
    brought_in,
    compare,
    state_on,
    took_out,
)
from db.rules.contract_form import (
    read_day,
    read_territory,
    sheet_labels,
    written_amendment,
    written_contract,
)
from db.rules.plan import MilestoneFact
from db.rules.progress import SheetProgress
from db.rules.vocabulary import MilestoneState, PlacementEntry, Status, TerritoryKind

SIGNED, ENDS, LATER_END = date(2024, 1, 1), date(2027, 12, 31), date(2029, 12, 31)
AMENDED = date(2026, 1, 1)
BEFORE, AFTER = date(2025, 12, 31), date(2026, 7, 1)
CAVAILLON = Ground(1, TerritoryKind.COMMUNE, "84035", "Cavaillon", SIGNED, None, None)
ROBION = Ground(2, TerritoryKind.COMMUNE, "84099", "Robion", SIGNED, BEFORE, 7)
GORDES = Ground(3, TerritoryKind.COMMUNE, "84050", "Gordes", AMENDED, None, 7)
LUBERON = Ground(4, TerritoryKind.INTERCOMMUNALITY, "200040442", "Luberon", AMENDED, None, 7)
AMENDMENT = AmendmentTold(
    id=7,
    number=1,
    signed_on=AMENDED,
    object="Prolongation",
    new_ends_on=LATER_END,
    added=(),
    withdrawn=(),
    rewritten=(),
    entering=(GORDES, LUBERON),
    leaving=(ROBION,),
    signatories=("Caisse",),
)
CONTRACT = Contract(
    signed_on=SIGNED,
    starts_on=SIGNED,
    ends_on=ENDS,
    sponsors=(),
    signatories=(
        Signatory(1, "Agence", None, None),
        Signatory(2, "Commune", SIGNED, BEFORE),
        Signatory(3, "Caisse", AMENDED, None),
    ),
    grounds=(CAVAILLON, ROBION, GORDES, LUBERON),
    amendments=(AMENDMENT,),
)


def at(percent: int | None, status: Status = Status.ONGOING) -> SheetProgress:
    return SheetProgress(status, False, percent, date(2025, 12, 1), 0, 0, False, False)


INITIAL = PlacedSheet(PlacementEntry.INITIAL, None, SIGNED, None, at(60))
WITHDRAWN = PlacedSheet(PlacementEntry.INITIAL, None, None, AMENDED, at(20))
ADDED = PlacedSheet(PlacementEntry.AMENDMENT, AMENDED, None, None, at(30))
TAKEN_IN = PlacedSheet(PlacementEntry.AMENDMENT, AMENDED, date(2025, 3, 1), None, at(50))
UNPLANNED = PlacedSheet(PlacementEntry.UNPLANNED, None, date(2025, 6, 1), None, at(None))
SHEETS = (INITIAL, WITHDRAWN, ADDED, TAKEN_IN, UNPLANNED)


def test_before_an_amendment_the_contract_is_what_was_signed_with_what_came_outside_it():
    told = compare(CONTRACT, SHEETS, BEFORE)
    assert told.amendments == 0
    assert (told.signed.sheets, told.signed.withdrawn) == (2, 0)
    assert told.now.by_entry == {PlacementEntry.INITIAL: 2, PlacementEntry.UNPLANNED: 2}
    assert (told.now.sheets, told.now.withdrawn) == (4, 0)


def test_an_amendment_counts_from_the_very_day_it_is_signed():
    told = compare(CONTRACT, SHEETS, AMENDED)
    assert told.amendments == 1
    assert told.now.by_entry == {
        PlacementEntry.INITIAL: 1,
        PlacementEntry.AMENDMENT: 2,
        PlacementEntry.UNPLANNED: 1,
    }
    assert (told.now.sheets, told.now.withdrawn) == (4, 1)
    assert (told.signed.sheets, told.signed.withdrawn) == (2, 1)


def test_the_progress_of_the_contract_as_signed_keeps_the_sheets_withdrawn_since():
    told = compare(CONTRACT, SHEETS, AFTER)
    assert (told.signed.progress.mean, told.signed.progress.known, told.signed.progress.of) == (40.0, 2, 2)
    assert told.now.progress.mean == pytest.approx((60 + 30 + 50) / 3)
    assert (told.now.progress.known, told.now.progress.of) == (3, 4)
    assert told.now.progress.older_than_six_months == 3


def test_an_abandoned_sheet_is_counted_and_leaves_the_mean():
    dropped = replace(INITIAL, progress=at(10, Status.DROPPED))
    told = compare(CONTRACT, (INITIAL, dropped), AFTER)
    assert (told.signed.sheets, told.signed.progress.of, told.signed.progress.mean) == (2, 1, 60.0)


def test_time_elapsed_follows_the_end_signed_on_one_side_and_the_end_in_force_on_the_other():
    before, after = compare(CONTRACT, (), BEFORE), compare(CONTRACT, (), AFTER)
    whole, longer = (ENDS - SIGNED).days, (LATER_END - SIGNED).days
    assert before.signed.elapsed == before.now.elapsed == (BEFORE - SIGNED).days / whole
    assert after.signed.elapsed == (AFTER - SIGNED).days / whole
    assert after.now.elapsed == (AFTER - SIGNED).days / longer
    assert (after.signed.ends_on, after.now.ends_on) == (ENDS, LATER_END)


def test_who_signs_and_what_is_covered_are_counted_at_the_start_and_on_the_day():
    before, after = compare(CONTRACT, (), BEFORE), compare(CONTRACT, (), AFTER)
    assert (before.now.signatories, after.now.signatories, after.signed.signatories) == (2, 2, 2)
    assert before.now.territories == after.signed.territories == {TerritoryKind.COMMUNE: 2}
    assert after.now.territories == {TerritoryKind.COMMUNE: 2, TerritoryKind.INTERCOMMUNALITY: 1}


def test_an_organisation_that_left_and_came_back_signs_once():
    twice = replace(CONTRACT, signatories=(Signatory(1, "Agence", None, BEFORE), Signatory(1, "Agence", AMENDED, None)))
    told = compare(twice, (), AFTER)
    assert (told.signed.signatories, told.now.signatories) == (1, 1)


START = date(2024, 6, 1)
BETWEEN, NEXT = date(2024, 3, 1), date(2024, 4, 1)


@pytest.mark.parametrize(
    ("since", "held"),
    [(None, True), (SIGNED, True), (BETWEEN, False), (NEXT, True), (START, True), (date(2024, 6, 2), False)],
)
def test_what_comes_between_the_signature_and_the_start_is_of_the_contract_unless_an_amendment_brought_it(
    since: date | None, held: bool
):
    assert Opening(SIGNED, START, frozenset({SIGNED, BETWEEN})).held(since) is held


def test_the_contract_as_signed_leaves_to_an_amendment_signed_before_the_start_what_it_brought():
    early = replace(AMENDMENT, signed_on=BETWEEN)
    came = replace(GORDES, starts_on=BETWEEN)
    contract = replace(
        CONTRACT,
        starts_on=START,
        signatories=(Signatory(1, "Agence", None, None), Signatory(3, "Caisse", BETWEEN, None)),
        grounds=(CAVAILLON, came),
        amendments=(early,),
    )
    told = compare(contract, (), START)
    assert (told.signed.signatories, told.now.signatories) == (1, 2)
    assert (told.signed.territories, told.now.territories) == (
        {TerritoryKind.COMMUNE: 1},
        {TerritoryKind.COMMUNE: 2},
    )
    held = written_contract(contract)
    assert (held["signatories"], held["territories"]) == (["Agence"], ["Cavaillon (84035)"])


def test_a_day_before_the_signature_is_told_as_such():
    assert compare(CONTRACT, SHEETS, date(2023, 12, 31)).is_before_signature
    assert not compare(CONTRACT, SHEETS, SIGNED).is_before_signature
    assert not compare(replace(CONTRACT, signed_on=None, starts_on=None), SHEETS, SIGNED).is_before_signature


def test_a_contract_without_dates_has_no_share_of_time_and_counts_what_has_no_start():
    told = compare(replace(CONTRACT, signed_on=None, starts_on=None, ends_on=None), SHEETS, AFTER)
    assert (told.signed.elapsed, told.now.elapsed) == (None, None)
    assert told.signed.signatories == 1


@pytest.mark.parametrize(
    ("starts", "ends", "by", "came"),
    [
        (AMENDED, None, 7, True),
        (AMENDED, None, None, True),
        (AMENDED, AFTER, 8, True),
        (AMENDED, None, 8, False),
        (SIGNED, None, 7, False),
        (None, None, 7, False),
    ],
)
def test_a_territory_came_with_the_amendment_signed_the_day_it_is_covered_from(
    starts: date | None, ends: date | None, by: int | None, came: bool
):
    assert brought_in(starts, ends, by, 7, AMENDED) is came


def test_a_territory_left_with_the_amendment_signed_the_day_after_its_last():
    assert took_out(BEFORE, 7, 7, AMENDED)
    assert not took_out(BEFORE, 8, 7, AMENDED)
    assert not took_out(AMENDED, 7, 7, AMENDED)
    assert not took_out(None, 7, 7, AMENDED)


def test_a_step_done_later_was_still_to_come():
    done = MilestoneFact(1, "Étape", MilestoneState.DONE, None, None, AMENDED, 1)
    assert state_on(done, BEFORE) is MilestoneState.PLANNED
    assert state_on(done, AMENDED) is MilestoneState.DONE
    assert state_on(replace(done, done_on=None), BEFORE) is MilestoneState.DONE


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Cavaillon (84035)", ("Cavaillon", "84035")),
        (" L'Isle-sur-la-Sorgue  (84054) ", ("L'Isle-sur-la-Sorgue", "84054")),
        ("CA du Grand Avignon (COGA) (248400251)", ("CA du Grand Avignon (COGA)", "248400251")),
        ("Ajaccio (2A004)", ("Ajaccio", "2A004")),
        ("Robion", ("Robion", None)),
        ("84099", ("84099", None)),
    ],
)
def test_a_territory_is_read_from_its_label_its_name_or_its_code(typed: str, read: tuple[str, str | None]):
    assert read_territory(typed) == read


def test_two_sheets_alike_have_labels_of_their_own():
    assert sheet_labels([(1, "1.1", "Titre"), (2, None, "Titre"), (3, None, "Titre"), (4, None, "Titre")]) == {
        1: "1.1 Titre",
        2: "Titre",
        3: "Titre (n° 2)",
        4: "Titre (n° 3)",
    }


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("", AFTER), ("16/03/2026", date(2026, 3, 16)), ("mars 2025", date(2025, 3, 31)), ("2025", date(2025, 12, 31))],
)
def test_the_day_asked_is_today_the_one_typed_or_the_last_of_the_period(typed: str, asked: date):
    assert read_day(typed, AFTER) == (asked, None)


def test_a_day_that_cannot_be_read_says_why_and_shows_today():
    day, reason = read_day("31/02/2026", AFTER)
    assert day == AFTER
    assert reason is not None
    assert "n'existe pas" in reason


def test_the_form_of_an_amendment_holds_what_it_says_and_that_of_a_new_one_its_number():
    assert written_amendment(CONTRACT, None) == {"number": "2"}
    held = written_amendment(CONTRACT, 7)
    assert (held["signed_on"], held["new_ends_on"]) == ("01/01/2026", "31/12/2029")
    assert (held["entering"], held["leaving"]) == (["Gordes (84050)", "Luberon (200040442)"], ["Robion (84099)"])
    assert held["signatories"] == ["Caisse"]


def test_the_form_of_the_contract_holds_what_was_signed_whatever_left_since():
    held = written_contract(CONTRACT)
    assert held["signatories"] == ["Agence", "Commune"]
    assert held["territories"] == ["Cavaillon (84035)", "Robion (84099)"]
    assert (held["signed_on"], held["starts_on"], held["ends_on"]) == ("01/01/2024", "01/01/2024", "31/12/2027")
