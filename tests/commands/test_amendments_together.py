"""Avenants that meet: the same structure, territory or sheet in several, sheets archived meanwhile, days corrected."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands.amendments import remove_amendment, revise_amendment
from db.commands.contract import rewrite_contract
from db.commands.sheet_life import archive_sheet, restore_sheet
from db.engine import writing
from db.errors import Archived, Invalid, Refused
from db.rules.access import Role
from db.rules.contract import Contract
from db.rules.contract_form import AmendmentTerms, ContractTerms
from db.rules.vocabulary import PlacementEntry
from db.viewer import Viewer
from tests.builders import ENDS, STARTS, colleague
from tests.commands.amending import (
    CAVAILLON,
    FIRST,
    GORDES,
    ROBION,
    SECOND,
    Signed,
    composed,
    place_of,
    signed_contract,
    the_only_one,
    told,
)
from tests.commands.editing import CLAIRE


@pytest.fixture
def signed(engine: Engine, viewer: Viewer) -> Signed:
    return signed_contract(engine, viewer)


def names(contract: Contract) -> list[tuple[str, date | None]]:
    return [(who.name, who.starts_on) for who in contract.signatories]


def revised(engine: Engine, viewer: Viewer, key: int, terms: AmendmentTerms) -> None:
    with writing(engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=terms)


def removed(engine: Engine, viewer: Viewer, key: int) -> None:
    with writing(engine) as session:
        remove_amendment(session, viewer, amendment_id=key)


def test_who_signs_two_amendments_signs_the_contract_from_the_first_that_is_left(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    first = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Un", signatories=("Caisse",)))
    second = composed(engine, viewer, signed, AmendmentTerms(2, SECOND, "Deux", signatories=("Caisse",)))
    removed(engine, viewer, first)
    assert names(told(engine, viewer, signed)) == [("Agence", None), ("Ville", None), ("Caisse", SECOND)]
    third = composed(engine, viewer, signed, AmendmentTerms(3, FIRST, "Trois", signatories=("Caisse",)))
    assert names(told(engine, viewer, signed))[2:] == [("Caisse", FIRST)]
    revised(engine, viewer, third, AmendmentTerms(3, date(2026, 6, 1), "Trois", signatories=("Caisse",)))
    assert names(told(engine, viewer, signed))[2:] == [("Caisse", SECOND)]
    removed(engine, viewer, second)
    removed(engine, viewer, third)
    assert names(told(engine, viewer, signed)) == [("Agence", None), ("Ville", None)]


def test_who_signs_two_amendments_of_one_day_still_signs_when_one_is_removed(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    first = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Un", signatories=("Caisse", "Ville")))
    composed(engine, viewer, signed, AmendmentTerms(2, FIRST, "Deux", signatories=("Caisse",)))
    removed(engine, viewer, first)
    assert names(told(engine, viewer, signed)) == [("Agence", None), ("Ville", None), ("Caisse", FIRST)]


def test_what_an_amendment_signed_before_the_start_brought_is_not_the_contracts_own(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    early, towns = date(2024, 2, 1), (signed.towns[CAVAILLON], signed.towns[ROBION])
    terms = ContractTerms(date(2024, 1, 10), STARTS, ENDS, ("Agence", "Ville"), towns)
    with writing(engine) as session:
        rewrite_contract(session, viewer, initiative_id=signed.id, terms=terms)
    amendment = AmendmentTerms(1, early, "Un", entering=(signed.towns[GORDES],), signatories=("Caisse",))
    composed(engine, viewer, signed, amendment)
    with writing(engine) as session:
        rewrite_contract(session, viewer, initiative_id=signed.id, terms=replace(terms, ends_on=date(2029, 12, 31)))
    contract = told(engine, viewer, signed)
    assert names(contract) == [("Agence", None), ("Ville", None), ("Caisse", early)]
    assert {ground.name: ground.starts_on for ground in contract.grounds}["Gordes"] == early


def test_an_amendment_is_not_removed_while_a_later_one_takes_out_what_it_brought_in(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    gordes = (signed.towns[GORDES],)
    first = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Entrée", entering=gordes))
    second = composed(engine, viewer, signed, AmendmentTerms(2, SECOND, "Sortie", leaving=gordes))
    before = told(engine, viewer, signed)
    with pytest.raises(Invalid, match="« Gordes » sort du périmètre par l'avenant n° 2 : modifiez d'abord"):
        removed(engine, viewer, first)
    with pytest.raises(Invalid, match="par l'avenant n° 2"):
        revised(engine, viewer, first, AmendmentTerms(1, FIRST, "Plus d'entrée"))
    assert told(engine, viewer, signed) == before
    removed(engine, viewer, second)
    removed(engine, viewer, first)
    assert "Gordes" not in [ground.name for ground in told(engine, viewer, signed).grounds]


def archived(engine: Engine, viewer: Viewer, signed: Signed, *codes: str) -> None:
    with writing(engine) as session:
        for code in codes:
            archive_sheet(session, viewer, placement_id=signed.place(code))


def restored(engine: Engine, viewer: Viewer, signed: Signed, *codes: str) -> None:
    with writing(engine) as session:
        for code in codes:
            restore_sheet(session, viewer, placement_id=signed.place(code))


def test_an_amendment_changed_while_its_sheets_are_archived_still_does_the_same_to_them(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    terms = AmendmentTerms(1, FIRST, "Un", added=(signed.place("1.4"),), withdrawn=(signed.place("1.2"),))
    key = composed(engine, viewer, signed, terms)
    archived(engine, viewer, signed, "1.2", "1.4")
    revised(engine, viewer, key, AmendmentTerms(1, SECOND, "Un, daté autrement"))
    restored(engine, viewer, signed, "1.2", "1.4")
    amendment = the_only_one(engine, viewer, signed)
    assert [sheet.label for sheet in amendment.added] == ["1.4 Fiche 1.4"]
    assert [sheet.label for sheet in amendment.withdrawn] == ["1.2 Fiche 1.2"]
    assert place_of(engine, signed, "1.4").entry is PlacementEntry.AMENDMENT
    assert place_of(engine, signed, "1.2").until == SECOND


def test_an_amendment_removed_gives_back_the_sheets_that_are_archived_too(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    terms = AmendmentTerms(1, FIRST, "Un", added=(signed.place("1.4"),), withdrawn=(signed.place("1.2"),))
    key = composed(engine, viewer, signed, terms)
    archived(engine, viewer, signed, "1.2", "1.4")
    removed(engine, viewer, key)
    restored(engine, viewer, signed, "1.2", "1.4")
    assert place_of(engine, signed, "1.4").entry is PlacementEntry.UNPLANNED
    assert place_of(engine, signed, "1.2").until is None


def test_a_sheet_of_the_contract_is_of_the_contract_again_once_no_amendment_adds_it(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Ajout", added=(signed.place("1.3"),)))
    revised(engine, viewer, key, AmendmentTerms(1, SECOND, "Ajout", added=(signed.place("1.3"),)))
    assert place_of(engine, signed, "1.3").since == SECOND
    removed(engine, viewer, key)
    given = place_of(engine, signed, "1.3")
    assert (given.entry, given.amendment_id, given.since) == (PlacementEntry.INITIAL, None, None)


def test_a_sheet_added_by_an_amendment_that_was_misdated_came_when_it_really_did(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    came, typo = date(2025, 1, 15), date(2024, 6, 1)
    taken = AmendmentTerms(1, typo, "Ajout", added=(signed.place("1.4"),))
    key = composed(engine, viewer, signed, taken)
    assert place_of(engine, signed, "1.4").since == typo
    revised(engine, viewer, key, replace(taken, signed_on=FIRST))
    assert place_of(engine, signed, "1.4").since == came
    revised(engine, viewer, key, replace(taken, added=(), rewritten={signed.place("1.4"): None}, signed_on=FIRST))
    given = place_of(engine, signed, "1.4")
    assert (given.entry, given.since) == (PlacementEntry.UNPLANNED, came)


def test_an_amendment_dated_anew_may_not_change_a_sheet_that_is_withdrawn_by_then(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    sheet = signed.place("1.1")
    rewriting = AmendmentTerms(2, date(2024, 6, 1), "Réécrite", rewritten={sheet: None})
    gone = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Retrait", withdrawn=(sheet,)))
    key = composed(engine, viewer, signed, rewriting)
    with pytest.raises(Invalid, match="retirée du plan depuis le 01/03/2025 : elle ne peut pas être réécrite ensuite"):
        revised(engine, viewer, key, replace(rewriting, signed_on=SECOND))
    with pytest.raises(Invalid, match="est réécrite par l'avenant n° 2 du 01/06/2024 : elle ne peut pas être retirée"):
        revised(engine, viewer, gone, AmendmentTerms(1, date(2024, 5, 1), "Retrait", withdrawn=(sheet,)))
    assert place_of(engine, signed, "1.1").until == FIRST


def test_an_amendment_that_somebody_removed_is_said_to_be(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Un"))
    removed(engine, colleague(engine, CLAIRE), key)
    with pytest.raises(Archived, match=r"L'avenant n° 1 a été supprimé par Claire, coordination, le \d\d/\d\d/\d{4} à"):
        revised(engine, viewer, key, AmendmentTerms(1, FIRST, "Un, corrigé"))
    with pytest.raises(Archived, match="a été supprimé par Claire"):
        removed(engine, viewer, key)
    with pytest.raises(Refused):
        removed(engine, Viewer(viewer.actor_id, ((signed.id, Role.SIGNATORY),)), key)
