"""Avenants: composed in one act, changed, removed, taken back."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands.amendments import compose_amendment, remove_amendment, revise_amendment
from db.commands.contract import rewrite_contract
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, Amendment, AmendmentSheet, Coverage, Involvement, Placement
from db.rules.access import Role
from db.rules.contract import Contract
from db.rules.contract_form import OBJECT_LENGTH, AmendmentTerms, ContractTerms
from db.rules.vocabulary import PlacementEntry
from db.viewer import Viewer
from tests.builders import ENDS, STARTS
from tests.commands.amending import (
    CAVAILLON,
    FIRST,
    GORDES,
    PERTUIS,
    ROBION,
    SECOND,
    Signed,
    composed,
    place_of,
    signed_contract,
    the_only_one,
    told,
)
from tests.commands.taking_back import last_act, undo

LATER = date(2029, 12, 31)


@pytest.fixture
def signed(engine: Engine, viewer: Viewer) -> Signed:
    return signed_contract(engine, viewer)


@pytest.fixture
def local(sqlite_engine: Engine, viewer: Viewer) -> Signed:
    """The same on SQLite alone, for sentences that do not depend on the engine."""
    return signed_contract(sqlite_engine, viewer)


def whole(signed: Signed) -> AmendmentTerms:
    """An avenant that changes everything that one may change."""
    return AmendmentTerms(
        number=1,
        signed_on=FIRST,
        object="Prolongation, entrée de Gordes et sortie de Robion",
        new_ends_on=LATER,
        added=(signed.place("1.4"),),
        withdrawn=(signed.place("1.2"),),
        rewritten={signed.place("1.1"): "Les dates"},
        entering=(signed.towns[GORDES],),
        leaving=(signed.towns[ROBION],),
        signatories=("Agence", "Caisse"),
    )


def acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(Act)).scalar_one()


def written(engine: Engine) -> list[list[tuple[int, int]]]:
    """Every row that an avenant writes, with its version."""
    tables = (Amendment, AmendmentSheet, Coverage, Involvement, Placement)
    with reading(engine) as session:
        return [sorted((row.id, row.version) for row in session.scalars(select(table))) for table in tables]


def covered(contract: Contract) -> list[tuple[str, date | None, date | None]]:
    return [(ground.name, ground.starts_on, ground.ends_on) for ground in contract.grounds]


def names(contract: Contract) -> list[tuple[str, date | None]]:
    return [(who.name, who.starts_on) for who in contract.signatories]


def test_one_act_composes_all_that_an_amendment_does(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    before = acts(engine)
    composed(engine, viewer, signed, whole(signed))
    assert acts(engine) == before + 1
    amendment = the_only_one(engine, viewer, signed)
    assert (amendment.number, amendment.signed_on, amendment.new_ends_on) == (1, FIRST, LATER)
    assert [sheet.label for sheet in amendment.added] == ["1.4 Fiche 1.4"]
    assert [(sheet.label, sheet.stands) for sheet in amendment.withdrawn] == [("1.2 Fiche 1.2", False)]
    assert [(sheet.label, sheet.note) for sheet in amendment.rewritten] == [("1.1 Fiche 1.1", "Les dates")]
    assert [ground.name for ground in amendment.entering] == ["Gordes"]
    assert [ground.name for ground in amendment.leaving] == ["Robion"]
    assert amendment.signatories == ("Agence", "Caisse")


def test_a_sheet_outside_the_contract_is_taken_in_and_stays_in_the_plan_since_it_came(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, whole(signed))
    taken = place_of(engine, signed, "1.4")
    assert (taken.entry, taken.amendment_id, taken.since) == (PlacementEntry.AMENDMENT, key, date(2025, 1, 15))
    assert place_of(engine, signed, "1.2").until == FIRST


def test_a_sheet_of_the_contract_that_an_amendment_added_came_with_its_signature(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    composed(sqlite_engine, viewer, local, AmendmentTerms(1, FIRST, "Ajout", added=(local.place("1.3"),)))
    assert place_of(sqlite_engine, local, "1.3").since == FIRST


def test_who_signs_an_amendment_signs_the_contract_from_that_day(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    composed(engine, viewer, signed, whole(signed))
    assert names(told(engine, viewer, signed)) == [("Agence", None), ("Ville", None), ("Caisse", FIRST)]


def test_the_perimeter_moves_on_the_day_of_the_signature(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    composed(engine, viewer, signed, whole(signed))
    assert covered(told(engine, viewer, signed)) == [
        ("Cavaillon", None, None),
        ("Gordes", FIRST, None),
        ("Robion", None, date(2025, 2, 28)),
    ]


def test_taking_a_composed_amendment_back_leaves_everything_as_it_was(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    before = told(engine, viewer, signed)
    composed(engine, viewer, signed, whole(signed))
    undo(engine, viewer, last_act(engine))
    assert told(engine, viewer, signed) == before
    assert place_of(engine, signed, "1.4").entry is PlacementEntry.UNPLANNED
    assert place_of(engine, signed, "1.2").until is None


def test_an_amendment_removed_gives_back_what_it_did_and_the_removal_can_be_taken_back(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    before = told(engine, viewer, signed)
    key = composed(engine, viewer, signed, whole(signed))
    made = told(engine, viewer, signed)
    with writing(engine) as session:
        remove_amendment(session, viewer, amendment_id=key)
    assert told(engine, viewer, signed) == before
    released = place_of(engine, signed, "1.4")
    assert (released.entry, released.amendment_id) == (PlacementEntry.UNPLANNED, None)
    undo(engine, viewer, last_act(engine))
    assert told(engine, viewer, signed) == made


def test_the_number_of_a_removed_amendment_is_free_again(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Un"))
    with writing(engine) as session:
        remove_amendment(session, viewer, amendment_id=key)
    composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Deux"))
    assert the_only_one(engine, viewer, signed).object == "Deux"


def test_an_amendment_changed_does_what_it_now_says_and_no_more(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    key = composed(engine, viewer, signed, whole(signed))
    terms = AmendmentTerms(
        number=2,
        signed_on=FIRST,
        object="Autre objet",
        withdrawn=(signed.place("1.1"),),
        rewritten={signed.place("1.2"): None},
        entering=(signed.towns[PERTUIS],),
        signatories=("Ville",),
    )
    with writing(engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=terms)
    contract = told(engine, viewer, signed)
    [amendment] = contract.amendments
    assert (amendment.number, amendment.object, amendment.new_ends_on) == (2, "Autre objet", None)
    assert [sheet.label for sheet in amendment.withdrawn] == ["1.1 Fiche 1.1"]
    assert [sheet.label for sheet in amendment.rewritten] == ["1.2 Fiche 1.2"]
    assert place_of(engine, signed, "1.2").until is None
    assert place_of(engine, signed, "1.4").entry is PlacementEntry.UNPLANNED
    assert covered(contract) == [("Cavaillon", None, None), ("Pertuis", FIRST, None), ("Robion", None, None)]
    assert names(contract) == [("Agence", None), ("Ville", None)]


def test_an_amendment_dated_anew_takes_with_it_all_that_held_to_its_day(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, whole(signed))
    with writing(engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=replace(whole(signed), signed_on=SECOND))
    contract = told(engine, viewer, signed)
    assert covered(contract) == [
        ("Cavaillon", None, None),
        ("Gordes", SECOND, None),
        ("Robion", None, date(2026, 2, 28)),
    ]
    assert names(contract)[-1] == ("Caisse", SECOND)
    assert place_of(engine, signed, "1.2").until == SECOND
    assert contract.amendments[0].added[0].label == "1.4 Fiche 1.4"


def test_an_amendment_changed_to_the_same_writes_nothing_and_leaves_no_act(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, whole(signed))
    before = acts(engine), written(engine)
    with writing(engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=whole(signed))
    assert (acts(engine), written(engine)) == before


def test_a_commune_that_one_amendment_brings_in_another_may_take_out(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    gordes = (signed.towns[GORDES],)
    composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Entrée", entering=gordes))
    second = composed(engine, viewer, signed, AmendmentTerms(2, SECOND, "Sortie", leaving=gordes))
    first, last = told(engine, viewer, signed).amendments
    assert [ground.name for ground in first.entering] == ["Gordes"]
    assert [ground.name for ground in last.leaving] == ["Gordes"]
    with writing(engine) as session:
        remove_amendment(session, viewer, amendment_id=second)
    [first] = told(engine, viewer, signed).amendments
    assert [(ground.name, ground.amendment_id) for ground in first.entering] == [("Gordes", first.id)]


def refusal(engine: Engine, viewer: Viewer, signed: Signed, terms: AmendmentTerms) -> str:
    before = told(engine, viewer, signed)
    with pytest.raises(Invalid) as refused, writing(engine) as session:
        compose_amendment(session, viewer, initiative_id=signed.id, terms=terms)
    assert told(engine, viewer, signed) == before
    return refused.value.message


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signed_on": date(2024, 3, 28)}, "avant la signature du contrat (29/03/2024)"),
        ({"new_ends_on": date(2025, 2, 28)}, "précède la signature de l'avenant (01/03/2025)"),
        ({"new_ends_on": date(2024, 1, 1)}, "précède la signature"),
        ({"number": 0}, "de 1 à 999"),
        ({"object": "x" * (OBJECT_LENGTH + 3000)}, "compte 5000 caractères ; 2000 au plus"),
        ({"object": " \n "}, "ne peut pas être vide"),
    ],
)
def test_an_amendment_that_cannot_stand_is_refused_with_a_sentence(
    sqlite_engine: Engine, viewer: Viewer, local: Signed, changed: dict[str, object], said: str
) -> None:
    terms = replace(AmendmentTerms(1, FIRST, "Objet"), **changed)  # type: ignore[arg-type]
    assert said in refusal(sqlite_engine, viewer, local, terms)


def test_a_number_that_is_taken_is_refused_and_an_amendment_may_keep_its_own(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    key = composed(sqlite_engine, viewer, local, AmendmentTerms(1, FIRST, "Un"))
    composed(sqlite_engine, viewer, local, AmendmentTerms(2, SECOND, "Deux"))
    assert "L'avenant n° 1 existe déjà" in refusal(sqlite_engine, viewer, local, AmendmentTerms(1, SECOND, "Trois"))
    with writing(sqlite_engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=AmendmentTerms(1, FIRST, "Un, corrigé"))
    with pytest.raises(Invalid, match="n° 2 existe déjà"), writing(sqlite_engine) as session:
        revise_amendment(session, viewer, amendment_id=key, terms=AmendmentTerms(2, FIRST, "Un"))


def test_the_same_sheet_is_not_both_added_and_withdrawn(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    one = (local.place("1.4"),)
    terms = AmendmentTerms(1, FIRST, "Objet", added=one, withdrawn=one)
    assert "à la fois ajoutée et retirée" in refusal(sqlite_engine, viewer, local, terms)
    twice = AmendmentTerms(1, FIRST, "Objet", withdrawn=one * 2)
    assert "retirée deux fois" in refusal(sqlite_engine, viewer, local, twice)


def test_a_sheet_is_withdrawn_once_and_added_once(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    gone, come = (local.place("1.2"),), (local.place("1.4"),)
    composed(sqlite_engine, viewer, local, AmendmentTerms(1, FIRST, "Un", added=come, withdrawn=gone))
    again = AmendmentTerms(2, SECOND, "Deux", withdrawn=gone)
    assert "est déjà retirée du plan depuis le 01/03/2025" in refusal(sqlite_engine, viewer, local, again)
    rewritten = AmendmentTerms(2, SECOND, "Deux", rewritten={local.place("1.2"): None})
    assert "elle ne peut pas être réécrite ensuite" in refusal(sqlite_engine, viewer, local, rewritten)
    added = AmendmentTerms(2, SECOND, "Deux", added=come)
    assert "déjà ajoutée par l'avenant n° 1" in refusal(sqlite_engine, viewer, local, added)


def test_a_sheet_does_not_leave_before_it_came(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    terms = AmendmentTerms(1, date(2024, 6, 1), "Objet", withdrawn=(local.place("1.4"),))
    assert "après en être sortie" in refusal(sqlite_engine, viewer, local, terms)


def test_a_territory_enters_only_from_outside_and_leaves_only_from_inside(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    cavaillon, gordes = (local.towns[CAVAILLON],), (local.towns[GORDES],)
    inside = AmendmentTerms(1, FIRST, "Objet", entering=cavaillon)
    outside = AmendmentTerms(1, FIRST, "Objet", leaving=gordes)
    both = AmendmentTerms(1, FIRST, "Objet", entering=gordes, leaving=gordes)
    assert "« Cavaillon » est déjà dans le périmètre" in refusal(sqlite_engine, viewer, local, inside)
    assert "« Gordes » n'est pas dans le périmètre" in refusal(sqlite_engine, viewer, local, outside)
    assert "entrer dans le périmètre et en sortir" in refusal(sqlite_engine, viewer, local, both)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.COORDINATOR)])
def test_a_role_that_does_not_write_amends_nothing(
    sqlite_engine: Engine, viewer: Viewer, local: Signed, role: Role
) -> None:
    key = composed(sqlite_engine, viewer, local, AmendmentTerms(1, FIRST, "Un"))
    reader = Viewer(viewer.actor_id, ((local.id, role),))
    terms = AmendmentTerms(2, FIRST, "Deux")
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        compose_amendment(session, reader, initiative_id=local.id, terms=terms)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        revise_amendment(session, reader, amendment_id=key, terms=terms)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        remove_amendment(session, reader, amendment_id=key)
    with pytest.raises(Refused), writing(sqlite_engine) as session:
        rewrite_contract(session, reader, initiative_id=local.id, terms=ContractTerms(STARTS, STARTS, ENDS, (), ()))


def test_the_contract_itself_is_written_and_what_amendments_did_stays_theirs(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    composed(
        engine,
        viewer,
        signed,
        AmendmentTerms(1, FIRST, "Entrée", entering=(signed.towns[GORDES],), signatories=("Caisse",)),
    )
    terms = ContractTerms(
        date(2024, 4, 2), date(2024, 1, 1), date(2028, 12, 31), ("Ville", "Hôpital"), (signed.towns[PERTUIS],)
    )
    with writing(engine) as session:
        rewrite_contract(session, viewer, initiative_id=signed.id, terms=terms)
    contract = told(engine, viewer, signed)
    assert (contract.signed_on, contract.starts_on) == (date(2024, 4, 2), date(2024, 1, 1))
    assert names(contract) == [("Ville", None), ("Hôpital", None), ("Caisse", FIRST)]
    assert covered(contract) == [("Gordes", FIRST, None), ("Pertuis", None, None)]


def test_the_contract_is_not_signed_after_its_first_amendment(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    composed(sqlite_engine, viewer, local, AmendmentTerms(1, FIRST, "Un", leaving=(local.towns[ROBION],)))
    late = ContractTerms(SECOND, STARTS, ENDS, (), tuple(local.towns.values()))
    with pytest.raises(Invalid, match="après l'avenant n° 1"), writing(sqlite_engine) as session:
        rewrite_contract(session, viewer, initiative_id=local.id, terms=late)
    without = ContractTerms(STARTS, STARTS, ENDS, (), (local.towns[CAVAILLON],))
    with pytest.raises(Invalid, match="modifiez d'abord cet avenant"), writing(sqlite_engine) as session:
        rewrite_contract(session, viewer, initiative_id=local.id, terms=without)
    backwards = ContractTerms(STARTS, ENDS, STARTS, (), ())
    with pytest.raises(Invalid, match="précède le début"), writing(sqlite_engine) as session:
        rewrite_contract(session, viewer, initiative_id=local.id, terms=backwards)


def test_a_signature_corrected_to_an_earlier_day_keeps_what_was_covered_from_it(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    towns = (local.towns[CAVAILLON], local.towns[ROBION])
    earlier = ContractTerms(date(2024, 3, 1), date(2024, 3, 1), ENDS, ("Agence", "Ville"), towns)
    with writing(sqlite_engine) as session:
        for row in session.scalars(select(Coverage)):
            assert row.starts_on is None
        rewrite_contract(session, viewer, initiative_id=local.id, terms=earlier)
    assert [name for name, *_ in covered(told(sqlite_engine, viewer, local))] == ["Cavaillon", "Robion"]
